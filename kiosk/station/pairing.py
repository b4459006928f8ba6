"""Pairing by a code of six digits that the terminal shows: for two minutes, for three tries, for one program.

The rules are pure functions over a frozen value; the desk around it may be asked from any thread. A code that was
spent on wrong tries is void, and each opening that ends so makes the pause before the next one longer.
"""

import hmac
import math
import threading
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from kiosk.core.view import Pairing

SHOWN_MS = 120_000
TRIES = 3
FIRST_PAUSE_MS = 30_000
LONGEST_PAUSE_MS = 600_000
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Categories of characters that have no place in a name: controls, what turns the direction of text, and their like."""


@dataclass(frozen=True, slots=True)
class State:
    """`code`: what is shown until `until_ms`, empty if it is void. `wrong`: tries that were spent until then. `spent`:
    openings in a row that ended in wrong tries; none begins before `paused_ms`."""

    code: str = field(default="", repr=False)
    until_ms: int = 0
    wrong: int = 0
    spent: int = 0
    paused_ms: int = 0


@dataclass(frozen=True, slots=True)
class Opened:
    """The code stands on the screen for so long."""

    left_ms: int


@dataclass(frozen=True, slots=True)
class Right:
    """The code was right, and is void from here on."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """The code was wrong; so many tries are left."""

    tries_left: int


@dataclass(frozen=True, slots=True)
class Locked:
    """Too many wrong codes; none is shown before so many seconds. `now`: this very try was the last."""

    wait_s: int
    now: bool = False


@dataclass(frozen=True, slots=True)
class NotOpen:
    """No code is shown, or the hall's network is not served."""


def opened(state: State, now_ms: int, code: str) -> tuple[State, Opened | Locked]:
    """Somebody at the terminal wants a code; one that is shown is void. What was tried in its time still counts, for
    else whoever may open again and again would give someone else tries without end."""
    if now_ms < state.paused_ms:
        return state, _locked(state, now_ms)
    wrong = state.wrong if now_ms < state.until_ms else 0
    return replace(state, code=code, until_ms=now_ms + SHOWN_MS, wrong=wrong), Opened(SHOWN_MS)


def tried(state: State, now_ms: int, code: str) -> tuple[State, Right | Wrong | Locked | NotOpen]:
    """A program says what the terminal shows."""
    if now_ms < state.paused_ms:
        return state, _locked(state, now_ms)
    if not state.code or now_ms >= state.until_ms:
        return state, NotOpen()
    if hmac.compare_digest(state.code.encode(), code.encode()):
        return State(), Right()
    wrong = state.wrong + 1
    if wrong < TRIES:
        return replace(state, wrong=wrong), Wrong(TRIES - wrong)
    pause_ms = min(FIRST_PAUSE_MS * 2 ** min(state.spent, 20), LONGEST_PAUSE_MS)
    locked = State(spent=state.spent + 1, paused_ms=now_ms + pause_ms)
    return locked, replace(_locked(locked, now_ms), now=True)


def closed(state: State) -> State:
    """The code is void; pause and tries stay."""
    return replace(state, code="")


def _locked(state: State, now_ms: int) -> Locked:
    return Locked(math.ceil((state.paused_ms - now_ms) / 1000))


def peer_name(given: str) -> str:
    """The name as lists may show it: without characters that nobody sees; empty if nothing is left of it."""
    seen = "".join(c if unicodedata.category(c) not in _UNSEEN else " " for c in unicodedata.normalize("NFC", given))
    return " ".join(seen.split())


class PairingDesk:
    """The one pairing that may be open. `show`: what stands on the screen, told under the desk's lock and so in order;
    must not block. `draw` gives six random digits."""

    def __init__(
        self, mono_ms: Callable[[], int], draw: Callable[[], str], show: Callable[[Pairing | None], None]
    ) -> None:
        self._mono_ms, self._draw, self._show = mono_ms, draw, show
        self._lock = threading.Lock()
        self._state = State()
        self._fingerprint = ""

    def serve(self, fingerprint: str) -> None:
        """From here on the hall's network is served under this certificate, as it is shown; empty: no longer."""
        with self._lock:
            self._fingerprint = fingerprint
            if not fingerprint:
                self._void()

    def open(self) -> Opened | Locked | NotOpen:
        """Show a code, or until when there is none."""
        with self._lock:
            if not self._fingerprint:
                return NotOpen()
            self._state, answer = opened(self._state, self._mono_ms(), self._draw())
            self._show_state()
            return answer

    def close(self) -> None:
        """Show nothing any more; the code is void."""
        with self._lock:
            self._void()

    def attempt(self, code: str) -> Right | Wrong | Locked | NotOpen:
        """Take a program's word for the code. Of two that are right at once, one is."""
        with self._lock:
            self._state, answer = tried(self._state, self._mono_ms(), code)
            match answer:
                case Right():
                    self._show(None)
                case Locked(now=True):
                    self._show_state()
            return answer

    def tidy(self) -> int:
        """Take from the screen what is over; how many milliseconds are left otherwise."""
        with self._lock:
            until_ms = self._state.until_ms if self._state.code else self._state.paused_ms
            left = until_ms - self._mono_ms()
            if left <= 0:
                self._void()
            return max(left, 0)

    def _void(self) -> None:
        self._state = closed(self._state)
        self._show(None)

    def _show_state(self) -> None:
        until_ms = self._state.until_ms if self._state.code else self._state.paused_ms
        self._show(Pairing(self._state.code, until_ms, self._fingerprint))
