"""Sizes for hands and eyes of what stands around a visit: the phone's code, and what later pages are added here.

Measured as `test_rest_geometry` does, on the smallest glass, the usual one and a machine.
"""

from collections.abc import Callable, Iterator

import pytest

from kiosk.ui.gallery import PHONE_LINK
from tests.ui.measures import Glass
from tests.ui.stage import Stage
from tests.ui.test_rest_geometry import wrong

GLASSES = [Glass(1280, 800, 8), Glass(1280, 800, 10.1), Glass(1080, 1920, 21.5)]


def phone(stage: Stage) -> Iterator[str]:
    """The code beside the levels, on a page of its own, and gone from there."""
    stage.to("inviting")
    stage.terminal.show(phone_link=PHONE_LINK)
    yield "inviting with a code"
    stage.model.handToPhone()
    yield "handed"
    stage.terminal.show(phone_link="")
    yield "handed without a code"


@pytest.mark.parametrize("glass", GLASSES, ids=str)
def test_the_pages_around_a_visit_have_their_millimetres(make_stage: Callable[..., Stage], glass: Glass) -> None:
    stage = make_stage((glass.width, glass.height), glass.inches)
    found = list(wrong(stage, glass, phone(stage)))
    assert not found, "\n".join(found)
