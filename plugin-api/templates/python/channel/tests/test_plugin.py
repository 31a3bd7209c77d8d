import unittest
from pathlib import Path

from callpanion import testing as kit
from callpanion import Unknown, Unsent, Verdict
from plugin import Channel, ring

SETTINGS = {"base_url": "https://relay.example/", "caller_name": "Callpanion"}


def rung(answer):
    driven = kit.drive(kit.context(SETTINGS), [answer], lambda ctx: ring(ctx, [kit.ring()]))
    return driven.result[0], driven.requests[0]


class ChannelTest(unittest.TestCase):
    def test_a_push_names_the_ring_and_dies_with_the_ring_window(self):
        verdict, request = rung(kit.response(202))
        self.assertEqual(verdict, Verdict.accepted())
        self.assertEqual(request.url, "https://relay.example/push/phone%2F1")
        self.assertEqual(request.credential, "relay-key")
        self.assertEqual(kit.json_body(request)["ring_id"], kit.ring().ring_id)
        self.assertEqual(kit.json_body(request)["keep_ms"], 45_000)

    def test_only_the_relays_own_word_retires_an_address(self):
        self.assertEqual(rung(kit.response(404, {"code": "unknown-address"}))[0].case, "gone")
        self.assertEqual(rung(kit.response(404, "<html>Not Found</html>"))[0].case, "misconfigured")

    def test_what_may_have_arrived_is_unknown_and_what_never_left_is_tried_again(self):
        self.assertEqual(rung(Unknown("no answer came in time"))[0].case, "unknown")
        self.assertEqual(rung(kit.response(502))[0].case, "unknown")
        self.assertEqual(rung(Unsent("connection refused"))[0].case, "retry")

    def test_the_relays_own_pause_is_kept(self):
        self.assertEqual(rung(kit.response(429, headers={"retry-after": "7"}))[0].value[0], 7_000)
        self.assertEqual(rung(kit.response(503))[0].value[0], 1_000)

    def test_each_ring_gets_its_verdict_in_their_order_and_a_double_is_sent_once(self):
        rings = [kit.ring(address="1"), kit.ring(address="2"), kit.ring(address="1")]
        answers = [kit.response(202), kit.response(400)]
        driven = kit.drive(kit.context(SETTINGS), answers, lambda ctx: ring(ctx, rings))
        self.assertEqual([verdict.case for verdict in driven.result], ["accepted", "refused", "accepted"])
        self.assertEqual(len(driven.requests), 2)

    def test_a_ring_whose_window_is_over_is_not_sent(self):
        late = [kit.ring(expires_at_ms=kit.NOW_MS)]
        driven = kit.drive(kit.context(SETTINGS), [], lambda ctx: ring(ctx, late))
        self.assertEqual((driven.result[0].case, driven.requests), ("refused", []))

    def test_a_missing_setting_is_named_to_the_operator(self):
        driven = kit.drive(kit.context({"caller_name": "x"}), [], lambda ctx: ring(ctx, [kit.ring()]))
        self.assertEqual(driven.failure.case, "misconfigured")
        self.assertIn("settings.base_url is missing", driven.failure.value)

    def test_the_manifest_says_the_same(self):
        manifest = (Path(__file__).parent / "../plugin.toml").read_text()
        self.assertEqual(kit.manifest_differences(manifest, Channel().describe()), [])
