"""The plug pulled in the middle of a visit, and what the terminal makes of it when it starts again."""

from typing import Any

from kiosk.bookkeeping.looking import look_at_journal
from kiosk.core.entry import Kind
from kiosk.device.paths import open_home
from kiosk.device.settings import Settings
from tests.end_to_end.desk import Desk


def ends(desk: Desk, visit_id: str) -> list[dict[str, Any]]:
    """The bodies of the entries that end this visit."""
    with look_at_journal(open_home(desk.terminal.home), Settings()) as journal:
        records = journal.read(0, 10_000)
    return [r["body"] for r in records if r["visit_id"] == visit_id and r["kind"] == Kind.VISIT_ENDED]


def test_a_tapped_level_stands_as_an_unfinished_rating_and_one_not_tapped_is_none(desk: Desk) -> None:
    tapped = desk.begin()
    desk.citizen.tap_level("very_dissatisfied")
    desk.program.kill()
    desk.terminal.start()
    untapped = desk.begin()
    desk.program.kill()
    desk.terminal.start()

    ratings = {rating["visit_id"]: rating for rating in desk.settle()}
    assert ratings[tapped]["level"] == "very_dissatisfied"
    assert ratings[tapped]["finished"] is False
    assert untapped not in ratings
    (end,) = ends(desk, tapped)
    assert (end["outcome"], end["cause"]) == ("rated", "unclean_stop")
    (end,) = ends(desk, untapped)
    assert (end["outcome"], end["cause"]) == ("cancelled", "unclean_stop")
    assert desk.terminal.verify()["fault"] is None
