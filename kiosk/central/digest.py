"""What entries say about visits, ratings and receipts. Pure: a book of what is known goes in, entries change it.

A rating exists from its first tap on and takes its last words from the entry that ends the visit; the first end of a
visit stands. An entry that cannot be digested changes nothing and says why, with one exception: a reason that the level
does not offer, or something beside the rating that cannot be read. There the rating stands without that, and the entry
is reported as well.

A canary is digested like everything else, and is one only while every entry of its visit says so: an entry without the
mark takes it away for good, and none can put it on later, so that no citizen's rating is hidden behind it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import msgspec

from kiosk.central.bodies import (
    Ended,
    Invited,
    Started,
    Tapped,
    Vouched,
    flags_in,
    local_reasons_in,
    receipt_in,
    seen_in,
)
from kiosk.central.rows import Act, Rating, Visit
from kiosk.central.times import is_time
from kiosk.central.true_time import Estimate, by_the_wall
from kiosk.core.entry import Kind
from kiosk.core.levels import Level
from kiosk.core.options import OptionList
from kiosk.core.receipt import receipt_code
from kiosk.core.situation import Outcome

Text = TypeVar("Text", str, str | None)


@dataclass(slots=True)
class Book:
    """The visits and ratings (by visit) that a batch may touch, and which of them it has touched, oldest first.

    `owners`: the visit of each rating id. `stored`: the visits that have a row. `when`: an entry's true time;
    `moment`: the same to within seconds (Unix ms), where that is known.
    """

    options: OptionList
    received_ms: int
    when: Callable[[Mapping[str, Any]], Estimate] = by_the_wall
    moment: Callable[[Mapping[str, Any]], int | None] = lambda _record: None
    visits: dict[str, Visit] = field(default_factory=dict)
    ratings: dict[str, Rating] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    stored: set[str] = field(default_factory=set)
    touched_visits: dict[str, None] = field(default_factory=dict)
    touched_ratings: dict[str, None] = field(default_factory=dict)
    acts: list[Act] = field(default_factory=list)

    def enter(self, record: Mapping[str, Any]) -> str | None:
        """Digest one entry that stands in the chain. The reason if it cannot be digested, or not wholly."""
        if record["kind"] in _ACTS:
            return self._act(record)
        digest = _DIGESTS.get(record["kind"])
        if digest is None:
            return None
        if not isinstance(record["visit_id"], str) or not record["visit_id"]:
            return "visit_id: there is none"
        if not is_time(record["wall_ms"]):
            return "wall_ms: not a time"
        visit_id = _clean(record["visit_id"])
        marked = record["body"].get("canary") is True and self._is_marked(visit_id)
        try:
            fault = digest(self, visit_id, record)
        except msgspec.MsgspecError as error:
            fault = f"body: {error}"[:300]
        self._mark(visit_id, marked)
        return fault

    def _act(self, record: Mapping[str, Any]) -> str | None:
        """Take down what someone with a receipt did. The receipt may be of a rating that has not come yet."""
        if not is_time(record["wall_ms"]):
            return "wall_ms: not a time"
        try:
            receipt = receipt_in(record["body"])
        except msgspec.MsgspecError as error:
            return f"body: {error}"[:300]
        if receipt is None:
            return "body: not a receipt - at `$.receipt`"
        kind, at_ms = _ACTS[record["kind"]], self.when(record).true_ms
        if kind == "addition" and record["personal_digest"] is None:
            return "personal: there are no words"
        if not is_time(at_ms):
            at_ms = self.received_ms
        place = record["epoch"], record["sequence"], record["hash"]
        self.acts.append(Act(receipt, kind, *place, at_ms=at_ms, received_ms=self.received_ms))
        return None

    def _is_marked(self, visit_id: str) -> bool:
        """Whether everything that is known of this visit so far, if anything, is a canary."""
        return all(found is None or found.canary for found in (self.visits.get(visit_id), self.ratings.get(visit_id)))

    def _mark(self, visit_id: str, canary: bool) -> None:
        visit, rating = self.visits.get(visit_id), self.ratings.get(visit_id)
        if visit is not None and visit.canary is not canary:
            self.put_visit(replace(visit, canary=canary))
        if rating is not None and rating.canary is not canary:
            self.put_rating(replace(rating, canary=canary))

    def visit(self, visit_id: str) -> Visit:
        """The visit as far as it is known."""
        return self.visits.get(visit_id) or Visit(visit_id)

    def put_visit(self, visit: Visit) -> None:
        """Take a visit as it now stands."""
        self.visits[visit.visit_id] = visit
        self.touched_visits[visit.visit_id] = None

    def put_rating(self, rating: Rating) -> None:
        """Take a rating as it now stands."""
        self.ratings[rating.visit_id] = rating
        self.owners[rating.rating_id] = rating.visit_id
        self.touched_ratings[rating.visit_id] = None


def _start(book: Book, visit_id: str, record: Mapping[str, Any]) -> str | None:
    body = msgspec.convert(record["body"], Started)
    book.put_visit(
        replace(
            book.visit(visit_id),
            matter_code=_clean(body.matter.code) if body.matter else None,
            matter_name=_clean(body.matter.name) if body.matter else None,
            case_number=_clean(body.case_number),
            service_number=body.service_number,
            staff=msgspec.json.encode(body.staff).decode() if body.staff else None,
            window=_clean(body.window),
            channel=_clean(body.channel),
            started_ms=record["wall_ms"],
            invited_by=_clean(body.invited_by),
            stage=_clean(body.stage),
            slip=_clean(body.slip),
            started_by=_clean(body.by),
            staff_number=_clean(body.staff.number) if body.staff else None,
        )
    )
    return None


def _invite(book: Book, visit_id: str, record: Mapping[str, Any]) -> str | None:
    body = msgspec.convert(record["body"], Invited)
    book.put_visit(replace(book.visit(visit_id), invited_by=_clean(body.by)))
    return None


def _tap(book: Book, visit_id: str, record: Mapping[str, Any]) -> str | None:
    body = msgspec.convert(record["body"], Tapped)
    if book.visit(visit_id).outcome is not None:
        return "visit_id: this visit has ended"
    seen, unread = seen_in(body.seen)
    fault = _state(book, visit_id, record, _clean(body.rating_id), body.level, record["wall_ms"], seen=seen)
    return fault or (unread and f"body: {unread}")


def _end(book: Book, visit_id: str, record: Mapping[str, Any]) -> str | None:
    body = msgspec.convert(record["body"], Ended)
    visit, rating = book.visit(visit_id), book.ratings.get(visit_id)
    rated = body.outcome is Outcome.RATED
    if rated and (body.rating_id is None or body.level is None):
        return "body: rated without a rating_id or a level - at `$.level`"
    if not rated and body.level is not None:
        return f"body: {body.outcome} bears no level - at `$.level`"
    if not rated and rating is not None:
        return f"body: a level was tapped, so the visit cannot have ended as {body.outcome} - at `$.outcome`"
    if visit.outcome is not None:
        same = visit.outcome == body.outcome and (rating is None or rating.level == body.level)
        return None if same else f"visit_id: this visit has ended as {visit.outcome}"
    fault = None
    if body.rating_id is not None and body.level is not None:
        tapped_ms = body.tapped_ms if body.tapped_ms is not None and is_time(body.tapped_ms) else record["wall_ms"]
        refused = _foreign(book.options, body)
        reasons = tuple(code for code in dict.fromkeys(body.reasons) if code not in refused)
        local_reasons, local_fault = local_reasons_in(body.local_reasons)
        seen, seen_fault = seen_in(body.seen)
        flags, flags_fault = flags_in(body.flags)
        fault = _state(
            book,
            visit_id,
            record,
            _clean(body.rating_id),
            body.level,
            tapped_ms,
            reasons=tuple(_clean(code) for code in reasons),
            finished=body.finished,
            receipt=receipt_code(record["hash"]),
            local_reasons=local_reasons,
            seen=seen or (rating.seen if rating else None),
            flags=flags,
        )
        if fault is not None:
            return fault
        foreign = f"{', '.join(refused)}: not offered for this level - at `$.reasons`" if refused else None
        faults = [found for found in (foreign, local_fault, seen_fault, flags_fault) if found is not None]
        if faults:
            fault = f"body: {'; '.join(faults)}"[:300]
    if body.outcome is Outcome.HANDED_TO_PHONE:
        _, flags_fault = flags_in(body.flags)  # they go to the phone's rating
        fault = fault or (flags_fault and f"body: {flags_fault}")
    ended = {"outcome": str(body.outcome), "cause": _clean(body.cause), "ended_ms": record["wall_ms"]}
    book.put_visit(replace(visit, **ended, business_date=book.when(record).business_date))
    return fault


def _vouch(_book: Book, _visit_id: str, record: Mapping[str, Any]) -> str | None:
    """What it vouches for is judged where phones' ratings are."""
    body = msgspec.convert(record["body"], Vouched)
    _, fault = flags_in(body.flags)
    return fault and f"body: {fault}"


