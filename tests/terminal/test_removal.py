"""What lies on this machine alone may not be removed with it."""

from pathlib import Path

import pytest

from kiosk.core.entry import Draft, Kind
from kiosk.device.clock import SystemClock
from kiosk.device.paths import Home, open_home
from kiosk.device.secrets import open_vault
from kiosk.device.settings import Settings
from kiosk.removal import check_removal
from kiosk.unit import new_id, open_journal


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return open_home(tmp_path / "home")


def record_one(home: Home, kind: str = Kind.VISIT_STARTED) -> None:
    clock = SystemClock()
    with open_journal(home, open_vault(home, "file", "file"), clock) as journal:
        draft = Draft(new_id(), kind, clock.wall_ms(), clock.mono_ms(), clock.boot_id())
        place = journal.append(draft)
        assert place.sequence > 0


def test_a_terminal_that_never_recorded_may_go(home: Home):
    assert check_removal(home, Settings()) == 0


def test_one_with_unsent_entries_may_not_and_it_says_what_to_do(home: Home, capsys: pytest.CaptureFixture[str]):
    record_one(home)
    assert check_removal(home, Settings()) == 1
    said = capsys.readouterr().err
    assert "not reached central" in said
    assert "kiosk journal export" in said


def test_that_the_program_stopped_may_go_unsent(home: Home):
    record_one(home, Kind.TERMINAL_STOPPED)
    assert check_removal(home, Settings()) == 0


def test_one_whose_journal_cannot_be_read_may_not(home: Home, capsys: pytest.CaptureFixture[str]):
    record_one(home)
    for key in home.keys.iterdir():
        key.unlink()
    assert check_removal(home, Settings()) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_one_with_a_journal_set_aside_may_not(home: Home, capsys: pytest.CaptureFixture[str]):
    (home.quarantine / "20261124T000000").mkdir()
    assert check_removal(home, Settings()) == 1
    assert "set aside" in capsys.readouterr().err
