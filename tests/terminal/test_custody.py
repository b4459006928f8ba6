"""A real central: technicians reach a unit, two of them let it go with entries unsent, one retires it."""

import json
import urllib.request
from pathlib import Path

import msgspec
import pytest

from kiosk import removal
from kiosk.bookkeeping.looking import look_at_journal
from kiosk.core.entry import Kind
from kiosk.device.instance import hold_lock
from kiosk.device.paths import Home
from kiosk.device.secrets import open_vault
from kiosk.protocol.profile import read_profile
from kiosk.removal import allow_removal, check_removal
from kiosk.retirement import retire
from kiosk.roster import NOBODY, keep_roster, read_roster
from kiosk.support import bundle, secrets_of
from tests.doctor.machines import healthy
from tests.terminal.bench import Bench
from tests.terminal.custody_bench import SETTINGS, Hall, kiosk, record


@pytest.fixture
def home(hall: Hall, tmp_path: Path) -> Home:
    return hall.enrolled(tmp_path / "home")


def kinds(home: Home) -> list[tuple[str, dict[str, object]]]:
    with look_at_journal(home, SETTINGS) as journal:
        return [(one["kind"], one["body"]) for one in journal.read(0, 500)]


# -- technicians -----------------------------------------------------------------------------------------------------


def test_an_enrolled_unit_knows_its_technicians_and_keeps_them_with_its_secrets(hall: Hall, home: Home) -> None:
    roster = read_roster(open_vault(home, "file", "file"))
    assert hall.secrets.items() <= {one.number: one.secret for one in roster.technicians}.items()
    assert json.loads(home.profile.read_text("utf-8"))["technicians"] == roster.version
    for path in home.root.rglob("*"):
        if path.is_file() and path.parent != home.keys:
            assert not any(secret.encode() in path.read_bytes() for secret in hall.secrets.values()), path
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in home.keys.iterdir())
    assert set(hall.secrets.values()) <= secrets_of(home)
    packed = bundle(home.root, healthy())
    assert not any(secret.encode() in packed for secret in hall.secrets.values())


