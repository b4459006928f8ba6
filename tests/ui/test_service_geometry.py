"""Sizes for hands and eyes of what stands around a visit: the phone's code, and what later pages are added here.

Measured as `test_rest_geometry` does, on the smallest glass, the usual one and a machine.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from kiosk.core import events as e
from kiosk.ui.gallery import PHONE_LINK
from tests.ui.measures import Glass
from tests.ui.stage import Stage
from tests.ui.test_hall import in_the_hall
from tests.ui.test_rest_geometry import InFront, wrong

KEYS = ("search.key", "search.erase")
GLASSES = [Glass(1280, 800, 8), Glass(1280, 800, 10.1), Glass(1080, 1920, 21.5)]


def phone(stage: Stage) -> Iterator[str]:
    """A phone offered, the code beside the levels, on a page of its own, and gone from there."""
    stage.to("inviting")
    stage.terminal.show(phone_offered=True, phone_link=PHONE_LINK)
    yield "inviting with a phone offered"
    stage.model.askForPhone()
    yield "inviting with a code"
    stage.model.handToPhone()
    yield "handed"
    stage.terminal.show(phone_offered=False, phone_link="")
    yield "handed without a code"


def hall(stage: Stage) -> Iterator[str]:
    """A tablet on a stand, with and without a number called."""
    in_the_hall(stage)
    yield "matters"
    stage.model.turnMatters(1)
    stage.model.scan_heard("?")
    stage.model.scan_ended()
    yield "slip unknown"
    stage.terminal.submit(e.CallNumber("A0019"))
    yield "called"
    in_the_hall(stage, 4)
    yield "few"
    stage.terminal.set_scene(replace(stage.terminal.scene, mode="window"))
    yield "ready and called"
    stage.model.rest()
    yield "attract and called"


def search(stage: Stage) -> Iterator[str]:
    """The letters."""
    in_the_hall(stage)
    stage.model.openSheet("search")
    yield "search"
    stage.model.searchType("J")
    yield "found"
    stage.model.searchType("M")
    yield "one"


@pytest.mark.parametrize("glass", GLASSES, ids=str)
@pytest.mark.parametrize("pages", [phone, hall, search], ids=lambda pages: pages.__name__)
def test_the_pages_around_a_visit_have_their_millimetres(
    make_stage: Callable[..., Stage], glass: Glass, pages: Callable[[Stage], Iterator[str]]
) -> None:
    made = make_stage((glass.width, glass.height), glass.inches)
    stage = InFront(made.terminal, made.window, made.touch)
    found = list(wrong(stage, glass, pages(stage), KEYS))
    assert not found, "\n".join(found)
