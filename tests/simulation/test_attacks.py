"""Suppressed ratings are found at the next contact, with the right reason; honest terminals are never accused."""

import secrets

import pytest

from tests.simulation.attacks import ATTACKS, Attack, attacked
from tests.simulation.honest import run

RUNS = 40


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_an_attack_between_two_contacts_is_found_at_the_next(attack: Attack) -> None:
    found = attacked(attack)
    assert not found.before
    assert attack.found & set(found.after), found
    assert found.later_ms <= 10 * 60_000, found


def test_nobody_is_accused_for_what_goes_wrong_by_itself() -> None:
    seed = secrets.token_hex(4)
    counted = run(seed, RUNS)
    assert not counted.accused, (f"python -m tests.simulation.honest --seed {seed} --runs {RUNS}", counted.accused)
    assert counted.runs == RUNS
    assert counted.entries > 10 * RUNS
