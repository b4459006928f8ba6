"""The station of the real program: what may not come in changes nothing, and nothing that comes in rates."""

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.end_to_end.desk import Desk

VISIT_PATHS = ("level", "rating", "ratings", "submission", "outcome")


def ask(
    desk: Desk, method: str, path: str, body: Any = None, *, token: bool = True, host: str = "", origin: str = ""
) -> int:
    """One call with these headers, whatever they are; the status of its answer."""
    port = desk.terminal.port
    headers = {"Host": host or f"127.0.0.1:{port}"}
    if token:
        headers["Authorization"] = f"Bearer {(desk.terminal.home / 'station.token').read_text('ascii').strip()}"
    if origin:
        headers["Origin"] = origin
    text = None if body is None else json.dumps(body)
    if text is not None:
        headers["Content-Type"] = "application/json"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, f"/v1{path}", text, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


@pytest.fixture
def inviting(desk: Desk) -> Iterator[str]:
    """A visit at the moment of its rating: here a call that rated would have its effect."""
    visit_id = desk.begin()
    yield visit_id
    desk.terminal.ask("POST", f"/visits/{visit_id}/cancellation", {"reason": "end of the test"})


@pytest.fixture
def unmoved(desk: Desk, inviting: str) -> Iterator[None]:
    """Neither the journal's head, nor the state, nor central's ratings may move."""
    before = desk.settle(), desk.terminal.journal()["head"], desk.terminal.state()
    assert before[2] == "inviting"
    yield
    assert (desk.settle(), desk.terminal.journal()["head"], desk.terminal.state()) == before


def changing_calls(desk: Desk, visit_id: str) -> list[tuple[str, str, Any]]:
    """Every call that would change something, and that is well-formed now."""
    matter = {"code": desk.terminal.ask("GET", "/matters")["items"][0]["code"]}
    return [
        ("PUT", "/staff", {"number": desk.central.sample["staff"][0]["number"]}),
        ("DELETE", "/staff", None),
        ("POST", "/visits", {"matter": matter, "case_number": "1", "service_number": 1}),
        ("POST", f"/visits/{visit_id}/invitation", None),
        ("POST", f"/visits/{visit_id}/cancellation", {"reason": "no"}),
        ("PUT", "/pause", {"reason": "no"}),
        ("DELETE", "/pause", None),
    ]


@pytest.mark.usefixtures("unmoved")
def test_a_call_without_the_token_or_from_elsewhere_changes_nothing(desk: Desk, inviting: str) -> None:
    port = desk.terminal.port
    for method, path, body in [*changing_calls(desk, inviting), ("GET", "/state", None), ("GET", "/events", None)]:
        assert ask(desk, method, path, body, token=False) == 401
        for origin in ("https://evil.example", f"http://127.0.0.1:{port}", "null"):
            assert ask(desk, method, path, body, origin=origin) == 403
        for host in ("evil.example", f"evil.example:{port}", "127.0.0.1", f"127.0.0.1:{port + 1}"):
            assert ask(desk, method, path, body, host=host) == 403


@pytest.mark.usefixtures("unmoved")
def test_no_call_makes_a_rating(desk: Desk, inviting: str) -> None:
    rating = {"level": "very_satisfied", "reasons": ["101"], "visit_id": inviting}
    for method in ("POST", "PUT", "PATCH"):
        for path in ("/ratings", "/rating", f"/visits/{inviting}", *(f"/visits/{inviting}/{p}" for p in VISIT_PATHS)):
            assert ask(desk, method, path, rating) in (404, 405)
    for method, path, body in changing_calls(desk, inviting):
        assert ask(desk, method, path, {**(body or {}), "level": "very_satisfied"}) == 422


def test_with_the_token_the_same_call_is_heard(desk: Desk) -> None:
    visit_id = desk.begin()
    head = desk.terminal.journal()["head"]["sequence"]
    assert ask(desk, "POST", f"/visits/{visit_id}/cancellation", {"reason": "the citizen had to go"}) == 200
    assert desk.terminal.journal()["head"]["sequence"] == head + 1
