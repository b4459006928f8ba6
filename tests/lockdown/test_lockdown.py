"""What is done to a Windows machine: the plan for every edition, and the hands that carry it out and take it back."""

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PureWindowsPath

import pytest

from kiosk.device.paths import assets_folder
from kiosk.lockdown import run as running
from kiosk.lockdown.facts import WITH_DEVICE_LOCKDOWN, Facts, FilterState, filter_state
from kiosk.lockdown.files import assigned_access, shell_launcher
from kiosk.lockdown.plan import Access, Command, Keys, Plan, Value, plan_for
from kiosk.lockdown.run import DONE, FAILED, REFUSED, RESTART, Hands, lock_down

PROGRAM = PureWindowsPath(r"C:\Program Files\Kiosk Terminal\kiosk.exe")
HOME = PureWindowsPath(r"C:\ProgramData\kiosk-terminal\home")
LTSC = Facts("IoTEnterpriseS", 19044, "none", PROGRAM, HOME)
PRO = replace(LTSC, edition="Professional")
STATE = """\
Current Session Settings
    FILTER SETTINGS
        Filter state:     ON
    VOLUME SETTINGS
        Volume C:  []
{excluded}
Next Session Settings
        Filter state:     OFF
"""


class Windows:
    """Registry and programs of a Windows that does as it is told. `broken`: the programs that fail."""

    def __init__(self, broken: Sequence[str] = (), answer: str = "done") -> None:
        self.values: dict[tuple[str, str], tuple[str, str]] = {}
        self.ran: list[tuple[str, ...]] = []
        self.access: dict[str, str] = {}
        self.broken = broken
        self.answer = answer
        self._task = ""

    def run(self, command: Sequence[str], _limit_s: float) -> str | None:
        self.ran.append(tuple(command))
        if command[0] in self.broken:
            return None
        match list(command):
            case ["reg.exe", "query", key, _, name]:
                held = self.values.get((key, name))
                return None if held is None else f"\r\n{key}\r\n    {name}    {held[0]}    {held[1]}\r\n\r\n"
            case ["reg.exe", "add", key, _, name, _, kind, _, value, _]:
                self.values[key, name] = (kind, hex(int(value, 0)) if kind == "REG_DWORD" else value)
            case ["reg.exe", "delete", key, _, name, _]:
                del self.values[key, name]
            case ["schtasks.exe", "/create", _, "kiosk-lockdown", *rest]:
                self._task = rest[-1].strip('"')
            case ["schtasks.exe", "/run", *_]:
                line = Path(self._task).read_text("utf-8")
                name = "ShellLauncher" if "-Property ShellLauncher" in line else "Configuration"
                self.access[name] = Path(self._task).with_name("content.xml").read_text("utf-8")
                Path(self._task).with_name("result.txt").write_text(self.answer, "utf-8")
        return ""


@pytest.mark.parametrize("edition", sorted(WITH_DEVICE_LOCKDOWN))
def test_an_edition_with_device_lockdown_gets_a_shell_of_its_own_and_blocked_keys(edition: str):
    plan = plan_for(replace(LTSC, edition=edition))
    assert [step.name for step in plan.steps if isinstance(step, Access)] == ["ShellLauncher"]
    assert any(isinstance(step, Keys) for step in plan.steps)
    assert plan.warnings == ()


def test_windows_pro_gets_assigned_access_and_is_told_what_it_lacks():
    plan = plan_for(PRO)
    assert [step.name for step in plan.steps if isinstance(step, Access)] == ["Configuration"]
    assert not any(isinstance(step, Keys) for step in plan.steps)
    assert "Ctrl+Alt+Del" in plan.warnings[0]


def test_a_home_edition_is_told_that_nothing_holds_it():
    plan = plan_for(replace(LTSC, edition="Core"))
    assert not any(isinstance(step, Access | Keys) for step in plan.steps)
    assert "leave it" in plan.warnings[0]


@pytest.mark.parametrize("state", ["by_sector", "unread"])
def test_where_a_restart_would_lose_ratings_nothing_is_done(state: FilterState, tmp_path: Path):
    plan = plan_for(replace(LTSC, write_filter=state))
    windows = Windows()
    assert (plan.steps, bool(plan.refusal)) == ((), True)
    assert hands(windows, tmp_path).apply(plan) == REFUSED
    assert windows.ran == []


def test_a_write_filter_is_told_to_leave_the_home_alone_before_anything_else():
    first = plan_for(replace(LTSC, write_filter="on")).steps[0]
    assert isinstance(first, Command)
    assert first.run == ("uwfmgr.exe", "file", "add-exclusion", str(HOME))
    assert first.restart


@pytest.mark.parametrize(
    ("excluded", "expected"),
    [("", "on"), ("            \\ProgramData\\kiosk-terminal", "excluded"), ("            \\ProgramData\\other", "on")],
)
def test_what_the_write_filter_says_of_the_home(excluded: str, expected: str):
    assert filter_state(HOME, lambda *_: STATE.format(excluded=excluded)) == expected


def test_an_older_filter_is_found_by_its_program():
    old = {"where.exe": "C:\\Windows\\System32\\ewfmgr.exe"}
    assert filter_state(HOME, lambda command, _: old.get(command[0])) == "by_sector"
    assert filter_state(HOME, lambda *_: None) == "none"


