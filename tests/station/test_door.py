"""What knocks at the door and is not let in: refused, told nothing, nothing changed, and the next caller is served."""

import http.client
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from kiosk.station.limits import USUAL, Limits
from tests.station.house import ORIGIN, TOKEN, VISIT, House
from tests.station.waiting import eventually

HEAD = f"POST /v1/visits HTTP/1.1\r\nAuthorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n"


def raw(house: House, request: bytes, within_s: float = 90.0) -> bytes:
    """Send these bytes and read until the other side closes."""
    with socket.create_connection(("127.0.0.1", house.port), within_s) as connection:
        connection.sendall(request)
        return read_all(connection)


def read_all(connection: socket.socket) -> bytes:
    found = b""
    try:
        while block := connection.recv(65536):
            found += block
    except ConnectionResetError:
        pass
    return found


def unchanged(house: House) -> bool:
    """Nothing was journalled, nothing was even asked of the terminal, and an honest call still works."""
    return (
        house.terminal.kinds == [] and len(house.terminal.events) == 1 and house.call("GET", "/v1/state").status == 200
    )


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "[::1]:{port}"])
def test_loopback_by_any_of_its_names_is_served(house: House, host: str) -> None:
    assert house.call("GET", "/v1/state", headers={"Host": host.format(port=house.port)}).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "localhost:80",
        "127.0.0.1:{wrong}",
        "evil.example:{port}",
        "127.0.0.1.evil.example:{port}",
        "127.0.0.1:{port}@evil.example",
        "127.0.0.2:{port}",
        "LOCALHOST.:{port}",
        "",
    ],
)
def test_a_rebound_host_or_another_port_is_refused(house: House, host: str) -> None:
    named = host.format(port=house.port, wrong=house.port + 1)
    answer = house.call("POST", "/v1/visits", VISIT, headers={"Host": named})
    assert (answer.status, answer.code) == (403, "wrong_host")
    assert unchanged(house)


def test_two_hosts_are_no_host(house: House) -> None:
    host = f"Host: 127.0.0.1:{house.port}\r\n"
    answer = raw(house, f"{HEAD}{host}Host: evil.example\r\nContent-Length: 0\r\n\r\n".encode())
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 403"))
    assert unchanged(house)


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "https://evil.example",
        "http://127.0.0.1:{port}",
        f"{ORIGIN}.evil.example",
        ORIGIN.upper(),
        f"{ORIGIN}:444",
        "",
    ],
)
def test_a_foreign_origin_is_refused_even_with_the_token(house: House, origin: str) -> None:
    for method, path, body in (
        ("POST", "/v1/visits", VISIT),
        ("GET", "/v1/state", None),
        ("OPTIONS", "/v1/visits", None),
    ):
        answer = house.call(
            method,
            path,
            body,
            headers={"Origin": origin.format(port=house.port), "Access-Control-Request-Method": "POST"},
        )
        assert (answer.status, answer.code) == (403, "wrong_origin")
        assert "access-control-allow-origin" not in answer.headers
    assert unchanged(house)


def test_a_listed_origin_is_answered_and_named(house: House) -> None:
    asked = house.call(
        "OPTIONS",
        "/v1/visits",
        token="",
        headers={
            "Origin": ORIGIN,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization, content-type, idempotency-key",
        },
    )
    assert asked.status == 204
    assert asked.headers["access-control-allow-origin"] == ORIGIN
    assert asked.headers["access-control-allow-headers"] == "authorization, content-type, idempotency-key"
    assert asked.headers["access-control-allow-methods"] == "GET, POST, PUT, DELETE"
    assert asked.headers["vary"] == "origin"
    assert "access-control-allow-private-network" not in asked.headers
    assert "access-control-allow-credentials" not in asked.headers
    assert unchanged(house)
    answer = house.call("POST", "/v1/visits", VISIT, headers={"Origin": ORIGIN})
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (201, ORIGIN)
    assert answer.headers["access-control-expose-headers"] == "retry-after"
    without_token = house.call("GET", "/v1/state", token="", headers={"Origin": ORIGIN})
    assert (without_token.status, without_token.headers["access-control-allow-origin"]) == (401, ORIGIN)


def test_a_browser_that_asks_before_it_reaches_loopback_is_told(house: House) -> None:
    headers = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Private-Network": "true"}
    asked = house.call("OPTIONS", "/v1/staff", token="", headers={**headers, "Origin": ORIGIN})
    assert (asked.status, asked.headers["access-control-allow-private-network"]) == (204, "true")
    refused = house.call("OPTIONS", "/v1/staff", token="", headers={**headers, "Origin": "https://evil.example"})
    assert refused.status == 403
    assert "access-control-allow-private-network" not in refused.headers