def _state(
    book: Book, visit_id: str, record: Mapping[str, Any], rating_id: str, level: Level, tapped_ms: int, **more: Any
) -> str | None:
    """The visit's rating, as its newest entry has it."""
    known = book.ratings.get(visit_id)
    if known is not None and known.rating_id != rating_id:
        return "body: this visit has another rating - at `$.rating_id`"
    if book.owners.get(rating_id, visit_id) != visit_id:
        return "body: this rating is another visit's - at `$.rating_id`"
    when = book.when(record)
    first_ms = known.first_ms if known else None
    if known is None and record["kind"] == Kind.LEVEL_TAPPED:
        first_ms = book.moment(record)
    if known is not None and known.tapped_ms == tapped_ms:  # the tap itself has told, whenever this entry was written
        when = Estimate(known.true_ms, known.time_quality, known.business_date)
    book.put_rating(
        Rating(
            rating_id=rating_id,
            visit_id=visit_id,
            level=str(level),
            tapped_ms=tapped_ms,
            epoch=record["epoch"],
            sequence=record["sequence"],
            received_ms=known.received_ms if known else book.received_ms,
            stated_ms=book.received_ms,
            arrival=known.arrival if known else 0,
            canary=known.canary if known else False,
            true_ms=when.true_ms,
            time_quality=when.quality,
            business_date=when.business_date,
            first_ms=first_ms,
            **more,
        )
    )
    return None


def _foreign(options: OptionList, body: Ended) -> tuple[str, ...]:
    """The reasons that the level does not offer, retired ones among them. A list of another version than ours cannot be
    judged: its codes stand as they came."""
    if body.level is None or body.options_version not in ("", options.version):
        return ()
    return options.unknown(body.level, body.reasons)


_ACTS = {Kind.RECEIPT_ADDITION: "addition", Kind.RECEIPT_WITHDRAWAL: "withdrawal"}
_DIGESTS = {
    Kind.VISIT_STARTED: _start,
    Kind.VISIT_INVITED: _invite,
    Kind.LEVEL_TAPPED: _tap,
    Kind.VISIT_ENDED: _end,
    Kind.PHONE_VOUCHED: _vouch,
}


def _clean(text: Text) -> Text:
    """No NUL: PostgreSQL keeps none in text. The record itself has it, escaped."""
    return text.replace("\0", "\ufffd") if text else text
