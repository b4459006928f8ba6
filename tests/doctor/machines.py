"""A machine on which everything is as it should be, told from memory: no test asks the one it runs on."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from kiosk.device.paths import Home, open_home
from kiosk.device.settings import Settings
from kiosk.doctor.patient import Patient
from kiosk.doctor.system import Said, System

NOW_S = 1_767_578_400.0  # Monday 2026-01-05, 10:00 in Beijing
SCREEN = {"name": "HDMI-1", "width": 1280, "height": 800, "inches": 10.1, "ours": True}
VOICE = {"kind": "voice", "engine": "speechd", "voices": {"zh-CN": "Mandarin", "en": "English"}, "sound": True}
TOUCH = """\
I: Bus=0019 Vendor=0000 Product=0001 Version=0000
N: Name="Power Button"
B: PROP=0
B: EV=3

I: Bus=0003 Vendor=0eef Product=0001 Version=0210
N: Name="eGalax Touch"
B: PROP=2
B: EV=b
B: ABS=6608000 1000003
"""
ROUTE = """\
Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT
eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
"""
MOUNTS = """\
21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
22 21 0:20 / /dev/shm rw - tmpfs tmpfs rw
"""
FILES = {
    "/proc/self/mountinfo": MOUNTS,
    "/proc/bus/input/devices": TOUCH,
    "/proc/net/route": ROUTE,
    "/proc/sys/kernel/core_pattern": "core\n",
}
COMMANDS = {
    "displays": Said(0, json.dumps({"displays": [SCREEN], "why": "it is the only one"})),
    "voice": Said(0, json.dumps(VOICE) + "\n"),
    "fc-list": Said(0, "Noto Sans CJK SC\n"),
    "timedatectl": Said(0, "yes\n"),
    "systemctl": Said(0, "enabled\n"),
    "busctl": Said(0, 's "ignore"\n'),
    "uwfmgr.exe": Said(1, ""),
    "w32tm.exe": Said(0, "time.windows.com\n"),
}


def refuse(*_: object) -> None:
    raise ConnectionRefusedError(111, "Connection refused")


def healthy(
    files: Mapping[str, str | None] = {}, commands: Mapping[str, Said | None] = {}, **changes: object
) -> System:  # fmt: skip
    """All is well, but for what is said here."""
    all_files: dict[str, str | None] = {**FILES, **files}
    all_commands: dict[str, Said | None] = {**COMMANDS, **commands}

    def run(command: Sequence[str], _limit_s: float) -> Said | None:
        return next((all_commands[word] for word in command if word in all_commands), None)

    told = System(
        platform="linux", run=run, read=all_files.get, exists=lambda path: path == "/run/systemd/system",
        user=lambda: 990, sync_ms=lambda _: 2.5, room_mib=lambda _: 40_000, offset_minutes=lambda: 480,
        wall_s=lambda: NOW_S, resolve=lambda _host, _port: ("192.0.2.7",), connect=lambda _host, _port: None,
        certificate_end=lambda *_: NOW_S + 200 * 86_400, digitizer=lambda: True,
        light=lambda: ("backlight",),
    )  # fmt: skip
    return replace(told, **changes)  # type: ignore[arg-type]


def patient(folder: Path, system: System, settings: Settings | None = None) -> Patient:
    """A home of its own, on such a machine."""
    home: Home = open_home(folder / "home")
    return Patient(home, settings or Settings(), system)
