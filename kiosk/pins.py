"""Checks a clerk's PIN: Argon2, five tries, then pauses that grow, counted per clerk. Works without a network.

The staff menu on the glass and the station ask the same one, one check at a time, so that tries in parallel neither
slip past the count nor fill the memory. A wrong try is on the disk before it is answered: pulling the plug wins none.
"""

import logging
import math
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import msgspec

from kiosk.core.events import Staff
from kiosk.core.view import PinAnswer
from kiosk.device.files import read_file, write_file
from kiosk.protocol.profile import Profile

FREE_TRIES = 5
FIRST_PAUSE_S = 30
LONGEST_PAUSE_S = 3600
_FILE_LIMIT = 1_000_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tries:
    """The wrong PINs of one clerk since the last right one, and until when (monotonic seconds) no more are heard."""

    wrong: int = 0
    until: float = 0.0

    def after_a_wrong_one(self, now: float) -> "Tries":
        """One more wrong PIN: from the fifth on a pause of 30 s, doubled with each, an hour at most."""
        wrong = self.wrong + 1
        return Tries(wrong, now + pause_s(wrong))


def pause_s(wrong: int) -> int:
    """Seconds of pause after so many wrong PINs."""
    if wrong < FREE_TRIES:
        return 0
    return int(min(FIRST_PAUSE_S * 2 ** min(wrong - FREE_TRIES, 20), LONGEST_PAUSE_S))


class _Kept(msgspec.Struct, frozen=True):
    """`until`: by the wall clock (Unix s), for no other runs on over a restart."""

    wrong: int
    until: float


class TriesFile:
    """The tries, for the next start. `wall`: Unix seconds. A clock that was set back makes no pause longer than it was,
    and one that was set forward ends a pause and forgets no wrong try. Where the disk takes nothing, tries are counted
    all the same for as long as the program runs."""

    def __init__(self, path: Path, wall: Callable[[], float]) -> None:
        self._path = path
        self._wall = wall

    def read(self, monotonic: float) -> dict[str, Tries]:
        """What was kept; nothing where nothing was, or where it cannot be read."""
        try:
            kept = msgspec.json.decode(read_file(self._path, _FILE_LIMIT), type=dict[str, _Kept])
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as fault:
            _log.warning("the tries of PINs that were kept cannot be read: %s", fault)
            return {}
        now = self._wall()
        return {
            number: Tries(each.wrong, monotonic + min(max(each.until - now, 0.0), pause_s(each.wrong)))
            for number, each in kept.items()
        }

    def keep(self, tries: Mapping[str, Tries], monotonic: float) -> None:
        """These from now on."""
        ahead = self._wall() - monotonic
        kept = {number: _Kept(each.wrong, each.until + ahead) for number, each in tries.items()}
        try:
            write_file(self._path, msgspec.json.encode(kept))
        except OSError as fault:
            _log.warning("the tries of PINs cannot be kept: %s", fault)


class Pins:
    """The tries of every clerk of the profile; numbers it does not know are not counted, so the table cannot be made to
    grow. `monotonic`: seconds; `file`: where tries outlive the program. May be asked from any thread."""

    def __init__(
        self, profile: Callable[[], Profile | None], monotonic: Callable[[], float], file: TriesFile | None = None
    ) -> None:
        self._profile = profile
        self._monotonic = monotonic
        self._file = file
        self._tries: dict[str, Tries] | None = None
        self._alone = threading.Lock()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="pins")

    def check(self, number: str, pin: str) -> "Future[PinAnswer]":
        """Whether this is the PIN of the clerk of this number."""
        return self._worker.submit(self._check, number, pin)

    def close(self) -> None:
        """Check none any more."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    def _check(self, number: str, pin: str) -> PinAnswer:
        profile = self._profile()
        card = next((card for card in profile.staff if card.number == number), None) if profile else None
        if card is None:
            return PinAnswer("unknown")
        if card.pin_hash is None:
            return PinAnswer("no_pin")
        with self._alone:
            known = self._known()
            tries = known.get(number, Tries())
            left = tries.until - self._monotonic()
            if left > 0:
                return PinAnswer("paused", math.ceil(left))
            if _matches(card.pin_hash, pin):
                if known.pop(number, None) is not None:
                    self._keep(known)
                return PinAnswer("right", staff=Staff(card.number, card.name, verified=True))
            tries = tries.after_a_wrong_one(self._monotonic())
            known[number] = tries
            self._keep(known)
            return PinAnswer("wrong", pause_s(tries.wrong))

    def _known(self) -> dict[str, Tries]:
        if self._tries is None:
            self._tries = {} if self._file is None else self._file.read(self._monotonic())
        return self._tries

    def _keep(self, tries: dict[str, Tries]) -> None:
        if self._file is not None:
            self._file.keep(tries, self._monotonic())


def _matches(pin_hash: str, pin: str) -> bool:
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(pin_hash, pin)
    except InvalidHashError:
        _log.error("a PIN in the profile is not an Argon2 hash; the clerk cannot sign in with it")
        return False
    except VerificationError:
        return False
