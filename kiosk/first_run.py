"""A unit that finds an answer file in its home enrols by itself, again and again with growing pauses, while its page
says so. What a package has put there is removed once it has served."""

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from kiosk.answers import AnswersRefused, lay_out_settings, read_answers
from kiosk.core import events as e
from kiosk.device.identity import IdentityBroken, read_identity
from kiosk.device.paths import Home
from kiosk.enrolment import DONE, enroll_by_answers
from kiosk.unit import Unit

FIRST_PAUSE_S, LONGEST_PAUSE_S = 5.0, 600.0
ENROLLING = "enrolling"
log = logging.getLogger(__name__)


def lay_out(home: Home, languages: Sequence[str]) -> None:
    """Before the settings are read: write those of the answer file, where none are there yet."""
    if home.answers.exists() and not home.settings.exists():
        try:
            lay_out_settings(home, read_answers(home.answers, languages))
        except (AnswersRefused, OSError) as fault:
            log.error("the answer file cannot be followed: %s", fault)


def is_due(home: Home) -> bool:
    """Whether this unit is to enrol by itself."""
    try:
        return home.answers.exists() and read_identity(home) is None
    except IdentityBroken:
        return False


class FirstRun:
    """Enrols on a thread of its own, which ends with the program. `pause`: waits so many seconds."""

    def __init__(self, unit: Unit, home: Home, languages: Sequence[str], pause: Callable[[float], object]) -> None:
        self._unit, self._home, self._languages, self._pause = unit, home, languages, pause
        self._thread = threading.Thread(target=self._run, name="first-run", daemon=True)

    def start(self) -> None:
        """Begin, and say so on the page."""
        self._unit.submit(e.Fault(ENROLLING))
        self._thread.start()

    def _run(self) -> None:
        seconds = FIRST_PAUSE_S
        while (code := enroll_by_answers(self._home, self._home.answers, self._languages)) != DONE:
            log.warning("this terminal could not enrol by itself (%d); once more in %.0f s", code, seconds)
            self._pause(seconds)
            seconds = min(2 * seconds, LONGEST_PAUSE_S)
        _remove(self._home.answers)
        self._unit.submit(e.FaultCleared(ENROLLING))
        self._unit.enrolled()


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError as fault:
        log.warning("the answer file is still there: %s", fault)
