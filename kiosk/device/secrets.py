"""The vault: where this terminal's secrets lie, in the machine's key store or, stated plainly, in 0600 files.

Invariant: the store chosen first is the only one ever asked, and a secret that was once kept and is not to be had is an
error of its own; nothing here makes a new key because an old one did not answer.
"""

import base64
import contextlib
import errno
import re
import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, Protocol, TypeVar

import msgspec

from kiosk.device.files import create_file, read_file, write_file
from kiosk.device.instance import wait_lock
from kiosk.device.paths import Home

Kind = Literal["keyring", "file"]

_REAL_STORES = (
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
    "keyring.backends.Windows",
    "keyring.backends.macOS",
)
"""Only these: `fail` and `null` keep nothing, `keyrings.alt` asks for a password on standard input."""

_NAME = re.compile(r"[a-z][a-z0-9-]{0,63}")
_LIMIT = 64 * 1024
_PASSING = frozenset({errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.EINTR})
"""What a machine in trouble says of a file that is there: to be tried again, and no reason to take a key for lost."""
_T = TypeVar("_T")


class VaultError(Exception):
    """No vault; the message says why and what a technician can do."""


class VaultRefused(VaultError):
    """This machine has no usable key store and the settings allow no other, or settings and history contradict."""


class VaultLost(VaultError):
    """Secrets were kept and cannot be had now. Whoever catches this decides; a new key means a new journal."""


class Vault(Protocol):
    """Secrets by name (lower-case letters, digits, hyphens). May be called from any thread; may block some seconds."""

    @property
    def kind(self) -> Kind:
        """Where the secrets lie."""

    def get(self, name: str) -> bytes | None:
        """The secret; None if none was ever kept under this name. Raises VaultLost."""

    def put(self, name: str, secret: bytes) -> None:
        """Keep the secret, in place of an older one; on return it is there for good. Raises VaultLost, OSError."""

    def describe(self) -> str:
        """Which store it is and what that means, in a sentence for the technician."""


class _Record(msgspec.Struct, frozen=True, kw_only=True):
    """`vault.json`: which store, under which name there, and which secrets it was given."""

    format: Literal[1] = 1
    home_id: str
    kind: Kind
    store: str
    names: tuple[str, ...] = ()


class _Store(Protocol):
    """What both kinds can do; each call raises OSError or VaultLost."""

    def read(self, name: str) -> bytes | None: ...

    def write(self, name: str, secret: bytes) -> None: ...

    def words(self) -> str: ...


def open_vault(
    home: Home,
    store: Literal["auto", "keyring", "file"],
    fallback: Literal["file", "refuse"],
    keyring_module: ModuleType | Any | None = None,
    patience_s: float = 5.0,
) -> Vault:
    """The vault of this home, chosen at the first call and the same ever after.

    `keyring_module` stands in for the real one; `patience_s` bounds each call to the key store, which may wait for
    a person to unlock it.

    Raises VaultRefused, VaultLost, OSError.
    """
    record = _read_record(home)
    if record is None:
        chosen = _choose(home, store, fallback, keyring_module, patience_s)
        create_file(home.vault, msgspec.json.encode(chosen))
        record = _read_record(home) or chosen
    if store not in ("auto", record.kind):
        raise VaultRefused(
            f'kiosk.toml says secrets.store = "{store}", but this terminal\'s secrets lie in the {record.kind} store; '
            f'set it to "{record.kind}" or "auto"'
        )
    if record.kind == "file":
        return _Vault(home, record.kind, _Files(home))
    try:
        return _Vault(home, record.kind, _real_store(record.home_id, keyring_module, patience_s))
    except VaultRefused as fault:
        raise VaultLost(f"this terminal's secrets lie in {record.store}, which does not serve now: {fault}") from fault


def _choose(home: Home, store: str, fallback: str, module: Any, patience_s: float) -> _Record:
    home_id = secrets.token_hex(16)
    if store == "file":
        return _Record(home_id=home_id, kind="file", store="file")
    try:
        found = _real_store(home_id, module, patience_s)
    except VaultRefused:
        if store == "keyring" or fallback == "refuse":
            raise
        return _Record(home_id=home_id, kind="file", store="file")
    return _Record(home_id=home_id, kind="keyring", store=found.name)


def _read_record(home: Home) -> _Record | None:
    try:
        return msgspec.json.decode(read_file(home.vault, _LIMIT), type=_Record)
    except FileNotFoundError:
        return None
    except ValueError as fault:
        raise VaultLost(f"{home.vault} cannot be read, so it is not known where the secrets lie: {fault}") from fault


def read_lost(
    record: Path, name: str, keyring_module: ModuleType | Any | None = None, patience_s: float = 5.0
) -> bytes | None:
    """What a key store says now that did not answer before; `record`: the `vault.json` that was set aside for it.

    Raises VaultError, OSError.
    """
    try:
        lost = msgspec.json.decode(read_file(record, _LIMIT), type=_Record)
    except ValueError as fault:
        raise VaultLost(f"{record} cannot be read, so it is not known where the secrets lay: {fault}") from fault
    if lost.kind == "file":
        return None  # its files were set aside with it
    return _real_store(lost.home_id, keyring_module, patience_s).read(name)


