// A test kit: contexts, answers, and a stand-in for the host's replay. Everything is a plain value; nothing is sent.

import { isDeepStrictEqual } from "node:util";

import { attempt } from "./ctx.js";

/** The instant of every test context: 2026-11-18 08:20:00 UTC. */
export const NOW_MS = 1_794_990_000_000;

/** A context at `NOW_MS`, in English, with these settings. */
export function context(settings, locale = "en") {
  const entropy = Uint8Array.from({ length: 32 }, (_, index) => index);
  return { nowMs: NOW_MS, locale, settings: JSON.stringify(settings), entropy, extra: [] };
}

/** An answer: a response. */
export function response(status, body = "", headers = {}) {
  return { tag: "response", val: { status, headers: Object.entries(headers), body: bytes(body) } };
}

/** An answer: it certainly never left. */
export const unsent = (why) => ({ tag: "unsent", val: why });
/** An answer: it may have arrived. */
export const unknown = (why) => ({ tag: "unknown", val: why });

/** Text or a JSON value as the bytes of a body. */
export function bytes(body) {
  return new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body));
}

/** The JSON body of a request. */
export const jsonBody = (request) => (request.body.tag === "text" ? JSON.parse(request.body.val) : null);

/**
 * Plays the host: calls the function, answers each request with the next of `script`, and calls it again from the
 * start, until it ends. Returns `{ result, requests }`, or `{ failure, requests }` when it gave up. One that asks for
 * other requests when it is called again with the same answers is found out: the host's replay would go wrong.
 */
export function drive(context, script, run) {
  const left = [...script];
  const answers = [];
  const requests = [];
  for (;;) {
    const step = attempt(context, answers, run);
    if (step.tag === "done") return { result: step.val, requests };
    if (step.tag === "failed") return { failure: step.val, requests };
    if (!isDeepStrictEqual(step, attempt(context, answers, run))) {
      throw new Error("called twice with the same answers, it asked for other requests");
    }
    for (const request of step.val) {
      if (left.length === 0) throw new Error(`no answer is scripted for ${request.url}`);
      answers.push(left.shift());
      requests.push(request);
    }
  }
}

/** A ring to a device, with what a test wants otherwise. */
export function ring(otherwise = {}) {
  return {
    ringId: "0192a000-0000-7000-8000-000000000001",
    callId: "0192a000-0000-7000-8000-000000000002",
    groupId: "0192a000-0000-7000-8000-000000000003",
    familyId: "0192a000-0000-7000-8000-000000000004",
    calleeId: "0192a000-0000-7000-8000-000000000005",
    address: "phone/1",
    environment: "",
    ringAtMs: NOW_MS,
    expiresAtMs: NOW_MS + 45_000,
    language: "en",
    zone: "Europe/Amsterdam",
    variables: [],
    extra: [],
    ...otherwise,
  };
}

/** What differs between a description and the text of plugin.toml, which must name the same id, version and purpose. */
export function manifestDifferences(manifest, description) {
  // However many blanks stand around the equals sign.
  const lines = manifest.split("\n[")[0].split("\n").map((line) => line.trim().replace(/^(\w+)\s*=\s*/, "$1 = "));
  return ["id", "version", "purpose"]
    .map((key) => `${key} = ${JSON.stringify(description[key])}`)
    .filter((line) => !lines.includes(line))
    .map((line) => `plugin.toml has no line ${line}, as the plugin's source says`);
}
