"""The door to the hall's network, before any HTTP: who may shake hands, how many at once, and how long it may take.

Nobody is served but over TLS 1.2 or later. All that waits outside is bounded, in all and for one address, so that
silent or slow strangers cost neither the process its file descriptors nor another address its place.
"""

import asyncio
import contextlib
import logging
import socket
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from kiosk.station.connections import Connection
from kiosk.station.limits import Limits

_AGAIN_S = 0.5
_SHUTDOWN_S = 1.0
_log = logging.getLogger(__name__)


def server_context(pem: Path) -> ssl.SSLContext:
    """For a server whose key and certificate are in this file.

    Raises OSError, ssl.SSLError among them.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(pem)
    return context


@dataclass(eq=False, slots=True)
class _Stranger:
    """Somebody who has not shaken hands yet."""

    address: str
    came_at: float
    task: "asyncio.Task[None] | None" = None
    begun: bool = False


class Reception:
    """Takes in whoever comes to `listening` and hands those who have shaken hands to `make`, whose connections are in
    `served` while they last."""

    def __init__(
        self,
        listening: socket.socket,
        context: ssl.SSLContext,
        make: Callable[[], Connection],
        served: set[Connection],
        limits: Limits,
    ) -> None:
        self._listening, self._context, self._make = listening, context, make
        self._served, self._limits = served, limits
        self._strangers: set[_Stranger] = set()

    async def serve(self) -> None:
        """Until cancelled; then nobody is connected any more."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                try:
                    wire, came_from = await loop.sock_accept(self._listening)
                except OSError:  # whoever came is gone, or there is no descriptor left for the moment
                    await asyncio.sleep(_AGAIN_S)
                    continue
                self._receive(wire, str(came_from[0]), loop.time())
                await asyncio.sleep(0)  # a crowd at the door must not keep everyone else from their turn
        finally:
            tasks = [stranger.task for stranger in self._strangers if stranger.task is not None]
            for task in tasks:
                task.cancel()
            for connection in tuple(self._served):
                connection.transport.abort()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._listening.close()

    def _receive(self, wire: socket.socket, address: str, now: float) -> None:
        here = [each for each in self._strangers if each.address == address]
        served_here = [each for each in self._served if each.address == address]
        room = True
        if len(here) + len(served_here) >= self._limits.per_address:
            room = _make_room(here, served_here)
        elif len(self._strangers) + len(self._served) >= self._limits.connections:
            room = _make_room(self._strangers, self._served)
        if not room:
            wire.close()
            return
        stranger = _Stranger(address, now)
        self._strangers.add(stranger)
        stranger.task = asyncio.get_running_loop().create_task(self._shake_hands(stranger, wire))
        stranger.task.add_done_callback(lambda task: self._known(stranger, wire, task))

    async def _shake_hands(self, stranger: _Stranger, wire: socket.socket) -> None:
        stranger.begun = True
        with contextlib.suppress(OSError):  # no TLS, or none that we speak, or too slow
            await asyncio.get_running_loop().connect_accepted_socket(
                self._make, wire, ssl=self._context, ssl_handshake_timeout=self._limits.handshake_s,
                ssl_shutdown_timeout=_SHUTDOWN_S,
            )  # fmt: skip

    def _known(self, stranger: _Stranger, wire: socket.socket, task: "asyncio.Task[None]") -> None:
        self._strangers.discard(stranger)
        if not stranger.begun:
            wire.close()  # else it is the transport's, and closed by it
        if not task.cancelled() and (fault := task.exception()) is not None:
            _log.error("a handshake failed", exc_info=fault)


def _make_room(strangers: Iterable[_Stranger], served: Iterable[Connection]) -> bool:
    """End the oldest of those to whom nothing is being answered; False if there is none."""
    spare: list[tuple[float, Callable[[], object]]] = [
        (each.came_at, each.task.cancel) for each in strangers if each.task is not None
    ]
    spare += [(each.made_at, each.transport.abort) for each in served if each.spare]
    if not spare:
        return False
    min(spare, key=lambda one: one[0])[1]()
    return True
