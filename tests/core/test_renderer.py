"""How long a machine is drawn without a graphics card that gave no picture."""

import pytest

from kiosk.core.renderer import TRY_AGAIN_S, NoPicture, stands

FOUND = NoPicture(1_000_000, "1.2")


@pytest.mark.parametrize(
    ("now_s", "version", "without"),
    [
        (1_000_000, "1.2", True),
        (1_000_000 + TRY_AGAIN_S - 1, "1.2", True),
        (1_000_000 + TRY_AGAIN_S, "1.2", False),
        (1_000_001, "1.3", False),
        (999_999, "1.2", False),
    ],
)
def test_the_card_is_tried_again_after_a_week_after_an_update_and_when_the_clock_went_back(now_s, version, without):
    assert stands(FOUND, now_s, version) is without


def test_where_nothing_is_known_the_card_is_used():
    assert not stands(None, 5, "1.2")
