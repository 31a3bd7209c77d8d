"""The provider world: a conversation service."""

from dataclasses import dataclass, field
from enum import StrEnum

from .component import attempt_or_fault, describer, lower, step
from .ctx import Case, Stop


@dataclass
class SessionRequest:
    """The conversation that is wanted."""

    call_id: str
    callee_id: str
    language: str
    variables: list = field(default_factory=list)


@dataclass
class Session:
    """What a device needs to join a conversation."""

    token: str | None = None
    signed_url: str | None = None
    conversation: str | None = None


class Speaker(StrEnum):
    """Who said it."""

    AGENT, CALLEE = "agent", "callee"


@dataclass
class Turn:
    """One speaker's piece."""

    speaker: Speaker
    text: str
    at_s: int = 0


@dataclass
class Collected:
    """One value that the agent collected: `value` is its JSON."""

    name: str
    value: str
    rationale: str = ""


class ConversationOutcome(StrEnum):
    """How a conversation ended."""

    ANSWERED, ANSWERED_SILENT, VOICEMAIL = "answered", "answered-silent", "voicemail"
    BUSY, NO_ANSWER, FAILED, RUNNING = "busy", "no-answer", "failed", "running"


@dataclass
class Conversation:
    """What happened in one conversation, as far as the provider says."""

    conversation: str
    outcome: ConversationOutcome
    agent: str = ""
    started_at_ms: int = 0
    duration_s: int = 0
    language: str | None = None
    turns: list = field(default_factory=list)
    summary: str | None = None
    collected: list = field(default_factory=list)
    reason: str | None = None
    reference: str | None = None
    recipient: str | None = None
    echoed_call_id: str | None = None
    extra: list = field(default_factory=list)


class Webhook(Case):
    """What a webhook says."""

    @classmethod
    def conversation(cls, known):
        """A talk ended, or never began."""
        return cls("conversation", known)

    @classmethod
    def ignored(cls, event):
        """Understood, and of no use to the host; the event's name, or why."""
        return cls("ignored", event)

    @classmethod
    def unreadable(cls, why):
        """Not understood; why."""
        return cls("unreadable", why)


class Severity(StrEnum):
    """How a finding is meant."""

    OK, WARNING, PROBLEM = "ok", "warning", "problem"


@dataclass
class Finding:
    """One thing that `check` looked at, and what the operator should do."""

    severity: Severity
    what: str
    mend: str = ""


def as_provider(id, version, purpose, *, open_session, read_webhook, fetch_session, check):
    """Makes a provider the component's export."""

    class Provider(describer(id, version, purpose)):
        def open_session(self, context, wanted, answers):
            return step("SessionStep", context, answers, lambda ctx: open_session(ctx, wanted))

        def read_webhook(self, context, headers, body):
            said = attempt_or_fault(context, [], lambda ctx: read_webhook(ctx, headers, body))
            if isinstance(said, Stop):
                said = Webhook.unreadable(str(said) if said.failure else "a webhook cannot ask for the network")
            return lower(said)

        def fetch_session(self, context, conversation, answers):
            return step("FetchStep", context, answers, lambda ctx: fetch_session(ctx, conversation))

        def check(self, context, answers):
            return step("CheckStep", context, answers, check)

    return Provider
