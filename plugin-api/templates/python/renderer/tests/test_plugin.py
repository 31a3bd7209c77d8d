import unittest
from pathlib import Path

from callpanion import testing as kit
from callpanion import Ctx, Material, Speaker, Turn
from plugin import Renderer, render

TURNS = [
    Turn(Speaker.AGENT, "Good morning! How did you sleep?"),
    Turn(Speaker.CALLEE, "Very well, thank you, and the knee is better."),
    Turn(Speaker.AGENT, "What did you have for breakfast?"),
    Turn(Speaker.CALLEE, "Rice."),
    Turn(Speaker.CALLEE, "Ani comes on Sunday with the children, I look forward to that."),
    Turn(Speaker.CALLEE, "The neighbour brought mangoes."),
]


def rendered(turns=TURNS, locale="en", quotes_max=2):
    ctx = Ctx(kit.context({"quotes_max": quotes_max}, locale), [])
    return render(ctx, Material("Ibu Sari", "en", turns, duration_s=130)).blocks


class RendererTest(unittest.TestCase):
    def test_the_longest_of_what_was_said_is_quoted_in_the_order_of_the_talk(self):
        quotes = rendered()[1:]
        self.assertEqual([quote.evidence for quote in quotes], [[1], [4]])
        self.assertTrue(all(quote.text == TURNS[quote.evidence[0]].text for quote in quotes))

    def test_the_headline_comes_first_in_the_readers_language_and_rests_on_the_talk(self):
        self.assertEqual(rendered()[0].text, "Ibu Sari talked for 2 min")
        self.assertEqual(rendered(locale="id-ID")[0].text, "Ibu Sari mengobrol 2 menit")
        self.assertEqual(rendered(locale="fr")[0].text, "Ibu Sari talked for 2 min")
        self.assertEqual(rendered()[0].evidence, [1])

    def test_a_talk_in_which_the_callee_said_nothing_has_a_headline_and_no_quote(self):
        self.assertEqual([block.text for block in rendered(TURNS[:1])], ["Ibu Sari said nothing"])

    def test_a_long_quote_is_cut_and_shows_it(self):
        quote = rendered([Turn(Speaker.CALLEE, "é" * 400)])[1]
        self.assertEqual(len(quote.text), 301)
        self.assertTrue(quote.text.endswith("…"))

    def test_without_settings_there_is_a_headline_and_no_quote(self):
        self.assertEqual(len(rendered(quotes_max="two")), 1)

    def test_the_manifest_says_the_same(self):
        manifest = (Path(__file__).parent / "../plugin.toml").read_text()
        self.assertEqual(kit.manifest_differences(manifest, Renderer().describe()), [])
