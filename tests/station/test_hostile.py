"""The table of hostile calls (RELIABILITY 34): each is refused, nothing was asked of the terminal, the next is served.

What concerns one check alone has its tests in test_door.py.
"""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import IO

import pytest

from kiosk.station.limits import USUAL, Limits
from tests.station.house import ORIGIN, TOKEN, VISIT, Clock, House
from tests.station.running_terminal import RunningTerminal
from tests.station.test_door import raw, read_all, unchanged
from tests.station.waiting import eventually

BODY = b'{"matter":{"code":"340100"},"case_number":"341200202611240178"}'
BEARER = f"Authorization: Bearer {TOKEN}"
JSON = "Content-Type: application/json"
HOST = "Host: 127.0.0.1:{port}"
LENGTH = f"Content-Length: {len(BODY)}"
POST = "POST /v1/visits HTTP/1.1"

TABLE: dict[str, tuple[list[str], set[int]]] = {
    "a foreign origin": ([POST, HOST, BEARER, JSON, LENGTH, "Origin: https://evil.example"], {403}),
    "the origin null": ([POST, HOST, BEARER, JSON, LENGTH, "Origin: null"], {403}),
    "two origins": ([POST, HOST, BEARER, JSON, LENGTH, f"Origin: {ORIGIN}", "Origin: https://evil.example"], {403}),
    "an origin of the station itself": ([POST, HOST, BEARER, JSON, LENGTH, "Origin: http://127.0.0.1:{port}"], {403}),
    "a rebound host": ([POST, "Host: evil.example:{port}", BEARER, JSON, LENGTH], {403}),
    "the right host with a wrong port": ([POST, "Host: 127.0.0.1:1", BEARER, JSON, LENGTH], {403}),
    "the right host without a port": ([POST, "Host: 127.0.0.1", BEARER, JSON, LENGTH], {403}),
    "no host": ([POST, BEARER, JSON, LENGTH], {400, 403}),
    "two hosts": ([POST, HOST, "Host: evil.example", BEARER, JSON, LENGTH], {400, 403}),
    "two hosts, turned": ([POST, "Host: evil.example", HOST, BEARER, JSON, LENGTH], {400, 403}),
    "another host in the request line": (
        ["POST http://evil.example/v1/visits HTTP/1.1", HOST, BEARER, JSON, LENGTH], {404},
    ),
    "a tunnel": (["CONNECT 127.0.0.1:{port} HTTP/1.1", HOST, BEARER, "Content-Length: 0"], {400, 404, 405}),
    "no token": ([POST, HOST, JSON, LENGTH], {401}),
    "a wrong token": ([POST, HOST, "Authorization: Bearer wrong", JSON, LENGTH], {401}),
    "two tokens": ([POST, HOST, BEARER, "Authorization: Bearer wrong", JSON, LENGTH], {401}),
    "the token as a cookie": ([POST, HOST, f"Cookie: token={TOKEN}", JSON, LENGTH], {401}),
    "a changing GET": (["GET /v1/visits HTTP/1.1", HOST, BEARER, JSON, LENGTH], {405}),
    "a GET that names another method": (
        ["GET /v1/pause HTTP/1.1", HOST, BEARER, "X-HTTP-Method-Override: PUT", JSON, LENGTH], {405},
    ),
    "a body of text": ([POST, HOST, BEARER, "Content-Type: text/plain", LENGTH], {415}),
    "a form": ([POST, HOST, BEARER, "Content-Type: application/x-www-form-urlencoded", LENGTH], {415}),
    "a body without a type": ([POST, HOST, BEARER, LENGTH], {415}),
    "two types": ([POST, HOST, BEARER, JSON, "Content-Type: text/plain", LENGTH], {415}),
    "a compressed body": ([POST, HOST, BEARER, JSON, "Content-Encoding: gzip", LENGTH], {415}),
    "a body that claims 64 MB": ([POST, HOST, BEARER, JSON, "Content-Length: 67108864"], {413}),
    "two lengths": ([POST, HOST, BEARER, JSON, LENGTH, "Content-Length: 3"], {400}),
    "a negative length": ([POST, HOST, BEARER, JSON, "Content-Length: -1"], {400}),
    "a length and chunks": ([POST, HOST, BEARER, JSON, LENGTH, "Transfer-Encoding: chunked"], {400}),
    "an unknown encoding": ([POST, HOST, BEARER, JSON, "Transfer-Encoding: gzip"], {400, 501}),
    "a folded header": ([POST, HOST, BEARER, JSON, LENGTH, "X-A: b\r\n c", "Idempotency-Key: a b"], {400, 422}),
    "a key of blanks": ([POST, HOST, BEARER, JSON, LENGTH, "Idempotency-Key: a b"], {422}),
    "two keys": ([POST, HOST, BEARER, JSON, LENGTH, "Idempotency-Key: a", "Idempotency-Key: b"], {422}),
    "another protocol": (
        ["GET /v1/events HTTP/1.1", HOST, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
         "Sec-WebSocket-Key: eA=="], {401},
    ),
    "an old protocol": (["POST /v1/visits HTTP/1.0", BEARER, JSON, LENGTH], {403}),
    "ten thousand headers": ([POST, HOST, BEARER, JSON, LENGTH, *(f"X-{n}: 1" for n in range(10_000))], {400}),
    "a path out of the room": (["GET /v1/../etc/passwd HTTP/1.1", HOST, BEARER], {404}),
    "a path of a hundred thousand": ([f"GET /{'a' * 100_000} HTTP/1.1", HOST, BEARER], {400, 404}),
}  # fmt: skip


