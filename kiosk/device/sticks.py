"""USB sticks that are plugged in and can be written: where a system mounts them for its user."""

import os
import sys
from pathlib import Path

_REMOVABLE = 2
_PLACES = ("/media", "/run/media")


def sticks(places: tuple[str, ...] = _PLACES) -> list[Path]:
    """Their folders, in order; none where there are none."""
    if sys.platform == "win32":
        return _drives()
    found: list[Path] = []
    for place in map(Path, places):
        for pattern in ("*", "*/*"):
            found += [path for path in sorted(place.glob(pattern)) if _writable(path)]
    return found


def _writable(path: Path) -> bool:
    return os.path.ismount(path) and os.access(path, os.W_OK)


def _drives() -> list[Path]:
    if sys.platform != "win32":
        return []
    import ctypes

    return [
        Path(f"{letter}:\\") for letter in "DEFGHIJKLMNOPQRSTUVWXYZ"
        if ctypes.windll.kernel32.GetDriveTypeW(f"{letter}:\\") == _REMOVABLE
    ]  # fmt: skip
