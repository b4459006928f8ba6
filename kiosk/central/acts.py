"""What someone with a receipt said later: words added, and withdrawals, from terminals and from the web alike.

An act is kept under its receipt, whether that rating is here or not, and is found once both are: in whichever order
they come, there is nothing to apply and nothing to miss. The first withdrawal stands. None of it touches the rating.
"""

import contextlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import msgspec
import sqlalchemy as sa

from kiosk.central.receipt_tables import receipt_acts, receipt_words
from kiosk.central.rows import Act
from kiosk.central.tables import devices, entry_personal
from kiosk.central.times import rfc3339
from kiosk.protocol.central import ReceiptAct


@dataclass(frozen=True, slots=True)
class Acts:
    """What was said of one rating, oldest first."""

    additions: tuple[ReceiptAct, ...] = ()
    withdrawal: ReceiptAct | None = None

    @property
    def withdrawn_at(self) -> str | None:
        """When it was withdrawn first."""
        return None if self.withdrawal is None else self.withdrawal.at


NOTHING_SAID = Acts()

_KNOWN = sa.select(receipt_acts.c.hash).where(receipt_acts.c.hash.in_(sa.bindparam("hashes", expanding=True)))


def keep_acts(connection: sa.Connection, device: int, acts: Sequence[Act]) -> None:
    """Keep what was done at a terminal, once for each entry that told it, in whichever wrapping and however often."""
    if not acts:
        return
    known = set(connection.execute(_KNOWN, {"hashes": [act.hash for act in acts]}).scalars())
    for act in acts:
        if act.hash not in known:
            known.add(act.hash)
            with contextlib.suppress(sa.exc.IntegrityError), connection.begin_nested():  # or another has just kept it
                connection.execute(sa.insert(receipt_acts).values(**asdict(act), way="terminal", device=device))


def keep_web_act(connection: sa.Connection, receipt: str, kind: str, words: str, now_ms: int) -> None:
    """Keep what was done by way of the web."""
    values = {"receipt": receipt, "kind": kind, "way": "web", "at_ms": now_ms, "received_ms": now_ms}
    key = connection.execute(sa.insert(receipt_acts).values(**values)).inserted_primary_key
    assert key is not None
    if words:
        connection.execute(sa.insert(receipt_words).values(act=key[0], words=words))


_ACTS = (
    sa.select(receipt_acts, devices.c.device_id, entry_personal.c.fields, receipt_words.c.words)
    .outerjoin(devices, devices.c.id == receipt_acts.c.device)
    .outerjoin(receipt_words, receipt_words.c.act == receipt_acts.c.id)
    .outerjoin(
        entry_personal,
        sa.and_(
            entry_personal.c.device == receipt_acts.c.device,
            entry_personal.c.epoch == receipt_acts.c.epoch,
            entry_personal.c.sequence == receipt_acts.c.sequence,
        ),
    )
    .where(receipt_acts.c.receipt.in_(sa.bindparam("receipts", expanding=True)))
    .order_by(receipt_acts.c.received_ms, receipt_acts.c.id)
)


def acts_of(connection: sa.Connection, receipts: Iterable[str | None]) -> Mapping[str | None, Acts]:
    """What was said of each of these ratings; of one without a receipt, or of which nothing was said, there is none."""
    wanted = sorted({receipt for receipt in receipts if receipt is not None})
    if not wanted:
        return {}
    rows: defaultdict[str, list[sa.Row[Any]]] = defaultdict(list)
    for row in connection.execute(_ACTS, {"receipts": wanted}):
        rows[row.receipt].append(row)
    return {
        receipt: Acts(
            tuple(_act(row) for row in of_receipt if row.kind == "addition"),
            next((_act(row) for row in of_receipt if row.kind == "withdrawal"), None),
        )
        for receipt, of_receipt in rows.items()
    }


def _act(row: sa.Row[Any]) -> ReceiptAct:
    return ReceiptAct(words=_words(row), at=rfc3339(row.at_ms), way=row.way, device_id=row.device_id)


def _words(row: sa.Row[Any]) -> str:
    """Empty where none were said, or where they have been erased."""
    if row.words is not None:
        return str(row.words)
    words = msgspec.json.decode(row.fields).get("words") if row.fields else None
    return words if isinstance(words, str) else ""
