"""What went wrong in a transaction is what is heard of it."""

from pathlib import Path

import apsw
import pytest

from kiosk.journal.connection import DAMAGE
from kiosk.journal.store import Journal
from kiosk.journal.transaction import transaction
from tests.journal.conftest import KEY, began, draft

PAGE = 4096


def faults_of_appends(path: Path) -> list[Exception]:
    """What an append says over a journal in which one page is damaged, for each page in turn."""
    with Journal.open(path, KEY, began) as journal:
        for _ in range(60):
            journal.append(draft())
    whole = path.read_bytes()
    found: list[Exception] = []
    for place in range(PAGE + 100, len(whole), PAGE):
        for left in path.parent.iterdir():
            left.unlink()
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            with Journal.open(path, KEY, began) as journal:
                journal.append(draft())
        except Exception as fault:
            found.append(fault)
    return found


def test_damage_that_an_append_meets_is_heard_as_damage_and_never_as_a_refusal_of_the_disk(path: Path) -> None:
    found = faults_of_appends(path)
    assert len(found) > 2
    assert all(isinstance(fault, DAMAGE) for fault in found), found


def test_the_librarys_own_transactions_would_hide_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.journal.store.transaction", lambda connection: connection)
    assert any(isinstance(fault, apsw.SQLError) for fault in faults_of_appends(path))


def fail_within(journal: Journal) -> None:
    with transaction(journal._db):
        with transaction(journal._db):
            journal.append(draft())
        raise ZeroDivisionError


def test_what_fails_within_takes_all_of_it_back_and_is_what_is_raised(path: Path) -> None:
    with Journal.open(path, KEY, began) as journal:
        before = journal.head()
        with pytest.raises(ZeroDivisionError):
            fail_within(journal)
        assert journal.head() == before
        assert journal.append(draft()).sequence == before.sequence + 1
