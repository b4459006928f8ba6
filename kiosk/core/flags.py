"""What looks like pressure or fakery, by stated rules: a rating is flagged in its entry, and never dropped for it.

The flags are for the supervisor's eyes at central. They say what was seen and not what it means: the last citizens of
a day do come in a rush, and a hand may fall on the same tile twice.
"""

from kiosk.core.situation import Past, Situation, Visit

FLAGS = ("too_fast", "burst", "burst_before_closing", "no_case_number", "same_spot")
"""Every flag there is, in the order in which an entry names them."""

TOO_FAST_MS = 700
"""Nobody reads five words and moves a hand in less."""
BURST_MS = 120_000
BURST = 4
"""So many ratings within `BURST_MS`: a service takes longer than half a minute."""
CLOSING_MS = 30 * 60_000
CLOSING_BURST_MS = 300_000
CLOSING_BURST = 3
"""So many within `CLOSING_BURST_MS` when the hall closes within `CLOSING_MS`."""
SAME_SPOT_MM = 2
SAME_SPOT = 4
"""So many taps in a row within `SAME_SPOT_MM` of the newest: hands of several people differ by more."""

REMEMBERED = 8


def flags_of(visit: Visit, s: Situation, mono_ms: int) -> tuple[str, ...]:
    """The flags of a rated visit that ends now. `mono_ms`: monotonic ms of the same boot as the situation's."""
    seen = {
        "too_fast": _too_fast(visit),
        "burst": _ended_since(s, mono_ms - BURST_MS) + 1 >= BURST,
        "burst_before_closing": _closes_soon(s, mono_ms)
        and _ended_since(s, mono_ms - CLOSING_BURST_MS) + 1 >= CLOSING_BURST,
        "no_case_number": not visit.case_number.strip(),
        "same_spot": _same_spot(visit, s),
    }
    return tuple(flag for flag in FLAGS if seen[flag])


def remembering(s: Situation, visit: Visit, mono_ms: int) -> tuple[Past, ...]:
    """What is remembered once this rated visit has ended."""
    return (*s.recent, Past(mono_ms, visit.spot))[-REMEMBERED:]


def _too_fast(visit: Visit) -> bool:
    if visit.invited_ms is None or visit.answered_ms is None:
        return False
    return visit.answered_ms - visit.invited_ms < TOO_FAST_MS


def _ended_since(s: Situation, since_ms: int) -> int:
    return sum(past.ended_ms >= since_ms for past in s.recent)


def _closes_soon(s: Situation, mono_ms: int) -> bool:
    return s.closes_ms is not None and 0 <= s.closes_ms - mono_ms <= CLOSING_MS


def _same_spot(visit: Visit, s: Situation) -> bool:
    before = s.recent[-(SAME_SPOT - 1) :]
    if visit.spot is None or len(before) < SAME_SPOT - 1:
        return False
    x, y = visit.spot
    return all(
        past.spot is not None and abs(past.spot[0] - x) <= SAME_SPOT_MM and abs(past.spot[1] - y) <= SAME_SPOT_MM
        for past in before
    )
