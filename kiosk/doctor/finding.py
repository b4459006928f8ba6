"""What a check found: first as a stable code with its values, then in words of one language.

Invariant: whatever is not in order has a remedy, under the key of its code with `.remedy` behind it.
"""

import locale
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from kiosk.ui.words import FIRST, Words, load_words

Result = Literal["ok", "warning", "failed"]
LANGUAGES = (FIRST, "en")


@dataclass(frozen=True, slots=True)
class Note:
    """One check's outcome without words. `code` begins with the check's own, as in `disk.little`."""

    code: str
    result: Result
    values: Mapping[str, object] = field(default_factory=dict)
    check_code: str = ""

    @property
    def check(self) -> str:
        """The check's stable name."""
        return (self.check_code or self.code.partition(".")[0]).replace("_", " ")


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its stable name, how it went, what was found, what to do about it, and the stable code of that."""

    check: str
    result: Result
    found: str
    remedy: str = ""
    code: str = ""


def ok(code: str, **values: object) -> Note:
    """In order."""
    return Note(code, "ok", values)


def warning(code: str, **values: object) -> Note:
    """It serves, and somebody should look at it."""
    return Note(code, "warning", values)


def failed(code: str, **values: object) -> Note:
    """Citizens are not served, or ratings could be lost or not arrive."""
    return Note(code, "failed", values)


def doctors_words(assets: Path) -> Words:
    """Every word of the doctor. Raises WordsError."""
    return load_words(assets / "translations" / "doctor")


def in_words(note: Note, words: Words, language: str) -> Finding:
    """The same for a person."""
    found = words.text(language, note.code, **note.values)
    remedy = "" if note.result == "ok" else words.text(language, f"{note.code}.remedy", **note.values)
    return Finding(note.check, note.result, found, remedy, note.code)


def language_here(home_language: str) -> str:
    """The language of whoever sits at this machine; where the system does not say, the terminal's own."""
    said = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    said = said or locale.getlocale()[0] or ""
    if said.lower().startswith(("zh", "chinese")):
        return FIRST
    if said.partition(".")[0] not in ("", "C", "POSIX"):
        return "en"
    return home_language if home_language in LANGUAGES else FIRST
