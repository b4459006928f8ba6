"""The home of one terminal: modes, symlinks, owners."""

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from kiosk.device.paths import Home, HomeError, assets_folder, default_home, open_home

FOLDERS = (".", "keys", "scratch", "quarantine", "logs")


def modes(root: Path) -> set[int]:
    return {stat.S_IMODE((root / name).stat().st_mode) for name in FOLDERS}


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_the_folders_are_0700_whatever_umask_says(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        home = open_home(tmp_path / "new" / "parents" / "home")
    finally:
        os.umask(before)
    assert modes(home.root) == {0o700}
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


def test_modes_that_were_wider_are_narrowed(tmp_path: Path) -> None:
    home = open_home(tmp_path / "home")
    home.root.chmod(0o755)
    home.keys.chmod(0o777)
    home.journal.write_bytes(b"")
    home.journal.chmod(0o644)
    (home.keys / "device-key.key").write_bytes(b"")
    (home.keys / "device-key.key").chmod(0o666)
    open_home(tmp_path / "home")
    assert modes(home.root) == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (home.journal, home.keys / "device-key.key")} == {0o600}


@pytest.mark.parametrize(
    "link", ["home", "home/keys", "home/scratch", "home/journal.db", "home/kiosk.toml", "home/keys/x"]
)
def test_a_symlink_is_refused_and_its_target_untouched(tmp_path: Path, link: str) -> None:
    (tmp_path / "target").mkdir(mode=0o755)
    (tmp_path / link).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / link).symlink_to(tmp_path / "target")
    with pytest.raises(HomeError) as refused:
        open_home(tmp_path / "home")
    assert refused.value.code == "symlink"
    assert refused.value.path == tmp_path / link
    assert os.listdir(tmp_path / "target") == []
    assert stat.S_IMODE((tmp_path / "target").stat().st_mode) == 0o755


def test_a_home_behind_a_symlink_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(HomeError) as refused:
        open_home(tmp_path / "link" / "home")
    assert refused.value.code == "symlink"
    assert os.listdir(tmp_path / "real") == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("path", ["", "keys", "journal.db", "kiosk.toml"])
def test_a_foreign_owner_is_refused(tmp_path: Path, path: str) -> None:
    home = open_home(tmp_path / "home")
    home.journal.write_bytes(b"")
    home.settings.write_bytes(b"")
    os.chown(home.root / path, 12345, 12345)
    with pytest.raises(HomeError) as refused:
        open_home(home.root)
    assert refused.value.code == "foreign_owner"
    assert "12345" in str(refused.value)


def test_root_may_own_the_settings_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = open_home(tmp_path / "home")
    home.settings.write_bytes(b"")
    real = os.lstat

    def as_if_roots(path: Path) -> os.stat_result:
        found = list(real(path))
        if Path(path).name in owned:
            found[4] = 0
        return os.stat_result(found)

    owned = {"kiosk.toml"}
    monkeypatch.setattr(os, "geteuid", lambda: 1234)
    monkeypatch.setattr(os, "fstat", lambda handle: os.stat_result([0o40700, 0, 0, 1, 1234, 1234, 0, 0, 0, 0]))
    monkeypatch.setattr(os, "lstat", as_if_roots)
    open_home(home.root)
    home.identity.write_bytes(b"")
    owned = {"kiosk.toml", "identity.json"}
    with pytest.raises(HomeError) as refused:
        open_home(home.root)
    assert refused.value.path == home.identity


@pytest.mark.parametrize(("made", "path"), [("file", ""), ("file", "keys"), ("folder", "journal.db")])
def test_a_thing_of_the_wrong_kind_is_refused(tmp_path: Path, made: str, path: str) -> None:
    target = tmp_path / "home" / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(b"") if made == "file" else target.mkdir()
    with pytest.raises(HomeError) as refused:
        open_home(tmp_path / "home")
    assert refused.value.code == "wrong_kind"


def test_what_the_system_refuses_is_told_with_its_path() -> None:
    with pytest.raises(HomeError) as refused:
        open_home(Path("/proc/kiosk-home"))
    assert refused.value.code == "refused"
    assert "/proc/kiosk-home" in str(refused.value)


def test_the_home_is_where_the_variable_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KIOSK_HOME", str(tmp_path / "there"))
    assert default_home() == tmp_path / "there"


def test_without_the_variable_the_home_is_the_users_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KIOSK_HOME", raising=False)
    assert default_home().name == "kiosk"
    assert default_home().is_absolute()


def test_a_home_is_a_value_of_names(tmp_path: Path) -> None:
    home = Home(tmp_path / "nowhere")
    assert home.journal == tmp_path / "nowhere" / "journal.db"
    assert home.profile.name == "profile.json"
    assert not home.root.exists()


def test_the_assets_lie_beside_the_sources() -> None:
    assert json.loads((assets_folder() / "national-options.json").read_bytes())


def test_the_assets_of_a_frozen_program_lie_inside_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert assets_folder() == tmp_path / "assets"
