"""The citizen's own phone, as the glass shows it: a code that moves none of the five levels, and the way back."""

from collections.abc import Callable

import pytest
import segno
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor
from PySide6.QtQuick import QQuickItem

from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.ui.gallery import PHONE_LINK
from kiosk.ui.qr import QUIET_ZONE
from tests.ui.measures import Glass, texts
from tests.ui.stage import PORTRAIT, Stage, rectangle
from tests.ui.test_accessibility import press as read_and_press
from tests.ui.test_keys import choose

GLASSES = [Glass(1280, 800, 8), Glass(1280, 800, 10.1), Glass(1920, 1080, 15.6), Glass(1080, 1920, 21.5)]


def offered(stage: Stage) -> None:
    """A phone may rate, and nobody has asked for the code."""
    stage.to("inviting")
    stage.terminal.show(phone_offered=True, phone_link=PHONE_LINK)
    stage.settle()


def inviting(stage: Stage) -> None:
    """The citizen has asked for the code."""
    offered(stage)
    stage.tap("on_phone")
    stage.settle()
    assert stage.model.shown.page == "inviting"


def codes(stage: Stage) -> list[QQuickItem]:
    """Every code for a phone that can be seen."""
    return [one for one in stage.all_items() if one.property("ease") is not None and one.isVisible()]


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
def test_neither_the_offer_nor_the_code_moves_any_of_the_five(
    make_stage: Callable[..., Stage], size: tuple[int, int]
) -> None:
    stage = make_stage(size)
    stage.to("inviting")
    stage.settle()
    before = [rectangle(stage.items()[f"level.{level}"]) for level in Level]
    assert len({(place.width(), place.height()) for place in before}) == 1
    assert "on_phone" not in stage.items()
    stage.terminal.show(phone_offered=True, phone_link=PHONE_LINK)
    stage.settle()
    assert "on_phone" in stage.items()
    assert [rectangle(stage.items()[f"level.{level}"]) for level in Level] == before
    stage.tap("on_phone")
    stage.settle()
    assert codes(stage)
    assert [rectangle(stage.items()[f"level.{level}"]) for level in Level] == before


@pytest.mark.parametrize("size", [(1280, 800), PORTRAIT])
def test_no_code_is_drawn_before_a_touch_asks_for_it(make_stage: Callable[..., Stage], size: tuple[int, int]) -> None:
    stage = make_stage(size)
    offered(stage)
    assert codes(stage) == []
    assert (stage.model.shown.phone_key, stage.model.shown.phone_link) == ("", "")
    stage.tap("on_phone")
    stage.settle()
    assert len(codes(stage)) == 1
    assert [type(one) for one in stage.terminal.events[-1:]] == [e.AskForPhone]


def test_keys_alone_bring_the_code(stage: Stage) -> None:
    offered(stage)
    choose(stage, "on_phone")
    stage.settle()
    assert len(codes(stage)) == 1


@pytest.mark.parametrize(("language", "name"), [("zh-CN", "在手机上评价"), ("en", "Rate on my phone")])
def test_a_screen_reader_finds_what_asks_for_the_code_and_presses_it(stage: Stage, language: str, name: str) -> None:
    offered(stage)
    stage.model.chooseLanguage(language)
    stage.settle()
    read_and_press(stage, name)
    stage.settle()
    assert len(codes(stage)) == 1


def test_the_code_goes_with_its_page_and_the_next_citizen_has_none(stage: Stage) -> None:
    inviting(stage)
    stage.tap("skip")
    stage.settle()
    assert codes(stage) == []
    offered(stage)
    assert codes(stage) == []


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
        stage.terminal.show(phone_offered=link != "", phone_link=link)
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