@pytest.fixture(scope="module")
def one_house() -> Iterator[House]:
    """One for the whole table, for none of its calls changes anything."""
    house = House(RunningTerminal(), Clock())
    house.open()
    yield house
    house.station.close(10)
    assert house.failures == []


@pytest.mark.parametrize("name", TABLE)
def test_a_hostile_call_is_refused_and_changes_nothing(one_house: House, name: str) -> None:
    house, (lines, statuses) = one_house, TABLE[name]
    head = "\r\n".join([*lines, "Connection: close"]).format(port=house.port).encode()
    answer = raw(house, head + b"\r\n\r\n" + (BODY if LENGTH in lines else b""))
    assert answer[:9] == b"HTTP/1.1 ", answer
    assert int(answer[9:12]) in statuses, answer[:300]
    assert unchanged(house)


def test_the_same_call_without_malice_is_served(house: House) -> None:
    head = "\r\n".join([POST, HOST, BEARER, JSON, LENGTH, f"Origin: {ORIGIN}", "Connection: close"])
    answer = raw(house, head.format(port=house.port).encode() + b"\r\n\r\n" + BODY)
    assert answer.startswith(b"HTTP/1.1 201")


@pytest.mark.parametrize("of", ["head", "body"])
def test_a_sender_of_one_byte_at_a_time_is_given_up(make_house: Callable[..., House], of: str) -> None:
    house = make_house(Limits(silence_s=0.3, body_s=0.3))
    head = "\r\n".join([POST, HOST, BEARER, JSON, LENGTH]).format(port=house.port).encode() + b"\r\n\r\n"
    sent, slowly = (b"", head) if of == "head" else (head, BODY)
    with socket.create_connection(("127.0.0.1", house.port), 20) as connection:
        connection.sendall(sent)
        connection.settimeout(0.05)
        answer = b""
        for byte in slowly:
            try:
                connection.sendall(bytes([byte]))
                answer = connection.recv(65536)
            except TimeoutError:
                continue
            except ConnectionError:
                pass
            break
        else:
            pytest.fail("it was read to its end")
        connection.settimeout(20)
        answer += read_all(connection)
    assert answer.startswith(b"HTTP/1.1 408") if of == "body" else answer == b""
    assert unchanged(house)


CROWD = """
import socket, sys
try:
    import resource
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
except ImportError:
    pass
held = []
for _ in range(1000):
    try:
        held.append(socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20))
    except OSError:
        pass
print(len(held), flush=True)
sys.stdin.read()
"""


def test_a_thousand_sockets_keep_nobody_out(house: House) -> None:
    crowd = subprocess.Popen(
        [sys.executable, "-c", CROWD, str(house.port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert crowd.stdout is not None
        assert int(crowd.stdout.readline()) > USUAL.connections * 3
        assert house.call("GET", "/v1/state").status == 200
        assert unchanged(house)
    finally:
        crowd.communicate(timeout=60)
    assert house.call("POST", "/v1/visits", VISIT).status == 201


def test_more_requests_than_a_window_ever_sends_are_refused_unread(make_house: Callable[..., House]) -> None:
    """The terminal's clock stands still here, so what comes counts as within one moment."""
    house = make_house(USUAL)
    bad = b'{"matter":{"code":"340100"},"case_number":" "}'
    head = "\r\n".join([POST, HOST, BEARER, JSON, f"Content-Length: {len(bad)}"]).format(port=house.port)
    request, statuses = head.encode() + b"\r\n\r\n" + bad, []
    with socket.create_connection(("127.0.0.1", house.port), 20) as connection, connection.makefile("rb") as answers:
        for _ in range(USUAL.burst):
            connection.sendall(request)
            statuses.append(_status(answers.readline(), answers))
        assert statuses == [422] * USUAL.burst
    refused = house.call("GET", "/v1/state")
    assert (refused.status, refused.code, refused.headers["retry-after"]) == (429, "too_many", "1")
    assert house.terminal.kinds == []
    assert len(house.terminal.events) == 1
    assert house.call("GET", "/v1/state", token="").status == 401
    house.terminal.pass_time(1_000)
    assert [house.call("GET", "/v1/state").status for _ in range(3)] == [200] * 3


def _status(line: bytes, answers: IO[bytes]) -> int:
    length = 0
    while (header := answers.readline()) not in (b"\r\n", b""):
        if header.lower().startswith(b"content-length:"):
            length = int(header.split(b":")[1])
    answers.read(length)
    return int(line.split()[1])


def test_a_storm_from_many_sides_leaves_the_terminal_as_it_was(make_house: Callable[..., House]) -> None:
    house = make_house(USUAL)
    storm = [
        subprocess.Popen(
            [sys.executable, "-c", STORM, str(house.port), BEARER],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    answered = [int(process.communicate(timeout=120)[0]) for process in storm]
    assert answered == [300, 300]
    house.terminal.pass_time(5_000)
    assert house.terminal.kinds == []
    assert eventually(lambda: house.call("GET", "/v1/state").status == 200)


STORM = """
import http.client, sys
port, bearer = int(sys.argv[1]), sys.argv[2].partition(": ")[2]
answered = 0
for number in range(300):
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"Authorization": bearer if number % 2 else "", "Content-Type": "application/json"}
    headers |= {"Origin": "https://evil.example"} if number % 3 == 0 else {}
    line.request("POST", "/v1/visits", b'{"matter":{"code":7}}', headers)
    answered += line.getresponse().status >= 400
    line.close()
print(answered)
"""
