import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.entry import Draft, Kind, Personal
from kiosk.journal.store import Journal

KEY = bytes(range(32))
EPOCH = 1_795_000_000_000_000
_numbers = itertools.count(1)


def draft(kind: str = "visit.invited", visit_id: str | None = None, body: dict[str, Any] | None = None,
          comment: str = "", entry_id: str = "", wall_ms: int = 1_000, words: str = "") -> Draft:  # fmt: skip
    said = {name: text for name, text in (("comment", comment), ("words", words)) if text}
    personal = Personal("5a" * 16, said) if said else None
    return Draft(entry_id or f"{next(_numbers):032x}", kind, wall_ms, 5, "boot", visit_id, body or {}, personal)


def began() -> tuple[int, Draft]:
    return EPOCH, draft(Kind.JOURNAL_BEGAN, wall_ms=500)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def opened(path: Path) -> Iterator[Callable[..., Journal]]:
    journals: list[Journal] = []

    def open_it(key: bytes = KEY, **options: Any) -> Journal:
        journals.append(Journal.open(path, key, began, **options))
        return journals[-1]

    yield open_it
    for journal in journals:
        journal.close()
