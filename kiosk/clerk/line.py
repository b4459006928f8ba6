"""The console's wire to the station: calls and the event stream, blocking, without Qt.

Every call has a connection of its own. The token goes into the header and nowhere else; a redirect is not followed, and
over the hall's network nothing at all is sent before the terminal has shown the certificate it was paired with.
"""

import http.client
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

import msgspec

from kiosk.clerk.event_stream import Rest, feed
from kiosk.protocol.pinning import DEFAULT_LAN_PORT, PinnedConnection, WrongCertificate, read_fingerprint
from kiosk.protocol.problem import Problem, problem_code
from kiosk.protocol.station import DEFAULT_PORT

CALL_PATIENCE_S = 12.0
"""Longer than the station waits for its terminal or for central, so that it is the station that answers."""
CONNECT_PATIENCE_S = 4.0
SILENCE_S = 40.0
"""The stream shows every 15 s that it lives."""
_BROKEN = (OSError, http.client.HTTPException, ValueError)


@dataclass(frozen=True, slots=True)
class Station:
    """Where the station is: `url` with or without `/v1`; the token, or the key of a paired console; and, over TLS, the
    SHA-256 (hex) of the one certificate that is believed."""

    url: str
    token: str = field(repr=False)
    certificate_sha256: str = ""

    def check(self) -> None:
        """Raises ValueError where no station can be at such an address."""
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
            raise ValueError(f"{self.url!r} is no address of a station such as http://127.0.0.1:{DEFAULT_PORT}")
        if self.certificate_sha256:
            read_fingerprint(self.certificate_sha256)
            if parts.scheme != "https":
                raise ValueError(f"{self.url!r} shows no certificate; over the hall's network it begins with https")


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
        self._host, self._port = (
            parts.hostname or "127.0.0.1",
            parts.port or (DEFAULT_LAN_PORT if self._tls else DEFAULT_PORT),
        )
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
        except _BROKEN:
            return NoAnswer()

    def follow(self, heard: Callable[[bytes], None]) -> int:
        """Listen to the event stream until it ends; each event's data is told. Gives the HTTP status, 0 for none.

        Raises WrongCertificate.
        """
        status = 0
        try:
            with self._connection(SILENCE_S) as connection:
                asked = {**self._headers(), "Accept": "text/event-stream"}
                connection.request("GET", f"{self._root}events", headers=asked)
                response = connection.getresponse()
                status, rest = response.status, Rest()
                while status == 200 and (piece := response.read1(65_536)):
                    rest, events = feed(rest, piece)
                    for event in events:
                        heard(event)
        except WrongCertificate:
            raise
        except _BROKEN:  # StreamBroken is a ValueError
            pass
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
        connection = self._unopened()
        with self._lock:
            if self._cut:
                raise OSError("the line is cut")
        try:
            connection.connect()
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

    def _unopened(self) -> http.client.HTTPConnection:
        pinned = self._station.certificate_sha256
        if pinned and not self._tls:
            raise WrongCertificate(pinned, "")  # none is shown without TLS
        if pinned:
            return PinnedConnection(self._host, self._port, pinned, timeout=CONNECT_PATIENCE_S)
        if self._tls:
            return http.client.HTTPSConnection(self._host, self._port, timeout=CONNECT_PATIENCE_S)
        return http.client.HTTPConnection(self._host, self._port, timeout=CONNECT_PATIENCE_S)


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
