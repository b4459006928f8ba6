"""The package for a batch: what is in it, that a unit with it enrols at a real central, and that a code serves once."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.answers import Facts
from kiosk.device.paths import open_home
from kiosk.enrolment import enroll_by_answers
from tests.terminal.custody_bench import Hall
from tests.terminal.test_answers import LANGUAGES, written

BUILD = Path(__file__).parents[2] / "build"
PLACE = "usr/share/kiosk-terminal-site/enrol.toml"


def package(answers: Path, target: Path) -> "subprocess.CompletedProcess[str]":
    """Made as `dev.py package --answers` makes it."""
    check = [sys.executable, "-m", "kiosk", "enroll", "--only-check", "--answers"]
    make = f"import sys, pathlib as p, developer.batch as b; b.make(*map(p.Path, sys.argv[1:3]), {check}, 9)"
    return subprocess.run(
        [sys.executable, "-c", make, str(answers), str(target)],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": f"{BUILD}:{BUILD.parent}"},
    )  # fmt: skip


def test_a_package_of_answers_enrols_the_units_it_was_made_for_each_once(hall: Hall, tmp_path: Path) -> None:
    wanted = [{"hall": hall.code, "window": window, "valid_s": 86_400} for window in ("A01", "A02")]
    codes = [hall.central.ask("POST", "/enrolment-codes", one)["code"] for one in wanted]
    units = "".join(f'[[unit]]\nhost = "unit-{n}"\ncode = "{code}"\n' for n, code in enumerate(codes))
    made = package(written(tmp_path / "answers.toml", hall.central.url, units), tmp_path)
    assert made.returncode == 0, made.stderr
    [deb] = tmp_path.glob("kiosk-terminal-site_*_all.deb")
    assert deb.stat().st_mode & 0o777 == 0o600
    listed = subprocess.run(["dpkg-deb", "-c", str(deb)], capture_output=True, text=True, check=True).stdout
    [file] = [line for line in listed.splitlines() if not line.startswith("d")]
    assert file.startswith("-rw------- root/root")
    assert file.endswith(PLACE)
    fields = subprocess.run(["dpkg-deb", "-f", str(deb)], capture_output=True, text=True, check=True).stdout
    assert "Depends: kiosk-terminal\n" in fields
    subprocess.run(["dpkg-deb", "-x", str(deb), str(tmp_path / "root")], check=True)
    packed = tmp_path / "root" / PLACE
    assert packed.read_bytes() == (tmp_path / "answers.toml").read_bytes()
    found = []
    for number in (0, 1):
        home = open_home(tmp_path / f"home-{number}")
        shutil.copy(packed, home.answers)
        assert enroll_by_answers(home, home.answers, LANGUAGES, Facts(host=f"unit-{number}")) == 0
        found.append(hall.device(home)["window"])
    assert found == ["A01", "A02"]
    again = open_home(tmp_path / "again")
    shutil.copy(packed, again.answers)
    assert enroll_by_answers(again, again.answers, LANGUAGES, Facts(host="unit-0")) == 1
    assert not again.identity.exists()


@pytest.mark.parametrize("more", ["", 'code = "AAAAA-AAAAA"\ntoken = "x"\n'])
def test_of_answers_that_do_not_hold_no_package_is_made(tmp_path: Path, more: str) -> None:
    made = package(written(tmp_path / "answers.toml", "https://c.example", more), tmp_path)
    assert made.returncode != 0
    assert "does not hold" in made.stderr
    assert list(tmp_path.glob("*.deb")) == []
