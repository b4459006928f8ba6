"""What a phone's page says of the place where a visit is served."""

import msgspec
import sqlalchemy as sa

from kiosk.central.hall_tables import halls, local_reasons, windows
from kiosk.central.phone_links import Visit
from kiosk.central.phone_page import Place, Reason
from kiosk.central.tables import devices, visits
from kiosk.core.levels import Level

_PLACE = (
    sa.select(
        halls.c.id.label("hall"),
        halls.c.name.label("hall_name"),
        halls.c.name_en.label("hall_name_en"),
        halls.c.callbacks,
        windows.c.number,
        windows.c.name,
        windows.c.name_en,
        visits.c.matter_name,
    )
    .select_from(devices)
    .join(windows, windows.c.id == devices.c.window)
    .join(halls, halls.c.id == windows.c.hall)
    .outerjoin(visits, sa.and_(visits.c.device == devices.c.id, visits.c.visit_id == sa.bindparam("visit_id")))
    .where(devices.c.id == sa.bindparam("device"))
)


def place_of(connection: sa.Connection, visit: Visit) -> Place:
    """Hall, window and, once the journal has come, the matter of a visit; what the hall asks beside its list."""
    row = connection.execute(_PLACE, {"device": visit.device, "visit_id": visit.visit_id}).all()[0]
    own: dict[Level, tuple[Reason, ...]] = {}
    query = sa.select(local_reasons).where(local_reasons.c.hall == row.hall).order_by(local_reasons.c.id)
    for found in connection.execute(query):
        reason = Reason(found.code, _named(found.name, found.name_en))
        for level in msgspec.json.decode(found.levels, type=tuple[Level, ...]) or Level:
            own[level] = (*own.get(level, ()), reason)
    return Place(
        _named(row.hall_name, row.hall_name_en),
        {name: f"{row.number} {words}" for name, words in _named(row.name, row.name_en).items()},
        row.matter_name or "",
        own,
        row.callbacks,
    )


def _named(name: str, name_en: str) -> dict[str, str]:
    return {"zh-CN": name, "en": name_en or name}


def phone_page_of(connection: sa.Connection, visit: Visit) -> str:
    """Where phones reach this central, as the hall has set it; empty where it has not."""
    return str(
        connection.execute(
            sa.select(halls.c.phone_page)
            .join(windows, windows.c.hall == halls.c.id)
            .join(devices, devices.c.window == windows.c.id)
            .where(devices.c.id == visit.device)
        ).scalar_one()
    )
