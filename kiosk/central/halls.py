"""What a hall sets of itself, and who set it when. No change is made without its line in `hall_changes`."""

from typing import Any

import msgspec
import sqlalchemy as sa

from kiosk.central.hall_tables import hall_changes, halls
from kiosk.central.problems import Refusal, invalid, refusal
from kiosk.central.times import rfc3339
from kiosk.central.true_time import zone_of
from kiosk.core.slip import SlipTemplateBroken, check_template
from kiosk.protocol.hall import HallChange, HallSettings, HallView

SET = ("time_zone", "phone_page", "phone_wait_s", "slip", "remind_s")
CHANGES = 100


def hall_fault(wanted: HallSettings) -> Refusal | None:
    """What no shape can say is wrong with these settings."""
    for name in ("time_zone", "phone_page", "slip", "by"):
        if "\0" in getattr(wanted, name):
            return invalid("A NUL character cannot be kept.", f"$.{name}")
    try:
        zone_of(wanted.time_zone)
    except (KeyError, ValueError, OSError):
        return invalid("This is no time zone that central knows, such as Asia/Shanghai.", "$.time_zone")
    try:
        check_template(wanted.slip)
    except SlipTemplateBroken as fault:
        return invalid(str(fault), "$.slip")
    return None


def set_hall(connection: sa.Connection, code: str, wanted: HallSettings, now_ms: int) -> HallView:
    """Set all of it, and keep what that changed. Raises Refusal: there is no such hall."""
    row = _hall(connection, code)
    after = {name: getattr(wanted, name) for name in SET if getattr(wanted, name) != getattr(row, name)}
    if after:
        before = {name: getattr(row, name) for name in after}
        connection.execute(sa.update(halls).where(halls.c.id == row.id).values(after))
        connection.execute(
            sa.insert(hall_changes).values(
                hall=row.id, at_ms=now_ms, changed_by=wanted.by.strip(), before=_json(before), after=_json(after)
            )
        )
    return read_hall(connection, code)


def read_hall(connection: sa.Connection, code: str) -> HallView:
    """How it is set. Raises Refusal: there is no such hall."""
    row = _hall(connection, code)
    newest = sa.select(hall_changes).where(hall_changes.c.hall == row.id).order_by(hall_changes.c.id.desc())
    return HallView(
        code=row.code,
        name=row.name,
        **{name: getattr(row, name) for name in SET},
        changes=tuple(
            HallChange(
                at=rfc3339(change.at_ms),
                by=change.changed_by,
                before=msgspec.json.decode(change.before),
                after=msgspec.json.decode(change.after),
            )
            for change in connection.execute(newest.limit(CHANGES))
        ),
    )


def _hall(connection: sa.Connection, code: str) -> sa.Row[Any]:
    """Held until commit, so that of two changes the second knows what the first has left."""
    found = connection.execute(sa.select(halls).where(halls.c.code == code).with_for_update()).one_or_none()
    if found is None:
        raise refusal(404, "unknown_hall", "There is no hall with this code")
    return found


def _json(value: dict[str, Any]) -> str:
    return msgspec.json.encode(value).decode()
