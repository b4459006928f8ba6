"""Carries the plan out and takes it back, step by step; a step that fails is said and the others still happen.

What was in the registry before is kept in `lockdown.json` beside the home, so that taking the lock-down away leaves the
machine as it was found.
"""

import contextlib
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from kiosk.device.paths import assets_folder
from kiosk.lockdown.facts import Run, look
from kiosk.lockdown.plan import Access, Command, Keys, Plan, Step, Value, plan_for

_STEP_S = 300.0
_TASK = "kiosk-lockdown"
_TASK_S = 120.0
DONE, FAILED, REFUSED, RESTART = 0, 1, 2, 3010
"""3010 is what installers of Windows say for "done, and a restart is needed"."""


def lock_down(what: str, home: Path, language: str) -> int:
    """`kiosk lockdown plan|apply|undo|list`; the exit code."""
    if what == "list":
        name = "zh-CN" if language == "zh-CN" else "en"
        print((assets_folder() / "lockdown" / f"confirm.{name}.txt").read_text("utf-8"), end="")
        return DONE
    try:
        plan = plan_for(look(PureWindowsPath(sys.executable), PureWindowsPath(home), run_command))
    except OSError:
        print("This machine is no Windows: on Linux the package itself locks it down (docs/PACKAGES.md).")
        return REFUSED
    hands = Hands(run_command, assets_folder() / "lockdown", home.parent / "lockdown.json")
    return {"plan": _show, "apply": hands.apply, "undo": hands.undo}[what](plan)


