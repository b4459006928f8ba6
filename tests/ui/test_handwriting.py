"""Writing with the finger on the pad, in the real scene: what is written arrives, and nothing of it stays."""

import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from kiosk.ui import handwriting
from tests.handwriting.hands import BOX, Strokes, elderly, in_order, joined, load_strokes, side_by_side
from tests.ui.stage import LANDSCAPE, PORTRAIT, Stage, rectangle, until

CHARACTERS = load_strokes()


def open_pad(stage: Stage) -> None:
    stage.to("explaining")
    stage.tap("comment")
    stage.tap("panel.method")
    until(lambda: "pad.area" in stage.items(), "the pad is there")
    stage.settle()


def on_the_pad(stage: Stage, strokes: Strokes, boxes: int = 1) -> list[list[QPoint]]:
    """Strokes in boxes side by side, as points of the window: they fill nine tenths of the pad."""
    area = stage.items()["pad.area"]
    scale = 0.9 * min(area.height() / BOX, area.width() / (BOX * 1.12 * boxes))
    return [
        [
            area.mapToScene(QPointF(x * scale + area.width() * 0.05, y * scale + area.height() * 0.05)).toPoint()
            for x, y in stroke[::2]
        ]
        for stroke in strokes
    ]


def draw(stage: Stage, stroke: Sequence[QPoint], finger: int = 0) -> None:
    """One stroke by a finger, which is lifted at the end."""
    touch = QTest.touchEvent(stage.window, stage.touch, False)
    touch.press(finger, stroke[0], stage.window)
    touch.commit()
    for point in stroke[1:]:
        touch.move(finger, point, stage.window)
        touch.commit()
    touch.release(finger, stroke[-1], stage.window)
    touch.commit()
    del touch


def write(stage: Stage, text: str, hand: Callable[[str, Strokes], Strokes] = in_order) -> None:
    """Write a line, and wait until all of it has been read."""
    line = side_by_side([hand(character, CHARACTERS[character]) for character in text])
    for stroke in on_the_pad(stage, line, len(text)):
        draw(stage, stroke)
    until(lambda: pen(stage).candidates and not pen(stage).busy, "it has been read")
    stage.settle()


def pen(stage: Stage) -> handwriting.Pen:
    return stage.window.pen


def offers(stage: Stage) -> list[str]:
    """What is offered, from the left."""
    names = [f"pad.candidate.{place}" for place in range(10)]
    return [text for name in names if (text := stage.items()[name].property("label"))]


def take(stage: Stage, text: str) -> None:
    stage.tap(f"pad.candidate.{offers(stage).index(text)}")


def comment(stage: Stage) -> str:
    return stage.terminal.situation.visit.comment


def ink(stage: Stage) -> int:
    """How many pixels of the pad are inked."""
    box = rectangle(stage.items()["pad.area"]).adjusted(8, 8, -8, -8)
    picture = stage.picture().copy(box).convertToFormat(QImage.Format.Format_Grayscale8)
    return bytes(picture.constBits()).count(QColor("#16273D").lightness()) + sum(
        byte < 60 for byte in bytes(picture.constBits())
    )


@pytest.mark.parametrize(
    ("size", "lines", "hand"),
    [
        (LANDSCAPE, ["等待时间", "太长"], elderly),
        (PORTRAIT, ["等待", "时间", "太长"], joined),
        (PORTRAIT, list("等待时间太长"), in_order),
    ],
    ids=["landscape, a line, an old hand", "portrait, two at a time, joined", "portrait, one by one"],
)
def test_what_the_finger_writes_becomes_the_comment(
    make_stage: Callable[..., Stage],
    size: tuple[int, int],
    lines: list[str],
    hand: Callable[[str, Strokes], Strokes],
) -> None:
    stage = make_stage(size)
    open_pad(stage)
    for line in lines:
        write(stage, line, hand)
        take(stage, line)
        assert not pen(stage).written
    until(lambda: comment(stage) == "等待时间太长", "the comment arrived")
    assert stage.model.shown.counter == "6/150"
    stage.tap("panel.done")
    stage.tap("submit")
    assert stage.terminal.drafts[-1].personal.fields == {"comment": "等待时间太长"}


