"""Whether this machine's graphics card gave no picture, in a file of the home; and how Qt is told to do without."""

import os
import time
from pathlib import Path

import msgspec

from kiosk.core.renderer import NoPicture, stands
from kiosk.device.files import read_file, write_file

_LIMIT = 4096


def read_no_picture(path: Path) -> NoPicture | None:
    """What is remembered; None where nothing is, or nothing that can be read."""
    try:
        return msgspec.json.decode(read_file(path, _LIMIT), type=NoPicture)
    except (OSError, ValueError, msgspec.MsgspecError):
        return None


def choose_renderer(path: Path, version: str, told: bool) -> bool:
    """Before Qt is loaded: draw in software if `told` to, or if it is remembered that the card gives no picture.
    Whether it is so."""
    software = told or stands(read_no_picture(path), int(time.time()), version)
    if software:
        os.environ["QT_QUICK_BACKEND"] = "software"
    return software


def remember(path: Path, version: str, told: bool, software: bool) -> None:
    """There is a picture. `told`: the life before had none, so that this is news. One with the card ends it.

    Raises OSError.
    """
    if told:
        write_file(path, msgspec.json.encode(NoPicture(int(time.time()), version)))
    elif not software:
        path.unlink(missing_ok=True)
