"""What can be measured of the looks: equal weight, a page that is blind to the level, a hall's own colours, motion."""

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QCoreApplication, QRect
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtQml import QQmlProperty
from PySide6.QtTest import QTest

from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.core.view import HallLook
from kiosk.ui.rehearsal import sample_terms
from tests.ui.measures import Glass, contrast, ground, owner, texts
from tests.ui.stage import LANDSCAPE, PORTRAIT, WIDE, Stage, rectangle
from tests.ui.weights import spread, weigh

SIZES = [LANDSCAPE, PORTRAIT, WIDE]


def tiles(stage: Stage) -> list[QRect]:
    items = stage.items()
    return [rectangle(items[f"level.{level}"]) for level in Level]


@pytest.mark.parametrize(("size", "diagonal"), [(LANDSCAPE, 10.1), (PORTRAIT, 32)])
@pytest.mark.parametrize("look", ["", "large", "contrast", "low"])
def test_the_five_levels_weigh_the_same_within_two_percent(
    make_stage, size: tuple[int, int], diagonal: float, look: str
) -> None:
    stage = make_stage(size, diagonal)
    stage.to("inviting")
    if look:
        stage.model.toggleLook(look)
    over = spread(weigh(stage))
    assert max(over.values()) <= 2.0, over
    assert stage.model.shown.page == "inviting"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT])
def test_the_five_tiles_stand_alike_and_evenly(make_stage, size: tuple[int, int], language: str) -> None:
    stage = make_stage(size)
    stage.to("inviting")
    while stage.model.shown.language != language:
        stage.tap("language")
    picture = stage.picture()
    shapes = tiles(stage)
    assert len({(shape.width(), shape.height()) for shape in shapes}) == 1
    frames = []
    for shape in shapes:
        tile = picture.copy(shape)
        corner = shape.height() // 12
        frames.append(
            [tile.copy(0, 0, tile.width(), 6), tile.copy(0, 0, 6, tile.height()), tile.copy(0, 0, corner, corner)]
        )
    assert all(frame == frames[0] for frame in frames)
    gaps = [b.topLeft() - a.topLeft() for a, b in pairwise(shapes)]
    assert len({(gap.x(), gap.y()) for gap in gaps}) == 1


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize(("size", "diagonal"), [(LANDSCAPE, 8), (LANDSCAPE, 10.1), (WIDE, 15.6)])
def test_no_label_comes_near_the_edge_of_its_tile(
    make_stage, size: tuple[int, int], diagonal: float, language: str
) -> None:
    stage = make_stage(size, diagonal)
    stage.to("inviting")
    while stage.model.shown.language != language:
        stage.tap("language")
    stage.settle()
    labels = [item for item in texts(stage) if item.property("text") in stage.model.shown.level_labels]
    assert len(labels) == 5
    for item in labels:
        width = QQmlProperty(item, "contentWidth").read()
        assert (rectangle(owner(item)).width() - width) / 2 >= 1.6 * Glass(*size, diagonal).mm, item.property("text")


def test_nothing_on_the_levels_is_red_or_green(stage: Stage) -> None:
    stage.to("inviting")
    picture = stage.picture()
    for shape in tiles(stage):
        tile = picture.copy(shape)
        for x in range(0, tile.width(), 3):
            for y in range(0, tile.height(), 3):
                colour = tile.pixelColor(x, y)
                vivid = colour.hslSaturation() > 90 and 40 < colour.lightness() < 200
                assert not (vivid and (colour.hue() < 20 or colour.hue() > 330 or 80 < colour.hue() < 170))


