"""The Callpanion SDK for Python: what a plugin author needs, and nothing else.

A plugin is a function from data to data. When it wants the network, `ctx.http(request)` gives the recorded answer, or
ends the function so that the host can send the request and call again from the start. So between two such calls nothing
may vary but the answers: take the time from `ctx.now_ms`, randomness from `ctx.entropy`, and nothing from anywhere else
(the modules `time` and `random` are not to be used).
"""

from .channel import Inspection, Ring, RingPhase, Verdict, as_channel, ring_each
from .ctx import Ctx, Failure, Stop
from .http import (
    Request, Response, Unknown, Unsent, code, get, parse_json, percent_encode, post, request, success,
)
from .provider import (
    Collected, Conversation, ConversationOutcome, Finding, Session, SessionRequest, Severity, Speaker, Turn, Webhook,
    as_provider,
)
from .renderer import Block, Material, Rendering, as_renderer, block
