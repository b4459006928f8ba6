"""The line between one terminal and central: slow, down, cut off in the middle of an answer, or caught by a portal."""

import random
from typing import TYPE_CHECKING

from kiosk.sync.client import Route, Signer
from kiosk.sync.ports import Call, NoReply, Reply
from tests.simulation.headquarters import Headquarters
from tests.simulation.strands import World

if TYPE_CHECKING:
    from collections.abc import Callable

PORTAL = (
    Reply(200, {"content-type": "text/html"}, b"<html>Welcome to the hotel</html>"),
    Reply(302, {"content-type": "text/html", "location": "http://portal.example/"}, b""),
    Reply(511, {"content-type": "text/html"}, b"<html>Log in</html>"),
    Reply(200, {"content-type": "application/json"}, b'{"status":"ok"}'),
    Reply(200, {"content-type": "application/json"}, b'{"acknowledged":9007199254740991,"epoch":1,"digest":"","quar'),
    Reply(204, {}, b""),
)


class Line:
    """What one terminal has to central. Each fault lasts until it is taken back."""

    def __init__(self, world: World, headquarters: Headquarters, draw: random.Random, slow_ms: float) -> None:
        self.world, self.headquarters, self.draw = world, headquarters, draw
        self.slow_ms = slow_ms
        self.down = False
        self.portal = False
        self.cuts = 0.0
        self.twice = 0.0
        self.seen: Callable[[str], None] = lambda _what: None

    def exchange(self, signer: Signer) -> "SimulatedExchange":
        return SimulatedExchange(self, signer)


class SimulatedExchange:
    """Stands in for HttpExchange. One call at a time, and it takes its time."""

    def __init__(self, line: Line, signer: Signer) -> None:
        self._line = line
        self._signer = signer
        self._closed = False

    def call(self, call: Call, created_s: int) -> Reply | NoReply:
        line, draw = self._line, self._line.draw
        line.world.sleep(draw.uniform(0.2, 1.0) * line.slow_ms)
        if line.down or line.headquarters.down:
            line.world.sleep(draw.choice((1.0, 5_000.0, 20_000.0)))
            return NoReply("unreachable", "no way there")
        if line.portal:
            return draw.choice(PORTAL)
        reply = line.headquarters.answer(self._signer.key_id, call, created_s)
        if draw.random() < line.twice:
            line.seen("sent twice by the way")
            reply = line.headquarters.answer(self._signer.key_id, call, created_s)
        line.world.sleep(draw.uniform(0.1, 0.5) * line.slow_ms)
        if self._closed:
            return NoReply("unreachable", "closed")
        if draw.random() < line.cuts:
            line.seen("answer cut")
            if draw.random() < 0.5:
                return NoReply("unusable", "the answer was cut off")
            return Reply(reply.status, reply.headers, reply.body[: draw.randrange(len(reply.body) + 1)])
        return reply

    def close(self) -> None:
        self._closed = True


def by_key(lines: dict[str, Line]) -> "Callable[[Route, Signer | None], SimulatedExchange]":
    """What is put in the place of HttpExchange: the line of whoever signs."""

    def open_line(_route: Route, signer: Signer | None) -> SimulatedExchange:
        assert signer is not None, "a terminal in service signs"
        return lines[signer.key_id].exchange(signer)

    return open_line
