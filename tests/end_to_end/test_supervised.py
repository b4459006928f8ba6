"""Whatever becomes of the terminal, its supervisor brings it back, and the tap that went before is at central."""

import pytest

from kiosk.demo.citizen import Targets
from tests.end_to_end.supervised import one


@pytest.mark.parametrize("fault", ["c", "kill"])  # `python -m tests.end_to_end.supervised` has them all
def test_the_tap_before_a_hang_or_a_kill_is_at_central(fault: str, targets: Targets):
    assert one(fault, targets).kept
