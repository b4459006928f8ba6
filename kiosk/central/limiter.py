"""Brakes: on guessing, which counts wrong guesses and costs right ones nothing, and on calling. Memory is bounded."""

import ipaddress
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

REMEMBERED = 10_000
"""Of the buckets, the newest."""


@dataclass(slots=True)
class _Buckets:
    """Leaking buckets by key: each loses one every `seconds_each`. `now_s`: monotonic seconds. Not for two threads."""

    now_s: Callable[[], float]
    seconds_each: float
    remembered: int
    _filled: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def level(self, key: str) -> float:
        level, at = self._filled.get(key, (0.0, 0.0))
        return max(level - (self.now_s() - at) / self.seconds_each, 0.0)

    def fill(self, key: str, level: float) -> None:
        self._filled[key] = (level, self.now_s())
        self._filled.move_to_end(key)
        while len(self._filled) > self.remembered:
            self._filled.popitem(last=False)


@dataclass(slots=True)
class GuessLimiter:
    """A leaking bucket per address: `burst` wrong guesses at once, and one more each `seconds_each`.

    `now_s`: monotonic seconds. An IPv6 address counts as its /64. Of the addresses, the `remembered` newest are kept.
    """

    now_s: Callable[[], float]
    burst: int = 20
    seconds_each: float = 6.0
    remembered: int = REMEMBERED
    _buckets: _Buckets = field(init=False)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Nobody has guessed yet."""
        self._buckets = _Buckets(self.now_s, self.seconds_each, self.remembered)

    def wait_s(self, address: str) -> int:
        """Seconds until this address may guess again; 0: now."""
        with self._turn:
            level = self._buckets.level(network_of(address))
        return 0 if level <= self.burst - 1 else int((level - self.burst + 1) * self.seconds_each) + 1

    def missed(self, address: str) -> None:
        """This address has guessed wrong."""
        network = network_of(address)
        with self._turn:
            self._buckets.fill(network, min(self._buckets.level(network) + 1, self.burst))


@dataclass(slots=True)
class CallLimiter:
    """A leaking bucket per key: `burst` calls at once, and `per_s` more each second; what is refused costs nothing."""

    now_s: Callable[[], float]
    burst: int
    per_s: float
    _buckets: _Buckets = field(init=False)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Nobody has called yet."""
        self._buckets = _Buckets(self.now_s, 1 / self.per_s, REMEMBERED)

    def take(self, key: str) -> int:
        """Seconds until one more call is taken of this key; 0: this one was."""
        with self._turn:
            level = self._buckets.level(key)
            if level <= self.burst - 1:
                self._buckets.fill(key, level + 1)
                return 0
        return int((level - self.burst + 1) / self.per_s) + 1


def network_of(address: str) -> str:
    """Whom an address stands for: an IPv6 address for its /64."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)
