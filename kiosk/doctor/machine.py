"""The checks of the machine itself: what a citizen sees, touches and hears, its clock, and how it is locked down."""

import json
import re
from collections.abc import Iterator

from kiosk.doctor.finding import Note, failed, ok, warning
from kiosk.doctor.patient import Patient, command_line
from kiosk.doctor.system import this_program

CHILD_S = 12.0
"""A child of ours that asks Qt about screens or voices gets so long."""
ASK_S = 5.0
LEAST_WIDTH, LEAST_HEIGHT = 1024, 600
_SERVICE = "kiosk-terminal.service"
_EX_UNAVAILABLE = 69
_HALLS_MINUTES = 8 * 60
_ABS_X, _ABS_MT_X, _DIRECT = 1 << 0, 1 << 0x35, 1 << 1


def screen(patient: Patient) -> Iterator[Note]:
    """Which screen is ours, asked of Qt in a child, for Qt ends the process where it reaches none."""
    said = patient.system.run(this_program("--home", str(patient.home.root), "displays", "--json"), CHILD_S)
    try:
        told = json.loads(said.words) if said is not None and said.code in (0, 1) else None
        if told is None:
            yield warning("screen.unreached")
            return
        ours = next((one for one in told["displays"] if one["ours"]), None)
        if ours is None:
            yield failed("screen.missing", why=told["why"])
            return
        values = {
            "name": ours["name"], "width": ours["width"], "height": ours["height"], "inches": ours["inches"],
            "why": told["why"],
        }  # fmt: skip
    except (ValueError, KeyError, TypeError):
        yield warning("screen.unreached")
        return
    if max(values["width"], values["height"]) < LEAST_WIDTH or min(values["width"], values["height"]) < LEAST_HEIGHT:
        yield warning("screen.small", least=f"{LEAST_WIDTH}x{LEAST_HEIGHT}", **values)
    else:
        yield ok("screen.ok", **values)


def touch(patient: Patient) -> Iterator[Note]:
    """Whether a finger reaches the program."""
    if patient.system.platform == "win32":
        found = ["Windows"] if patient.system.digitizer() else []
    else:
        text = patient.system.read("/proc/bus/input/devices")
        if text is None:
            yield warning("touch.unknown")
            return
        found = touch_devices(text)
    yield ok("touch.ok", names=", ".join(found)) if found else warning("touch.none")


def touch_devices(text: str) -> list[str]:
    """The names of those in `/proc/bus/input/devices` that are touched on the glass itself: direct, with a place."""
    found = []
    for block in text.split("\n\n"):
        name = re.search(r'^N: Name="(.*)"$', block, re.MULTILINE)
        direct = re.search(r"^B: PROP=(?:.* )?([0-9a-f]+)$", block, re.MULTILINE)
        places = re.search(r"^B: ABS=(?:.* )?([0-9a-f]+)$", block, re.MULTILINE)
        if name and direct and places and int(direct[1], 16) & _DIRECT and int(places[1], 16) & (_ABS_X | _ABS_MT_X):
            found.append(name[1])
    return found


