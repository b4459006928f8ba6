"""The corners that lead to the staff menu, and the tools: both can be reached, on every glass, in every look."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QRect

from kiosk.ui import corner
from kiosk.ui.looks import NAMES
from tests.ui.measures import Glass, presses
from tests.ui.stage import Stage, rectangle
from tests.ui.tapping import Holder
from tests.ui.test_geometry import GLASSES, dress

LOOKS = ["", "left", "large left", "low", "low left"]
INWARDS = corner.SQUARE_MM - 0.4
"""As far from the corner as still counts, where a tool is more likely to lie."""
TOOLS = ("large", "language", "spoken", "assist")


def corners(glass: Glass) -> dict[str, QRect]:
    side = int(corner.SQUARE_MM * glass.mm)
    return {
        "upper left": QRect(0, 0, side, side),
        "lower right": QRect(glass.width - side, glass.height - side, side, side),
    }


def pages(stage: Stage) -> Iterator[str]:
    """Those over which the menu may be opened, with all that is pressed there."""
    terminal = stage.terminal
    terminal.start()
    yield "ready"
    terminal.begin_visit()
    yield "serving"


@pytest.mark.parametrize("glass", GLASSES, ids=str)
def test_nothing_to_press_lies_where_the_way_begins_and_no_tool_is_all_in_a_corner(
    make_stage: Callable[..., Stage], glass: Glass
) -> None:
    stage = make_stage((glass.width, glass.height), glass.inches)
    squares, found = corners(glass), []
    for page in pages(stage):
        stage.settle()
        for look in LOOKS:
            dress(stage, look, "en")
            places = {name: rectangle(item) for name, item in presses(stage).items()}
            assert set(TOOLS) <= places.keys()
            found += [f"{page} {look}: {name}" for name, at in places.items() if at.intersects(squares["upper left"])]
            found += [f"{page} {look}: {tool}" for tool in TOOLS if squares["lower right"].contains(places[tool])]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("look", "upright"), [(look, upright) for upright in (False, True) for look in ("", "left", "low", "low left")]
)
def test_the_two_holds_open_it_and_press_nothing_and_a_tap_there_is_a_tap(
    make_stage: Callable[..., Stage], look: str, upright: bool
) -> None:
    stage = make_stage((1080, 1920), 21.5) if upright else make_stage((1280, 800), 10.1)
    stage.terminal.start()
    stage.settle()
    dress(stage, look, "zh-CN")
    stage.settle()
    holder, squares = Holder(stage, "finger"), ("upper left", "lower right")

    def state() -> tuple[object, ...]:
        shown = stage.model.shown
        return shown.sheet, shown.language, shown.spoken, *(getattr(shown, name) for name in NAMES)

    before = state()
    for name in squares:
        holder.hold(holder.corner(name, INWARDS))
    assert holder.open
    assert state() == before
    stage.window.menu.leave()
    stage.settle()
    at = holder.corner("lower right", INWARDS)
    below = [name for name, item in presses(stage).items() if rectangle(item).contains(at)]
    stage.tap_at(at)
    assert below or look == "left", "something to press reaches into the corner"
    assert (state() != before) == bool(below), below
