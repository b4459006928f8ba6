"""`kiosk doctor`: looks at one unit and says, one line a check, what holds and what to do about what does not.

It changes nothing but what opening a home always mends, its modes; and looks at a copy of the journal where the
terminal is running.
"""

from collections.abc import Collection, Iterator
from pathlib import Path

import msgspec

from kiosk.device.paths import assets_folder, languages_in
from kiosk.device.settings import Settings, SettingsRefused, read_settings
from kiosk.doctor.finding import Finding, Result, doctors_words, in_words, language_here
from kiosk.doctor.round import notes_of
from kiosk.doctor.system import System

__all__ = ["Finding", "Result", "System", "examine", "findings_of"]


def examine(root: Path, as_json: bool, language: str = "", as_lines: bool = False) -> int:
    """Run every check and print the findings; 1 if any failed. `language`: else of the system, then of the settings;
    JSON, which programs read, is in English unless one is asked for; `as_lines`: an object a line, each as it is made.
    """
    findings: list[Finding] = []
    chosen = language or ("en" if as_json or as_lines else language_here(_home_language(root)))
    words = doctors_words(assets_folder())
    for finding in findings_of(root, chosen):
        findings.append(finding)
        if as_lines:
            print(msgspec.json.encode(finding).decode(), flush=True)
        elif not as_json:
            print(_line(finding, words.text(chosen, f"result.{finding.result}")), flush=True)
    if as_json and not as_lines:
        print(msgspec.json.encode(findings).decode())
    return 1 if any(finding.result == "failed" for finding in findings) else 0


def findings_of(
    root: Path, language: str = "en", system: System | None = None, only: Collection[str] = ()
) -> Iterator[Finding]:
    """Each finding as it is made. Where the home itself cannot be used, the checks end there. `system`: the machine, or
    what stands in for it; `only`: see `notes_of`."""
    words = doctors_words(assets_folder())
    for note in notes_of(root, system or System(), only):
        yield in_words(note, words, language)


def _line(finding: Finding, result: str) -> str:
    """One line, whatever a fault's own words look like."""
    wide = 8 - sum(ord(letter) > 0x2E7F for letter in result)
    remedy = f" → {finding.remedy}" if finding.remedy else ""
    return f"{result:<{wide}} {finding.check:<13} " + " ".join(f"{finding.found}{remedy}".split("\n"))


def _home_language(root: Path) -> str:
    try:
        return read_settings(root / "kiosk.toml", languages_in(assets_folder())).language
    except SettingsRefused:
        return Settings().language
