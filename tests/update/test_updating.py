"""The running terminal's part: when it lets another version begin, and what it calls being well."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from kiosk.core import events as e
from kiosk.core.entry import Head
from kiosk.core.situation import Awaited, Outcome, Situation, State, Visit
from kiosk.core.trial import Slot, Slots
from kiosk.core.view import OpeningHours, View
from kiosk.device.paths import open_home
from kiosk.journal.store import JournalStatus
from kiosk.terminal import Scene
from kiosk.update.state import Place, changing, read_state
from kiosk.updating import Updating, UpdatingParts, is_busy, is_open_now, on_battery
from tests.update.running import until

STAGED = Slot("1.1.0-x", "1.1.0")
VISIT = Visit("v", e.Matter("1", "matter"), "", None, None)
READY = Situation(state=State.READY, faults=frozenset(), hall_open=False)
HOURS = (OpeningHours(1, "09:00", "17:00"),)


class Loop:
    def post(self, work: Callable[[], None]) -> None:
        work()

    def call_later(self, _ms: int, _work: Callable[[], None]) -> Callable[[], None]:
        return lambda: None


class JournalOfOne:
    hash = "h"

    def status(self) -> "Future[JournalStatus]":
        return answered(JournalStatus(Head(1, 1, "h"), 1, 0, 1, None))

    def read(self, _after: int, _limit: int) -> "Future[list[dict[str, Any]]]":
        return answered([{"hash": self.hash}])


def answered(value: Any) -> "Future[Any]":
    future: Future[Any] = Future()
    future.set_result(value)
    return future


class Bench:
    def __init__(self, folder: Path) -> None:
        self.home = open_home(folder / "home")
        self.place = Place(self.home.root)
        self.situation, self.left, self.journal, self.port = READY, 0, JournalOfOne(), 0
        self.testing = False

    def view(self) -> View:
        return View(situation=self.situation, scene=Scene(hours=HOURS))

    def leave(self) -> None:
        self.left += 1

    def updating(self) -> Updating:
        what = self.view, self.port, self.leave, ["true"], lambda: self.testing
        return Updating(UpdatingParts(Loop(), self.home, self.journal, *what))  # type: ignore[arg-type]

    def set(self, slots: Slots) -> None:
        with changing(self.place) as change:
            change.slots = slots


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.updating.LOOK_S", 0.02)
    monkeypatch.setattr("kiosk.updating.on_battery", lambda: False)
    monkeypatch.setenv("KIOSK_TRIAL", "")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


BUSY = {
    "visit": replace(READY, visit=VISIT, state=State.SERVING),
    "begins": replace(READY, awaiting=Awaited("e", State.SERVING)),
    "thanks": replace(READY, visit=replace(VISIT, outcome=Outcome.RATED), state=State.THANKS),
    "open": replace(READY, hall_open=True),
}


@pytest.mark.parametrize("why", BUSY)
def test_another_version_waits_for_its_moment(bench: Bench, why: str):
    bench.set(Slots(staged=STAGED))
    bench.situation = BUSY[why]
    updating = bench.updating()
    updating._change_over()
    assert (bench.left, read_state(bench.place).wish) == (0, "")
    bench.situation = READY
    updating._change_over()
    assert (bench.left, read_state(bench.place).wish) == (1, "forward")


def test_a_technicians_round_trip_is_not_broken_off(bench: Bench):
    bench.set(Slots(wish="back"))
    bench.testing = True
    bench.updating()._change_over()
    assert bench.left == 0
    bench.testing = False
    bench.updating()._change_over()
    assert bench.left == 1


def test_whoever_is_told_or_urgent_waits_for_no_closing_time_and_yet_for_a_visit(bench: Bench):
    for slots in (Slots(staged=STAGED, wish="forward"), Slots(staged=replace(STAGED, urgent=True)), Slots(wish="back")):
        bench.set(slots)
        bench.situation, bench.left = BUSY["visit"], 0
        bench.updating()._change_over()
        assert bench.left == 0
        bench.situation = BUSY["open"]
        bench.updating()._change_over()
        assert bench.left == 1


def test_a_visit_that_begins_meanwhile_is_not_broken_off(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    bench.set(Slots(staged=STAGED))
    views = iter([bench.view(), View(situation=BUSY["begins"], scene=Scene(hours=HOURS))])
    updating = bench.updating()
    monkeypatch.setattr(bench, "view", lambda: next(views))
    object.__setattr__(updating._p, "view", lambda: next(views))
    updating._change_over()
    assert bench.left == 0


def test_nothing_happens_where_no_supervisor_could_start_another(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("KIOSK_TRIAL")
    bench.set(Slots(staged=STAGED))
    updating = bench.updating()
    updating.start()
    assert not updating._thread.is_alive()


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        good = self.path == "/v1/state" and self.headers["Authorization"] == "Bearer secret"
        self.send_response(200 if good else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def station() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_well_is_a_journal_that_reads_back_and_a_station_that_answers(
    bench: Bench, station: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("KIOSK_TRIAL", "word")
    bench.place.make()
    bench.port = station
    bench.home.station_token.write_text("wrong")
    updating = bench.updating()
    assert updating._unwell() == "the station answers 401"
    bench.home.station_token.write_text("secret")
    bench.journal.hash = "another"
    assert "does not read back" in str(updating._unwell())
    bench.journal.hash = "h"
    bench.situation = replace(READY, faults=frozenset({"journal"}))
    assert updating._unwell() == "journal"
    bench.situation = replace(READY, faults=frozenset({"not_enrolled"}))
    updating.start()
    until("the word", lambda: bench.place.well.exists() and bench.place.well.read_text() == "word", 10)
    updating.close(5)
    assert not bench.left


def test_what_counts_as_busy_and_as_open():
    assert not is_busy(View(situation=READY, scene=Scene()))
    always = View(situation=replace(READY, hall_open=True), scene=Scene())
    assert is_open_now(always, time.struct_time((2026, 1, 1, 12, 0, 0, 0, 0, 0)))
    assert not is_open_now(always, time.struct_time((2026, 1, 1, 3, 0, 0, 0, 0, 0)))


def test_a_battery_is_one_where_the_mains_give_nothing(tmp_path: Path):
    assert not on_battery(tmp_path)
    for name, online in (("AC", "0"), ("USB", "0")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "type").write_text("Mains\n")
        (tmp_path / name / "online").write_text(f"{online}\n")
    assert on_battery(tmp_path)
    (tmp_path / "USB" / "online").write_text("1\n")
    assert not on_battery(tmp_path)
