"""What can be measured of the looks: equal weight, sizes in millimetres, nothing cut off, a finish that is blind."""

from itertools import pairwise

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage

from kiosk.core import events as e
from kiosk.core.levels import Level
from tests.ui.stage import LANDSCAPE, PORTRAIT, WIDE, Stage, rectangle, written

SIZES = [LANDSCAPE, PORTRAIT, WIDE]
YELLOW = QColor("#FFE3A0")


def tiles(stage: Stage) -> list[QRect]:
    items = stage.items()
    return [rectangle(items[f"level.{level}"]) for level in Level]


def inside(image: QImage, colour: QColor) -> int:
    return sum(image.pixelColor(x, y) == colour for x in range(image.width()) for y in range(image.height()))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT])
def test_the_five_levels_weigh_the_same(make_stage, size: tuple[int, int], language: str) -> None:
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
    yellows = [inside(picture.copy(shape), YELLOW) for shape in shapes]
    assert min(yellows) > 1000
    assert max(yellows) < min(yellows) * 1.08  # the same face; only eyes and mouth differ
    gaps = [b.topLeft() - a.topLeft() for a, b in pairwise(shapes)]
    assert len({(gap.x(), gap.y()) for gap in gaps}) == 1


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
            for y in range(hidden.top(), hidden.bottom() + 1):
                for x in range(hidden.left(), hidden.right() + 1):
                    picture.setPixel(x, y, 0)
    assert all(picture == pictures[0] for picture in pictures)


def test_the_explaining_page_is_the_same_for_every_level_but_for_its_sign_and_reasons(make_stage) -> None:
    layouts = []
    for level in Level:
        stage = make_stage()
        stage.to("explaining", level)
        layouts.append({name: rectangle(item).getRect() for name, item in stage.items().items()})
    assert layouts == [layouts[0]] * 5


@pytest.mark.parametrize(
    ("size", "diagonal"), [(LANDSCAPE, 10.1), (PORTRAIT, 21.5), ((1920, 1080), 15.6), ((1024, 600), 10.1)]
)
@pytest.mark.parametrize("state", ["serving", "inviting", "explaining", "thanks"])
def test_targets_are_large_enough_for_fingers(make_stage, size: tuple[int, int], diagonal: float, state: str) -> None:
    stage = make_stage(size, diagonal)
    stage.to(state)
    stage.settle()
    pixels_a_mm = (size[0] ** 2 + size[1] ** 2) ** 0.5 / (diagonal * 25.4)
    small = size[1] < 700
    for name, item in stage.items().items():
        if name == "receipt":
            continue
        least = (20 if name.startswith("level.") else 9 if small else 15) - 0.2
        assert min(item.width(), item.height()) / pixels_a_mm >= least, name


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT])
def test_the_level_words_can_be_read_standing(make_stage, size: tuple[int, int]) -> None:
    stage = make_stage(size)
    stage.to("inviting")
    stage.settle()
    inches = 10.1 if size == LANDSCAPE else 21.5
    pixels_a_mm = (size[0] ** 2 + size[1] ** 2) ** 0.5 / (inches * 25.4)
    label = stage.items()["level.satisfied"].property("labelSize")
    assert 0.733 * label / pixels_a_mm >= 4.8  # capitals of the CJK faces are 0.733 of their size


def test_upright_every_control_lies_in_the_lower_band(make_stage) -> None:
    stage = make_stage(PORTRAIT)
    for state in ("serving", "inviting", "explaining", "thanks"):
        stage.terminal.situation = type(stage.terminal.situation)()
        stage.to(state)
        stage.settle()
        controls = {name: item for name, item in stage.items().items() if name != "receipt"}
        assert min(rectangle(item).top() for item in controls.values()) > PORTRAIT[1] * 0.34, state


def cut_off(stage: Stage) -> list[str]:
    """Texts that are elided, or stand out of the window or of the button they belong to."""
    whole = QRect(0, 0, stage.window.width(), stage.window.height())
    found = []
    for item in stage.all_items():
        text, name = item.property("text"), type(item).__name__
        if not isinstance(text, str) or not text or item.property("truncated") is None:
            continue
        if item.property("truncated") or not whole.contains(written(item)):
            found.append(f"{name}: {text}")
        parent = item.parentItem()
        while parent is not None and not parent.objectName():
            parent = parent.parentItem()
        if parent is not None and not rectangle(parent).adjusted(-1, -1, 1, 1).contains(written(item)):
            found.append(f"{name} in {parent.objectName()}: {text}")
    return found


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_no_words_are_cut_off(make_stage, size: tuple[int, int], language: str) -> None:
    stage = make_stage(size)

    def look(state: str) -> None:
        while stage.model.shown.language != language:
            stage.model.switchLanguage()
        stage.settle()
        assert cut_off(stage) == [], state

    stage.to("serving")
    look("serving")
    stage.terminal.invite()
    look("inviting")
    for level in Level:
        stage.model.tapLevel(level)
        look(level)
        stage.model.toggleMore()
        look(f"{level}, more")
        stage.model.submit()
        look(f"{level}, hint or thanks")
        if stage.model.shown.page == "explaining":
            stage.model.chooseAgain()
        else:
            stage.terminal.begin_visit()
            stage.terminal.invite()
    stage.terminal.submit(e.CancelVisit(stage.terminal.situation.visit.visit_id, "x"))
    stage.terminal.wait(10_000_000)
    for event in (e.Pause("away"), e.Resume(), e.HoursChanged(open=False), e.Fault("journal")):
        stage.terminal.submit(event)
        look(repr(event))


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
