"""Building requests and reading answers. Nothing here touches a network."""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timezone

from .ctx import Case, Stop, u32

DEFAULT_TIMEOUT_MS = 10_000
# A pause before the next try where the vendor names none: a ring lives for seconds.
PAUSE_MS = 1_000


class Body(Case):
    """The body of a request: `empty`, `text` or `bytes`."""


@dataclass
class Request:
    """One request that the host is asked to send. `get` and `post` make it."""

    method: str
    url: str
    headers: list
    body: Body
    credential: str | None
    repeatable: bool
    timeout_ms: int


def get(url, **options):
    """A GET: repeatable. Options: `headers` (a dict), `credential`, `timeout_ms`."""
    return request("GET", url, **{"repeatable": True, **options})


def post(url, **options):
    """A POST: not repeatable. Options: as of `get`, and one of `json_body`, `body`; `repeatable`."""
    return request("POST", url, **options)


def request(method, url, *, headers=None, json_body=None, body=None, credential=None, repeatable=False,
            timeout_ms=DEFAULT_TIMEOUT_MS):
    """A request with any method. `credential` names one of plugin.toml; the host puts it in place."""
    pairs = [(name.lower(), str(value)) for name, value in (headers or {}).items()]
    if json_body is not None:
        pairs.append(("content-type", "application/json"))
        body = json.dumps(json_body, ensure_ascii=False)
    kind = {str: "text", bytes: "bytes"}.get(type(body), "empty")
    return Request(method, url, pairs, Body(kind, body), credential, repeatable, timeout_ms)


@dataclass(frozen=True)
class Response:
    """An answer: what the vendor said."""

    status: int
    headers: list
    body: bytes

    @property
    def ok(self):
        """Whether the status is 2xx."""
        return 200 <= self.status < 300

    def header(self, name):
        """The first header of this lower-case name."""
        return next((value for key, value in self.headers if key == name), None)

    def json(self):
        """The body as JSON; `None` when it is none."""
        return parse_json(self.body)

    def retry_after_ms(self, now_ms):
        """How long the vendor asks to wait, in milliseconds from `now_ms`.

        Reads `retry-after-ms`, or `retry-after` in seconds or as an HTTP date (RFC 9110, section 10.2.3), which is laid
        beside the reply's own `date`, where it has one. `None` when it says nothing that can be read.
        """
        exact, value = self.header("retry-after-ms"), (self.header("retry-after") or "").strip()
        if exact is not None:
            return u32(int(exact)) if _is_count(exact.strip()) else None
        if _is_count(value):
            return u32(int(value) * 1000)
        at_ms, theirs_ms = _http_date_ms(value), _http_date_ms((self.header("date") or "").strip())
        return None if at_ms is None else u32(at_ms - (now_ms if theirs_ms is None else theirs_ms))

    def pause_ms(self, now_ms):
        """As `retry_after_ms`; a short pause where the vendor says nothing."""
        asked_ms = self.retry_after_ms(now_ms)
        return PAUSE_MS if asked_ms is None else asked_ms


@dataclass(frozen=True)
class Unsent:
    """An answer: the request certainly never left. A repeat is safe."""

    why: str


@dataclass(frozen=True)
class Unknown:
    """An answer: the request may have arrived. Look before you repeat."""

    why: str


def success(answer, now_ms):
    """The response, if its status is 2xx; else the function ends with what it means, as `Stop.by_status` says."""
    match answer:
        case Unsent(why):
            raise Stop.retry(PAUSE_MS, why)
        case Unknown(why):
            raise Stop.unknown(why)
    if not answer.ok:
        raise Stop.by_status(answer, now_ms)
    return answer


def parse_json(body):
    """Bytes from outside as JSON; `None` when they are none."""
    try:
        # As text: of bytes the parser guesses the encoding, for some of which the component has no decoder.
        return None if _is_deep(body) else json.loads(body.decode())
    except ValueError:
        return None


def code(text):
    """The text, if the whole of it can be a code or the path of a field, such as `BadDeviceToken` or `talk.ended`.

    Else `None`: a sentence may repeat a number, a name or a key, and reasons end up in logs. Use it on fields which the
    vendor fills with its own words.
    """
    is_code = isinstance(text, str) and _CODE.fullmatch(text) and sum(map(str.isdigit, text)) <= 4
    return text if is_code else None


def percent_encode(text):
    """Percent-encodes text for one segment of a URL's path or one value of its query."""
    plain = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~"
    return "".join(chr(byte) if byte in plain else f"%{byte:02X}" for byte in text.encode())


def _is_count(text):
    return text.isascii() and text.isdigit()


_CODE = re.compile(r"[A-Za-z_][\w.\[\]]{0,63}", re.ASCII)
# As deep as Rust's plugins read.
_JSON_DEPTH_MAX = 128
_NO_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|[^][{}"]+', re.DOTALL)


def _is_deep(json_bytes):
    """Whether this JSON nests deeper than the component's stack bears. To overrun that would end the call."""
    depth = 0
    for sign in _NO_BRACKETS.sub(b"", json_bytes):
        depth += 1 if sign in b"[{" else -1
        if depth > _JSON_DEPTH_MAX:
            return True
    return False


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HTTP_DATE = re.compile(r"\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT", re.ASCII)


def _http_date_ms(text):
    found = _HTTP_DATE.fullmatch(text)
    if not found or found[2] not in _MONTHS:
        return None
    day, year, hour, minute, second = (int(found[group]) for group in (1, 3, 4, 5, 6))
    try:
        date = datetime(year, _MONTHS.index(found[2]) + 1, day, hour, minute, second, tzinfo=timezone.utc)
    except ValueError:
        return None
    return int(date.timestamp()) * 1000
