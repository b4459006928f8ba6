"""What docs/PROMISE.md tells an auditor to run is run here, as it stands there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.core.entry import Draft, Head, canonical, seal

PROMISE = Path(__file__).parents[2] / "docs" / "PROMISE.md"


def written(path: Path, alter: str = "") -> Path:
    """A journal's records, one a line; the third with another level if `alter` says so."""
    head, lines = Head(1_795_000_000_000_000), []
    for number in range(5):
        entry = seal(
            Draft(f"{number:032x}", "visit.level_tapped", number, number, "b", "v", {"level": "dissatisfied"}), head
        )
        head, line = entry.head, canonical(entry.record()).decode()
        lines.append(line.replace("dissatisfied", alter) if alter and number == 2 else line)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def audited(path: Path, tmp_path: Path) -> "subprocess.CompletedProcess[str]":
    found = re.search(r"```python\n(.*?)```", PROMISE.read_text("utf-8"), re.S)
    assert found is not None
    script = tmp_path / "audit.py"
    script.write_text(re.sub(r"(?m)^   ", "", found.group(1)), "utf-8")
    return subprocess.run([sys.executable, "-I", script, path], capture_output=True, text=True, check=False)


def test_the_auditors_script_finds_a_whole_journal_whole(tmp_path: Path) -> None:
    done = audited(written(tmp_path / "records"), tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[:2] == ["1795000000000000", "5"]


@pytest.mark.parametrize("level", ["very_satisfied", "satisfied"])
def test_the_auditors_script_finds_an_altered_level(tmp_path: Path, level: str) -> None:
    assert audited(written(tmp_path / "records", alter=level), tmp_path).returncode != 0


def test_the_auditors_script_finds_a_missing_entry(tmp_path: Path) -> None:
    path = written(tmp_path / "records")
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([*lines[:2], *lines[3:]]) + "\n", "utf-8")
    assert audited(path, tmp_path).returncode != 0
