"""Rating on one's own phone, as the table has it: the code is asked for, the entries vouch, and both carry flags."""

from dataclasses import replace

import pytest

from kiosk.core import events as e
from kiosk.core.entry import Kind
from kiosk.core.flags import BURST, PHONE_TOO_FAST_MS
from kiosk.core.levels import Level
from kiosk.core.situation import Outcome, State
from tests.core.test_visit import MATTER, Walk

FINISHED = e.PhoneFinished("r1", "ab" * 32, "v1")
ASKED = e.AskedForPhone("v1", True, 0, 0, None, "boot")
ORDINARY_MS = 20_000


def invited(case_number: str = "1", visit_id: str = "v1") -> Walk:
    walk = Walk()
    walk.take(e.StartVisit(visit_id, MATTER, case_number, invited=True))
    return walk


# -- the code --------------------------------------------------------------------------------------------------------


def test_asking_for_the_code_is_on_record_and_leaves_the_five_levels_there() -> None:
    walk = invited()
    walk.clock = 7_000
    assert walk.take(e.AskForPhone()).state is State.INVITING
    assert (walk.last.kind, walk.last.visit_id, walk.last.body) == (Kind.PHONE_ASKED, "v1", {})
    assert walk.situation.visit is not None
    assert walk.situation.visit.phone_asked_ms == 7_000
    walk.clock = 9_000
    walk.take(e.AskForPhone())
    assert len(walk.drafts) == 3, "asking again is a sign of life and no more"
    assert walk.situation.visit.phone_asked_ms == 7_000
    assert walk.situation.deadline_ms == 9_000 + walk.situation.terms.inviting_ms


def test_a_level_may_be_tapped_before_the_code_is_on_the_disk() -> None:
    walk = invited()
    walk.take(e.AskForPhone(), commit=False)
    assert walk.take(e.TapLevel(Level.DISSATISFIED)).state is State.EXPLAINING


def test_nobody_asks_for_it_once_the_glass_has_the_visit_nor_before_the_levels_are_there() -> None:
    tapped = invited()
    tapped.take(e.TapLevel(Level.SATISFIED))
    tapped.take(e.ChooseAgain())
    tapped.take(e.AskForPhone())
    assert tapped.refusal == "level_tapped"
    back = invited()
    back.take(e.HandToPhone())
    back.take(e.TakeBack())
    back.take(e.AskForPhone())
    assert back.refusal == "taken_back"
    serving = Walk().start()
    serving.take(e.AskForPhone())
    assert serving.refusal == "visit_running"


# -- flags -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after_ms", "ago_ms", "flags"),
    [
        (PHONE_TOO_FAST_MS - 1, 0, ["too_fast"]),
        (PHONE_TOO_FAST_MS, 0, []),
        (ORDINARY_MS, 0, []),
        (ORDINARY_MS, ORDINARY_MS - PHONE_TOO_FAST_MS + 1, ["too_fast"]),
    ],
)
def test_a_phone_that_was_done_sooner_than_one_can_be_is_flagged_however_late_we_hear(
    after_ms: int, ago_ms: int, flags: list[str]
) -> None:
    walk = invited()
    walk.clock = after_ms
    walk.take(replace(FINISHED, ago_ms=ago_ms))
    assert walk.last.body["flags"] == flags
    vouched = invited()
    vouched.take(e.Skip())
    vouched.clock = after_ms
    vouched.take(e.VouchForPhone(ASKED, "r1", "ab" * 32, ago_ms))
    assert vouched.last.body["flags"] == flags


def test_a_phone_s_rating_without_a_case_number_is_flagged() -> None:
    walk = invited(" ")
    walk.clock = ORDINARY_MS
    walk.take(FINISHED)
    assert walk.last.body["flags"] == ["no_case_number"]
    walk.take(e.VouchForPhone(replace(ASKED, numbered=False), "r1", "ab" * 32))
    assert walk.last.body["flags"] == ["no_case_number"]


@pytest.mark.parametrize("way", ["glass", "phone", "vouched"])
def test_a_burst_counts_ratings_of_phones_and_of_the_glass_alike(way: str) -> None:
    walk = Walk()
    for number in range(BURST):
        visit_id = f"v{number}"
        walk.clock += ORDINARY_MS
        walk.take(e.StartVisit(visit_id, MATTER, "1", invited=True))
        walk.clock += PHONE_TOO_FAST_MS
        if way == "glass" and number < BURST - 1:
            walk.take(e.TapLevel(Level.SATISFIED))
            walk.take(e.Submit())
        elif way == "vouched" and number < BURST - 1:
            walk.take(e.CancelVisit(visit_id, "x"))
            walk.take(e.VouchForPhone(replace(ASKED, visit_id=visit_id), "r", "ab" * 32))
        else:
            walk.take(replace(FINISHED, visit_id=visit_id))
        assert ("burst" in walk.last.body.get("flags", [])) is (number == BURST - 1)


def test_a_visit_that_glass_and_phone_have_rated_is_remembered_once() -> None:
    walk = invited()
    walk.take(e.TapLevel(Level.SATISFIED))
    walk.take(e.VouchForPhone(ASKED, "r1", "ab" * 32))
    walk.take(e.Submit())
    walk.take(e.VouchForPhone(ASKED, "r1", "ab" * 32))
    assert len(walk.situation.recent) == 1


# -- vouched for later -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ends", [e.Skip(), e.CancelVisit("v1", "called away"), e.TapLevel(Level.SATISFIED)])
def test_an_entry_of_its_own_vouches_for_what_the_end_of_the_visit_could_not_name(ends: e.Event) -> None:
    walk = invited()
    walk.take(ends)
    before = walk.situation
    walk.take(e.VouchForPhone(ASKED, "r1", "ab" * 32, 500))
    assert (walk.last.kind, walk.last.visit_id) == (Kind.PHONE_VOUCHED, "v1")
    assert walk.last.body == {"rating_id": "r1", "digest": "ab" * 32, "flags": ["too_fast"]}
    assert replace(walk.situation, recent=before.recent) == before, "nothing moves on the screen"


def test_it_waits_for_nothing_that_is_on_its_way_and_costs_it_nothing() -> None:
    walk = invited()
    walk.take(e.Skip(), commit=False)
    skipped = walk.last.entry_id
    walk.take(e.VouchForPhone(ASKED, "r1", "ab" * 32))
    assert walk.situation.awaiting is not None
    walk.take(e.Recorded(skipped, 9, "ab" * 32))
    assert walk.situation.state is State.READY
    assert walk.situation.visit is not None
    assert walk.situation.visit.outcome is Outcome.SKIPPED


def test_a_time_of_another_boot_makes_nothing_too_fast() -> None:
    walk = invited()
    walk.take(e.VouchForPhone(replace(ASKED, boot_id="another"), "r1", "ab" * 32))
    assert walk.last.body["flags"] == []
