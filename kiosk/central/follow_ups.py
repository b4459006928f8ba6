"""What the hall does about negative ratings (差评整改): in hand, answered, with its reply. History is only added to.

Every negative rating is there from the moment it arrives, as `received`, with nothing written for it; any other is
there once the hall has taken it up.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kiosk.central.acts import NOTHING_SAID, Acts, acts_of
from kiosk.central.problems import Refusal, refusal
from kiosk.central.receipt_tables import follow_ups
from kiosk.central.tables import devices, ratings, visits
from kiosk.central.times import rfc3339
from kiosk.core.levels import Level
from kiosk.protocol.central import FollowUpState, Page
from kiosk.protocol.follow_up import FollowUp, FollowUpRequest, FollowUpStep

_NEGATIVE = tuple(str(level) for level in Level if level.negative)


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the hall is with one rating. `reply`: its newest; `history`: its steps, oldest first."""

    state: FollowUpState = "received"
    reply: str = ""
    history: tuple[FollowUpStep, ...] = ()


RECEIVED = Standing()


def state_of(connection: sa.Connection, arrival: int) -> Standing:
    """How far the hall is with the rating that arrived under this number."""
    return _standings(connection, [arrival]).get(arrival, RECEIVED)


_NEWEST = (
    sa.select(follow_ups.c.state)
    .where(follow_ups.c.rating == ratings.c.arrival)
    .order_by(follow_ups.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_TAKEN_UP = sa.exists().where(follow_ups.c.rating == ratings.c.arrival)
_ITEMS = (
    sa.select(ratings, devices.c.device_id, visits.c.window, visits.c.matter_code, visits.c.matter_name)
    .join(devices, devices.c.id == ratings.c.device)
    .outerjoin(visits, sa.and_(visits.c.device == ratings.c.device, visits.c.visit_id == ratings.c.visit_id))
    .where(ratings.c.canary.is_(False))
    .order_by(ratings.c.arrival)
)


def read_follow_ups(
    connection: sa.Connection, limit: int, after: int, state: FollowUpState | None, receipt: str | None
) -> Page:
    """At most `limit` follow-ups of ratings that arrived after the one numbered `after`: in this state, of this
    receipt; None: any."""
    query = _ITEMS.where(ratings.c.arrival > after, sa.or_(ratings.c.level.in_(_NEGATIVE), _TAKEN_UP)).limit(limit + 1)
    if state is not None:
        query = query.where(sa.func.coalesce(_NEWEST, RECEIVED.state) == state)
    if receipt is not None:
        query = query.where(ratings.c.receipt == receipt)
    rows = connection.execute(query).all()
    more = len(rows) > limit
    rows = rows[:limit]
    return Page(items=_items(connection, rows), next=str(rows[-1].arrival) if more else None)


def take_up(
    connection: sa.Connection, rating_id: str, device_id: str | None, wanted: FollowUpRequest, now_ms: int
) -> FollowUp | Refusal:
    """Note what the hall does about a rating, of whatever level; the same again is no new step."""
    query = _ITEMS.where(ratings.c.rating_id == rating_id)
    if device_id is not None:
        query = query.where(devices.c.device_id == device_id)
    rows = connection.execute(query.limit(2).with_for_update(of=ratings)).all()
    if not rows:
        return refusal(404, "rating_unknown", "Central has no such rating", field="rating_id")
    if len(rows) > 1:
        return refusal(
            409,
            "rating_ambiguous",
            "Two terminals have a rating of this name",
            "Name the terminal by device_id.",
            field="?device_id",
        )
    (row,) = rows
    standing = state_of(connection, row.arrival)
    if wanted.state == "answered" and not (wanted.reply or standing.reply):
        return refusal(400, "invalid", "The request does not fit the API", "An answer needs a reply.", field="$.reply")
    if (wanted.state, wanted.reply or standing.reply) != (standing.state, standing.reply):
        values = {"rating": row.arrival, "state": wanted.state, "reply": wanted.reply, "at_ms": now_ms}
        connection.execute(sa.insert(follow_ups).values(**values))
    return _items(connection, rows)[0]


def _standings(connection: sa.Connection, arrivals: Iterable[int]) -> Mapping[int, Standing]:
    """Of each of these ratings that the hall has taken up."""
    rows: defaultdict[int, list[sa.Row[Any]]] = defaultdict(list)
    query = sa.select(follow_ups).where(follow_ups.c.rating.in_(list(arrivals))).order_by(follow_ups.c.id)
    for row in connection.execute(query):
        rows[row.rating].append(row)
    return {
        rating: Standing(
            steps[-1].state,
            next((step.reply for step in reversed(steps) if step.reply), ""),
            tuple(FollowUpStep(state=step.state, reply=step.reply, at=rfc3339(step.at_ms)) for step in steps),
        )
        for rating, steps in rows.items()
    }


def _items(connection: sa.Connection, rows: Iterable[sa.Row[Any]]) -> tuple[FollowUp, ...]:
    rows = list(rows)
    standings = _standings(connection, [row.arrival for row in rows])
    said = acts_of(connection, [row.receipt for row in rows])
    return tuple(_item(row, standings.get(row.arrival, RECEIVED), said.get(row.receipt, NOTHING_SAID)) for row in rows)


def _item(row: sa.Row[Any], standing: Standing, said: Acts) -> FollowUp:
    return FollowUp(
        rating_id=row.rating_id,
        device_id=row.device_id,
        receipt=row.receipt[:4] if row.receipt else "",
        level=row.level,
        window=row.window,
        matter=None if row.matter_code is None else {"code": row.matter_code, "name": row.matter_name},
        tapped_at=rfc3339(row.tapped_ms),
        state=standing.state,
        reply=standing.reply,
        additions=said.additions,
        withdrawn_at=said.withdrawn_at,
        withdrawal=said.withdrawal,
        history=(FollowUpStep(state="received", reply="", at=rfc3339(row.received_ms)), *standing.history),
    )
