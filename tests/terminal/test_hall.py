"""`kiosk hall` against a real central: what is shown once, and what is revoked."""

import subprocess
from pathlib import Path

from pyotp import parse_uri

from kiosk.answers import read_code_text
from kiosk.device.paths import open_home
from tests.terminal.custody_bench import Hall, command, kiosk


def hall_does(hall: Hall, *words: str) -> "subprocess.CompletedProcess[str]":
    way = ["--central", hall.central.url, "--token-file", str(hall.central.data / "admin.token")]
    return command("hall", *way, *words)


def test_the_hall_issues_replaces_and_revokes_from_a_command_line(hall: Hall, tmp_path: Path) -> None:
    issued = hall_does(hall, "technician", "--hall", hall.code, "--number", "T4", "--name", "赵工")
    assert issued.returncode == 0, issued.stderr
    uri = next(line for line in issued.stdout.splitlines() if line.startswith("otpauth://"))
    secret = parse_uri(uri).secret
    assert "█" in issued.stdout or "▀" in issued.stdout
    listed = hall_does(hall, "technicians").stdout
    assert "赵工" in listed
    assert secret not in listed

    made = hall_does(hall, "code", "--hall", hall.code, "--window", "A07", "--days", "7").stdout
    line = next(one for one in made.splitlines() if one.startswith("kiosk-enrol:"))
    assert read_code_text(line)[0] == hall.central.url
    old = open_home(tmp_path / "old")
    assert kiosk(old, "enroll", "--code-text", line).returncode == 0
    device_id = hall.device(old)["device_id"]

    replaced = hall_does(hall, "replace", device_id).stdout
    line = next(one for one in replaced.splitlines() if one.startswith("kiosk-enrol:"))
    new = open_home(tmp_path / "new")
    assert kiosk(new, "enroll", "--code-text", line).returncode == 0
    assert hall.device(new)["window"] == "A07"
    assert hall.device(old)["replaced_by"] == hall.device(new)["device_id"]

    assert hall_does(hall, "revoke", "device", device_id).returncode == 0
    assert hall.device(old)["revoked_at"]
    refused = hall_does(hall, "revoke", "code", "0" * 32)
    assert (refused.returncode, "no such code" in refused.stderr) == (1, True)
