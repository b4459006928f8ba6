"""One unit, put together: the terminal, its journal lane, its station, its ways out.

The composition root. Everything that needs a heavy library starts here on a thread of its own, after the screen has
drawn its first frame.
"""

import logging
import random
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from kiosk import __version__
from kiosk.core import events as e
from kiosk.core.entry import Head, Kind
from kiosk.core.options import load_options
from kiosk.custody import JOURNAL_KEY, note, open_journal
from kiosk.delivery import live_state
from kiosk.device.clock import Clock
from kiosk.device.identity import read_identity, station_token
from kiosk.device.paths import Home
from kiosk.device.settings import Settings
from kiosk.enquiries import Enquiries
from kiosk.journal.chain import ChainReport
from kiosk.journal.store import JournalStatus, Past
from kiosk.lan_door import LanDoor, LanParts
from kiosk.night import Night, NightParts
from kiosk.night_book import NightFile
from kiosk.opening import Opening
from kiosk.outward import Outward, OutwardParts
from kiosk.pins import Pins, TriesFile
from kiosk.profile_file import InForce, keep_profile, stored_profile
from kiosk.protocol.profile import Profile
from kiosk.protocol.technicians import Roster
from kiosk.roster import NOBODY, RosterLine, read_roster
from kiosk.safekeeping import Alarmed, Safekeeping
from kiosk.station.ports import Ports
from kiosk.station.server import Station
from kiosk.sync.ports import LiveState
from kiosk.technicians import Technicians
from kiosk.terminal import Loop, Terminal, Unsent
from kiosk.troubles import TroubleFile
from kiosk.updating import Updating, UpdatingParts
from kiosk.workbench import BenchParts, Workbench

__all__ = ["JOURNAL_KEY", "Makings", "Unit", "boot", "new_id", "open_journal", "stored_profile"]

log = logging.getLogger(__name__)

_CLOSE_S = 5.0
_DAY_MS = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Makings:
    """What a unit is made of. `station_port` 0: no station; `seen`: what stands on its screen before whoever comes
    first, None without a screen; `leave`: has the program end as if told to; `fetch_update`: the words of the process
    that looks for another version."""

    home: Home
    settings: Settings
    assets: Path
    station_port: int
    clock: Clock
    seen: e.Seen | None = None
    leave: Callable[[], None] = lambda: None
    fetch_update: Sequence[str] = ()


def new_id() -> str:
    """32 random hex digits."""
    return secrets.token_hex(16)


