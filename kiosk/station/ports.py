"""What the station asks of others beside the terminal: the time, what the journal holds, and a clerk's figures.

Where the composition root has nothing to give, the answers here are the honest ones: nothing is known.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Protocol

from kiosk.protocol.phone import ClerkFigures


class Clock(Protocol):
    """The terminal's clock: wall time (Unix ms), and the monotonic time (ms) of its events."""

    def wall_ms(self) -> int:
        """Unix milliseconds."""

    def mono_ms(self) -> int:
        """Milliseconds that never go back within one boot."""


class OwnClock:
    """For a station without a terminal's clock."""

    def wall_ms(self) -> int:
        """Unix milliseconds."""
        return time.time_ns() // 1_000_000

    def mono_ms(self) -> int:
        """Monotonic milliseconds."""
        return time.monotonic_ns() // 1_000_000


def no_visit(_prefix: str) -> "Future[str | None]":
    """A journal that holds no visit."""
    nothing: Future[str | None] = Future()
    nothing.set_result(None)
    return nothing


def no_figures(_number: str) -> "Future[ClerkFigures | None]":
    """Nobody to ask for figures."""
    nothing: Future[ClerkFigures | None] = Future()
    nothing.set_result(None)
    return nothing


@dataclass(frozen=True, slots=True)
class Ports:
    """`visit_named`: the id of a visit in the journal that begins with these hex digits, None if there is none.
    `figures`: of the clerk of this number, None where central does not tell them now. Both from any thread."""

    clock: Clock = field(default_factory=OwnClock)
    visit_named: Callable[[str], "Future[str | None]"] = no_visit
    figures: Callable[[str], "Future[ClerkFigures | None]"] = no_figures


NOBODY = Ports()
