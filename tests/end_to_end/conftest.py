"""What the tests of this folder share: where to tap, learnt once, and one running desk for those that leave it well."""

from collections.abc import Iterator

import pytest

from kiosk.demo.citizen import Targets, learn_targets
from tests.end_to_end.desk import SIZE, Desk, opened_desk


@pytest.fixture(scope="session")
def targets() -> Targets:
    return learn_targets(*SIZE)


@pytest.fixture(scope="package")
def desk(tmp_path_factory: pytest.TempPathFactory, targets: Targets) -> Iterator[Desk]:
    """Central and a terminal that runs. Whoever kills or pauses it starts it again."""
    with opened_desk(tmp_path_factory.mktemp("desk"), targets) as desk:
        desk.terminal.start()
        yield desk
