"""The command-line client drives a real station; its exit codes are what other programs read."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from kiosk.client import words
from kiosk.client.arguments import CODES, COMMANDS
from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.core.situation import State
from kiosk.station.limits import Limits
from kiosk.station.refusals import REFUSALS
from tests.client.desk import ROOT, Desk
from tests.station.house import House
from tests.station.waiting import eventually


@pytest.fixture
def desk(house: House, tmp_path: Path) -> Desk:
    return Desk(house, tmp_path)


def test_a_visit_from_its_start_to_its_end(desk: Desk) -> None:
    visit_id = desk.start("--stage", "accepted", "--service-number", "2", "--slip", "A045", "--citizen-name", "张三")
    body = desk.house.terminal.journal[-1].draft.body
    assert (body["stage"], body["service_number"], body["slip"]) == ("accepted", 2, "A045")
    assert desk.shown()["visit"]["visit_id"] == visit_id
    invited = desk.run("visit", "invite", visit_id)
    assert (invited.code, invited.out) == (0, "done: inviting\n")
    cancelled = desk.run("visit", "cancel", "--reason", "材料不全")
    assert (cancelled.code, cancelled.out) == (0, "done: ready\n")
    assert desk.house.terminal.journal[-1].draft.body["cause"] == "材料不全"


def test_a_service_that_is_over_invites_with_its_start(desk: Desk) -> None:
    desk.start("--invite")
    assert desk.shown()["state"] == "inviting"


def test_the_same_key_again_is_the_same_visit_and_without_one_each_start_is_its_own(desk: Desk) -> None:
    first = desk.start("--key", "case-178-2")
    assert desk.start("--key", "case-178-2") == first
    refused = desk.run("visit", "start", "--matter", "340100", "--case", "1")
    assert (refused.code, refused.out) == (1, "")
    assert "[visit_running]" in refused.words
    assert desk.house.terminal.kinds == ["visit.started"]


def test_a_clerk_signs_in_with_a_pin_that_no_process_list_shows(desk: Desk) -> None:
    assert desk.run("staff", "in", "A103", "--pin", typed="0000\n").code == 1
    assert desk.run("staff", "in", "A103", "--pin", typed="").code == 78
    done = desk.run("staff", "in", "A103", "--pin", typed="271828\r\n")
    assert done.code == 0
    assert desk.house.terminal.view().situation.staff == e.Staff("A103", "王敏", verified=True)
    assert desk.run("staff", "out").code == 0
    assert desk.run("staff", "in", "A104").code == 0
    assert desk.shown()["staff"]["number"] == "A104"


def test_a_pause_its_end_and_a_called_number(desk: Desk) -> None:
    assert desk.run("pause", "午休", "--kind", "away", "--until", "13:30").code == 0
    assert desk.shown()["pause"] == {"reason": "午休", "kind": "away", "expected_return": "13:30"}
    assert desk.run("call", "A046").code == 1
    assert desk.run("resume").code == 0
    assert desk.run("call", "A046").code == 0
    assert desk.shown()["called"] == "A046"


def test_the_state_as_a_line_and_as_json(desk: Desk) -> None:
    assert desk.run("state").out == "ready · nobody signed in · 0 unsent\n"
    visit_id = desk.start()
    desk.house.terminal.pass_time(65_000)
    desk.run("staff", "in", "A104")  # refused while a visit runs
    chinese = desk.run("state", "--language", "zh-CN")
    assert chinese.out == f"正在办理 · 服务 {visit_id} · 已进行 65 秒 · 无人登录 · 待上传 0 条\n"
    assert desk.run("state", LANG="zh_CN.UTF-8").out == chinese.out
    assert json.loads(desk.run("state", "--json").out) == desk.shown()


def test_a_refusal_is_said_in_words_and_with_json_printed_whole(desk: Desk) -> None:
    told = ("visit", "start", "--matter", "9", "--case", "1")
    english = desk.run(*told)
    assert english.code == 1
    listed = "GET /v1/matters lists those it handles."
    assert english.words == f"This window does not handle this matter ($.matter.code) - {listed} [unknown_matter]\n"
    chinese = desk.run(*told, "--language", "zh-CN", "--json")
    assert chinese.words == "本窗口不办理该事项 ($.matter.code) [unknown_matter]\n"
    assert json.loads(chinese.out)["type"] == "urn:kiosk:problem:unknown_matter"
    nothing = desk.run("visit", "invite")
    assert (nothing.code, nothing.words) == (1, "no visit is running\n")


def test_a_citizen_who_rates_cannot_be_cancelled_and_no_level_is_told(desk: Desk) -> None:
    desk.start("--invite")
    desk.house.terminal.submit(e.TapLevel(Level.VERY_DISSATISFIED)).result(5)
    refused = desk.run("visit", "cancel", "--reason", "x", "--json")
    assert refused.code == 1
    assert "[level_tapped]" in refused.words
    assert "dissatisfied" not in refused.out + refused.words + desk.run("state", "--json").out


def test_a_terminal_that_is_away_has_a_code_of_its_own(desk: Desk) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        done = desk.run("state", station=f"http://127.0.0.1:{nobody.getsockname()[1]}")
    assert done.code == 69
    assert done.words.startswith("the terminal does not answer (")


def test_what_is_no_station_is_away_too(desk: Desk) -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as other:
        thread = threading.Thread(daemon=True, target=other.handle_request)
        thread.start()
        assert desk.run("state", station=f"http://127.0.0.1:{other.server_port}").code == 69
        thread.join(20)


def test_a_busy_terminal_is_tried_again_and_then_owned_up_to(make_house: Callable[..., House], tmp_path: Path) -> None:
    desk = Desk(make_house(Limits(answer_s=0.05)), tmp_path)
    desk.house.terminal.hold_commits()
    unknown = desk.run("visit", "start", "--matter", "340100", "--case", "1", "--key", "k", "--wait", "0")
    assert unknown.code == 75
    assert "[unconfirmed]" in unknown.words
    assert desk.run("visit", "start", "--matter", "340100", "--case", "2", "--wait", "0.1").code == 75
    running = subprocess.Popen(
        desk.command("visit", "start", "--matter", "340100", "--case", "1", "--key", "k", "--wait", "50"),
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=desk.environment(), cwd=tmp_path,
    )  # fmt: skip
    desk.house.terminal.release()
    out, _ = running.communicate(timeout=60)
    assert running.returncode == 0
    assert out.strip() == desk.shown()["visit"]["visit_id"]


def test_a_token_that_is_not_accepted_or_not_there_is_told_apart(desk: Desk) -> None:
    other = desk.home / "other.key"
    other.write_text("wrong\n")
    assert desk.run("state", "--key-file", str(other)).code == 77
    missing = desk.run("state", "--token-file", str(desk.home / "none"))
    assert (missing.code, "cannot be read" in missing.words) == (78, True)
    other.write_bytes(b"\xff\n")
    assert desk.run("state", "--token-file", str(other)).code == 78
    other.write_text("two\nlines")
    assert desk.run("state", "--token-file", str(other)).code == 78


@pytest.mark.parametrize(
    "station", ["ftp://127.0.0.1", "127.0.0.1:7801", "http://127.0.0.1:x", "http://hall.example", "https://127.0.0.1"]
)
def test_an_address_that_gives_the_token_away_or_leads_nowhere_is_not_called(desk: Desk, station: str) -> None:
    assert desk.run("state", station=station).code == 78


@pytest.mark.parametrize("key", ["", "a b", "键", "x" * 129])
def test_a_key_that_is_none_is_not_sent(desk: Desk, key: str) -> None:
    assert desk.run("visit", "start", "--matter", "340100", "--case", "1", "--key", key).code == 78
    assert desk.house.terminal.kinds == []


def test_following_prints_each_change_and_comes_back_after_a_loss(desk: Desk) -> None:
    following = subprocess.Popen(
        desk.command("state", "--follow", "--json"), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env=desk.environment(), cwd=desk.home,
    )  # fmt: skip
    assert following.stdout is not None
    try:
        assert json.loads(following.stdout.readline())["state"] == "ready"
        desk.house.start()
        while (state := json.loads(following.stdout.readline()))["state"] != "serving":
            assert state["state"] == "ready"
        desk.house.begin_anew()
        assert json.loads(following.stdout.readline())["state"] == "serving"
    finally:
        following.kill()
        following.communicate()


def test_following_ends_when_nobody_reads_any_more(desk: Desk) -> None:
    following = subprocess.Popen(
        desk.command("state", "--follow"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=desk.environment(), cwd=desk.home,
    )  # fmt: skip
    assert following.stdout is not None
    assert following.stdout.readline().startswith("ready")
    following.stdout.close()

    def ended() -> bool:
        desk.house.terminal.show_unsent(desk.house.terminal.view().unsent + 1, 0)
        return following.poll() is not None

    eventually(ended)
    assert following.returncode == 0
    assert following.stderr is not None
    assert following.stderr.read() == ""
    following.stderr.close()


def test_nothing_heavy_is_loaded_for_it() -> None:
    heavy = {"PySide6", "litestar", "uvicorn", "msgspec", "requests", "asyncio", "cryptography", "apsw", "platformdirs"}
    code = f"import kiosk.__main__, kiosk.client.run, sys; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


def test_every_refusal_and_state_has_words_in_chinese() -> None:
    assert set(words.REFUSED) >= set(REFUSALS)
    assert set(words.STATES) == {str(state) for state in State}
    assert all(len(each) == len(words.LANGUAGES) for each in words.SAID.values())
    source = (ROOT / "kiosk/client/run.py").read_text("utf-8")
    assert all(f'"{name}"' in source for name in words.SAID)


def test_every_command_tells_its_exit_codes() -> None:
    for command in ("visit start", "visit invite", "visit cancel", "staff in", "staff out", *COMMANDS[2:]):
        done = subprocess.run(
            [sys.executable, "-m", "kiosk", *command.split(), "--help"], capture_output=True, text=True, timeout=60,
            check=True, cwd=ROOT, env={"COLUMNS": "300", "PYTHONIOENCODING": "utf-8", "PATH": ""},
        )  # fmt: skip
        assert CODES in done.stdout
