"""Signatures of webhooks: what the emulator signs is verified by the ElevenLabs SDK; what the SDK believes, and what it
doesn't, is shown to the host."""

import hashlib
import hmac
import time
import urllib.error
import urllib.request

from elevenlabs.client import ElevenLabs

from .verdict import Docket, Refused

PATH = "/webhooks/elevenlabs"
MINUTE_S = 60
# Where the host decides otherwise than the SDK, and why it means to.
OURS = {
    "a space after the comma": "a proxy may put one there",
    "upper-case hex": "it is the same number",
    "the right one first, then another": "any of several may fit; the SDK looks at the last",
    "31 minutes old": "the last retry comes after 40 minutes, and may carry the first time; 60 are allowed",
    "an hour ahead": "a signature made for later must not be kept and replayed",
    "milliseconds": "that is in the year 58000, which is later still",
    "59 minutes old": "as at 31 minutes",
}


def _hmac(secret, at, body):
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def sdk_believes(header, body, secret):
    """Whether the SDK takes it."""
    try:
        ElevenLabs(api_key="none").webhooks.construct_event(rawBody=body.decode(), sig_header=header, secret=secret)
    except Exception:  # It raises several kinds, also by accident.
        return False
    return True


def of_emulator(received, secret):
    """What the emulator posted: a docket."""
    docket = Docket("ElevenLabs SDK", "webhooks signed by our emulator")
    for headers, body in received:

        def judged(headers=headers, body=body):
            if not sdk_believes(headers.get("elevenlabs-signature"), body, secret):
                raise Refused(f"the SDK does not believe {headers.get('elevenlabs-signature')}")
            if sdk_believes(headers["elevenlabs-signature"], body + b" ", secret):
                raise Refused("the SDK believes it of another body too")

        docket.hear("webhook", judged)
    return docket


def of_host(url, body, secret):
    """What the host does with signatures that the SDK believes or doesn't: a docket."""
    docket = Docket("ElevenLabs SDK", "verdicts of the host on signatures")
    for name, header in _headers(secret, body, int(time.time())).items():

        def judged(name=name, header=header):
            theirs, ours = sdk_believes(header, body, secret), _status(url, header, body) == 200
            if name in OURS and theirs == ours:
                raise Refused("this is listed as a difference and is none")
            if name not in OURS and theirs != ours:
                raise Refused(f"the SDK says {theirs}, the host {ours}")

        docket.hear(name, judged)
    return docket


def _headers(secret, body, now):
    def at(moment, of=body, by=secret):
        return f"t={moment},v0={_hmac(by, moment, of)}"

    good = at(now)
    stamp, right = good.split(",")
    zeros = f"v0={'0' * 64}"
    return {
        "as it should be": good,
        "in another order": f"{right},{stamp}",
        "another scheme beside it": f"{good},v1=abc",
        "another one first, then the right one": f"{stamp},{zeros},{right}",
        "29 minutes old": at(now - 29 * MINUTE_S),
        "two minutes ahead": at(now + 2 * MINUTE_S),
        "61 minutes old": at(now - 61 * MINUTE_S),
        "another secret": at(now, by="wsec_of_another"),
        "another body": at(now, of=body + b" "),
        "another time": good.replace(f"t={now}", f"t={now - 1}"),
        "cut short": good[:-2],
        "no time": right,
        "no signature": stamp,
        "a time that is no number": good.replace(f"t={now}", "t=soon"),
        "another scheme alone": good.replace("v0=", "v1="),
        "empty": "",
        "a space after the comma": f"{stamp}, {right}",
        "upper-case hex": f"{stamp},v0={right[3:].upper()}",
        "the right one first, then another": f"{good},{zeros}",
        "31 minutes old": at(now - 31 * MINUTE_S),
        "59 minutes old": at(now - 59 * MINUTE_S),
        "an hour ahead": at(now + 60 * MINUTE_S),
        "milliseconds": at(now * 1000),
    }


def _status(url, header, body):
    headers = {"elevenlabs-signature": header, "content-type": "application/json"}
    request = urllib.request.Request(url + PATH, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.status
    except urllib.error.HTTPError as refused:
        return refused.code
