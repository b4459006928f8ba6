"""The citizen's own phone: its code is asked for, the visit goes there, comes back, or ends there.

The glass never waits for it: whoever wants to rate here again may at once.
"""

from dataclasses import replace

from kiosk.core import events as e
from kiosk.core.entry import Kind
from kiosk.core.flags import phone_flags, remembering_phone
from kiosk.core.rules import moves as m
from kiosk.core.rules.moves import Record, Step
from kiosk.core.situation import Outcome, Situation, State


def ask_for_phone(s: Situation, _event: e.AskForPhone, now: e.Now) -> Step:
    """The code is to stand beside the five levels, which stay. On record, so that a restart knows whose link to take
    back; asking again is a sign of life and no more."""
    visit = m.visit_of(s)
    if (why := _why_not(s)) is not None:
        return m.refuse(s, why)
    if visit.phone_asked_ms is not None:
        return m.to(s, State.INVITING, now), ()
    draft = m.draft(now, Kind.PHONE_ASKED, visit.visit_id, {})
    return m.to(replace(s, visit=replace(visit, phone_asked_ms=now.mono_ms)), State.INVITING, now), (Record(draft),)


def to_phone(s: Situation, _event: e.HandToPhone, now: e.Now) -> Step:
    """Said here, or seen at central."""
    if (why := _why_not(s)) is not None:
        return m.refuse(s, why)
    return m.to(s, State.HANDED_TO_PHONE, now), ()


def _why_not(s: Situation) -> str | None:
    """No phone once a level was tapped here, nor once the levels were taken back."""
    visit = m.visit_of(s)
    if visit.level is not None:
        return "level_tapped"
    return "taken_back" if visit.on_glass else None


def phone_done(s: Situation, event: e.PhoneFinished, now: e.Now) -> Step:
    """Central has the phone's rating, and the entry vouches for its content by digest. A level tapped here stands
    beside it: that visit ends as rated, an entry of its own vouches for the phone's, and central counts one."""
    visit = m.visit_of(s)
    if event.visit_id not in (None, visit.visit_id):
        return m.refuse(s, "other_visit")
    if visit.level is not None:
        return m.refuse(s, "level_tapped")
    done_ms = now.mono_ms - event.ago_ms
    phone = {"rating_id": event.rating_id, "digest": event.digest} if event.rating_id else None
    flags = phone_flags(s, bool(visit.case_number.strip()), visit.invited_ms, done_ms)
    s = replace(s, recent=remembering_phone(s, done_ms))
    return m.end(s, now, Outcome.HANDED_TO_PHONE, State.READY, phone=phone, flags=list(flags))


def vouch(s: Situation, event: e.VouchForPhone, now: e.Now) -> Step:
    """What was learnt too late for the entry that ended the visit; it moves nothing on the screen. What the glass has
    rated as well is remembered once."""
    asked, visit = event.asked, s.visit
    done_ms = now.mono_ms - event.ago_ms
    invited_ms = asked.invited_ms if asked.boot_id == now.boot_id else None
    body = {
        "rating_id": event.rating_id,
        "digest": event.digest,
        "flags": list(phone_flags(s, asked.numbered, invited_ms, done_ms)),
    }
    rated_here = visit is not None and visit.visit_id == asked.visit_id and visit.outcome in (None, Outcome.RATED)
    if not rated_here:
        s = replace(s, recent=remembering_phone(s, done_ms))
    return s, (Record(m.draft(now, Kind.PHONE_VOUCHED, asked.visit_id, body)),)


def take_back(s: Situation, _event: e.TakeBack, now: e.Now) -> Step:
    """The levels are here again, at once and for good; central is told to take nothing from the phone any more."""
    return m.to(replace(s, visit=replace(m.visit_of(s), on_glass=True)), State.INVITING, now), ()


def phone_silent(s: Situation, _event: e.TimePassed, now: e.Now) -> Step:
    """The phone was not done within its time."""
    return take_back(s, e.TakeBack(), now) if m.due(s, now) else (s, ())
