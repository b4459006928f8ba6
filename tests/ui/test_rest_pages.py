"""The pages at rest and the sheets, by touch: what runs ends with the next visit, and so does what one citizen did."""

import base64
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QMetaObject, QObject, QPoint
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtQuick import QQuickItem

from kiosk.core import events as e
from kiosk.core.receipt import receipt_code
from kiosk.core.view import Earlier, NoticeText
from kiosk.ui.looks import NAMES
from tests.ui.stage import LANDSCAPE, PORTRAIT, Stage, rectangle, until

ASSETS = Path(__file__).parents[2] / "assets"
CODE = receipt_code("ab" * 32)
SIZES = pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT], ids=["landscape", "portrait"])


def at_rest(stage: Stage) -> QQuickItem:
    """The attract page is shown; gives its slides."""
    stage.to("ready")
    stage.model.rest()
    stage.settle()
    assert stage.model.shown.page == "attract"
    return stage.items()["attract.deck"]


def running(owner: QObject) -> list[str]:
    """Timers and animations below an object that run now."""
    moving = [one for one in owner.findChildren(QObject) if one.property("running") is True]
    return [one.metaObject().className() for one in moving]


def tap(stage: Stage, name: str) -> None:
    """A finger on a control of the receipt desk, once it has come to rest."""
    until(lambda: not {"shield", "desk.dead"} & stage.items().keys(), "the desk takes presses")
    if stage.model.shown.desk_step == "writing":
        until(lambda: QGuiApplication.inputMethod().isVisible(), "the keyboard is there")
    stage.tap(name)


def type_code(stage: Stage, code: str = CODE) -> None:
    for character in code.replace("-", ""):
        tap(stage, f"desk.key.{character}")


def look_up(stage: Stage, answer: Earlier) -> None:
    stage.terminal.answer = answer
    stage.to("ready")
    tap(stage, "earlier")
    type_code(stage)
    tap(stage, "desk.look")
    until(lambda: stage.model.shown.desk_step == "answer", "central has answered")


def say(stage: Stage, name: str) -> str:
    """The words of a text with a stable id."""
    return str(stage.items()[name].property("text"))


# -- at rest ---------------------------------------------------------------------------------------------------------


@SIZES
def test_a_touch_anywhere_leads_from_attract_to_ready(make_stage: Callable[..., Stage], size: tuple[int, int]) -> None:
    stage = make_stage(size)
    deck = at_rest(stage)
    stage.tap_at(deck.mapToScene(deck.boundingRect().center()).toPoint())
    assert stage.model.shown.page == "ready"


def test_the_slides_move_only_while_they_are_shown(stage: Stage) -> None:
    deck = at_rest(stage)
    assert running(deck) == ["QQmlTimer"]
    stage.terminal.begin_visit()
    assert running(deck) == []
    stage.settle()
    assert running(deck) == []


def test_a_visit_that_begins_stops_a_slide_on_its_way(stage: Stage) -> None:
    deck = at_rest(stage)
    QMetaObject.invokeMethod(deck, "next")
    assert deck.property("offset") > 0
    stage.terminal.begin_visit()
    assert (running(deck), deck.property("offset")) == ([], 0)


def test_each_slide_follows_the_other_and_the_first_the_last(stage: Stage) -> None:
    deck = at_rest(stage)
    count = 1 + len(stage.model.shown.notice_titles) + 1
    for place in [*range(1, count), 0]:
        QMetaObject.invokeMethod(deck, "next")
        until(lambda: deck.property("offset") == 0, "the slide has come to rest")
        assert deck.property("at") == place


def test_without_motion_a_slide_simply_stands_there(stage: Stage) -> None:
    deck = at_rest(stage)
    stage.model.toggleLook("still")
    QMetaObject.invokeMethod(deck, "next")
    QCoreApplication.processEvents()
    assert (deck.property("at"), deck.property("offset")) == (1, 0)


