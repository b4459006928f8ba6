"""Brings the book of visits and ratings from the database and back."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

import msgspec
import sqlalchemy as sa

from kiosk.central.digest import Book, Rating, Visit
from kiosk.central.tables import counters, ratings, visits

_VISIT = [visits.c[field.name] for field in fields(Visit)]
_RATING = [ratings.c[field.name] for field in fields(Rating)]
_CHANGES = (
    "level", "tapped_ms", "epoch", "sequence", "stated_ms", "reasons", "finished", "receipt",
    "canary", "true_ms", "time_quality", "business_date",
)  # fmt: skip
_COUNTER = "ratings"


def open_book(connection: sa.Connection, device: int, book: Book, records: Iterable[Mapping[str, Any]]) -> None:
    """Put into the book what the database knows of the visits and ratings that these records speak of."""
    visit_ids: set[str] = set()
    rating_ids: set[str] = set()
    for record in records:
        if record["visit_id"]:
            visit_ids.add(record["visit_id"].replace("\0", "\ufffd"))
            rating_id = record["body"].get("rating_id")
            if isinstance(rating_id, str):
                rating_ids.add(rating_id.replace("\0", "\ufffd"))
    if not visit_ids:
        return
    for row in connection.execute(
        sa.select(*_VISIT).where(visits.c.device == device, visits.c.visit_id.in_(visit_ids))
    ):
        book.visits[row.visit_id] = Visit(**row._mapping)
    of_visit = ratings.c.visit_id.in_(visit_ids)
    wanted = sa.or_(of_visit, ratings.c.rating_id.in_(rating_ids)) if rating_ids else of_visit
    for row in connection.execute(sa.select(*_RATING).where(ratings.c.device == device, wanted)):
        rating = Rating(**{**row._mapping, "reasons": tuple(msgspec.json.decode(row.reasons))})
        book.ratings[rating.visit_id] = rating
        book.owners[rating.rating_id] = rating.visit_id
    book.stored.update(book.visits)


def close_book(connection: sa.Connection, device: int, book: Book) -> None:
    """Write what the book has touched."""
    _write_visits(connection, device, book)
    touched = [book.ratings[visit_id] for visit_id in book.touched_ratings]
    new = [rating for rating in touched if not rating.arrival]
    known = [rating for rating in touched if rating.arrival]
    if known:
        changes: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in _CHANGES}
        connection.execute(
            sa.update(ratings).where(ratings.c.arrival == sa.bindparam("at")).values(**changes),
            [{"at": r.arrival, **{f"new_{name}": value for name, value in _row(r, _CHANGES).items()}} for r in known],
        )
    if new:
        arrival = _take_numbers(connection, len(new))
        names = tuple(field.name for field in fields(Rating))
        connection.execute(
            sa.insert(ratings),
            [{**_row(r, names), "device": device, "arrival": arrival + index} for index, r in enumerate(new)],
        )


def _write_visits(connection: sa.Connection, device: int, book: Book) -> None:
    names = [field.name for field in fields(Visit) if field.name != "visit_id"]
    new = [book.visits[v] for v in book.touched_visits if v not in book.stored]
    known = [book.visits[v] for v in book.touched_visits if v in book.stored]
    if new:
        rows = [{"device": device, "visit_id": v.visit_id, **{name: getattr(v, name) for name in names}} for v in new]
        connection.execute(sa.insert(visits), rows)
    if known:
        connection.execute(
            sa.update(visits)
            .where(visits.c.device == device, visits.c.visit_id == sa.bindparam("at"))
            .values(**{name: sa.bindparam(f"new_{name}") for name in names}),
            [{"at": v.visit_id, **{f"new_{name}": getattr(v, name) for name in names}} for v in known],
        )


def _row(rating: Rating, names: Iterable[str]) -> dict[str, Any]:
    row = {name: getattr(rating, name) for name in names}
    row["reasons"] = msgspec.json.encode(rating.reasons).decode()
    return row


def _take_numbers(connection: sa.Connection, count: int) -> int:
    """The first of `count` arrival numbers; the counter stays locked until commit."""
    last = connection.execute(
        sa.update(counters)
        .where(counters.c.name == _COUNTER)
        .values(value=counters.c.value + count)
        .returning(counters.c.value)
    ).scalar_one()
    return int(last) - count + 1
