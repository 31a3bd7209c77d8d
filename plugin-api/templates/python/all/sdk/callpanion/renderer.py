"""The renderer world: the reading matter of a family, made from a talk."""

from dataclasses import dataclass, field

from .component import describer, lower
from .ctx import Case, Ctx
from .provider import Speaker, Turn


@dataclass
class Material:
    """What a summary is made from."""

    callee_name: str
    language: str
    turns: list
    provider_summary: str | None = None
    collected: list = field(default_factory=list)
    duration_s: int = 0
    extra: list = field(default_factory=list)


class BlockKind(Case):
    """The kind of a block; `block` makes it."""


@dataclass
class Block:
    """One part of a summary: text, never markup. `evidence` are the indices of the turns that it rests on."""

    kind: BlockKind
    text: str
    reason: str
    evidence: list


@dataclass
class Rendering:
    """A summary. `mood_score` is 1 (bad) to 5 (good), when the talk shows it."""

    blocks: list
    mood_score: int | None = None


_BLOCK_KINDS = ("headline", "mood", "topic", "health", "meals", "sleep", "medicine", "company", "request", "quote",
                "follow-up", "alarm")


def block(kind, text, evidence, reason=""):
    """A block of a kind such as `headline`, `quote` or `health`; `alarm` is for what a person must look at."""
    return Block(BlockKind(kind) if kind in _BLOCK_KINDS else BlockKind("other", kind), text, reason, evidence)


def as_renderer(id, version, purpose, *, render):
    """Makes a renderer the component's export."""

    class Renderer(describer(id, version, purpose)):
        def render(self, context, material):
            turns = [Turn(Speaker[turn.speaker.name], turn.text, turn.at_s) for turn in material.turns]
            return lower(render(Ctx(context, []), Material(**{**vars(material), "turns": turns})))

    return Renderer