def test_a_hall_that_drops_a_notice_leaves_no_empty_slide(stage: Stage) -> None:
    deck = at_rest(stage)
    deck.setProperty("at", 4)
    stage.terminal.set_scene(replace(stage.terminal.scene, notices=(), hours=()))
    assert deck.property("at") == 0


def test_a_notice_shows_its_picture_and_a_hostile_one_nothing(stage: Stage) -> None:
    good = "data:image/svg+xml;base64," + base64.b64encode((ASSETS / "pictures/how-tap.svg").read_bytes()).decode()
    drawn = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/><script/></svg>'
    bad = "data:image/svg+xml;base64," + base64.b64encode(drawn).decode()
    nothing = "data:image/svg+xml;base64," + base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg"/>').decode()
    deck = at_rest(stage)
    pictures: list[QImage] = []
    for picture in (good, bad, nothing):
        notice = NoticeText("公告", "内容", picture=picture)
        stage.terminal.set_scene(replace(stage.terminal.scene, notices=(notice,)))
        deck.setProperty("at", 1)
        pictures.append(stage.picture())
    assert pictures[0] != pictures[1]
    assert pictures[1] == pictures[2]


@pytest.mark.parametrize("from_page", ["ready", "attract"])
def test_my_earlier_rating_opens_from_both_pages_at_rest(stage: Stage, from_page: str) -> None:
    at_rest(stage) if from_page == "attract" else stage.to("ready")
    tap(stage, "earlier")
    assert (stage.model.shown.sheet, stage.model.shown.page) == ("receipt", "ready")


@pytest.mark.parametrize("kind", ["away", "waiting", "out_of_service"])
def test_each_kind_of_pause_has_a_sign_of_its_own(stage: Stage, kind: str) -> None:
    stage.to("ready")
    plain = e.Pause("系统升级")
    stage.terminal.submit(plain)
    other = stage.picture()
    stage.terminal.submit(e.Pause(kind, "10:40"))
    assert stage.model.shown.pause_until == "预计 10:40 恢复"
    assert stage.picture() != other
    assert (ASSETS / "pictures" / f"paused-{kind.replace('_', '-')}.svg").is_file()


# -- sheets ----------------------------------------------------------------------------------------------------------


@SIZES
@pytest.mark.parametrize("sheet", ["privacy", "languages", "assist", "receipt"])
def test_a_sheet_is_closed_by_its_button(make_stage: Callable[..., Stage], size: tuple[int, int], sheet: str) -> None:
    stage = make_stage(size)
    stage.to("ready")
    stage.model.openSheet(sheet)
    tap(stage, "sheet.close")
    assert stage.model.shown.sheet == ""
    assert "sheet.close" not in stage.items()


@SIZES
@pytest.mark.parametrize("sheet", ["privacy", "languages", "assist", "receipt"])
def test_no_press_goes_through_a_sheet(make_stage: Callable[..., Stage], size: tuple[int, int], sheet: str) -> None:
    stage = make_stage(size)
    stage.to("inviting")
    stage.settle()
    below = [rectangle(item).center() for name, item in stage.items().items() if name.startswith(("level.", "skip"))]
    stage.model.openSheet(sheet)
    stage.settle()
    over = [
        rectangle(item)
        for name, item in stage.items().items()
        if name.startswith(("sheet.", "assist.", "desk.", "language."))
    ]
    for point in below:
        if not any(one.contains(point) for one in over):
            stage.tap_at(point)
    assert not any(isinstance(event, e.TapLevel | e.Skip) for event in stage.terminal.events)


@SIZES
def test_where_controls_are_low_the_sheets_are_too(make_stage: Callable[..., Stage], size: tuple[int, int]) -> None:
    stage = make_stage(size)
    stage.to("ready")
    if size == LANDSCAPE:
        stage.model.toggleLook("low")
    for sheet in ("privacy", "languages", "assist", "receipt"):
        stage.model.openSheet(sheet)
        stage.settle()
        names = [name for name in stage.items() if name.startswith(("sheet.", "assist.", "desk.key", "language."))]
        assert names
        for name in names:
            assert rectangle(stage.items()[name]).top() >= 0.18 * size[1] - 1, name


