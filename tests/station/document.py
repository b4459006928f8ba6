"""Holds an answer of the station against its OpenAPI document: the schemas' keywords that msgspec writes, no others."""

import json
import re
from functools import cache
from typing import Any

from kiosk.station.openapi import document_text

_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool,
    "null": type(None),
}  # fmt: skip
_TOLD = {
    "$ref", "additionalProperties", "allOf", "anyOf", "default", "description", "enum", "items", "maxItems",
    "maxLength", "maxProperties", "maximum", "minLength", "minimum", "pattern", "properties", "required", "title",
    "type",
}  # fmt: skip


@cache
def document() -> Any:
    return json.loads(document_text())


def fault(value: Any, schema: dict[str, Any], at: str = "$") -> str:
    """Where and why the value does not fit the schema; empty if it does."""
    assert set(schema) <= _TOLD, f"the schema says more than this reads: {set(schema) - _TOLD}"
    if "$ref" in schema:
        return fault(value, document()["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], at)
    if "anyOf" in schema and all(fault(value, each, at) for each in schema["anyOf"]):
        return f"{at} fits none of the choices"
    for each in schema.get("allOf", ()):
        if found := fault(value, each, at):
            return found
    if "enum" in schema and value not in schema["enum"]:
        return f"{at} is {value!r}"
    kind = _TYPES.get(schema.get("type", ""), object)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool and "type" in schema):
        return f"{at} is {value!r}, not {schema['type']}"
    match value:
        case str():
            return _text_fault(value, schema, at)
        case bool() | None:
            return ""
        case int():
            within = schema.get("minimum", value) <= value <= schema.get("maximum", value)
            return "" if within else f"{at} is {value}"
        case list():
            if len(value) > schema.get("maxItems", len(value)):
                return f"{at} is too long"
            found = (fault(each, schema.get("items", {}), f"{at}[{n}]") for n, each in enumerate(value))
            return next(filter(None, found), "")
        case dict():
            return _object_fault(value, schema, at)
    return ""


def _text_fault(value: str, schema: dict[str, Any], at: str) -> str:
    fits = schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
    return "" if fits and re.search(schema.get("pattern", ""), value) else f"{at} is {value!r}"


def _object_fault(value: dict[str, Any], schema: dict[str, Any], at: str) -> str:
    known = schema.get("properties", {})
    if missing := [name for name in schema.get("required", ()) if name not in value]:
        return f"{at} has no {missing[0]}"
    if schema.get("additionalProperties") is False and (unknown := value.keys() - known.keys()):
        return f"{at} has {sorted(unknown)[0]}"
    if len(value) > schema.get("maxProperties", len(value)):
        return f"{at} has keys"
    found = (fault(each, known[name], f"{at}.{name}") for name, each in value.items() if name in known)
    return next(filter(None, found), "")


def operation(method: str, target: str) -> dict[str, Any] | None:
    """What the document says of this call; None if it knows none at this path."""
    path = target.partition("?")[0]
    for template, item in document()["paths"].items():
        if re.fullmatch(re.sub(r"\{[a-z_]+\}", "[^/]+", template), path):
            found: dict[str, Any] | None = item.get(method.lower())
            return found
    return None


def undocumented(method: str, target: str, status: int, media_type: str, body: bytes) -> str:
    """In what an answer differs from the document; empty if in nothing, or if the document does not know the call."""
    known = operation(method, target)
    if known is None:
        return ""
    answer = known["responses"].get(str(status))
    if answer is None:
        return f"{method} {target} answers {status}, which is not documented: {body!r}"
    content = answer["content"].get(media_type.partition(";")[0])
    if content is None:
        return f"{method} {target} answers {media_type}"
    if media_type.startswith("text/event-stream"):
        return ""
    return fault(json.loads(body), content["schema"])
