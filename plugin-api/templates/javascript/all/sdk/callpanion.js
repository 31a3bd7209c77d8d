// The Callpanion SDK for JavaScript: what a plugin author needs, and nothing else.
//
// A plugin is a function from data to data. When it wants the network, `ctx.http(request)` gives the recorded answer,
// or ends the function so that the host can send the request and call again from the start. So between two such calls
// nothing may vary but the answers: take the time from `ctx.nowMs`, randomness from `ctx.entropy`, and nothing from
// anywhere else (`Date.now()` and `Math.random()` are not to be used).

import { Ctx, step, wellFormed } from "./ctx.js";
import { Body, PAUSE_MS, u32 } from "./http.js";

export { Ctx, Stop, success } from "./ctx.js";
export { Body, code, get, percentEncode, post, request, Response } from "./http.js";

/** What became of one ring: each ring gets one of these. When in doubt whether it rang, `unknown`. */
export const Verdict = {
  /** The vendor took it; its reference, when it gives one. */
  accepted: (reference = null) => ({ tag: "accepted", val: reference }),
  /** The vendor itself says that the address is dead. The host un-pairs it: never for a bare 404. */
  gone: (why) => ({ tag: "gone", val: why }),
  /** It did not ring, and a repeat does not help. */
  refused: (why) => ({ tag: "refused", val: why }),
  /** It did not ring; try again after so many milliseconds. */
  retry: (afterMs, why) => ({ tag: "retry", val: [u32(afterMs), why] }),
  /** It may have rung. */
  unknown: (why) => ({ tag: "unknown", val: why }),
  /** It did not ring, and the operator must act; the text says how. */
  misconfigured: (whatToDo) => ({ tag: "misconfigured", val: whatToDo }),

  /**
   * What a response means when nothing but its status is known. Look for the vendor's own codes first. It is never
   * `gone`: a wrong URL answers 404 for every address, and would un-pair every phone.
   */
  byStatus(response, nowMs) {
    const { status } = response;
    const said = `the vendor answered ${status}`;
    if (response.ok) return Verdict.accepted();
    if (status >= 401 && status <= 403) {
      return Verdict.misconfigured(`${said}: check the credential and what it may do`);
    }
    if (status === 404) return Verdict.misconfigured(`${said}: check the URLs and ids of the settings`);
    if ([425, 429, 503].includes(status)) return Verdict.retry(response.retryAfterMs(nowMs) ?? PAUSE_MS, said);
    // It may have gone out before the error.
    return status === 408 || status >= 500 ? Verdict.unknown(said) : Verdict.refused(said);
  },
};

/**
 * Rings by one request each, all at once: the whole of `ring` for most push services. `request(ring)` makes the
 * request of one ring, and `verdict(response, nowMs)` reads the response to it. A ring whose window is over is refused
 * unsent, one that is listed twice is sent once, a request that never left is tried again, and one that may have
 * arrived is unknown.
 */
export function ringEach(ctx, rings, request, verdict) {
  const isLive = (ring) => ring.expiresAtMs > ctx.nowMs;
  const key = (ring) => `${ring.ringId} ${ring.address}`;
  const live = new Map(rings.filter(isLive).map((ring) => [key(ring), ring]));
  const answers = ctx.httpAll([...live.values()].map(request));
  const verdicts = answers.map(({ response, unsent, unknown }) => {
    if (unsent !== undefined) return Verdict.retry(PAUSE_MS, unsent);
    return unknown !== undefined ? Verdict.unknown(unknown) : verdict(response, ctx.nowMs);
  });
  const byKey = new Map([...live.keys()].map((key, index) => [key, verdicts[index]]));
  return rings.map((ring) => byKey.get(key(ring)) ?? Verdict.refused("the ring window is over"));
}

/** What the vendor knows of a ring: `absent` (certainly never got it), `waiting`, `ringing`, `talking`, … */
export function inspection(ring, phase, { reference = ring.reference, recipient = null, conversation = null } = {}) {
  return { ringId: ring.ringId, phase, reference, recipient, conversation };
}

/** What a device needs to join a conversation. */
export function session({ token = null, signedUrl = null, conversation = null }) {
  return { token, signedUrl, conversation };
}

/** What happened in one conversation; what is left out was not said. */
export function conversation(known) {
  return {
    agent: "", startedAtMs: 0, durationS: 0, language: null, turns: [], summary: null, collected: [], reason: null,
    reference: null, recipient: null, echoedCallId: null, extra: [], ...known,
  };
}

/** What a webhook says. */
export const Webhook = {
  /** A talk ended, or never began. */
  conversation: (known) => ({ tag: "conversation", val: conversation(known) }),
  /** Understood, and of no use to the host; the event's name, or why. */
  ignored: (event) => ({ tag: "ignored", val: event }),
  /** Not understood; why. */
  unreadable: (why) => ({ tag: "unreadable", val: why }),
};

/** One thing that `check` looked at: severity `ok`, `warning` or `problem`, and what the operator should do. */
export function finding(severity, what, mend = "") {
  return { severity, what, mend };
}

const BLOCK_KINDS = [
  "headline", "mood", "topic", "health", "meals", "sleep", "medicine", "company", "request", "quote", "follow-up",
  "alarm",
];

/** One part of a summary: text, never markup. `evidence` are the indices of the turns that it rests on. */
export function block(kind, text, evidence, reason = "") {
  return { kind: BLOCK_KINDS.includes(kind) ? { tag: kind } : { tag: "other", val: kind }, text, reason, evidence };
}

/** Makes a channel the component's export. `ring` is a must; without `cancel` and `inspect` it knows nothing. */
export function asChannel({ id, version, purpose, ring, cancel, inspect }) {
  const noCancel = (_ctx, rings) => rings.map(() => false);
  const noInspect = (_ctx, rings) => rings.map((ring) => inspection(ring, "unknown"));
  return {
    describe: describe(id, version, purpose),
    ring: (context, rings, answers) => step(context, answers, (ctx) => ring(ctx, rings)),
    cancel: (context, rings, answers) => step(context, answers, (ctx) => (cancel ?? noCancel)(ctx, rings)),
    inspect: (context, rings, answers) => step(context, answers, (ctx) => (inspect ?? noInspect)(ctx, rings)),
  };
}

/** Makes a provider the component's export. */
export function asProvider({ id, version, purpose, openSession, readWebhook, fetchSession, check }) {
  return {
    describe: describe(id, version, purpose),
    openSession: (context, wanted, answers) => step(context, answers, (ctx) => openSession(ctx, wanted)),
    readWebhook(context, headers, body) {
      const said = step(context, [], (ctx) => readWebhook(ctx, headers, new Body(body)));
      if (said.tag === "done") return said.val;
      return Webhook.unreadable(said.tag === "failed" ? String(said.val.val) : "a webhook cannot ask for the network");
    },
    fetchSession: (context, id, answers) => step(context, answers, (ctx) => fetchSession(ctx, id)),
    check: (context, answers) => step(context, answers, (ctx) => check(ctx)),
  };
}

/** Makes a renderer the component's export. */
export function asRenderer({ id, version, purpose, render }) {
  return {
    describe: describe(id, version, purpose),
    render: (context, material) => wellFormed(render(new Ctx(context, []), material)),
  };
}

function describe(id, version, purpose) {
  return () => ({ id, version, purpose, extra: [] });
}
