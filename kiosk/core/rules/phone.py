"""The citizen's own phone: the visit goes there, comes back, or ends there.

The glass never waits for it: whoever wants to rate here again may at once.
"""

from dataclasses import replace

from kiosk.core import events as e
from kiosk.core.rules import moves as m
from kiosk.core.rules.moves import Step
from kiosk.core.situation import Outcome, Situation, State


def to_phone(s: Situation, _event: e.HandToPhone, now: e.Now) -> Step:
    """Said here, or seen at central. Not once a level was tapped here, nor once the levels were taken back."""
    visit = m.visit_of(s)
    if visit.level is not None:
        return m.refuse(s, "level_tapped")
    if visit.on_glass:
        return m.refuse(s, "taken_back")
    return m.to(s, State.HANDED_TO_PHONE, now), ()


def phone_done(s: Situation, event: e.PhoneFinished, now: e.Now) -> Step:
    """Central has the phone's rating, and the entry vouches for its content by digest. A level tapped here stands
    beside it: that visit ends as rated, and central counts one."""
    visit = m.visit_of(s)
    if event.visit_id not in (None, visit.visit_id):
        return m.refuse(s, "other_visit")
    if visit.level is not None:
        return m.refuse(s, "level_tapped")
    phone = {"rating_id": event.rating_id, "digest": event.digest} if event.rating_id else None
    return m.end(s, now, Outcome.HANDED_TO_PHONE, State.READY, phone=phone)


def take_back(s: Situation, _event: e.TakeBack, now: e.Now) -> Step:
    """The levels are here again, at once and for good; central is told to take nothing from the phone any more."""
    return m.to(replace(s, visit=replace(m.visit_of(s), on_glass=True)), State.INVITING, now), ()


def phone_silent(s: Situation, _event: e.TimePassed, now: e.Now) -> Step:
    """The phone was not done within its time."""
    return take_back(s, e.TakeBack(), now) if m.due(s, now) else (s, ())
