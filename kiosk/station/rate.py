"""How many requests a second are understood at all, whoever sends them: what is above is refused unread, so that the
screen has the processor whatever comes over the wire."""

from collections import OrderedDict
from collections.abc import Callable
from functools import partial


class Rate:
    """A bucket of `burst` requests that fills by `per_s`. `mono_ms`: monotonic milliseconds."""

    def __init__(self, per_s: int, burst: int, mono_ms: Callable[[], int]) -> None:
        self._per_s = per_s
        self._burst = burst
        self._mono_ms = mono_ms
        self._left = float(burst)
        self._at_ms = mono_ms()

    def take(self) -> bool:
        """Whether there is room for one more now."""
        now = self._mono_ms()
        self._left = min(self._burst, self._left + (now - self._at_ms) * self._per_s / 1000)
        self._at_ms = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Rates:
    """A bucket of its own for each key, of which the `remembered` latest are kept: who is forgotten begins anew."""

    def __init__(self, per_s: int, burst: int, mono_ms: Callable[[], int], remembered: int = 256) -> None:
        self._make = partial(Rate, per_s, burst, mono_ms)
        self._remembered = remembered
        self._rates: OrderedDict[str, Rate] = OrderedDict()

    def take(self, key: str) -> bool:
        """Whether there is room for one more of this key now."""
        rate = self._rates.pop(key, None) or self._make()
        self._rates[key] = rate
        while len(self._rates) > self._remembered:
            self._rates.popitem(last=False)
        return rate.take()
