"""What concerns the terminal and its clerk rather than one citizen, and what comes with a receipt."""

from dataclasses import replace

from kiosk.core import events as e
from kiosk.core.entry import Kind
from kiosk.core.privacy import COMMENT_LIMIT
from kiosk.core.receipt import normalise, receipt_code
from kiosk.core.rules import moves as m
from kiosk.core.rules.moves import Record, Step
from kiosk.core.situation import Outcome, Situation, State

_AT_REST = frozenset({State.READY, State.CLOSED, State.PAUSED, State.OUT_OF_ORDER})
"""Where no citizen stands before the screen, unless a visit is still open behind a fault."""


def sign_in(s: Situation, event: e.SignIn, now: e.Now) -> Step:
    """A clerk sits down."""
    draft = m.draft(now, Kind.STAFF_SIGNED_IN, None, {"staff": m.who(event.staff)})
    return replace(s, staff=event.staff), (Record(draft),)


def sign_out(s: Situation, _event: e.SignOut, now: e.Now) -> Step:
    """The clerk leaves."""
    if s.staff is None:
        return m.refuse(s, "nobody_signed_in")
    draft = m.draft(now, Kind.STAFF_SIGNED_OUT, None, {"staff": m.who(s.staff)})
    return replace(s, staff=None), (Record(draft),)


def pause(s: Situation, event: e.Pause, now: e.Now) -> Step:
    """暂停服务."""
    draft = m.draft(now, Kind.SERVICE_PAUSED, None, {"reason": event.reason, "until": event.until, "kind": event.kind})
    s = replace(s, pause_reason=event.reason, pause_until=event.until, pause_kind=event.kind)
    return m.rest(s), (Record(draft),)


def resume(s: Situation, _event: e.Resume, now: e.Now) -> Step:
    """The pause is over."""
    s = m.rest(replace(s, pause_reason=None, pause_until=None, pause_kind=""))
    return s, (Record(m.draft(now, Kind.SERVICE_RESUMED, None, {})),)


def open_menu(s: Situation, event: e.OpenMenu, now: e.Now) -> Step:
    """A clerk is at the staff menu (RELIABILITY 36: every entry to maintenance is in the journal)."""
    return s, (Record(m.draft(now, Kind.MENU_OPENED, None, {"staff": m.who(event.staff)})),)


def open_maintenance(s: Situation, event: e.OpenMaintenance, now: e.Now) -> Step:
    """A technician was let in (RELIABILITY 36)."""
    body: dict[str, object] = {"technician": event.technician.number, "what": event.what}
    if event.clock_off_s:
        body["clock_off_s"] = event.clock_off_s
    return s, (Record(m.draft(now, Kind.MAINTENANCE_OPENED, None, body)),)


def leave_program(s: Situation, event: e.LeaveProgram, now: e.Now) -> Step:
    """A technician ends the program; whoever asked ends it once this is committed."""
    if event.why not in e.LEAVE_REASONS:
        return m.refuse(s, "not_now")
    if m.running(s) or s.awaiting is not None or s.state not in _AT_REST:
        return m.refuse(s, "visit_running")
    body = {"technician": event.technician.number, "why": event.why}
    return s, (Record(m.draft(now, Kind.TERMINAL_LEFT, None, body)),)


def add_words(s: Situation, event: e.AddWords, now: e.Now) -> Step:
    """A word more for an earlier rating."""
    words = m.clean(event.words).strip()[:COMMENT_LIMIT]
    if not words:
        return m.refuse(s, "words_needed")
    return of_receipt(s, Kind.RECEIPT_ADDITION, event.receipt, words, now)


def withdraw(s: Situation, event: e.Withdraw, now: e.Now) -> Step:
    """An earlier rating is withdrawn."""
    words = m.clean(event.words).strip()[:COMMENT_LIMIT]
    return of_receipt(s, Kind.RECEIPT_WITHDRAWAL, event.receipt, words, now)


def of_receipt(s: Situation, kind: str, typed: str, words: str, now: e.Now) -> Step:
    """An act with a receipt, which moves nothing on the screen."""
    receipt = normalise(typed)
    if receipt is None:
        return m.refuse(s, "receipt_malformed")
    return s, (Record(m.draft(now, kind, None, {"receipt": receipt}, {"words": words} if words else None)),)


def recorded(s: Situation, event: e.Recorded, now: e.Now) -> Step:
    """The journal has it: what was waited for happens."""
    if s.awaiting is None or s.awaiting.entry_id != event.entry_id:
        return s, ()
    awaited = s.awaiting
    s = replace(s, awaiting=None)
    if s.visit is not None and awaited.outcome is not None:
        receipt = receipt_code(event.hash) if awaited.outcome is Outcome.RATED else None
        s = replace(s, visit=replace(m.forget(s.visit), outcome=awaited.outcome, receipt=receipt))
    if s.faults or awaited.then is State.READY:
        return m.rest(s), ()
    return m.to(s, awaited.then, now), ()


def fault(s: Situation, event: e.Fault, _now: e.Now) -> Step:
    """Out of order, unless a citizen is in the middle of a visit."""
    s = replace(s, faults=s.faults | {event.code})
    return (s if m.running(s) and s.awaiting is None else m.rest(s)), ()


def fault_cleared(s: Situation, event: e.FaultCleared, now: e.Now) -> Step:
    """A fault less; the visit that ran goes on, with the five levels where its citizen began it, for nobody invites."""
    s = replace(s, faults=s.faults - {event.code})
    if s.state is State.OUT_OF_ORDER and not s.faults and s.awaiting is None and m.running(s):
        return m.to(s, State.INVITING if m.visit_of(s).self_begun else State.SERVING, now), ()
    return (m.rest(s) if not m.running(s) else s), ()


def hours(s: Situation, event: e.HoursChanged, _now: e.Now) -> Step:
    """The hall opens or closes."""
    s = replace(s, hall_open=event.open, closes_ms=event.closes_ms)
    return (m.rest(s) if s.state in (State.READY, State.CLOSED) else s), ()


def terms(s: Situation, event: e.TermsChanged, _now: e.Now) -> Step:
    """A new profile."""
    return replace(s, terms=event.terms), ()


def started(s: Situation, event: e.Started, now: e.Now) -> Step:
    """The program begins, over what is on the disk."""
    paused, until = event.paused, event.paused_until
    s = replace(s, staff=event.staff, pause_reason=paused, pause_until=until, faults=s.faults - {"starting"})
    s = m.rest(s)
    body = {"version": event.version, "unclean_stop": not event.clean}
    return s, (Record(m.draft(now, Kind.TERMINAL_STARTED, None, body)),)


def stopping(s: Situation, _event: e.Stopping, now: e.Now) -> Step:
    """The program ends."""
    return s, (Record(m.draft(now, Kind.TERMINAL_STOPPED, None, {})),)
