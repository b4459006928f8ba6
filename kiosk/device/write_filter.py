"""What `uwfmgr.exe get-config` says of a folder: whether Windows' Unified Write Filter throws it away at a restart."""

from typing import Literal


def read_write_filter(said: str, folder: str) -> Literal["off", "excluded", "on", "unread"]:
    """Of the session that runs now. `said`: what the program printed, which may be in two bytes a character."""
    now = [line.strip().lower() for line in said.replace("\0", "").partition("Next Session")[0].splitlines()]
    states = [line.partition(":")[2].strip() for line in now if line.startswith("filter state")]
    if not states:
        return "unread"
    if states[0] != "on":
        return "off"
    return "excluded" if _is_excluded(folder, now) else "on"


def _is_excluded(folder: str, lines: list[str]) -> bool:
    """Whether the folder, or one that it lies in, stands in the list; drive letters may be left out there."""
    wanted = folder.lower().replace("/", "\\")
    without_drive = wanted[2:] if wanted[1:2] == ":" else wanted
    named = [line.rstrip("\\") for line in lines if "\\" in line and not line.startswith("volume")]
    return any(path == line or path.startswith(f"{line}\\") for line in named for path in (wanted, without_drive))
