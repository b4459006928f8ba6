"""One unit, put together: the terminal, its journal lane, its station, its delivery to central.

The composition root. Everything that needs a heavy library starts here on a thread of its own, after the screen has
drawn its first frame.
"""

import logging
import random
import secrets
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from kiosk import __version__
from kiosk.core import events as e
from kiosk.core.entry import Head, Kind
from kiosk.core.hours import is_open
from kiosk.core.options import OptionList, load_options
from kiosk.core.receipt import normalise
from kiosk.core.view import Earlier, Scene
from kiosk.custody import JOURNAL_KEY, open_journal
from kiosk.delivery import (
    Delivery,
    DeliveryImpossible,
    Listener,
    earlier_of,
    live_state,
    open_exchange,
    pace_of,
    witness_of,
)
from kiosk.device.clock import Clock
from kiosk.device.files import read_file, write_file
from kiosk.device.identity import Identity, IdentityBroken, read_identity, station_token
from kiosk.device.paths import Home
from kiosk.device.secrets import VaultError
from kiosk.device.settings import Settings
from kiosk.journal.chain import ChainReport
from kiosk.journal.store import JournalStatus, Past
from kiosk.mirrors import Mirrors
from kiosk.night import Night, NightParts
from kiosk.night_book import NightFile
from kiosk.pins import Pins
from kiosk.protocol.profile import Profile, ProfileRefused, read_profile
from kiosk.protocol.staging import scene_of, terms_of
from kiosk.safekeeping import Alarmed, Safekeeping
from kiosk.station.server import Station
from kiosk.sync.ports import Call, LiveState, NoReply, Reply
from kiosk.terminal import Loop, Terminal, Unsent
from kiosk.troubles import TroubleFile

__all__ = ["JOURNAL_KEY", "Makings", "Unit", "boot", "new_id", "open_journal", "stored_profile"]

log = logging.getLogger(__name__)

PROFILE_LIMIT = 16 * 1024 * 1024
REFUSAL_LIMIT = 500
_HOURS_EVERY_MS = 15_000
_CLOSE_S = 5.0
_ASKING_MS = 20_000
_DAY_MS = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Makings:
    """What a unit is made of. `station_port` 0: no station; `seen`: what stands on its screen before whoever comes
    first, None without a screen."""

    home: Home
    settings: Settings
    assets: Path
    station_port: int
    clock: Clock
    seen: e.Seen | None = None


def new_id() -> str:
    """32 random hex digits."""
    return secrets.token_hex(16)


def stored_profile(home: Home) -> Profile | None:
    """The last good profile; None if there never was one, or if its file was spoilt (said in the log)."""
    try:
        return read_profile(read_file(home.profile, PROFILE_LIMIT))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as fault:
        log.warning("the stored profile cannot be used: %s", fault)
        return None


