"""The running terminal's part in updates: says that it is well while it is on trial, has its turn looked for, and ends
for another version when the moment is right.

On a thread of its own, for all of it is disk or network; the moment is judged on the loop, on which visits begin.
"""

import contextlib
import http.client
import logging
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from kiosk.core.release import Moment, wait_for
from kiosk.core.situation import State
from kiosk.core.trial import Slots
from kiosk.core.view import View
from kiosk.device.files import read_file, write_file
from kiosk.device.paths import Home
from kiosk.journal.store import JournalStatus
from kiosk.terminal import Loop
from kiosk.update.state import TRIAL_VARIABLE, Place, StateBroken, changing, read_state

log = logging.getLogger(__name__)

LOOK_S = 2.0
FETCH_S = 6 * 3600.0
SPREAD_S = 1800.0
"""A city's terminals ask over so long, after a power cut too."""
_ANSWER_S = 5.0
_SMALL_HOURS = range(2, 5)
"""Where a hall never closes these count as closed."""


class UpdateJournal(Protocol):
    """The journal lane, as far as this needs it."""

    def status(self) -> "Future[JournalStatus]":
        """Where the journal stands."""

    def read(self, after: int, limit: int) -> "Future[list[dict[str, Any]]]":
        """Flat records above sequence `after`, oldest first."""


@dataclass(frozen=True, slots=True)
class UpdatingParts:
    """`station_port` 0: none is served; `leave`: has the terminal end as if told to; `fetch`: the words of the process
    that looks for this terminal's turn; `is_testing`: on the loop, whether a technician's round trip is under way."""

    loop: Loop
    home: Home
    journal: UpdateJournal
    view: Callable[[], View]
    station_port: int
    leave: Callable[[], None]
    fetch: Sequence[str]
    is_testing: Callable[[], bool] = lambda: False


class Updating:
    """Does nothing where no supervisor could start another version."""

    def __init__(self, parts: UpdatingParts) -> None:
        self._p = parts
        self._place = Place(parts.home.root)
        self._word = os.environ.pop(TRIAL_VARIABLE, None)
        self._closing = threading.Event()
        self._fetch_at = time.monotonic() + random.uniform(SPREAD_S / 3, SPREAD_S)
        self._fetching: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name="updates", daemon=True)

    def start(self) -> None:
        """Begin, once the journal is open."""
        if self._word is not None:
            self._thread.start()

    def close(self, timeout_s: float) -> None:
        """End; a fetch goes on alone and leaves what it brought."""
        self._closing.set()
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while not self._closing.wait(LOOK_S):
            try:
                if self._word:
                    self._say_well(self._word)
                self._change_over()
                self._fetch()
            except Exception as fault:  # whatever it is, citizens are served
                log.warning("updates: %s: %s", type(fault).__name__, fault)

    # -- on trial ----------------------------------------------------------------------------------------------------

    def _say_well(self, word: str) -> None:
        fault = self._unwell()
        if fault is not None:
            log.warning("on trial, and not well: %s", fault)
            return
        write_file(self._place.well, word.encode("ascii"))
        self._word = ""

    def _unwell(self) -> str | None:
        """What does not work of what a rating needs; None: all does."""
        faults = set(self._p.view().situation.faults) - {"not_enrolled"}
        if faults:
            return ", ".join(sorted(faults))
        head = self._p.journal.status().result(_ANSWER_S).head
        found = self._p.journal.read(head.sequence - 1, 1).result(_ANSWER_S)
        if head.sequence < 1 or not found or found[0].get("hash") != head.hash:
            return "the newest entry of the journal does not read back"
        return self._mute_station() if self._p.station_port else None

    def _mute_station(self) -> str | None:
        try:
            token = read_file(self._p.home.station_token, 1024).decode("ascii").strip()
            line = http.client.HTTPConnection("127.0.0.1", self._p.station_port, timeout=_ANSWER_S)
            with contextlib.closing(line):
                line.request("GET", "/v1/state", headers={"Authorization": f"Bearer {token}"})
                status = line.getresponse().status
        except (OSError, ValueError, http.client.HTTPException) as fault:
            return f"the station does not answer: {fault}"
        return None if status == 200 else f"the station answers {status}"

    # -- another version ---------------------------------------------------------------------------------------------

    def _change_over(self) -> None:
        try:
            slots = read_state(self._place)
        except StateBroken as fault:
            log.warning("updates: %s", fault)
            return
        if slots.trial is not None or (slots.staged is None and not slots.wish):
            return
        mains = not on_battery()
        if not self._on_loop(lambda: self._may(slots, mains)):
            return
        if not slots.wish:
            with changing(self._place) as change:
                if change.slots.staged is not None and change.slots.trial is None:
                    change.slots = replace(change.slots, wish="forward")
        if self._on_loop(lambda: self._may(slots, mains, leave=True)):
            self._closing.set()

    def _may(self, slots: Slots, mains: bool, leave: bool = False) -> bool:
        """On the loop. Ends the terminal in the very call in which it saw that no visit runs, if told to."""
        view, staged = self._p.view(), slots.staged
        moment = Moment(is_busy(view) or self._p.is_testing(), is_open_now(view, time.localtime()), mains)
        may = wait_for(moment, staged is not None and staged.urgent, slots.wish != "") is None
        if may and leave:
            log.warning("ending, for another version is to begin")
            self._p.leave()
        return may

    def _on_loop(self, ask: Callable[[], bool]) -> bool:
        answer: Future[bool] = Future()

        def work() -> None:
            try:
                answer.set_result(ask())
            except Exception as fault:
                answer.set_exception(fault)

        self._p.loop.post(work)
        return answer.result(_ANSWER_S)

    def _fetch(self) -> None:
        """Start the process that looks whether there is something for us, and do not wait for it."""
        if self._fetching is not None and self._fetching.poll() is not None:
            self._fetching = None
        if time.monotonic() < self._fetch_at or self._fetching is not None:
            return
        self._fetch_at = time.monotonic() + FETCH_S * random.uniform(0.9, 1.1)
        none = subprocess.DEVNULL
        self._fetching = subprocess.Popen(self._p.fetch, stdin=none, stdout=none, stderr=none)


def is_busy(view: View) -> bool:
    """Whether a visit is open, or its end still stands before a citizen."""
    situation = view.situation
    if situation.awaiting is not None or situation.state in (State.THANKS, State.HANDED_TO_PHONE):
        return True
    return situation.visit is not None and situation.visit.outcome is None


def is_open_now(view: View, local: time.struct_time) -> bool:
    """Whether the hall counts as open. One that has no hours never closes, and counts as closed in the small hours."""
    if view.scene.hours:
        return view.situation.hall_open
    return local.tm_hour not in _SMALL_HOURS


def on_battery(supplies: Path = Path("/sys/class/power_supply")) -> bool:
    """Whether this machine knows a mains supply, and it gives nothing."""
    if sys.platform != "linux":
        return False
    mains = []
    with contextlib.suppress(OSError):
        for supply in supplies.iterdir():
            if (supply / "type").read_text("ascii").strip() == "Mains":
                mains.append((supply / "online").read_text("ascii").strip())
    return bool(mains) and "1" not in mains
