"""Halls and windows of which nothing is known but what a code was asked for."""

import sqlalchemy as sa

from kiosk.central.hall_tables import halls, windows
from kiosk.central.true_time import DEFAULT_ZONE


def window_row(connection: sa.Connection, hall: str, window: str) -> int:
    """The number of this window's row, which comes into being with its hall if it is not known: named as it is
    numbered."""
    of = _found_or_made(connection, halls, {"code": hall}, new_hall(hall))
    return _found_or_made(connection, windows, {"hall": of, "number": window}, {"name": window, "name_en": ""})


def new_hall(code: str) -> dict[str, object]:
    """The row of a hall of which nothing is known but its code."""
    return {
        "code": code,
        "name": code,
        "name_en": "",
        "receipt_page": "",
        "options_version": "2020",
        "inviting_s": 30,
        "explaining_s": 60,
        "thanks_s": 6,
        "time_zone": DEFAULT_ZONE,
        "asking_s": 20,
        "crest": "",
        "accent": "",
        "background": "",
        "help": "",
        "help_en": "",
        "callbacks": True,
        "phone_page": "",
        "phone_wait_s": 180,
        "slip": "",
        "remind_s": 1_200,
    }


def _found_or_made(connection: sa.Connection, table: sa.Table, key: dict[str, object], rest: dict[str, object]) -> int:
    query = sa.select(table.c.id).where(*(table.c[name] == value for name, value in key.items()))
    found = connection.execute(query).scalar()
    if found is not None:
        return int(found)
    try:
        with connection.begin_nested():
            connection.execute(sa.insert(table).values(**{**rest, **key}))
    except sa.exc.IntegrityError:
        pass  # another request has just made it
    return int(connection.execute(query).scalar_one())
