"""What the code on a queue slip says: the number, and perhaps the window, the matter and the case.

A hall tells how its slips are written by a template such as `{slip}|{window}|{matter}`; what stands between the names
stands so on the slip. Whoever prints slips for this terminal alone may use `USUAL`.
"""

import re
from dataclasses import dataclass

USUAL = "KQ1;{slip};{window};{matter};{case}"
NAMES = ("slip", "window", "matter", "case")
LENGTH_LIMIT = 256
_NAME = re.compile(r"\{([a-z]+)\}")


class SlipTemplateBroken(ValueError):
    """A template that reads nothing, or not in one way only; the message says why."""


@dataclass(frozen=True, slots=True)
class Slip:
    """What was read. Empty where the slip does not say."""

    slip: str
    window: str = ""
    matter: str = ""
    case: str = ""


def check_template(template: str) -> None:
    """Whether slips can be read by it; empty stands for `USUAL`.

    Raises SlipTemplateBroken.
    """
    parts = _NAME.split(template or USUAL)
    names, between = parts[1::2], parts[2:-1:2]
    if unknown := sorted(set(names) - set(NAMES)):
        raise SlipTemplateBroken(f"{{{unknown[0]}}} is none of {', '.join(NAMES)}")
    if "slip" not in names or len(set(names)) != len(names):
        raise SlipTemplateBroken("{slip} must stand in it, and each name once at most")
    if not all(between):
        raise SlipTemplateBroken("something must stand between two names, or nobody can tell them apart")


def read_slip(text: str, template: str = "") -> Slip | None:
    """What a scanned text says, or None if it is no slip of this hall. Reads in one pass, whatever the text."""
    text = text.strip()
    if len(text) > LENGTH_LIMIT or any(ord(character) < 32 for character in text):
        return None
    parts = _NAME.split(template or USUAL)
    if not text.startswith(parts[0]):
        return None
    rest, found = text[len(parts[0]) :], {}
    for name, after in zip(parts[1::2], parts[2::2], strict=True):
        value, separator, rest = rest.partition(after) if after else (rest, "", "")
        if after and not separator:
            return None
        found[name] = value.strip()
    number = found.get("slip", "")
    if rest or not number or len(number) > 16:
        return None
    return Slip(**{name: value for name, value in found.items() if name in NAMES})


def next_number(called: str) -> str:
    """The queue number after this one, as it is written: A009, A010. Empty where it ends in no digit."""
    digits = re.search(r"\d+$", called)
    if digits is None:
        return ""
    return called[: digits.start()] + str(int(digits[0]) + 1).zfill(len(digits[0]))
