import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Verdict } from "../sdk/callpanion.js";
import * as kit from "../sdk/testing.js";
import { channel, ring } from "../src/plugin.js";

const settings = { base_url: "https://relay.example/", caller_name: "Callpanion" };

function rung(answer) {
  const { result, requests } = kit.drive(kit.context(settings), [answer], (ctx) => ring(ctx, [kit.ring()]));
  return { verdict: result[0], request: requests[0] };
}

test("a push names the ring and dies with the ring window", () => {
  const { verdict, request } = rung(kit.response(202));
  assert.deepEqual(verdict, Verdict.accepted());
  assert.equal(request.url, "https://relay.example/push/phone%2F1");
  assert.equal(request.credential, "relay-key");
  assert.equal(kit.jsonBody(request).ring_id, kit.ring().ringId);
  assert.equal(kit.jsonBody(request).keep_ms, 45_000);
});

test("only the relay's own word retires an address", () => {
  assert.equal(rung(kit.response(404, { code: "unknown-address" })).verdict.tag, "gone");
  assert.equal(rung(kit.response(404, "<html>Not Found</html>")).verdict.tag, "misconfigured");
});

test("what may have arrived is unknown, and what never left is tried again", () => {
  assert.equal(rung(kit.unknown("no answer came in time")).verdict.tag, "unknown");
  assert.equal(rung(kit.response(502)).verdict.tag, "unknown");
  assert.equal(rung(kit.unsent("connection refused")).verdict.tag, "retry");
});

test("the relay's own pause is kept", () => {
  assert.deepEqual(rung(kit.response(429, "", { "retry-after": "7" })).verdict.val[0], 7_000);
  assert.deepEqual(rung(kit.response(503)).verdict.val[0], 1_000);
});

test("each ring gets its verdict, in their order, and a double is sent once", () => {
  const rings = [kit.ring({ address: "1" }), kit.ring({ address: "2" }), kit.ring({ address: "1" })];
  const answers = [kit.response(202), kit.response(400)];
  const { result, requests } = kit.drive(kit.context(settings), answers, (ctx) => ring(ctx, rings));
  assert.deepEqual(result.map(({ tag }) => tag), ["accepted", "refused", "accepted"]);
  assert.equal(requests.length, 2);
});

test("a ring whose window is over is not sent", () => {
  const late = [kit.ring({ expiresAtMs: kit.NOW_MS })];
  const { result, requests } = kit.drive(kit.context(settings), [], (ctx) => ring(ctx, late));
  assert.deepEqual([result[0].tag, requests], ["refused", []]);
});

test("a missing setting is named to the operator", () => {
  const { failure } = kit.drive(kit.context({ caller_name: "x" }), [], (ctx) => ring(ctx, [kit.ring()]));
  assert.equal(failure.tag, "misconfigured");
  assert.match(failure.val, /settings\.base_url is missing/);
});

test("the manifest says the same", () => {
  const manifest = readFileSync(new URL("../plugin.toml", import.meta.url), "utf8");
  assert.deepEqual(kit.manifestDifferences(manifest, channel.describe()), []);
});
