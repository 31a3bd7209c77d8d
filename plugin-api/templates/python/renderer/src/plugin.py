"""`{{name}}`: makes a headline and a few quotes from a talk."""

from dataclasses import dataclass

from callpanion import Rendering, Speaker, Stop, as_renderer, block

# Shorter is no quote but a yes.
QUOTE_MIN_CHARS = 20
QUOTE_MAX_CHARS = 300

# What the headline says, by language; the locale's first part chooses.
WORDS = {
    "en": {"talked": "{} talked for {} min", "silent": "{} said nothing"},
    "id": {"talked": "{} mengobrol {} menit", "silent": "{} tidak berbicara"},
}


@dataclass
class Settings:
    """The settings, as plugin.toml describes them. The host has filled in the defaults."""

    quotes_max: int


def render(ctx, material):
    """Renders in the language of `ctx.locale`. Every block names the turns that it rests on."""
    words = WORDS.get(ctx.locale.replace("_", "-").split("-")[0], WORDS["en"])
    said = [
        (index, turn.text.strip())
        for index, turn in enumerate(material.turns)
        if turn.speaker == Speaker.CALLEE and turn.text.strip()
    ]
    if not said:
        return Rendering([block("headline", words["silent"].format(material.callee_name), [])])
    minutes = max(round(material.duration_s / 60), 1)
    longest = sorted((one for one in said if len(one[1]) >= QUOTE_MIN_CHARS), key=lambda one: (-len(one[1]), one[0]))
    quotes = sorted(longest[:quotes_max(ctx)])
    headline = block("headline", words["talked"].format(material.callee_name, minutes), [said[0][0]])
    return Rendering([headline, *(quote(index, text) for index, text in quotes)])


def quotes_max(ctx):
    """How many quotes are shown. A renderer cannot fail: with settings that do not fit, none is."""
    try:
        return max(ctx.settings(Settings).quotes_max, 0)
    except Stop:
        return 0


def quote(index, text):
    """The callee's own words: nothing is added, and what is cut off shows."""
    shown = text if len(text) <= QUOTE_MAX_CHARS else f"{text[:QUOTE_MAX_CHARS]}…"
    return block("quote", shown, [index])


# Id, version and purpose must be those of plugin.toml.
Renderer = as_renderer("{{name}}", "0.1.0", "{{purpose}}", render=render)
