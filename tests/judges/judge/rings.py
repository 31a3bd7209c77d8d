"""Rings in their thousands through every channel of the real program, each vendor played by a judge."""

import math
import time
from contextlib import ExitStack

from . import crowd, signatures
from .apple import BUNDLE, KEY, TEAM, Apple, device_token
from .browsers import PushService
from .google import PROJECT, Google
from .house import House
from .verdict import Docket

# From planting to the first moment: the program starts, compiles its plugins and takes the rings in hand.
LEAD_S = 90
# From one channel's moment to the next one's, so that each has a full hour to itself.
APART_S = 60
# A ring window, and what an outcome takes to be written.
AFTER_S = 50
# Four times this is as long as what Google's tokens end in.
TOKEN = "hG0NxQ7wV3mZk2Lr8TfYc5UeJ4sPaB6d"
API_KEY, WEBHOOK_SECRET = "sk_judged", "wsec_judged_0001"
PHONE_AGENT, APP_AGENT, NUMBER = "agent_judged_phone", "agent_judged_app", "phnum_judged"


def ring(program, folder, prism, sample, number):
    """Rings so many of each channel. Gives the dockets."""
    with ExitStack() as vendors:
        google, apple = vendors.enter_context(Google()), vendors.enter_context(Apple())
        browsers = vendors.enter_context(PushService())
        settings = _of_google(google) | _of_apple(apple) | _of_elevenlabs(prism.origin) | _of_browsers(browsers)
        crowds = [
            ("twilio-batch", None, [f"+442079460{place:03}" for place in range(number)]),
            ("fcm", "android", [f"{place:022}:APA91b{TOKEN * 4}" for place in range(number)]),
            ("apns-voip", "ios", [device_token() for _ in range(number)]),
            ("web-push", "browser", [browsers.subscribe() for _ in range(number)]),
        ]
        house = House(program, folder, settings)
        house.migrate()
        # Whole minutes: a plan knows no seconds.
        first = math.ceil((time.time() + LEAD_S) / 60) * 60
        for place, (channel, platform, addresses) in enumerate(crowds):
            crowd.plant(house.database, time.time(), first + place * APART_S, channel, platform, addresses)
        with house:
            host = signatures.of_host(house.url, sample, WEBHOOK_SECRET)
            taken = _until_taken(house, [channel for channel, _, _ in crowds], number, first + len(crowds) * APART_S)
        apple.compare_with_another_sender()
    return [
        host,
        *taken,
        prism.submits,
        google.tokens,
        google.messages,
        apple.pushes,
        apple.senders,
        browsers.messages,
    ]


def _until_taken(house, channels, number, last):
    """Waits until the host has written that each ring was taken, as long as it may: a docket for each channel."""
    query = "SELECT channel, count(*) FROM ring_attempts WHERE accepted_at IS NOT NULL AND sends = 1 GROUP BY channel"
    taken = {}
    while time.time() < last + AFTER_S:
        taken = dict(house.rows(query))
        if all(taken.get(channel, 0) == number for channel in channels):
            break
        time.sleep(1)
    why = house.rows(
        "SELECT channel || ': ' || state || ' after ' || sends || ' sends ' || coalesce(reason, ''), count(*) "
        "FROM ring_attempts WHERE accepted_at IS NULL OR sends <> 1 GROUP BY 1"
    )
    dockets = []
    for channel in channels:
        docket = Docket("the host's own record", f"rings by {channel}, taken at the first try")
        docket.accepts(taken.get(channel, 0))
        lines = [f"{count} {line}" for line, count in why if line.startswith(channel)]
        for _ in range(number - taken.get(channel, 0)):
            docket.refuses("; ".join(lines) or "no attempt was made")
        dockets.append(docket)
    return dockets


def _granted(plugin, origin):
    """The plugin `plugin` may talk to a vendor on this machine."""
    return {
        f"PLUGINS__{plugin}__ENABLED": "true",
        f"PLUGINS__{plugin}__GRANTS__HOSTS": origin,
        f"PLUGINS__{plugin}__GRANTS__PRIVATE_ADDRESSES": "true",
    }


def _of_google(google):
    return _granted("FCM", google.origin) | {
        "PLUGINS__FCM__CREDENTIALS__SERVICE_ACCOUNT__JSON": google.service_account(),
        "PLUGINS__FCM__SETTINGS__BASE_URL": google.origin,
        "PLUGINS__FCM__SETTINGS__PROJECT_ID": PROJECT,
    }


def _of_apple(apple):
    return _granted("APNS_VOIP", apple.origin) | {
        "PLUGINS__APNS_VOIP__CREDENTIALS__AUTH_KEY__TEAM_ID": TEAM,
        "PLUGINS__APNS_VOIP__CREDENTIALS__AUTH_KEY__KEY_ID": KEY,
        "PLUGINS__APNS_VOIP__CREDENTIALS__AUTH_KEY__KEY": apple.auth_key(),
        "PLUGINS__APNS_VOIP__SETTINGS__BASE_URL_PRODUCTION": apple.origin,
        "PLUGINS__APNS_VOIP__SETTINGS__BASE_URL_SANDBOX": apple.origin,
        "PLUGINS__APNS_VOIP__SETTINGS__BUNDLE_ID": BUNDLE,
    }


def _of_elevenlabs(origin):
    return {
        **_granted("TWILIO_BATCH", origin),
        **_granted("ELEVENLABS", origin),
        "PLUGINS__TWILIO_BATCH__CREDENTIALS__API_KEY__VALUE": API_KEY,
        "PLUGINS__TWILIO_BATCH__SETTINGS__BASE_URL": origin,
        "PLUGINS__TWILIO_BATCH__SETTINGS__AGENT_ID": PHONE_AGENT,
        "PLUGINS__TWILIO_BATCH__SETTINGS__AGENT_PHONE_NUMBER_ID": NUMBER,
        "PLUGINS__ELEVENLABS__CREDENTIALS__API_KEY__VALUE": API_KEY,
        "PLUGINS__ELEVENLABS__CREDENTIALS__WEBHOOK_SECRET__VALUE": WEBHOOK_SECRET,
        "PLUGINS__ELEVENLABS__SETTINGS__BASE_URL": origin,
        "PLUGINS__ELEVENLABS__SETTINGS__AGENT_ID": APP_AGENT,
        "PLUGINS__ELEVENLABS__SETTINGS__PHONE_AGENT_ID": PHONE_AGENT,
    }


def _of_browsers(browsers):
    return _granted("WEB_PUSH", browsers.origin) | {
        "PLUGINS__WEB_PUSH__CREDENTIALS__VAPID__CONTACT": "mailto:calls@example.org",
        "PLUGINS__WEB_PUSH__SETTINGS__GOOGLE": "",
        "PLUGINS__WEB_PUSH__SETTINGS__MOZILLA": "",
        "PLUGINS__WEB_PUSH__SETTINGS__APPLE": "",
        "PLUGINS__WEB_PUSH__SETTINGS__OTHERS": browsers.origin,
        "PLUGINS__WEB_PUSH__SETTINGS__PAGE_URL": "https://calls.example.org/device",
    }
