"""What looks like pressure or fakery, by stated rules: a rating is flagged in its entry, and never dropped for it.

The flags are for the supervisor's eyes at central. They say what was seen and not what it means: the last citizens of
a day do come in a rush, and a hand may fall on the same tile twice.
"""

from collections.abc import Iterable

from kiosk.core.situation import Past, Situation, Visit

FLAGS = ("too_fast", "burst", "burst_before_closing", "no_case_number", "same_spot")
"""Every flag there is, in the order in which an entry names them."""

TOO_FAST_MS = 700
"""Nobody reads five words and moves a hand in less."""
PHONE_TOO_FAST_MS = 4_000
"""From the invitation to the phone's last word: nobody takes out a phone, scans a code and sends two pages in less."""
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
    seen = _rush(s, mono_ms)
    if _too_fast(visit):
        seen.add("too_fast")
    if not visit.case_number.strip():
        seen.add("no_case_number")
    if _same_spot(visit, s):
        seen.add("same_spot")
    return _in_order(seen)


def phone_flags(s: Situation, numbered: bool, invited_ms: int | None, done_ms: int) -> tuple[str, ...]:
    """The flags of a rating that a phone gave. `numbered`: the visit has a case number. `invited_ms`, `done_ms`: when
    the five levels stood there and when the phone had said its last word, monotonic ms of the same boot as the
    situation's; None where that is not known, and then nothing is too fast."""
    seen = _rush(s, done_ms)
    if invited_ms is not None and done_ms - invited_ms < PHONE_TOO_FAST_MS:
        seen.add("too_fast")
    if not numbered:
        seen.add("no_case_number")
    return _in_order(seen)


def remembering(s: Situation, visit: Visit, mono_ms: int) -> tuple[Past, ...]:
    """What is remembered once this rated visit has ended."""
    return (*s.recent, Past(mono_ms, visit.spot))[-REMEMBERED:]


def remembering_phone(s: Situation, done_ms: int) -> tuple[Past, ...]:
    """What is remembered of one that a phone rated."""
    return (*s.recent, Past(done_ms, None, on_phone=True))[-REMEMBERED:]


def _in_order(seen: Iterable[str]) -> tuple[str, ...]:
    return tuple(flag for flag in FLAGS if flag in seen)


def _rush(s: Situation, mono_ms: int) -> set[str]:
    """How many have rated of late, on the glass and on phones alike."""
    seen = set()
    if _ended_since(s, mono_ms - BURST_MS) + 1 >= BURST:
        seen.add("burst")
    if _closes_soon(s, mono_ms) and _ended_since(s, mono_ms - CLOSING_BURST_MS) + 1 >= CLOSING_BURST:
        seen.add("burst_before_closing")
    return seen


def _too_fast(visit: Visit) -> bool:
    if visit.invited_ms is None or visit.answered_ms is None:
        return False
    return visit.answered_ms - visit.invited_ms < TOO_FAST_MS


def _ended_since(s: Situation, since_ms: int) -> int:
    return sum(past.ended_ms >= since_ms for past in s.recent)


def _closes_soon(s: Situation, mono_ms: int) -> bool:
    return s.closes_ms is not None and 0 <= s.closes_ms - mono_ms <= CLOSING_MS


def _same_spot(visit: Visit, s: Situation) -> bool:
    before = [past for past in s.recent if not past.on_phone][-(SAME_SPOT - 1) :]
    if visit.spot is None or len(before) < SAME_SPOT - 1:
        return False
    x, y = visit.spot
    return all(
        past.spot is not None and abs(past.spot[0] - x) <= SAME_SPOT_MM and abs(past.spot[1] - y) <= SAME_SPOT_MM
        for past in before
    )
