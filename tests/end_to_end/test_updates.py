"""The real terminal is told to update while a visit is open: the visit is rated first, then the new version serves."""

from kiosk.demo.citizen import Targets
from tests.end_to_end.updates import real_terminal


def test_an_update_waits_for_the_visit_and_loses_nothing(targets: Targets):
    assert real_terminal(targets, to_the_end=False)  # `python -m tests.end_to_end.updates` goes on to the end
