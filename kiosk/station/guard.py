"""The door before the framework: host, origin, token, rate, media type and size, each checked here and nowhere else.

A refused call has reached no route; a caller without the token learns nothing, not even which paths there are. The
host is compared with its port, which the usual trusted-host middlewares leave out (a rebound name keeps its port).
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

from kiosk.protocol.problem import MEDIA_TYPE
from kiosk.station.limits import Limits
from kiosk.station.ports import Clock
from kiosk.station.rate import Rate
from kiosk.station.refusals import Refusal

LINGER_S = 1.0
PREFLIGHT_AGE_S = 600
HEADERS = 100

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

_ALWAYS: Headers = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"vary", b"origin"),  # also where none was named: what is answered then is not for a page
]


Admit = Callable[[Message, bytes], None]
"""Lets the call of this scope in by the key it bears, empty if none, or raises Refusal (`unauthorized`, `too_many`)."""


def loopback_hosts(port: int) -> frozenset[bytes]:
    """What `Host` may be on loopback."""
    return frozenset(f"{name}:{port}".encode() for name in ("127.0.0.1", "localhost", "[::1]"))


def bearers_of(token: str, limits: Limits, clock: Clock) -> Admit:
    """Lets in whoever bears the token, so often a second."""
    rate = Rate(limits.requests_per_s, limits.burst, clock.mono_ms)
    expected = token.encode()

    def admit(_scope: Message, given: bytes) -> None:
        if not (hmac.compare_digest(given, expected) and expected):
            raise Refusal("unauthorized")
        if not rate.take():
            raise Refusal("too_many", retry_after_s=1)

    return admit


def guarded(
    app: App, *, hosts: frozenset[bytes], admit: Admit, allowed_origins: tuple[str, ...], limits: Limits
) -> App:
    """Stand before `app`: an ASGI application that lets through only what may come in, with its body already read."""
    origins = frozenset(origin.encode() for origin in allowed_origins)

    async def door(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers: Headers = scope["headers"]
        cors: Headers = []
        try:
            if len(headers) > HEADERS:
                raise Refusal("malformed")
            if _only(headers, b"host") not in hosts:
                raise Refusal("wrong_host")
            origin = _only(headers, b"origin")
            if origin is not None:
                if origin not in origins:
                    raise Refusal("wrong_origin")
                cors = [(b"access-control-allow-origin", origin)]
                if scope["method"] == "OPTIONS" and _only(headers, b"access-control-request-method") is not None:
                    await _preflight(send, cors, headers)
                    return
                cors.append((b"access-control-expose-headers", b"retry-after"))
            admit(scope, _borne(headers))
            body = await _body(headers, receive, limits)
        except Refusal as refusal:
            await _refuse(receive, send, refusal, cors, headers)
            return
        except _Gone:
            return
        await app(scope, _replay(body, receive), _adding(cors, send))

    return door


def _only(headers: Headers, name: bytes) -> bytes | None:
    """The value of a header, None if it is not there; two of them are an attack and match nothing."""
    values = [value for key, value in headers if key == name]
    if len(values) > 1:
        return b"\n".join(values)
    return values[0] if values else None


def _borne(headers: Headers) -> bytes:
    scheme, _, given = (_only(headers, b"authorization") or b"").partition(b" ")
    return given.strip() if scheme.lower() == b"bearer" else b""


async def _body(headers: Headers, receive: Receive, limits: Limits) -> bytes:
    claimed = _only(headers, b"content-length")
    chunked = _only(headers, b"transfer-encoding") is not None
    if chunked and claimed is not None:  # two ways to say where a request ends are for smuggling a second one
        raise Refusal("malformed")
    comes = claimed not in (None, b"0") or chunked
    if claimed is not None and (not claimed.isdigit() or int(claimed) > limits.body_bytes):
        raise Refusal("too_large")
    if comes and not _is_json(headers):
        raise Refusal("wrong_media_type")
    try:
        return await asyncio.wait_for(_gather(receive, limits.body_bytes), limits.body_s)
    except TimeoutError:
        raise Refusal("too_slow") from None


async def _gather(receive: Receive, at_most: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise _Gone
        body += message.get("body", b"")
        if len(body) > at_most:
            raise Refusal("too_large")
        if not message.get("more_body", False):
            return bytes(body)


def _is_json(headers: Headers) -> bool:
    given = (_only(headers, b"content-type") or b"").lower().replace(b" ", b"").replace(b'"', b"")
    encoding = _only(headers, b"content-encoding")
    return given in (b"application/json", b"application/json;charset=utf-8") and encoding in (None, b"identity")


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _adding(cors: Headers, send: Send) -> Send:
    async def send_with(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *_ALWAYS, *cors]
        await send(message)

    return send_with


async def _preflight(send: Send, cors: Headers, asked: Headers) -> None:
    """Answer a browser that asks whether a page of a listed origin may call. Of one that follows Private Network Access
    it must be said that loopback may be reached; its successor asks the user, or a policy, and not us."""
    allowed: Headers = [
        (b"access-control-allow-methods", b"GET, POST, PUT, DELETE"),
        (b"access-control-allow-headers", b"authorization, content-type, idempotency-key"),
        (b"access-control-max-age", str(PREFLIGHT_AGE_S).encode()),
    ]
    if _only(asked, b"access-control-request-private-network") == b"true":
        allowed.append((b"access-control-allow-private-network", b"true"))
    await send({"type": "http.response.start", "status": 204, "headers": [*_ALWAYS, *cors, *allowed]})
    await send({"type": "http.response.body", "body": b""})


async def _refuse(receive: Receive, send: Send, refusal: Refusal, cors: Headers, asked: Headers) -> None:
    """Answer; where a body may still come, close too. What comes is read for a moment and thrown away: a socket closed
    over unread data resets the connection, and the caller would lose the answer."""
    body = refusal.body
    headers: Headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        *((name.encode(), value.encode()) for name, value in refusal.headers.items()),
        *_ALWAYS,
        *cors,
    ]
    comes = _only(asked, b"content-length") not in (None, b"0") or _only(asked, b"transfer-encoding") is not None
    if comes:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": refusal.problem.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": comes})
    if comes:
        with suppress(TimeoutError):
            await asyncio.wait_for(_throw_away(receive), LINGER_S)
        await send({"type": "http.response.body", "body": b""})


async def _throw_away(receive: Receive) -> None:
    while (message := await receive())["type"] == "http.request" and message.get("more_body", False):
        pass


class _Gone(Exception):
    """The caller went away; there is nobody to answer."""
