import contextlib
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.demo.citizen import LEVELS, Targets, learn_targets
from kiosk.demo.programs import Central, ProgramFailed, until
from kiosk.demo.screen import VirtualScreen
from tests.end_to_end.pulling_the_plug import SIZE, Desk, Truth, compare, pull

VISITS = 12


@pytest.fixture(scope="module")
def targets() -> Targets:
    return learn_targets(*SIZE)


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[VirtualScreen]:
    screen = VirtualScreen(*SIZE, tmp_path)
    yield screen
    screen.close()


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Central]:
    central = Central(tmp_path)
    yield central
    central.program.stop()


@pytest.fixture
def desk(central: Central, screen: VirtualScreen, tmp_path: Path, targets: Targets) -> Iterator[Desk]:
    desk = Desk(central, screen, tmp_path, targets)
    desk.terminal.start()
    yield desk
    assert desk.terminal.program is not None
    desk.terminal.program.stop()


def test_with_central_gone_and_the_plug_pulled_central_has_each_thanked_rating_once(
    desk: Desk, central: Central, tmp_path: Path
) -> None:
    chance = random.Random(7)
    central.program.kill()
    for number in range(VISITS):
        if number == VISITS // 2:
            timer = desk.pull_the_plug_after(0.9)
            with contextlib.suppress(ProgramFailed):
                for _ in range(5):
                    desk.visit(chance.choice(LEVELS))
            timer.join()
            assert desk.terminal.call("GET", "/state") is None
            assert desk.terminal.program is not None
            desk.terminal.program.kill()
            desk.terminal.start()
        desk.visit(chance.choice(LEVELS))
    assert len(desk.truth.thanked) >= VISITS
    assert desk.terminal.journal()["unsent"] > 0
    back = Central(tmp_path, central.port)
    try:
        desk.central = back
        ratings = desk.settle()
        verdict = compare(desk.truth, ratings)
        assert verdict.good, verdict
        assert desk.terminal.verify()["fault"] is None
        (device,) = back.pages("/devices")
        assert device["sequence"] == desk.terminal.journal()["head"]["sequence"]
        assert device["quarantined"] == 0
    finally:
        back.program.stop()


def test_the_plug_pulled_at_random_moments_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    verdict = pull(6, random.randrange(10**6), tmp_path)
    assert verdict.good, verdict


def test_the_comparison_notices_what_was_lost_doubled_changed_or_invented() -> None:
    truth = Truth(begun=["a", "b", "c"], tapped={"a": "satisfied", "b": "dissatisfied"}, thanked={"a", "b"})
    ratings = [
        {"visit_id": "a", "level": "very_satisfied"},
        {"visit_id": "a", "level": "very_satisfied"},
        {"visit_id": "c", "level": "satisfied"},
    ]
    verdict = compare(truth, ratings)
    assert (verdict.lost, verdict.twice, verdict.wrong, verdict.invented) == (["b"], ["a"], ["a"], ["c"])


def test_nothing_readable_of_a_level_or_a_case_number_lies_in_the_home(desk: Desk) -> None:
    desk.visit("dissatisfied")
    home = desk.terminal.home
    found = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert b"SQLite format" not in found
    assert b"dissatisfied" not in found
    assert not re.search(rb"3412\d{14}", found)
    until("delivery", lambda: desk.terminal.journal()["unsent"] == 0, alive=desk.terminal.program)
