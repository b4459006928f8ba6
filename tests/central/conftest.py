"""A fresh central for every test, and terminals enrolled with it."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.central.store import open_store, sqlite_url
from tests.central.stand_in import Central, Terminal


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Central]:
    store = open_store(sqlite_url(tmp_path / "central.sqlite3"))
    made = Central(store)
    yield made
    made.runner.close()
    store.close()


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
