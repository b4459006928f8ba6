"""How a visit begins, and how its citizen is invited."""

from dataclasses import replace
from typing import Any

from kiosk.core import events as e
from kiosk.core.entry import Kind
from kiosk.core.rules import moves as m
from kiosk.core.rules.moves import Record, Step
from kiosk.core.situation import Awaited, Situation, State, Visit


def start(s: Situation, event: e.StartVisit, now: e.Now) -> Step:
    """A clerk begins it; no citizen sees anything before its start is on the disk."""
    visit = Visit(
        event.visit_id, event.matter, event.case_number, event.service_number, s.staff,
        begun_ms=now.mono_ms, slip=event.slip,
    )  # fmt: skip
    name = {"citizen_name": event.citizen_name} if event.citizen_name else {}
    said = {"by": event.by, "stage": event.stage, "slip": event.slip, "invited_by": event.by if event.invited else None}
    return _begin(s, visit, now, said, name)


def begin_here(s: Situation, event: e.BeginVisit, now: e.Now) -> Step:
    """A citizen begins it, having been served: the five levels follow at once."""
    if not s.terms.self_start:
        return m.refuse(s, "not_here")
    visit = Visit(
        event.visit_id, event.matter, event.case_number, None, s.staff,
        begun_ms=now.mono_ms, slip=event.slip, window=event.window, self_begun=True,
    )  # fmt: skip
    said = {"by": "citizen", "stage": None, "slip": event.slip, "invited_by": "citizen"}
    return _begin(s, visit, now, said, {})


def _begin(s: Situation, visit: Visit, now: e.Now, said: dict[str, Any], personal: dict[str, str]) -> Step:
    body: dict[str, Any] = {
        "matter": {"code": visit.matter.code, "name": visit.matter.name},
        "case_number": visit.case_number,
        "service_number": visit.service_number,
        "staff": m.who(s.staff),
        "window": visit.window or s.terms.window,
        "channel": s.terms.channel,
        **said,
    }
    draft = m.draft(now, Kind.VISIT_STARTED, visit.visit_id, body, personal)
    then = State.INVITING if said["invited_by"] else State.SERVING
    # From here on no thanks stands on the screen: it would be the next visit's, whose start is not on the disk yet.
    return m.hold(replace(m.rest(s), visit=visit, called=None), Awaited(now.entry_id, then)), (Record(draft),)


def invite(s: Situation, event: e.Invite, now: e.Now) -> Step:
    """A clerk invites to rate."""
    if s.visit is None or event.visit_id != s.visit.visit_id:
        return m.refuse(s, "other_visit")
    return _show_levels(s, now, {"by": event.by})


def ask_to_rate(s: Situation, _event: e.AskToRate, now: e.Now) -> Step:
    """Of the citizen's own accord (主动评价)."""
    return _show_levels(s, now, {"by": "citizen"})


def call_while_serving(s: Situation, event: e.CallNumber, now: e.Now) -> Step:
    """Whoever calls the next number has done with this one, who is invited."""
    return _show_levels(replace(s, called=event.number), now, {"by": "next_number", "number": event.number})


def call(s: Situation, event: e.CallNumber, now: e.Now) -> Step:
    """The number is shown once nobody is served; a citizen who is rating is not disturbed."""
    draft = m.draft(now, Kind.NUMBER_CALLED, None, {"number": event.number})
    return replace(s, called=event.number), (Record(draft),)


def _show_levels(s: Situation, now: e.Now, said: dict[str, Any]) -> Step:
    draft = m.draft(now, Kind.VISIT_INVITED, m.visit_of(s).visit_id, said)
    return m.to(s, State.INVITING, now), (Record(draft),)
