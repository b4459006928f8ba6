"""What this Windows is, asked of its registry and its own programs. Nothing is changed here."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PureWindowsPath
from typing import Literal

from kiosk.device.write_filter import read_write_filter

_ASK_S = 20.0
_VERSION = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
WITH_DEVICE_LOCKDOWN = {
    "Enterprise", "EnterpriseN", "EnterpriseS", "EnterpriseSN", "Education", "EducationN", "IoTEnterprise",
    "IoTEnterpriseS", "IoTEnterpriseSK",
}  # fmt: skip
"""The editions (`EditionID`) that have Shell Launcher, Keyboard Filter and the Unified Write Filter."""

Run = Callable[[Sequence[str], float], "str | None"]
"""Run a command without input; its standard output, or None where it is not there, fails or takes too long."""

FilterState = Literal["none", "off", "excluded", "on", "unread", "by_sector"]
"""Of the write filter: `by_sector` is an old one, EWF or FBWF, from which no folder can be excluded for good."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the plan depends on. `home`, `program`: as Windows writes them, with a drive."""

    edition: str
    build: int
    write_filter: FilterState
    program: PureWindowsPath
    home: PureWindowsPath

    @property
    def has_device_lockdown(self) -> bool:
        """Whether another program than the desktop may be this account's shell."""
        return self.edition in WITH_DEVICE_LOCKDOWN


def look(program: PureWindowsPath, home: PureWindowsPath, run: Run) -> Facts:
    """Ask this machine. Raises OSError where it is no Windows that can be asked."""
    edition, build = _version()
    return Facts(edition, build, filter_state(home, run), program, home)


def filter_state(home: PureWindowsPath, run: Run) -> FilterState:
    """What a restart would do to the home."""
    said = run(["uwfmgr.exe", "get-config"], _ASK_S)
    if said is not None:
        return read_write_filter(said, str(home))
    for old in ("ewfmgr.exe", "fbwfmgr.exe"):
        if run(["where.exe", old], _ASK_S) is not None:
            return "by_sector"
    return "none"


def _version() -> tuple[str, int]:
    if sys.platform != "win32":
        raise OSError("this is no Windows")
    import winreg

    with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, _VERSION) as key:
        return str(winreg.QueryValueEx(key, "EditionID")[0]), int(winreg.QueryValueEx(key, "CurrentBuildNumber")[0])
