"""Google: the token endpoint, where google-auth reads what the host signed, and FCM, where Google's published schema
and firebase-admin's own encoder read each message."""

import json
import re
import secrets
import time
import urllib.parse
import warnings
from datetime import timedelta

import google.auth.jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from firebase_admin import messaging

from . import closed
from .serving import Vendor
from .verdict import Docket, Refused

PROJECT = "callpanion-judged"
EMAIL = f"sender@{PROJECT}.iam.gserviceaccount.com"
# Google's library signs for it wherever `token_uri` points.
AUDIENCE = "https://oauth2.googleapis.com/token"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
JSON = {"content-type": "application/json; charset=UTF-8"}


class Google(Vendor):
    """A project, its service account, and the phones with this prefix."""

    def __init__(self):
        super().__init__()
        self.tokens = Docket("google-auth", "assertions of the service account")
        self.messages = Docket("FCM's schema, firebase-admin", "rings by fcm over HTTP/2")
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._key_id = secrets.token_hex(20)
        self._access = f"ya29.c.{secrets.token_urlsafe(60)}"

    def service_account(self):
        """The file that the console gives out."""
        pem = self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return json.dumps(
            {
                "type": "service_account",
                "project_id": PROJECT,
                "private_key_id": self._key_id,
                "private_key": pem.decode(),
                "client_email": EMAIL,
                "client_id": "100000000000000000001",
                "auth_uri": "https://accounts.google.com/o/oauth2/auth",
                "token_uri": f"{self.origin}/token",
                "universe_domain": "googleapis.com",
            }
        )

    def judge_of(self, request):
        return (self.tokens, self._sell) if request.path == "/token" else (self.messages, self._take)

    def _sell(self, request):
        if not request.needs("content-type").startswith("application/x-www-form-urlencoded"):
            raise Refused("the token request is no form")
        form = urllib.parse.parse_qs(request.body.decode(), strict_parsing=True)
        if sorted(form) != ["assertion", "grant_type"] or form["grant_type"] != [GRANT]:
            raise Refused(f"the token request has {sorted(form)} of grant {form.get('grant_type')}")
        public = self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        # Signature, issue, end and audience are google-auth's own checks.
        claims = google.auth.jwt.decode(form["assertion"][0], certs=public, audience=AUDIENCE)
        header = google.auth.jwt.decode_header(form["assertion"][0])
        if (header["alg"], header["kid"]) != ("RS256", self._key_id):
            raise Refused(f"the assertion is signed by {header}")
        if claims["iss"] != EMAIL or SCOPE not in claims["scope"].split() or claims["exp"] - claims["iat"] > 3600:
            raise Refused(f"the assertion claims {claims}")
        return 200, JSON, json.dumps(
            {"access_token": self._access, "expires_in": 3599, "token_type": "Bearer"}
        ).encode()

    def _take(self, request):
        if (request.method, request.path) != ("POST", f"/v1/projects/{PROJECT}/messages:send"):
            raise Refused("nothing of Google's lies there")
        if request.version != "2":
            raise Refused(f"it came by HTTP/{request.version}")
        if request.needs("authorization") != f"Bearer {self._access}":
            raise Refused("the access token is another one")
        if not request.needs("content-type").startswith("application/json"):
            raise Refused("the message is not said to be JSON")
        body = request.json()
        closed.of_fcm().judge(body)
        said_by_the_sdk(body["message"])
        return 200, JSON, json.dumps({"name": f"projects/{PROJECT}/messages/0:{time.time_ns()}"}).encode()


def said_by_the_sdk(message):
    """Raises where firebase-admin could not write this message, or would write it otherwise."""
    ours = {closed.snake(name): value for name, value in message.items()}
    android = {closed.snake(name): value for name, value in ours.pop("android", {}).items()}
    words = dict(android)
    if "ttl" in words:
        words["ttl"] = timedelta(seconds=float(re.fullmatch(r"([0-9.]+)s", words["ttl"])[1]))
    if "priority" in words:
        # An enumeration's word for Google, which the SDK writes small.
        words["priority"] = android["priority"] = words["priority"].lower()
    with warnings.catch_warnings():
        # That tokens are to give way to installation ids.
        warnings.simplefilter("ignore", DeprecationWarning)
        rebuilt = messaging.Message(**ours, android=messaging.AndroidConfig(**words))
    theirs = json.loads(str(rebuilt))
    if theirs != {**ours, "android": android}:
        raise Refused(f"firebase-admin writes {theirs}")
