"""The rules of a visit, as one table: `fold(situation, event, now) -> (situation, effects)`.

Read `RULES` first. What it does not list is refused and changes nothing. The first tap wins here, not in the buttons:
once a level is tapped the state is `explaining`, where no level can be tapped.

An event records at most one entry. Where the table says "then", the state moves only when the journal has answered
that the entry is committed: there is no visit on the screen, and no thanks, without a commit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kiosk.core import events as e
from kiosk.core.entry import Draft, Kind, Personal
from kiosk.core.levels import Level
from kiosk.core.privacy import COMMENT_LIMIT, is_contact
from kiosk.core.receipt import normalise, receipt_code
from kiosk.core.situation import Awaited, Outcome, Situation, State, Visit

# -- effects ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Record:
    """Append this to the journal, and answer with `Recorded`."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class Refuse:
    """The event is not allowed now; a stable code says why. Nothing changed."""

    code: str


Effect = Record | Refuse
Step = tuple[Situation, tuple[Effect, ...]]
Rule = Callable[[Situation, Any, e.Now], Step]


def fold(situation: Situation, event: e.Event, now: e.Now) -> Step:
    """Carry one event through the table. Pure: the same three values give the same answer, for ever."""
    rule = ANYWHERE.get(type(event)) or RULES.get((situation.state, type(event)))
    if rule is None:
        return _refuse(situation, _why_not(situation))
    if situation.awaiting is not None and type(event) not in ANYWHERE:
        return _refuse(situation, "busy")
    return rule(situation, event, now)


# -- the rules, one function each ------------------------------------------------------------------------------------


def _start(s: Situation, event: e.StartVisit, now: e.Now) -> Step:
    visit = Visit(event.visit_id, event.matter, event.case_number, event.service_number, s.staff)
    body: dict[str, Any] = {
        "matter": {"code": event.matter.code, "name": event.matter.name},
        "case_number": event.case_number,
        "service_number": event.service_number,
        "staff": _who(s.staff),
        "window": s.terms.window,
        "channel": s.terms.channel,
    }
    name = {"citizen_name": event.citizen_name} if event.citizen_name else {}
    draft = _draft(now, Kind.VISIT_STARTED, event.visit_id, body, name)
    # From here on no thanks stands on the screen: it would be the next visit's, whose start is not on the disk yet.
    return _await(replace(_rest(s), visit=visit), Awaited(now.entry_id, State.SERVING)), (Record(draft),)


def _invite(s: Situation, event: e.Invite, now: e.Now) -> Step:
    if s.visit is None or event.visit_id != s.visit.visit_id:
        return _refuse(s, "other_visit")
    return _show_levels(s, now, "clerk")


def _ask_to_rate(s: Situation, _event: e.AskToRate, now: e.Now) -> Step:
    return _show_levels(s, now, "citizen")


def _show_levels(s: Situation, now: e.Now, by: str) -> Step:
    draft = _draft(now, Kind.VISIT_INVITED, _visit(s).visit_id, {"by": by})
    return _to(s, State.INVITING, now), (Record(draft),)


def _tap(s: Situation, event: e.TapLevel, now: e.Now) -> Step:
    visit = _visit(s)
    rating_id = visit.rating_id or now.entry_id
    tapped = replace(visit, rating_id=rating_id, level=event.level, tapped_ms=now.wall_ms, seen=event.seen)
    body = {
        "rating_id": rating_id,
        "level": str(event.level),
        "options_version": s.terms.options_version,
        "seen": _seen(s, event.seen),
    }
    draft = _draft(now, Kind.LEVEL_TAPPED, visit.visit_id, body)
    return _to(replace(s, visit=tapped), State.EXPLAINING, now), (Record(draft),)


def _choose_again(s: Situation, _event: e.ChooseAgain, now: e.Now) -> Step:
    """What was chosen goes with the level it was chosen for; what was written stays."""
    return _to(replace(s, visit=replace(_visit(s), reasons=(), local_reasons=())), State.INVITING, now), ()


def _toggle(s: Situation, event: e.ToggleReason, now: e.Now) -> Step:
    visit = _visit(s)
    if s.terms.options is not None and visit.level is not None and s.terms.options.unknown(visit.level, [event.code]):
        return _refuse(s, "unknown_reason")
    visit = replace(visit, reasons=_toggled(visit.reasons, event.code))
    return _to(replace(s, visit=visit), State.EXPLAINING, now), ()


