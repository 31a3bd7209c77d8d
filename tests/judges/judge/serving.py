"""A server in a thread, by Hypercorn and h2, which refuse what is no HTTP/2; and what every vendor here shares."""

import asyncio
import json
import socket
import threading
from dataclasses import dataclass

import hypercorn.asyncio
import hypercorn.config

from .verdict import Refused

PATIENCE_S = 20


def free_port():
    """A port of the loopback address that nobody has at this moment."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@dataclass
class Request:
    """One request, as it came."""

    version: str
    method: str
    path: str
    headers: list
    body: bytes

    def header(self, name):
        """The only value of a header; None where it is missing."""
        values = [value for header, value in self.headers if header == name]
        if len(values) > 1:
            raise Refused(f"the header {name} stands there {len(values)} times")
        return values[0] if values else None

    def needs(self, name):
        """The same, of a header that must be there."""
        value = self.header(name)
        if value is None:
            raise Refused(f"the header {name} is missing")
        return value

    def json(self):
        """The body as a JSON object."""
        value = json.loads(self.body)
        if not isinstance(value, dict):
            raise Refused("the body is no JSON object")
        return value


class Vendor:
    """An ASGI application. A vendor says in `judge_of` who judges a request: a docket, and a function that raises what
    is wrong or gives the answer as status, headers and body."""

    def __init__(self):
        self.port = free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self._stop, self._loop = None, None
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def judge_of(self, request):
        raise NotImplementedError

    def __enter__(self):
        self._thread.start()
        for _ in range(PATIENCE_S * 50):
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                threading.Event().wait(0.02)
        raise SystemExit(f"{type(self).__name__} does not listen")

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(PATIENCE_S)

    def _serve(self):
        config = hypercorn.config.Config()
        config.bind = [f"127.0.0.1:{self.port}"]
        config.errorlog = None
        # A connection is left when the one who opened it leaves it.
        config.keep_alive_timeout, config.keep_alive_max_requests = 600, 1_000_000
        config.graceful_timeout = 1

        async def serve():
            self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
            await hypercorn.asyncio.serve(self, config, shutdown_trigger=self._stop.wait)

        asyncio.run(serve())

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            return await _lifespan(receive, send)
        body = b""
        while True:
            event = await receive()
            body += event.get("body", b"")
            if event["type"] == "http.disconnect" or not event.get("more_body"):
                break
        headers = [(name.decode().lower(), value.decode("latin-1")) for name, value in scope["headers"]]
        path = scope["raw_path"].decode()
        status, headers, body = self._answer(Request(scope["http_version"], scope["method"], path, headers, body))
        headers = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        return None

    def _answer(self, request):
        if request.method == "HEAD":
            # With an empty one the host opens a connection ahead of time.
            return 200, {}, b""
        docket, judge = self.judge_of(request)
        answer = docket.hear(f"{request.method} {request.path[:80]}", lambda: judge(request))
        if answer is not None:
            return answer
        return 400, {"content-type": "application/json"}, json.dumps({"reason": docket.reasons[-1]}).encode()


async def _lifespan(receive, send):
    while True:
        event = await receive()
        await send({"type": f"{event['type']}.complete"})
        if event["type"] == "lifespan.shutdown":
            return
