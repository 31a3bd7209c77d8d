"""A test kit: contexts, answers, and a stand-in for the host's replay. Everything is a plain value; nothing is sent."""

import json
import re
from dataclasses import dataclass
from types import SimpleNamespace

from .channel import Ring
from .component import attempt
from .ctx import Failure, Stop
from .http import Response

NOW_MS = 1_794_990_000_000
"""The instant of every test context: 2026-11-18 08:20:00 UTC."""


def context(settings, locale="en"):
    """A context at `NOW_MS` with these settings."""
    return SimpleNamespace(
        now_ms=NOW_MS, locale=locale, settings=json.dumps(settings), entropy=bytes(range(32)), extra=[]
    )


def response(status, body="", headers=None):
    """An answer: a response with this text or JSON value as its body."""
    return Response(status, list((headers or {}).items()), to_bytes(body))


def to_bytes(body):
    """Text or a JSON value as the bytes of a body."""
    return (body if isinstance(body, str) else json.dumps(body)).encode()


def json_body(request):
    """The JSON body of a request."""
    return json.loads(request.body.value)


@dataclass
class Driven:
    """What became of a function: its result or its failure, and every request that it asked for."""

    result: object
    failure: Failure | None
    requests: list


def drive(context, script, run):
    """Plays the host: calls the function, answers each request with the next of `script`, and calls it again from the
    start, until it ends. One that asks for other requests when it is called again with the same answers is found out:
    the host's replay would go wrong."""
    left, answers, requests = list(script), [], []
    while True:
        said = attempt(context, answers, run)
        if not isinstance(said, Stop):
            return Driven(said, None, requests)
        if said.failure:
            return Driven(None, said.failure, requests)
        again = attempt(context, answers, run)
        if getattr(again, "requests", None) != said.requests:
            raise AssertionError("called twice with the same answers, it asked for other requests")
        for request in said.requests:
            if not left:
                raise AssertionError(f"no answer is scripted for {request.url}")
            answers.append(left.pop(0))
            requests.append(request)


def ring(**otherwise):
    """A ring to a device, with what a test wants otherwise."""
    return Ring(**{
        "ring_id": "0192a000-0000-7000-8000-000000000001",
        "call_id": "0192a000-0000-7000-8000-000000000002",
        "group_id": "0192a000-0000-7000-8000-000000000003",
        "family_id": "0192a000-0000-7000-8000-000000000004",
        "callee_id": "0192a000-0000-7000-8000-000000000005",
        "address": "phone/1",
        "environment": "",
        "ring_at_ms": NOW_MS,
        "expires_at_ms": NOW_MS + 45_000,
        "language": "en",
        "zone": "Europe/Amsterdam",
        **otherwise,
    })


def manifest_differences(manifest, description):
    """What differs between a description and plugin.toml, which must name the same id, version and purpose."""
    # However many blanks stand around the equals sign.
    lines = [re.sub(r"^(\w+)\s*=\s*", r"\1 = ", line.strip()) for line in manifest.split("\n[")[0].splitlines()]
    wanted = [f"{key} = {json.dumps(getattr(description, key))}" for key in ("id", "version", "purpose")]
    return [f"plugin.toml has no line {line}, as the plugin's source says" for line in wanted if line not in lines]
