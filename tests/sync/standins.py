"""Stand-ins for what sync meets: a journal, a central that keeps its rules, and a server whose answers are scripted."""

import base64
import gzip
import hashlib
import json
import socket
import threading
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageVerifier, MappingKeyResolver, algorithms

from kiosk.core.entry import GENESIS, Draft, Head, Personal, chain_fault, seal
from kiosk.protocol.central import SIGNATURE_LABEL, SIGNED
from kiosk.protocol.heads import CountersignedHead, countersigned_text
from kiosk.sync.evidence import Witness
from kiosk.sync.ports import Call, NoReply, Reply

KEY = bytes(range(32))
KEY_ID = "ab" * 16
WALL = 1_767_225_600_000
EPOCH = WALL * 1000
JSON = {"content-type": "application/json"}
PROBLEM = {"content-type": "application/problem+json"}


CENTRAL_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
DEVICE = "d1"
WITNESS = Witness(DEVICE, CENTRAL_KEY.public_key().public_bytes_raw())


def countersigned(
    epoch: int,
    sequence: int,
    hash: str,
    *,
    at: int = WALL,
    device_id: str = DEVICE,
    key: Ed25519PrivateKey = CENTRAL_KEY,
) -> CountersignedHead:
    """A head as central signs it."""
    bare = CountersignedHead(device_id=device_id, epoch=epoch, sequence=sequence, hash=hash, at=at, signature="")
    return msgspec.structs.replace(bare, signature=base64.b64encode(key.sign(countersigned_text(bare))).decode())


class Clock:
    """A clock moved by hand: `wall` may be set wrong, `true` is what central goes by."""

    def __init__(self) -> None:
        self.wall, self.mono, self.true = WALL, 10_000_000, WALL

    def wall_ms(self) -> int:
        return self.wall

    def mono_ms(self) -> int:
        return self.mono

    def boot_id(self) -> str:
        return "b" * 32

    def pass_ms(self, ms: int) -> None:
        self.wall += ms
        self.mono += ms
        self.true += ms


@dataclass(frozen=True)
class Status:
    head: Head
    acknowledged: int
    unsent: int
    oldest_unsent_wall_ms: int | None


class Journal:
    """A journal in memory; answers at once, or fails as told."""

    def __init__(self, entries: int = 0, epoch: int = EPOCH) -> None:
        self.head = Head(epoch)
        self.records: list[dict[str, Any]] = []
        self.acknowledged = 0
        self.answers: list[bytes] = []
        self.fault: Exception | None = None
        self.lock = threading.Lock()
        self.append(entries)

    def append(self, count: int = 1, comment: str = "") -> None:
        with self.lock:
            for _ in range(count):
                number = self.head.sequence + 1
                personal = Personal("5a" * 16, {"comment": comment}) if comment else None
                draft = Draft(f"{number:032x}", "visit.started", number, number, "0" * 32, personal=personal)
                entry = seal(draft, self.head)
                record = entry.record()
                if personal:
                    record["personal"] = {"salt": personal.salt, **personal.fields}
                self.records.append(record)
                self.head = entry.head

    def begin_epoch(self, epoch: int, entries: int = 0) -> None:
        with self.lock:
            self.head, self.records, self.acknowledged = Head(epoch), [], 0
        self.append(entries)

    def read(self, after: int, limit: int) -> "Future[list[dict[str, Any]]]":
        def found() -> list[dict[str, Any]]:
            first = bisect_right(self.records, after, key=lambda record: int(record["sequence"]))
            return self.records[first : first + limit]

        return self._answer(found)

    def status(self) -> "Future[Status]":
        return self._answer(self._status)

    def advance(self, epoch: int, sequence: int, answer: bytes) -> "Future[None]":
        def move() -> None:
            assert epoch == self.head.epoch
            assert self.acknowledged < sequence <= self.head.sequence
            self.acknowledged = sequence
            self.answers.append(answer)

        return self._answer(move)

    def _status(self) -> Status:
        unsent = self.head.sequence - self.acknowledged
        first = bisect_right(self.records, self.acknowledged, key=lambda record: int(record["sequence"]))
        oldest = self.records[first]["wall_ms"] if first < len(self.records) else None
        return Status(self.head, self.acknowledged, unsent, oldest)

    def _answer(self, make: Callable[[], Any]) -> "Future[Any]":
        future: Future[Any] = Future()
        with self.lock:
            if self.fault is not None:
                future.set_exception(self.fault)
            else:
                future.set_result(make())
        return future


