"""What stands before the API: bodies are read with a size limit and a time limit, and unpacked if they are gzip.

Behind it, `scope[WIRE]` holds the request as it came, which is what signatures and digests are about.
"""

import asyncio
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from kiosk.central.problems import Refusal, refusal
from kiosk.protocol.central import BODY_LIMIT
from kiosk.protocol.problem import MEDIA_TYPE

WIRE = "kiosk.wire"
BODY_SECONDS = 60.0
"""A whole body must have come by then."""
_GZIP = 31
_ALWAYS = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Wire:
    """A request as it came: its headers, its body on the wire, and the body unpacked."""

    headers: Headers
    body: bytes = b""
    plain: bytes = b""


def with_intake(
    app: ASGIApp,
    limit: int = BODY_LIMIT,
    seconds: float = BODY_SECONDS,
    another: Callable[[HTTPScope], int | None] = lambda _scope: None,
) -> ASGIApp:
    """Wrap an application. `limit` holds for the body on the wire and again for the body unpacked; `another` may give
    another one to a request, by its head alone."""

    async def intake(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        say = _with_headers(send)
        try:
            wire = await _take(scope, receive, another(scope) or limit, seconds)
        except Refusal as found:
            await _refuse(found, say)
            return
        await app(_inner_scope(scope, wire), _replay(wire.plain, receive), say)

    return intake


async def _take(scope: HTTPScope, receive: Receive, limit: int, seconds: float) -> Wire:
    headers = [(bytes(name).lower(), bytes(value)) for name, value in scope["headers"]]
    fields = dict(headers)
    declared = fields.get(b"content-length", b"0")
    if b"transfer-encoding" not in fields and declared == b"0":
        return Wire(headers)
    if declared.isdigit() and int(declared) > limit:
        raise _too_large(limit)
    try:
        async with asyncio.timeout(seconds):
            body = await _collect(receive, limit)
    except TimeoutError:
        raise refusal(408, "slow_body", "The body did not come in time", headers={"connection": "close"}) from None
    match fields.get(b"content-encoding", b"identity").strip().lower():
        case b"identity" | b"":
            return Wire(headers, body, body)
        case b"gzip" | b"x-gzip":
            return Wire(headers, body, await asyncio.to_thread(_unpack, body, limit))
        case _:
            raise refusal(
                415, "content_encoding", "The body is encoded in a way central does not read", "gzip is read."
            )


async def _collect(receive: Receive, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = cast(dict[str, Any], await receive())
        if message["type"] == "http.disconnect":
            raise refusal(400, "cut_body", "The body was cut off")
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise _too_large(limit)
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _unpack(body: bytes, limit: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=_GZIP)
    try:
        plain = unpacker.decompress(body, limit + 1)
    except zlib.error:
        raise refusal(400, "gzip", "The body is not gzip, though it says so") from None
    if len(plain) > limit:
        raise _too_large(limit)
    if not unpacker.eof or unpacker.unused_data:
        raise refusal(400, "gzip", "The gzip body is cut off or goes on after its end")
    return plain


def _too_large(limit: int) -> Refusal:
    return refusal(413, "body_too_large", "The body is too large", f"{limit} bytes at most, packed and unpacked.")


def _inner_scope(scope: HTTPScope, wire: Wire) -> Scope:
    gone = (b"content-encoding", b"content-length", b"transfer-encoding")
    kept: Iterable[tuple[bytes, bytes]] = (pair for pair in wire.headers if pair[0] not in gone)
    length = [(b"content-length", str(len(wire.plain)).encode())] if wire.body else []
    return cast(Scope, {**scope, "headers": [*kept, *length], WIRE: wire})


def _replay(plain: bytes, receive: Receive) -> Receive:
    waiting = True

    async def replay() -> Any:
        nonlocal waiting
        if waiting:
            waiting = False
            return {"type": "http.request", "body": plain, "more_body": False}
        return await receive()

    return replay


def _with_headers(send: Send) -> Send:
    async def say(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *_ALWAYS]
        await send(message)

    return say


async def _refuse(found: Refusal, send: Send) -> None:
    body = msgspec.json.encode(found.problem)
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        *((name.encode(), value.encode()) for name, value in found.headers.items()),
    ]
    start = {"type": "http.response.start", "status": found.problem.status, "headers": headers}
    await send(cast(Message, start))
    await send(cast(Message, {"type": "http.response.body", "body": body, "more_body": False}))
