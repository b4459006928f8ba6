"""Checks a clerk's PIN: Argon2, five tries, then pauses that grow, counted per clerk. Works without a network.

One check at a time, so that tries in parallel neither slip past the count nor fill the memory.
"""

import asyncio
import logging
import math
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.station.refusals import Refusal

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
    """The tries of every clerk. `numbers` handed in are the profile's, so the table cannot be made to grow."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._tries: dict[str, Tries] = {}
        self._one_at_a_time = asyncio.Lock()

    async def check(self, number: str, pin: str, pin_hash: str | None) -> None:
        """Return if the PIN is right.

        Raises Refusal: `no_pin` where the clerk has none, `wrong_pin`, or `pin_paused` with the seconds to wait.
        """
        if pin_hash is None:
            raise Refusal("no_pin", field="$.pin")
        async with self._one_at_a_time:
            tries = self._tries.get(number, Tries())
            left = tries.until - self._monotonic()
            if left > 0:
                raise Refusal("pin_paused", field="$.pin", retry_after_s=math.ceil(left))
            if await asyncio.to_thread(_matches, pin_hash, pin):
                self._tries.pop(number, None)
                return
            tries = tries.after_a_wrong_one(self._monotonic())
            self._tries[number] = tries
        raise Refusal("wrong_pin", field="$.pin", retry_after_s=pause_s(tries.wrong) or None)


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
