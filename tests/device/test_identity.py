"""Who the terminal is, to central and to programs at the window."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kiosk.device import identity as module
from kiosk.device.identity import Identity, IdentityBroken, keep_identity, read_identity, station_token
from kiosk.device.paths import Home, open_home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return open_home(tmp_path / "home")


def test_an_identity_comes_back_as_it_was_kept(home: Home) -> None:
    assert read_identity(home) is None
    kept = Identity(device_id="d1", key_id="k1", central_url="https://central.example")
    keep_identity(home, kept)
    assert read_identity(home) == kept
    assert stat.S_IMODE(home.identity.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"device_id":"d1"}', b'{"device_id":1,"key_id":"","central_url":""}']
)
def test_a_spoilt_identity_is_not_taken_for_none(home: Home, content: bytes) -> None:
    home.identity.write_bytes(content)
    with pytest.raises(IdentityBroken, match=r"identity\.json"):
        read_identity(home)


def test_the_stations_token_is_drawn_once_and_is_private(home: Home) -> None:
    token = station_token(home)
    assert len(token) == 43
    assert station_token(home) == token
    assert stat.S_IMODE(home.station_token.stat().st_mode) == 0o600


def test_two_homes_have_two_tokens(tmp_path: Path) -> None:
    assert station_token(open_home(tmp_path / "a")) != station_token(open_home(tmp_path / "b"))


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff" * 50, b"a b" * 20])
def test_a_spoilt_token_is_drawn_anew(home: Home, content: bytes) -> None:
    home.station_token.write_bytes(content)
    token = station_token(home)
    assert len(token) == 43
    assert station_token(home) == token


def test_all_who_ask_at_once_get_the_same_token(home: Home) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: station_token(home), range(32)))) == 1


def test_whoever_loses_the_race_takes_the_winners_token(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    winner = "w" * 43

    def lost(path: Path, data: bytes) -> bool:
        path.write_text(winner)
        return False

    monkeypatch.setattr(module, "create_file", lost)
    assert station_token(home) == winner


def test_the_token_is_never_read_through_a_symlink(home: Home) -> None:
    (home.root / "other").write_text("x" * 43)
    os.symlink(home.root / "other", home.station_token)
    with pytest.raises(OSError, match="symbolic links"):
        station_token(home)