def test_ten_are_offered_for_one_character(stage: Stage) -> None:
    open_pad(stage)
    assert offers(stage) == []
    write(stage, "时")
    assert len(offers(stage)) == 10
    assert offers(stage)[0] == "时"


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT])
@pytest.mark.parametrize("inches", [8.0, 10.1, 21.5])
def test_offers_and_pad_are_large_enough_for_fingers(
    make_stage: Callable[..., Stage], size: tuple[int, int], inches: float
) -> None:
    stage = make_stage(size, inches)
    open_pad(stage)
    mm = stage.window.width() / (inches * 25.4 * size[0] / (size[0] ** 2 + size[1] ** 2) ** 0.5)
    area = rectangle(stage.items()["pad.area"])
    smallest = 0.76 if inches < 10 else 1.0  # the smallest glass has not the room
    if size is LANDSCAPE or inches > 20:
        assert area.width() / mm >= 60
        assert area.height() / mm >= 45 * smallest - 1
    offered = [rectangle(stage.items()[f"pad.candidate.{place}"]) for place in range(10)]
    if size is LANDSCAPE or inches > 20:
        assert min(each.width() / mm for each in offered) >= 14
    assert min(each.height() / mm for each in offered) >= 9
    field = rectangle(stage.items()["comment.field"])
    assert 0 < field.top() < field.bottom() < min(each.top() for each in offered)


def test_a_stroke_is_taken_back(stage: Stage) -> None:
    open_pad(stage)
    strokes = on_the_pad(stage, in_order("太", CHARACTERS["太"]))
    for stroke in strokes:
        draw(stage, stroke)
    until(lambda: not pen(stage).busy and offers(stage)[:1] == ["太"], "read with its dot")
    with_dot = ink(stage)
    stage.tap("pad.undo")
    until(lambda: not pen(stage).busy and offers(stage)[:1] == ["大"], "read without its dot")
    assert 0 < ink(stage) < with_dot
    for _ in strokes:
        stage.tap("pad.undo")
    assert (offers(stage), ink(stage), pen(stage).written) == ([], 0, False)


def test_again_gives_a_clean_pad(stage: Stage) -> None:
    open_pad(stage)
    write(stage, "长")
    assert ink(stage) > 0
    stage.tap("pad.clear")
    assert (offers(stage), ink(stage)) == ([], 0)
    write(stage, "太")
    assert offers(stage)[0] == "太"


def test_the_ink_is_where_the_finger_was(stage: Stage) -> None:
    open_pad(stage)
    area = rectangle(stage.items()["pad.area"])
    line = [area.center() + QPoint(x, 0) for x in range(-60, 61, 10)]
    draw(stage, line)
    picture = stage.picture()
    assert all(picture.pixelColor(point).lightness() < 80 for point in line)
    assert picture.pixelColor(line[0] + QPoint(0, 20)).lightness() > 200


def test_signs_and_backspace_go_into_the_field(stage: Stage) -> None:
    open_pad(stage)
    write(stage, "太长")
    stage.tap("pad.stop")  # takes what stands on the pad, then itself
    until(lambda: comment(stage) == "太长。", "the sign and what was before it")
    stage.tap("pad.backspace")
    until(lambda: comment(stage) == "太长", "one less")
    for _ in range(3):
        stage.tap("pad.backspace")
    assert comment(stage) == ""


def test_backspace_takes_a_character_whole(stage: Stage) -> None:
    open_pad(stage)
    field = stage.items()["comment.field"]
    field.setProperty("text", "好𠮷")
    field.setProperty("cursorPosition", 3)
    stage.tap("pad.backspace")
    assert field.property("text") == "好"


def test_what_still_stands_on_the_pad_is_taken_when_the_citizen_is_done(stage: Stage) -> None:
    open_pad(stage)
    write(stage, "太长")
    stage.tap("panel.done")
    until(lambda: comment(stage) == "太长", "the comment arrived")
    assert stage.model.shown.panel == ""
    assert not pen(stage).written


