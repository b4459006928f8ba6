"""A tablet on a stand: citizens begin their visits themselves, by tile, by letters or by a queue slip."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest

from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.core.view import MatterCard
from kiosk.ui.matter_desk import found, leading_on
from kiosk.ui.rehearsal import hall_scene, sample_terms
from kiosk.ui.wedge import GAP_MS
from tests.ui.conftest import ASSETS
from tests.ui.stage import PORTRAIT, Stage, until
from tests.ui.test_keys import choose

Key = Qt.Key


def in_the_hall(stage: Stage, matters: int = 30, **scene: object) -> Stage:
    stage.terminal.set_scene(replace(hall_scene(ASSETS, matters), **scene))
    stage.terminal.start(staff=None)
    stage.terminal.submit(e.TermsChanged(replace(sample_terms(), self_start=True)))
    stage.settle()
    return stage


def scan(stage: Stage, text: str) -> None:
    """What a scanner that types does."""
    for character in text:
        QTest.keyClick(stage.window, character)
    QTest.keyClick(stage.window, Key.Key_Return)
    QCoreApplication.processEvents()


def begun(stage: Stage) -> list[e.BeginVisit]:
    return [event for event in stage.terminal.events if isinstance(event, e.BeginVisit)]


@pytest.mark.parametrize("size", [(1280, 800), PORTRAIT])
def test_a_matter_chosen_brings_the_five_levels(make_stage: Callable[..., Stage], size: tuple[int, int]) -> None:
    stage = in_the_hall(make_stage(size))
    assert stage.model.shown.page == "matters"
    stage.tap("matter.2")
    until(lambda: stage.model.shown.page == "inviting", "the five levels")
    (event,) = begun(stage)
    assert (event.matter, event.slip, event.window) == (e.Matter("M002", "企业设立登记"), None, None)
    assert re.fullmatch(r"[0-9a-f]{32}", event.visit_id)
    stage.tap(f"level.{Level.SATISFIED}")
    stage.tap("submit")
    stage.tap("leave")
    stage.settle()
    assert stage.model.shown.page == "matters"
    stage.tap("matter.2")
    until(lambda: len(begun(stage)) == 2, "another visit")
    assert len({event.visit_id for event in begun(stage)}) == 2


def test_leaves_are_turned_and_the_next_citizen_is_at_the_first(stage: Stage) -> None:
    in_the_hall(stage)
    first = stage.items()["matter.0"]
    assert not stage.items()["leaf.back"].isEnabled()
    stage.tap("leaf.next")
    stage.settle()
    assert "matter.0" not in stage.items()
    names = [name for name in stage.items() if name.startswith("matter.")]
    stage.tap(names[0])
    until(lambda: stage.model.shown.page == "inviting", "the five levels")
    assert begun(stage)[0].matter.code == f"M{int(names[0].split('.')[1]):03}"
    stage.tap("skip")
    stage.settle()
    assert stage.model.shown.matters_leaf == 0
    assert "matter.0" in stage.items()
    del first


def test_every_matter_stands_on_one_of_the_leaves(stage: Stage) -> None:
    in_the_hall(stage)
    seen: list[str] = []
    while True:
        stage.settle()
        seen += [name for name in stage.items() if name.startswith("matter.")]
        if not stage.items()["leaf.next"].isEnabled():
            break
        stage.tap("leaf.next")
    assert sorted(seen, key=lambda name: int(name.split(".")[1])) == [f"matter.{at}" for at in range(30)]


def test_few_matters_need_no_leaves_and_no_search(stage: Stage) -> None:
    in_the_hall(stage, 4)
    assert not {"leaf.next", "leaf.back", "search"} & stage.items().keys()


def test_letters_find_a_matter_and_are_wiped_when_it_is_chosen(stage: Stage) -> None:
    in_the_hall(stage)
    stage.tap("search")
    stage.tap("search.key.H")
    stage.tap("search.key.K")
    stage.settle()
    assert stage.model.shown.search_typed == "HK"
    assert stage.model.shown.found_labels[0] == "户口迁移"
    assert "search.key.Z" not in {name for name, item in stage.items().items() if item.isEnabled()}
    stage.tap("found.0")
    until(lambda: stage.model.shown.page == "inviting", "the five levels")
    assert begun(stage)[0].matter.name == "户口迁移"
    stage.tap("skip")
    stage.settle()
    assert (stage.model.shown.search_typed, stage.model.shown.sheet) == ("", "")


def test_a_search_closed_is_a_search_forgotten(stage: Stage) -> None:
    in_the_hall(stage)
    stage.tap("search")
    stage.tap("search.key.H")
    stage.tap("sheet.close")
    stage.tap("search")
    stage.settle()
    assert stage.model.shown.search_typed == ""


def test_letters_mean_initials_in_pinyin_and_the_beginnings_of_english_words() -> None:
    cards = (
        MatterCard("1", "户口迁移", "Change of registered residence", "HKQY"),
        MatterCard("2", "企业设立登记", "Company registration", "QYSLDJ"),
        MatterCard("3", "其他", "", ""),
    )
    assert [card.code for card in found(cards, "QY")] == ["1", "2"]
    assert [card.code for card in found(cards, "COMP")] == ["2"]
    assert [card.code for card in found(cards, "COR")] == ["1"]
    assert [card.code for card in found(cards, "")] == ["1", "2", "3"]
    assert leading_on(cards, "QY") == "S"


def test_a_slip_that_says_it_all_begins_the_visit(stage: Stage) -> None:
    in_the_hall(stage)
    scan(stage, "KQ1;A019;A12;M003;3412-77")
    until(lambda: stage.model.shown.page == "inviting", "the five levels")
    (event,) = begun(stage)
    assert (event.slip, event.window, event.matter.code, event.case_number) == ("A019", "A12", "M003", "3412-77")


def test_a_slip_wakes_the_screen_at_rest(stage: Stage) -> None:
    in_the_hall(stage)
    stage.model.rest()
    stage.settle()
    assert stage.model.shown.page == "attract"
    scan(stage, "KQ1;A019;A12;M003;")
    until(lambda: stage.model.shown.page == "inviting", "the five levels")


def test_a_slip_without_a_matter_asks_for_it_and_is_kept_for_this_citizen_alone(stage: Stage) -> None:
    in_the_hall(stage, slip="{slip}/{window}")
    scan(stage, "B7/B01")
    stage.settle()
    assert "B7" in stage.model.shown.matters_hint
    stage.tap("matter.1")
    until(lambda: stage.model.shown.page == "inviting", "the five levels")
    assert (begun(stage)[0].slip, begun(stage)[0].window) == ("B7", "B01")
    stage.tap("skip")
    stage.settle()
    assert stage.model.shown.matters_hint == ""
    stage.tap("matter.1")
    until(lambda: len(begun(stage)) == 2, "another visit")
    assert begun(stage)[1].slip is None


@pytest.mark.parametrize("text", ["KQ1;A019;C99;M003;", "KQ1;A019;A12;X999;", "9787544270878", ";;;;"])
def test_a_slip_that_is_not_of_this_hall_is_said_to_be_so_gently(stage: Stage, text: str) -> None:
    in_the_hall(stage)
    stage.tap("search")
    stage.settle()
    scan(stage, text)
    stage.settle()
    assert begun(stage) == []
    assert stage.model.shown.sheet == ""
    assert stage.model.shown.matters_hint == stage.model.shown.words["matters.slip_unknown"]


def test_keys_that_come_slowly_are_no_scanner(stage: Stage) -> None:
    in_the_hall(stage)
    for character in "KQ1;A019;A12;M003;":
        stage.terminal.now_ms += GAP_MS + 1
        QTest.keyClick(stage.window, character)
    QTest.keyClick(stage.window, Key.Key_Return)
    assert (begun(stage), stage.model.shown.matters_hint) == ([], "")


def test_by_keys_alone_a_matter_is_chosen_and_searched_for(stage: Stage) -> None:
    in_the_hall(stage)
    choose(stage, "search")
    choose(stage, "search.key.H")
    choose(stage, "found.0")
    until(lambda: stage.model.shown.page == "inviting", "the five levels")


def test_a_scanner_is_not_heard_where_no_matter_is_chosen(stage: Stage) -> None:
    in_the_hall(stage)
    stage.terminal.submit(e.Pause("away"))
    stage.settle()
    scan(stage, "KQ1;A019;A12;M003;")
    assert begun(stage) == []


def test_a_visit_that_may_not_begin_is_told_of(stage: Stage) -> None:
    in_the_hall(stage)
    stage.terminal.submit(e.BreakOff())
    submit = stage.terminal.submit
    stage.terminal.submit = lambda event: submit(  # type: ignore[method-assign]
        e.AddWords("", "") if isinstance(event, e.BeginVisit) else event
    )
    stage.tap("matter.0")
    until(lambda: stage.model.shown.matters_hint, "the hint")
    assert stage.model.shown.matters_hint == stage.model.shown.words["matters.not_now"]


def test_only_a_hall_s_tablet_asks_for_the_matter(stage: Stage) -> None:
    in_the_hall(stage, mode="window")
    assert stage.model.shown.page == "ready"
    assert stage.model.shown.matters == ()


def timers(stage: Stage, interval: int) -> list[object]:
    """The running clocks of this length."""
    found, pending = [], [stage.root]
    while pending:
        item = pending.pop()
        pending.extend(item.childItems())
        found += [one for one in item.children() if one.property("interval") == interval and one.property("running")]
    return found


def test_whoever_began_to_choose_and_left_is_asked_and_then_forgotten(stage: Stage) -> None:
    in_the_hall(stage)
    assert timers(stage, 30_000), "an untouched page goes to rest"
    stage.tap("leaf.next")
    stage.settle()
    assert not timers(stage, 30_000), "not while somebody is choosing"
    (quiet,) = timers(stage, 40_000)
    quiet.setProperty("interval", 1)
    until(lambda: "sheet.stay" in stage.items(), "are you still there")
    (last,) = timers(stage, 20_000)
    last.setProperty("interval", 1)
    until(lambda: stage.model.shown.matters_leaf == 0, "the first leaf")
    until(lambda: "sheet.stay" not in stage.items(), "nobody is asked any more")


def test_the_number_called_stands_large_until_its_visit_begins(stage: Stage) -> None:
    stage.to("ready")
    stage.terminal.submit(e.CallNumber("A019"))
    stage.settle()
    assert "A019" in stage.items()["called"].property("text")
    stage.model.rest()
    stage.settle()
    assert "A019" in stage.items()["called"].property("text")
    stage.terminal.submit(e.CallNumber("A020"))
    stage.settle()
    assert "A020" in stage.items()["called"].property("text")
    stage.terminal.begin_visit()
    stage.settle()
    assert stage.model.shown.called == ""
    assert "called" not in stage.items()
