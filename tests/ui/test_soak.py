"""Visits through the real screens leave nothing behind. The long way is `python -m tests.ui.soak --visits 2000`."""

from tests.ui.soak import soak
from tests.ui.stage import Stage

VISITS, WARM = 110, 55
GROWTH_MIB = 12.0
"""Over 55 visits. What a visit might keep by mistake, one picture of a page, would be 4 MiB each time."""


def test_visit_after_visit_leaves_no_object_and_no_memory(stage: Stage) -> None:
    stage.to("ready")
    before, after = soak(stage, VISITS, {WARM, VISITS})
    assert (after.objects, after.items) == (before.objects, before.items)
    assert after.python - before.python < 100
    assert after.resident_mib - before.resident_mib < GROWTH_MIB
