"""What `kiosk run` settles before its window: a fault ends it with nothing half-started, a kill's leavings go."""

import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.device.instance import hold_lock
from kiosk.device.paths import assets_folder, open_home
from kiosk.start import run_terminal
from kiosk.ui.shell import Look


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Look]]:
    """The windows that came up; none of them real."""
    looks: list[Look] = []

    def run(_boot: object, look: Look, *_others: object) -> int:
        looks.append(look)
        return 0

    monkeypatch.setattr("kiosk.ui.shell.run", run)
    before = resource.getrlimit(resource.RLIMIT_CORE)
    yield looks
    resource.setrlimit(resource.RLIMIT_CORE, before)


def test_settings_that_do_not_hold_end_it_before_window_and_lock(
    tmp_path: Path, shown: list[Look], capsys: pytest.CaptureFixture[str]
) -> None:
    home = open_home(tmp_path / "home")
    home.settings.write_text("[station]\nport = 70000\nprot = 1\n")
    with hold_lock(home.lock):
        assert run_terminal(home.root, None, None, 0) == 78
    said = capsys.readouterr().err
    assert "station.port" in said
    assert "station.prot" in said
    assert not shown


def test_a_language_without_a_file_ends_it_and_one_with_a_file_is_shown(
    tmp_path: Path, shown: list[Look], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = open_home(tmp_path / "home")
    home.settings.write_text('language = "ug"\n')
    assert run_terminal(home.root, None, None, 0) == 78
    assert 'line 1: language: found "ug"; allowed is "zh-CN" or "en"' in capsys.readouterr().err
    assert not shown
    assets = shutil.copytree(assets_folder(), tmp_path / "assets")
    shutil.copyfile(assets / "translations" / "en.json", assets / "translations" / "ug.json")
    monkeypatch.setattr("kiosk.start.assets_folder", lambda: assets)
    assert run_terminal(home.root, None, None, 0) == 0
    assert [look.language for look in shown] == ["ug"]


def test_a_home_that_cannot_be_one_ends_it(tmp_path: Path, shown: list[Look]) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert run_terminal(tmp_path / "file", None, None, 0) == 78
    assert not shown


def test_a_lock_that_cannot_be_taken_ends_it_with_words(
    tmp_path: Path, shown: list[Look], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kiosk.start.hold_lock", refuse)
    assert run_terminal(tmp_path / "home", None, None, 0) == 78
    assert "No space left" in capsys.readouterr().err
    assert not shown


def test_a_second_terminal_leaves_the_first_alone(tmp_path: Path, shown: list[Look]) -> None:
    home = open_home(tmp_path / "home")
    (home.scratch / "journal-copy-1").mkdir()
    with hold_lock(home.lock):
        assert run_terminal(home.root, None, None, 0) == 75
    assert not shown
    assert (home.scratch / "journal-copy-1").exists()


def test_copies_of_the_journal_and_half_written_secrets_of_a_kill_are_gone(tmp_path: Path, shown: list[Look]) -> None:
    home = open_home(tmp_path / "home")
    copy = home.scratch / "journal-copy-x1"
    copy.mkdir()
    (copy / "journal.db").write_bytes(b"personal data that was wiped elsewhere")
    part = home.keys / ".journal-key.key.00ff.part"
    part.write_bytes(b"k" * 32)
    kept = home.keys / "journal-key.key"
    kept.write_bytes(b"k" * 32)
    assert run_terminal(home.root, None, None, 0) == 0
    assert not copy.exists()
    assert not part.exists()
    assert kept.exists()
    assert len(shown) == 1


def test_a_crash_leaves_no_memory_on_the_disk(tmp_path: Path, shown: list[Look]) -> None:
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    assert run_terminal(tmp_path / "home", None, None, 0) == 0
    assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 0
