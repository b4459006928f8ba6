"""What whoever holds a receipt reads and does. The code is the right to it, and no call gives the hall another.

Nothing here depends on the level: every receipt is answered alike, and every rating may be withdrawn.
"""

import sqlalchemy as sa

from kiosk.central.acts import NOTHING_SAID, acts_of, keep_web_act
from kiosk.central.countersign import Countersigner
from kiosk.central.follow_ups import state_of
from kiosk.central.problems import Refusal, refusal
from kiosk.central.tables import devices, entries, ratings
from kiosk.central.times import rfc3339
from kiosk.core.entry import Head
from kiosk.protocol.central import ReceiptState

MOST_ADDITIONS = 5
"""By way of the web; what is said at a terminal is in its journal, and stands."""

_PLACE = (
    sa.select(
        ratings.c.arrival,
        ratings.c.epoch,
        ratings.c.sequence,
        ratings.c.stated_ms,
        devices.c.device_id,
        entries.c.hash,
    )
    .join(devices, devices.c.id == ratings.c.device)
    .outerjoin(  # a phone's rating has no entry until the terminal's journal vouches for it
        entries,
        sa.and_(
            entries.c.device == ratings.c.device,
            entries.c.epoch == ratings.c.epoch,
            entries.c.sequence == ratings.c.sequence,
        ),
    )
    .where(ratings.c.receipt == sa.bindparam("receipt"))
    .limit(2)
)
_TURN = sa.select(ratings.c.arrival).where(ratings.c.receipt == sa.bindparam("receipt")).with_for_update()
"""Locks the rating, so that of two who do the same at once the second sees what the first did."""


def read_receipt(
    connection: sa.Connection, code: str, countersigner: Countersigner, now_ms: int
) -> ReceiptState | None:
    """The state of the rating with this receipt. Nothing of what it says. A code that two ratings bear is answered with
    neither, for nobody can tell whose it is."""
    rows = connection.execute(_PLACE, {"receipt": code}).all()
    if len(rows) != 1:
        return None
    row = rows[0]
    said = acts_of(connection, [code]).get(code, NOTHING_SAID)
    follow_up = state_of(connection, row.arrival)
    return ReceiptState(
        receipt=code,
        state="recorded",
        epoch=row.epoch,
        sequence=row.sequence,
        received_at=rfc3339(row.stated_ms),
        follow_up=follow_up.state,
        reply=follow_up.reply,
        additions=len(said.additions),
        withdrawn_at=said.withdrawn_at,
        # Of this very entry, never of a newer one: from the hash of a visit's end its receipt is cut, and the newest is
        # somebody else's.
        head=row.hash and countersigner.sign(row.device_id, Head(row.epoch, row.sequence, row.hash), now_ms),
    )


def add_words(connection: sa.Connection, code: str, words: str, now_ms: int) -> Refusal | None:
    """Add words to the rating with this receipt, unless the very same were added before. Why not, where there are too
    many already; a code that is not one rating's changes nothing."""
    if len(connection.execute(_TURN, {"receipt": code}).all()) != 1:
        return None
    said = acts_of(connection, [code]).get(code, NOTHING_SAID)
    by_web = [act.words for act in said.additions if act.way == "web"]
    if words in by_web:
        return None
    if len(by_web) >= MOST_ADDITIONS:
        return refusal(
            409,
            "additions_full",
            "Nothing more can be added to this rating",
            f"{MOST_ADDITIONS} additions are kept; the hall has them.",
        )
    keep_web_act(connection, code, "addition", words, now_ms)
    return None


def withdraw(connection: sa.Connection, code: str, words: str, now_ms: int) -> None:
    """Withdraw the rating with this receipt, unless it was withdrawn before; a code that is not one rating's changes
    nothing."""
    if len(connection.execute(_TURN, {"receipt": code}).all()) != 1:
        return
    said = acts_of(connection, [code]).get(code, NOTHING_SAID)
    if said.withdrawal is None:
        keep_web_act(connection, code, "withdrawal", words, now_ms)