def test_every_language_can_be_chosen(stage: Stage) -> None:
    stage.to("ready")
    stage.model.openSheet("languages")
    tap(stage, "language.en")
    assert (stage.model.shown.language, stage.model.shown.sheet) == ("en", "")


@SIZES
def test_every_look_is_switched_by_its_button_and_back(make_stage: Callable[..., Stage], size: tuple[int, int]) -> None:
    stage = make_stage(size)
    stage.to("ready")
    stage.model.openSheet("assist")
    for name in NAMES:
        if name == "curtain":
            continue  # hides the buttons, as it says
        before = getattr(stage.model.shown, name)
        tap(stage, f"assist.{name}")
        assert getattr(stage.model.shown, name) is not before
        tap(stage, f"assist.{name}")
        assert getattr(stage.model.shown, name) is before


def test_the_privacy_note_says_how_long_this_hall_keeps_things(stage: Stage) -> None:
    stage.terminal.set_scene(replace(stage.terminal.scene, keep_days=45))
    stage.to("ready")
    stage.model.openSheet("privacy")
    stage.settle()
    texts = [str(item.property("text")) for item in stage.all_items()]
    assert any("保存 45 天" in text for text in texts)


def test_a_sheet_nobody_uses_asks_and_then_closes(stage: Stage) -> None:
    stage.to("ready")
    stage.model.openSheet("privacy")
    stage.settle()
    timers = {one.property("interval"): one for one in stage.root.findChildren(QObject) if one.inherits("QQmlTimer")}
    timers[40000].setProperty("interval", 1)
    tap(stage, "sheet.stay")
    timers[20000].setProperty("interval", 1)
    until(lambda: stage.model.shown.sheet == "", "the sheet has closed")


def test_the_second_of_two_taps_on_close_is_not_for_what_lies_below(stage: Stage) -> None:
    stage.to("ready")
    stage.model.openSheet("privacy")
    stage.settle()
    until(lambda: "shield" not in stage.items(), "presses are taken")
    point, before = stage.middle("sheet.close"), len(stage.terminal.events) + 1  # closing is a sign of life
    for _ in range(2):
        stage.tap_at(point)
    assert stage.model.shown.sheet == ""
    assert len(stage.terminal.events) == before


# -- my earlier rating -----------------------------------------------------------------------------------------------


@SIZES
def test_a_code_typed_by_hand_is_asked_for_and_its_state_shown(
    make_stage: Callable[..., Stage], size: tuple[int, int]
) -> None:
    stage = make_stage(size)
    look_up(stage, Earlier("found", "2026-11-23T09:12:00Z", "answered", "已补齐一次性告知单。", 1))
    stage.settle()
    assert stage.terminal.asked == [CODE]
    assert say(stage, "desk.reply") == "已补齐一次性告知单。"
    assert {"desk.add", "desk.withdraw"} <= set(stage.items())


def test_a_wrong_character_is_told_and_mended(stage: Stage) -> None:
    stage.to("ready")
    tap(stage, "earlier")
    wrong = CODE.replace("-", "")[:-1] + ("0" if CODE[-1] != "0" else "1")
    type_code(stage, wrong)
    assert stage.model.shown.desk_hint == "有一位好像不对，请对照凭证检查"
    tap(stage, "desk.look")
    tap(stage, "desk.erase")
    tap(stage, f"desk.key.{CODE[-1]}")
    tap(stage, "desk.look")
    assert stage.terminal.asked == [CODE]


