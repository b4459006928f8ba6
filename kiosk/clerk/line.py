"""The console's wire to the station: calls and the event stream, blocking, without Qt.

Every call has a connection of its own. The token goes into the header and nowhere else; a redirect is not followed, and
over the hall's network nothing at all is sent before the terminal has shown the certificate it was paired with.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

import msgspec

from kiosk.clerk.event_stream import Rest, StreamBroken, feed
from kiosk.protocol.problem import Problem, problem_code

CALL_PATIENCE_S = 8.0
"""Longer than the station waits for its terminal, so that it is the station that answers."""
CONNECT_PATIENCE_S = 4.0
SILENCE_S = 40.0
"""The stream shows every 15 s that it lives."""
_BROKEN = (OSError, http.client.HTTPException, ValueError)


class WrongCertificate(Exception):
    """Whoever answers is not the terminal that this console was paired with."""


@dataclass(frozen=True, slots=True)
class Station:
    """Where the station is: `url` with or without `/v1`; the token, or the key of a paired console; and, over TLS, the
    SHA-256 (hex) of the one certificate that is believed."""

    url: str
    token: str = field(repr=False)
    certificate_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """The station did it; `body` is its answer."""

    body: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """The station said no: the problem's code, the field it names, and the seconds it asks to wait."""

    code: str
    field: str = ""
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """Nothing came back, or nothing that is of the station."""


Answer = Done | Refused | NoAnswer


class Line:
    """One station. May be used from several threads; `cut` ends everything that is under way."""

    def __init__(self, station: Station) -> None:
        parts = urlsplit(station.url)
        self._tls = parts.scheme == "https"
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or (443 if self._tls else 80)
        self._root = parts.path.rstrip("/").removesuffix("/v1") + "/v1/"
        self._station = station
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._cut = False

    def call(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Call `/v1/<path>` and wait for its answer."""
        try:
            with self._connection() as connection:
                sent = {**self._headers(), **headers, **({"Content-Type": "application/json"} if body else {})}
                connection.request(method, self._root + quote(path, safe="/?=&%"), body or None, sent)
                response = connection.getresponse()
                return _answer(response.status, response.headers.get("Retry-After", ""), response.read())
        except (*_BROKEN, WrongCertificate):
            return NoAnswer()

    def follow(self, heard: Callable[[bytes], None]) -> int:
        """Listen to the event stream until it ends; each event's data is told. Gives the HTTP status, 0 for none.

        Raises WrongCertificate.
        """
        status = 0
        with suppress(*_BROKEN, StreamBroken), self._connection(SILENCE_S) as connection:
            connection.request("GET", f"{self._root}events", headers={**self._headers(), "Accept": "text/event-stream"})
            response = connection.getresponse()
            status, rest = response.status, Rest()
            while status == 200 and (piece := response.read1(65_536)):
                rest, events = feed(rest, piece)
                for event in events:
                    heard(event)
        return status

    def cut(self) -> None:
        """End every call and the stream; none is begun any more."""
        with self._lock:
            self._cut = True
            for one in self._open:
                with suppress(OSError):
                    socket.socket.shutdown(one, socket.SHUT_RDWR)  # beneath TLS, which may be in the middle of a word

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._station.token}"}

    @contextmanager
    def _connection(self, patience_s: float = CALL_PATIENCE_S) -> Iterator[http.client.HTTPConnection]:
        """A connection to the station and to nobody else."""
        connection = (
            http.client.HTTPSConnection(self._host, self._port, timeout=CONNECT_PATIENCE_S, context=self._context())
            if self._tls
            else http.client.HTTPConnection(self._host, self._port, timeout=CONNECT_PATIENCE_S)
        )
        with self._lock:
            if self._cut:
                raise OSError("the line is cut")
        try:
            connection.connect()
            self._check(connection.sock)
            connection.sock.settimeout(patience_s)
            with self._lock:
                if self._cut:
                    raise OSError("the line is cut")
                self._open.add(wire := connection.sock)
            try:
                yield connection
            finally:
                with self._lock:
                    self._open.discard(wire)
        finally:
            connection.close()

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self._station.certificate_sha256:  # believed by its digest alone, which is checked before a word is sent
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def _check(self, wire: socket.socket) -> None:
        pinned = self._station.certificate_sha256
        if not pinned:
            return
        import hashlib

        shown = wire.getpeercert(binary_form=True) if isinstance(wire, ssl.SSLSocket) else None
        if shown is None or hashlib.sha256(shown).hexdigest() != pinned.replace(":", "").lower():
            raise WrongCertificate


def _answer(status: int, wait: str, body: bytes) -> Answer:
    if 200 <= status < 300:
        return Done(body)
    if status < 400:
        return NoAnswer()
    try:
        problem = msgspec.json.decode(body, type=Problem)
    except msgspec.DecodeError:
        return NoAnswer()
    return Refused(problem_code(problem.type), problem.field, int(wait) if wait.isdecimal() else 0)
