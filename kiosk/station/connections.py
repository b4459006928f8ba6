"""One connection to the station, as uvicorn serves it, with bounds of our own: how many there are, how long each may
dawdle, and problem details even for what is not HTTP.

uvicorn's `limit_concurrency` counts connections but closes none: a thousand silent sockets would take all the
process's file descriptors, the journal's among them. Here the one that has been silent longest makes room.
"""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from kiosk.protocol.problem import MEDIA_TYPE
from kiosk.station.limits import Limits
from kiosk.station.refusals import Refusal


class Connection(H11Protocol):
    """A connection that must ask something within `limits.silence_s`, again and again, or be closed."""

    def __init__(self, *arguments: Any, limits: Limits, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._limits = limits
        self._timer: asyncio.TimerHandle | None = None
        self._made_at = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, and make room for it."""
        super().connection_made(transport)
        self._made_at = self.loop.time()
        self._timer = self.loop.call_later(self._limits.silence_s, self._look, None)
        if len(self.connections) > self._limits.connections:
            silent = [c for c in self.connections if isinstance(c, Connection) and c.silent]  # this one at least
            min(silent, key=lambda connection: connection._made_at).transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side, or we, closed it."""
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    @property
    def silent(self) -> bool:
        """Open, and no request is being answered."""
        cycle: RequestResponseCycle | None = self.cycle
        return not self.transport.is_closing() and (cycle is None or cycle.response_complete)

    @property
    def spare(self) -> bool:
        """Nothing is being answered, or it is being closed: it may make room for another."""
        return self.transport.is_closing() or self.silent

    @property
    def made_at(self) -> float:
        """When it was made, in the loop's time."""
        return self._made_at

    @property
    def address(self) -> str:
        """From where it comes."""
        return self.client[0] if self.client else ""

    def _look(self, last: RequestResponseCycle | None) -> None:
        if self.transport.is_closing():
            return
        if self.silent and self.cycle is last:
            self.transport.abort()
            return
        self._timer = self.loop.call_later(self._limits.silence_s, self._look, self.cycle)

    def send_400_response(self, msg: str) -> None:
        """What came was not HTTP: say so as everywhere else, without quoting it."""
        body = Refusal("malformed").body
        headers = [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            for event in (h11.Response(status_code=400, headers=headers), h11.Data(data=body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
