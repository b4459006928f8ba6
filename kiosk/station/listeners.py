"""Who follows `GET /v1/events`: each new state goes to all of them, and none of them can hold the others up.

Lives on the station's own loop. What crosses from the terminal's thread is the newest view and nothing older.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import msgspec

from kiosk.core.view import TerminalPort, View
from kiosk.protocol.station import StationState
from kiosk.station.limits import Limits
from kiosk.station.refusals import Refusal
from kiosk.station.state import changed, station_state

QUEUE_LIMIT = 16
_END = b""


class Newest:
    """Hands the newest view from the terminal's loop over to this one; the giver never waits."""

    def __init__(self, loop: asyncio.AbstractEventLoop, take: Callable[[View], None]) -> None:
        self._loop = loop
        self._take = take
        self._view: View | None = None
        self._under_way = False

    def give(self, view: View) -> None:
        """Called on the terminal's loop. A view not yet taken is replaced."""
        self._view = view
        if self._under_way:
            return
        self._under_way = True
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._arrive)

    def _arrive(self) -> None:
        self._under_way = False  # before the look: a view given from here on sends its own word
        view, self._view = self._view, None
        if view is not None:
            self._take(view)


class Listeners:
    """The open event streams. `id:` counts the states published since the station began."""

    def __init__(self, terminal: TerminalPort, mono_ms: Callable[[], int], limits: Limits) -> None:
        self._terminal = terminal
        self._mono_ms = mono_ms
        self._limits = limits
        self._state = station_state(terminal.view(), mono_ms())
        self._count = 1
        self._queues: set[asyncio.Queue[bytes]] = set()
        self._closed = False

    def publish(self, view: View) -> None:
        """Tell everyone, if there is something new to tell."""
        state = station_state(view, self._mono_ms())
        if not changed(self._state, state):
            return
        self._state = state
        self._count += 1
        for queue in self._queues:
            _put(queue, event(self._count, state))

    def follow(self) -> AsyncIterator[bytes]:
        """A stream of server-sent events: the state as it is now, each later one, and comments where nothing happens.

        Raises Refusal `too_many_listeners`.
        """
        if self._closed or len(self._queues) >= self._limits.listeners:
            raise Refusal("too_many_listeners", retry_after_s=5)
        self.publish(self._terminal.view())
        queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE_LIMIT)
        queue.put_nowait(event(self._count, self._state))
        self._queues.add(queue)
        return self._stream(queue)

    async def _stream(self, queue: asyncio.Queue[bytes]) -> AsyncIterator[bytes]:
        try:
            while True:
                try:
                    block = await asyncio.wait_for(queue.get(), self._limits.heartbeat_s)
                except TimeoutError:
                    self.publish(self._terminal.view())
                    yield b": still here\n\n"
                    continue
                if block == _END:
                    return
                yield block
        finally:
            self._queues.discard(queue)

    def close(self) -> None:
        """End all streams."""
        self._closed = True
        for queue in self._queues:
            _put(queue, _END)


def event(count: int, state: StationState) -> bytes:
    """One server-sent event."""
    return b"id: %d\ndata: %s\n\n" % (count, msgspec.json.encode(state))


def _put(queue: asyncio.Queue[bytes], block: bytes) -> None:
    """A listener that does not keep up loses the oldest states, never the newest."""
    while queue.full():
        queue.get_nowait()
    queue.put_nowait(block)
