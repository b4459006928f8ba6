"""How a visit ends without being finished: skipped, cancelled, walked off, broken off."""

from dataclasses import replace
from typing import Any

from kiosk.core import events as e
from kiosk.core.entry import Kind
from kiosk.core.rules import moves as m
from kiosk.core.rules.moves import Record, Step
from kiosk.core.situation import Outcome, Situation, State


def skip(s: Situation, _event: e.Skip, now: e.Now) -> Step:
    """The citizen does not want to; a level once tapped stands."""
    if m.visit_of(s).level is not None:
        return m.end(s, now, Outcome.RATED, State.READY)
    return m.end(s, now, Outcome.SKIPPED, State.READY)


def cancel(s: Situation, event: e.CancelVisit, now: e.Now) -> Step:
    """The clerk ends it, as long as no level was tapped."""
    if s.visit is None or event.visit_id != s.visit.visit_id:
        return m.refuse(s, "other_visit")
    if s.visit.level is not None:
        return m.refuse(s, "level_tapped")
    return m.end(s, now, Outcome.CANCELLED, State.READY, cause=event.reason, by=event.by)


def walked_off(s: Situation, _event: e.TimePassed, now: e.Now) -> Step:
    """A tapped level stands, with what was chosen and written; a number that was not sent off is dropped."""
    if not m.due(s, now):
        return s, ()
    if not s.asking and s.extended < s.terms.extensions and s.terms.asking_ms > 0:
        return replace(s, asking=True, deadline_ms=now.mono_ms + s.terms.asking_ms), ()
    if m.visit_of(s).level is None:
        return m.end(s, now, Outcome.TIMED_OUT, State.READY)
    return m.end(s, now, Outcome.RATED, State.READY, cause="walked_off")


def thanks_over(s: Situation, event: e.TimePassed | e.Leave, now: e.Now) -> Step:
    """The next one comes."""
    if isinstance(event, e.TimePassed) and not m.due(s, now):
        return s, ()
    return m.rest(s), ()


def break_off(s: Situation, _event: e.BreakOff, now: e.Now) -> Step:
    """As if the citizen had walked off; without a level the next start closes the visit."""
    if not m.running(s) or s.awaiting is not None or m.visit_of(s).level is None:
        return s, ()
    return m.end(s, now, Outcome.RATED, State.READY, cause="terminal_stopped")


def close_interrupted(s: Situation, event: e.CloseInterrupted, now: e.Now) -> Step:
    """What the last run left open: a tapped level stands."""
    left = event.visit
    body: dict[str, Any] = {"cause": event.cause}
    if left.level is None:
        body["outcome"] = str(Outcome.CANCELLED)
    else:
        body |= m.rating_body(left.rating_id, left.level, left.tapped_ms, (), finished=False)
    return s, (Record(m.draft(now, Kind.VISIT_ENDED, left.visit_id, body)),)
