"""A push service of browsers: http_ece, the reference implementation, opens what the host sealed (RFC 8291), and PyJWT
reads what it signed (RFC 8292)."""

import base64
import json
import re
import secrets
import time

import http_ece
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from .serving import Vendor
from .verdict import Docket, Refused

# What every push service takes (RFC 8030, 7.2).
MESSAGE_MAX_BYTES = 4096
VAPID_LIFE_S = 24 * 3600


def _text(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _data(text):
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


class PushService(Vendor):
    """The service, and the browsers that subscribed at it."""

    def __init__(self):
        super().__init__()
        self.messages = Docket("http_ece, PyJWT", "rings by web-push")
        self._browsers, self._senders = {}, set()

    def subscribe(self):
        """A new browser: its subscription, as the host keeps it."""
        name, key, auth = secrets.token_urlsafe(24), ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16)
        self._browsers[f"/push/{name}"] = (key, auth)
        point = key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        said = {"endpoint": f"{self.origin}/push/{name}", "keys": {"p256dh": _text(point), "auth": _text(auth)}}
        return json.dumps(said, separators=(",", ":"))

    def judge_of(self, request):
        return self.messages, self._take

    def _take(self, request):
        if request.method != "POST" or request.path not in self._browsers:
            raise Refused("no browser has subscribed there")
        self._check_sender(request.needs("authorization"))
        if not re.fullmatch(r"[0-9]{1,7}", request.needs("ttl")):
            raise Refused("the TTL is no number")
        if request.header("urgency") not in (None, "very-low", "low", "normal", "high"):
            raise Refused("the urgency is none of the four")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", request.header("topic") or "none"):
            raise Refused("the topic is not 1 to 32 characters of base64url")
        if request.needs("content-encoding") != "aes128gcm" or len(request.body) > MESSAGE_MAX_BYTES:
            raise Refused("the message is not sealed with aes128gcm, or too large")
        if [name for name, _ in request.headers if name.startswith("web-push-")]:
            raise Refused("what is between the host and its plugin was sent along")
        key, auth = self._browsers[request.path]
        opened = http_ece.decrypt(request.body, private_key=key, auth_secret=auth, version="aes128gcm")
        if not isinstance(json.loads(opened), dict):
            raise Refused("the message is no JSON object")
        return 201, {"location": f"{self.origin}/message/{secrets.token_urlsafe(12)}"}, b""

    def _check_sender(self, authorization):
        parts = re.fullmatch(r"vapid t=([^, ]+), ?k=([^, ]+)", authorization)
        if not parts:
            raise Refused("the authorization is no `vapid`")
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _data(parts[2]))
        claims = jwt.decode(
            parts[1], point, algorithms=["ES256"], audience=self.origin, options={"require": ["aud", "exp", "sub"]}
        )
        if claims["exp"] > time.time() + VAPID_LIFE_S or not re.match(r"mailto:.+@|https:", claims["sub"]):
            raise Refused(f"the signature claims {claims}")
        self._senders.add(parts[2])
        if len(self._senders) > 1:
            raise Refused("the sender has another key than before: browsers subscribe to one")
