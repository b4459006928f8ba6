"""The vault: one store for ever, and no new key because an old one did not answer."""

import errno
import os
import stat
import sys
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kiosk.device.files import create_file
from kiosk.device.paths import Home, open_home
from kiosk.device.secrets import VaultLost, VaultRefused, open_vault


class Store:
    """A key store that works. `kept` outlives it, as the real one's content outlives a process."""

    def __init__(self, kept: dict[tuple[str, str], str] | None = None) -> None:
        self.kept = {} if kept is None else kept

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, secret: str) -> None:
        self.kept[service, name] = secret

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


Store.__module__ = "keyring.backends.SecretService"


class Null(Store):
    """Says yes and keeps nothing."""

    def set_password(self, service: str, name: str, secret: str) -> None:
        return None


Null.__module__ = "keyring.backends.null"


class Forgetful(Null):
    """A real store by its name that keeps nothing all the same."""


Forgetful.__module__ = "keyring.backends.libsecret"


class Refusing(Store):
    """A store whose every call fails."""

    def set_password(self, service: str, name: str, secret: str) -> None:
        raise RuntimeError("locked")

    get_password = delete_password = set_password  # type: ignore[assignment]


Refusing.__module__ = "keyring.backends.kwallet"


class Alternative(Store):
    """What keyrings.alt offers: asks on standard input."""

    def set_password(self, service: str, name: str, secret: str) -> None:
        raise AssertionError("asked a person")


Alternative.__module__ = "keyrings.alt.file"


class Chain:
    def __init__(self, *backends: object) -> None:
        self.backends = backends


class Keyring:
    """Stands in for the module `keyring`."""

    def __init__(self, backend: object) -> None:
        self.backend = backend

    def get_keyring(self) -> Any:
        if isinstance(self.backend, Exception):
            raise self.backend
        return self.backend


NO_STORES = [
    Null(),
    Alternative(),
    Forgetful(),
    Refusing(),
    Chain(),
    Chain(Alternative(), Null()),
    RuntimeError("no bus"),
]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return open_home(tmp_path / "home")


def test_secrets_go_to_the_machines_key_store_where_there_is_one(home: Home) -> None:
    store = Store()
    vault = open_vault(home, "auto", "file", Keyring(store))
    assert vault.kind == "keyring"
    assert vault.get("journal-key") is None
    vault.put("journal-key", b"\x00\xff" * 16)
    assert vault.get("journal-key") == b"\x00\xff" * 16
    again = open_vault(home, "auto", "file", Keyring(Store(store.kept)))
    assert again.get("journal-key") == b"\x00\xff" * 16
    assert os.listdir(home.keys) == []
    assert len(store.kept) == 1
    assert "key store" in vault.describe()


def test_a_real_store_is_found_in_a_chain(home: Home) -> None:
    store = Store()
    assert open_vault(home, "auto", "file", Keyring(Chain(Alternative(), store))).kind == "keyring"


@pytest.mark.parametrize("backend", NO_STORES)
def test_what_is_no_store_gives_way_to_key_files(home: Home, backend: object) -> None:
    vault = open_vault(home, "auto", "file", Keyring(backend))
    assert vault.kind == "file"
    vault.put("device-key", b"k" * 32)
    assert open_vault(home, "auto", "file", Keyring(backend)).get("device-key") == b"k" * 32
    key_file = home.keys / "device-key.key"
    assert key_file.read_bytes() == b"k" * 32
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert "not against whoever takes its disk" in vault.describe()


@pytest.mark.parametrize("backend", NO_STORES)
@pytest.mark.parametrize(("store", "fallback"), [("auto", "refuse"), ("keyring", "file")])
def test_what_is_no_store_is_refused_where_the_settings_say_so(
    home: Home, backend: object, store: Any, fallback: Any
) -> None:
    with pytest.raises(VaultRefused):
        open_vault(home, store, fallback, Keyring(backend))
    assert not home.vault.exists()


@pytest.mark.parametrize("backend", [*NO_STORES, Chain(Null())])
def test_a_key_store_that_has_gone_is_an_error_and_never_a_new_key(home: Home, backend: object) -> None:
    open_vault(home, "auto", "file", Keyring(Store())).put("journal-key", b"k" * 32)
    before = home.vault.read_bytes()
    with pytest.raises(VaultLost, match="lie in"):
        open_vault(home, "auto", "file", Keyring(backend))
    assert home.vault.read_bytes() == before
    assert os.listdir(home.keys) == []


def test_a_store_that_was_emptied_is_told_from_one_that_never_had_the_secret(home: Home) -> None:
    open_vault(home, "auto", "file", Keyring(Store())).put("journal-key", b"k" * 32)
    emptied = open_vault(home, "auto", "file", Keyring(Store()))
    assert emptied.get("device-key") is None
    with pytest.raises(VaultLost, match="journal-key"):
        emptied.get("journal-key")
    emptied.put("journal-key", b"n" * 32)
    assert emptied.get("journal-key") == b"n" * 32


def test_a_key_file_that_has_gone_is_told_too(home: Home) -> None:
    vault = open_vault(home, "file", "file")
    vault.put("journal-key", b"k" * 32)
    (home.keys / "journal-key.key").unlink()
    with pytest.raises(VaultLost, match="journal-key"):
        vault.get("journal-key")


