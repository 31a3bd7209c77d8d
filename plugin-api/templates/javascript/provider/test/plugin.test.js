import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Body } from "../sdk/callpanion.js";
import * as kit from "../sdk/testing.js";
import { check, fetchSession, openSession, provider, readWebhook } from "../src/plugin.js";

const context = kit.context({ base_url: "https://talk.example", agent_id: "agent-1" });
const wanted = { callId: "call-1", calleeId: "callee-1", language: "id", variables: [["name", "Ibu Sari"]] };
const talk = {
  id: "conv-1", agent: "agent-1", state: "ended", outcome: "answered", duration_s: 61, language: "id",
  turns: [{ speaker: "agent", text: "Apa kabar?", at_s: 0 }, { speaker: "callee", text: "Baik.", at_s: 2 }],
};

const open = (answer) => kit.drive(context, [answer], (ctx) => openSession(ctx, wanted));
const fetch = (answer) => kit.drive(context, [answer], (ctx) => fetchSession(ctx, "conv/1"));
const webhook = (event) => kit.drive(context, [], (ctx) => readWebhook(ctx, [], new Body(kit.bytes(event)))).result;

test("a session gives what a device needs to join", () => {
  const { result, requests } = open(kit.response(201, { token: "join-1", conversation: "conv-1" }));
  assert.deepEqual(result, { token: "join-1", signedUrl: null, conversation: "conv-1" });
  assert.equal(requests[0].url, "https://talk.example/v1/sessions");
  assert.deepEqual(kit.jsonBody(requests[0]).variables, { name: "Ibu Sari" });
});

test("each refusal says who must act", () => {
  assert.equal(open(kit.response(401)).failure.tag, "misconfigured");
  assert.deepEqual(open(kit.response(429, "", { "retry-after": "2" })).failure.val[0], 2_000);
  assert.equal(open(kit.response(500)).failure.tag, "unknown");
  assert.equal(open(kit.unsent("no connection")).failure.tag, "retry");
  assert.equal(open(kit.response(200, "<html>")).failure.tag, "permanent");
});

test("a webhook tells of the talk", () => {
  const { tag, val } = webhook({ event: "conversation.ended", conversation: talk });
  assert.equal(tag, "conversation");
  assert.equal(val.outcome, "answered");
  assert.deepEqual(val.turns[1], { speaker: "callee", text: "Baik.", atS: 2 });
});

test("what a webhook may be beside that harms nothing", () => {
  const of = (conversation) => webhook({ event: "conversation.ended", conversation, added: 1 });
  assert.equal(of({ ...talk, outcome: "teleported" }).val.outcome, "answered");
  assert.equal(of({ ...talk, agent: "agent-2" }).tag, "ignored");
  assert.equal(of({ agent: "agent-1" }).tag, "unreadable");
  assert.deepEqual(webhook({ event: "agent.renamed" }), { tag: "ignored", val: "agent.renamed" });
  assert.equal(webhook({ event: "Anna has moved" }).val, "an event without a plain name");
  assert.equal(webhook("[".repeat(100_000)).tag, "unreadable");
  assert.equal(webhook("no JSON").tag, "unreadable");
});

test("half a character in a transcript is no reason to lose it", () => {
  const ended = '{"event":"conversation.ended","conversation":{"id":"c","agent":"agent-1","turns":[{"text":"\\ud800"}]}}';
  const { val } = provider.readWebhook(context, [], kit.bytes(ended));
  assert.equal(val.turns[0].text, "\ufffd");
});

test("a conversation is fetched, running or unknown", () => {
  assert.equal(fetch(kit.response(200, talk)).result.durationS, 61);
  assert.equal(fetch(kit.response(200, talk)).requests[0].url, "https://talk.example/v1/conversations/conv%2F1");
  assert.equal(fetch(kit.response(200, { ...talk, state: "running" })).result.outcome, "running");
  assert.equal(fetch(kit.response(404, { code: "unknown-conversation" })).result, null);
  assert.equal(fetch(kit.response(404)).failure.tag, "misconfigured");
});

test("a check says what to do", () => {
  const look = (answer) => kit.drive(context, [answer], check).result[0];
  assert.equal(look(kit.response(200, {})).severity, "ok");
  assert.match(look(kit.response(404)).mend, /agent_id/);
  assert.equal(look(kit.unknown("no answer came in time")).severity, "problem");
});

test("the manifest says the same", () => {
  const manifest = readFileSync(new URL("../plugin.toml", import.meta.url), "utf8");
  assert.deepEqual(kit.manifestDifferences(manifest, provider.describe()), []);
});
