"""A real central, a home enrolled with it, and the hall's technicians with their apps."""

import contextlib
import io
import subprocess
import time
from pathlib import Path
from typing import Any

from pyotp import TOTP

from kiosk.__main__ import main
from kiosk.core.entry import Draft, Kind
from kiosk.demo.programs import Central
from kiosk.device.clock import SystemClock
from kiosk.device.paths import Home, open_home
from kiosk.device.secrets import open_vault
from kiosk.device.settings import Secrets, Settings
from kiosk.enrolment import enroll_here
from kiosk.unit import new_id, open_journal

SETTINGS = Settings(secrets=Secrets(store="file"))


class Hall:
    """Central and the technicians `T1` and `T2`."""

    def __init__(self, folder: Path) -> None:
        self.central = Central(folder)
        self.code = str(self.central.sample["hall"])
        self.secrets = {number: str(self.issue(number)["secret"]) for number in ("T1", "T2")}

    def issue(self, number: str) -> Any:
        return self.central.ask(
            "POST", "/technicians", {"hall": self.code, "number": number, "name": f"技术员{number}"}
        )

    def one_time(self, number: str, ahead_s: int = 0) -> str:
        """What the app of this technician shows now, or will."""
        return TOTP(self.secrets[number]).at(time.time() + ahead_s)

    def enrolled(self, root: Path, window: str = "A01") -> Home:
        home = open_home(root)
        assert enroll_here(home, SETTINGS, self.central.url, self.central.code(window)) == 0
        return home

    def device(self, home: Home) -> Any:
        identity = home.identity.read_text("utf-8")
        return next(one for one in self.central.pages("/devices") if one["device_id"] in identity)


def record(home: Home, kind: str = Kind.VISIT_STARTED) -> None:
    """One entry of this kind, as the terminal would have made it."""
    clock = SystemClock()
    with open_journal(home, open_vault(home, "file", "file"), clock) as journal:
        journal.append(Draft(new_id(), kind, clock.wall_ms(), clock.mono_ms(), clock.boot_id(), "5" * 32))


def command(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """The command line, in this process."""
    said, wrong = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(wrong):
        code = main(list(arguments))
    return subprocess.CompletedProcess(arguments, code, said.getvalue(), wrong.getvalue())


def kiosk(home: Home, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The command line on this home."""
    return command("--home", str(home.root), *arguments)
