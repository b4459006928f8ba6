"""Every function of the console and the key that does it, in one table; and how a global hot key is written."""

from collections.abc import Mapping
from dataclasses import dataclass

KEYS: Mapping[str, str] = {
    "settings": "F1",
    "start": "F2",
    "invite": "F3",
    "call": "F5",
    "pause": "F6",
    "cancel": "F7",
    "shift": "F8",
    "sign_out": "Ctrl+F8",
    "figures": "F9",
    "fold": "F12",
    "matter": "Ctrl+1",
    "case": "Ctrl+2",
    "times": "Ctrl+3",
    "accepted": "Ctrl+4",
    "completed": "Ctrl+5",
    "drop_slip": "Ctrl+6",
    "first": "Alt+1",
    "second": "Alt+2",
    "third": "Alt+3",
    "fourth": "Alt+4",
    "soon": "Alt+5",
    "later": "Alt+6",
    "much_later": "Alt+7",
    "on_top": "Ctrl+T",
    "large": "Ctrl+G",
    "language": "Ctrl+L",
    "hot_keys": "Ctrl+K",
}
HOT_KEYS: Mapping[str, str] = {
    "show": "Ctrl+Shift+F12",
    "start": "Ctrl+Shift+F2",
    "invite": "Ctrl+Shift+F3",
    "call": "Ctrl+Shift+F5",
    "pause": "Ctrl+Shift+F6",
}
"""What works while another program has the keyboard, unless `console.toml` says otherwise."""
_MODIFIERS = ("Ctrl", "Shift", "Alt", "Meta")


@dataclass(frozen=True, slots=True)
class Chord:
    """A key with its modifiers: a letter, a digit or F1 to F24."""

    modifiers: frozenset[str]
    key: str


def read_chord(text: str) -> Chord:
    """From `Ctrl+Shift+F2`. A letter or digit needs Ctrl, Alt or Meta, or no program could type it any more.

    Raises ValueError.
    """
    *before, key = (part.strip().capitalize() for part in text.split("+"))
    modifiers = frozenset(before)
    is_function = key[:1] == "F" and key[1:].isdecimal() and 1 <= int(key[1:]) <= 24
    is_plain = len(key) == 1 and key.isascii() and key.isalnum()
    if unknown := sorted(modifiers - set(_MODIFIERS)):
        raise ValueError(f"{text!r}: {unknown[0] or 'nothing'} is none of {', '.join(_MODIFIERS)}")
    if not (is_function or is_plain):
        raise ValueError(f"{text!r}: the key must be a letter, a digit or F1 to F24")
    if not modifiers or (is_plain and modifiers <= {"Shift"}):
        raise ValueError(f"{text!r} would be taken away from every other program; begin it with Ctrl+ or Alt+")
    return Chord(modifiers, key)
