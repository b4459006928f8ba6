"""Every refusal of central as RFC 9457 problem details. What a caller reads is written here, never taken from an
exception of the insides."""

import logging
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
import sqlalchemy as sa
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from kiosk.protocol.heads import CountersignedHead
from kiosk.protocol.problem import MEDIA_TYPE, Problem, problem_type

_LOG = logging.getLogger(__name__)
_NAMED = re.compile(r"^Object (?:contains unknown|missing required) field `([^`]*)`$")
_AT = re.compile(r" - at `(?:key in )?(\$[^`]*)`$")


class Refusal(Exception):
    """A request that is refused, and the problem that says why."""

    def __init__(self, problem: Problem, headers: Mapping[str, str] | None = None) -> None:
        """`headers`: such as `retry-after`."""
        super().__init__(problem.type)
        self.problem = problem
        self.headers = dict(headers or {})

    def showing(self, head: CountersignedHead) -> "Refusal":
        """The same, with what central holds shown over its signature."""
        return Refusal(msgspec.structs.replace(self.problem, head=head), self.headers)


def refusal(
    status: int,
    code: str,
    title: str,
    detail: str = "",
    *,
    field: str = "",
    server_time: int = 0,
    acknowledged: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> Refusal:
    """A refusal with the problem `urn:kiosk:problem:<code>`."""
    return Refusal(
        Problem(
            type=problem_type(code),
            title=title,
            status=status,
            detail=detail,
            field=field,
            server_time=server_time,
            acknowledged=acknowledged,
        ),
        headers,
    )


def invalid(detail: str, field: str) -> Refusal:
    """400: the request does not have the shape that the API asks for."""
    return refusal(400, "invalid", "The request does not fit the API", detail, field=field)


def invalid_body(fault: msgspec.MsgspecError) -> Refusal:
    """400 for a body that msgspec refused: its words without the path, and the path as the field."""
    text = str(fault)
    place = _AT.search(text)
    field = place.group(1) if place else "$"
    text = text[: place.start()] if place else text
    named = _NAMED.search(text)
    return invalid(text, f"{field}.{named.group(1)}" if named else field)


def too_many(wait_s: int) -> Refusal:
    """429: too many wrong guesses from this address."""
    return refusal(
        429,
        "too_many_guesses",
        "Too many wrong codes from this address",
        f"Try again in {wait_s} s.",
        headers={"retry-after": str(wait_s)},
    )


def problem_response(found: Refusal) -> Response[bytes]:
    """The response that carries a refusal."""
    return Response(
        msgspec.json.encode(found.problem),
        status_code=found.problem.status,
        media_type=MEDIA_TYPE,
        headers=found.headers,
    )


# -- handlers, one for each family of exceptions ---------------------------------------------------------------------


def answer_refusal(_request: Request[Any, Any, Any], found: Refusal) -> Response[bytes]:
    """Ours."""
    return problem_response(found)


def answer_validation(request: Request[Any, Any, Any], fault: ValidationException) -> Response[bytes]:
    """A query or path parameter that does not fit, or a body that is not there."""
    first = next(iter(fault.extra), None) if isinstance(fault.extra, list) else None
    if not isinstance(first, dict):
        return problem_response(invalid("A parameter is missing or does not fit.", ""))
    key = str(first.get("key", ""))
    if key == "data":
        return problem_response(invalid("A body is needed.", "$"))
    return problem_response(invalid(str(first.get("message", "")), f"?{key}" if key in request.query_params else key))


def answer_http(request: Request[Any, Any, Any], fault: HTTPException) -> Response[bytes]:
    """The framework's own: no such place, no such method, and the like."""
    status = fault.status_code
    if status >= 500:
        return answer_bug(request, fault)
    try:
        title = HTTPStatus(status).phrase
    except ValueError:
        title = "Refused"
    code = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large", 415: "media_type"}.get(
        status, "invalid"
    )
    allow = {name: value for name, value in (fault.headers or {}).items() if name.lower() == "allow"}
    return problem_response(refusal(status, code, title, headers=allow))


def answer_database(_request: Request[Any, Any, Any], fault: sa.exc.SQLAlchemyError) -> Response[bytes]:
    """The database is out of reach, too busy, or its disk is full: nothing was stored, and the same request may come
    again."""
    _LOG.error("the database refused: %s", fault.orig if isinstance(fault, sa.exc.DBAPIError) else fault)
    return problem_response(
        refusal(503, "storage", "Central cannot store just now", "Try again later.", headers={"retry-after": "10"})
    )


def answer_bug(_request: Request[Any, Any, Any], fault: Exception) -> Response[bytes]:
    """A bug of ours."""
    _LOG.error("unexpected", exc_info=fault)
    return problem_response(refusal(500, "internal", "Central has a fault", "The fault is in central's log."))
