"""Whether negative ratings travel worse than the others. Pure.

A rating is **accepted** if central has it as the terminal stated it, and **late** if it took more than three times the
median of the ratings that are not negative, and a minute more than that.

`delivery_bias` is raised for a terminal on a day when, among the ratings of its last seven days, negative ones were
accepted more seldom than the others; or when, of this day's ratings, at least five are negative and their median is
late. And in either case only if chance does not explain it: were the same number of ratings lost (or late) whatever
they said, as many or more negative ones among them would be less likely than 1 in 10,000 (hypergeometric tail, exact;
Fisher's test on one side). What this cannot tell apart is a fault that both delays ratings and spoils them: an outage
of the whole hall that citizens rate by. The alarm is a reason to look, and says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from statistics import median

UNLIKELY = 1e-4
DAYS = 7
_FEWEST = 5
_TIMES = 3
NOTABLE_MS = 60_000
"""No delay up to this is late."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One rating as it travelled. `delay_ms`: from the tap to central; None where the time of the tap is unsure."""

    negative: bool
    accepted: bool
    delay_ms: int | None = None


def tail(total: int, marked: int, drawn: int, hit: int) -> float:
    """The probability that of `drawn` ratings out of `total`, `marked` of which are marked, `hit` or more are."""
    ways = sum(comb(marked, n) * comb(total - marked, drawn - n) for n in range(max(hit, 0), min(marked, drawn) + 1))
    return ways / comb(total, drawn)


def acceptance_bias(samples: Sequence[Sample]) -> float | None:
    """How likely chance alone is to lose so many negative ones; None where they are accepted as well as the others."""
    negative = [sample for sample in samples if sample.negative]
    lost = sum(not sample.accepted for sample in samples)
    lost_negative = sum(not sample.accepted for sample in negative)
    others = len(samples) - len(negative)
    if not negative or not others or lost_negative * others <= (lost - lost_negative) * len(negative):
        return None
    return tail(len(samples), lost, len(negative), lost_negative)


def delay_bias(samples: Sequence[Sample]) -> float | None:
    """How likely chance alone is to make so many negative ones late; None where their median is not late, or there are
    fewer than five of them."""
    negative = [sample.delay_ms for sample in samples if sample.negative and sample.delay_ms is not None]
    others = [sample.delay_ms for sample in samples if not sample.negative and sample.delay_ms is not None]
    if len(negative) < _FEWEST or not others:
        return None
    usual = median(others)
    late_from = max(_TIMES * usual, usual + NOTABLE_MS)
    if median(negative) <= late_from:
        return None
    late_negative = sum(delay > late_from for delay in negative)
    late = late_negative + sum(delay > late_from for delay in others)
    return tail(len(negative) + len(others), late, len(negative), late_negative)


def is_unlikely(chance: float | None) -> bool:
    """Whether an alarm is due."""
    return chance is not None and chance <= UNLIKELY
