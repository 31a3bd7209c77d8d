"""Between a plugin and the types that componentize-py generates: the steps, and values in both directions."""

from dataclasses import fields, is_dataclass
from enum import Enum
from importlib import import_module
from types import SimpleNamespace

from .ctx import Case, Ctx, Stop
from .http import Response, Unknown, Unsent


def attempt(context, answers, run):
    """One run of a function: its result, or the `Stop` that ended it. A fault is raised. The glue and tests call it."""
    ctx = Ctx(context, map(_answer, answers))
    try:
        result = run(ctx)
    except Stop as stop:
        return ctx.stopped or stop
    except Exception:
        if ctx.stopped:
            return ctx.stopped
        raise
    return ctx.stopped or result


def attempt_or_fault(context, answers, run):
    """As `attempt`; a fault becomes a failure that says where, and not what: the message may quote a transcript."""
    try:
        return attempt(context, answers, run)
    except Exception as error:
        place = error.__traceback__
        while place.tb_next:
            place = place.tb_next
        code = place.tb_frame.f_code
        why = f"the plugin has a fault: {type(error).__name__} at {code.co_name} ({code.co_filename}:{place.tb_lineno})"
        # What was asked for before the fault may have done something.
        return Stop.unknown(why) if answers else Stop.permanent(why)


def step(name, context, answers, run):
    """What an export answers: the generated step of this name."""
    said = attempt_or_fault(context, answers, run)
    if not isinstance(said, Stop):
        return _WIT[f"{name}_Done"](lower(said))
    if said.failure:
        return _WIT[f"{name}_Failed"](lower(said.failure))
    return _WIT[f"{name}_Request"](lower(said.requests))


def lower(value):
    """A value as the generated types have it: choices and words by their names, records by their fields."""
    if isinstance(value, Case):
        cls = _WIT[f"{type(value).__name__}_{''.join(part.capitalize() for part in value.case.split('-'))}"]
        return cls(lower(value.value)) if fields(cls) else cls()
    if isinstance(value, Enum):
        return _WIT[type(value).__name__][value.name]
    if is_dataclass(value):
        return SimpleNamespace(**{known.name: lower(getattr(value, known.name)) for known in fields(value)})
    if isinstance(value, str):
        # JSON can hold half of a character (`"\\ud800"`), which the border cannot carry.
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, (list, tuple)):
        return type(value)(lower(one) for one in value)
    return value


def _answer(answer):
    match type(answer).__name__:
        case "Answer_Response":
            return Response(answer.value.status, answer.value.headers, answer.value.body)
        case "Answer_Unsent":
            return Unsent(answer.value.strip() or "the request was not sent")
        case "Answer_Unknown":
            return Unknown(answer.value.strip() or "no answer came")
    # Tests give the answers as the plugin gets them.
    return answer


def describer(id, version, purpose):
    """The base of each export: it says who the plugin is."""

    class Describer:
        def describe(self):
            return SimpleNamespace(id=id, version=version, purpose=purpose, extra=[])

    return Describer


def _generated():
    """The types that componentize-py generates. None natively, where tests run without a component."""
    found = {}
    for place in ("imports.types", "imports.provider", "exports.channel", "exports.provider", "exports.renderer"):
        try:
            found |= vars(import_module(f"wit_world.{place}"))
        except ModuleNotFoundError:
            continue
    return found


_WIT = _generated()
