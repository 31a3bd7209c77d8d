"""The emulators, served by `callpanion-judges emulators`: what they answer is read by the ElevenLabs SDK and by
firebase-admin, and what these send must be right for them. Judges of our judges: the tests believe the emulators."""

import json
import subprocess
import threading
import time
import typing
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import firebase_admin
import httpx
from elevenlabs.client import ElevenLabs
from elevenlabs.core.api_error import ApiError
from elevenlabs.types import (
    ConversationInitiationClientDataRequestInput,
    GetConversationResponseModel,
    OutboundCallRecipient,
    TelephonyCallConfigInput,
)
from firebase_admin import credentials, exceptions, messaging

from . import closed
from .verdict import Docket, Refused

# In the number range that Ofcom keeps for drama. The helper knows what happens there.
TALKS, BUSY, UNUSED = "+442079460001", "+442079460002", "+442079460003"
PATIENCE_S = 60


class Emulators:
    """The world of the helper, and where its webhooks come."""

    def __init__(self, helper):
        self._helper, self.received = helper, []
        world = self

        class Inbox(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                world.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._inbox = ThreadingHTTPServer(("127.0.0.1", 0), Inbox)
        self.unexpected = Docket("our emulators", "requests by the ElevenLabs SDK and firebase-admin")

    def __enter__(self):
        threading.Thread(target=self._inbox.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{self._inbox.server_port}/"
        self._process = subprocess.Popen(
            [self._helper, "emulators", url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("the emulators did not start")
        self.settings = json.loads(line)
        return self

    def join(self, token):
        """A client joins the conversation of a token, and talks for a moment."""
        self._process.stdin.write(f"{token}\n")
        self._process.stdin.flush()

    def __exit__(self, *_):
        self._process.stdin.close()
        for unexpected in json.loads(self._process.stdout.read() or "[]"):
            self.unexpected.refuses(unexpected)
        self._process.wait(20)
        self._inbox.shutdown()

    def until_received(self, number):
        """Waits for so many webhooks."""
        end = time.monotonic() + PATIENCE_S
        while len(self.received) < number:
            if time.monotonic() > end:
                raise Refused(f"{len(self.received)} webhooks of {number} came in {PATIENCE_S} s")
            time.sleep(0.1)


class Eleven:
    """The SDK at the emulator. What it reads is judged once more by its own models, closed."""

    def __init__(self, world):
        self.answers = Docket("ElevenLabs SDK", "answers and events of our emulator")
        self._world, self._last = world, None
        http = httpx.Client(timeout=20, event_hooks={"response": [self._note]})
        self.client = ElevenLabs(
            api_key=world.settings["eleven_api_key"], base_url=world.settings["eleven_url"], httpx_client=http
        )

    def _note(self, response):
        response.read()
        self._last = response

    def asks(self, method, **words):
        """One call of the SDK: what it gives back, once its raw answer has been judged."""

        def judged():
            found = method(**words)
            closed.of_model(typing.get_type_hints(method)["return"]).judge(self._last.json())
            return found

        self._world.unexpected.accepts()
        return self.answers.hear(method.__qualname__, judged)

    def is_refused(self, status, method, **words):
        """One call that must be refused, in a way that the SDK understands."""

        def judged():
            try:
                method(**words)
            except ApiError as error:
                if error.status_code != status or not error.body:
                    raise Refused(f"it was refused with {error.status_code}: {error.body}") from error
                return
            raise Refused("it was not refused")

        self.answers.hear(f"{method.__qualname__}, which is to be refused", judged)

    def judge_all(self):
        """Every request that the emulator knows, and what follows from it."""
        settings, agents = self._world.settings, self.client.conversational_ai.agents
        talks, batches = self.client.conversational_ai.conversations, self.client.conversational_ai.batch_calls
        self.asks(agents.list, page_size=1)
        self.asks(agents.get, agent_id=settings["phone_agent_id"])
        self.asks(self.client.conversational_ai.phone_numbers.list)
        self.asks(self.client.conversational_ai.settings.get)
        self.asks(self.client.webhooks.list, include_usages=True)
        self.asks(self.client.user.subscription.get)

        dialled = self._submit("dialled", None, [TALKS, BUSY])
        later = self._submit("later", int(time.time()) + 600, [UNUSED])
        self.asks(batches.list, limit=10)
        if later:
            self.asks(batches.get, batch_id=later.id)
            self.asks(batches.cancel, batch_id=later.id)
        token = self.asks(talks.get_webrtc_token, agent_id=settings["app_agent_id"], participant_name="Margaret")
        self.asks(talks.get_signed_url, agent_id=settings["app_agent_id"])
        if token:
            # Before anybody talks, and when all is analysed: the same model must hold.
            self.asks(talks.get, conversation_id=token.conversation_id)
            self._world.join(token.token)
        self.answers.hear("webhooks", lambda: self._world.until_received(3))
        if dialled:
            self.asks(batches.get, batch_id=dialled.id)
        if token:
            self.asks(talks.get, conversation_id=token.conversation_id)
        self.asks(
            talks.list,
            dynamic_variable_params=["callpanion_call_id:eq:call-dialled-0"],
            call_start_after_unix=1,
            page_size=10,
        )
        self.asks(talks.list, page_size=100)
        for _, body in self._world.received:
            event = json.loads(body)
            if event["type"] == "post_call_transcription":
                # The event carries the conversation as `get` shows it.
                judged = closed.of_model(GetConversationResponseModel).judge
                self.answers.hear("post_call_transcription", lambda data=event["data"]: judged(data))
        self.is_refused(404, talks.get, conversation_id="conv_unknown")
        self.is_refused(404, batches.get, batch_id="btcal_unknown")

    def _submit(self, name, at, numbers):
        client_data = ConversationInitiationClientDataRequestInput
        recipients = [
            OutboundCallRecipient(
                id=f"{name}-{place}",
                phone_number=number,
                conversation_initiation_client_data=client_data(
                    user_id="callee-1",
                    dynamic_variables={"callee_name": "Margaret", "callpanion_call_id": f"call-{name}-{place}"},
                ),
            )
            for place, number in enumerate(numbers)
        ]
        return self.asks(
            self.client.conversational_ai.batch_calls.create,
            call_name=f"judged-{name}",
            agent_id=self._world.settings["phone_agent_id"],
            agent_phone_number_id=self._world.settings["phone_number_id"],
            scheduled_time_unix=at,
            timezone="Europe/London",
            recipients=recipients,
            telephony_call_config=TelephonyCallConfigInput(ringing_timeout_secs=30),
        )


def firebase(world):
    """firebase-admin sends to the emulator: a docket."""
    docket = Docket("firebase-admin", "answers of our emulator")
    account = json.loads(world.settings["fcm_service_account_json"])
    app = firebase_admin.initialize_app(credentials.Certificate(account), name="judged")
    # The SDK's own name for it: there is no other way to send elsewhere.
    messaging._MessagingService.FCM_URL = f"{world.settings['fcm_url']}/v1/projects/{{0}}/messages:send"

    def message(token):
        android = messaging.AndroidConfig(priority="high", ttl=15, collapse_key="ring")
        return messaging.Message(data={"type": "incoming_call"}, android=android, token=token)

    def is_sent(dry_run):
        world.unexpected.accepts()
        name = messaging.send(message(world.settings["fcm_phone"]), dry_run=dry_run, app=app)
        if not name.startswith(f"projects/{account['project_id']}/messages/"):
            raise Refused(f"the message is called {name}")
        return True

    def is_unregistered():
        try:
            messaging.send(message(f"{'0' * 22}:APA91b{'x' * 100}"), app=app)
        except messaging.UnregisteredError:
            return True
        except exceptions.FirebaseError as error:
            raise Refused(f"the SDK takes it for {type(error).__name__}: {error}") from error
        raise Refused("a phone that nobody has was sent to")

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        docket.hear("send", lambda: is_sent(False))
        docket.hear("dry run", lambda: is_sent(True))
        docket.hear("unregistered", is_unregistered)
    firebase_admin.delete_app(app)
    return docket