def test_every_answer_says_that_it_depends_on_the_origin(house: House) -> None:
    for answer in (
        house.call("GET", "/v1/state"),
        house.call("GET", "/v1/state", headers={"Origin": ORIGIN}),
        house.call("GET", "/v1/state", headers={"Origin": "null"}),
        house.call("GET", "/v1/state", token=""),
    ):
        assert answer.headers["vary"] == "origin"


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", TOKEN, "Bearer \xff"],
)
def test_without_the_token_a_caller_learns_nothing(house: House, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answers = [
        house.call(method, path, body, token="", headers=headers)
        for method, path, body in (
            ("GET", "/v1/state", None),
            ("GET", "/v1/nothing", None),
            ("POST", "/v1/visits", VISIT),
            ("POST", "/v1/visits", b"{"),
            ("OPTIONS", "/v1/visits", None),
            ("PUT", "/v1/staff", {"number": "A103"}),
        )
    ]
    assert {(answer.status, answer.body) for answer in answers} == {(401, answers[0].body)}
    assert answers[0].code == "unauthorized"
    assert answers[0].headers["www-authenticate"] == "Bearer"
    assert unchanged(house)


def test_the_token_is_not_taken_from_the_address(house: House) -> None:
    assert house.call("GET", f"/v1/state?token={TOKEN}&access_token={TOKEN}", token="").status == 401


def test_no_get_changes_anything(house: House) -> None:
    for path in (
        "/v1/staff",
        "/v1/visits",
        f"/v1/visits/{'0' * 32}/invitation",
        "/v1/pause",
        "/v1/state",
        "/v1/matters",
    ):
        for override in ({}, {"X-HTTP-Method-Override": "PUT"}):
            assert house.call("GET", path, headers=override).status in (200, 404, 405)
    assert unchanged(house)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=gbk"},
        {"Content-Type": ""},
        {"Content-Encoding": "gzip"},
    ],
)
def test_a_body_that_is_not_json_by_name_is_refused(house: House, headers: dict[str, str]) -> None:
    answer = house.call("POST", "/v1/visits", VISIT, headers=headers)
    assert (answer.status, answer.code) == (415, "wrong_media_type")
    assert unchanged(house)


@pytest.mark.parametrize("claimed", ["67108864", "65537", "99999999999999999999"])
def test_a_large_body_is_refused_by_its_claim(house: House, claimed: str) -> None:
    answer = raw(house, f"{HEAD}Host: localhost:{house.port}\r\nContent-Length: {claimed}\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 413")
    assert unchanged(house)


@pytest.mark.parametrize("chunked", [True, False])
def test_a_body_of_64_mb_is_refused_and_its_sender_told(house: House, chunked: bool) -> None:
    block = b" " * 1_048_576
    connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=60)
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    if not chunked:
        headers["Content-Length"] = str(64 * len(block))
    connection.request("POST", "/v1/visits", iter([block] * 64), headers, encode_chunked=chunked)
    response = connection.getresponse()
    assert response.status == 413
    assert b"too_large" in response.read()
    connection.close()
    assert unchanged(house)


def test_a_body_of_just_64_kb_is_read(house: House) -> None:
    answer = house.call("POST", "/v1/visits", b" " * 65_536)
    assert (answer.status, answer.code) == (400, "bad_json")


def test_a_slow_body_is_given_up(make_house: Callable[..., House]) -> None:
    house = make_house(Limits(body_s=0.1))
    answer = raw(house, f'{HEAD}Host: localhost:{house.port}\r\nContent-Length: 100\r\n\r\n{{"matter"'.encode())
    assert answer.startswith(b"HTTP/1.1 408")
    assert unchanged(house)


@pytest.mark.parametrize("sent", [b"", b"GET /v1/state HTTP/1.1\r\nHost: "])
def test_a_connection_that_never_asks_is_closed(make_house: Callable[..., House], sent: bytes) -> None:
    house = make_house(Limits(silence_s=0.1))
    assert raw(house, sent) == b""
    assert eventually(lambda: heard_in_time(house))


def test_what_is_not_http_gets_a_problem_and_is_not_quoted(house: House) -> None:
    for request in (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"GET /<script> HTTP/9\r\n\r\n", b"x" * 200_000 + b"\r\n\r\n"):
        answer = raw(house, request)
        assert answer.startswith(b"HTTP/1.1 400") or answer == b""
        assert b"script" not in answer
    assert b"urn:kiosk:problem:malformed" in raw(house, b"nonsense\r\n\r\n")
    assert unchanged(house)


def heard_in_time(house: House) -> bool:
    """An honest call, which on a machine with much to do may itself be silent for too long."""
    try:
        return unchanged(house)
    except (OSError, http.client.HTTPException):
        return False


def test_two_hundred_silent_connections_keep_nobody_out(make_house: Callable[..., House]) -> None:
    house = make_house(Limits(silence_s=60))  # so that it is the number that counts
    with ExitStack() as crowd:
        connections = [crowd.enter_context(socket.create_connection(("127.0.0.1", house.port), 60)) for _ in range(200)]
        assert house.call("GET", "/v1/state").status == 200
        assert house.call("POST", "/v1/visits", VISIT).status == 201
        eventually(lambda: sum(map(still_open, connections)) <= USUAL.connections)


def still_open(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return bool(connection.recv(1))
    except BlockingIOError:
        return True
    except ConnectionError:
        return False


def test_a_crowd_that_asks_does_not_drown_an_honest_caller(house: House) -> None:
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            house.call("GET", "/v1/state", token="wrong")

    crowd = [threading.Thread(daemon=True, target=ask) for _ in range(4)]
    for thread in crowd:
        thread.start()
    try:
        assert [house.call("GET", "/v1/state").status for _ in range(20)] == [200] * 20
    finally:
        stop.set()
        for thread in crowd:
            thread.join(60)


def test_a_caller_who_leaves_in_the_middle_leaves_no_trace(house: House) -> None:
    for request in (f"{HEAD}Host: localhost:{house.port}\r\nContent-Length: 100\r\n\r\n{{".encode(), b"GET /v1/events"):
        connection = socket.create_connection(("127.0.0.1", house.port), 60)
        connection.sendall(request)
        connection.close()
    assert eventually(lambda: unchanged(house))
