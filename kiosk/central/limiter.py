"""A brake on guessing: how many wrong guesses an address may make. Right answers cost nothing; memory is bounded."""

import ipaddress
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class GuessLimiter:
    """A leaking bucket per address: `burst` wrong guesses at once, and one more each `seconds_each`.

    `now_s`: monotonic seconds. An IPv6 address counts as its /64. Of the addresses, the `remembered` newest are kept.
    """

    now_s: Callable[[], float]
    burst: int = 20
    seconds_each: float = 6.0
    remembered: int = 10_000
    _filled: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def wait_s(self, address: str) -> int:
        """Seconds until this address may guess again; 0: now."""
        with self._turn:
            level = self._level(_network(address))
        return 0 if level <= self.burst - 1 else int((level - self.burst + 1) * self.seconds_each) + 1

    def missed(self, address: str) -> None:
        """This address has guessed wrong."""
        network = _network(address)
        with self._turn:
            self._filled[network] = (min(self._level(network) + 1, self.burst), self.now_s())
            self._filled.move_to_end(network)
            while len(self._filled) > self.remembered:
                self._filled.popitem(last=False)

    def _level(self, network: str) -> float:
        level, at = self._filled.get(network, (0.0, 0.0))
        return max(level - (self.now_s() - at) / self.seconds_each, 0.0)


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)
