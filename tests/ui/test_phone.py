"""The citizen's own phone, as the glass shows it: a code that moves none of the five levels, and the way back."""

from collections.abc import Callable

import pytest
import segno
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor

from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.ui.gallery import PHONE_LINK
from kiosk.ui.qr import QUIET_ZONE
from tests.ui.measures import Glass, texts
from tests.ui.stage import PORTRAIT, Stage, rectangle

GLASSES = [Glass(1280, 800, 8), Glass(1280, 800, 10.1), Glass(1920, 1080, 15.6), Glass(1080, 1920, 21.5)]


def inviting(stage: Stage, link: str = PHONE_LINK) -> None:
    stage.to("inviting")
    stage.terminal.show(phone_link=link)
    stage.settle()


def code_read(stage: Stage) -> tuple[bool, float]:
    """Whether the code on the glass is the link's, module by module, and how many pixels a module has."""
    rows = list(segno.make_qr(PHONE_LINK, error="l").matrix_iter(border=QUIET_ZONE))
    item = next(one for one in stage.all_items() if one.property("ease") is not None)
    place, picture = rectangle(item), stage.picture()
    size = place.width() / len(rows)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            colour = QColor(picture.pixel(int(place.left() + (x + 0.5) * size), int(place.top() + (y + 0.5) * size)))
            if (colour.lightness() < 128) != bool(dark):
                return False, size
    return True, size


@pytest.mark.parametrize("glass", GLASSES, ids=str)
def test_a_phone_can_read_the_code_on_both_pages(make_stage: Callable[..., Stage], glass: Glass) -> None:
    stage = make_stage((glass.width, glass.height), glass.inches)
    inviting(stage)
    right, small = code_read(stage)
    assert right
    assert small / glass.mm >= 0.49
    stage.tap("on_phone")
    stage.settle()
    right, large = code_read(stage)
    assert right
    assert large > small


@pytest.mark.parametrize("size", [(1280, 800), PORTRAIT])
def test_the_code_moves_none_of_the_five(make_stage: Callable[..., Stage], size: tuple[int, int]) -> None:
    stage = make_stage(size)
    inviting(stage, "")
    before = [rectangle(stage.items()[f"level.{level}"]) for level in Level]
    assert "on_phone" not in stage.items()
    stage.terminal.show(phone_link=PHONE_LINK)
    stage.settle()
    assert "on_phone" in stage.items()
    assert [rectangle(stage.items()[f"level.{level}"]) for level in Level] == before


def test_a_level_tapped_takes_the_code_away_for_good(stage: Stage) -> None:
    inviting(stage)
    stage.tap("level.satisfied")
    stage.tap("again")
    stage.settle()
    assert (stage.model.shown.phone_key, stage.model.shown.phone_link) == ("", "")
    assert "on_phone" not in stage.items()


def test_the_visit_goes_to_the_phone_and_comes_back(stage: Stage) -> None:
    inviting(stage)
    stage.tap("on_phone")
    assert stage.model.shown.page == "handed_to_phone"
    assert stage.model.shown.time_total == stage.terminal.situation.terms.phone_ms
    stage.tap("take_back")
    stage.settle()
    assert stage.model.shown.page == "inviting"
    assert "on_phone" not in stage.items(), "once taken back, the levels are rated here"
    assert [type(one) for one in stage.terminal.events[-2:]] == [e.HandToPhone, e.TakeBack]


def test_nobody_beside_the_phone_s_code_learns_whose_visit_it_is(stage: Stage) -> None:
    inviting(stage)
    stage.tap("on_phone")
    for link in (PHONE_LINK, ""):
        stage.terminal.show(phone_link=link)
        QCoreApplication.processEvents()
        stage.settle()
        written = " ".join(str(item.property("text")) for item in texts(stage))
        assert written
        for said in (stage.model.shown.case_number, stage.model.shown.matter, stage.model.shown.staff_name, "0178"):
            assert said not in written


def test_the_link_stands_in_no_property_and_no_text_of_the_model(stage: Stage) -> None:
    inviting(stage)
    assert PHONE_LINK not in repr(stage.model.shown)
    assert not hasattr(stage.model, "phoneLink")
