"""Checks a clerk's PIN: Argon2, five tries, then pauses that grow, counted per clerk. Works without a network.

The staff menu on the glass and the station ask the same one, one check at a time, so that tries in parallel neither
slip past the count nor fill the memory.
"""

import logging
import math
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from kiosk.core.events import Staff
from kiosk.core.view import PinAnswer
from kiosk.protocol.profile import Profile

FREE_TRIES = 5
FIRST_PAUSE_S = 30
LONGEST_PAUSE_S = 3600
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


class Pins:
    """The tries of every clerk of the profile; numbers it does not know are not counted, so the table cannot be made to
    grow. `monotonic`: seconds. May be asked from any thread."""

    def __init__(self, profile: Callable[[], Profile | None], monotonic: Callable[[], float]) -> None:
        self._profile = profile
        self._monotonic = monotonic
        self._tries: dict[str, Tries] = {}
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
            tries = self._tries.get(number, Tries())
            left = tries.until - self._monotonic()
            if left > 0:
                return PinAnswer("paused", math.ceil(left))
            if _matches(card.pin_hash, pin):
                self._tries.pop(number, None)
                return PinAnswer("right", staff=Staff(card.number, card.name, verified=True))
            tries = tries.after_a_wrong_one(self._monotonic())
            self._tries[number] = tries
            return PinAnswer("wrong", pause_s(tries.wrong))


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
