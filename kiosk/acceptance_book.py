"""What was tried at the glass, in one file of the home: for the acceptance sheet, which tells what came of it and when.

Kept is the newest of each test. Notes of sheets that a command made while the terminal ran lie beside it until the
terminal has put them in its journal.
"""

import secrets
from collections.abc import Mapping
from pathlib import Path

import msgspec

from kiosk.device.files import read_file, remove_file, write_file
from kiosk.device.paths import Home

_LIMIT = 1024 * 1024
_NOTE = ".note.json"


class Kept(msgspec.Struct, frozen=True):
    """One test. `test`: as in `kiosk.core.technician.Tried`; `wall_ms`: when, by this unit's clock."""

    test: str
    passed: bool
    wall_ms: int
    technician: str
    numbers: dict[str, int | str] = {}


class Note(msgspec.Struct, frozen=True):
    """A sheet that is to be on record."""

    sha256: str
    technician: str


def read_book(home: Home) -> Mapping[str, Kept]:
    """The newest of each test; none where the file is not there. Raises OSError, ValueError."""
    try:
        return msgspec.json.decode(read_file(_book(home), _LIMIT), type=dict[str, Kept])
    except FileNotFoundError:
        return {}


def keep(home: Home, one: Kept) -> None:
    """This is the newest of its test. A file that cannot be read gives way. Raises OSError."""
    try:
        known = dict(read_book(home))
    except ValueError:
        known = {}
    write_file(_book(home), msgspec.json.encode({**known, one.test: one}))


def leave_note(home: Home, note: Note) -> None:
    """For the running terminal's journal. Raises OSError."""
    write_file(home.acceptance / f"{secrets.token_hex(8)}{_NOTE}", msgspec.json.encode(note))


def notes(home: Home) -> list[tuple[Path, Note]]:
    """What was left, with its files; what is no note is left out. Raises OSError."""
    found = []
    for path in sorted(home.acceptance.glob(f"*{_NOTE}")):
        try:
            found.append((path, msgspec.json.decode(read_file(path, _LIMIT), type=Note)))
        except ValueError:
            continue
    return found


def taken(path: Path) -> None:
    """This note is on record. Raises OSError."""
    remove_file(path)


def _book(home: Home) -> Path:
    return home.acceptance / "tried.json"