def _toggle_local(s: Situation, event: e.ToggleLocalReason, now: e.Now) -> Step:
    visit = _visit(s)
    if not any(one.code == event.code and visit.level in one.levels for one in s.terms.local_reasons):
        return _refuse(s, "unknown_reason")
    visit = replace(visit, local_reasons=_toggled(visit.local_reasons, event.code))
    return _to(replace(s, visit=visit), State.EXPLAINING, now), ()


def _still_there(s: Situation, _event: e.StillThere, now: e.Now) -> Step:
    """One tap begins the wait anew, ten times for one wait (WCAG 2.2.1)."""
    if not s.asking:
        return s, ()
    return replace(_to(s, s.state, now), extended=s.extended + 1), ()


def _comment(s: Situation, event: e.WriteComment, now: e.Now) -> Step:
    visit = replace(_visit(s), comment=_clean(event.text)[:COMMENT_LIMIT])
    return _to(replace(s, visit=visit), State.EXPLAINING, now), ()


def _contact(s: Situation, event: e.WriteContact, now: e.Now) -> Step:
    return _to(replace(s, visit=replace(_visit(s), contact=_clean(event.text)[:20])), State.EXPLAINING, now), ()


def _submit(s: Situation, _event: e.Submit, now: e.Now) -> Step:
    visit = _visit(s)
    said = visit.reasons or visit.local_reasons or visit.comment.strip()
    if visit.level is not None and visit.level.negative and not said:
        return _refuse(s, "reason_needed")
    if visit.contact and not is_contact(visit.contact):
        return _refuse(s, "contact_unclear")
    return _end(s, now, Outcome.RATED, State.THANKS, finished=True)


def _skip(s: Situation, _event: e.Skip, now: e.Now) -> Step:
    if _visit(s).level is not None:
        return _end(s, now, Outcome.RATED, State.READY)
    return _end(s, now, Outcome.SKIPPED, State.READY)


def _cancel(s: Situation, event: e.CancelVisit, now: e.Now) -> Step:
    if s.visit is None or event.visit_id != s.visit.visit_id:
        return _refuse(s, "other_visit")
    if s.visit.level is not None:
        return _refuse(s, "level_tapped")
    return _end(s, now, Outcome.CANCELLED, State.READY, cause=event.reason)


def _walked_off(s: Situation, _event: e.TimePassed, now: e.Now) -> Step:
    """A tapped level stands, with what was chosen and written; a number that was not sent off is dropped."""
    if not _due(s, now):
        return s, ()
    if not s.asking and s.extended < s.terms.extensions and s.terms.asking_ms > 0:
        return replace(s, asking=True, deadline_ms=now.mono_ms + s.terms.asking_ms), ()
    if _visit(s).level is None:
        return _end(s, now, Outcome.TIMED_OUT, State.READY)
    return _end(s, now, Outcome.RATED, State.READY, cause="walked_off")


def _to_phone(s: Situation, _event: e.HandToPhone, now: e.Now) -> Step:
    if _visit(s).level is not None:
        return _refuse(s, "level_tapped")
    return _to(s, State.HANDED_TO_PHONE, now), ()


def _phone_done(s: Situation, _event: e.PhoneFinished, now: e.Now) -> Step:
    return _end(s, now, Outcome.HANDED_TO_PHONE, State.READY)


def _phone_silent(s: Situation, _event: e.TimePassed, now: e.Now) -> Step:
    return (_to(s, State.INVITING, now), ()) if _due(s, now) else (s, ())


def _thanks_over(s: Situation, event: e.TimePassed | e.Leave, now: e.Now) -> Step:
    if isinstance(event, e.TimePassed) and not _due(s, now):
        return s, ()
    return _rest(s), ()


def _sign_in(s: Situation, event: e.SignIn, now: e.Now) -> Step:
    draft = _draft(now, Kind.STAFF_SIGNED_IN, None, {"staff": _who(event.staff)})
    return replace(s, staff=event.staff), (Record(draft),)


def _sign_out(s: Situation, _event: e.SignOut, now: e.Now) -> Step:
    if s.staff is None:
        return _refuse(s, "nobody_signed_in")
    draft = _draft(now, Kind.STAFF_SIGNED_OUT, None, {"staff": _who(s.staff)})
    return replace(s, staff=None), (Record(draft),)