class _Vault:
    def __init__(self, home: Home, kind: Kind, store: _Store) -> None:
        self._home = home
        self._kind: Kind = kind
        self._store = store

    @property
    def kind(self) -> Kind:
        return self._kind

    def get(self, name: str) -> bytes | None:
        _check_name(name)
        secret = self._store.read(name)
        if secret is None:
            record = _read_record(self._home)
            if record is None or name in record.names:
                raise VaultLost(f"the secret {name} was kept in the {self._kind} store and is not there any more")
        return secret

    def put(self, name: str, secret: bytes) -> None:
        _check_name(name)
        self._store.write(name, secret)
        with wait_lock(self._home.vault.with_suffix(".lock")):
            record = _read_record(self._home)
            if record is None:
                raise VaultLost(f"{self._home.vault} has gone while the terminal ran")
            if name not in record.names:
                write_file(
                    self._home.vault, msgspec.json.encode(msgspec.structs.replace(record, names=(*record.names, name)))
                )

    def describe(self) -> str:
        return self._store.words()


class _Files:
    def __init__(self, home: Home) -> None:
        self._home = home

    def read(self, name: str) -> bytes | None:
        try:
            return read_file(self._home.keys / f"{name}.key", _LIMIT)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as fault:
            if isinstance(fault, OSError) and fault.errno in _PASSING:
                raise
            raise VaultLost(f"the key file of {name} cannot be read: {fault}") from fault

    def write(self, name: str, secret: bytes) -> None:
        write_file(self._home.keys / f"{name}.key", secret)

    def words(self) -> str:
        return (
            f"key files in {self._home.keys}, readable by this user alone: they guard against other users of this "
            "machine, not against whoever takes its disk"
        )


class _Keyring:
    def __init__(self, backend: Any, home_id: str, patience_s: float) -> None:
        self._backend = backend
        self._service = f"kiosk-{home_id}"
        self._patience_s = patience_s

    @property
    def name(self) -> str:
        return f"{type(self._backend).__module__}.{type(self._backend).__qualname__}"

    def read(self, name: str) -> bytes | None:
        kept = self._ask(lambda: self._backend.get_password(self._service, name))
        try:
            return None if kept is None else base64.b64decode(kept, validate=True)
        except ValueError as fault:
            raise VaultLost(f"the secret {name} in {self.name} is not what was kept there") from fault

    def write(self, name: str, secret: bytes) -> None:
        self._ask(lambda: self._backend.set_password(self._service, name, base64.b64encode(secret).decode()))
        if self.read(name) != secret:
            raise VaultLost(f"{self.name} did not keep the secret {name}")

    def words(self) -> str:
        return f"the machine's key store ({self.name}): secrets are guarded by this user's login"

    def probe(self) -> None:
        """Keep something, read it back, remove it. Raises VaultLost."""
        name, secret = f"probe-{secrets.token_hex(4)}", secrets.token_bytes(32)
        try:
            self.write(name, secret)
        finally:
            with contextlib.suppress(VaultLost):
                self._ask(lambda: self._backend.delete_password(self._service, name))

    def _ask(self, call: Callable[[], _T]) -> _T:
        """Run the call, but no longer than patience allows: a locked store waits for a person who is not there."""
        answers: list[_T] = []
        faults: list[Exception] = []

        def run() -> None:
            try:
                answers.append(call())
            except Exception as fault:  # the backends raise their own, D-Bus's and the platform's errors
                faults.append(fault)

        asking = threading.Thread(target=run, name="kiosk-keyring", daemon=True)
        asking.start()
        asking.join(self._patience_s)
        if answers:
            return answers[0]
        if faults:
            raise VaultLost(f"{self.name} refused: {type(faults[0]).__name__}: {faults[0]}") from faults[0]
        raise VaultLost(f"{self.name} did not answer within {self._patience_s:g} s; it may be locked")


def _real_store(home_id: str, module: Any, patience_s: float) -> _Keyring:
    """A key store that is real and works.

    Raises VaultRefused.
    """
    if module is None:
        try:
            import keyring as module
        except ImportError as fault:
            raise VaultRefused("the package keyring is not installed") from fault
    try:
        backend = _real_backend(module.get_keyring())
    except Exception as fault:  # choosing a backend runs platform code that may raise anything
        raise VaultRefused(f"the key store cannot be chosen: {type(fault).__name__}: {fault}") from fault
    if backend is None:
        raise VaultRefused("this machine has no key store that keeps secrets without asking a person")
    found = _Keyring(backend, home_id, patience_s)
    try:
        found.probe()
    except VaultLost as fault:
        raise VaultRefused(str(fault)) from fault
    return found


def _real_backend(backend: Any) -> Any | None:
    for each in [backend, *getattr(backend, "backends", ())]:
        if type(each).__module__ in _REAL_STORES:
            return each
    return None


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a name of a secret: {name!r}")
