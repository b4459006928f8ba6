"""What the tests of this folder share: where to tap, learnt once."""

import pytest

from kiosk.demo.citizen import Targets, learn_targets
from tests.end_to_end.desk import SIZE


@pytest.fixture(scope="session")
def targets() -> Targets:
    return learn_targets(*SIZE)