def hands(windows: Windows, folder: Path) -> Hands:
    return Hands(windows.run, assets_folder() / "lockdown", folder / "lockdown.json")


def test_what_was_applied_is_there_and_taken_back_leaves_the_machine_as_it_was(tmp_path: Path):
    windows = Windows()
    key = (r"HKLM\SYSTEM\CurrentControlSet\Control\Windows", "ErrorMode")
    windows.values[key] = ("REG_DWORD", "0x0")
    before = dict(windows.values)
    plan = plan_for(LTSC)
    assert hands(windows, tmp_path).apply(plan) == RESTART
    assert windows.values[key] == ("REG_DWORD", "0x2")
    assert len(windows.values) == sum(isinstance(step, Value) for step in plan.steps)
    assert windows.access["ShellLauncher"] == shell_launcher(PROGRAM, HOME)
    assert hands(windows, tmp_path).apply(plan) == RESTART, "again at the next start, and what was before stays known"
    assert hands(windows, tmp_path).undo(plan) == RESTART
    assert windows.values == before
    assert windows.access["ShellLauncher"] == ""
    assert not (tmp_path / "lockdown.json").exists()


def test_a_step_that_fails_is_said_and_the_others_still_happen(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    windows = Windows(broken=["powercfg.exe"])
    assert hands(windows, tmp_path).apply(plan_for(LTSC)) == FAILED
    said = capsys.readouterr().out
    assert "FAILED  no standby-timeout on mains" in said
    assert windows.values, "what comes after it was still done"
    assert "done  no memory dump" in said


def test_windows_own_refusal_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    windows = Windows(answer="failed: Access denied")
    assert hands(windows, tmp_path).apply(plan_for(PRO)) == FAILED
    assert "Access denied" in capsys.readouterr().out


def test_the_key_filter_may_wait_for_the_first_restart_only(tmp_path: Path):
    windows = Windows(broken=["powershell.exe"])
    plan = plan_for(LTSC)
    assert hands(windows, tmp_path).apply(plan) == RESTART
    assert hands(windows, tmp_path).apply(plan) == FAILED


def test_keys_that_this_windows_does_not_know_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    one = Hands(lambda *_: "unknown: Win+K\r\n", assets_folder() / "lockdown", tmp_path / "lockdown.json")
    assert one.apply(Plan((Keys("keys"),))) == RESTART
    assert "Win+K" in capsys.readouterr().out


@pytest.mark.parametrize("home", [HOME, PureWindowsPath(r"D:\政务 & 服务\home")])
def test_both_files_are_well_formed_and_start_the_supervisor_that_stays(home: PureWindowsPath):
    launcher = ElementTree.fromstring(shell_launcher(PROGRAM, home).encode())
    space = {"s": "http://schemas.microsoft.com/ShellLauncher/2018/Configuration"}
    shell = launcher.findall("s:Profiles/s:Profile/s:Shell", space)[0]
    assert shell.get("Shell") == f'"{PROGRAM}" --home "{home}" supervise'
    assert [one.get("ReturnCode") for one in shell.findall("s:ReturnCodeActions/s:ReturnCodeAction", space)] == ["79"]
    access = ElementTree.fromstring(assigned_access(PROGRAM, home).encode())
    space = {"a": "http://schemas.microsoft.com/AssignedAccess/2017/config"}
    app = access.findall(".//a:App", space)[0]
    assert app.get("DesktopAppPath") == str(PROGRAM)
    assert f'--home "{home}" supervise' in app.attrib.values()
    for root in (launcher, access):
        profiles = {one.get("Id") for one in root.iter() if one.tag.endswith("Profile") and one.get("Id")}
        assert len(profiles) == 1, "the account is given the profile that is defined"


def test_the_record_of_what_was_before_is_written_before_anything_is_changed(tmp_path: Path):
    windows = Windows()
    written: list[bool] = []

    def run(command: Sequence[str], limit_s: float) -> str | None:
        if command[:2] == ("reg.exe", "add"):
            written.append((tmp_path / "lockdown.json").exists())
        return windows.run(command, limit_s)

    Hands(run, assets_folder() / "lockdown", tmp_path / "lockdown.json").apply(plan_for(LTSC))
    assert written
    assert all(written)
    assert json.loads((tmp_path / "lockdown.json").read_text("utf-8"))


def test_here_it_says_that_this_is_no_windows(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert lock_down("plan", tmp_path, "en") == REFUSED
    assert "no Windows" in capsys.readouterr().out


def test_the_list_to_confirm_by_hand_has_as_many_points_in_both_languages(capsys: pytest.CaptureFixture[str]):
    counted = []
    for language in ("zh-CN", "en"):
        assert lock_down("list", Path("unused"), language) == DONE
        counted.append(capsys.readouterr().out.count("[ ]"))
    assert counted[0] == counted[1] > 10


def test_every_script_and_list_that_is_run_is_there():
    data = assets_folder() / "lockdown"
    keys = (data / "keys.txt").read_text("ascii").split("\n")
    assert len(set(keys)) == len(keys)
    assert {"assigned-access.ps1", "keyboard-filter.ps1"} <= {file.name for file in data.iterdir()}
    assert running._STEP_S > 60, "dism takes its time"