def _pause(s: Situation, event: e.Pause, now: e.Now) -> Step:
    draft = _draft(now, Kind.SERVICE_PAUSED, None, {"reason": event.reason, "until": event.until})
    return _rest(replace(s, pause_reason=event.reason, pause_until=event.until)), (Record(draft),)


def _resume(s: Situation, _event: e.Resume, now: e.Now) -> Step:
    s = _rest(replace(s, pause_reason=None, pause_until=None))
    return s, (Record(_draft(now, Kind.SERVICE_RESUMED, None, {})),)


def _add_words(s: Situation, event: e.AddWords, now: e.Now) -> Step:
    words = _clean(event.words).strip()[:COMMENT_LIMIT]
    if not words:
        return _refuse(s, "words_needed")
    return _of_receipt(s, Kind.RECEIPT_ADDITION, event.receipt, words, now)


def _withdraw(s: Situation, event: e.Withdraw, now: e.Now) -> Step:
    words = _clean(event.words).strip()[:COMMENT_LIMIT]
    return _of_receipt(s, Kind.RECEIPT_WITHDRAWAL, event.receipt, words, now)


def _of_receipt(s: Situation, kind: str, typed: str, words: str, now: e.Now) -> Step:
    receipt = normalise(typed)
    if receipt is None:
        return _refuse(s, "receipt_malformed")
    return s, (Record(_draft(now, kind, None, {"receipt": receipt}, {"words": words} if words else None)),)


# -- what may happen in any state ------------------------------------------------------------------------------------


def _recorded(s: Situation, event: e.Recorded, now: e.Now) -> Step:
    if s.awaiting is None or s.awaiting.entry_id != event.entry_id:
        return s, ()
    awaited = s.awaiting
    s = replace(s, awaiting=None)
    if s.visit is not None and awaited.outcome is not None:
        receipt = receipt_code(event.hash) if awaited.outcome is Outcome.RATED else None
        s = replace(s, visit=replace(_forget(s.visit), outcome=awaited.outcome, receipt=receipt))
    if s.faults or awaited.then is State.READY:
        return _rest(s), ()
    return _to(s, awaited.then, now), ()


def _fault(s: Situation, event: e.Fault, _now: e.Now) -> Step:
    s = replace(s, faults=s.faults | {event.code})
    return (s if _running(s) and s.awaiting is None else _rest(s)), ()


def _fault_cleared(s: Situation, event: e.FaultCleared, now: e.Now) -> Step:
    s = replace(s, faults=s.faults - {event.code})
    if s.state is State.OUT_OF_ORDER and not s.faults and s.awaiting is None and _running(s):
        return _to(s, State.SERVING, now), ()
    return (_rest(s) if not _running(s) else s), ()


def _hours(s: Situation, event: e.HoursChanged, _now: e.Now) -> Step:
    s = replace(s, hall_open=event.open)
    return (_rest(s) if s.state in (State.READY, State.CLOSED) else s), ()


def _terms(s: Situation, event: e.TermsChanged, _now: e.Now) -> Step:
    return replace(s, terms=event.terms), ()


def _started(s: Situation, event: e.Started, now: e.Now) -> Step:
    paused, until = event.paused, event.paused_until
    s = replace(s, staff=event.staff, pause_reason=paused, pause_until=until, faults=s.faults - {"starting"})
    s = _rest(s)
    body = {"version": event.version, "unclean_stop": not event.clean}
    return s, (Record(_draft(now, Kind.TERMINAL_STARTED, None, body)),)


def _close_interrupted(s: Situation, event: e.CloseInterrupted, now: e.Now) -> Step:
    left = event.visit
    body: dict[str, Any] = {"cause": event.cause}
    if left.level is None:
        body["outcome"] = str(Outcome.CANCELLED)
    else:
        body |= _rating_body(left.rating_id, left.level, left.tapped_ms, (), finished=False)
    return s, (Record(_draft(now, Kind.VISIT_ENDED, left.visit_id, body)),)


def _break_off(s: Situation, _event: e.BreakOff, now: e.Now) -> Step:
    """As if the citizen had walked off; without a level the next start closes the visit."""
    if not _running(s) or s.awaiting is not None or _visit(s).level is None:
        return s, ()
    return _end(s, now, Outcome.RATED, State.READY, cause="terminal_stopped")


def _stopping(s: Situation, _event: e.Stopping, now: e.Now) -> Step:
    return s, (Record(_draft(now, Kind.TERMINAL_STOPPED, None, {})),)


