// The context of one call, the replay behind its straight-line HTTP, and what ends a function.

import { PAUSE_MS, parseJson, Response, u32 } from "./http.js";

/** Why a function ends before it has a result. Throw what the four makers below return; never catch it. */
export class Stop extends Error {
  constructor(step, text) {
    super(text);
    this.name = "Stop";
    this.step = step;
  }

  static #failed = (tag, val, text) => new Stop({ tag: "failed", val: { tag, val } }, text);

  /** The same call may work after so many milliseconds. */
  static retry = (afterMs, why) => Stop.#failed("retry", [u32(afterMs), why], why);
  /** The vendor may have acted. */
  static unknown = (why) => Stop.#failed("unknown", why, why);
  /** The operator must act; the text says how. */
  static misconfigured = (whatToDo) => Stop.#failed("misconfigured", whatToDo, whatToDo);
  /** Trying again cannot help. */
  static permanent = (why) => Stop.#failed("permanent", why, why);

  /** What a refusal means when nothing but its status is known. Look for the vendor's own codes first. */
  static byStatus(response, nowMs) {
    const { status } = response;
    const said = `the vendor answered ${status}`;
    if (status >= 401 && status <= 403) {
      return Stop.misconfigured(`${said}: check the credential, what it may do, and the credit`);
    }
    if (status === 404) return Stop.misconfigured(`${said}: check the URLs and ids of the settings`);
    if ([408, 425, 429, 503].includes(status)) return Stop.retry(response.retryAfterMs(nowMs) ?? PAUSE_MS, said);
    return status >= 500 ? Stop.unknown(said) : Stop.permanent(said);
  }
}

/** All that a plugin's function may ask for. */
export class Ctx {
  #context;
  #answers;
  #stop = null;

  constructor(context, answers) {
    this.#context = context;
    this.#answers = [...answers];
  }

  /** Now, in milliseconds since 1970-01-01 UTC. It does not move while a call is replayed. */
  get nowMs() {
    return this.#context.nowMs;
  }

  /** BCP 47 tag of the language wanted. */
  get locale() {
    return this.#context.locale;
  }

  /** 32 fresh random bytes, the same in every replay of one call. */
  get entropy() {
    return this.#context.entropy;
  }

  /** What ended the function, even where the plugin caught it by mistake. */
  get stopped() {
    return this.#stop;
  }

  /** A value that a later version of the host may give. */
  extra(name) {
    return this.#context.extra.find(([key]) => key === name)?.[1];
  }

  /** Sends one request and returns its answer: `{ response }`, `{ unsent: why }` or `{ unknown: why }`. */
  http(request) {
    return this.httpAll([request])[0];
  }

  /** Sends all requests at once and returns one answer for each, in their order. */
  httpAll(requests) {
    if (requests.length === 0) return [];
    if (this.#answers.length < requests.length) {
      const have = this.#answers.length;
      this.#stop ??= have === 0
        ? new Stop({ tag: "request", val: requests }, "stopped for the host to send a request")
        : Stop.permanent(`the host gave ${have} answers to ${requests.length} requests`);
      throw this.#stop;
    }
    return this.#answers.splice(0, requests.length).map(answer);
  }

  /**
   * The plugin's settings, looked over: `ctx.settings({ base_url: "string", volume: "integer", agents: "table?" })`.
   * The types are those of plugin.toml; `?` says that it may be absent. What does not fit is named to the operator.
   */
  settings(types) {
    const settings = parseJson(this.#context.settings);
    if (settingType(settings) !== "table") throw Stop.misconfigured("settings: they must be a table");
    for (const [name, type] of Object.entries(types)) {
      const value = settings[name];
      if (value === undefined && type.endsWith("?")) continue;
      const wanted = type.replace("?", "");
      if (settingType(value) !== wanted) {
        const found = value === undefined ? "is missing" : `is of type ${settingType(value)}`;
        throw Stop.misconfigured(`settings.${name} ${found}: it must be of type ${wanted}`);
      }
    }
    return settings;
  }
}

/** The response, if its status is 2xx; else the function ends with what it means, as `Stop.byStatus` says. */
export function success({ response, unsent, unknown }, nowMs) {
  if (unsent !== undefined) throw Stop.retry(PAUSE_MS, unsent);
  if (unknown !== undefined) throw Stop.unknown(unknown);
  if (!response.ok) throw Stop.byStatus(response, nowMs);
  return response;
}

/** One run of a function: its step. A fault of the plugin is thrown. For `step` and for tests. */
export function attempt(context, answers, run) {
  const ctx = new Ctx(context, answers);
  try {
    const val = run(ctx);
    return ctx.stopped?.step ?? { tag: "done", val };
  } catch (error) {
    const stop = ctx.stopped ?? error;
    if (stop instanceof Stop) return stop.step;
    throw error;
  }
}

/** As `attempt`; a fault becomes a failure that says where, and not what: the message may quote a transcript. */
export function step(context, answers, run) {
  try {
    return wellFormed(attempt(context, answers, run));
  } catch (error) {
    const place = error?.stack?.split("\n").find((line) => /^\s+at /.test(line))?.trim() ?? "at an unknown place";
    const why = `the plugin has a fault: ${error?.name ?? "error"} ${place}`;
    // What was asked for before the fault may have done something.
    return (answers.length === 0 ? Stop.permanent(why) : Stop.unknown(why)).step;
  }
}

/** JSON can hold half of a character (`"\ud800"`), which the border cannot carry. */
export function wellFormed(value) {
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, wellFormed(inner)]));
}

// What the network says for itself may be nothing.
const SILENCE = { unsent: "the request was not sent", unknown: "no answer came" };

function answer({ tag, val }) {
  return { [tag]: tag === "response" ? new Response(val) : val.trim() || SILENCE[tag] };
}

function settingType(value) {
  if (Number.isInteger(value)) return "integer";
  return typeof value === "object" && value !== null && !Array.isArray(value) ? "table" : typeof value;
}