def run_command(command: Sequence[str], limit_s: float = _STEP_S) -> str | None:
    """Its standard output; None where there is no such program, it failed or took too long."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=limit_s, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    accepted = (0, 3010)
    return done.stdout.decode("utf-8", "replace") if done.returncode in accepted else None


def _show(plan: Plan) -> int:
    _tell(plan)
    for step in plan.steps:
        print(f"  {step.words}\n      {' '.join(_shown(step))}")
    return REFUSED if plan.refusal else DONE


@dataclass(frozen=True, slots=True)
class Hands:
    """What carries steps out: `run` runs a program, `data` holds the scripts, `record` tells what was before."""

    run: Run
    data: Path
    record: Path

    def apply(self, plan: Plan) -> int:
        """All steps in order. 3010 if a restart is needed, 1 if a step failed, 2 if nothing may be done."""
        _tell(plan)
        if plan.refusal:
            return REFUSED
        first, before = not self.record.exists(), self._before()
        for step in plan.steps:
            if isinstance(step, Value):
                before.setdefault(_name_of(step), self._queried(step))
        self.record.write_text(json.dumps(before, indent=1), "utf-8")
        failed = [step for step in plan.steps if not self._told(step, self._do(step))]
        if first and all(isinstance(step, Keys) for step in failed):
            failed.clear()  # the feature is there from the next start on, and with it the task that does this again
        if failed:
            print(f"{len(failed)} of {len(plan.steps)} steps failed; run this again once their reason is mended.")
            return FAILED
        return RESTART if any(getattr(step, "restart", False) for step in plan.steps) else DONE

    def undo(self, plan: Plan) -> int:
        """The steps backwards; the exclusion from the write filter stays for as long as the home is there."""
        before = self._before()
        failed = [step for step in reversed(plan.steps) if not self._told(step, self._take_back(step, before))]
        if not failed:
            with contextlib.suppress(FileNotFoundError):
                self.record.unlink()
        return FAILED if failed else RESTART

    def _do(self, step: Step) -> bool:
        match step:
            case Command():
                return self.run(step.run, _STEP_S) is not None
            case Value():
                return self._set(step, step.kind, step.value)
            case Access():
                return self._as_system(step, step.xml)
            case Keys():
                return self._keys("Block")

    def _take_back(self, step: Step, before: dict[str, "list[str] | None"]) -> bool:
        match step:
            case Command():
                return not step.undo or self.run(step.undo, _STEP_S) is not None
            case Value():
                was = before.get(_name_of(step))
                if was:
                    return self._set(step, was[0], was[1])
                if self._queried(step) is None:
                    return True
                return self.run(("reg.exe", "delete", step.key, "/v", step.name, "/f"), _STEP_S) is not None
            case Access():
                return self._as_system(step, "")
            case Keys():
                return self._keys("Free")

    def _set(self, step: Value, kind: str, value: str) -> bool:
        command = ("reg.exe", "add", step.key, "/v", step.name, "/t", kind, "/d", value, "/f")
        return self.run(command, _STEP_S) is not None

    def _queried(self, step: Value) -> list[str] | None:
        """Kind and value as they are now; None where there is none."""
        said = self.run(("reg.exe", "query", step.key, "/v", step.name), _STEP_S) or ""
        found = re.search(rf"^\s*{re.escape(step.name)}\s+(REG_\w+)\s+(.*?)\s*$", said, re.MULTILINE)
        return [found[1], found[2]] if found else None

    def _keys(self, action: str) -> bool:
        arguments = ("-KeysFile", str(self.data / "keys.txt"), "-Action", action)
        said = self.run((*_script(self.data / "keyboard-filter.ps1"), *arguments), _STEP_S)
        for line in (said or "").splitlines():
            if line.startswith("unknown:"):
                print(f"    this Windows does not know the key {line.partition(':')[2].strip()}: try it by hand")
        return said is not None

    def _as_system(self, step: Access, xml: str) -> bool:
        """By a task of the account SYSTEM, which is started once and taken away."""
        with tempfile.TemporaryDirectory(prefix="kiosk-lockdown-") as folder:
            content, result, starter = (Path(folder, name) for name in ("content.xml", "result.txt", "run.cmd"))
            content.write_text(xml, "utf-8")
            script = _script(self.data / "assigned-access.ps1")
            arguments = ("-Property", step.name, "-XmlFile", str(content), "-ResultFile", str(result))
            line = subprocess.list2cmdline((*script, *arguments))  # in a file, for /tr takes 261 characters
            starter.write_text(f"{line}\r\n", "utf-8")
            when = ("/ru", "SYSTEM", "/sc", "ONCE", "/st", "00:00", "/f")
            made = ("schtasks.exe", "/create", "/tn", _TASK, *when, "/tr", f'"{starter}"')
            try:
                if self.run(made, _STEP_S) is None or self.run(("schtasks.exe", "/run", "/tn", _TASK), _STEP_S) is None:
                    return False
                said = _wait_for(result)
            finally:
                self.run(("schtasks.exe", "/delete", "/tn", _TASK, "/f"), _STEP_S)
        if said != "done":
            print(f"    {said or 'no answer within two minutes'}")
        return said == "done"

    def _before(self) -> dict[str, "list[str] | None"]:
        try:
            known: dict[str, list[str] | None] = json.loads(self.record.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        return known

    def _told(self, step: Step, done: bool) -> bool:
        print(f"  {'done' if done else 'FAILED'}  {step.words}")
        if not done:
            print(f"          {' '.join(_shown(step))}")
        return done


def _tell(plan: Plan) -> None:
    for words in (plan.refusal, *plan.warnings):
        if words:
            print(words)


def _shown(step: Step) -> Sequence[str]:
    match step:
        case Command():
            return step.run
        case Value():
            return (f"{step.key}\\{step.name}", "=", step.value)
        case Access():
            return ("MDM_AssignedAccess", step.name)
        case Keys():
            return ("WEKF_PredefinedKey", "keys.txt")


def _name_of(step: Value) -> str:
    return f"{step.key}\\{step.name}"


def _script(file: Path) -> tuple[str, ...]:
    return ("powershell.exe", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File", str(file))


def _wait_for(result: Path) -> str:
    """What the task wrote; empty if it wrote nothing in time."""
    end = time.monotonic() + _TASK_S
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if said := result.read_text("utf-8-sig", "replace").strip():
                return said
        time.sleep(0.2)
    return ""