RULES: Mapping[tuple[State, type], Rule] = {
    # in state                               event             does; "then" waits for the commit
    (State.READY, e.StartVisit): _start,  #                    then serving
    (State.CLOSED, e.StartVisit): _start,  #                   then serving: a citizen served late is served
    (State.THANKS, e.StartVisit): _start,  #                   then serving: the next one need not wait
    (State.SERVING, e.Invite): _invite,  #                     inviting
    (State.SERVING, e.AskToRate): _ask_to_rate,  #             inviting, of one's own accord
    (State.SERVING, e.CancelVisit): _cancel,  #                then ready: cancelled
    (State.INVITING, e.TapLevel): _tap,  #                     explaining; the tap is recorded at once
    (State.INVITING, e.Skip): _skip,  #                        then ready: skipped; rated if a level had been tapped
    (State.INVITING, e.TimePassed): _walked_off,  #            asks first; then ready: timed_out, or rated as tapped
    (State.INVITING, e.StillThere): _still_there,  #            inviting: if it asked, the wait begins anew
    (State.INVITING, e.CancelVisit): _cancel,  #               then ready: cancelled; refused once a level was tapped
    (State.INVITING, e.HandToPhone): _to_phone,  #             handed_to_phone
    (State.HANDED_TO_PHONE, e.PhoneFinished): _phone_done,  #  then ready: handed_to_phone
    (State.HANDED_TO_PHONE, e.TimePassed): _phone_silent,  #   inviting, for the phone was silent
    (State.EXPLAINING, e.ToggleReason): _toggle,
    (State.EXPLAINING, e.ToggleLocalReason): _toggle_local,
    (State.EXPLAINING, e.StillThere): _still_there,  #          explaining: if it asked, the wait begins anew
    (State.EXPLAINING, e.WriteComment): _comment,
    (State.EXPLAINING, e.WriteContact): _contact,
    (State.EXPLAINING, e.ChooseAgain): _choose_again,  #       inviting; the tapped level stands meanwhile
    (State.EXPLAINING, e.Submit): _submit,  #                  then thanks: rated
    (State.EXPLAINING, e.TimePassed): _walked_off,  #          asks first; then ready: rated, unfinished
    (State.EXPLAINING, e.CancelVisit): _cancel,  #             refused: a level was tapped
    (State.THANKS, e.TimePassed): _thanks_over,  #             ready
    (State.THANKS, e.Leave): _thanks_over,  #                  ready
    (State.READY, e.Pause): _pause,  #                         paused
    (State.CLOSED, e.Pause): _pause,  #                        paused
    (State.THANKS, e.Pause): _pause,  #                        paused
    (State.PAUSED, e.Pause): _pause,  #                        paused, for another reason
    (State.PAUSED, e.Resume): _resume,  #                      ready
    **{
        (state, event): rule
        for state in (State.READY, State.CLOSED, State.THANKS, State.PAUSED)  # not while a visit runs
        for event, rule in ((e.SignIn, _sign_in), (e.SignOut, _sign_out))
    },
    **{
        (state, event): rule
        for state in (State.READY, State.CLOSED, State.PAUSED)  # whoever comes back with a receipt
        for event, rule in ((e.AddWords, _add_words), (e.Withdraw, _withdraw))
    },
}

ANYWHERE: Mapping[type, Rule] = {
    e.Recorded: _recorded,
    e.Fault: _fault,  #              out_of_order, unless a citizen is in the middle of a visit
    e.FaultCleared: _fault_cleared,
    e.HoursChanged: _hours,
    e.TermsChanged: _terms,
    e.Started: _started,
    e.CloseInterrupted: _close_interrupted,
    e.BreakOff: _break_off,  #       then ready: rated, unfinished, if a level had been tapped
    e.Stopping: _stopping,
}


# -- helpers ---------------------------------------------------------------------------------------------------------


def _to(s: Situation, state: State, now: e.Now) -> Situation:
    """Go to a state and start its clock anew; whoever does something is there."""
    waits = {
        State.INVITING: s.terms.inviting_ms,
        State.EXPLAINING: s.terms.explaining_ms,
        State.THANKS: s.terms.thanks_ms,
        State.HANDED_TO_PHONE: s.terms.explaining_ms,
    }
    wait = waits.get(state)
    deadline = None if wait is None else now.mono_ms + wait
    return replace(s, state=state, deadline_ms=deadline, asking=False, extended=0)


