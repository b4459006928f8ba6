"""The checks of how the terminal looks after itself: its memory, with what it draws, and its screen by the hour."""

import time
from collections.abc import Iterator

import msgspec

from kiosk import __version__
from kiosk.core.renderer import TRY_AGAIN_S, stands
from kiosk.device.files import read_file
from kiosk.device.graphics import read_no_picture
from kiosk.doctor.finding import Note, ok, warning
from kiosk.doctor.patient import Patient
from kiosk.upkeep import read_renewed

_PAGE_KIB = 4
_RECENT_S = 7 * 24 * 3600
_PROFILE_LIMIT = 16 * 1024 * 1024


def memory(patient: Patient) -> Iterator[Note]:
    """How much the running terminal has, and whether it had to begin anew for it lately."""
    ceiling = patient.settings.memory.ceiling_mib
    renewed = read_renewed(patient.home)
    if renewed is not None and 0 <= patient.system.wall_s() - renewed.at_s < _RECENT_S:
        yield warning("memory.renewed", mib=renewed.resident_mib, at=_day(renewed.at_s), ceiling=ceiling)
        return
    status = patient.system.read(f"/proc/{patient.running.pid}/status") if patient.running.pid else None
    said = next((line.split() for line in (status or "").splitlines() if line.startswith("VmRSS:")), None)
    if said is None or not said[1].isdigit():
        yield ok("memory.unknown", ceiling=ceiling)
    elif ceiling and int(said[1]) // 1024 > ceiling:
        yield warning("memory.above", mib=int(said[1]) // 1024, ceiling=ceiling)
    else:
        yield ok("memory.ok", mib=int(said[1]) // 1024, ceiling=ceiling)


def graphics(patient: Patient) -> Iterator[Note]:
    """Whether the graphics card has given a picture."""
    found = read_no_picture(patient.home.graphics)
    if found is None or not stands(found, int(patient.system.wall_s()), __version__):
        yield ok("graphics.ok")
    else:
        yield warning("graphics.software", since=_day(found.since_s), until=_day(found.since_s + TRY_AGAIN_S))


class _Hours(msgspec.Struct):
    hours: list[dict[str, object]] = []
    mode: str = "window"


def screen_schedule(patient: Patient) -> Iterator[Note]:
    """When the screen is dark, how bright it is, and whether this machine lets its light be set at all."""
    glass = patient.settings.glass
    try:
        profile = msgspec.json.decode(read_file(patient.home.profile, _PROFILE_LIMIT), type=_Hours)
    except (OSError, ValueError, msgspec.MsgspecError):
        profile = _Hours()  # the check of the profile says what is wrong with it
    light = patient.system.light()
    if glass.brightness and "backlight" not in light:
        yield warning("screen_schedule.no_light", periods=len(glass.brightness))
    elif not glass.dark or not profile.hours or profile.mode == "self_service":
        yield ok("screen_schedule.never", shift=glass.shift_every_min)
    elif light:
        yield ok(
            "screen_schedule.ok", after=glass.dark_after_min, before=glass.wake_before_min, light=", ".join(light),
            shift=glass.shift_every_min,
        )  # fmt: skip
    else:
        yield ok("screen_schedule.black", after=glass.dark_after_min, before=glass.wake_before_min,
                 shift=glass.shift_every_min)  # fmt: skip


def _day(at_s: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at_s))
