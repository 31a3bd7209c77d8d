"""A vendor's own model as a closed schema: what the vendor's software would quietly let pass is named here.

Software that must live with tomorrow's API takes unknown fields and unknown words of an enumeration. A judge of what
we write today must not, so the models' schemas are closed: nothing that they do not name, and no word beyond theirs.
"""

import functools
import json
import re
from importlib import resources

import pydantic
from jsonschema import Draft202012Validator

from .verdict import Refused


class Closed:
    """A schema that lets nothing pass which it does not name."""

    def __init__(self, schema):
        self._validator = Draft202012Validator(schema)

    def judge(self, value):
        """Raises what is wrong with a JSON value."""
        errors = sorted(self._validator.iter_errors(value), key=lambda error: list(map(str, error.absolute_path)))
        if errors:
            raise Refused("; ".join(_said(error) for error in errors[:3]))


def _said(error):
    """The deepest cause, as a path and what is wrong there."""
    while error.context:
        arms = {}
        for inner in error.context:
            arms.setdefault(inner.relative_schema_path[0], []).append(inner)
        # Of the members of a union the one that was meant has the right name, and the fewest faults.
        meant = min(arms.values(), key=lambda arm: (any(e.validator in ("const", "type") for e in arm), len(arm)))
        error = max(meant, key=lambda inner: len(inner.absolute_path))
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
    return f"${path}: {error.message[:200]}"


@functools.cache
def of_model(model):
    """The closed schema of a model of the ElevenLabs SDK, or of a list of such."""
    return Closed(_close(pydantic.TypeAdapter(model).json_schema()))


def _close(schema):
    if isinstance(schema, list):
        return [_close(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {}
    for key, value in schema.items():
        # Below `properties` stand names of fields, whatever these are.
        names = key in ("properties", "$defs") and isinstance(value, dict)
        closed[key] = {name: _close(part) for name, part in value.items()} if names else _close(value)
    if "properties" in closed:
        closed["additionalProperties"] = False
    arms = closed.get("anyOf")
    if arms and {} in arms and any("enum" in arm or "const" in arm for arm in arms):
        closed["anyOf"] = [arm for arm in arms if arm != {}]
    return closed


@functools.cache
def of_fcm():
    """The closed schema of `messages:send`, made from the discovery document that Google publishes."""
    documents = resources.files("googleapiclient.discovery_cache") / "documents"
    document = json.loads((documents / "fcm.v1.json").read_text())
    schemas = {name: _from_discovery(schema) for name, schema in document["schemas"].items()}
    return Closed({"$defs": schemas, "$ref": "#/$defs/SendMessageRequest"})


def _from_discovery(schema):
    """JSON Schema, of what Google's older dialect says. Proto JSON has each name in two forms."""
    if "$ref" in schema:
        return {"$ref": f"#/$defs/{schema['$ref']}"}
    made = {key: schema[key] for key in ("type", "enum") if key in schema}
    if schema.get("type") == "any":
        del made["type"]
    if schema.get("format") == "google-duration":
        made["pattern"] = r"^[0-9]+(\.[0-9]{1,9})?s$"
    if "items" in schema:
        made["items"] = _from_discovery(schema["items"])
    if "additionalProperties" in schema:
        made["additionalProperties"] = _from_discovery(schema["additionalProperties"])
    if "properties" in schema:
        parts = {name: _from_discovery(part) for name, part in schema["properties"].items()}
        made["properties"] = parts | {snake(name): part for name, part in parts.items()}
        made["additionalProperties"] = False
    return made


def snake(name):
    """`collapseKey` as `collapse_key`."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f"_{found[1].lower()}", name)
