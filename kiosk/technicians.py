"""The technician's gate: whether a one-time code (RFC 6238) is that of one of the hall's technicians. No network.

The interface for whoever has something to guard:

    answer = technicians.check(number, code)       # a Future[CodeAnswer]; on the screen `CitizenPort.check_code`
    if answer.result().state == "right":           # then, and before anything is opened:
        submit(OpenMaintenance(answer.technician, "doctor", answer.clock_off_s))   # on record first (RELIABILITY 36)

A code lets in once, on this unit, whichever program asked; five wrong ones bring the pauses of `kiosk.pins`. What is
counted is on the disk before the answer is given, and shared with a command line that runs beside the terminal.
"""

import logging
import math
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from kiosk.core.events import Technician
from kiosk.core.view import CodeAnswer
from kiosk.device.clock import Clock
from kiosk.device.files import read_file, write_file
from kiosk.device.instance import wait_lock
from kiosk.device.secrets import VaultError
from kiosk.pins import pause_s
from kiosk.protocol.technicians import DIGITS, INTERVAL_S, Roster, Secret

WINDOW = 1
"""Steps before and after the present one that are taken: people type slowly, and clocks differ by seconds."""
ASTRAY = 13 * 3600 // INTERVAL_S
"""So many steps a clock may be astray and still be recognised as wrong: a time zone, or noon for midnight. Beyond it,
a code is only wrong."""
_NEXT = 2
_FILE_LIMIT = 1_000_000
log = logging.getLogger(__name__)


class Count(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of one technician. `wrong`: codes since the last right one; until when no more are heard, by either clock;
    `last`: the step of the newest code that let in; `met`: of the one that showed a wrong clock; `burnt`: steps whose
    codes were shown to somebody and let in no more."""

    wrong: int = 0
    boot_id: str = ""
    until_mono_ms: int = 0
    until_wall_ms: int = 0
    last: int = 0
    met: int | None = None
    burnt: tuple[int, ...] = ()


_NONE = Count()
Counts = dict[str, Count]


@dataclass(frozen=True, slots=True)
class CodesFile:
    """Where the counts outlive the program. One look and one change at a time, whichever program makes them."""

    path: Path

    def read(self, step: int) -> Counts:
        """What was kept. Where it cannot be read, whatever may have been used until now counts as used. `step`: the
        present one."""
        try:
            return msgspec.json.decode(read_file(self.path, _FILE_LIMIT), type=Counts)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as fault:
            log.warning("the used codes that were kept cannot be read: %s", type(fault).__name__)
            return {"": Count(last=step + WINDOW)}


class Technicians:
    """`roster`: who they are, read anew for each check (raises VaultError); `clock`: this unit's; `file`: what was
    used. May be asked from any thread; checks one at a time on a worker of its own."""

    def __init__(self, roster: Callable[[], Roster], clock: Clock, file: Path) -> None:
        self._roster = roster
        self._clock = clock
        self._file = CodesFile(file)
        self._unkept: Counts | None = None
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="codes")

    def check(self, number: str, code: str) -> "Future[CodeAnswer]":
        """Whether this is the code of the technician of this number now."""
        return self._worker.submit(self.check_now, number, code)

    def close(self) -> None:
        """Check none any more."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    def check_now(self, number: str, code: str) -> CodeAnswer:
        """The same, on the caller's thread: it reads and writes the disk."""
        try:
            roster = self._roster()
        except (VaultError, OSError) as fault:
            log.error("no technician can be let in: %s", fault)
            return CodeAnswer("unreadable")
        if not roster.technicians:
            return CodeAnswer("nobody")
        known = next((one for one in roster.technicians if one.number == number.strip()), None)
        if known is None:
            return CodeAnswer("unknown")
        try:
            with wait_lock(self._file.path.with_suffix(".lock")):
                return self._judged(known, "".join(code.split()))
        except OSError as fault:
            log.warning("codes are counted by this program alone: %s", fault)
            return self._judged(known, "".join(code.split()))

    def _judged(self, known: Secret, code: str) -> CodeAnswer:
        step = self._clock.wall_ms() // 1000 // INTERVAL_S
        counts = self._file.read(step) if self._unkept is None else self._unkept
        count = counts.get(known.number) or counts.get("") or _NONE
        left_ms = self._left_ms(count)
        if left_ms > 0:
            return CodeAnswer("paused", math.ceil(left_ms / 1000))
        count, answer = judged(known, code, count, step)
        if answer.state != "right":
            wait_s = pause_s(count.wrong)
            answer = replace(answer, wait_s=wait_s)
            count = msgspec.structs.replace(
                count, boot_id=self._clock.boot_id(), until_mono_ms=self._clock.mono_ms() + wait_s * 1000,
                until_wall_ms=self._clock.wall_ms() + wait_s * 1000,
            )  # fmt: skip
        self._keep({**counts, known.number: count})
        return answer

    def _left_ms(self, count: Count) -> int:
        """How much of a pause is left. A clock that was set back makes none longer than it was."""
        if count.boot_id == self._clock.boot_id():
            return count.until_mono_ms - self._clock.mono_ms()
        return min(count.until_wall_ms - self._clock.wall_ms(), pause_s(count.wrong) * 1000)

    def _keep(self, counts: Counts) -> None:
        """These from now on; where the disk takes nothing, for as long as the program runs."""
        try:
            write_file(self._file.path, msgspec.json.encode(counts))
            self._unkept = None
        except OSError as fault:
            log.warning("the used codes cannot be kept: %s", fault)
            self._unkept = counts


def judged(known: Secret, code: str, count: Count, step: int) -> tuple[Count, CodeAnswer]:
    """What this code is at this step, and what is to be remembered of it. Pure.

    A clock astray is recognised by a code of another time: that one is burnt, and only the app's very next one, asked
    for at once, lets in then (RFC 6238, 6, "Resynchronization"). Two in a row are no guess.
    """
    met = count.met
    count = msgspec.structs.replace(
        count, met=None, burnt=tuple(one for one in count.burnt if abs(one - step) <= 2 * ASTRAY)
    )
    wrong = msgspec.structs.replace(count, wrong=count.wrong + 1)
    if not (len(code) == DIGITS and code.isascii() and code.isdigit()):
        return wrong, CodeAnswer("wrong")
    found = _step_of(known, code, range(step - WINDOW, step + WINDOW + 1))
    if found is None and met is not None:
        found = _step_of(known, code, range(met + 1, met + 1 + _NEXT))
    if found is not None:
        if found <= count.last or found in count.burnt:
            return wrong, CodeAnswer("used")
        off = found - step
        technician = Technician(known.number, known.name, known.role)
        return (
            Count(last=found, burnt=tuple(one for one in count.burnt if one > found)),
            CodeAnswer("right", 0, technician, off * INTERVAL_S if abs(off) > WINDOW else 0),
        )
    found = _step_of(known, code, range(max(count.last + 1, step - ASTRAY, 0), step + ASTRAY + 1))
    if found is None or found in count.burnt:
        return wrong, CodeAnswer("wrong")
    burnt = msgspec.structs.replace(wrong, met=found, burnt=(*count.burnt, found))
    return burnt, CodeAnswer("clock", clock_off_s=(found - step) * INTERVAL_S)


def _step_of(known: Secret, code: str, steps: range) -> int | None:
    from pyotp import TOTP
    from pyotp.utils import strings_equal

    codes = TOTP(known.secret, digits=DIGITS, interval=INTERVAL_S)
    return next((one for one in steps if one >= 0 and strings_equal(code, codes.generate_otp(one))), None)
