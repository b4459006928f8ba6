"""A whole unit and a central on loopback: the link is signed with the key that central knows, and taken back; and a
clerk's figures come through the window."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.core import events as e
from kiosk.core.phone_link import PATH, read_token
from kiosk.core.view import Accepted
from kiosk.device.clock import SystemClock
from kiosk.device.identity import DEVICE_KEY, Identity, keep_identity
from kiosk.device.secrets import open_vault
from kiosk.sync.ports import Reply
from kiosk.unit import Unit
from tests.sync.standins import JSON, KEY, KEY_ID, Central, Seen, raw, serving
from tests.terminal.bench import PATIENCE_S, PROFILE, Bench
from tests.terminal.test_unit import asked

DEVICE = "d" * 32
VISIT = "5" * 32
PAGE = "https://rate.example"
PHONE_PROFILE = {**PROFILE, "phone": {"page": PAGE}}
MATTER = e.Matter("0101", "社保参保证明打印")


class Hall:
    """A central that knows of phones, and checks who asks."""

    def __init__(self) -> None:
        self.now = SystemClock().wall_ms
        self.central = Central(self.now)
        self.central.profile = json.dumps(PHONE_PROFILE).encode()
        self.url = ""
        self.closed: list[str] = []
        self.away = False
        self.is_closed = threading.Event()

    def script(self, seen: Seen) -> bytes:
        call = seen.call()
        if call.path.startswith("/device/figures"):
            seen.verify(self.url)
            body = {"staff": "F1", "since": "2026-11-02", "until": "2026-11-23", "visits": 30, "rated": 25}
            return raw(Reply(200, JSON, json.dumps(body).encode()))
        if not call.path.startswith("/device/phone-visits/"):
            return raw(self.central.serve(call))
        seen.verify(self.url)
        visit_id = call.path.split("/")[3]
        state = "unopened"
        if call.path.endswith("/closure") and self.away:
            return raw(Reply(503, JSON, b"{}"))
        if call.path.endswith("/closure"):
            state = "closed"
            self.closed.append(visit_id)
            self.is_closed.set()
        body = {"visit_id": visit_id, "state": state, "server_time": self.now()}
        return raw(Reply(200, JSON, json.dumps(body).encode()))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    bench.home.profile.write_text(json.dumps(PHONE_PROFILE), "utf-8")
    yield bench
    bench.close()


def inviting(bench: Bench, unit: Unit) -> str:
    """A visit whose citizen is invited and asks for the code; the link, once it stands there."""
    assert isinstance(bench.do(unit, e.StartVisit(VISIT, MATTER, "1", invited=True)), Accepted)
    assert isinstance(bench.do(unit, e.AskForPhone()), Accepted)
    return str(bench.loop.until(lambda: unit.view().phone_link))


def enrolled(bench: Bench, url: str, station_port: int = 0) -> Unit:
    open_vault(bench.home, "file", "file").put(DEVICE_KEY, KEY)
    keep_identity(bench.home, Identity(device_id=DEVICE, key_id=KEY_ID, central_url=url))
    return bench.ready(station_port)


def test_the_link_on_the_screen_is_signed_with_the_key_that_central_knows(bench: Bench) -> None:
    hall = Hall()
    with serving(hall.script) as server:
        hall.url = server.url
        unit = enrolled(bench, server.url)
        page, _, token = inviting(bench, unit).partition(PATH)
        link, signature = read_token(token)
        assert (page, link.device_id, link.visit_id) == (PAGE, DEVICE, VISIT)
        Ed25519PrivateKey.from_private_bytes(KEY).public_key().verify(signature, link.signed())
        bench.do(unit, e.Skip())
        assert hall.is_closed.wait(PATIENCE_S)
        assert unit.view().phone_link == ""
        bench.close()
    assert hall.closed == [VISIT]


@pytest.mark.parametrize("ends", [None, e.CancelVisit(VISIT, "called away")])
def test_a_start_takes_back_the_link_that_the_last_run_left(bench: Bench, ends: e.Event | None) -> None:
    hall = Hall()
    with serving(hall.script) as server:
        hall.url = server.url
        unit = enrolled(bench, server.url)
        before = inviting(bench, unit)
        hall.away = True
        if ends is not None:
            assert isinstance(bench.do(unit, ends), Accepted)
        bench.close()
        hall.away = False
        assert hall.closed == []
        unit = bench.ready()
        bench.loop.until(hall.is_closed.is_set)
        assert hall.closed == [VISIT]
        assert unit.view().phone_link == ""
        bench.close()
    assert PATH in before


def test_a_terminal_that_is_not_enrolled_shows_no_code(bench: Bench) -> None:
    unit = bench.ready()
    assert isinstance(bench.do(unit, e.StartVisit(VISIT, MATTER, "1", invited=True)), Accepted)
    assert unit.view().phone_link == ""


def test_a_clerk_who_has_signed_in_reads_their_figures_at_the_window(bench: Bench, unused_port: int) -> None:
    pin_hash = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("2468")
    profile = {**PHONE_PROFILE, "staff": [{"number": "F1", "name": "陈", "pin_hash": pin_hash}]}
    bench.home.profile.write_text(json.dumps(profile), "utf-8")
    hall = Hall()
    hall.central.profile = json.dumps(profile).encode()
    with serving(hall.script) as server:
        hall.url = server.url
        enrolled(bench, server.url, unused_port)
        assert asked(bench, unused_port, "PUT", "/staff", {"number": "F1", "pin": "2468"})[0] == 200
        status, figures = asked(bench, unused_port, "GET", "/figures")
        assert (status, figures["rated"], figures["until"]) == (200, 25, "2026-11-23")
        bench.close()
