// `{{name}}`: rings paired Android phones through a push relay.

import { asChannel, percentEncode, post, ringEach, Verdict } from "../sdk/callpanion.js";

// Must say the same as plugin.toml.
export const id = "{{name}}";
export const version = "0.1.0";
export const purpose = "{{purpose}}";

/** Rings these, at most 100 at a time. Returns one verdict for each, in their order. */
export function ring(ctx, rings) {
  const settings = ctx.settings({ base_url: "string", caller_name: "string" });
  // The first time the function ends here, with a request for each ring. The host sends them and calls again from the
  // start; this time the answers are there, and `verdict` reads each response.
  return ringEach(ctx, rings, (ring) => push(settings, ring, ctx.nowMs), verdict);
}

function push(settings, ring, nowMs) {
  const baseUrl = settings.base_url.replace(/\/+$/, "");
  return post(`${baseUrl}/push/${percentEncode(ring.address)}`, {
    credential: "relay-key",
    json: {
      // The device drops a ring id that it knows, so a repeated push does not ring twice.
      ring_id: ring.ringId,
      caller_name: settings.caller_name,
      // Nothing may ring after the window, so no push may wait longer than what is left of it.
      expires_at_ms: ring.expiresAtMs,
      keep_ms: ring.expiresAtMs - nowMs,
    },
  });
}

/** What the relay's response means for the ring. */
function verdict(response, nowMs) {
  if (response.status === 404) {
    // Only the relay's own word retires an address. A bare 404 may be a wrong `base_url`, and would un-pair every
    // phone.
    if (response.json()?.code === "unknown-address") return Verdict.gone("unknown-address");
    return Verdict.misconfigured("404 from the relay: check `base_url`");
  }
  // What everybody's statuses mean: 2xx, 401, 429, 503, …
  return Verdict.byStatus(response, nowMs);
}

export const channel = asChannel({ id, version, purpose, ring });
