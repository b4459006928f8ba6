"""Brings the book of visits, ratings and receipts from the database and back."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

import msgspec
import sqlalchemy as sa

from kiosk.central.acts import keep_acts
from kiosk.central.digest import Book
from kiosk.central.rows import Rating, Visit
from kiosk.central.tables import GLASS, PHONE, counters, ratings, visits

_VISITS = sa.select(*(visits.c[field.name] for field in fields(Visit))).where(
    visits.c.device == sa.bindparam("device"), visits.c.visit_id.in_(sa.bindparam("visit_ids", expanding=True))
)
_RATINGS = sa.select(ratings.c.way, *(ratings.c[field.name] for field in fields(Rating))).where(
    ratings.c.device == sa.bindparam("device")
)
_OF_VISITS = ratings.c.visit_id.in_(sa.bindparam("visit_ids", expanding=True))
_RATINGS_OF_VISITS = _RATINGS.where(_OF_VISITS)
_RATINGS_OF_VISITS_OR_NAMED = _RATINGS.where(
    sa.or_(_OF_VISITS, ratings.c.rating_id.in_(sa.bindparam("rating_ids", expanding=True)))
)
_VISIT_FIELDS = tuple(field.name for field in fields(Visit) if field.name != "visit_id")
_RATING_FIELDS = tuple(field.name for field in fields(Rating))
_CHANGES = (
    "level", "tapped_ms", "epoch", "sequence", "stated_ms", "reasons", "finished", "receipt",
    "canary", "true_ms", "time_quality", "business_date", "local_reasons", "seen", "flags",
)  # fmt: skip
_LISTS = ("reasons", "local_reasons", "flags")
_KNOWN_VISIT = sa.update(visits).where(
    visits.c.device == sa.bindparam("of_device"), visits.c.visit_id == sa.bindparam("at")
)
_KNOWN_RATING = sa.update(ratings).where(ratings.c.arrival == sa.bindparam("at"))
_LAST_NUMBER = (
    sa.update(counters)
    .where(counters.c.name == "ratings")
    .values(value=counters.c.value + sa.bindparam("count"))
    .returning(counters.c.value)
)


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
    wanted = {"device": device, "visit_ids": list(visit_ids), "rating_ids": list(rating_ids)}
    for row in connection.execute(_VISITS, wanted):
        book.visits[row.visit_id] = Visit(**row._mapping)
    for row in connection.execute(_RATINGS_OF_VISITS_OR_NAMED if rating_ids else _RATINGS_OF_VISITS, wanted):
        if row.way == PHONE:
            book.owners[row.rating_id] = ""  # no visit's, to a terminal: none may claim it for the glass
            continue
        lists = {name: tuple(msgspec.json.decode(getattr(row, name))) for name in _LISTS}
        rating = Rating(**{name: getattr(row, name) for name in _RATING_FIELDS} | lists)
        book.ratings[rating.visit_id] = rating
        book.owners[rating.rating_id] = rating.visit_id
    book.stored.update(book.visits)


def close_book(connection: sa.Connection, device: int, book: Book) -> None:
    """Write what the book has touched."""
    keep_acts(connection, device, book.acts)
    _write_visits(connection, device, book)
    touched = [book.ratings[visit_id] for visit_id in book.touched_ratings]
    new = [rating for rating in touched if not rating.arrival]
    known = [rating for rating in touched if rating.arrival]
    if known:
        connection.execute(_KNOWN_RATING, [{"at": r.arrival, **_row(r, _CHANGES)} for r in known])
    if new:
        arrival = take_numbers(connection, len(new))
        given = {"device": device, "way": GLASS, "second": False}
        rows = [{**_row(r, _RATING_FIELDS), **given, "arrival": arrival + index} for index, r in enumerate(new)]
        connection.execute(sa.insert(ratings), rows)


def _write_visits(connection: sa.Connection, device: int, book: Book) -> None:
    new = [book.visits[v] for v in book.touched_visits if v not in book.stored]
    known = [book.visits[v] for v in book.touched_visits if v in book.stored]
    if new:
        rows = [{"device": device, "visit_id": v.visit_id, **{n: getattr(v, n) for n in _VISIT_FIELDS}} for v in new]
        connection.execute(sa.insert(visits), rows)
    if known:
        rows = [{"of_device": device, "at": v.visit_id, **{n: getattr(v, n) for n in _VISIT_FIELDS}} for v in known]
        connection.execute(_KNOWN_VISIT, rows)


def _row(rating: Rating, names: Iterable[str]) -> dict[str, Any]:
    row = {name: getattr(rating, name) for name in names}
    return row | {name: msgspec.json.encode(row[name]).decode() for name in _LISTS}


def take_numbers(connection: sa.Connection, count: int) -> int:
    """The first of `count` arrival numbers; the counter stays locked until commit."""
    last = connection.execute(_LAST_NUMBER, {"count": count}).scalar_one()
    return int(last) - count + 1
