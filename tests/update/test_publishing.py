"""The publisher's tool, as a publisher calls it, and `kiosk update` on the other side of a stick."""

import importlib
from pathlib import Path

import pytest

from kiosk.__main__ import main as kiosk
from tests.update.lab import program

release = importlib.import_module("release")  # of `build`, which the lab puts on the path


@pytest.fixture
def built(tmp_path: Path) -> Path:
    made = program(tmp_path / "built", "9.1.0")
    (made / "kiosk").write_text("#!/bin/sh\necho kiosk 9.1.0\n")
    return made


def test_from_a_publishers_keys_to_a_terminal_that_waits_for_its_moment(
    tmp_path: Path, built: Path, capsys: pytest.CaptureFixture[str]
):
    stick, keys, home = tmp_path / "stick", tmp_path / "keys", tmp_path / "home"

    def publish(what: str, *words: object) -> tuple[int, str]:
        code = release.main([what, str(stick), "--keys", str(keys), *map(str, words)])
        said = capsys.readouterr()
        return code, said.out + said.err

    def update(*words: object) -> tuple[int, str]:
        code = kiosk(["--home", str(home), "update", *map(str, words)])
        said = capsys.readouterr()
        return code, said.out + said.err

    fingerprint = publish("init")[1].split()[-1]
    assert oct((keys / "root-1.pem").stat().st_mode & 0o777) == "0o600"
    code, words = publish("add", built, "--version", "9.2.0")
    assert (code, "says of itself" in words) == (1, True)
    assert publish("add", built, "--version", "9.1.0")[0] == 0
    (keys / "root-1.pem").rename(tmp_path / "root-1.pem")  # to the safe
    assert publish("refresh")[0] == 0
    assert publish("rotate", "targets")[0] == 1
    code, words = update("check", "--from", stick)
    assert (code, "kiosk update trust" in words) == (1, True)
    assert fingerprint in update("trust", stick / "metadata" / "1.root.json")[1]
    assert "9.1.0" in update("check", "--from", stick)[1]
    assert update("apply", "--from", stick)[0] == 0
    assert "waits: 9.1.0, as soon as no visit is open" in update("status")[1]
    assert update("back")[0] == 1
    assert update("apply", "--from", tmp_path / "nowhere")[0] == 69