class Unit:
    """A running unit. Made and closed on the loop's thread; `submit`, `view` and `watch` as of any terminal."""

    def __init__(self, loop: Loop, makings: Makings) -> None:
        self._loop = loop
        self._makings = makings
        self._options: OptionList = load_options((makings.assets / "national-options.json").read_bytes())
        self._profile = stored_profile(makings.home)
        self._refused_profile = ""
        alarmed = Alarmed(self._journal_fails, self._journal_is_well, self._trouble)
        self._keeping = Safekeeping(makings.home, makings.settings.secrets, makings.clock, alarmed)
        self._lane = self._keeping.lane
        self._troubles = TroubleFile(makings.home.troubles)
        self._terminal = Terminal(
            loop=loop,
            clock=makings.clock,
            new_id=new_id,
            record=self._lane.append,
            scene=self._scene(),
            on_recorded=self._recorded,
        )
        self._station: Station | None = None
        self._delivery: Delivery | None = None
        self._mirrors: Mirrors | None = None
        self._closed = False
        self._hall_open = True
        self._stop_hours: Callable[[], None] = lambda: None
        self._night = Night(
            NightParts(
                loop, makings.clock, self._lane,
                NightFile(makings.home.night, self._lane.call), self._ask,
                self._terminal.set_trouble, self._terminal.view,
                self._profile_terms, self._nudge, new_id, random.random, makings.settings.journal.keep_days * _DAY_MS,
                seen=makings.seen,
            )
        )  # fmt: skip
        self.submit = self._terminal.submit
        self.view = self._terminal.view
        self.watch = self._terminal.watch
        self._pins = Pins(lambda: self._profile, lambda: makings.clock.mono_ms() / 1000)
        self.check_pin = self._pins.check
        self.trouble = self._trouble
        self.watch(self._troubles.see)
        self.watch(self._night.see)

    def start(self) -> None:
        """Begin: open the journal, tell the terminal of its past, then serve the window and reach for central."""
        self._terminal.set_scene(self._scene(), terms_of(self._profile, self._options))
        self._troubles.start()
        self._troubles.see(self.view())
        self._lane.start()
        self._lane.past().add_done_callback(lambda future: self._loop.post(lambda: self._past_known(future)))

    def close(self) -> None:
        """End properly: no more calls from the window, the stop on record, the journal closed."""
        self._closed = True
        self._stop_hours()
        self._night.close()
        if self._station is not None:
            self._station.close(_CLOSE_S)
        if self._delivery is not None:
            self._delivery.close()
        if self._mirrors is not None:
            self._mirrors.close()
        self._terminal.take_now(e.BreakOff())
        self._terminal.take_now(e.Stopping())
        self._pins.close()
        if not self._lane.close(_CLOSE_S):
            log.error("the journal lane did not end in time; what was answered is on the disk")
        self._troubles.close(_CLOSE_S)

    # -- the journal -------------------------------------------------------------------------------------------------

    def _journal_fails(self) -> None:
        self.submit(e.Fault("journal"))
        self._loop.post(self._start_station)  # which tells of the fault, should the journal never have opened

    def _journal_is_well(self) -> None:
        self.submit(e.FaultCleared("journal"))

    def _past_known(self, future: "Future[Past]") -> None:
        if self._closed:
            return
        fault = future.exception()
        if fault is not None:
            log.error("the journal cannot be used: %s", fault)
            self.submit(e.Fault("journal"))
            self.submit(e.FaultCleared("starting"))
            self._start_station()
            return
        past = future.result()
        if past.open_visit is not None:
            cause = "terminal_stopped" if past.clean else "unclean_stop"
            self.submit(e.CloseInterrupted(past.open_visit, cause))
        if self._profile is None:
            self.submit(e.Fault("not_enrolled"))
        self._watch_hours()
        self._lane.verify().add_done_callback(_say_verified)  # the night does it too; what does not hold is begun anew
        self.submit(e.Started(__version__, past.clean, past.staff, past.paused, past.paused_until))
        self._start_station()
        self._start_delivery()
        self._night.start()

    def _recorded(self, _head: Head) -> None:
        self._nudge()
        self._count_unsent()

    def _nudge(self) -> None:
        if self._delivery is not None:
            self._delivery.nudge()
        if self._mirrors is not None:
            self._mirrors.nudge()

    def _count_unsent(self) -> None:
        self._lane.status().add_done_callback(lambda future: self._loop.post(lambda: self._counted(future)))

    def _counted(self, future: "Future[JournalStatus]") -> None:
        if future.exception() is None:
            status = future.result()
            self._terminal.set_unsent(Unsent(status.unsent, status.oldest_unsent_wall_ms))

    # -- the window --------------------------------------------------------------------------------------------------

    def _start_station(self) -> None:
        """Once; without a station the terminal goes on."""
        if self._makings.station_port == 0 or self._station is not None or self._closed:
            return
        try:
            token = station_token(self._makings.home)
        except OSError as fault:
            log.error("the station does not serve, for its token can be neither read nor made: %s", fault)
            return
        self._station = Station(
            self._terminal,
            profile=lambda: self._profile,
            token=token,
            port=self._makings.station_port,
            allowed_origins=self._makings.settings.station.allowed_origins,
            new_id=new_id,
            on_failed=lambda words: log.error("the station does not serve: %s", words),
            check_pin=self.check_pin,
        )
        self._station.start()

    def pair(self) -> None:
        """Show a code by which a PC may be paired, where the hall's network is served."""

    def unpair(self) -> None:
        """Show it no longer."""

    def _watch_hours(self) -> None:
        local = time.localtime(self._makings.clock.wall_ms() / 1000)
        hours = self._terminal.view().scene.hours
        hall_open = is_open(hours, local.tm_wday + 1, f"{local.tm_hour:02}:{local.tm_min:02}")
        if hall_open != self._hall_open:
            self._hall_open = hall_open
            self.submit(e.HoursChanged(hall_open))
        self._stop_hours = self._loop.call_later(_HOURS_EVERY_MS, self._watch_hours)

    # -- central -----------------------------------------------------------------------------------------------------

    def _start_delivery(self) -> None:
        try:
            identity: Identity | None = read_identity(self._makings.home)
        except IdentityBroken as fault:
            log.error("this terminal cannot tell who it is: %s", fault)
            return
        if identity is None or self._keeping.vault is None:
            return
        try:
            exchange = open_exchange(self._makings.settings, identity, self._keeping.vault)
            witness = self._keeping.witness = witness_of(identity)
        except (DeliveryImpossible, VaultError) as fault:
            log.error("nothing can be brought to central: %s", fault)
            return
        listener = Listener(
            progressed=lambda: self._loop.post(self._count_unsent),
            profile_arrived=self._keep_profile,
            trouble=self._trouble,
            begin_anew=self._keeping.must_begin_anew,
        )
        makings = self._makings
        self._delivery = Delivery(
            exchange, self._lane, makings.clock, pace_of(makings.settings, identity), self._live, listener, witness
        )
        self._delivery.start()
        self._mirrors = Mirrors(
            makings.home, makings.settings, self._keeping.vault, self._lane, makings.clock, self._live, self._trouble
        )
        self._mirrors.start()

    def _ask(self, call: Call) -> "Future[Reply | NoReply]":
        """A question to central, of the night's."""
        if self._delivery is not None:
            return self._delivery.ask(call)
        nobody: Future[Reply | NoReply] = Future()
        nobody.set_result(NoReply("unreachable", "this terminal has no way to central"))
        return nobody

    def earlier(self, receipt: str) -> "Future[Earlier]":
        """What central says of the rating with this receipt; from any thread, answered in any case: a question that is
        not put within 20 s, for central has told us to hold off, is taken back."""
        answer: Future[Earlier] = Future()
        answer.set_running_or_notify_cancel()

        def answered(done: "Future[Reply | NoReply]") -> None:
            failed = done.cancelled() or done.exception() is not None
            answer.set_result(Earlier("unreachable") if failed else earlier_of(done.result(), receipt))

        if normalise(receipt) == receipt:
            question = self._ask(Call("GET", f"/receipts/{receipt}"))
            question.add_done_callback(answered)
            self._loop.post(lambda: self._give_up_later(question))
        else:
            answer.set_result(Earlier("unknown"))
        return answer

    def _give_up_later(self, question: "Future[Reply | NoReply]") -> None:
        self._loop.call_later(_ASKING_MS, lambda: _take_back(question))

    def _scene(self) -> Scene:
        return scene_of(self._profile, self._options, self._makings.settings.journal.keep_days)

    def _profile_terms(self) -> e.Terms | None:
        return None if self._profile is None else terms_of(self._profile, self._options)

    def _trouble(self, code: str, words: str | None) -> None:
        """From any thread: something for the technician, or over (None)."""
        self._loop.post(lambda: self._terminal.set_trouble(code, words))

    def _live(self) -> LiveState:
        """On the sync lane's thread: reads values only."""
        version = self._profile.version if self._profile else ""
        return live_state(
            self.view(), version, self._refused_profile, self._keeping.vault.kind if self._keeping.vault else ""
        )

    def _keep_profile(self, text: bytes) -> None:
        """On the sync lane's thread, for the screen waits for no disk."""
        try:
            profile = read_profile(text)
            write_file(self._makings.home.profile, text)
        except (ProfileRefused, OSError) as fault:
            log.error("central's profile is refused: %s", fault)
            words = str(fault)[:REFUSAL_LIMIT]
            self._loop.post(lambda: self._refuse_profile(words))
        else:
            self._loop.post(lambda: self._take_profile(profile))

    def _refuse_profile(self, words: str) -> None:
        """The last good one stays, and central is told why."""
        self._refused_profile = words
        if self._delivery is not None:
            self._delivery.report()

    def _take_profile(self, profile: Profile) -> None:
        before = self._profile.version if self._profile else ""
        self._profile, self._refused_profile = profile, ""
        if profile.version != before:
            self._keeping.note(Kind.PROFILE_CHANGED, {"version": profile.version, "before": before})
        self._terminal.set_scene(self._scene(), terms_of(profile, self._options))
        self.submit(e.FaultCleared("not_enrolled"))
        if self._delivery is not None:
            self._delivery.report()


def _take_back(question: "Future[Reply | NoReply]") -> None:
    question.cancel()  # one that is under way ends by its own deadline


def _say_verified(future: "Future[ChainReport]") -> None:
    fault = future.exception()
    if fault is not None:
        log.warning("the chain could not be walked to its end: %s", fault)
    elif (report := future.result()).fault is not None:
        log.error("the chain does not hold at entry %s: %s", report.sequence, report.fault)


def boot(loop: Loop, makings: Makings) -> Unit:
    """Make a unit on this loop and start it."""
    unit = Unit(loop, makings)
    unit.start()
    return unit
