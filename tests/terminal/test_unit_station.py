"""A whole unit and its station: what a start under a key means once the unit has been stopped and started again."""

import json
import queue
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.journal.store import Journal
from tests.station.house import QUICK_HASHER
from tests.terminal.bench import PROFILE, Bench

START = {"matter": {"code": "340100"}, "case_number": "341200202611240178", "citizen_name": "张三"}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def ask(bench: Bench, port: int, method: str, path: str, body: Any = None, key: str = "") -> tuple[int, Any]:
    """One call of the station, with the unit's loop turning meanwhile; tried until the station is there."""
    answers: queue.SimpleQueue[tuple[int, Any] | None] = queue.SimpleQueue()

    def call() -> None:
        try:
            headers = {"Authorization": f"Bearer {bench.home.station_token.read_text('ascii').strip()}"}
            headers |= {"Content-Type": "application/json"} if body is not None else {}
            headers |= {"Idempotency-Key": key} if key else {}
            data = None if body is None else json.dumps(body).encode()
            request = urllib.request.Request(f"http://127.0.0.1:{port}/v1{path}", data, headers, method=method)
            with urllib.request.urlopen(request, timeout=60) as answer:
                answers.put((answer.status, json.load(answer)))
        except urllib.error.HTTPError as refusal:
            with refusal:
                answers.put((refusal.code, json.load(refusal)))
        except OSError:
            answers.put(None)

    def called() -> tuple[int, Any] | None:
        calling = threading.Thread(daemon=True, target=call)
        calling.start()
        bench.loop.until(lambda: not calling.is_alive())
        return answers.get_nowait()

    answer: tuple[int, Any] = bench.loop.until(called)
    return answer


def test_a_start_under_a_key_is_found_in_the_journal_by_the_next_life_of_the_unit(bench: Bench, port: int) -> None:
    bench.ready(port)
    status, first = ask(bench, port, "POST", "/visits", START, "case-178-1")
    assert (status, first["state"]) == (201, "serving")
    assert ask(bench, port, "POST", "/visits", START, "case-178-1") == (201, first)
    bench.close()
    unit = bench.ready(port)
    status, again = ask(bench, port, "POST", "/visits", START, "case-178-1")
    assert (status, again["type"]) == (409, "urn:kiosk:problem:visit_ended")
    assert first["visit_id"] in again["detail"]
    status, other = ask(bench, port, "POST", "/visits", {**START, "citizen_name": "李四"}, "case-178-1")
    assert (status, other["type"]) == (422, "urn:kiosk:problem:key_reused")
    status, second = ask(bench, port, "POST", "/visits", START, "case-178-2")
    assert status == 201
    assert second["visit_id"] != first["visit_id"]

    def begun(journal: Journal) -> list[str]:
        return [entry["visit_id"] for entry in journal.read(0, 100) if entry["kind"] == "visit.started"]

    started = unit._lane.call(begun)
    bench.loop.until(started.done)
    assert started.result() == [first["visit_id"], second["visit_id"]]


def test_figures_are_asked_of_central_and_owned_up_to_where_it_is_away(bench: Bench, port: int) -> None:
    staff = [{"number": "A103", "name": "王敏", "pin_hash": QUICK_HASHER.hash("271828")}]
    bench.home.profile.write_text(json.dumps({**PROFILE, "staff": staff}), "utf-8")
    bench.ready(port)
    assert ask(bench, port, "PUT", "/staff", {"number": "A103", "pin": "271828"})[0] == 200
    status, refused = ask(bench, port, "GET", "/figures")
    assert (status, refused["type"]) == (503, "urn:kiosk:problem:central_away")