class Central:
    """Central's side of the contract, in memory. `refuse`: asked first about each call, and may answer in its place.
    `signs`: whether it countersigns what it holds; `newest`: the epoch that came last, where a test says so."""

    def __init__(self, now: Callable[[], int] = lambda: WALL) -> None:
        self.now = now
        self.held: dict[int, list[dict[str, Any]]] = {}
        self.beats: list[dict[str, Any]] = []
        self.calls: list[Call] = []
        self.profile = b'{"format":1,"version":"p1"}'
        self.poison: set[int] = set()
        self.refuse: Callable[[Call], Reply | NoReply | None] = lambda call: None
        self.closed = False
        self.signs = False
        self.newest: CountersignedHead | None = None

    def head(self, epoch: int, sequence: int | None = None) -> dict[str, Any] | None:
        """What is held of the epoch (up to `sequence`), countersigned, ready for JSON; None where none is signed."""
        if not self.signs:
            return None
        held = self.held.get(epoch, [])
        at = len(held) if sequence is None else sequence
        found: dict[str, Any] = msgspec.to_builtins(countersigned(epoch, at, held[at - 1]["hash"] if at else GENESIS))
        return found

    def call(self, call: Call, created_s: int) -> Reply | NoReply:
        self.calls.append(call)
        if (refused := self.refuse(call)) is not None:
            return refused
        if abs(created_s - self.now() // 1000) > 300:
            return problem(401, "signature_time", server_time=self.now())
        return self.serve(call)

    def close(self) -> None:
        self.closed = True

    def serve(self, call: Call) -> Reply:
        text = gzip.decompress(call.body) if call.gzipped else call.body
        match call.path:
            case "/device/journal":
                return self._journal(text)
            case "/device/heartbeat":
                beat = json.loads(text)
                self.beats.append(beat)
                answer = {
                    "acknowledged": len(self.held.get(beat["epoch"], [])),
                    "server_time": self.now(),
                    "head": self.head(beat["epoch"]),
                    "newest": msgspec.to_builtins(self.newest),
                }
                return Reply(201, JSON, json.dumps(answer).encode())
            case path if path.partition("?")[0] == "/device/profile":
                etag = f'"{json.loads(self.profile)["version"]}"'
                if call.headers.get("If-None-Match") == etag:
                    return Reply(304, {"etag": etag}, b"")
                return Reply(200, {**JSON, "etag": etag}, self.profile)
        raise AssertionError(call.path)

    def _journal(self, text: bytes) -> Reply:
        entries = json.loads(text)["entries"]
        epoch = entries[0]["epoch"]
        held = self.held.setdefault(epoch, [])
        for record in entries:
            if record["sequence"] <= len(held):
                if held[record["sequence"] - 1]["hash"] != record["hash"]:
                    head = self.head(epoch, record["sequence"])
                    return problem(409, "equivocation", acknowledged=len(held), head=head)
                continue
            before = Head(epoch, len(held), held[-1]["hash"]) if held else Head(epoch)
            if chain_fault(record, before) == "gap":
                return problem(409, "gap", acknowledged=len(held))
            assert chain_fault(record, before) is None
            held.append(record)
        poison = self.poison & {r["sequence"] for r in entries}
        return receipt(epoch, len(held), text, self.now(), poison, self.head(epoch))

    def sequences(self, epoch: int = EPOCH) -> list[int]:
        return [record["sequence"] for record in self.held.get(epoch, [])]


def receipt(
    epoch: int,
    acknowledged: int,
    text: bytes,
    now_ms: int,
    poison: Collection[int] = (),
    head: dict[str, Any] | None = None,
) -> Reply:
    quarantined = [{"sequence": number, "reason": "poison"} for number in sorted(poison)]
    body = {
        "acknowledged": acknowledged,
        "epoch": epoch,
        "digest": hashlib.sha256(text).hexdigest(),
        "quarantined": quarantined,
        "server_time": now_ms,
        "head": head,
    }
    return Reply(201, JSON, json.dumps(body).encode())


def problem(status: int, code: str, headers: dict[str, str] | None = None, **more: Any) -> Reply:
    body = {"type": f"urn:kiosk:problem:{code}", "title": code, "status": status, **more}
    return Reply(status, {**PROBLEM, **(headers or {})}, json.dumps(body).encode())


# -- a server --------------------------------------------------------------------------------------------------------


@dataclass
class Seen:
    """One request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> bytes:
        return gzip.decompress(self.body) if self.headers.get("content-encoding") == "gzip" else self.body

    def verify(self, url: str) -> None:
        """Check the signature as the standard has it; raises InvalidSignature."""
        message = _Message(self.method, url + self.target, self.headers)
        keys = MappingKeyResolver(
            public_keys={KEY_ID: Ed25519PrivateKey.from_private_bytes(KEY).public_key()}, private_keys={}
        )
        verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=keys)
        required = SIGNED if self.body else [name for name in SIGNED if not name.startswith("content-")]
        (result,) = verifier.verify(
            message,
            expect_tag=SIGNATURE_LABEL,
            expect_label=SIGNATURE_LABEL,
            require_components=required,
            body=self.body or None,
            max_age=None,
        )
        assert result.parameters["keyid"] == KEY_ID
        if self.body:
            digest = base64.b64encode(hashlib.sha256(self.body).digest()).decode()
            assert self.headers["content-digest"] == f"sha-256=:{digest}:"

    def call(self) -> Call:
        headers = {"If-None-Match": self.headers["if-none-match"]} if "if-none-match" in self.headers else {}
        path = self.target.removeprefix("/api/v1")
        return Call(self.method, path, self.body, "content-encoding" in self.headers, headers)  # type: ignore[arg-type]


@dataclass
class _Message:
    method: str
    url: str
    headers: dict[str, str]


Script = Callable[[Seen], "bytes | Callable[[socket.socket], None]"]
"""Answers a request with raw bytes, or by doing something to the connection, after which it is closed."""


@dataclass
class Server:
    """A server on loopback. `connections` counts them, `seen` keeps the requests."""

    url: str
    script: Script
    seen: list[Seen] = field(default_factory=list)
    connections: int = 0
    closing: bool = False
    open_now: list[socket.socket] = field(default_factory=list)


@contextmanager
def serving(script: Script, wrap: Callable[[socket.socket], socket.socket] = lambda plain: plain) -> Iterator[Server]:
    """Serve the script, one thread a connection; all end with the block."""
    scheme = "http" if wrap.__name__ == "<lambda>" else "https"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Server(f"{scheme}://127.0.0.1:{listener.getsockname()[1]}", script)
        threads: list[threading.Thread] = []

        def accept() -> None:
            while True:
                try:
                    plain, _ = listener.accept()
                except OSError:
                    return
                if server.closing:
                    plain.close()
                    return
                server.connections += 1
                server.open_now.append(plain)
                thread = threading.Thread(target=_converse, args=(server, plain, wrap), daemon=True)
                threads.append(thread)
                thread.start()

        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        try:
            yield server
        finally:
            server.closing = True
            with socket.create_connection(listener.getsockname(), 5):
                pass
            accepting.join(5)
            for each in server.open_now:
                _hang_up(each)
            for thread in threads:
                thread.join(5)


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def _converse(server: Server, plain: socket.socket, wrap: Callable[[socket.socket], socket.socket]) -> None:
    connection = plain
    try:
        connection = wrap(plain)
        server.open_now.append(connection)
        with connection, connection.makefile("rb") as reader:
            while (seen := _read_request(reader)) is not None:
                server.seen.append(seen)
                answer = server.script(seen)
                if callable(answer):
                    answer(connection)
                    return
                connection.sendall(answer)
                if b"connection: close" in answer.partition(b"\r\n\r\n")[0].lower():
                    return
    except OSError:
        pass
    finally:
        _hang_up(connection)


def _read_request(reader: Any) -> Seen | None:
    first = reader.readline().decode("latin-1").split()
    if len(first) != 3:
        return None
    headers: dict[str, str] = {}
    while line := reader.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    length = int(headers.get("content-length", "0"))
    body = reader.read(length)
    if len(body) < length:
        return None  # cut off, as when a lane is closed
    return Seen(first[0], first[1], headers, body)


def raw(reply: Reply, close: bool = False) -> bytes:
    """A reply as bytes on the wire."""
    headers = {**reply.headers, "content-length": str(len(reply.body))}
    if reply.status == 304:
        del headers["content-length"]
    if close:
        headers["connection"] = "close"
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {reply.status} X\r\n{head}\r\n".encode("latin-1") + reply.body
