"""The context of one call, the replay behind its straight-line HTTP, and what ends a function."""

import json
from dataclasses import MISSING, dataclass, fields
from typing import get_type_hints


@dataclass(frozen=True)
class Case:
    """One case of a choice: its name, and what it carries."""

    case: str
    value: object = None


class Failure(Case):
    """Why a function gave up: `retry`, `unknown`, `misconfigured` or `permanent`."""


class Stop(BaseException):
    """Why a function ends before it has a result. Raise what the four makers return; never catch it.

    No `Exception`, so that a plugin's own `except Exception` lets it pass.
    """

    def __init__(self, requests=None, failure=None):
        super().__init__(failure.value if failure else "stopped for the host to send a request")
        self.requests, self.failure = requests, failure

    @classmethod
    def retry(cls, after_ms, why):
        """The same call may work after so many milliseconds."""
        return cls(failure=Failure("retry", (u32(after_ms), why)))

    @classmethod
    def unknown(cls, why):
        """The vendor may have acted."""
        return cls(failure=Failure("unknown", why))

    @classmethod
    def misconfigured(cls, what_to_do):
        """The operator must act; the text says how."""
        return cls(failure=Failure("misconfigured", what_to_do))

    @classmethod
    def permanent(cls, why):
        """Trying again cannot help."""
        return cls(failure=Failure("permanent", why))

    @classmethod
    def by_status(cls, response, now_ms):
        """What a refusal means when nothing but its status is known. Look for the vendor's own codes first."""
        said = f"the vendor answered {response.status}"
        if 401 <= response.status <= 403:
            return cls.misconfigured(f"{said}: check the credential, what it may do, and the credit")
        if response.status == 404:
            return cls.misconfigured(f"{said}: check the URLs and ids of the settings")
        if response.status in (408, 425, 429, 503):
            return cls.retry(response.pause_ms(now_ms), said)
        return cls.unknown(said) if response.status >= 500 else cls.permanent(said)


class Ctx:
    """All that a plugin's function may ask for."""

    def __init__(self, context, answers):
        self._context, self._answers = context, list(answers)
        self.now_ms = context.now_ms
        """Now, in milliseconds since 1970-01-01 UTC. It does not move while a call is replayed."""
        self.locale = context.locale
        """BCP 47 tag of the language wanted."""
        self.entropy = context.entropy
        """32 fresh random bytes, the same in every replay of one call."""
        self.stopped = None
        """What ended the function, even where the plugin caught it by mistake."""

    def extra(self, name):
        """A value that a later version of the host may give."""
        return next((value for key, value in self._context.extra if key == name), None)

    def http(self, request):
        """Sends one request and returns its answer: a `Response`, `Unsent` or `Unknown`."""
        return self.http_all([request])[0]

    def http_all(self, requests):
        """Sends all requests at once and returns one answer for each, in their order."""
        have, wanted = len(self._answers), len(requests)
        if have < wanted:
            asks = Stop(requests=requests)
            stop = asks if have == 0 else Stop.permanent(f"the host gave {have} answers to {wanted} requests")
            self.stopped = self.stopped or stop
            raise self.stopped
        taken, self._answers = self._answers[:wanted], self._answers[wanted:]
        return taken

    def settings(self, cls):
        """The plugin's settings as this dataclass of `str`, `int`, `bool` and `dict`; other settings are left out.

        What has no default must be there. What does not fit is named to the operator.
        """
        given, kept = self._settings(), {}
        types = get_type_hints(cls)
        for known in fields(cls):
            name, wanted = known.name, types[known.name]
            if name in given:
                # Not `isinstance`: for Python `True` is an `int`.
                if type(given[name]) is not wanted:
                    found, right = _SETTING_TYPES.get(type(given[name]), "another"), _SETTING_TYPES[wanted]
                    raise Stop.misconfigured(f"settings.{name} is of type {found}: it must be of type {right}")
                kept[name] = given[name]
            elif known.default is MISSING and known.default_factory is MISSING:
                raise Stop.misconfigured(f"settings.{name} is missing: it must be of type {_SETTING_TYPES[wanted]}")
        return cls(**kept)

    def _settings(self):
        try:
            given = json.loads(self._context.settings)
        except ValueError:
            given = None
        if not isinstance(given, dict):
            raise Stop.misconfigured("settings: they must be a table")
        return given


_SETTING_TYPES = {str: "string", int: "integer", bool: "boolean", dict: "table"}


def u32(number):
    """The nearest number that the border's `u32` can carry."""
    return min(max(round(number), 0), 0xFFFF_FFFF)