def test_a_pad_wiped_while_it_reads_says_that_it_reads_no_more(stage: Stage) -> None:
    open_pad(stage)
    told: list[bool] = []
    pen(stage).busyChanged.connect(lambda: told.append(pen(stage).busy))
    gate = threading.Event()
    handwriting.reader()._worker.submit(gate.wait)
    draw(stage, on_the_pad(stage, CHARACTERS["太"])[0])
    assert pen(stage).busy
    pen(stage).undo()
    gate.set()
    assert told == [True, False]


def test_done_takes_the_last_words_where_the_terminal_answers_later(stage: Stage) -> None:
    open_pad(stage)
    write(stage, "太长")
    stage.answer_later()
    stage.tap("panel.done")
    until(lambda: stage.model.shown.panel == "", "the panel is closed")
    stage.rest()
    assert comment(stage) == "太长"


def test_what_was_not_yet_read_when_the_citizen_was_done_is_waited_for(stage: Stage) -> None:
    open_pad(stage)
    write(stage, "大")
    gate = threading.Event()
    handwriting.reader()._worker.submit(gate.wait)
    draw(stage, on_the_pad(stage, CHARACTERS["太"])[-1])
    stage.tap("panel.done")
    assert (comment(stage), stage.model.shown.panel) == ("", "comment")
    gate.set()
    until(lambda: stage.model.shown.panel == "", "the panel is closed")
    assert comment(stage) == "太"


def test_a_wiped_pad_is_waited_for_no_more(stage: Stage) -> None:
    open_pad(stage)
    gate = threading.Event()
    handwriting.reader()._worker.submit(gate.wait)
    draw(stage, on_the_pad(stage, CHARACTERS["太"])[0])
    stage.tap("pad.stop")
    stage.tap("pad.clear")
    gate.set()
    write(stage, "太")
    assert comment(stage) == ""


def test_a_comment_by_hand_ends_at_150_characters(stage: Stage) -> None:
    open_pad(stage)
    stage.items()["comment.field"].setProperty("text", "好" * 149)
    stage.items()["comment.field"].setProperty("cursorPosition", 149)
    write(stage, "太长")
    take(stage, "太长")
    until(lambda: comment(stage) == "好" * 149 + "太", "the comment arrived")
    assert stage.model.shown.counter == "150/150"


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT])
def test_what_is_being_written_is_in_view_however_long_the_comment_is(
    make_stage: Callable[..., Stage], size: tuple[int, int]
) -> None:
    stage = make_stage(size)
    open_pad(stage)
    field = stage.items()["comment.field"]
    field.setProperty("text", "等" * 140)
    field.setProperty("cursorPosition", 140)
    write(stage, "太长")
    take(stage, "太长")
    view, cursor = field.parentItem(), field.property("cursorRectangle")
    bottom = field.mapRectToItem(view, cursor).bottom()
    assert 0 < bottom <= view.height()
    assert rectangle(view).bottom() < rectangle(stage.items()["pad.candidate.0"]).top()


def test_one_goes_over_to_the_keyboard_and_back_with_what_was_written(stage: Stage) -> None:
    open_pad(stage)
    write(stage, "太长")
    take(stage, "太长")
    stage.tap("panel.method")
    assert "pad.area" not in stage.items()
    until(lambda: any(item.property("displayText") == "q" for item in stage.all_items()), "the keys are there")
    stage.tap("panel.method")
    assert not any(item.property("displayText") == "q" for item in stage.all_items())
    assert comment(stage) == "太长"


def test_writing_gives_time(stage: Stage) -> None:
    open_pad(stage)
    stage.terminal.now_ms += 50_000
    draw(stage, on_the_pad(stage, CHARACTERS["太"])[0])
    QCoreApplication.processEvents()
    assert stage.terminal.situation.deadline_ms == stage.terminal.now_ms + stage.terminal.situation.terms.explaining_ms
    until(lambda: not pen(stage).busy, "it has been read")


