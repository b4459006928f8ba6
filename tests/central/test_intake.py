"""Bodies that come slowly, in pieces, or not at all."""

import asyncio
import gzip
from typing import Any

from kiosk.central.intake import WIRE, Wire, with_intake


def _run(messages: list[dict[str, Any]], headers: list[tuple[bytes, bytes]], seconds: float = 30) -> tuple[Any, Any]:
    """What the application saw, and the status of the answer."""
    seen: list[Any] = []
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append((scope[WIRE], dict(scope["headers"]), await receive()))
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def go() -> None:
        waiting = iter(messages)

        async def receive() -> dict[str, Any]:
            for message in waiting:
                return message
            await asyncio.Event().wait()
            raise AssertionError("nothing more comes")

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        wrapped: Any = with_intake(app, limit=100, seconds=seconds)
        await wrapped({"type": "http", "headers": headers}, receive, send)

    asyncio.run(go())
    return seen, sent[0]["status"]


def test_a_body_in_pieces_is_one_body() -> None:
    pieces = [{"type": "http.request", "body": b"ab", "more_body": True}, {"type": "http.request", "body": b"cd"}]
    seen, status = _run(pieces, [(b"content-length", b"4")])
    assert status == 200
    assert seen[0][0].body == b"abcd"
    assert seen[0][2] == {"type": "http.request", "body": b"abcd", "more_body": False}


def test_a_body_that_never_ends_is_given_up() -> None:
    seen, status = _run([{"type": "http.request", "body": b"ab", "more_body": True}], [(b"content-length", b"4")], 0.01)
    assert (seen, status) == ([], 408)


def test_a_body_that_is_cut_off_never_reaches_the_application() -> None:
    seen, status = _run([{"type": "http.disconnect"}], [(b"content-length", b"4")])
    assert (seen, status) == ([], 400)


def test_the_application_sees_the_unpacked_body_and_keeps_the_request_as_it_came() -> None:
    packed = gzip.compress(b"plain")
    headers = [(b"Content-Length", str(len(packed)).encode()), (b"Content-Encoding", b"gzip"), (b"X-Other", b"1")]
    seen, _ = _run([{"type": "http.request", "body": packed}], headers)
    lower = [(name.lower(), value) for name, value in headers]
    assert seen[0][0] == Wire(lower, packed, b"plain")
    assert seen[0][1] == {b"x-other": b"1", b"content-length": b"5"}


def test_other_traffic_passes() -> None:
    passed: list[str] = []

    async def app(scope: Any, _receive: Any, _send: Any) -> None:
        passed.append(scope["type"])

    wrapped: Any = with_intake(app)
    asyncio.run(wrapped({"type": "lifespan"}, None, None))
    assert passed == ["lifespan"]
