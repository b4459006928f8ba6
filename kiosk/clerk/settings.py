"""What a technician may write for the console (`console.toml`), and what the console remembers by itself
(`console.json`): its place, its looks, the matters served last. Nothing of a visit, of a citizen or of a PIN.
"""

import logging
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from kiosk.clerk.keys import HOT_KEYS, Chord, read_chord

SETTINGS_FILE = "console.toml"
MEMORY_FILE = "console.json"
_log = logging.getLogger(__name__)


class SettingsRefused(ValueError):
    """The settings do not hold; the message says where and why, for the technician."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`console.toml`. `hot_keys`: false for none at all. `keys`: other hot keys than the usual, empty for none.
    `card_prefixes`: what stands before the staff number on a card."""

    hot_keys: bool = True
    keys: dict[str, str] = {}
    card_prefixes: tuple[str, ...] = ()

    def chords(self) -> Mapping[str, Chord]:
        """The hot key of each function that has one. Raises SettingsRefused."""
        if unknown := sorted(self.keys.keys() - HOT_KEYS.keys()):
            raise SettingsRefused(f"keys.{unknown[0]}: there is only {', '.join(HOT_KEYS)}")
        found: dict[str, Chord] = {}
        for name, text in {**HOT_KEYS, **self.keys}.items():
            if not text:
                continue
            try:
                chord = read_chord(text)
            except ValueError as fault:
                raise SettingsRefused(f"keys.{name}: {fault}") from fault
            if twice := next((one for one, taken in found.items() if taken == chord), None):
                raise SettingsRefused(f"keys.{name}: {text} is {twice}'s")
            found[name] = chord
        return found

    def names(self) -> Mapping[str, str]:
        """The hot key of each function, as it is written; without those that have none."""
        return {name: text for name, text in {**HOT_KEYS, **self.keys}.items() if text}


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """`console.json`. `place`: x and y of the frame, width and height when unfolded; None before it was ever shown."""

    place: tuple[int, int, int, int] | None = None
    folded: bool = False
    on_top: bool = False
    large: bool = False
    hot_keys: bool = True
    language: str = ""
    recent: tuple[str, ...] = ()


def read_settings(folder: Path) -> Settings:
    """The settings in this folder, checked as a whole; the usual ones where there is no file.

    Raises SettingsRefused.
    """
    path = folder / SETTINGS_FILE
    try:
        found = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Settings)
        found.chords()
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as fault:  # msgspec's and tomllib's are ValueErrors, and so is a wrong encoding
        raise SettingsRefused(f"{path}: {fault}") from fault
    return found


def recall(folder: Path) -> Memory:
    """What was remembered. What cannot be read is forgotten, with a line in the log: it is worth no trouble."""
    path = folder / MEMORY_FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=Memory)
    except FileNotFoundError:
        return Memory()
    except (OSError, ValueError) as fault:
        _log.warning("what the console remembered cannot be read, it begins anew: %s: %s", path, fault)
        return Memory()


def remember(folder: Path, memory: Memory) -> None:
    """Keep it for the next start, whole or not at all. A disk that refuses is told to the log and harms nothing."""
    path = folder / MEMORY_FILE
    half = path.with_suffix(".new")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        half.write_bytes(msgspec.json.format(msgspec.json.encode(memory)))
        os.replace(half, path)
    except OSError as fault:
        _log.warning("the console's place cannot be remembered: %s", fault)