def test_a_second_finger_leaves_nothing(stage: Stage) -> None:
    open_pad(stage)
    area = rectangle(stage.items()["pad.area"])
    touch = QTest.touchEvent(stage.window, stage.touch, False)
    touch.press(0, area.center() - QPoint(40, 0), stage.window).commit()
    touch.stationary(0).press(1, area.center() + QPoint(40, 30), stage.window).commit()
    touch.move(0, area.center(), stage.window).move(1, area.center() + QPoint(80, 30), stage.window).commit()
    touch.release(0, area.center(), stage.window).release(1, area.center() + QPoint(80, 30), stage.window).commit()
    del touch
    until(lambda: not pen(stage).busy and offers(stage), "it has been read")
    picture = stage.picture()
    assert picture.pixelColor(area.center() - QPoint(20, 0)).lightness() < 80
    assert picture.pixelColor(area.center() + QPoint(60, 30)).lightness() > 200
    stage.tap("pad.undo")
    assert not pen(stage).written


def test_a_pointer_writes_too(stage: Stage) -> None:
    open_pad(stage)
    left, none, area = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, rectangle(stage.items()["pad.area"])
    QTest.mousePress(stage.window, left, none, area.center() - QPoint(80, 0))
    for x in range(-80, 80, 8):
        QTest.mouseMove(stage.window, area.center() + QPoint(x, 0))
    QTest.mouseRelease(stage.window, left, none, area.center() + QPoint(80, 0))
    until(lambda: not pen(stage).busy and offers(stage)[:1] == ["一"], "it has been read")


def walks_off(stage: Stage) -> None:
    while stage.model.shown.page == "explaining":  # first it is asked whether somebody is still there
        stage.terminal.wait(10_000_000)


def is_done(stage: Stage) -> None:
    stage.tap("panel.done")
    stage.tap("submit")
    stage.tap("leave")


@pytest.mark.parametrize("leaves", [walks_off, is_done])
def test_the_next_citizen_finds_a_clean_pad_and_the_keyboard(stage: Stage, leaves: Callable[[Stage], None]) -> None:
    open_pad(stage)
    write(stage, "太长")
    leaves(stage)
    assert not pen(stage).written
    assert pen(stage).candidates == []
    stage.to("explaining")
    stage.tap("comment")
    stage.settle()
    assert "pad.area" not in stage.items()
    stage.tap("panel.method")
    assert (offers(stage), ink(stage), comment(stage)) == ([], 0, "")


def test_an_answer_that_comes_after_the_pad_was_wiped_is_dropped(stage: Stage) -> None:
    open_pad(stage)
    offered: list[list[str]] = []
    pen(stage).candidatesChanged.connect(lambda: offered.append(list(pen(stage).candidates)))
    for stroke in on_the_pad(stage, CHARACTERS["长"]):
        draw(stage, stroke)
    pen(stage).clear()
    done = handwriting.reader().ask([[(0.0, 0.0), (9.0, 0.0)]])[1]
    until(done.done, "the worker has done all that was asked before")
    stage.settle()
    assert offers(stage) == []
    assert offered in ([], [*offered[:-1], []])
    assert not pen(stage).busy


def method(stage: Stage) -> QQuickItem | None:
    return stage.items().get("panel.method")


def test_where_the_extra_is_not_installed_the_pad_is_not_offered(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, make_stage: Callable[..., Stage]
) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    stage = make_stage()
    stage.to("explaining")
    stage.tap("comment")
    stage.settle()
    assert method(stage) is None
    assert "panel.done" in stage.items()


def test_where_the_model_is_broken_the_keyboard_comes_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, make_stage: Callable[..., Stage], caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "share" / "kiosk").mkdir(parents=True)
    (tmp_path / "share" / "kiosk" / "PP-OCRv6_rec_small.onnx").write_bytes(b"not a model")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    fresh = handwriting.Reader()
    monkeypatch.setattr(handwriting, "reader", lambda: fresh)
    stage = make_stage()
    open_pad_that_breaks = ("comment", "panel.method")
    stage.to("explaining")
    for control in open_pad_that_breaks:
        stage.tap(control)
    until(lambda: not pen(stage).available, "it was noticed")
    stage.settle()
    assert method(stage) is None
    assert "pad.area" not in stage.items()
    until(lambda: any(item.property("displayText") == "q" for item in stage.all_items()), "the keys are there")
    assert "the handwriting model does not load" in caplog.text


def test_a_telephone_number_is_typed(stage: Stage) -> None:
    stage.to("explaining")
    stage.tap("reason.0")
    stage.tap("contact")
    stage.settle()
    assert method(stage) is None
