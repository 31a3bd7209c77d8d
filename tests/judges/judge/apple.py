"""Apple: a server of HTTP/2 and nothing else. PyJWT reads the provider token; what Apple's pages say of a VoIP push is
compared with what another sender, aioapns, writes for the same push."""

import asyncio
import json
import re
import secrets
import time
import uuid

import jwt
from aioapns.common import NotificationRequest, PushType
from aioapns.connection import APNsBaseClientProtocol, JWTAuthorizationHeaderProvider
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from .serving import Vendor
from .verdict import Docket, Refused

TEAM, KEY, BUNDLE = "JUDGETEAM1", "JUDGEKEY01", "org.example.judged"
PAYLOAD_MAX_BYTES = 5120
# Apple refuses older provider tokens, and more than one new one in twenty minutes.
TOKEN_LIFE_S = 3600
# No ring of ours lasts longer than a window.
WINDOW_S = 60


class Apple(Vendor):
    """The production environment of one team."""

    def __init__(self):
        super().__init__()
        self.pushes = Docket("PyJWT, h2", "rings by apns-voip over HTTP/2")
        self.senders = Docket("aioapns", "headers and token claims of the same pushes")
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._tokens, self._ids, self._taken = set(), set(), []

    def auth_key(self):
        """The .p8 file."""
        pem = self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return pem.decode()

    def judge_of(self, request):
        return self.pushes, self._take

    def _take(self, request):
        if request.version != "2":
            raise Refused(f"it came by HTTP/{request.version}")
        device = re.fullmatch(r"/3/device/([0-9a-f]{64,200})", request.path)
        if request.method != "POST" or not device:
            raise Refused("BadPath")
        self._check_token(request.needs("authorization"))
        if request.needs("apns-push-type") != "voip" or request.needs("apns-topic") != f"{BUNDLE}.voip":
            raise Refused("InvalidPushType, or the topic is another one")
        if request.needs("apns-priority") != "10":
            raise Refused("BadPriority")
        apns_id = request.needs("apns-id")
        if str(uuid.UUID(apns_id)) != apns_id or apns_id in self._ids:
            raise Refused("the apns-id is no canonical UUID, or came before")
        self._ids.add(apns_id)
        expiration, now = int(request.needs("apns-expiration")), time.time()
        if expiration != 0 and not now - 1 <= expiration <= now + WINDOW_S:
            raise Refused(f"the push may arrive {expiration - now:.0f} s from now")
        if len(request.body) > PAYLOAD_MAX_BYTES or not isinstance(request.json().get("aps"), dict):
            raise Refused("the payload is too large, or has no `aps`")
        self._taken.append((device[1], dict(request.headers), request.body))
        return 200, {"apns-id": apns_id}, b""

    def _check_token(self, authorization):
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise Refused("MissingProviderToken")
        claims = jwt.decode(token, self._key.public_key(), algorithms=["ES256"], issuer=TEAM)
        header = jwt.get_unverified_header(token)
        if header["kid"] != KEY or set(claims) != {"iss", "iat"} or not isinstance(claims["iat"], int):
            raise Refused(f"the provider token says {header} and {claims}")
        if not -TOKEN_LIFE_S < claims["iat"] - time.time() <= 1:
            raise Refused(f"the provider token is {time.time() - claims['iat']:.0f} s old")
        self._tokens.add(token)
        if len(self._tokens) > 2:
            raise Refused("TooManyProviderTokenUpdates")

    def compare_with_another_sender(self):
        """Afterwards: whether aioapns would send the same."""
        for device, headers, body in self._taken:
            self.senders.hear("headers", lambda: self._compare(device, headers, body))

    def _compare(self, device, ours, body):
        push = NotificationRequest(
            device,
            json.loads(body),
            notification_id=ours["apns-id"],
            time_to_live=0,
            priority=int(ours["apns-priority"]),
            push_type=PushType.VOIP,
            apns_topic=ours["apns-topic"],
        )
        theirs = asyncio.run(_written(push, JWTAuthorizationHeaderProvider(self.auth_key(), KEY, TEAM)))
        names = [sorted(name for name in headers if name.startswith("apns-")) for headers in (ours, theirs)]
        if names[0] != names[1]:
            raise Refused(f"aioapns writes {names[1]}, we {names[0]}")
        for name in names[0]:
            # When it expires depends on when it is written.
            if ours[name] != theirs[name] and name != "apns-expiration":
                raise Refused(f"aioapns writes {name}: {theirs[name]}, we {ours[name]}")
        claims = [
            sorted(jwt.decode(headers["authorization"].split()[1], options={"verify_signature": False}))
            for headers in (ours, theirs)
        ]
        if theirs[":path"] != f"/3/device/{device}" or claims[0] != claims[1]:
            raise Refused(f"aioapns claims {claims[1]} at {theirs[':path']}")


async def _written(push, provider):
    """The headers that aioapns writes for a push."""
    written = {}

    class Wire:
        """In the place of a connection."""

        def send_headers(self, stream_id, headers):
            written.update(headers)

        def send_data(self, **_):
            # All is known, and nothing is to be waited for.
            raise asyncio.CancelledError

    protocol = APNsBaseClientProtocol(push.apns_topic, auth_provider=provider)
    protocol.conn = Wire()
    try:
        await protocol.send_notification(push)
    except asyncio.CancelledError:
        pass
    return written


def device_token():
    """The push address of an iPhone."""
    return secrets.token_hex(32)
