"""Writes the OpenAPI 3.1 document from the table of calls and from msgspec's own account of the shapes, which alone
says `additionalProperties: false` where unknown keys are refused."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec

from kiosk import __version__
from kiosk.protocol.problem import MEDIA_TYPE, Problem, problem_type
from kiosk.protocol.station import DEFAULT_PORT, StationState
from kiosk.station.calls import CALLS, DOCUMENT, EVENTS, Call
from kiosk.station.refusals import REFUSALS
from kiosk.station.starts import FIELD, KEY_PATTERN

_REFERENCE = "#/components/schemas/"
_JSON = "application/json"
_IN_PATH = re.compile(r"\{([a-z_]+)\}")
_RETRY = {"Retry-After": {"description": "Whole seconds to wait before trying again", "schema": {"type": "integer"}}}


@cache
def document_text() -> bytes:
    """The document as it is served."""
    return msgspec.json.encode(document(CALLS))


def document(calls: Iterable[Call]) -> dict[str, Any]:
    """The document of these calls."""
    calls = tuple(calls)
    shapes = {shape for call in calls for shape in (call.takes, call.answers) if shape is not None}
    told = sorted(shapes | {Problem, StationState}, key=lambda shape: shape.__name__)
    paths: dict[str, dict[str, Any]] = {}
    for call in calls:
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Kiosk station API (窗口接口)",
            "version": __version__,
            "description": "Drives a rating terminal from the window. No call makes a rating, and none tells one.",
        },
        "servers": [
            {"url": "http://127.0.0.1:{port}", "variables": {"port": {"default": str(DEFAULT_PORT)}}},
        ],
        "security": [{"station": []}],
        "paths": paths,
        "components": {
            "schemas": msgspec.json.schema_components(told, ref_template=_REFERENCE + "{name}")[1],
            "securitySchemes": {
                "station": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "On loopback the token in `<home>/station.token`; over the hall's network a key.",
                }
            },
        },
    }


def _operation(call: Call) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _name(call),
        "summary": call.words,
        "responses": {str(call.status): _answer(call), **_refusals(call.codes)},
    }
    if call.keyless:
        operation["security"] = []
    parameters = list(_parameters(call))
    if parameters:
        operation["parameters"] = parameters
    if call.takes is not None:
        operation["requestBody"] = {"required": True, "content": _content(_reference(call.takes))}
    elif call.method != "GET":
        empty = {"type": "object", "maxProperties": 0}
        operation["requestBody"] = {"required": False, "content": _content(empty)}
    return operation


def _name(call: Call) -> str:
    parts = [part for part in call.path.removeprefix("/v1/").split("/") if not part.startswith("{")]
    return "_".join([call.method.lower(), *(part.replace(".", "_") for part in parts)])


def _parameters(call: Call) -> Iterable[dict[str, Any]]:
    for name in _IN_PATH.findall(call.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    if call.keyed:
        yield {
            "name": FIELD,
            "in": "header",
            "required": False,
            "description": "The same key with the same body starts one visit, however often it is sent.",
            "schema": {"type": "string", "pattern": f"^{KEY_PATTERN}$"},
        }


def _answer(call: Call) -> dict[str, Any]:
    if call.path == EVENTS:
        words = "One event a change; the `data` of each is a `StationState`."
        return {"description": words, "content": {"text/event-stream": {"schema": {"type": "string"}}}}
    if call.path == DOCUMENT or call.answers is None:
        return {"description": call.words, "content": _content({"type": "object"})}
    return {"description": call.words, "content": _content(_reference(call.answers))}


def _refusals(codes: Iterable[str]) -> dict[str, Any]:
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(REFUSALS[code].status, []).append(code)
    return {
        str(status): {
            "description": "; ".join(f"`{code}`: {REFUSALS[code].title}" for code in found),
            "headers": _RETRY,
            "content": {
                MEDIA_TYPE: {
                    "schema": {
                        "allOf": [{"$ref": _REFERENCE + "Problem"}],
                        "properties": {"type": {"enum": [problem_type(code) for code in found]}},
                    }
                }
            },
        }
        for status, found in sorted(by_status.items())
    }


def _reference(shape: type) -> dict[str, str]:
    return {"$ref": _REFERENCE + shape.__name__}


def _content(schema: dict[str, Any]) -> dict[str, Any]:
    return {_JSON: {"schema": schema}}
