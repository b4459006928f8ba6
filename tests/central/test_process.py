"""The server as a process, over real sockets."""

import base64
import gzip
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.core.view import Earlier
from kiosk.delivery import earlier_of
from kiosk.sync.client import HttpExchange, Route, Signer
from kiosk.sync.ports import Call, Reply
from tests.central import stand_in
from tests.central.stand_in import Terminal

JSON = {"Content-Type": "application/json"}
ROOT = Path(__file__).parents[2]
SERVE = (
    "import sys; from pathlib import Path; from kiosk.central import serve; "
    "sys.exit(serve(Path(sys.argv[1]), None, '127.0.0.1', int(sys.argv[2]), True))"
)


class Server:
    """A running server. Killed at the latest after a minute, so that a test that hangs fails."""

    def __init__(self, data: Path, port: int = 0) -> None:
        self.data = data
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", SERVE, str(data), str(port)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        self._guard = threading.Timer(60, self.process.kill)
        self._guard.daemon = True
        self._guard.start()
        assert self.process.stdout is not None
        self.line = self.process.stdout.readline()
        self.port = int(self.line.rpartition(":")[2] or 0)

    def call(self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body or None, headers or {})
            response = connection.getresponse()
            return response.status, json.loads(response.read() or b"null")
        finally:
            connection.close()

    @property
    def hall(self) -> dict[str, str]:
        token = (self.data / "admin.token").read_text().strip()
        return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def end(self, number: int) -> tuple[int, str]:
        """Its status and what it said on standard error."""
        self.process.send_signal(number)
        _, errors = self.process.communicate()
        self._guard.cancel()
        return self.process.returncode, errors


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Server]:
    """One that has just made its folder."""
    yield from _running(tmp_path / "data")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that a server has made and filled, which takes longer than anything that is tried on it."""
    folder = tmp_path_factory.mktemp("made") / "data"
    assert Server(folder).end(signal.SIGTERM) == (0, "")
    return folder


@pytest.fixture
def server(tmp_path: Path, made: Path) -> Iterator[Server]:
    """One on a copy of it."""
    shutil.copytree(made, tmp_path / "data")
    yield from _running(tmp_path / "data")


def _running(data: Path) -> Iterator[Server]:
    running = Server(data)
    yield running
    if running.process.poll() is None:
        running.end(signal.SIGKILL)


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_server_killed_in_the_middle_has_everything_it_acknowledged(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert server.line == f"central listening on http://127.0.0.1:{server.port}\n"
    monkeypatch.setattr(stand_in, "HOST", f"127.0.0.1:{server.port}")
    assert server.call("GET", "/api/v1/health")[0] == 200
    sample = json.loads((server.data / "sample.json").read_text(encoding="utf-8"))
    wanted = json.dumps({"hall": sample["hall"], "window": sample["windows"][0], "mode": "window"}).encode()
    code = server.call("POST", "/api/v1/enrolment-codes", server.hall, wanted)[1]["code"]
    key = Ed25519PrivateKey.generate()
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    enrolment = json.dumps({"code": code, "public_key": public, "hardware": {}}).encode()
    status, device = server.call("POST", "/api/v1/enrolments", {"Content-Type": "application/json"}, enrolment)
    assert status == 201
    keys = server.call("GET", "/api/v1/keys")[1]
    assert {name: device[name] for name in keys} == keys
    assert all(len(base64.b64decode(key)) == 32 for key in keys.values())
    assert server.call("GET", "/api/v1/device/profile", {"Kiosk-Protocol": "1"})[0] == 401

    terminal = Terminal(_Clock(), key, device["credentials"]["key_id"], device["device_id"]).begin()  # type: ignore[arg-type]
    receipt = terminal.rate()
    body = gzip.compress(json.dumps({"entries": terminal.records}).encode())
    headers = terminal.sign("POST", "/api/v1/device/journal", body, headers={"Content-Encoding": "gzip"})
    status, answer = server.call("POST", "/api/v1/device/journal", headers, body)
    assert (status, answer["acknowledged"]) == (200, len(terminal.records))
    assert server.end(signal.SIGKILL)[0] == -signal.SIGKILL

    again = Server(server.data)
    assert again.call("GET", f"/api/v1/receipts/{receipt}")[0] == 200
    ratings = again.call("GET", "/api/v1/ratings", again.hall)[1]["items"]
    assert [rating["level"] for rating in ratings] == ["satisfied"]
    assert again.call("GET", "/api/v1/keys")[1] == keys
    assert json.loads((server.data / "sample.json").read_text(encoding="utf-8")) == sample
    assert again.end(signal.SIGTERM) == (0, "")


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_citizen_comes_back_with_the_receipt_and_all_of_it_outlives_the_server(server: Server) -> None:
    """A terminal's own HTTP client, a citizen on the web and the hall, with the server killed in between."""
    sample = json.loads((server.data / "sample.json").read_text(encoding="utf-8"))
    wanted = json.dumps({"hall": sample["hall"], "window": sample["windows"][0], "mode": "window"}).encode()
    code = server.call("POST", "/api/v1/enrolment-codes", server.hall, wanted)[1]["code"]
    key = Ed25519PrivateKey.generate()
    enrolment = {"code": code, "public_key": base64.b64encode(key.public_key().public_bytes_raw()).decode()}
    device = server.call("POST", "/api/v1/enrolments", JSON, json.dumps(enrolment).encode())[1]
    signer = Signer(device["credentials"]["key_id"], key.private_bytes_raw())
    terminal = Terminal(_Clock(), key, signer.key_id, device["device_id"]).begin()  # type: ignore[arg-type]
    receipt = terminal.rate(Level.DISSATISFIED, ["207"])

    exchange = HttpExchange(Route(f"http://127.0.0.1:{server.port}"), signer)
    assert earlier_of(_call(exchange, "GET", f"/receipts/{receipt}"), receipt) == Earlier("unknown")
    terminal.play(e.Leave(), e.AddWords(receipt, "窗口排队太久"))
    assert _bring(exchange, terminal).status == 200
    assert earlier_of(_call(exchange, "GET", f"/receipts/{receipt}"), receipt).additions == 1
    words = json.dumps({"words": "已经解决"}).encode()
    assert server.call("POST", f"/api/v1/receipts/{receipt}/withdrawal", JSON, words)[0] == 200
    rating_id = server.call("GET", "/api/v1/follow-ups", server.hall)[1]["items"][0]["rating_id"]
    reply = json.dumps({"state": "answered", "reply": "已增设窗口"}).encode()
    assert server.call("POST", f"/api/v1/follow-ups/{rating_id}", server.hall, reply)[0] == 200
    exchange.close()
    assert server.end(signal.SIGKILL)[0] == -signal.SIGKILL

    again = Server(server.data)
    exchange = HttpExchange(Route(f"http://127.0.0.1:{again.port}"), signer)
    assert _bring(exchange, terminal).status == 200
    found = earlier_of(_call(exchange, "GET", f"/receipts/{receipt}"), receipt)
    assert (found.state, found.follow_up, found.reply) == ("found", "answered", "已增设窗口")
    assert (found.additions, found.withdrawn) == (1, True)
    (rating,) = again.call("GET", "/api/v1/ratings", again.hall)[1]["items"]
    assert (rating["level"], rating["reasons"], rating["withdrawal"]["words"]) == ("dissatisfied", ["207"], "已经解决")
    assert [addition["words"] for addition in rating["additions"]] == ["窗口排队太久"]
    exchange.close()
    assert again.end(signal.SIGTERM) == (0, "")


