"""The database of central: SQLite by default, PostgreSQL by URL; the same SQL for both.

On SQLite there is exactly one connection, used by one thread at a time and locking the file for itself: libraries
before 3.51.3 can spoil a WAL that two connections write, and two servers on one folder must not be.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import StaticPool

from kiosk.central import hall_tables, phone_tables, receipt_tables, tables
from kiosk.central.columns import metadata

_TABLES = (hall_tables, phone_tables, receipt_tables, tables)
"""All of them: what is not loaded is missing in the metadata."""
READING = "postgresql_readonly"
"""The option of a connection that only looks; PostgreSQL's driver heeds it by itself, `_begin` does on SQLite."""
_MIGRATIONS = Path(__file__).parent / "migrations"


class StoreError(Exception):
    """The database cannot be used; the message says why, for whoever runs the server."""


class Store:
    """Transactions on central's database. Nothing is read or written outside one."""

    def __init__(self, engine: sa.Engine) -> None:
        """`engine`: from `open_store`."""
        self._engine = engine
        self._turn: AbstractContextManager[Any] = threading.Lock() if engine.dialect.name == "sqlite" else nullcontext()

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """One transaction: committed when the block ends, rolled back if it raises."""
        with self._turn, self._engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that only looks: it takes no lock that another waits for, and whatever would write in it
        fails."""
        with self._turn, self._engine.execution_options(**{READING: True}).begin() as connection:
            yield connection

    def close(self) -> None:
        """Let go of the database."""
        with self._turn:
            self._engine.dispose()


def open_store(database: str) -> Store:
    """Open the database at this SQLAlchemy URL, making or migrating it as needed.

    Raises StoreError: a URL that is none, a database out of reach or in use, one that a newer program has written.
    """
    try:
        url = _named_driver(make_url(database))
        engine = (
            _sqlite(url)
            if url.get_backend_name() == "sqlite"
            else sa.create_engine(url, pool_pre_ping=True, hide_parameters=True)
        )
        with engine.begin() as connection:
            command.upgrade(migration_config(connection), "head")
    except CommandError as fault:
        raise StoreError(f"the database is from a newer version of this program: {fault}") from fault
    except (sa.exc.SQLAlchemyError, ModuleNotFoundError) as fault:
        reason = fault.orig if isinstance(fault, sa.exc.DBAPIError) else fault
        raise StoreError(f"cannot use the database: {reason}") from fault
    return Store(engine)


def sqlite_url(path: Path) -> str:
    """The URL of an SQLite file, which is made readable by its owner alone if it is not there."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    return URL.create("sqlite", database=str(path)).render_as_string()


def migration_config(connection: sa.Connection) -> Config:
    """Alembic's configuration for an open connection."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata
    return config


def _named_driver(url: URL) -> URL:
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgresql", "postgres") else url


def _sqlite(url: URL) -> sa.Engine:
    engine = sa.create_engine(
        url,
        poolclass=StaticPool,
        hide_parameters=True,  # or an error would carry what a citizen wrote into the log
        connect_args={"check_same_thread": False, "isolation_level": None, "timeout": 1.0},
    )
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: sa.Connection) -> None:
    looks = connection.get_execution_options().get(READING, False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if looks else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if looks else "BEGIN IMMEDIATE")


def _prepare(connection: Any, _record: Any) -> None:
    """Set the pragmas and read them back: one that does not hold is refused here, not found out after a power cut."""
    for pragma, wanted in (
        ("locking_mode = EXCLUSIVE", "exclusive"),
        ("journal_mode = WAL", "wal"),
        ("synchronous = FULL", 2),
        ("foreign_keys = ON", 1),
        ("wal_autocheckpoint = 4000", 4000),  # 16 MB: a backlog pours in with fewer pauses
    ):
        connection.execute(f"PRAGMA {pragma}")
        found = connection.execute(f"PRAGMA {pragma.partition(' ')[0]}").fetchone()[0]
        if found != wanted and not (found == "memory" and wanted == "wal"):
            raise sa.exc.ArgumentError(f"PRAGMA {pragma} was not taken: it is {found!r}")
