"""A fresh central for every test, and terminals enrolled with it."""

import base64
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.central.store import open_store, sqlite_url
from tests.central.stand_in import Central, Terminal


@pytest.fixture
def central(database: str) -> Iterator[Central]:
    store = open_store(database)
    made = Central(store)
    yield made
    made.runner.close()
    made.store.close()


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file that has every migration behind it, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "central.sqlite3"
    open_store(sqlite_url(path)).close()
    return path


@pytest.fixture
def database(tmp_path: Path, migrated: Path) -> str:
    """The URL of a fresh SQLite file; or the database that KIOSK_TEST_POSTGRES names, emptied."""
    named = os.environ.get("KIOSK_TEST_POSTGRES")
    if named is None:
        shutil.copy(migrated, tmp_path / "central.sqlite3")
        return sqlite_url(tmp_path / "central.sqlite3")
    engine = sa.create_engine(named)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
    return named


@pytest.fixture
def enrolled(central: Central) -> Callable[..., Terminal]:
    """Enrols one terminal after another."""

    def enrol(window: str = "A01", mode: str = "window") -> Terminal:
        wanted = {"hall": "FY", "window": window, "mode": mode}
        code = central.hall("POST", "/api/v1/enrolment-codes", wanted).json["code"]
        key = Ed25519PrivateKey.generate()
        public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
        answer = central.post("/api/v1/enrolments", {"code": code, "public_key": public, "hardware": {"cpu": "x"}})
        assert answer.status == 201, answer.body
        return Terminal(central, key, answer.json["credentials"]["key_id"], answer.json["device_id"])

    return enrol


@pytest.fixture
def terminal(enrolled: Callable[..., Terminal]) -> Terminal:
    """One terminal whose journal has begun."""
    return enrolled().begin()