def _call(exchange: HttpExchange, method: str, path: str, body: bytes = b"") -> Reply:
    reply = exchange.call(Call(method, path, body), int(time.time()))
    assert isinstance(reply, Reply), reply
    return reply


def _bring(exchange: HttpExchange, terminal: Terminal) -> Reply:
    return _call(exchange, "POST", "/device/journal", json.dumps({"entries": terminal.records}).encode())


class _Clock:
    """The real time, for signatures that a real server checks."""

    @property
    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_what_the_server_keeps_is_for_its_owner_alone(fresh: Server) -> None:
    assert fresh.data.stat().st_mode & 0o777 == 0o700
    for file in fresh.data.iterdir():
        assert file.stat().st_mode & 0o777 == 0o600, file
    token = (fresh.data / "admin.token").read_text().strip()
    assert len(base64.urlsafe_b64decode(token + "==")) == 32
    assert fresh.end(signal.SIGINT) == (0, "")


def test_a_port_or_a_folder_in_use_is_said_plainly(server: Server, tmp_path: Path) -> None:
    for data, port in ((tmp_path / "other", server.port), (server.data, 0)):
        second = subprocess.run(
            [sys.executable, "-c", SERVE, str(data), str(port)], capture_output=True, text=True, cwd=ROOT, timeout=60
        )
        assert second.returncode == 78
        assert second.stdout == ""
        assert second.stderr.startswith("central cannot start: ")
        assert second.stderr.count("\n") == 1
    assert server.end(signal.SIGTERM)[0] == 0


def test_a_request_sent_in_pieces_is_read_and_a_garbled_one_is_refused(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as sock:
        for piece in (b"GET /api/v1/hea", b"lth HTTP/1.1\r\nHo", b"st: x\r\nConnection: close\r\n\r\n"):
            sock.sendall(piece)
        assert sock.makefile("rb").read().startswith(b"HTTP/1.1 200")
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as sock:
        sock.sendall(b"GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
        assert sock.makefile("rb").readline().startswith(b"HTTP/1.1 400")
    assert server.end(signal.SIGTERM)[0] == 0