class Unit:
    """A running unit. Made and closed on the loop's thread; `submit`, `view` and `watch` as of any terminal."""

    def __init__(self, loop: Loop, makings: Makings) -> None:
        self._loop = loop
        self._makings = makings
        options = load_options((makings.assets / "national-options.json").read_bytes())
        self._in_force = InForce(makings.home, options, makings.settings.journal.keep_days)
        alarmed = Alarmed(self._journal_fails, self._journal_is_well, self._trouble)
        self._keeping = Safekeeping(makings.home, makings.settings.secrets, makings.clock, alarmed)
        self._lane = self._keeping.lane
        self._troubles = TroubleFile(makings.home.troubles)
        self._terminal = Terminal(
            loop=loop,
            clock=makings.clock,
            new_id=new_id,
            record=self._lane.append,
            scene=self._in_force.scene(),
            on_recorded=self._recorded,
        )
        self._station: Station | None = None
        self._closed = False
        self._opening = Opening(loop, makings.clock, self._terminal.view, self._terminal.submit)
        self._outward = Outward(
            OutwardParts(
                loop, makings.home, makings.settings, makings.clock, self._keeping, self._terminal, self._live,
                self._count_unsent, self._keep_profile, self._trouble,
            )
        )  # fmt: skip
        enquiries = Enquiries(self._outward.ask, loop)
        self.earlier = enquiries.earlier
        self.figures = enquiries.figures
        self.own_figures = enquiries.own_figures
        self._night = Night(
            NightParts(
                loop, makings.clock, self._lane,
                NightFile(makings.home.night, self._lane.call), self._outward.ask,
                self._terminal.set_trouble, self._terminal.view,
                self._profile_terms, self._outward.nudge, new_id, random.random,
                makings.settings.journal.keep_days * _DAY_MS, seen=makings.seen,
            )
        )  # fmt: skip
        self.submit = self._terminal.submit
        self.view = self._terminal.view
        self.watch = self._terminal.watch
        tries = TriesFile(makings.home.pins, lambda: makings.clock.wall_ms() / 1000)
        self._pins = Pins(lambda: self._in_force.profile, lambda: makings.clock.mono_ms() / 1000, tries)
        self.check_pin = self._pins.check
        self._technicians = Technicians(self._roster, makings.clock, makings.home.codes)
        self._roster_line = RosterLine(
            lambda: self._keeping.vault, lambda: read_identity(makings.home), self._outward.ask, makings.clock.mono_ms
        )
        self.check_code = self._technicians.check
        self.workbench = Workbench(
            BenchParts(
                loop, makings.home, makings.clock, self._lane, self._terminal, self._outward.ask,
                self._profile_terms, self._outward.nudge, new_id,
                lambda: self._outward.heard_wall_ms, lambda: self._outward.device_id,
            )
        )  # fmt: skip
        self.trouble = self._trouble
        self._lan_door = LanDoor(
            LanParts(
                loop, makings.home, makings.settings, makings.clock, self._terminal,
                lambda body: self._lane.append(note(makings.clock, Kind.MAINTENANCE_DONE, body)), self._trouble,
            )
        )  # fmt: skip
        self._updating = Updating(
            UpdatingParts(
                loop,
                makings.home,
                self._lane,
                self.view,
                makings.station_port,
                makings.leave,
                makings.fetch_update,
                lambda: self.workbench.is_testing(),
            )
        )
        self.watch(self._troubles.see)
        self.watch(self._night.see)

    def start(self) -> None:
        """Begin: open the journal, tell the terminal of its past, then serve the window and reach for central."""
        self._terminal.set_scene(self._in_force.scene(), self._in_force.terms())
        self._troubles.start()
        self._troubles.see(self.view())
        self._lane.start()
        self._lane.past().add_done_callback(lambda future: self._loop.post(lambda: self._past_known(future)))

    def close(self) -> None:
        """End properly: no more calls from the window, the stop on record, the journal closed."""
        self._closed = True
        self._opening.close()
        self._updating.close(_CLOSE_S)
        self._night.close()
        self.workbench.close()
        if self._station is not None:
            self._station.close(_CLOSE_S)
        self._lan_door.close()
        self._outward.close()
        self._terminal.take_now(e.BreakOff())
        self._terminal.take_now(e.Stopping())
        self._pins.close()
        self._technicians.close()
        self._roster_line.close()
        if not self._lane.close(_CLOSE_S):
            log.error("the journal lane did not end in time; what was answered is on the disk")
        self._troubles.close(_CLOSE_S)

    def _look_for_roster(self) -> None:
        if self._in_force.profile is not None:
            self._roster_line.look(self._in_force.profile.technicians)

    def _roster(self) -> Roster:
        """On any thread: who may look after this unit."""
        vault = self._keeping.vault
        return NOBODY if vault is None else read_roster(vault)

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
        if self._in_force.profile is None:
            self.submit(e.Fault("not_enrolled"))
        self._opening.look()
        self._lane.verify().add_done_callback(_say_verified)  # the night does it too; what does not hold is begun anew
        self.submit(e.Started(__version__, past.clean, past.staff, past.paused, past.paused_until))
        self._start_station()
        self._outward.open(past.asked)
        self._night.start()
        self.workbench.start()
        self._updating.start()

    def _recorded(self, _head: Head) -> None:
        self._outward.nudge()
        self._count_unsent()

    def _count_unsent(self) -> None:
        self._lane.status().add_done_callback(lambda future: self._loop.post(lambda: self._counted(future)))

    def _counted(self, future: "Future[JournalStatus]") -> None:
        if future.exception() is None:
            status = future.result()
            self._terminal.set_unsent(Unsent(status.unsent, status.oldest_unsent_wall_ms))
            self._look_for_roster()

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
            profile=lambda: self._in_force.profile,
            token=token,
            port=self._makings.station_port,
            allowed_origins=self._makings.settings.station.allowed_origins,
            new_id=new_id,
            on_failed=lambda words: log.error("the station does not serve: %s", words),
            check_pin=self.check_pin,
            ports=Ports(
                clock=self._makings.clock,
                visit_named=lambda prefix: self._lane.call(lambda journal: journal.visit_named(prefix)),
                figures=self.figures,
            ),
            lan=self._lan_door.lan(),
        )
        self._station.start()

    def pair(self) -> None:
        """Show a code by which a PC may be paired, where the hall's network is served; from any thread."""
        self._lan_door.pair()

    def unpair(self) -> None:
        """Show it no longer."""
        self._lan_door.unpair()

    def enrolled(self) -> None:
        """This unit has become a known terminal while it ran; from any thread."""
        profile = stored_profile(self._makings.home)
        self._loop.post(lambda: self._begin_outside(profile))

    def _begin_outside(self, profile: Profile | None) -> None:
        if not self._closed:
            self._outward.open(())
            if profile is not None:
                self._take_profile(profile)

    # -- central -----------------------------------------------------------------------------------------------------

    def _profile_terms(self) -> e.Terms | None:
        return None if self._in_force.profile is None else self._in_force.terms()

    def _trouble(self, code: str, words: str | None) -> None:
        """From any thread: something for the technician, or over (None)."""
        self._loop.post(lambda: self._terminal.set_trouble(code, words))

    def _live(self) -> LiveState:
        """On the sync lane's thread: reads values only."""
        vault = self._keeping.vault
        return live_state(self.view(), self._in_force.version, self._in_force.refused, vault.kind if vault else "")

    def _keep_profile(self, text: bytes) -> None:
        """On the sync lane's thread, for the screen waits for no disk."""
        kept = keep_profile(self._makings.home, text)
        self._loop.post(lambda: self._refuse_profile(kept) if isinstance(kept, str) else self._take_profile(kept))

    def _refuse_profile(self, words: str) -> None:
        """The last good one stays, and central is told why."""
        self._in_force.refused = words
        self._outward.report()

    def _take_profile(self, profile: Profile) -> None:
        before = self._in_force.version
        self._in_force.take(profile)
        if profile.version != before:
            self._keeping.note(Kind.PROFILE_CHANGED, {"version": profile.version, "before": before})
        self._terminal.set_scene(self._in_force.scene(), self._in_force.terms())
        self.submit(e.FaultCleared("not_enrolled"))
        self._outward.report()


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
