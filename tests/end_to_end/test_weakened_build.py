from pathlib import Path

from kiosk.core.entry import Kind
from kiosk.demo.citizen import Targets
from tests.end_to_end.desk import Desk, compare, opened_desk

WEAKENED = "tests.end_to_end.weakened"


def killed_at_the_thanks(desk: Desk, module: str, late: str = "") -> str:
    """One whole visit on this build, and the plug pulled the moment its thanks is seen; the visit's id."""
    desk.terminal.module, desk.terminal.more["KIOSK_LATE"] = module, late
    desk.terminal.start()
    visit_id = desk.visit("dissatisfied")
    desk.program.kill()
    return visit_id


def test_the_comparison_turns_red_for_a_build_that_thanks_before_the_commit(tmp_path: Path, targets: Targets) -> None:
    with opened_desk(tmp_path, targets) as desk:
        sound = killed_at_the_thanks(desk, "kiosk")
        loses_the_tap = killed_at_the_thanks(desk, WEAKENED, f"{Kind.LEVEL_TAPPED},{Kind.VISIT_ENDED}")
        loses_the_rest = killed_at_the_thanks(desk, WEAKENED, Kind.VISIT_ENDED)
        desk.terminal.module = "kiosk"
        desk.terminal.start()
        ratings = desk.settle()
        verdict = compare(desk.truth, ratings)
        assert not verdict.good
        assert (verdict.lost, verdict.cut) == ([loses_the_tap], [loses_the_rest])
        assert {rating["visit_id"] for rating in ratings} == {sound, loses_the_rest}
        assert desk.terminal.verify()["fault"] is None
