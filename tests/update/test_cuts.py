"""RELIABILITY 38: an update that is cut leaves the old version or the new one, and can be made after all."""

import random

import pytest

from tests.update.cuts import Deaf, How, steps, try_cut
from tests.update.lab import Publisher, Unit, unit_of

SEED = random.SystemRandom().randrange(1 << 32)


@pytest.fixture(scope="module")
def unit(tmp_path_factory: pytest.TempPathFactory) -> Unit:
    folder = tmp_path_factory.mktemp("cuts")
    publisher = Publisher(folder / "publisher")
    publisher.offer("1.1.0")
    return unit_of(publisher, folder)


@pytest.mark.parametrize("how", ["kill", "power"])
def test_a_cut_leaves_old_or_new(unit: Unit, how: How):  # `python -m tests.end_to_end.updates` cuts at every step
    every = steps(unit)
    assert every > 60
    chosen = random.Random(SEED).sample(range(1, every + 1), 9)
    faults = [fault for at in chosen if (fault := try_cut(unit, at, how))]
    assert not faults, f"seed {SEED}: {faults}"


@pytest.mark.parametrize("deaf", ["files", "folders"])
def test_a_build_that_does_not_sync_is_seen_to_lead_to_a_slot_that_is_not_whole(unit: Unit, deaf: Deaf):
    every = steps(unit)
    faults = [try_cut(unit, at, "power", deaf) for at in range(every - 10, every + 1, 2)]
    assert any(fault and "not whole" in fault for fault in faults), faults
