"""What the citizen does with the five levels and the reasons."""

from dataclasses import replace

from kiosk.core import events as e
from kiosk.core.entry import Kind
from kiosk.core.privacy import COMMENT_LIMIT, is_contact
from kiosk.core.rules import moves as m
from kiosk.core.rules.moves import Record, Step
from kiosk.core.situation import Outcome, Situation, State


def tap(s: Situation, event: e.TapLevel, now: e.Now) -> Step:
    """The first tap wins: from here on the state is `explaining`. Whoever rates on the glass rates on no phone."""
    visit = m.visit_of(s)
    rating_id = visit.rating_id or now.entry_id
    tapped = replace(
        visit, rating_id=rating_id, level=event.level, tapped_ms=now.wall_ms, seen=event.seen, spot=event.spot,
        answered_ms=now.mono_ms if visit.answered_ms is None else visit.answered_ms, on_glass=True,
    )  # fmt: skip
    body = {
        "rating_id": rating_id,
        "level": str(event.level),
        "options_version": s.terms.options_version,
        "seen": m.seen_body(s, event.seen),
    }
    draft = m.draft(now, Kind.LEVEL_TAPPED, visit.visit_id, body)
    return m.to(replace(s, visit=tapped), State.EXPLAINING, now), (Record(draft),)


def choose_again(s: Situation, _event: e.ChooseAgain, now: e.Now) -> Step:
    """What was chosen goes with the level it was chosen for; what was written stays."""
    return m.to(replace(s, visit=replace(m.visit_of(s), reasons=(), local_reasons=())), State.INVITING, now), ()


def toggle(s: Situation, event: e.ToggleReason, now: e.Now) -> Step:
    """A reason of the national list, on or off."""
    visit = m.visit_of(s)
    if s.terms.options is not None and visit.level is not None and s.terms.options.unknown(visit.level, [event.code]):
        return m.refuse(s, "unknown_reason")
    visit = replace(visit, reasons=toggled(visit.reasons, event.code))
    return m.to(replace(s, visit=visit), State.EXPLAINING, now), ()


def toggle_local(s: Situation, event: e.ToggleLocalReason, now: e.Now) -> Step:
    """A reason of the hall's own, on or off."""
    visit = m.visit_of(s)
    if not any(one.code == event.code and visit.level in one.levels for one in s.terms.local_reasons):
        return m.refuse(s, "unknown_reason")
    visit = replace(visit, local_reasons=toggled(visit.local_reasons, event.code))
    return m.to(replace(s, visit=visit), State.EXPLAINING, now), ()


def toggled(chosen: tuple[str, ...], code: str) -> tuple[str, ...]:
    """The choice with one code more, or one fewer."""
    return tuple(one for one in chosen if one != code) if code in chosen else (*chosen, code)


def still_there(s: Situation, _event: e.StillThere, now: e.Now) -> Step:
    """One tap begins the wait anew, ten times for one wait (WCAG 2.2.1)."""
    if not s.asking:
        return s, ()
    return replace(m.to(s, s.state, now), extended=s.extended + 1), ()


def comment(s: Situation, event: e.WriteComment, now: e.Now) -> Step:
    """The words as they now stand."""
    visit = replace(m.visit_of(s), comment=m.clean(event.text)[:COMMENT_LIMIT])
    return m.to(replace(s, visit=visit), State.EXPLAINING, now), ()


def contact(s: Situation, event: e.WriteContact, now: e.Now) -> Step:
    """The number as it now stands."""
    return m.to(replace(s, visit=replace(m.visit_of(s), contact=m.clean(event.text)[:20])), State.EXPLAINING, now), ()


def submit(s: Situation, _event: e.Submit, now: e.Now) -> Step:
    """Done: a negative level needs a reason or a word (DOMAIN)."""
    visit = m.visit_of(s)
    said = visit.reasons or visit.local_reasons or visit.comment.strip()
    if visit.level is not None and visit.level.negative and not said:
        return m.refuse(s, "reason_needed")
    if visit.contact and not is_contact(visit.contact):
        return m.refuse(s, "contact_unclear")
    return m.end(s, now, Outcome.RATED, State.THANKS, finished=True)
