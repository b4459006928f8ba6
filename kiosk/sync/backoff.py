"""How long to wait before trying again: full jitter between a floor and a growing ceiling. Pure.

The ceiling is what keeps a city of terminals from coming back as one, and the floor what keeps one terminal from
hammering. The first ceiling is at least as long as the time between heartbeats: with a shorter one, those that have
just missed central come back on top of those that are about to. For a fleet it is `sync.spread_s` (docs/adr/0010).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Backoff:
    """Seconds. `longest_asked_s`: of what a server may ask for, this much is believed."""

    floor_s: float = 1.0
    base_s: float = 60.0
    cap_s: float = 300.0
    longest_asked_s: float = 900.0

    def delay_s(self, failures: int, draw: float, asked_s: float | None = None) -> float:
        """The wait after so many failures in a row (1 is the first). `draw`: random, from 0 to below 1.

        What the server asked for comes before the jitter, so that those it sent away do not come back together.
        """
        ceiling = min(self.cap_s, self.base_s * 2.0 ** min(max(failures - 1, 0), 60))
        jitter = self.floor_s + draw * max(ceiling - self.floor_s, 0.0)
        return jitter if asked_s is None else min(max(asked_s, 0.0), self.longest_asked_s) + jitter


USUAL_BACKOFF = Backoff()


def start_spread_s(since_boot_ms: int, draw: float, spread_s: float = 120.0) -> float:
    """The wait before the very first request. After a power cut all boot at once, and so spread over two minutes; a
    program started on a machine that has long been up is alone and need not."""
    just_booted = since_boot_ms < 300_000
    return draw * (spread_s if just_booted else min(spread_s, 1.0))


def retry_after_s(value: str | None, date: str | None) -> float | None:
    """The seconds a `Retry-After` asks for; None if there is none or it makes no sense.

    A date is read against the answer's own `Date`, for our clock may be years off.
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    until, now = _moment(text), _moment(date or "")
    return None if until is None or now is None else max((until - now).total_seconds(), 0.0)


def _moment(text: str) -> "datetime | None":
    from datetime import UTC
    from email.utils import parsedate_to_datetime

    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
