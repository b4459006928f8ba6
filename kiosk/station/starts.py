"""Starts that may be asked for again under the same `Idempotency-Key`: one visit, whatever was lost on the way.

The id of such a visit is made of the key, keyed by the station's secret: its first half of the key and the day, its
second of what was asked as well. So the journal itself remembers: a start that is asked for again, after a restart
too, is found there by its first half, and another body under the same key shows in the second. Nothing is kept on the
disk for it; what is kept in memory is bounded, and lets a repetition wait for a start that is still under way.
"""

import asyncio
import hashlib
import hmac
import logging
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from kiosk.core.view import Accepted, Refused
from kiosk.station.ports import Ports
from kiosk.station.refusals import Refusal

FIELD = "Idempotency-Key"
REMEMBERED = 256
DAY_MS = 24 * 3_600_000
KEY_PATTERN = r"[\x21-\x7e]{1,128}"
_KEY = re.compile(KEY_PATTERN)
_DIGITS = 16
"""Hex digits of each half."""
_log = logging.getLogger(__name__)

HandIn = Callable[[str], "Future[Accepted | Refused]"]
"""Hands the start in under this visit id; raises Refusal where it cannot be."""
Settled = Callable[["Future[Accepted | Refused]"], Awaitable[Accepted | Refused]]
"""Waits for the terminal's answer; raises Refusal `unconfirmed` when it does not come in time."""


@dataclass(slots=True)
class _Start:
    """One key. `answer`: of the terminal, None until it was asked."""

    body: bytes
    at_ms: int
    visit_id: str = ""
    answer: "Future[Accepted | Refused] | None" = None
    alone: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def forgettable(self) -> bool:
        return not self.alone.locked() and (self.answer is None or self.answer.done())


def idempotency_key(given: Sequence[str]) -> str | None:
    """The key that a request names, None if it names none.

    Raises Refusal `invalid`.
    """
    if not given:
        return None
    if len(given) > 1 or _KEY.fullmatch(given[0]) is None:
        raise Refusal("invalid", detail="Expected one key of 1 to 128 visible ASCII characters", field=FIELD)
    return given[0]


class Starts:
    """The keys of the last day. Belongs to the station's loop. `running`: whether this is the visit that runs."""

    def __init__(
        self, secret: str, ports: Ports, settled: Settled, running: Callable[[str], bool], patience_s: float
    ) -> None:
        self._secret = secret.encode()
        self._ports = ports
        self._patience_s = patience_s
        self._settled = settled
        self._running = running
        self._known: OrderedDict[str, _Start] = OrderedDict()

    async def once(self, key: str, body: bytes, hand_in: HandIn) -> str:
        """The id of the one visit that was started under this key.

        Raises Refusal: `key_reused` where it was with another body, `visit_ended` where it ended in an earlier life of
        the terminal, and whatever refused the start, which leaves the key free.
        """
        while True:
            start = self._start(key, body)
            async with start.alone:
                if self._known.get(key) is start:  # else it was refused while this one waited
                    return await self._once(key, start, hand_in)

    def _start(self, key: str, body: bytes) -> _Start:
        now = self._ports.clock.mono_ms()
        start = self._known.get(key)
        if start is not None and start.forgettable and now - start.at_ms > DAY_MS:
            start = None
        if start is None:
            start = self._known[key] = _Start(body, now)
            self._known.move_to_end(key)
            self._forget_one()
        if start.body != body:
            raise Refusal("key_reused", field=FIELD)
        return start

    def _forget_one(self) -> None:
        if len(self._known) > REMEMBERED:
            oldest = next((key for key, start in self._known.items() if start.forgettable), None)
            if oldest is not None:
                del self._known[oldest]

    async def _once(self, key: str, start: _Start, hand_in: HandIn) -> str:
        try:
            if start.answer is None and (earlier := await self._earlier(key, start)) is not None:
                return earlier
            if start.answer is None:
                start.visit_id = self._id(key, start.body, self._today())
                start.answer = hand_in(start.visit_id)
            answer = await self._settled(start.answer)
            if isinstance(answer, Refused):
                raise Refusal(answer.code, retry_after_s=1 if answer.code == "busy" else None)
        except Refusal as refusal:
            if refusal.code != "unconfirmed":
                self._known.pop(key, None)
            elif start.answer is not None:
                if start.answer.done():
                    start.answer = None  # it will never tell; the journal may, next time
                detail = f"Visit {start.visit_id} may have been started; ask again with the same key."
                raise Refusal("unconfirmed", detail=detail) from None
            raise
        return start.visit_id

    async def _earlier(self, key: str, start: _Start) -> str | None:
        """The visit that the journal holds under this key."""
        for day in range(self._today() - 1, self._today() + 2):  # the clock may have been set back meanwhile
            found = await self._asked(self._half(key, day))
            if found is None:
                continue
            if found != self._id(key, start.body, day):
                raise Refusal("key_reused", field=FIELD)
            if not self._running(found):
                raise Refusal("visit_ended", detail=f"Visit {found} was started under this key, and has ended.")
            return found
        return None

    async def _asked(self, prefix: str) -> str | None:
        try:
            return await asyncio.wait_for(asyncio.wrap_future(self._ports.visit_named(prefix)), self._patience_s)
        except TimeoutError:
            raise Refusal("unconfirmed", detail="Nothing was started; ask again with the same key.") from None
        except Exception as fault:
            _log.warning("the journal could not be asked for an earlier start: %s", fault)
            raise Refusal("out_of_order") from None

    def _today(self) -> int:
        return self._ports.clock.wall_ms() // DAY_MS

    def _half(self, key: str, day: int) -> str:
        return self._digest(b"%d\n%s" % (day, key.encode()))

    def _id(self, key: str, body: bytes, day: int) -> str:
        return self._half(key, day) + self._digest(b"%d\n%s\n%s" % (day, key.encode(), body))

    def _digest(self, text: bytes) -> str:
        return hmac.new(self._secret, b"kiosk-start-1\n" + text, hashlib.sha256).hexdigest()[:_DIGITS]
