"""The clock: wall time, time since boot, and which boot it is.

Invariant: nothing else on the terminal asks the operating system for the time, so a test or a simulation owns it all.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Clock(Protocol):
    """What the terminal knows of time."""

    def wall_ms(self) -> int:
        """Unix milliseconds. May jump either way, and may be years off."""

    def mono_ms(self) -> int:
        """Milliseconds that only grow within one boot, those spent asleep included."""

    def boot_id(self) -> str:
        """32 hex digits: `mono_ms` of two entries compare only where this is the same."""


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The operating system's clock."""

    _boot_id: str = field(default_factory=lambda: read_boot_id(_BOOT_ID))
    _mono_ns: Callable[[], int] = field(default_factory=lambda: _since_boot())

    def wall_ms(self) -> int:
        """Unix milliseconds."""
        return time.time_ns() // 1_000_000

    def mono_ms(self) -> int:
        """Milliseconds since some moment of this boot, sleep included."""
        return self._mono_ns() // 1_000_000

    def boot_id(self) -> str:
        """The kernel's boot id; where there is none, one drawn for this process."""
        return self._boot_id


@dataclass(slots=True)
class ManualClock:
    """A clock that stands still until told otherwise."""

    wall: int = 1_767_225_600_000
    mono: int = 1_000
    boot: str = "0" * 32

    def wall_ms(self) -> int:
        """Unix milliseconds, as set."""
        return self.wall

    def mono_ms(self) -> int:
        """Milliseconds of this boot, as set."""
        return self.mono

    def boot_id(self) -> str:
        """The boot, as set."""
        return self.boot

    def advance(self, ms: int) -> None:
        """Let time pass on both clocks; raises ValueError if it would run backwards."""
        if ms < 0:
            raise ValueError("monotonic time does not run backwards; use jump for the wall clock")
        self.wall += ms
        self.mono += ms

    def jump(self, ms: int) -> None:
        """Someone sets the wall clock; time since boot is not touched."""
        self.wall += ms

    def reboot(self, boot: str | None = None) -> None:
        """Another boot begins: time since boot starts over."""
        self.mono = 0
        self.boot = boot or uuid.uuid4().hex


def read_boot_id(path: Path) -> str:
    """The boot id in this file as 32 hex digits, or a random one where there is no such file or no id in it."""
    try:
        return uuid.UUID(path.read_text("ascii").strip()).hex
    except (OSError, ValueError):
        return uuid.uuid4().hex


def _since_boot() -> Callable[[], int]:
    """CLOCK_BOOTTIME counts sleep; elsewhere (Windows, macOS) the monotonic clock does so itself."""
    number: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    if number is None:
        return time.monotonic_ns
    return lambda: time.clock_gettime_ns(number)
