// Building requests and reading answers. Nothing here touches a network.

const DEFAULT_TIMEOUT_MS = 10_000;
// A pause before the next try where the vendor names none: a ring lives for seconds.
export const PAUSE_MS = 1_000;
const U32_MAX = 0xffff_ffff;
// As deep as Rust's plugins read.
const JSON_DEPTH_MAX = 128;

/** A GET: repeatable. Options: `headers` (an object), `credential`, `timeoutMs`. */
export function get(url, options = {}) {
  return request("GET", url, { repeatable: true, ...options });
}

/** A POST: not repeatable. Options: as of `get`, and one of `json`, `text`, `bytes`; `repeatable`. */
export function post(url, options = {}) {
  return request("POST", url, options);
}

/** A request with any method. `credential` names one of plugin.toml; the host puts it in place. */
export function request(method, url, options = {}) {
  const headers = Object.entries(options.headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]);
  let body = { tag: "empty" };
  if (options.json !== undefined) {
    body = { tag: "text", val: JSON.stringify(options.json) };
    headers.push(["content-type", "application/json"]);
  } else if (options.text !== undefined) {
    body = { tag: "text", val: options.text };
  } else if (options.bytes !== undefined) {
    body = { tag: "bytes", val: options.bytes };
  }
  const { credential = null, repeatable = false, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  return { method, url, headers, body, credential, repeatable, timeoutMs };
}

/** Bytes that came from outside: the body of a response or of a webhook. */
export class Body {
  constructor(bytes) {
    this.bytes = bytes;
  }

  /** As text; what is not UTF-8 is read as Latin-1. */
  text() {
    return utf8(this.bytes);
  }

  /** As JSON; `undefined` when it is none. */
  json() {
    return parseJson(this.text());
  }
}

/** What a vendor answered. */
export class Response extends Body {
  constructor({ status, headers, body }) {
    super(body);
    this.status = status;
    this.headers = headers;
  }

  /** Whether the status is 2xx. */
  get ok() {
    return this.status >= 200 && this.status < 300;
  }

  /** The first header of this lower-case name. */
  header(name) {
    return this.headers.find(([key]) => key === name)?.[1];
  }

  /**
   * How long the vendor asks to wait, in milliseconds from `nowMs`: `retry-after-ms`, or `retry-after` in seconds or as
   * an HTTP date (RFC 9110, section 10.2.3), which is laid beside the reply's own `date`, where it has one. `undefined`
   * when it says nothing that can be read.
   */
  retryAfterMs(nowMs) {
    const exact = this.header("retry-after-ms")?.trim();
    if (exact !== undefined) return /^\d+$/.test(exact) ? u32(Number(exact)) : undefined;
    const value = this.header("retry-after")?.trim() ?? "";
    if (/^\d+$/.test(value)) return u32(Number(value) * 1000);
    const at = httpDateMs(value);
    return at === undefined ? undefined : u32(at - (httpDateMs(this.header("date")?.trim() ?? "") ?? nowMs));
  }
}

/** Percent-encodes text for one segment of a URL's path or one value of its query. */
export function percentEncode(text) {
  return encodeURIComponent(text).replace(/[!'()*.]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The nearest number that the border's `u32` can carry. */
export function u32(number) {
  return Math.min(Math.max(Math.round(number) || 0, 0), U32_MAX);
}

/**
 * The text, if the whole of it can be a code or the path of a field, such as `BadDeviceToken` or `talk.ended`. Else
 * `null`: a sentence may repeat a number, a name or a key, and reasons end up in logs. Use it on fields which the
 * vendor fills with its own words.
 */
export function code(text) {
  const isCode = typeof text === "string" && text.length <= 64 && /^[A-Za-z_][\w.[\]]*$/.test(text);
  return isCode && text.replace(/\D/g, "").length <= 4 ? text : null;
}

/** Text as JSON; `undefined` when it is none. */
export function parseJson(text) {
  try {
    return isDeep(text) ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether this JSON nests deeper than the component's stack bears. To overrun that would end the call. */
function isDeep(text) {
  let depth = 0;
  let isQuoted = false;
  for (const piece of text.split('"')) {
    if (isQuoted) {
      // A quotation mark after an odd number of backslashes is part of the text.
      isQuoted = piece.endsWith("\\") && /\\*$/.exec(piece)[0].length % 2 === 1;
      continue;
    }
    for (const sign of piece) {
      if (sign === "[" || sign === "{") depth += 1;
      else if (sign === "]" || sign === "}") depth -= 1;
      if (depth > JSON_DEPTH_MAX) return true;
    }
    isQuoted = true;
  }
  return false;
}

/** UTF-8 by the engine's own C code: the component has no TextDecoder, and a loop over the bytes would be slow. */
function utf8(bytes) {
  let latin1 = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    latin1 += String.fromCharCode.apply(null, bytes.subarray(at, at + 8192));
  }
  try {
    return decodeURIComponent(escape(latin1));
  } catch {
    return latin1;
  }
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function httpDateMs(text) {
  const found = /^\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/.exec(text);
  const month = MONTHS.indexOf(found?.[2]);
  return month < 0 ? undefined : Date.UTC(+found[3], month, +found[1], +found[4], +found[5], +found[6]);
}
