"""Which version a terminal takes, when, and what is left of versions after each thing that may happen: pure rules."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core import trial
from kiosk.core.release import (
    Moment,
    Offer,
    Standing,
    best,
    groups_of,
    is_newer,
    read_version,
    share_of,
    unfit,
    wait_for,
)
from kiosk.core.trial import Slot, Slots

ONE, TWO, THREE = (Slot(f"{version}-x", version) for version in ("1.1.0", "1.2.0", "1.3.0"))


@pytest.mark.parametrize("text", ["", "1.", "1.2.3.4.5", "01", "1.2b", "1.2\n", "١", "-1", "9999999"])
def test_what_is_no_version(text: str):
    assert read_version(text) is None
    assert not is_newer(text, "0")


def test_versions_are_compared_as_numbers():
    assert is_newer("1.10", "1.9.9")
    assert not is_newer("1.0", "1")


def test_shares_are_even_and_grow():
    shares = [share_of(f"device-{number}", "1.2.0") for number in range(2_000)]
    assert 120 < sum(share < 10 for share in shares) < 280
    assert shares != [share_of(f"device-{number}", "1.3.0") for number in range(2_000)]


def test_a_group_is_a_hall_a_window_or_a_use():
    standing = Standing("1.0", "here", "d", groups_of("3412", "A03", "window"))
    for group in ("3412", "3412/A03", "window"):
        assert unfit(Offer("1.1", "here", "", groups=(group,)), standing) is None
    assert unfit(Offer("1.1", "here", "", groups=("3412/A04",)), standing) == "other_group"
    assert best([Offer("1.1", "here", ""), Offer("1.10", "here", ""), Offer("2", "there", "")], standing) == Offer(
        "1.10", "here", ""
    )


@given(st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_no_visit_is_ever_broken_off(hall_open: bool, mains: bool, urgent: bool, told: bool):
    assert wait_for(Moment(True, hall_open, mains), urgent, told) == "visit"


def test_the_hall_is_left_alone_unless_told_or_urgent():
    assert wait_for(Moment(False, True), False, False) == "open"
    assert wait_for(Moment(False, True), True, False) is None
    assert wait_for(Moment(False, True), False, True) is None
    assert wait_for(Moment(False, False, mains=False), True, False) == "battery"
    assert wait_for(Moment(False, False), False, False) is None


def test_a_trial_kept_and_another_returned():
    slots = trial.begin(replace(trial.stage(Slots(), ONE), wish="forward"))
    assert (slots.starts, slots.tries, slots.wish) == (ONE, trial.TRIES, "")
    slots = trial.keep(trial.spend(slots), 5)
    assert (slots.current, slots.previous, slots.trial) == (ONE, None, None)
    slots = trial.begin(replace(trial.stage(slots, TWO), wish="forward"))
    slots = trial.send_back(slots, "fell", 9)
    assert (slots.starts, slots.returned, slots.last.what) == (ONE, {"1.2.0": 0}, "returned")
    assert trial.leave(slots, "fell", 9).starts is None


def test_going_back_leads_to_the_one_before_and_then_to_the_package():
    slots = trial.begin(replace(Slots(current=TWO, previous=ONE), wish="back"))
    assert (slots.starts, slots.returned) == (ONE, {"1.2.0": 0})
    slots = trial.begin(replace(slots, wish="back"))
    assert slots.starts is None
    assert trial.begin(replace(slots, wish="back")).starts is None


@pytest.mark.parametrize(
    ("slots", "left"),
    [
        (Slots(current=TWO, previous=ONE), ONE),
        (Slots(current=TWO), None),
        (Slots(current=ONE, trial=TWO, tries=2), ONE),
        (Slots(current=ONE, previous=TWO), ONE),
        (Slots(current=ONE, staged=TWO), ONE),
    ],
)
def test_a_slot_that_does_not_hold_is_out_wherever_it_stood(slots: Slots, left: Slot | None):
    after = trial.drop(slots, TWO.name, 1)
    assert after.starts == left
    assert TWO.name not in after.kept_names
    assert after.returned == {}


def test_a_newer_package_takes_over_from_older_slots_alone():
    slots = Slots(current=TWO, previous=ONE, staged=THREE)
    assert trial.overtaken(slots, "1.1.5", 1) == slots
    assert trial.overtaken(slots, "1.2.0", 1).starts is None
    assert trial.overtaken(slots, "1.2.0", 1).staged == THREE
    assert trial.overtaken(slots, "1.3.0", 1).kept_names == frozenset()