def _rest(s: Situation) -> Situation:
    """Where the terminal stands when no visit is on the screen."""
    if s.faults:
        state = State.OUT_OF_ORDER
    elif s.pause_reason is not None:
        state = State.PAUSED
    else:
        state = State.READY if s.hall_open else State.CLOSED
    return replace(s, state=state, deadline_ms=None, asking=False, extended=0)


def _await(s: Situation, awaited: Awaited) -> Situation:
    """Wait for a commit; where the journal is known to be in trouble, say so rather than wait on the citizen's page."""
    state = State.OUT_OF_ORDER if s.faults else s.state
    return replace(s, state=state, awaiting=awaited, deadline_ms=None, asking=False, extended=0)


def _end(
    s: Situation, now: e.Now, outcome: Outcome, then: State, cause: str | None = None, finished: bool = False
) -> Step:
    visit = _visit(s)
    personal: dict[str, str] = {}
    body: dict[str, Any] = {"outcome": str(outcome), "cause": cause}
    if outcome is Outcome.RATED and visit.level is not None:
        body |= _rating_body(visit.rating_id, visit.level, visit.tapped_ms, visit.reasons, finished)
        body |= {
            "options_version": s.terms.options_version,
            "local_reasons": list(visit.local_reasons),
            "seen": _seen(s, visit.seen),
        }
        if visit.comment.strip():
            personal["comment"] = visit.comment.strip()
        if finished and visit.contact:
            personal["contact"] = visit.contact
    draft = _draft(now, Kind.VISIT_ENDED, visit.visit_id, body, personal)
    return _await(s, Awaited(now.entry_id, then, outcome)), (Record(draft),)


def _rating_body(
    rating_id: str | None, level: Level, tapped_ms: int | None, reasons: tuple[str, ...], finished: bool
) -> dict[str, Any]:
    return {
        "outcome": str(Outcome.RATED),
        "rating_id": rating_id,
        "level": str(level),
        "tapped_ms": tapped_ms,
        "reasons": list(reasons),
        "finished": finished,
    }


def _toggled(chosen: tuple[str, ...], code: str) -> tuple[str, ...]:
    return tuple(one for one in chosen if one != code) if code in chosen else (*chosen, code)


def _seen(s: Situation, seen: e.Seen | None) -> dict[str, Any] | None:
    """The version of options, wording and layout that stood before the citizen."""
    if seen is None:
        return None
    return {
        "options": s.terms.options.digest if s.terms.options else "",
        "language": seen.language,
        "look": seen.look,
        "wording": seen.wording,
        "layout": seen.layout,
        "version": seen.version,
    }


def _draft(
    now: e.Now, kind: str, visit_id: str | None, body: dict[str, Any], personal: dict[str, str] | None = None
) -> Draft:
    kept = Personal(now.salt, personal) if personal else None
    return Draft(now.entry_id, kind, now.wall_ms, now.mono_ms, now.boot_id, visit_id, body, kept)


def _forget(visit: Visit) -> Visit:
    """What a finished visit may still say: not the level, not the reasons, nothing that was written."""
    return replace(
        visit,
        level=None,
        rating_id=None,
        tapped_ms=None,
        reasons=(),
        local_reasons=(),
        seen=None,
        comment="",
        contact="",
    )


def _clean(text: str) -> str:
    """Text without halves of surrogate pairs: no encoding can carry them, and a rating must not fail over one."""
    return "".join(character for character in text if not "\ud800" <= character <= "\udfff")


def _who(staff: e.Staff | None) -> dict[str, Any] | None:
    return None if staff is None else {"number": staff.number, "name": staff.name, "verified": staff.verified}


def _visit(s: Situation) -> Visit:
    assert s.visit is not None, "the table lets no visit's event through without a visit"
    return s.visit


def _running(s: Situation) -> bool:
    return s.visit is not None and s.visit.outcome is None


def _due(s: Situation, now: e.Now) -> bool:
    return s.deadline_ms is not None and now.mono_ms >= s.deadline_ms


def _refuse(s: Situation, code: str) -> Step:
    return s, (Refuse(code),)


def _why_not(s: Situation) -> str:
    if s.state is State.OUT_OF_ORDER:
        return "out_of_order"
    if s.state is State.PAUSED:
        return "paused"
    return "visit_running" if _running(s) else "not_now"