def test_a_key_file_that_cannot_be_read_is_lost_and_not_absent(home: Home) -> None:
    vault = open_vault(home, "file", "file")
    (home.keys / "journal-key.key").symlink_to(home.settings)
    with pytest.raises(VaultLost, match="cannot be read"):
        vault.get("journal-key")


def test_key_files_stay_in_use_when_a_key_store_appears_later(home: Home) -> None:
    open_vault(home, "auto", "file", Keyring(Null())).put("journal-key", b"k" * 32)
    store = Store()
    vault = open_vault(home, "auto", "file", Keyring(store))
    assert vault.get("journal-key") == b"k" * 32
    assert store.kept == {}


@pytest.mark.parametrize(("first", "then"), [("file", "keyring"), ("keyring", "file")])
def test_settings_that_contradict_where_the_secrets_lie_are_refused(home: Home, first: Any, then: Any) -> None:
    keyring = Keyring(Store())
    open_vault(home, first, "file", keyring)
    with pytest.raises(VaultRefused, match=f'set it to "{first}"'):
        open_vault(home, then, "file", keyring)


def test_a_locked_store_that_waits_for_a_person_does_not_hold_the_terminal(home: Home) -> None:
    unlocked = threading.Event()

    class Locked(Store):
        def set_password(self, service: str, name: str, secret: str) -> None:
            unlocked.wait(30)

    Locked.__module__ = "keyring.backends.SecretService"
    try:
        with pytest.raises(VaultRefused, match="did not answer"):
            open_vault(home, "keyring", "file", Keyring(Locked()), patience_s=0.01)
    finally:
        unlocked.set()


def test_a_store_that_stops_keeping_is_noticed_at_the_put(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store()
    vault = open_vault(home, "auto", "file", Keyring(store))
    monkeypatch.setattr(store, "set_password", lambda *_: None)
    with pytest.raises(VaultLost, match="did not keep"):
        vault.put("journal-key", b"k")
    assert vault.get("journal-key") is None


def test_a_secret_that_others_wrote_over_is_lost(home: Home) -> None:
    store = Store()
    vault = open_vault(home, "auto", "file", Keyring(store))
    vault.put("journal-key", b"k")
    for key in store.kept:
        store.kept[key] = "no base64!"
    with pytest.raises(VaultLost, match="not what was kept"):
        vault.get("journal-key")


def test_two_homes_share_a_store_and_no_secret(tmp_path: Path) -> None:
    store = Store()
    one = open_vault(open_home(tmp_path / "one"), "auto", "file", Keyring(store))
    two = open_vault(open_home(tmp_path / "two"), "auto", "file", Keyring(store))
    one.put("journal-key", b"1")
    two.put("journal-key", b"2")
    assert (one.get("journal-key"), two.get("journal-key")) == (b"1", b"2")


@pytest.mark.parametrize("content", [b"", b"{}", b'{"format":2,"home_id":"x","kind":"file","store":"file"}'])
def test_a_spoilt_record_is_never_taken_for_a_new_terminal(home: Home, content: bytes) -> None:
    home.vault.write_bytes(content)
    with pytest.raises(VaultLost, match="cannot be read"):
        open_vault(home, "auto", "file", Keyring(Store()))
    assert home.vault.read_bytes() == content


def test_a_record_that_goes_while_the_terminal_runs_is_an_error(home: Home) -> None:
    vault = open_vault(home, "file", "file")
    home.vault.unlink()
    with pytest.raises(VaultLost):
        vault.get("journal-key")
    with pytest.raises(VaultLost, match="has gone"):
        vault.put("journal-key", b"k")


def test_whoever_opens_first_decides_for_all(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    real = create_file

    def beaten(path: Path, data: bytes) -> bool:
        monkeypatch.setattr("kiosk.device.secrets.create_file", real)
        open_vault(home, "file", "file")
        return real(path, data)

    monkeypatch.setattr("kiosk.device.secrets.create_file", beaten)
    assert open_vault(home, "auto", "file", Keyring(Store())).kind == "file"


def test_names_given_at_once_are_all_remembered(home: Home) -> None:
    vault = open_vault(home, "file", "file")
    names = [f"key-{number}" for number in range(16)]
    threads = [threading.Thread(daemon=True, target=vault.put, args=(name, b"k")) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    for name in names:
        (home.keys / f"{name}.key").unlink()
    for name in names:
        with pytest.raises(VaultLost):
            vault.get(name)


@pytest.mark.parametrize("name", ["", "../x", "A", "a b", "a" * 65, "-a"])
def test_a_name_that_could_be_a_path_is_refused(home: Home, name: str) -> None:
    vault = open_vault(home, "file", "file")
    with pytest.raises(ValueError, match="not a name"):
        vault.get(name)
    with pytest.raises(ValueError, match="not a name"):
        vault.put(name, b"k")


def test_a_machine_without_the_package_has_no_key_store(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert open_vault(home, "auto", "file").kind == "file"


def test_the_package_is_loaded_only_when_a_key_store_is_wanted(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = ModuleType("keyring")
    loaded.get_keyring = Null  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", loaded)
    assert open_vault(home, "auto", "file").kind == "file"


def test_a_disk_that_fails_for_a_moment_has_lost_no_key(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = open_vault(home, "file", "file")
    vault.put("journal-key", b"k" * 32)

    def failing(_path: Path, _limit: int) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr("kiosk.device.secrets.read_file", failing)
        with pytest.raises(OSError, match="Input/output"):
            vault.get("journal-key")
    assert vault.get("journal-key") == b"k" * 32
