"""A journal that a newer program wrote is read by the one before, where its migration says so, and else refused."""

from pathlib import Path

import pytest

from kiosk.journal import connection
from kiosk.journal.connection import JournalNewer, connect

KEY = bytes(range(32))
ADDED = "-- readable by: {}\nALTER TABLE entry ADD COLUMN mood TEXT;"
STEPS = connection.migrations()


def opened(path: Path, patch: pytest.MonkeyPatch, *more: str) -> tuple[int, int]:
    """By a program that knows these migrations besides ours: the schema that it finds then, and the count of entries
    after it has written one."""
    patch.setattr(connection, "migrations", lambda: [*STEPS, *more])
    with connect(path, KEY) as database:
        database.execute(
            "INSERT INTO position VALUES (?, 0, NULL)",
            (f"place-{database.execute('SELECT count(*) FROM position').get}",),
        )
        found = database.execute("PRAGMA user_version").get, database.execute("SELECT count(*) FROM position").get
    database.close()
    return found


def test_the_version_before_works_with_a_file_that_says_it_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path, ours = tmp_path / "journal.db", len(STEPS)
    newer = ADDED.format(ours)
    assert opened(path, monkeypatch, newer) == (ours + 1, 1)
    assert opened(path, monkeypatch) == (ours + 1, 2)
    assert opened(path, monkeypatch, newer) == (ours + 1, 3)


@pytest.mark.parametrize(
    "further",
    [("CREATE TABLE other (a);",), (ADDED.format(1 + len(STEPS)),), (ADDED.format(len(STEPS)), "CREATE TABLE b (a);")],
)
def test_any_other_newer_file_is_refused_and_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, further: tuple[str, ...]
):
    path = tmp_path / "journal.db"
    opened(path, monkeypatch, *further)
    before = path.read_bytes()
    with pytest.raises(JournalNewer):
        opened(path, monkeypatch)
    assert path.read_bytes() == before
    opened(path, monkeypatch, *further)
