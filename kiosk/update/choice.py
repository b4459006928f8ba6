"""Which version the supervisor starts next, and what becomes of one on trial.

Invariant: whatever is wrong with the state, a slot or the disk, there is an answer: the packaged version.
"""

import logging
import os
import secrets
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk import __version__
from kiosk.core.supervision import Life
from kiosk.core.trial import (
    FALLS,
    TRIAL_MS,
    WELL_MS,
    Slot,
    Slots,
    begin,
    drop,
    keep,
    leave,
    overtaken,
    send_back,
    spend,
)
from kiosk.device.files import read_file
from kiosk.update.state import TRIAL_VARIABLE, Place, StateBroken, changing, read_state

log = logging.getLogger(__name__)

Check = Callable[[Slot], str | None]
"""Why this slot is not exactly what was signed; None: it is."""


CHECK_S = 50.0
"""So long the supervisor waits for a slot to be read through; its own service manager waits longer."""


def _wall_ms() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Start:
    """How the next life is started: the program's words, what stands in its environment, and whether it is another
    version than the life before."""

    program: Sequence[str]
    environment: dict[str, str]
    changed: bool


class Choice:
    """For one supervisor, on its thread. `package`: the words that start the packaged program, of this `version`."""

    def __init__(
        self, place: Place, package: Sequence[str], version: str, check: Check, wall_ms: Callable[[], int] = _wall_ms
    ) -> None:
        self._place, self._package, self._version = place, package, version
        self._check, self._wall_ms = check, wall_ms
        self._whole: set[str] = set()
        self._running: Slot | None = None
        self._any = False
        self._word = ""
        self._trial_ms = 0

    @property
    def on_trial(self) -> bool:
        """Whether the version that runs, or ran just now, is."""
        return self._word != ""

    def wanted(self) -> bool:
        """Whether a change of version is wished for: a terminal that ends by itself ended for it."""
        try:
            return read_state(self._place).wish != ""
        except StateBroken:
            return False

    def next(self, deaths: int, now_ms: int) -> Start:
        """The life that begins now (monotonic ms). `deaths`: in a row, of the version that ran."""
        try:
            slots = self._settled(deaths)
        except (OSError, StateBroken) as fault:
            log.error("it cannot be told which version is in force, so the packaged one starts: %s", fault)
            slots = Slots()
        slot = slots.starts
        changed = self._any and slot != self._running
        if slots.trial is None:
            self._word = ""
        elif changed or not self.on_trial:
            self._word, self._trial_ms = secrets.token_hex(8), now_ms
        self._running, self._any = slot, True
        program = self._package if slot is None else [str(self._place.program(slot.name))]
        return Start(program, {TRIAL_VARIABLE: self._word}, changed)

    def look(self, life: Life, now_ms: int) -> str | None:
        """While a life lasts: why it must be ended; None: it may go on. One on trial that is well is kept here."""
        if not self.on_trial:
            return None
        if life.beat_ms is not None and now_ms - life.started_ms >= WELL_MS and self._says_well():
            self._change(lambda slots, at_ms: keep(slots, at_ms))
            self._word = ""
            return None
        if now_ms - self._trial_ms > TRIAL_MS:
            why = f"not well within {TRIAL_MS // 1000} s"
            self._change(lambda slots, at_ms: send_back(slots, why, at_ms))
            return why
        return None

    def _settled(self, deaths: int) -> Slots:
        """Do what is due between two lives, and remember it. Raises OSError, StateBroken."""
        if not self._place.state.exists():
            return Slots()
        with changing(self._place) as change:
            at_ms = self._wall_ms()
            slots = overtaken(change.slots, self._version, at_ms)
            if slots.trial is None and slots.current is not None and slots.current == self._running and deaths >= FALLS:
                slots = leave(slots, f"fell {deaths} times in a row", at_ms)
            slots = begin(slots)
            if slots.trial is not None and slots.tries <= 0:
                slots = send_back(slots, "fell each time", at_ms)
            while (slot := slots.starts) is not None and slot.name not in self._whole:
                fault = self._check(slot)
                if fault is None:
                    self._whole.add(slot.name)
                else:
                    log.error("version %s is not started, for %s", slot.version, fault)
                    slots = drop(slots, slot.name, at_ms)
            if slots.trial is not None:
                slots = spend(slots)
                self._place.well.unlink(missing_ok=True)
            if slots.last != change.slots.last:
                log.warning("versions: %s %s %s", slots.last.what, slots.last.version, slots.last.why)
            change.slots = slots
        return slots

    def _says_well(self) -> bool:
        try:
            return read_file(self._place.well, 100).decode("ascii", "replace") == self._word
        except (OSError, ValueError):
            return False

    def _change(self, become: Callable[[Slots, int], Slots]) -> None:
        try:
            with changing(self._place) as change:
                if change.slots.trial is not None:
                    change.slots = become(change.slots, self._wall_ms())
                    last = change.slots.last
                    log.warning("versions: %s %s %s", last.what, last.version, last.why)
        except (OSError, StateBroken) as fault:
            log.error("what became of the version on trial cannot be written down: %s", fault)


def choice_for(root: Path, program: Callable[..., list[str]]) -> Choice:
    """What the supervisor of this home asks which version it starts. `program`: makes the words that start this one."""

    def check(slot: Slot) -> str | None:
        command = program("--home", str(root), "update", "verify", slot.name, slot.version)
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=CHECK_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as fault:
            return str(fault)
        words = done.stderr.decode("utf-8", "replace").strip().splitlines()
        return None if done.returncode == 0 else next(iter(words[-1:]), f"a check that ended with {done.returncode}")

    return Choice(Place(Path(os.path.abspath(root))), program(), __version__, check)
