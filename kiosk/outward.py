"""A unit's ways out: to central, to the mirrors, and to the phones that central hears of. Opened once, after the past
of the journal is known; a unit that has none, for it is not enrolled, goes on recording.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from kiosk.core.events import AskedForPhone
from kiosk.delivery import (
    Delivery,
    DeliveryImpossible,
    Listener,
    link_signer,
    open_exchange,
    pace_of,
    witness_of,
)
from kiosk.device.clock import Clock
from kiosk.device.identity import IdentityBroken, read_identity
from kiosk.device.paths import Home
from kiosk.device.secrets import VaultError
from kiosk.device.settings import Settings
from kiosk.mirrors import Mirrors
from kiosk.phone import Phones
from kiosk.phone_closures import PhoneParts
from kiosk.safekeeping import Safekeeping
from kiosk.sync.ports import Call, Exchange, LiveState, NoReply, Reply
from kiosk.terminal import Loop, Terminal

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OutwardParts:
    """What goes out, and whom to tell of what comes in: `progressed` on the loop, the others on the lanes' threads."""

    loop: Loop
    home: Home
    settings: Settings
    clock: Clock
    keeping: Safekeeping
    terminal: Terminal
    live: Callable[[], LiveState]
    progressed: Callable[[], None]
    profile_arrived: Callable[[bytes], None]
    trouble: Callable[[str, str | None], None]


class Heard:
    """A way to central that tells each time it was answered."""

    def __init__(self, exchange: Exchange, told: Callable[[], None]) -> None:
        self._exchange, self._told = exchange, told
        self.close = exchange.close

    def call(self, call: Call, created_s: int) -> Reply | NoReply:
        """See `kiosk.sync.ports.Exchange`."""
        reply = self._exchange.call(call, created_s)
        if isinstance(reply, Reply) and (
            reply.status == 304 or reply.headers.get("content-type", "").startswith("application/json")
        ):  # a portal in between answers with a page
            self._told()
        return reply


class Outward:
    """On the loop's thread, but for `ask`."""

    def __init__(self, parts: OutwardParts) -> None:
        self._p = parts
        self.delivery: Delivery | None = None
        self._mirrors: Mirrors | None = None
        self._phones: Phones | None = None
        self.device_id = ""
        self.heard_wall_ms: int | None = None

    def _heard(self) -> None:
        """On the sync lane's thread: central has answered."""
        self.heard_wall_ms = self._p.clock.wall_ms()

    def open(self, asked: Sequence[AskedForPhone]) -> None:
        """Begin; why not is said in the log. `asked`: the visits of earlier runs that had a link for phones."""
        p = self._p
        try:
            identity = read_identity(p.home)
        except IdentityBroken as fault:
            log.error("this terminal cannot tell who it is: %s", fault)
            return
        if identity is None or p.keeping.vault is None:
            return
        self.device_id = identity.device_id
        try:
            exchange = Heard(open_exchange(p.settings, identity, p.keeping.vault), self._heard)
            sign = link_signer(p.keeping.vault)
            witness = p.keeping.witness = witness_of(identity)
        except (DeliveryImpossible, VaultError) as fault:
            log.error("nothing can be brought to central: %s", fault)
            return
        listener = Listener(
            progressed=lambda: p.loop.post(p.progressed),
            profile_arrived=p.profile_arrived,
            trouble=p.trouble,
            begin_anew=p.keeping.must_begin_anew,
        )
        lane = p.keeping.lane
        self.delivery = Delivery(exchange, lane, p.clock, pace_of(p.settings, identity), p.live, listener, witness)
        self.delivery.start()
        self._mirrors = Mirrors(p.home, p.settings, p.keeping.vault, lane, p.clock, p.live, p.trouble)
        self._mirrors.start()
        terminal = p.terminal
        parts = PhoneParts(
            p.loop, p.clock, self.delivery.ask, terminal.view, terminal.submit, terminal.set_phone_link,
            terminal.set_phone_offered, sign, identity.device_id,
        )  # fmt: skip
        self._phones = Phones(parts, asked)
        terminal.watch(self._phones.see)

    def nudge(self) -> None:
        """Something was appended."""
        if self.delivery is not None:
            self.delivery.nudge()
        if self._mirrors is not None:
            self._mirrors.nudge()

    def report(self) -> None:
        """The terminal's state changed: central is to hear of it soon."""
        if self.delivery is not None:
            self.delivery.report()

    def ask(self, call: Call) -> "Future[Reply | NoReply]":
        """A question to central; answered at once where there is no way to it."""
        if self.delivery is not None:
            return self.delivery.ask(call)
        nobody: Future[Reply | NoReply] = Future()
        nobody.set_result(NoReply("unreachable", "this terminal has no way to central"))
        return nobody

    def close(self) -> None:
        """End all; what is under way is cut off, which harms nothing."""
        for each in (self._phones, self.delivery, self._mirrors):
            if each is not None:
                each.close()
