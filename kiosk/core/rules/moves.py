"""How a rule moves the situation: to a state, to rest, to the wait for a commit, to the end of a visit.

Also what a rule answers with: `Record` an entry, or `Refuse`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from kiosk.core import events as e
from kiosk.core.entry import Draft, Kind, Personal
from kiosk.core.flags import flags_of, remembering
from kiosk.core.levels import Level
from kiosk.core.situation import Awaited, Outcome, Situation, State, Visit


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


def to(s: Situation, state: State, now: e.Now) -> Situation:
    """Go to a state and start its clock anew; whoever does something is there."""
    if state is State.INVITING and s.visit is not None and s.visit.invited_ms is None:
        s = replace(s, visit=replace(s.visit, invited_ms=now.mono_ms))
    waits = {
        State.INVITING: s.terms.inviting_ms,
        State.EXPLAINING: s.terms.explaining_ms,
        State.THANKS: s.terms.thanks_ms,
        State.HANDED_TO_PHONE: s.terms.phone_ms,
    }
    wait = waits.get(state)
    deadline = None if wait is None else now.mono_ms + wait
    return replace(s, state=state, deadline_ms=deadline, asking=False, extended=0)


def rest(s: Situation) -> Situation:
    """Where the terminal stands when no visit is on the screen."""
    if s.faults:
        state = State.OUT_OF_ORDER
    elif s.pause_reason is not None:
        state = State.PAUSED
    else:
        state = State.READY if s.hall_open else State.CLOSED
    return replace(s, state=state, deadline_ms=None, asking=False, extended=0)


def hold(s: Situation, awaited: Awaited) -> Situation:
    """Wait for a commit; where the journal is known to be in trouble, say so rather than wait on the citizen's page."""
    state = State.OUT_OF_ORDER if s.faults else s.state
    return replace(s, state=state, awaiting=awaited, deadline_ms=None, asking=False, extended=0)


def end(
    s: Situation,
    now: e.Now,
    outcome: Outcome,
    then: State,
    cause: str | None = None,
    finished: bool = False,
    **said: Any,
) -> Step:
    """End the running visit: `rated` with all that was said, or with another outcome and no level.

    `said`: more for its entry.
    """
    visit = visit_of(s)
    personal: dict[str, str] = {}
    body: dict[str, Any] = {"outcome": str(outcome), "cause": cause, **said}
    if outcome is Outcome.RATED and visit.level is not None:
        body |= rating_body(visit.rating_id, visit.level, visit.tapped_ms, visit.reasons, finished)
        body |= {
            "options_version": s.terms.options_version,
            "local_reasons": list(visit.local_reasons),
            "seen": seen_body(s, visit.seen),
            "flags": list(flags_of(visit, s, now.mono_ms)),
        }
        s = replace(s, recent=remembering(s, visit, now.mono_ms))
        if visit.comment.strip():
            personal["comment"] = visit.comment.strip()
        if finished and visit.contact:
            personal["contact"] = visit.contact
    ended = draft(now, Kind.VISIT_ENDED, visit.visit_id, body, personal)
    return hold(s, Awaited(now.entry_id, then, outcome)), (Record(ended),)


def rating_body(
    rating_id: str | None, level: Level, tapped_ms: int | None, reasons: tuple[str, ...], finished: bool
) -> dict[str, Any]:
    """What any entry that ends a visit with a level says of it."""
    return {
        "outcome": str(Outcome.RATED),
        "rating_id": rating_id,
        "level": str(level),
        "tapped_ms": tapped_ms,
        "reasons": list(reasons),
        "finished": finished,
    }


def seen_body(s: Situation, seen: e.Seen | None) -> dict[str, Any] | None:
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


def draft(
    now: e.Now, kind: str, visit_id: str | None, body: dict[str, Any], personal: dict[str, str] | None = None
) -> Draft:
    """An entry about this moment; `personal`: what of it identifies a citizen."""
    kept = Personal(now.salt, personal) if personal else None
    return Draft(now.entry_id, kind, now.wall_ms, now.mono_ms, now.boot_id, visit_id, body, kept)


def forget(visit: Visit) -> Visit:
    """What a finished visit may still say: not the level, not the reasons, nothing that was written."""
    return replace(
        visit,
        level=None,
        rating_id=None,
        tapped_ms=None,
        reasons=(),
        local_reasons=(),
        seen=None,
        answered_ms=None,
        spot=None,
        comment="",
        contact="",
    )


def clean(text: str) -> str:
    """Text without halves of surrogate pairs: no encoding can carry them, and a rating must not fail over one."""
    return "".join(character for character in text if not "\ud800" <= character <= "\udfff")


def who(staff: e.Staff | None) -> dict[str, Any] | None:
    """The clerk as an entry names them."""
    return None if staff is None else {"number": staff.number, "name": staff.name, "verified": staff.verified}


def visit_of(s: Situation) -> Visit:
    """The visit of an event that only a visit can have."""
    assert s.visit is not None, "the table lets no visit's event through without a visit"
    return s.visit


def running(s: Situation) -> bool:
    """Whether a visit has begun and not ended."""
    return s.visit is not None and s.visit.outcome is None


def due(s: Situation, now: e.Now) -> bool:
    """Whether the wait of this state is over."""
    return s.deadline_ms is not None and now.mono_ms >= s.deadline_ms


def refuse(s: Situation, code: str) -> Step:
    """Change nothing, and say why."""
    return s, (Refuse(code),)
