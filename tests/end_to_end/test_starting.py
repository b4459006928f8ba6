"""How `kiosk run` starts, and when it does not."""

from pathlib import Path

from kiosk.demo.programs import Program, Terminal, call, kiosk_command
from tests.end_to_end.desk import SIZE, Desk

FAULTY = """\
language = "fr"

[station]
port = "7801"

[screen]
daigonal_inches = 15.6
"""


def test_three_faults_in_the_settings_are_all_named_and_nothing_is_started(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "kiosk.toml").write_text(FAULTY, "utf-8")
    # There is no such display: a window that was tried would end the program with another code.
    environment = {"KIOSK_HOME": str(home), "DISPLAY": ":99999", "QT_QPA_PLATFORM": "xcb"}
    program = Program("terminal", kiosk_command("run", "--station-port", "0"), tmp_path / "run.log", environment)
    assert program.process.wait(60) == 78
    program.stop()
    said = program.words()
    assert 'line 1: language: found "fr"; allowed is "zh-CN" or "en"' in said
    assert 'line 4: station.port: found "7801"; allowed is a whole number from 0 (none) to 65535' in said
    assert "line 7: screen.daigonal_inches: found an unknown key" in said
    assert "did you mean screen.diagonal_inches?" in said
    assert len(said.splitlines()) == 4
    assert [path.name for path in home.rglob("*") if path.is_file()] == ["kiosk.toml"]


def test_a_second_instance_leaves_with_75_and_the_first_goes_on(desk: Desk) -> None:
    second = Terminal(desk.terminal.home, f"{SIZE[0]}x{SIZE[1]}", desk.screen.environment)
    program = second.run()
    assert program.process.wait(60) == 75
    program.stop()
    assert f"kiosk.lock is held by process {desk.program.process.pid}" in program.words()
    assert call("GET", f"http://127.0.0.1:{second.port}/v1/state") is None
    desk.program.check()
    visit_id = desk.visit("satisfied")
    assert visit_id in {rating["visit_id"] for rating in desk.settle()}


def test_without_enrolment_the_screen_is_out_of_order_and_takes_no_visit(desk: Desk, tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home", f"{SIZE[0]}x{SIZE[1]}", desk.screen.environment)
    terminal.start()
    try:
        assert terminal.wait_for("out_of_order")
        state = terminal.ask("GET", "/state")
        assert (state["window"], state["visit"]) == (None, None)
        body = {"matter": {"code": "1"}, "case_number": "1"}
        refused = terminal.call("POST", "/visits", body)
        assert refused is not None
        assert refused.status in (409, 503)
        found = terminal.command("doctor", "--json")
        assert found.returncode == 1
        assert "run `kiosk enroll`" in found.stdout
    finally:
        terminal.stop()
