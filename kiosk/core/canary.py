"""The nightly canaries: five marked visits, one of each level, that go the whole way of a citizen's and are read back.

Their entries come from the very rules that a citizen's visit follows, folded in a situation of their own; neither the
screen nor the station ever sees it. Every body says `canary: true`, so that no list and no figure counts them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kiosk.core import events as e
from kiosk.core.entry import Draft, Kind
from kiosk.core.levels import Level
from kiosk.core.situation import Situation, State
from kiosk.core.visit import Record, fold

MATTER = e.Matter("canary", "canary")
CASE_NUMBER = "canary"
COMMENT = "canary"
"""What is written with a negative one, as personal data."""

_HOUR_MS = 3_600_000
APART_MS = 18 * _HOUR_MS
"""Between two nights' canaries, at least; two nights' own minutes lie further apart."""
_WINDOW = (60, 240)
"""Minutes of the local day between which a night's work is done: 01:00 to 04:00."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A canary as it was put in, and as central must have it."""

    rating_id: str
    level: str
    reasons: tuple[str, ...]
    finished: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """When canaries were sent, by both clocks."""

    wall_ms: int
    mono_ms: int
    boot_id: str


@dataclass(frozen=True, slots=True)
class Flight:
    """The canaries of one night as the journal has them. `last`: the sequence of the newest of their entries."""

    epoch: int
    last: int
    wall_ms: int
    mono_ms: int
    boot_id: str
    expected: tuple[Expected, ...]

    @property
    def complete(self) -> bool:
        """Whether there is one of every level, brought to its end."""
        return {one.level for one in self.expected} == set(Level)

    @property
    def sent(self) -> Moment | None:
        """When they were sent; None if they were not, all of them."""
        return Moment(self.wall_ms, self.mono_ms, self.boot_id) if self.complete else None


def canary_drafts(
    terms: e.Terms, wall_ms: int, mono_ms: int, boot_id: str, new_id: Callable[[], str], seen: e.Seen | None = None
) -> tuple[Draft, ...]:
    """The drafts of five whole visits, best level first. Negative ones have the first core reason of their level, if
    the terms have a list of reasons, and a comment. `new_id`: 32 fresh random hex digits; `seen`: what stands before
    whoever comes first, so that nothing on the way to central tells them from a citizen's but the mark."""
    drafts: list[Draft] = []
    for level in Level:
        situation = Situation(State.READY, terms=terms, faults=frozenset())
        for event in _visit(level, terms, new_id(), seen):
            now = e.Now(wall_ms, mono_ms, boot_id, new_id(), new_id())
            situation, effects = fold(situation, event, now)
            for effect in effects:
                assert isinstance(effect, Record), "the rules refuse no canary"
                drafts.append(effect.draft)
                situation, _ = fold(situation, e.Recorded(effect.draft.entry_id, 1, "0" * 64), now)
    return tuple(replace(draft, body={**draft.body, "canary": True}) for draft in drafts)


def _visit(level: Level, terms: e.Terms, visit_id: str, seen: e.Seen | None) -> tuple[e.Event, ...]:
    start = (e.StartVisit(visit_id, MATTER, CASE_NUMBER), e.Invite(visit_id), e.TapLevel(level, seen))
    if not level.negative:
        return (*start, e.Submit())
    reasons = () if terms.options is None else (e.ToggleReason(terms.options.core_of(level)[0].code),)
    return (*start, *reasons, e.WriteComment(COMMENT), e.Submit())


# -- what the journal has of them ------------------------------------------------------------------------------------


