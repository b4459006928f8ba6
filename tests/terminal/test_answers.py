"""Enrolled by an answer file: as a whole or not at all, each code once, and by itself on the first run."""

import shutil
from pathlib import Path

import pytest

from kiosk.answers import AnswersRefused, Facts, code_text, codes_for, read_answers, read_code_text, this_machine
from kiosk.core.situation import State
from kiosk.device.identity import read_identity
from kiosk.device.paths import Home, open_home
from kiosk.enrolment import enroll_by_answers
from kiosk.first_run import FirstRun, is_due, lay_out
from tests.terminal.bench import Bench
from tests.terminal.custody_bench import Hall, kiosk

LANGUAGES = ("zh-CN", "en")
SETTINGS = 'kiosk_toml = """\nlanguage = "en"\n[secrets]\nstore = "file"\n"""\n'


def written(path: Path, central: str, more: str) -> Path:
    path.write_text(f'central = "{central}"\n{SETTINGS}{more}', "utf-8")
    return path


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return open_home(tmp_path / "home")


def test_an_answer_file_enrols_with_its_settings_and_keeps_its_code_no_longer(
    hall: Hall, home: Home, tmp_path: Path
) -> None:
    code = hall.central.code("A03")
    file = written(tmp_path / "enrol.toml", hall.central.url, f'code = "{code}"\n')
    done = kiosk(home, "enroll", "--answers", str(file))
    assert done.returncode == 0, done.stderr
    assert hall.device(home)["window"] == "A03"
    assert 'language = "en"' in home.settings.read_text("utf-8")
    assert code not in file.read_text("utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["enrol.toml", "home"]
    again = kiosk(open_home(tmp_path / "other"), "enroll", "--answers", str(file))
    assert (again.returncode, "no code for this machine" in again.stderr) == (78, True)


def test_of_a_list_each_unit_takes_one_that_no_other_has(hall: Hall, tmp_path: Path) -> None:
    codes = [hall.central.code("A03"), hall.central.code("A04")]
    file = written(tmp_path / "enrol.toml", hall.central.url, f"codes = {codes}\n")
    for number, wanted in enumerate((0, 0, 1)):
        own = tmp_path / f"of-{number}.toml"
        shutil.copy(file, own)
        assert enroll_by_answers(open_home(tmp_path / f"home-{number}"), own, LANGUAGES) == wanted
    found = [hall.device(open_home(tmp_path / f"home-{number}"))["window"] for number in (0, 1)]
    assert found == ["A03", "A04"]


def test_a_known_machine_has_a_code_of_its_own(tmp_path: Path) -> None:
    units = '[[unit]]\nmac = "00-11-22-33-44-55"\ncode = "AAAAA-AAAAA"\n[[unit]]\nhost = "b"\ncode = "BBBBB-BBBBB"\n'
    answers = read_answers(
        written(tmp_path / "a.toml", "https://c.example", f'codes = ["CCCCC-CCCCC"]\n{units}'), LANGUAGES
    )
    assert codes_for(answers, Facts(frozenset({"00:11:22:33:44:55"}), "", "b")) == ("AAAAA-AAAAA",)
    assert codes_for(answers, Facts(host="b")) == ("BBBBB-BBBBB",)
    assert codes_for(answers, Facts(host="c")) == ("CCCCC-CCCCC",)
    (tmp_path / "class/net/eth0").mkdir(parents=True)
    (tmp_path / "class/net/eth0/address").write_text("00:11:22:AA:44:55\n")
    assert this_machine(tmp_path).macs == {"00:11:22:aa:44:55"}


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ("", "no code"), ('code = "x y; z"\n', "code"), ('code = "AAAAA-AAAAA"\ncolour = 3\n', "colour"),
        ('code = "AAAAA-AAAAA"\nca_pem = "x"\n', "certificate"), ('code = "AAAAA-AAAAA"\nproxy = "no"\n', "proxy"),
        ('[[unit]]\ncode = "AAAAA-AAAAA"\n', "mac"), ('code = "AAAAA-AAAAA\n', "line"),
    ],
)  # fmt: skip
def test_a_file_that_does_not_hold_changes_nothing(
    home: Home, tmp_path: Path, more: str, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path / "enrol.toml", "https://c.example", more)
    assert enroll_by_answers(home, file, LANGUAGES) == 78
    said = capsys.readouterr().err
    assert word in said
    assert "AAAAA" not in said
    assert not home.settings.exists()
    assert not home.vault.exists()


def test_settings_that_are_there_are_not_overwritten(home: Home, tmp_path: Path) -> None:
    home.settings.write_text('language = "zh-CN"\n', "utf-8")
    file = written(tmp_path / "enrol.toml", "https://c.example", 'code = "AAAAA-AAAAA"\n')
    assert enroll_by_answers(home, file, LANGUAGES) == 78
    assert home.settings.read_text("utf-8") == 'language = "zh-CN"\n'


def test_the_line_of_a_qr_code_enrols(hall: Hall, home: Home) -> None:
    line = code_text(hall.central.url, hall.central.code("A05"))
    assert kiosk(home, "enroll", "--code-text", f"{line}\n").returncode == 0
    assert hall.device(home)["window"] == "A05"
    for wrong in ("", "kiosk-enrol:2;http://c;A", "kiosk-enrol:1;ftp://c;A", "kiosk-enrol:1;http://c;"):
        with pytest.raises(AnswersRefused):
            read_code_text(wrong)


def test_a_unit_with_an_answer_file_enrols_by_itself_and_says_so_meanwhile(hall: Hall, tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.home.profile.unlink()
    written(bench.home.answers, "http://127.0.0.1:9", f'code = "{hall.central.code("A06")}"\n')
    lay_out(bench.home, LANGUAGES)
    assert "127.0.0.1:9" in bench.home.settings.read_text("utf-8")
    assert is_due(bench.home)
    pauses: list[float] = []
    seen: list[frozenset[str]] = []
    unit = bench.start()

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        seen.append(unit.view().situation.faults)
        if len(pauses) == 2:  # the line is mended
            for file in (bench.home.answers, bench.home.settings):
                file.write_text(file.read_text("utf-8").replace("http://127.0.0.1:9", hall.central.url), "utf-8")

    try:
        bench.loop.until(lambda: "not_enrolled" in unit.view().situation.faults)
        FirstRun(unit, bench.home, LANGUAGES, pause).start()
        bench.loop.until(lambda: unit.view().situation.state in (State.READY, State.CLOSED))
        assert pauses == [5.0, 10.0]
        assert unit.view().scene.window_number == "A06"
        assert not bench.home.answers.exists()
        assert read_identity(bench.home) is not None
        assert not is_due(bench.home)
        bench.loop.until(lambda: hall.device(bench.home)["sequence"] > 0)  # and its journal goes to central at once
    finally:
        bench.close()
    assert "enrolling" in seen[1]