def test_the_thanks_looks_the_same_after_every_level_but_for_the_receipt(stage: Stage) -> None:
    stage.to("thanks")  # Qt draws large glyphs a shade differently the first time
    stage.tap("leave")
    pictures = []
    for level in Level:
        stage.to("thanks", level)
        pictures.append(stage.picture())
        receipt, code = stage.model.shown.receipt, stage.model.shown.receipt_key
        assert receipt
        assert code
        stage.tap("leave")
    stage.to("thanks")
    stage.settle()
    changing = [rectangle(stage.items()["receipt"]).adjusted(-4, -8, 4, 8)]  # the tail of a Q hangs out
    changing += [rectangle(item) for item in stage.all_items() if "/qr/" in str(item.property("source"))]
    bar = [rectangle(item) for item in stage.all_items() if item.property("remaining") is not None]
    assert (len(changing), len(bar)) == (2, 1)
    for picture in pictures:
        for hidden in (*changing, *bar):
            blacken(picture, hidden)
    assert all(picture == pictures[0] for picture in pictures)


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT])
def test_explaining_differs_between_levels_in_nothing_but_the_words_of_the_options_and_the_sign(
    make_stage, size: tuple[int, int]
) -> None:
    stage = make_stage(size)
    stage.terminal.start()
    stage.terminal.submit(e.TermsChanged(sample_terms()))
    shown = []
    for level in [Level.SATISFIED, *Level]:  # once before, for Qt draws large glyphs a shade differently the first time
        stage.to("explaining", level)
        few = without_options_and_sign(stage, options=3)
        stage.model.toggleMore()
        shown.append((few, without_options_and_sign(stage, options=8)))
        stage.model.chooseAgain()
        stage.model.skip()
    assert all(one == shown[1] for one in shown[1:])


def without_options_and_sign(stage: Stage, options: int) -> tuple[dict[str, tuple[int, ...]], QImage]:
    """Where everything lies, and the picture without what may differ: the words of the options, the sign, the time."""
    picture, items = stage.picture(), stage.items()
    reasons = [item for name, item in items.items() if name.startswith("reason.")]
    words = [rectangle(item) for item in texts(stage) if owner(item) in reasons]
    faces = [item for item in stage.all_items() if "faces" in str(item.property("source"))]
    bars = [rectangle(item) for item in stage.all_items() if item.property("remaining") is not None]
    assert (len(words), len(faces)) == (options, 1)
    assert owner(faces[0]) is items["again"]
    for hidden in (*words, rectangle(faces[0]), *bars):
        blacken(picture, hidden)
    return {name: rectangle(item).getRect() for name, item in items.items()}, picture


def blacken(picture: QImage, hidden: QRect) -> None:
    painter = QPainter(picture)
    painter.fillRect(hidden, QColor("black"))
    painter.end()


@pytest.mark.parametrize("wished", [("#FFD700", "#202830"), ("#F04040", "#FFF4D6"), ("#00E5FF", "#7FA37F")])
@pytest.mark.parametrize("look", ["", "contrast"])
def test_a_hall_may_have_colours_of_its_own_but_none_that_cannot_be_read(
    make_stage, wished: tuple[str, str], look: str
) -> None:
    stage = make_stage()
    scene = stage.terminal.scene
    stage.terminal.set_scene(replace(scene, look=HallLook(accent=wished[0], background=wished[1])))
    least = 7 if look else 4.5
    for state in ("inviting", "explaining", "thanks"):
        stage.to(state) if state != "thanks" else stage.tap("submit")
        if look and not stage.model.shown.contrast:
            stage.model.toggleLook(look)
        picture = stage.picture()
        for item in texts(stage):
            ratio = contrast(QColor(item.property("color")), ground(picture, rectangle(item)))
            assert ratio >= least, (state, item.property("text"))
    assert (ground(picture, stage.root.boundingRect().toRect()) == QColor("white")) == bool(look)


def test_a_press_is_seen_in_the_next_frame(stage: Stage) -> None:
    stage.to("inviting")
    before = stage.picture()
    place = rectangle(stage.items()["level.satisfied"])
    finger = QTest.touchEvent(stage.window, stage.touch, False)
    finger.press(0, place.center(), stage.window)
    finger.commit()
    assert stage.window.grabWindow().copy(place) != before.copy(place)
    finger.release(0, place.center(), stage.window)
    finger.commit()
    del finger


def test_without_motion_a_page_is_there_at_once_and_the_bar_stands_between_two_seconds(stage: Stage) -> None:
    stage.to("serving")
    stage.model.toggleLook("still")
    stage.terminal.invite()
    QCoreApplication.processEvents()
    assert stage.root.property("offset") == 0
    stage.settle()
    assert not any(item.property("running") for item in stage.all_items())


def test_nothing_moves_at_rest(stage: Stage) -> None:
    stage.to("ready")
    first = stage.picture()
    assert stage.picture() == first
    for item in stage.all_items():
        assert not item.property("running")


def test_no_notice_is_shown_in_half(make_stage) -> None:
    for size in SIZES:
        stage = make_stage(size)
        stage.to("ready")
        stage.settle()
        titles = [item for item in stage.all_items() if item.property("text") in stage.model.shown.notice_titles]
        assert titles
        assert all(rectangle(item).bottom() < size[1] * 0.97 for item in titles)
