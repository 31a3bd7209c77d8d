// `{{name}}`: holds the conversations with agents of a talk service.

import {
  asProvider, code, conversation, finding, get, percentEncode, post, session, Stop, success, Webhook,
} from "../sdk/callpanion.js";

const OUTCOMES = ["answered", "voicemail", "busy", "no-answer", "failed"];

// Must say the same as plugin.toml.
export const id = "{{name}}";
export const version = "0.1.0";
export const purpose = "{{purpose}}";

/** Gets what a device needs to join a new conversation. Somebody is holding the phone meanwhile. */
export function openSession(ctx, wanted) {
  const { url, agentId } = set(ctx);
  const { callId, language, variables } = wanted;
  const json = { agent: agentId, call_id: callId, language, variables: Object.fromEntries(variables) };
  const response = success(ctx.http(post(url("sessions"), { json, credential: "api-key" })), ctx.nowMs);
  const opened = response.json();
  if (typeof opened?.token !== "string") throw Stop.permanent("the talk service opened a session without a token");
  return session({ token: opened.token, conversation: text(opened.conversation) });
}

/** Reads a webhook whose signature the host has verified. It cannot ask for the network. */
export function readWebhook(ctx, _headers, body) {
  const event = body.json();
  if (typeof event?.event !== "string") return Webhook.unreadable("no JSON with an `event`");
  if (event.event !== "conversation.ended") {
    return Webhook.ignored(code(event.event) ?? "an event without a plain name");
  }
  const told = read(event.conversation);
  if (told === null) return Webhook.unreadable("`conversation` has no `id`");
  return told.agent === set(ctx).agentId ? Webhook.conversation(told) : Webhook.ignored("of another agent");
}

/** Asks for a conversation whose webhook never came. `null` when the service does not know it. */
export function fetchSession(ctx, wanted) {
  const answer = ctx.http(get(set(ctx).url(`conversations/${percentEncode(wanted)}`), { credential: "api-key" }));
  const { response } = answer;
  // A bare 404 may be a wrong `base_url`; only the service's own word says that it does not know the conversation.
  if (response?.status === 404 && response.json()?.code === "unknown-conversation") return null;
  const told = read(success(answer, ctx.nowMs).json());
  if (told === null) throw Stop.permanent("the talk service told of a conversation without an `id`");
  return told;
}

/** Is everything set up? Read-only; one finding for each thing looked at. */
export function check(ctx) {
  const { url, agentId } = set(ctx);
  const answer = ctx.http(get(url(`agents/${percentEncode(agentId)}`), { credential: "api-key" }));
  const { response } = answer;
  if (response === undefined) {
    const why = answer.unsent ?? answer.unknown;
    return [finding("problem", `the talk service: ${why}`, "check `base_url` and try again")];
  }
  if (response.ok) return [finding("ok", "the talk service knows the key and the agent")];
  const { status } = response;
  if (status === 401 || status === 403) {
    return [finding("problem", "the talk service does not accept the credential `api-key`", "set the right key")];
  }
  if (status === 404) return [finding("problem", "the talk service does not know the agent", "check `agent_id`")];
  return [finding("warning", `the talk service says ${status}`, "try again later")];
}

function set(ctx) {
  const settings = ctx.settings({ base_url: "string", agent_id: "string" });
  const url = (path) => `${settings.base_url.replace(/\/+$/, "")}/v1/${path}`;
  return { url, agentId: settings.agent_id };
}

/** A conversation as the service tells it, in webhooks and when asked. What it may add later is not looked at. */
function read(told) {
  if (typeof told?.id !== "string") return null;
  const turns = Array.isArray(told.turns) ? told.turns.filter((turn) => typeof turn?.text === "string") : [];
  // An outcome that is new to this plugin is no reason to lose the talk: what was said decides.
  const ended = OUTCOMES.includes(told.outcome) ? told.outcome : turns.length > 0 ? "answered" : "failed";
  return conversation({
    conversation: told.id,
    agent: text(told.agent) ?? "",
    outcome: told.state === "running" ? "running" : ended,
    startedAtMs: count(told.started_at_ms, Number.MAX_SAFE_INTEGER),
    durationS: count(told.duration_s),
    language: text(told.language),
    echoedCallId: text(told.call_id),
    turns: turns.map(({ speaker, text, at_s }) => ({
      speaker: speaker === "agent" ? "agent" : "callee", text, atS: count(at_s),
    })),
  });
}

const text = (value) => (typeof value === "string" ? value : null);
const count = (value, most = 2 ** 32 - 1) => (Number.isInteger(value) && value >= 0 ? Math.min(value, most) : 0);

export const provider = asProvider({ id, version, purpose, openSession, readWebhook, fetchSession, check });
