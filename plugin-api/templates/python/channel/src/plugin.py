"""`{{name}}`: rings paired Android phones through a push relay."""

from dataclasses import dataclass

from callpanion import Verdict, as_channel, percent_encode, post, ring_each


@dataclass
class Settings:
    """The settings, as plugin.toml describes them. The host has filled in the defaults."""

    base_url: str
    caller_name: str


def ring(ctx, rings):
    """Rings these, at most 100 at a time. Returns one verdict for each, in their order."""
    settings = ctx.settings(Settings)
    # The first time the function ends here, with a request for each ring. The host sends them and calls again from the
    # start; this time the answers are there, and `verdict` reads each response.
    return ring_each(ctx, rings, lambda ring: push(settings, ring, ctx.now_ms), verdict)


def push(settings, ring, now_ms):
    """The push of one ring."""
    return post(
        f"{settings.base_url.rstrip('/')}/push/{percent_encode(ring.address)}",
        credential="relay-key",
        json_body={
            # The device drops a ring id that it knows, so a repeated push does not ring twice.
            "ring_id": ring.ring_id,
            "caller_name": settings.caller_name,
            # Nothing may ring after the window, so no push may wait longer than what is left of it.
            "expires_at_ms": ring.expires_at_ms,
            "keep_ms": ring.expires_at_ms - now_ms,
        },
    )


def verdict(response, now_ms):
    """What the relay's response means for the ring."""
    if response.status == 404:
        # Only the relay's own word retires an address. A bare 404 may be a wrong `base_url`, and would un-pair every
        # phone.
        body = response.json()
        if isinstance(body, dict) and body.get("code") == "unknown-address":
            return Verdict.gone("unknown-address")
        return Verdict.misconfigured("404 from the relay: check `base_url`")
    # What everybody's statuses mean: 2xx, 401, 429, 503, …
    return Verdict.by_status(response, now_ms)


# Id, version and purpose must be those of plugin.toml.
Channel = as_channel("{{name}}", "0.1.0", "{{purpose}}", ring=ring)
