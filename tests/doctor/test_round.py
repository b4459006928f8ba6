"""One round: what hangs or breaks is a finding, one line a check, the exit code, the JSON that others read."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk import doctor
from kiosk.doctor import examine, findings_of
from kiosk.doctor.finding import Note, language_here, ok, warning
from kiosk.doctor.patient import Patient
from kiosk.doctor.round import made_at_once
from tests.doctor.machines import healthy, patient


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """No round asks the machine that the tests run on."""
    monkeypatch.setattr(doctor, "System", healthy)
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C")


def test_a_check_that_hangs_or_breaks_is_a_finding_and_the_others_are_made(tmp_path: Path) -> None:
    release = threading.Event()

    def hangs(_: Patient) -> Iterator[Note]:
        release.wait()
        yield ok("disk.ok")

    def breaks(_: Patient) -> Iterator[Note]:
        raise TimeoutError("of its own")
        yield

    def holds(_: Patient) -> Iterator[Note]:
        yield warning("touch.none")

    try:
        notes = list(
            made_at_once(patient(tmp_path, healthy()), [("a", 0.1, hangs), ("b_c", 60, breaks), ("d", 60, holds)])
        )
    finally:
        release.set()
    assert [(note.check, note.code, note.result) for note in notes] == [
        ("a", "check.slow", "warning"),
        ("b c", "check.broken", "failed"),
        ("touch", "touch.none", "warning"),
    ]


def test_the_whole_round_ends_when_its_time_is_over_whatever_hangs(tmp_path: Path) -> None:
    release = threading.Event()

    def hangs(_: Patient) -> Iterator[Note]:
        release.wait()
        yield ok("disk.ok")

    try:
        checks = [(f"c{number}", 600.0, hangs) for number in range(5)]
        notes = list(made_at_once(patient(tmp_path, healthy()), checks, all_s=0.2))
    finally:
        release.set()
    assert [note.code for note in notes] == ["check.slow"] * 5


def test_no_home_is_told_and_none_is_made(tmp_path: Path) -> None:
    found = {finding.code: finding for finding in findings_of(tmp_path / "none")}
    assert found["home.none"].result == "failed"
    assert "kiosk enroll" in found["identity.none"].remedy
    assert not (tmp_path / "none").exists()


def test_the_json_keeps_the_keys_that_others_read_and_is_in_english(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert examine(tmp_path / "home", as_json=True) == 1
    patient(tmp_path, healthy())
    capsys.readouterr()
    assert examine(tmp_path / "home", as_json=True) == 1
    findings = json.loads(capsys.readouterr().out)
    assert all(set(one) >= {"check", "result", "found", "remedy"} for one in findings)
    by_check = {one["check"]: one for one in findings}
    assert set(by_check) >= {
        *(
            "program",
            "home",
            "disk",
            "settings",
            "speech",
            "terminal",
            "quarantine",
            "key store",
            "journal",
            "identity",
        ),
        *("profile", "screen", "touch", "sound", "font", "clock source", "time zone", "disk sync", "file system"),
        *("account", "service", "core dumps", "modes", "station", "lan", "power"),
    }
    assert by_check["identity"]["remedy"] == "get a code from the hall and run `kiosk enroll`"


@pytest.mark.parametrize(("language", "word"), [("", "正常"), ("zh-CN", "正常"), ("en", "ok")])
def test_one_line_a_check_in_the_language_of_the_settings_or_as_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, word: str
) -> None:
    patient(tmp_path, healthy()).home.settings.write_text("nonsense = 1\nmore = 2\n")
    assert examine(tmp_path / "home", as_json=False, language=language) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(list(findings_of(tmp_path / "home")))
    assert lines[0].startswith(word)


@pytest.mark.parametrize(
    ("said", "home", "language"),
    [("zh_CN.UTF-8", "en", "zh-CN"), ("en_GB.UTF-8", "zh-CN", "en"), ("C.UTF-8", "en", "en"), ("C", "ug", "zh-CN")],
)
def test_the_language_is_the_systems_and_where_that_says_nothing_the_terminals(
    monkeypatch: pytest.MonkeyPatch, said: str, home: str, language: str
) -> None:
    monkeypatch.setenv("LANG", said)
    assert language_here(home) == language


def test_what_was_open_to_others_is_told_once_for_it_is_closed(tmp_path: Path) -> None:
    home = patient(tmp_path, healthy()).home
    home.profile.write_text("{}")
    home.profile.chmod(0o644)
    first = {finding.check: finding for finding in findings_of(home.root, only=["disk"])}
    assert (first["modes"].result, "profile.json" in first["modes"].found) == ("warning", True)
    again = {finding.check: finding for finding in findings_of(home.root, only=["disk"])}
    assert again["modes"].result == "ok"