@SIZES
def test_a_word_is_added_and_said_to_be_recorded_only_then(
    make_stage: Callable[..., Stage], size: tuple[int, int]
) -> None:
    stage = make_stage(size)
    look_up(stage, Earlier("found", "2026-11-23T09:12:00Z"))
    tap(stage, "desk.add")
    stage.settle()
    stage.items()["desk.field"].setProperty("text", "材料已经补齐")
    assert e.AddWords(CODE, "材料已经补齐") not in stage.terminal.events
    tap(stage, "desk.go")
    assert stage.terminal.events[-1] == e.AddWords(CODE, "材料已经补齐")
    until(lambda: stage.model.shown.desk_step == "kept", "it is recorded")
    stage.settle()
    assert say(stage, "desk.note") == "您补充的话已记下"
    stage.terminal.answer = Earlier("found", "2026-11-23T09:12:00Z", additions=1)
    tap(stage, "desk.again")
    until(lambda: stage.model.shown.desk_added == "您已补充 1 次", "central knows it")


@SIZES
def test_offline_a_withdrawal_is_taken_after_one_question(
    make_stage: Callable[..., Stage], size: tuple[int, int]
) -> None:
    stage = make_stage(size)
    look_up(stage, Earlier("unreachable"))
    tap(stage, "desk.withdraw")
    tap(stage, "desk.go")
    assert stage.model.shown.desk_step == "confirm"
    assert not any(isinstance(event, e.Withdraw) for event in stage.terminal.events)
    tap(stage, "desk.yes")
    assert stage.terminal.events[-1] == e.Withdraw(CODE, "")
    until(lambda: stage.model.shown.desk_step == "kept", "it is recorded")


@pytest.mark.parametrize("way", ["closed", "visit", "left"])
def test_nothing_of_an_earlier_rating_is_left_for_the_next(stage: Stage, way: str) -> None:
    look_up(stage, Earlier("found", "2026-11-23T09:12:00Z", "answered", "答复"))
    tap(stage, "desk.add")
    stage.settle()
    stage.items()["desk.field"].setProperty("text", "我的话")
    match way:
        case "closed":
            tap(stage, "desk.back")
            tap(stage, "sheet.close")
        case "visit":
            stage.terminal.begin_visit()
        case "left":
            stage.model.goHome()
    shown = stage.model.shown
    assert (shown.sheet, shown.desk_step, shown.desk_typed, shown.desk_code) == ("", "code", "", "")
    assert (shown.desk_words, shown.desk_reply, shown.desk_found) == ("", "", "")
    stage.settle()
    assert not [name for name in stage.items() if name.startswith(("desk.", "sheet."))]


def test_an_answer_that_comes_after_the_sheet_was_closed_is_dropped(stage: Stage) -> None:
    stage.terminal.answer = Earlier("found", "2026-11-23T09:12:00Z", "answered", "答复")
    stage.to("ready")
    stage.model.openSheet("receipt")
    for character in CODE.replace("-", ""):
        stage.model.deskType(character)
    stage.model.deskAsk()
    stage.model.openSheet("")
    stage.model.openSheet("receipt")
    QCoreApplication.processEvents()
    assert (stage.model.shown.desk_step, stage.model.shown.desk_reply) == ("code", "")


@SIZES
@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("look", ["", "large"])
def test_the_keys_of_the_code_are_large_and_apart(
    make_stage: Callable[..., Stage], size: tuple[int, int], language: str, look: str
) -> None:
    stage = make_stage(size, 10.1 if size == LANDSCAPE else 21.5)
    stage.to("ready")
    stage.model.chooseLanguage(language)
    if look:
        stage.model.toggleLook(look)
    stage.model.openSheet("receipt")
    stage.settle()
    mm = (size[0] ** 2 + size[1] ** 2) ** 0.5 / ((10.1 if size == LANDSCAPE else 21.5) * 25.4)
    keys = [rectangle(item) for name, item in stage.items().items() if name.startswith("desk.key.")]
    assert len(keys) == 32
    assert min(min(key.width(), key.height()) for key in keys) >= 14.5 * mm
    for key in keys:
        assert stage.window.geometry().translated(-stage.window.position()).contains(key.translated(QPoint(0, 0)))
        assert not any(key.adjusted(-4, -4, 4, 4).intersects(other) for other in keys if other != key)
