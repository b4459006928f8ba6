"""One call of a station, over loopback or, with the certificate pinned, over the hall's network.

Nothing is sent before the other side is known to be the one that is meant: the token would be given away.
"""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from kiosk.protocol.address import is_loopback
from kiosk.protocol.pinning import PinnedConnection, WrongCertificate, lan_address_of

PATIENCE_S = 10.0
"""Longer than the station waits for its terminal, so that it is the station that answers."""
SILENCE_S = 40.0
"""An event stream shows every 15 s that it lives."""
ANSWER_LIMIT = 4 * 1024 * 1024


class Misused(Exception):
    """What was asked for cannot be done so; the message says why."""


class Away(Exception):
    """The terminal does not answer; the message says how that shows."""


class Stranger(Exception):
    """Another certificate than the pinned one: nothing was said to it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the station said: `body` as JSON, `wait_s` what it asks to wait before another try, else 0."""

    status: int
    body: Any
    wait_s: int = 0

    @property
    def code(self) -> str:
        """The code of a refusal; empty where it did what was asked."""
        if self.status < 400:
            return ""
        told = self.body.get("type") if isinstance(self.body, dict) else None
        return told.removeprefix("urn:kiosk:problem:") if isinstance(told, str) else "internal"


@dataclass(frozen=True, slots=True)
class Station:
    """Where a station is and how it is spoken to. `certificate`: its fingerprint, for https."""

    url: str
    token: str
    certificate: str = ""

    def call(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Make one call of `/v1`.

        Raises Away, Stranger, Misused.
        """
        line = self._open(PATIENCE_S)
        try:
            with _away():
                response = self._ask(line, method, path, body, headers or {})
                text = response.read(ANSWER_LIMIT)
            return _answer(response, text)
        finally:
            line.close()

    def follow(self) -> Iterator[Any]:
        """The state now and each change of it, until the line is lost or the station refuses: its Answer comes last.

        Raises Away, Stranger, Misused.
        """
        line = self._open(SILENCE_S)
        try:
            with _away():
                response = self._ask(line, "GET", "/events", None, {"Accept": "text/event-stream"})
                if response.status != 200:
                    yield _answer(response, response.read(ANSWER_LIMIT))
                    return
                while block := response.readline(ANSWER_LIMIT):
                    if block.startswith(b"data: "):
                        yield json.loads(block[6:])
        finally:
            line.close()

    def _ask(
        self, line: http.client.HTTPConnection, method: str, path: str, body: Any, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        told = {"Authorization": f"Bearer {self.token}", **headers}
        content = None
        if body is not None:
            content = json.dumps(body).encode()
            told["Content-Type"] = "application/json"
        line.request(method, "/v1" + path, content, told)
        return line.getresponse()

    def _open(self, timeout_s: float) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        try:
            host, port = parts.hostname, parts.port
        except ValueError:
            host = port = None
        if parts.scheme not in ("http", "https") or not host or parts.path.rstrip("/") not in ("", "/v1"):
            raise Misused(f"{self.url} is no address such as http://127.0.0.1:7801")
        if parts.scheme == "https":
            return self._open_tls(timeout_s)
        if not is_loopback(self.url):
            raise Misused(f"{self.url}: over the network only https, with --certificate-sha256")
        line = http.client.HTTPConnection(host, port or 80, timeout=timeout_s)
        with _away():
            line.connect()
        return line

    def _open_tls(self, timeout_s: float) -> http.client.HTTPConnection:
        try:
            host, port = lan_address_of(self.url)
            line = PinnedConnection(host, port, self.certificate, timeout=timeout_s)
        except ValueError as fault:
            raise Misused(f"{fault}; https needs --certificate-sha256") from fault
        try:
            with _away(WrongCertificate):
                line.connect()
        except WrongCertificate as fault:
            raise Stranger(fault.found) from fault
        return line


@contextmanager
def _away(*but: type[Exception]) -> Iterator[None]:
    """Whatever shows that nobody is there becomes Away; `but`: what is let through."""
    try:
        yield
    except but:
        raise
    except (OSError, http.client.HTTPException, ValueError) as fault:
        raise Away(str(fault) or type(fault).__name__) from fault


def _answer(response: http.client.HTTPResponse, text: bytes) -> Answer:
    wait = response.getheader("Retry-After") or ""
    try:
        body = json.loads(text)
    except ValueError:
        raise Away(f"status {response.status}, and no answer of a station") from None
    return Answer(response.status, body, int(wait) if wait.isdigit() else 0)