def test_a_running_unit_hears_of_one_who_came_and_of_one_who_was_revoked(hall: Hall, tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    hall.enrolled(bench.home.root, "A02")
    vault = open_vault(bench.home, "file", "file")
    keep_roster(vault, NOBODY)  # as where the line was gone after the enrolment
    issued = hall.issue("T7")
    unit = bench.ready()
    try:
        bench.loop.until(lambda: {"T1", "T2", "T7"} <= {one.number for one in read_roster(vault).technicians})
        assert unit.check_code("T1", hall.one_time("T1")).result(20).state == "right"
        hall.central.ask("DELETE", f"/technicians/{issued['technician']['technician_id']}")
        unit._roster_line._not_before_ms = 0  # the minute between two questions is not waited for
        profile = read_profile(bench.home.profile.read_bytes())
        unit._take_profile(msgspec.structs.replace(profile, technicians="0" * 32, version="another"))
        bench.loop.until(lambda: "T7" not in {one.number for one in read_roster(vault).technicians})
    finally:
        bench.close()


# -- removal ---------------------------------------------------------------------------------------------------------


def test_two_persons_let_a_terminal_go_with_entries_unsent_which_are_in_the_file(
    hall: Hall, home: Home, tmp_path: Path
) -> None:
    record(home)
    assert kiosk(home, "removal", "check").returncode == 1
    export = tmp_path / "unsent.export"
    codes = [("--technician", number, "--code", hall.one_time(number)) for number in ("T1", "T2")]
    allowed = kiosk(home, "removal", "allow", *codes[0], *codes[1], "--export", str(export))
    assert allowed.returncode == 0, allowed.stderr
    assert str(export) in allowed.stdout
    assert kinds(home)[-1] == (Kind.REMOVAL_ALLOWED, {"technicians": ["T1", "T2"], "unsent": 1})
    checked = kiosk(home, "removal", "check")
    assert (checked.returncode, "two technicians" in checked.stdout) == (0, True)
    request = urllib.request.Request(
        f"{hall.central.url}/api/v1/journal-imports", export.read_bytes(), method="POST",
        headers={"Authorization": f"Bearer {hall.central.token}", "Content-Type": "application/octet-stream"},
    )  # fmt: skip
    with urllib.request.urlopen(request, timeout=20) as answer:
        assert json.load(answer)["taken"] == len(kinds(home))


@pytest.mark.parametrize("what", ["one person", "one person twice", "a wrong code", "a used code", "into the home"])
def test_less_than_two_persons_let_nothing_go(
    hall: Hall, home: Home, tmp_path: Path, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    record(home)
    first, second = (("T1", hall.one_time("T1")), ("T2", hall.one_time("T2")))
    export = tmp_path / "unsent.export"
    match what:
        case "one person":
            persons = [first]
        case "one person twice":
            persons = [first, ("T1", hall.one_time("T1", ahead_s=30))]
        case "a wrong code":
            persons = [first, ("T2", "abcdef")]
        case "a used code":
            allow_removal(home, SETTINGS, [first, ("T2", "abcdef")], export)
            persons = [first, second]
        case _:
            persons, export = [first, second], home.root / "unsent.export"
    assert allow_removal(home, SETTINGS, persons, export) != 0
    assert check_removal(home, SETTINGS) == 1
    assert not export.exists()
    assert Kind.REMOVAL_ALLOWED not in dict(kinds(home))
    assert capsys.readouterr().err


def allow(hall: Hall, home: Home, export: Path) -> int:
    return allow_removal(home, SETTINGS, [(number, hall.one_time(number)) for number in ("T1", "T2")], export)


def test_a_permission_covers_nothing_that_a_citizen_does_later(hall: Hall, home: Home, tmp_path: Path) -> None:
    record(home)
    assert allow(hall, home, tmp_path / "unsent.export") == 0
    record(home, Kind.TERMINAL_STOPPED)
    assert check_removal(home, SETTINGS) == 0
    record(home, Kind.LEVEL_TAPPED)
    assert check_removal(home, SETTINGS) == 1


def test_a_permission_ends(hall: Hall, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record(home)
    assert allow(hall, home, tmp_path / "unsent.export") == 0
    monkeypatch.setattr(removal, "PERMISSION_MS", 0)
    assert check_removal(home, SETTINGS) == 1


def test_a_permission_of_another_boot_or_machine_is_none(hall: Hall, home: Home, tmp_path: Path) -> None:
    record(home)
    assert allow(hall, home, tmp_path / "unsent.export") == 0
    kept = home.keys / f"{removal.PERMISSION}.key"
    said = json.loads(kept.read_bytes())
    kept.write_text(json.dumps({**said, "boot_id": "0" * 32}))
    assert check_removal(home, SETTINGS) == 1
    kept.write_text(json.dumps({**said, "head": {**said["head"], "hash": "0" * 64}}))
    assert check_removal(home, SETTINGS) == 1


def test_nothing_is_allowed_while_the_terminal_runs(
    hall: Hall, home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record(home)
    with hold_lock(home.lock):
        assert allow(hall, home, tmp_path / "unsent.export") == 75
        assert retire(home, SETTINGS, "T1", hall.one_time("T1")) == 75
    assert "stop the terminal first" in capsys.readouterr().err


# -- retired ---------------------------------------------------------------------------------------------------------


def test_a_retired_terminal_ends_its_journal_at_central(hall: Hall, home: Home) -> None:
    record(home, Kind.TERMINAL_STOPPED)
    assert retire(home, SETTINGS, "T1", hall.one_time("T1")) == 0
    assert kinds(home)[-1] == (Kind.DEVICE_RETIRED, {"technician": "T1"})
    assert hall.device(home)["retired_at"]
    assert hall.device(home)["sequence"] == len(kinds(home))


def test_one_with_ratings_unsent_or_a_wrong_code_is_not_retired(hall: Hall, home: Home) -> None:
    record(home, Kind.TERMINAL_STOPPED)
    assert retire(home, SETTINGS, "T1", "abcdef") == 1
    record(home)
    assert retire(home, SETTINGS, "T1", hall.one_time("T1")) == 1
    assert Kind.DEVICE_RETIRED not in dict(kinds(home))
    assert hall.device(home)["retired_at"] is None


def test_without_a_line_the_last_entry_waits_and_is_written_once(
    hall: Hall, home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    record(home, Kind.TERMINAL_STOPPED)
    true = home.identity.read_text("utf-8")
    home.identity.write_text(true.replace(str(hall.central.port), "9"), "utf-8")
    assert retire(home, SETTINGS, "T1", hall.one_time("T1"), patience_s=1.0) == 69
    assert "once there is a line" in capsys.readouterr().err
    home.identity.write_text(true, "utf-8")
    assert retire(home, SETTINGS, "T2", hall.one_time("T2")) == 0
    assert [kind for kind, _ in kinds(home)].count(Kind.DEVICE_RETIRED) == 1
