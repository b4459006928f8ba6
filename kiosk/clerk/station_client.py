"""The console's line to the station: calls, and the event stream, which comes back by itself whenever it was lost.

Everything is asynchronous on the GUI thread's loop; there is no thread here and no waiting. The token goes into the
header and nowhere else; a redirect is not followed, so that it never goes to anyone else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote

import msgspec
from PySide6.QtCore import QByteArray, QObject, QTimer, QUrl
from PySide6.QtNetwork import QNetworkAccessManager, QNetworkProxy, QNetworkReply, QNetworkRequest

from kiosk.clerk.event_stream import Rest, StreamBroken, feed
from kiosk.clerk.model import Link
from kiosk.protocol.problem import Problem, problem_code
from kiosk.protocol.station import StationState

CALL_PATIENCE_MS = 8_000
"""Longer than the station waits for its terminal, so that it is the station that answers."""
SILENCE_MS = 40_000
"""The stream shows every 15 s that it lives."""
RETRY_MS = (250, 500, 1_000, 2_000, 4_000)


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


class StationClient(QObject):
    """One station, `url` with or without `/v1`. `on_state` and `on_link` are called on the GUI thread."""

    def __init__(
        self,
        url: str,
        token: str,
        on_state: Callable[[StationState], None],
        on_link: Callable[[Link], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._base = url.rstrip("/").removesuffix("/v1") + "/v1"
        self._token = token
        self._on_state, self._on_link = on_state, on_link
        self._network = QNetworkAccessManager(self)
        self._network.setProxy(QNetworkProxy(QNetworkProxy.ProxyType.NoProxy))
        self._network.setRedirectPolicy(QNetworkRequest.RedirectPolicy.ManualRedirectPolicy)
        self._stream: QNetworkReply | None = None
        self._rest = Rest()
        self._failures = 0
        self._closed = False
        self._retry = self._timer(self.follow)
        self._silence = self._timer(self._give_up)

    def call(self, method: str, path: str, body: Any, answered: Callable[[Answer], None]) -> None:
        """Call `/v1/<path>`; `answered` is called once, unless the console is closed before."""
        request = self._request(path)
        request.setTransferTimeout(CALL_PATIENCE_MS)
        content = b"" if body is None else msgspec.json.encode(body)
        if content:
            request.setHeader(QNetworkRequest.KnownHeaders.ContentTypeHeader, "application/json")
        reply = self._network.sendCustomRequest(request, method.encode(), QByteArray(content))
        reply.finished.connect(partial(self._finished, reply, answered))

    def follow(self) -> None:
        """Listen to the event stream from now on, and again after every loss."""
        if self._closed or self._stream is not None:
            return
        self._rest = Rest()
        request = self._request("events")
        request.setRawHeader(b"Accept", b"text/event-stream")
        self._stream = self._network.get(request)
        self._stream.readyRead.connect(self._heard)
        self._stream.finished.connect(self._ended)
        self._silence.start(SILENCE_MS)

    def close(self) -> None:
        """End everything; no callback is called any more."""
        self._closed = True
        self._retry.stop()
        self._silence.stop()
        for reply in self.findChildren(QNetworkReply):
            reply.abort()

    def _heard(self) -> None:
        if self._stream is None or self._closed:
            return
        piece = _bytes(self._stream)
        if _status(self._stream) != 200:
            return
        self._silence.start(SILENCE_MS)
        try:
            self._rest, events = feed(self._rest, piece)
            states = [msgspec.json.decode(event, type=StationState) for event in events]
        except (StreamBroken, msgspec.DecodeError):
            self._give_up()
            return
        for state in states:
            self._failures = 0
            self._on_state(state)

    def _give_up(self) -> None:
        if self._stream is not None:
            self._stream.abort()

    def _ended(self) -> None:
        stream, self._stream = self._stream, None
        if stream is None:
            return
        refused = _status(stream) in (401, 403)
        stream.deleteLater()
        self._silence.stop()
        if self._closed:
            return
        self._on_link(Link.REFUSED if refused else Link.AWAY)
        self._retry.start(RETRY_MS[min(self._failures, len(RETRY_MS) - 1)])
        self._failures += 1

    def _finished(self, reply: QNetworkReply, answered: Callable[[Answer], None]) -> None:
        answer = _answer(reply)
        reply.deleteLater()
        if not self._closed:
            answered(answer)

    def _request(self, path: str) -> QNetworkRequest:
        request = QNetworkRequest(QUrl(f"{self._base}/{quote(path)}"))
        request.setRawHeader(b"Authorization", b"Bearer " + self._token.encode())
        request.setAttribute(QNetworkRequest.Attribute.Http2AllowedAttribute, False)
        request.setAttribute(
            QNetworkRequest.Attribute.CacheLoadControlAttribute, QNetworkRequest.CacheLoadControl.AlwaysNetwork
        )
        return request

    def _timer(self, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(call)
        return timer


def _answer(reply: QNetworkReply) -> Answer:
    status, body = _status(reply), _bytes(reply)
    if 200 <= status < 300 and reply.error() == QNetworkReply.NetworkError.NoError:
        return Done(body)
    if status >= 400:
        try:
            problem = msgspec.json.decode(body, type=Problem)
        except msgspec.DecodeError:
            return NoAnswer()
        wait = reply.rawHeader("Retry-After").toStdString() if reply.hasRawHeader("Retry-After") else ""
        return Refused(problem_code(problem.type), problem.field, int(wait) if wait.isdigit() else 0)
    return NoAnswer()


def _status(reply: QNetworkReply) -> int:
    """The HTTP status; 0 as long as there is none."""
    status = reply.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute)
    return status if isinstance(status, int) else 0


def _bytes(reply: QNetworkReply) -> bytes:
    return bytes(reply.readAll().data())
