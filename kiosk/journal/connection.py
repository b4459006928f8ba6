"""Opens the encrypted file and proves that it is what we asked for: cipher, WAL, FULL, exclusive, schema.

One connection, one thread, exclusive locking. A pragma that does not read back as set is a fault, never a warning.
"""

import re
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import apsw

from kiosk.journal.durable import make_private, rewrite
from kiosk.journal.transaction import transaction

KEY_BYTES = 32
DiskFault = apsw.Error
"""What the database or the disk under it raises; rooms that do no SQL catch it under this name."""
_CIPHER = "chacha20"
_READABLE = re.compile(r"-- readable by: (\d+)\n")
"""The first line of a migration after which programs of an older schema may still work with the file: of which, at the
oldest. They must find every table and column that they know, and need not fill any other."""


class JournalFault(Exception):
    """The journal cannot be used; the message is for the technician, `code` for programs."""

    code = "journal"


class JournalUnreadable(JournalFault):
    """The file is no database under this key: another key, another file, or damage. It was left untouched."""

    code = "journal_unreadable"


class JournalNewer(JournalFault):
    """The file was written by a newer program. Refused, never guessed."""

    code = "journal_newer"


class JournalBusy(JournalFault):
    """Another process holds the file."""

    code = "journal_busy"


class JournalDamaged(JournalFault):
    """The file opens and does not hold. `fault`: what, as in `chain_fault` or in words; `sequence`: where, if known."""

    code = "journal_damaged"

    def __init__(self, fault: str, sequence: int | None = None) -> None:
        where = "" if sequence is None else f" at entry {sequence}"
        super().__init__(f"the journal does not hold{where}: {fault}")
        self.fault = fault
        self.sequence = sequence


class JournalOlder(JournalFault):
    """The file ends before, or elsewhere than, the high-water mark says: a copy put back, or commits lost."""

    code = "journal_older"


class JournalMissing(JournalFault):
    """The file is gone, and the high-water mark says there was one."""

    code = "journal_missing"


DAMAGE = (JournalUnreadable, JournalDamaged, JournalOlder, JournalMissing, apsw.CorruptError, apsw.NotADBError)
"""What is wrong with the file itself, and goes away only with another file. A disk that fails or is full is none."""


def damage_reason(fault: BaseException) -> str:
    """The word of `BEGAN_REASONS` for one of DAMAGE."""
    match fault:
        case JournalUnreadable() | apsw.NotADBError():
            return "unreadable"
        case JournalOlder():
            return "older"
        case JournalMissing():
            return "missing"
    return "damaged"


def migrations() -> list[str]:
    """The numbered SQL files, oldest first; the schema version of a file is how many of them it has seen."""
    folder = resources.files(__package__).joinpath("migrations")
    names = sorted(item.name for item in folder.iterdir() if item.name.endswith(".sql"))
    return [folder.joinpath(name).read_text("utf-8") for name in names]


def connect(
    path: Path,
    key: bytes,
    *,
    vfs: str | None = None,
    synchronous: str = "FULL",
    inspect: Callable[[apsw.Connection], None] = lambda _connection: None,
) -> apsw.Connection:
    """Open or create the file under a raw 32-byte key and bring its schema up to date.

    `vfs` names an APSW VFS under the cipher (tests put failing disks there). `inspect` looks at the file before
    anything is written to it; if it raises, database and WAL are left byte for byte as they were.

    Raises JournalUnreadable, JournalDamaged, JournalNewer, JournalBusy, JournalFault, and what `inspect` raises;
    apsw.Error, OSError where the disk itself fails.
    """
    if len(key) != KEY_BYTES:
        raise JournalFault(f"a journal key has {KEY_BYTES} bytes, not {len(key)}")
    make_private(path)
    connection = apsw.Connection(str(path), vfs=vfs)
    try:
        leave_as_it_is(connection, True)
        _secure(connection, key)
        _settle(connection, synchronous)
        inspect(connection)
        rewrite(path.with_name(path.name + "-wal"))
        _migrate(connection)
        leave_as_it_is(connection, False)
    except apsw.NotADBError as fault:
        connection.close()
        raise JournalUnreadable(f"{path} cannot be read with this terminal's key; it was left as it is") from fault
    except apsw.BusyError as fault:
        connection.close()
        raise JournalBusy(f"{path} is in use by another process") from fault
    except BaseException:
        connection.close()
        raise
    return connection


def leave_as_it_is(connection: apsw.Connection, yes: bool) -> None:
    """Whether closing leaves the WAL alone; otherwise it is brought into the database and removed."""
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, int(yes))


def _secure(connection: apsw.Connection, key: bytes) -> None:
    _expect(connection, f"PRAGMA cipher = '{_CIPHER}'", _CIPHER)
    connection.execute(f"PRAGMA key = 'raw:{key.hex()}'")


def _settle(connection: apsw.Connection, synchronous: str) -> None:
    _expect(connection, "PRAGMA locking_mode = EXCLUSIVE", "exclusive")
    _expect(connection, "PRAGMA journal_mode = WAL", "wal")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    _expect(connection, "PRAGMA synchronous", {"FULL": 2, "NORMAL": 1, "OFF": 0}[synchronous])
    _expect(connection, "PRAGMA secure_delete = ON", 1)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    _expect(connection, "PRAGMA trusted_schema = OFF; PRAGMA trusted_schema", 0)


def _migrate(connection: apsw.Connection) -> None:
    """Bring the schema up to ours. A newer one is left as it is if it says that a program of ours may work with it."""
    steps = migrations()
    version = int(connection.execute("PRAGMA user_version").get)
    if version > len(steps) and _readable_by(connection, version) > len(steps):
        raise JournalNewer(
            f"the journal has schema {version}; this program knows {len(steps)}. Install the newer program again"
        )
    for number, sql in enumerate(steps[version:], start=version + 1):
        stated = _READABLE.match(sql)
        try:
            with transaction(connection):
                connection.execute(sql)
                if stated is not None:
                    connection.execute("CREATE TABLE IF NOT EXISTS readable (by INTEGER NOT NULL) STRICT")
                    connection.execute("DELETE FROM readable")
                    connection.execute("INSERT INTO readable VALUES (?)", (int(stated[1]),))
                elif number > 1 and _states(connection):
                    connection.execute("DELETE FROM readable")
                connection.execute(f"PRAGMA user_version = {number}")
        except apsw.SQLError as fault:
            raise JournalDamaged(f"its schema is not ours ({fault})") from fault


def _states(connection: apsw.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'readable'").get is not None


def _readable_by(connection: apsw.Connection, version: int) -> int:
    """The oldest schema whose programs may work with this file; its own where it says nothing (docs/adr/0021)."""
    found = connection.execute("SELECT by FROM readable").get if _states(connection) else None
    return int(found) if found is not None else version


def _expect(connection: apsw.Connection, pragma: str, wanted: str | int) -> None:
    found = connection.execute(pragma).get
    if found != wanted:
        raise JournalFault(f"{pragma!r} reads back as {found!r}, not {wanted!r}")