def newest_flight(records: Iterable[Mapping[str, Any]]) -> Flight | None:
    """The newest canaries in these flat records, which are one journal's in any order; None if there are none."""
    marked = [record for record in records if _is_nightly(record["body"])]
    if not marked:
        return None
    newest = max(marked, key=lambda record: int(record["sequence"]))
    moment = (newest["boot_id"], newest["mono_ms"], newest["wall_ms"])
    of_it = [r for r in marked if (r["boot_id"], r["mono_ms"], r["wall_ms"]) == moment]
    expected = tuple(
        Expected(r["body"]["rating_id"], r["body"]["level"], tuple(r["body"]["reasons"]), r["body"]["finished"])
        for r in sorted(of_it, key=lambda record: int(record["sequence"]))
        if r["kind"] == Kind.VISIT_ENDED
    )
    return Flight(
        newest["epoch"], newest["sequence"], newest["wall_ms"], newest["mono_ms"], newest["boot_id"], expected
    )


def _is_nightly(body: Mapping[str, Any]) -> bool:
    """Whether a canary of a night's, and not of a technician's round trip."""
    return body.get("canary") is True and "acceptance" not in body


def newest_read_back(records: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The newest `canary.read_back` of a night in these flat records."""
    found = [r for r in records if r["kind"] == Kind.CANARY_READ_BACK and "acceptance" not in r["body"]]
    return max(found, key=lambda record: int(record["sequence"]), default=None)


def read_back_body(expected: Sequence[Expected], found: Sequence[Expected]) -> dict[str, Any]:
    """What `canary.read_back` says of what central gave back."""
    of_id = {one.rating_id: one for one in found}
    wrong = {
        one.rating_id: {"level": has.level, "reasons": list(has.reasons), "finished": has.finished}
        for one in expected
        if (has := of_id.get(one.rating_id)) is not None and has != one
    }
    asked = [one.rating_id for one in expected]
    return {"asked": asked, "held": [rating_id for rating_id in asked if rating_id in of_id], "wrong": wrong}


def trouble_of(body: Mapping[str, Any]) -> str | None:
    """What a technician must know of this read-back, without a level in it; None where every canary came back whole."""
    missing = len(body["asked"]) - len(body["held"])
    parts = [f"{missing} missing"] if missing else []
    parts += [f"{len(body['wrong'])} changed"] if body["wrong"] else []
    return f"of {len(body['asked'])} canaries at central: {', '.join(parts)}" if parts else None


# -- when ------------------------------------------------------------------------------------------------------------


def night_of(local_ms: int) -> int:
    """Which night it is, by the local wall clock (ms): the day, from 1970, on which its window opens at 01:00."""
    return (local_ms - _HOUR_MS) // (24 * _HOUR_MS)


def minute_of(local_ms: int) -> int:
    """The minute of the local day."""
    return local_ms // 60_000 % (24 * 60)


def planned_minute(draw: float) -> int:
    """A minute of the night's window, by a random number from 0 to below 1."""
    return _WINDOW[0] + int(draw * (_WINDOW[1] - _WINDOW[0]))


def is_missed(minute: int) -> bool:
    """Whether this night's window is over, so that its work is done at the next quiet moment."""
    return not _WINDOW[0] <= minute < _WINDOW[1]


def is_due(sent: Moment | None, local_ms: int, wall_ms: int, mono_ms: int, boot_id: str) -> bool:
    """Whether this night's canaries are still to be made: never twice within `APART_MS`, whatever the clock does, for
    central takes many on one day for ratings that are hidden behind the mark. `sent`: when the last were.

    A clock that is behind what was seen is wrong; then a day of this boot must pass, so that a machine that wakes up in
    1970 each time does not make canaries each time.
    """
    if sent is None:
        return True
    offset_ms = local_ms - wall_ms
    if sent.boot_id == boot_id:
        later = mono_ms - sent.mono_ms >= APART_MS
        other_night = night_of(sent.wall_ms + offset_ms) != night_of(local_ms)
        return later and (other_night or mono_ms - sent.mono_ms >= 24 * _HOUR_MS)
    if wall_ms < sent.wall_ms:
        return mono_ms >= 24 * _HOUR_MS
    return wall_ms - sent.wall_ms >= APART_MS and night_of(sent.wall_ms + offset_ms) < night_of(local_ms)
