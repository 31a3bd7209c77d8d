import unittest
from pathlib import Path

from callpanion import testing as kit
from callpanion import ConversationOutcome, SessionRequest, Severity, Speaker, Turn, Unknown, Unsent
from plugin import Provider, check, fetch_session, open_session, read_webhook

CONTEXT = kit.context({"base_url": "https://talk.example", "agent_id": "agent-1"})
WANTED = SessionRequest("call-1", "callee-1", "id", [("name", "Ibu Sari")])
TALK = {
    "id": "conv-1", "agent": "agent-1", "state": "ended", "outcome": "answered", "duration_s": 61, "language": "id",
    "started_at_ms": kit.NOW_MS,
    "turns": [{"speaker": "agent", "text": "Apa kabar?", "at_s": 0}, {"speaker": "callee", "text": "Baik.", "at_s": 2}],
}


def opened(answer):
    return kit.drive(CONTEXT, [answer], lambda ctx: open_session(ctx, WANTED))


def fetched(answer):
    return kit.drive(CONTEXT, [answer], lambda ctx: fetch_session(ctx, "conv/1"))


def webhook(event):
    return kit.drive(CONTEXT, [], lambda ctx: read_webhook(ctx, [], kit.to_bytes(event))).result


class ProviderTest(unittest.TestCase):
    def test_a_session_gives_what_a_device_needs_to_join(self):
        driven = opened(kit.response(201, {"token": "join-1", "conversation": "conv-1"}))
        self.assertEqual((driven.result.token, driven.result.conversation), ("join-1", "conv-1"))
        self.assertEqual(driven.requests[0].url, "https://talk.example/v1/sessions")
        self.assertEqual(kit.json_body(driven.requests[0])["variables"], {"name": "Ibu Sari"})

    def test_each_refusal_says_who_must_act(self):
        self.assertEqual(opened(kit.response(401)).failure.case, "misconfigured")
        self.assertEqual(opened(kit.response(429, headers={"retry-after": "2"})).failure.value[0], 2_000)
        self.assertEqual(opened(kit.response(500)).failure.case, "unknown")
        self.assertEqual(opened(Unsent("no connection")).failure.case, "retry")
        self.assertEqual(opened(kit.response(200, "<html>")).failure.case, "permanent")

    def test_a_webhook_tells_of_the_talk(self):
        said = webhook({"event": "conversation.ended", "conversation": TALK})
        self.assertEqual(said.case, "conversation")
        self.assertEqual(said.value.outcome, ConversationOutcome.ANSWERED)
        self.assertEqual(said.value.started_at_ms, kit.NOW_MS)
        self.assertEqual(said.value.turns[1], Turn(Speaker.CALLEE, "Baik.", 2))

    def test_what_a_webhook_may_be_beside_that_harms_nothing(self):
        def of(conversation):
            return webhook({"event": "conversation.ended", "conversation": conversation, "added": 1})

        self.assertEqual(of({**TALK, "outcome": "teleported"}).value.outcome, ConversationOutcome.ANSWERED)
        self.assertEqual(of({**TALK, "agent": "agent-2"}).case, "ignored")
        self.assertEqual(of({"agent": "agent-1"}).case, "unreadable")
        self.assertEqual(webhook({"event": "agent.renamed"}).value, "agent.renamed")
        self.assertEqual(webhook({"event": "Anna has moved"}).value, "an event without a plain name")
        self.assertEqual(webhook("[" * 100_000).case, "unreadable")
        self.assertEqual(webhook("no JSON").case, "unreadable")

    def test_a_conversation_is_fetched_running_or_unknown(self):
        self.assertEqual(fetched(kit.response(200, TALK)).result.duration_s, 61)
        self.assertEqual(
            fetched(kit.response(200, TALK)).requests[0].url, "https://talk.example/v1/conversations/conv%2F1"
        )
        running = fetched(kit.response(200, {**TALK, "state": "running"})).result
        self.assertEqual(running.outcome, ConversationOutcome.RUNNING)
        unknown = fetched(kit.response(404, {"code": "unknown-conversation"}))
        self.assertEqual((unknown.result, unknown.failure), (None, None))
        self.assertEqual(fetched(kit.response(404)).failure.case, "misconfigured")

    def test_a_check_says_what_to_do(self):
        def look(answer):
            return kit.drive(CONTEXT, [answer], check).result[0]

        self.assertEqual(look(kit.response(200, {})).severity, Severity.OK)
        self.assertIn("agent_id", look(kit.response(404)).mend)
        self.assertEqual(look(Unknown("no answer came in time")).severity, Severity.PROBLEM)

    def test_the_manifest_says_the_same(self):
        manifest = (Path(__file__).parent / "../plugin.toml").read_text()
        self.assertEqual(kit.manifest_differences(manifest, Provider().describe()), [])
