"""JSON Schemas as a person reads them: `{traits: string[], tone: "calm" | "lively"}`."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from sidecar.core.json import Json, JsonObject
from sidecar.core.schema import AnyEvent


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object's schema.

    Attributes:
        shape: Its type, in one line.
        default: JSON text of what it is when left out; None when it must be given or stays absent.
    """

    name: str
    shape: str
    required: bool
    default: str | None


def members(schema: JsonObject) -> list[Member]:
    """Return the members of an object's JSON Schema, in its order."""
    definitions = _object(schema.get("$defs"))
    required = schema.get("required")
    names = required if isinstance(required, list) else []
    found: list[Member] = []
    for name, value in _object(schema.get("properties")).items():
        member = _object(value)
        default = orjson.dumps(member["default"]).decode() if "default" in member else None
        found.append(Member(name, shape(member, definitions), name in names, default))
    return found


def event_text(event: AnyEvent) -> str:
    """Return what an event is, and its arguments, one on a line."""
    schema: JsonObject = event.args.model_json_schema()
    lines = [f"{event.name}: {schema.get('description', '')}"]
    if event.deprecated is not None:
        lines.append(f"  deprecated: {event.deprecated}")
    listed = members(schema)
    width = max((len(member.name) + 1 for member in listed), default=0)
    for member in listed:
        name = member.name + ("" if member.required else "?")
        default = "" if member.default is None else f" = {member.default}"
        lines.append(f"  {name:<{width}}  {member.shape}{default}")
    if schema.get("additionalProperties") is True:
        lines.append("  and any other field, which is kept")
    return "\n".join(lines)


def shape(schema: JsonObject, definitions: JsonObject | None = None) -> str:
    """Return a JSON Schema as a line; it says what the values are, not every limit on them.

    Args:
        schema: A JSON Schema.
        definitions: What its references name; its own `$defs` when None.
    """
    if definitions is None:
        definitions = _object(schema.get("$defs"))
    if isinstance(reference := schema.get("$ref"), str):
        return shape(_object(definitions.get(reference.rpartition("/")[2])), definitions)
    for union in ("anyOf", "oneOf"):
        if isinstance(choices := schema.get(union), list):
            return " | ".join(shape(_object(choice), definitions) for choice in choices)
    if isinstance(values := schema.get("enum"), list):
        return " | ".join(orjson.dumps(value).decode() for value in values)
    if "const" in schema:
        return orjson.dumps(schema["const"]).decode()
    kind = schema.get("type")
    if kind == "array":
        item = shape(_object(schema.get("items")), definitions)
        return f"({item})[]" if " | " in item else f"{item}[]"
    if kind == "object" and (inner := _object(schema.get("properties"))):
        listed = members({**schema, "properties": inner, "$defs": definitions})
        return (
            "{" + ", ".join(f"{m.name}{'' if m.required else '?'}: {m.shape}" for m in listed) + "}"
        )
    if isinstance(kind, list):
        return " | ".join(str(one) for one in kind)
    return kind if isinstance(kind, str) else "any"


def _object(value: Json) -> JsonObject:
    return value if isinstance(value, dict) else {}