def voice(patient: Patient) -> Iterator[Note]:
    """Whether the terminal can speak each language, and be heard."""
    if not patient.settings.speech.enabled:
        yield ok("speech.off")
        return
    prefer = patient.settings.speech.voice
    command = this_program("voice", *(["--prefer", prefer] if prefer else []))
    said = patient.system.run(command, CHILD_S)
    try:
        told = json.loads((said.words if said is not None else "").splitlines()[0])
        kind, engine, sound = str(told["kind"]), str(told["engine"]), bool(told["sound"])
        voices = {str(language): str(name) for language, name in told["voices"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        kind, engine, sound, voices = "none", "", False, {}
    if kind == "voice":
        mute = ", ".join(language for language, name in voices.items() if not name)
        names = ", ".join(f"{language}: {name}" for language, name in voices.items() if name)
        if mute:
            yield warning("speech.some", engine=engine, names=names, mute=mute)
        else:
            yield ok("speech.ok", engine=engine, names=names)
    elif kind == "chime":
        yield warning("speech.chime")
    else:
        yield warning("speech.none")
    yield ok("sound.ok") if sound else warning("sound.none")


def font(patient: Patient) -> Iterator[Note]:
    """Whether Chinese is drawn as Chinese."""
    if patient.system.platform == "win32":
        yield ok("font.windows")
        return
    said = patient.system.run(["fc-list", ":lang=zh", "family"], ASK_S)
    if said is None or said.code != 0:
        yield warning("font.unknown")
        return
    families = sorted(line.partition(",")[0].strip() for line in said.words.splitlines() if line.strip())
    yield ok("font.ok", name=families[0]) if families else failed("font.none")


def clock_source(patient: Patient) -> Iterator[Note]:
    """Whether something keeps this machine's clock right."""
    if patient.system.platform == "win32":
        said = patient.system.run(["w32tm.exe", "/query", "/source"], ASK_S)
        if said is None or said.code != 0:
            yield warning("clock_source.none")
        else:
            yield ok("clock_source.ok")
        return
    said = patient.system.run(["timedatectl", "show", "--property=NTPSynchronized", "--value"], ASK_S)
    answer = said.words.strip() if said is not None and said.code == 0 else ""
    if answer == "yes":
        yield ok("clock_source.ok")
    elif answer == "no":
        yield warning("clock_source.none")
    else:
        yield ok("clock_source.unknown")


def time_zone(patient: Patient) -> Iterator[Note]:
    """Hours of the hall are local time."""
    ahead = patient.system.offset_minutes()
    shown = f"UTC{'-' if ahead < 0 else '+'}{abs(ahead) // 60:02}:{abs(ahead) % 60:02}"
    yield ok("time_zone.ok", shown=shown) if ahead == _HALLS_MINUTES else warning("time_zone.other", shown=shown)


def account(patient: Patient) -> Iterator[Note]:
    """A terminal that may do everything is no locked-down terminal."""
    yield warning("account.root") if patient.system.user() == 0 else ok("account.ok")


def service(patient: Patient) -> Iterator[Note]:
    """Whether the terminal comes up with the machine."""
    if patient.system.platform == "win32" or not patient.system.exists("/run/systemd/system"):
        yield ok("service.unknown")
        return
    said = patient.system.run(["systemctl", "is-enabled", _SERVICE], ASK_S)
    state = said.words.strip() if said is not None else ""
    if state == "enabled":
        yield ok("service.ok", unit=_SERVICE)
    elif state in ("", "not-found"):
        yield warning("service.none", unit=_SERVICE)
    else:
        yield warning("service.disabled", unit=_SERVICE, state=state)


def core_dumps(patient: Patient) -> Iterator[Note]:
    """Whether a crash would leave the memory, and with it what a citizen wrote, on the disk."""
    if patient.system.platform == "win32":
        return
    pid = patient.running.pid
    limits = patient.system.read(f"/proc/{pid}/limits") if pid else None
    found = re.search(r"^Max core file size\s+(\S+)", limits or "", re.MULTILINE)
    if found and found[1] != "0":
        yield warning("core_dumps.on", pid=pid)
    elif (pattern := (patient.system.read("/proc/sys/kernel/core_pattern") or "").strip()).startswith("|") and (
        "systemd-coredump" not in pattern
    ):
        yield warning("core_dumps.piped", program=pattern[1:].split(" ")[0])
    else:
        yield ok("core_dumps.off")


def sleep(patient: Patient) -> Iterator[Note]:
    """Whether the machine may go to sleep by itself; nothing is said where nobody knows."""
    if patient.system.platform == "win32" or not patient.system.exists("/run/systemd/system"):
        return
    said = patient.system.run(
        ["busctl", "get-property", "org.freedesktop.login1", "/org/freedesktop/login1",
         "org.freedesktop.login1.Manager", "IdleAction"], ASK_S,
    )  # fmt: skip
    if said is None or said.code != 0:
        return
    action = said.words.strip().removeprefix("s ").strip('"')
    yield ok("power.ok") if action in ("ignore", "lock") else warning("power.sleeps", action=action)


def terminal(patient: Patient) -> Iterator[Note]:
    """Whether it runs, and whether somebody watches over it."""
    running = patient.running
    if not running.runs:
        yield warning("terminal.stopped")
        return
    yield ok("terminal.ok", pid=running.pid)
    status = patient.system.read(f"/proc/{running.pid}/status") if running.pid else None
    parent = re.search(r"^PPid:\s+(\d+)", status or "", re.MULTILINE)
    if parent is None:
        return
    watched = "supervise" in command_line(patient.system, int(parent[1]))
    yield ok("supervisor.ok", pid=parent[1]) if watched else warning("supervisor.none")
