"""The channel world: a way to make a callee's phone ring."""

from dataclasses import dataclass, field
from enum import StrEnum

from .component import describer, step
from .ctx import Case, u32
from .http import PAUSE_MS, Unknown, Unsent


@dataclass
class Ring:
    """One try to reach one device or number. `extra` and `variables` are lists of (name, value)."""

    ring_id: str
    call_id: str
    group_id: str
    family_id: str
    callee_id: str
    address: str
    environment: str
    ring_at_ms: int
    expires_at_ms: int
    language: str
    zone: str
    variables: list = field(default_factory=list)
    extra: list = field(default_factory=list)


class Verdict(Case):
    """What became of one ring: each ring gets one of these. When in doubt whether it rang, `unknown`."""

    @classmethod
    def accepted(cls, reference=None):
        """The vendor took it; its reference, when it gives one."""
        return cls("accepted", reference)

    @classmethod
    def gone(cls, why):
        """The vendor itself says that the address is dead. The host un-pairs it: never for a bare 404."""
        return cls("gone", why)

    @classmethod
    def refused(cls, why):
        """It did not ring, and a repeat does not help."""
        return cls("refused", why)

    @classmethod
    def retry(cls, after_ms, why):
        """It did not ring; try again after so many milliseconds."""
        return cls("retry", (u32(after_ms), why))

    @classmethod
    def unknown(cls, why):
        """It may have rung."""
        return cls("unknown", why)

    @classmethod
    def misconfigured(cls, what_to_do):
        """It did not ring, and the operator must act; the text says how."""
        return cls("misconfigured", what_to_do)

    @classmethod
    def by_status(cls, response, now_ms):
        """What a response means when nothing but its status is known. Look for the vendor's own codes first.

        It is never `gone`: a wrong URL answers 404 for every address, and would un-pair every phone.
        """
        said = f"the vendor answered {response.status}"
        if response.ok:
            return cls.accepted()
        if 401 <= response.status <= 403:
            return cls.misconfigured(f"{said}: check the credential and what it may do")
        if response.status == 404:
            return cls.misconfigured(f"{said}: check the URLs and ids of the settings")
        if response.status in (425, 429, 503):
            return cls.retry(response.pause_ms(now_ms), said)
        # It may have gone out before the error.
        return cls.unknown(said) if response.status == 408 or response.status >= 500 else cls.refused(said)


def ring_each(ctx, rings, request, verdict):
    """Rings by one request each, all at once: the whole of `ring` for most push services.

    `request(ring)` makes the request of one ring, and `verdict(response, now_ms)` reads the response to it. A ring
    whose window is over is refused unsent, one that is listed twice is sent once, a request that never left is tried
    again, and one that may have arrived is unknown.
    """
    live = {(ring.ring_id, ring.address): ring for ring in rings if ring.expires_at_ms > ctx.now_ms}
    answers = ctx.http_all([request(ring) for ring in live.values()])
    verdicts = {}
    for key, answer in zip(live, answers):
        match answer:
            case Unsent(why):
                verdicts[key] = Verdict.retry(PAUSE_MS, why)
            case Unknown(why):
                verdicts[key] = Verdict.unknown(why)
            case response:
                verdicts[key] = verdict(response, ctx.now_ms)
    late = Verdict.refused("the ring window is over")
    return [verdicts.get((ring.ring_id, ring.address), late) for ring in rings]


class RingPhase(StrEnum):
    """What the vendor knows of a ring. `ABSENT`: it certainly never got it."""

    ABSENT, WAITING, RINGING, TALKING = "absent", "waiting", "ringing", "talking"
    COMPLETED, VOICEMAIL, FAILED, CANCELED = "completed", "voicemail", "failed", "canceled"
    UNKNOWN = "unknown"


@dataclass
class Inspection:
    """What became of a ring that was submitted before."""

    ring_id: str
    phase: RingPhase
    reference: str | None = None
    recipient: str | None = None
    conversation: str | None = None


def as_channel(id, version, purpose, *, ring, cancel=None, inspect=None):
    """Makes a channel the component's export. `ring` is a must; without `cancel` and `inspect` it knows nothing."""
    cancel = cancel or (lambda _ctx, rings: [False] * len(rings))
    inspect = inspect or (lambda _ctx, rings: [Inspection(r.ring_id, RingPhase.UNKNOWN, r.reference) for r in rings])

    class Channel(describer(id, version, purpose)):
        def ring(self, context, rings, answers):
            return step("RingStep", context, answers, lambda ctx: ring(ctx, rings))

        def cancel(self, context, rings, answers):
            return step("CancelStep", context, answers, lambda ctx: cancel(ctx, rings))

        def inspect(self, context, rings, answers):
            return step("InspectStep", context, answers, lambda ctx: inspect(ctx, rings))

    return Channel
