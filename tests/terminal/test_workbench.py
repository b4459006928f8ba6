"""The unit's workbench: the doctor in a process of its own, notes of commands on record."""

import sys
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from kiosk.acceptance_book import Note, leave_note, notes, read_book
from kiosk.core import events as e
from kiosk.core.entry import Kind
from kiosk.core.situation import Situation, State
from kiosk.core.technician import CheckLine, Tried
from kiosk.core.view import Scene
from kiosk.device.paths import Home, open_home
from kiosk.sync.ports import NoReply
from kiosk.terminal import Terminal
from kiosk.workbench import BenchParts, Workbench
from tests.terminal.loops import ManualLoop
from tests.terminal.test_night import TERMS, Lane, done

CHILD = """
import json, sys
words = sys.argv[1:]
if "doctor" in words:
    print(json.dumps({"check": "disk", "result": "failed", "found": words[-1], "remedy": "r", "code": "disk.full"}))
    print("not a finding")
    sys.exit(1)
picture = sys.stdin.read()
print(json.dumps({"path": picture, "copies": [], "sha256": "ab", "code": ""} if picture else {"code": "not_enrolled"}))
"""


class PaperLane(Lane):
    def call(self, work: Any) -> "Future[Any]":
        return done(work(None))


class Bench:
    def __init__(self, folder: Path) -> None:
        self.loop, self.lane = ManualLoop(), PaperLane()
        self.home: Home = open_home(folder / "home")
        at_rest = Situation(State.READY, terms=TERMS, faults=frozenset())
        self.terminal = Terminal(
            loop=self.loop, clock=self.loop, new_id=lambda: "a" * 32, record=self.lane.append, scene=Scene(),
            situation=at_rest,
        )  # fmt: skip
        child = folder / "child.py"
        child.write_text(CHILD)
        self.bench = Workbench(
            BenchParts(
                self.loop, self.home, self.loop, self.lane, self.terminal,
                lambda _call: done(NoReply("unreachable", "")),
                lambda: TERMS, lambda: None, lambda: "b" * 32, lambda: 7, lambda: "d" * 32,
                (sys.executable, str(child)),
            )
        )  # fmt: skip

    def kinds(self) -> list[str]:
        return [record["kind"] for record in self.lane.records]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_the_doctor_is_heard_line_by_line_from_a_process_of_its_own(bench: Bench) -> None:
    lines: list[CheckLine] = []
    assert bench.bench.examine("en", lines.append).result(20) == 1
    assert lines == [CheckLine("disk", "failed", "en", "r")]


def test_a_sheet_is_on_record_and_one_that_was_not_made_is_none(bench: Bench) -> None:
    made = bench.bench.make_sheet("en", "T1", b"picture").result(20)
    assert made.sha256 == "ab"
    assert bench.kinds() == [Kind.ACCEPTANCE_MADE]
    assert bench.bench.make_sheet("en", "T1", b"").result(20).code == "not_enrolled"
    assert bench.kinds() == [Kind.ACCEPTANCE_MADE]


def test_what_was_tried_is_kept_and_on_record(bench: Bench) -> None:
    bench.bench.keep(Tried("speaker", True, {"volume": 70}), "T1").result(20)
    assert read_book(bench.home)["speaker"].passed
    assert bench.lane.records[0]["body"] == {"test": "speaker", "passed": True, "technician": "T1", "volume": 70}


def test_what_a_command_has_made_is_put_on_record_once(bench: Bench) -> None:
    leave_note(bench.home, Note("cd", "T2"))
    bench.bench.start()
    assert bench.lane.records[0]["body"] == {"sha256": "cd", "technician": "T2"}
    assert notes(bench.home) == []
    bench.loop.advance(200_000)
    assert bench.kinds() == [Kind.ACCEPTANCE_MADE]


def test_a_round_trip_is_announced_first_and_never_while_a_visit_runs(bench: Bench) -> None:
    begun = bench.bench.begin_round_trip("T1")
    bench.loop.run()
    assert begun.result().trip().at == "tapping"
    assert bench.kinds()[:2] == [Kind.ACCEPTANCE_BEGAN, Kind.VISIT_STARTED]
    begun.result().stop()
    bench.terminal.submit(e.StartVisit("f" * 32, e.Matter("1", "x"), "1"))
    bench.loop.run()
    before = bench.kinds()
    with pytest.raises(Exception, match="a visit runs"):
        bench.bench.begin_round_trip("T1").result()
    assert bench.kinds() == before
