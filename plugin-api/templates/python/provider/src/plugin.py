"""`{{name}}`: holds the conversations with agents of a talk service."""

from dataclasses import dataclass

from callpanion import (
    Conversation, ConversationOutcome, Finding, Session, Severity, Speaker, Stop, Turn, Unknown, Unsent, Webhook,
    as_provider, code, get, parse_json, percent_encode, post, success,
)


@dataclass
class Settings:
    """The settings, as plugin.toml describes them. The host has filled in the defaults."""

    base_url: str
    agent_id: str

    def url(self, path):
        return f"{self.base_url.rstrip('/')}/v1/{path}"


def open_session(ctx, wanted):
    """Gets what a device needs to join a new conversation. Somebody is holding the phone meanwhile."""
    settings = ctx.settings(Settings)
    asks = {
        "agent": settings.agent_id,
        "call_id": wanted.call_id,
        "language": wanted.language,
        "variables": dict(wanted.variables),
    }
    answer = ctx.http(post(settings.url("sessions"), json_body=asks, credential="api-key"))
    opened = table(success(answer, ctx.now_ms).json())
    if not text(opened.get("token")):
        raise Stop.permanent("the talk service opened a session without a token")
    return Session(token=opened["token"], conversation=text(opened.get("conversation")))


def read_webhook(ctx, _headers, body):
    """Reads a webhook whose signature the host has verified. It cannot ask for the network."""
    event = table(parse_json(body))
    name = text(event.get("event"))
    if name is None:
        return Webhook.unreadable("no JSON with an `event`")
    if name != "conversation.ended":
        return Webhook.ignored(code(name) or "an event without a plain name")
    told = read(event.get("conversation"))
    if told is None:
        return Webhook.unreadable("`conversation` has no `id`")
    own = told.agent == ctx.settings(Settings).agent_id
    return Webhook.conversation(told) if own else Webhook.ignored("of another agent")


def fetch_session(ctx, conversation):
    """Asks for a conversation whose webhook never came. `None` when the service does not know it."""
    settings = ctx.settings(Settings)
    answer = ctx.http(get(settings.url(f"conversations/{percent_encode(conversation)}"), credential="api-key"))
    # A bare 404 may be a wrong `base_url`; only the service's own word says that it does not know the conversation.
    if getattr(answer, "status", None) == 404 and table(answer.json()).get("code") == "unknown-conversation":
        return None
    told = read(success(answer, ctx.now_ms).json())
    if told is None:
        raise Stop.permanent("the talk service told of a conversation without an `id`")
    return told


def check(ctx):
    """Is everything set up? Read-only; one finding for each thing looked at."""
    settings = ctx.settings(Settings)
    answer = ctx.http(get(settings.url(f"agents/{percent_encode(settings.agent_id)}"), credential="api-key"))
    match answer:
        case Unsent(why) | Unknown(why):
            return [Finding(Severity.PROBLEM, f"the talk service: {why}", "check `base_url` and try again")]
    if answer.ok:
        return [Finding(Severity.OK, "the talk service knows the key and the agent")]
    if answer.status in (401, 403):
        what = "the talk service does not accept the credential `api-key`"
        return [Finding(Severity.PROBLEM, what, "set the right key")]
    if answer.status == 404:
        return [Finding(Severity.PROBLEM, "the talk service does not know the agent", "check `agent_id`")]
    return [Finding(Severity.WARNING, f"the talk service says {answer.status}", "try again later")]


def read(told):
    """A conversation as the service tells it, in webhooks and when asked. What it may add later is not looked at."""
    told = table(told)
    if text(told.get("id")) is None:
        return None
    spoken = told.get("turns") if isinstance(told.get("turns"), list) else []
    turns = [
        Turn(Speaker.AGENT if turn.get("speaker") == "agent" else Speaker.CALLEE, turn["text"], count(turn.get("at_s")))
        for turn in map(table, spoken)
        if text(turn.get("text")) is not None
    ]
    # An outcome that is new to this plugin is no reason to lose the talk: what was said decides.
    outcome = ConversationOutcome.ANSWERED if turns else ConversationOutcome.FAILED
    if told.get("state") == "running":
        outcome = ConversationOutcome.RUNNING
    elif told.get("outcome") in ("answered", "voicemail", "busy", "no-answer", "failed"):
        outcome = ConversationOutcome(told["outcome"])
    return Conversation(
        conversation=told["id"],
        agent=text(told.get("agent")) or "",
        outcome=outcome,
        started_at_ms=count(told.get("started_at_ms"), 2**53),
        duration_s=count(told.get("duration_s")),
        language=text(told.get("language")),
        echoed_call_id=text(told.get("call_id")),
        turns=turns,
    )


def table(value):
    return value if isinstance(value, dict) else {}


def text(value):
    return value if isinstance(value, str) else None


def count(value, most=2**32 - 1):
    return min(value, most) if type(value) is int and value >= 0 else 0


# Id, version and purpose must be those of plugin.toml.
Provider = as_provider(
    "{{name}}", "0.1.0", "{{purpose}}",
    open_session=open_session, read_webhook=read_webhook, fetch_session=fetch_session, check=check,
)
