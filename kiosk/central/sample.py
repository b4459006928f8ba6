"""Fills an empty database with the sample hall, and hands its PINs out in one file. A filled one is left as it is."""

import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher

from kiosk.central.hall_tables import (
    halls,
    hours,
    local_reasons,
    matters,
    notices,
    speech,
    staff,
    window_matters,
    windows,
)
from kiosk.central.new_halls import new_hall
from kiosk.central.private import write_private
from kiosk.central.tables import devices

SAMPLE_FILE = "sample.json"
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""Modest on purpose: a terminal checks it, on the hardware that stands in halls."""


def draw_pin() -> str:
    """Six digits that nobody can foresee."""
    return f"{secrets.randbelow(1_000_000):06d}"


def fill_sample(
    connection: sa.Connection, source: Path, data: Path, pin: Callable[[], str] = draw_pin, public_url: str = ""
) -> bool:
    """Write the sample hall in `source` into the database, and `sample.json` (0600) into `data`. `public_url`: where
    phones reach this central; empty: they do not.

    False, with nothing written: the database is not empty.
    """
    if (
        connection.execute(sa.select(halls.c.id).limit(1)).first()
        or connection.execute(sa.select(devices.c.id).limit(1)).first()
    ):
        return False
    sample = json.loads(source.read_text(encoding="utf-8"))
    pins = {clerk["number"]: pin() for clerk in sample["staff"]}
    own = {**sample["hall"], **sample["look"], **sample["timings"], "phone_page": public_url}
    hall = _insert(connection, halls, {**new_hall(sample["hall"]["code"]), **own})
    numbers = {matter["code"]: _insert(connection, matters, {"hall": hall, **matter}) for matter in sample["matters"]}
    for window in sample["windows"]:
        row = {key: value for key, value in window.items() if key != "matters"}
        at = _insert(connection, windows, {"hall": hall, **row})
        for code in window["matters"]:
            connection.execute(sa.insert(window_matters).values(window=at, matter=numbers[code]))
    for clerk in sample["staff"]:
        _insert(connection, staff, {"hall": hall, **clerk, "pin_hash": _HASHER.hash(pins[clerk["number"]])})
    for table, rows in ((hours, sample["hours"]), (speech, sample["speech"])):
        for row in rows:
            _insert(connection, table, {"hall": hall, **row})
    for notice in sample["notices"]:
        _insert(connection, notices, {"hall": hall, "picture": "", **notice})
    for reason in sample["local_reasons"]:
        _insert(connection, local_reasons, {"hall": hall, **reason, "levels": json.dumps(reason["levels"])})
    # Before the commit: a hall whose PINs are written nowhere would be of no use.
    _write_private(
        data / SAMPLE_FILE,
        {
            "hall": sample["hall"]["code"],
            "windows": [window["number"] for window in sample["windows"]],
            "staff": [{"number": number, "pin": drawn} for number, drawn in pins.items()],
            "matters": [{"code": matter["code"], "name": matter["name"]} for matter in sample["matters"]],
        },
    )
    return True


def _insert(connection: sa.Connection, table: sa.Table, values: dict[str, Any]) -> int:
    key = connection.execute(sa.insert(table).values(**values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def _write_private(path: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1).encode()
    write_private(path, text)
