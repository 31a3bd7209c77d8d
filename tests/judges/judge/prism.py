"""Prism, which answers as `elevenlabs.openapi.yaml` has it and refuses what does not fit; and what stands before it: it
counts, passes every byte on, and has the ElevenLabs SDK's own models read the same requests."""

import http.client
import inspect
import json
import re
import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from elevenlabs.client import ElevenLabs
from elevenlabs.types import OutboundCallRecipient, TelephonyCallConfigInput

from . import closed
from .serving import free_port
from .verdict import Docket, Refused

SPECIFICATION = Path(__file__).parent.parent / "elevenlabs.openapi.yaml"
START_S = 90
# What a relay may not pass on (RFC 9110, 7.6.1), and what the next connection has of its own.
OF_THE_CONNECTION = {"connection", "host", "keep-alive", "transfer-encoding", "content-length"}


class Door(ThreadingHTTPServer):
    """At the full hour a hundred knock at once."""

    request_queue_size = 512
    daemon_threads = True


class Prism:
    """A strict mock in a process of its own, and the relay before it, at which the host sends."""

    def __init__(self, program, log):
        self.requests = Docket("Prism", "all requests to ElevenLabs")
        self.submits = Docket("Prism", "rings by twilio-batch, as submits")
        self.shapes = Docket("ElevenLabs SDK", "fields and parameters of the same requests")
        self._port, self._program, self._log = free_port(), program, log
        self._server = Door(("127.0.0.1", 0), self._handler())
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        sdk = ElevenLabs(api_key="none", base_url="http://127.0.0.1:1").conversational_ai
        self._submit = _parameters(sdk.batch_calls.create)
        self._queries = [
            (r"/v1/convai/batch-calling/workspace", _parameters(sdk.batch_calls.list)),
            (r"/v1/convai/conversations", _parameters(sdk.conversations.list)),
            (r"/v1/convai/conversations/[^/]+", _parameters(sdk.conversations.get)),
            (r"/v1/convai/conversation/token", _parameters(sdk.conversations.get_webrtc_token)),
            (r"/v1/convai/agents", _parameters(sdk.agents.list)),
        ]

    def __enter__(self):
        command = [self._program, "mock", "--host", "127.0.0.1", "--port", str(self._port), "--errors"]
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen([*command, SPECIFICATION], stdout=log, stderr=log)
        began = time.monotonic()
        while True:
            try:
                socket.create_connection(("127.0.0.1", self._port), timeout=1).close()
                break
            except OSError:
                late = time.monotonic() - began > START_S
                if late or self._process.poll() is not None:
                    self._process.kill()
                    raise SystemExit(f"Prism does not listen: see {self._log}") from None
                time.sleep(0.2)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._process.terminate()
        self._process.wait(20)

    def _handler(self):
        prism = self

        class Relay(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _pass_on(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                status, kind, reply = prism.judge(self.command, self.path, dict(self.headers.items()), body)
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass_on

            def do_HEAD(self):
                """With an empty one the host opens a connection ahead of time."""
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        return Relay

    def judge(self, method, path, headers, body):
        """Shows a request to Prism and to the SDK, and gives Prism's answer."""
        kept = {name: value for name, value in headers.items() if name.lower() not in OF_THE_CONNECTION}
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.request(method, path, body=body or None, headers=kept)
            answer = connection.getresponse()
            status, kind, reply = answer.status, answer.getheader("content-type", "application/json"), answer.read()
        except OSError as error:
            status, kind, reply = 502, "text/plain", f"Prism does not answer: {error}".encode()
        finally:
            connection.close()
        name = f"{method} {urlsplit(path).path}"
        wrong = None if status < 400 else f"{name}: {status} {reply[:400].decode(errors='replace')}"
        is_submit = urlsplit(path).path.endswith("/submit")
        for docket in [self.requests, self.submits] if is_submit else [self.requests]:
            docket.accepts() if wrong is None else docket.refuses(wrong)
        self.shapes.hear(name, lambda: self._judge_shape(path, body, is_submit))
        return status, kind, reply

    def _judge_shape(self, path, body, is_submit):
        parts = urlsplit(path)
        known = [parameters for pattern, parameters in self._queries if re.fullmatch(pattern, parts.path)]
        for name, _ in parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)):
            if not known or name not in known[0]:
                raise Refused(f"the SDK has no parameter {name}")
        if is_submit:
            submit = json.loads(body)
            strangers = sorted(set(submit) - self._submit)
            if strangers:
                raise Refused(f"the SDK submits no {strangers}")
            closed.of_model(TelephonyCallConfigInput).judge(submit["telephony_call_config"])
            for recipient in submit["recipients"]:
                closed.of_model(OutboundCallRecipient).judge(recipient)


def _parameters(method):
    """What the SDK's method takes, but for how it is sent."""
    return set(inspect.signature(method).parameters) - {"request_options"}
