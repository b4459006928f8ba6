"""What the terminal says, as text: pure functions of what is shown. No Qt.

Nothing here knows the level that was tapped: whoever stands by hears the same after each of the five.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from kiosk.ui.derive import Properties

Role = Literal["button", "choice", "switch", "field"]
_RECEIPT = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4})+")
_CODE = re.compile(r"[0-9A-Z]{1,12}")
_LONG_NUMBER = re.compile(r"\d{5,}")
_MASK = re.compile(r"[*•]+")
_ENDS = tuple("。！？；：.!?;:")


@dataclass(frozen=True, slots=True)
class Stop:
    """What the focus is on: its name, what it is, and whether it is chosen or on, where it can be."""

    name: str
    role: Role
    on: bool = False


def prompt(before: Properties, now: Properties) -> str:
    """The key of what the hall has said at this step, unasked; empty for none. Going back is no step."""
    if before.page == now.page:
        return ""
    match now.page:
        case "serving" if before.page in ("ready", "attract", "matters"):
            return "say.welcome"
        case "inviting" if before.page != "explaining":
            return "say.please_rate"
        case "thanks":
            return "say.thanks"
        case _:
            return ""


def guidance(shown: Properties) -> str:
    """What can be done here, beyond what is written here; empty where that says it all."""
    words = shown.words
    if shown.panel:
        return words["say.writing"]
    if shown.sheet:
        return ""
    if shown.asking:
        return words["say.any_key"]
    match shown.page:
        case "matters":
            return words["say.matters"].format(count=len(shown.matters))
        case "inviting":
            return words["say.levels"].format(levels=words["say.comma"].join(shown.level_labels))
        case "explaining":
            return words["say.reasons"].format(count=len(shown.reasons) + len(shown.local_reasons))
        case _:
            return ""


def stop_said(stop: Stop, words: Mapping[str, str]) -> str:
    """How something that can be pressed is called, with what it is and how it stands."""
    match stop.role:
        case "choice":
            key = "say.chosen" if stop.on else "say.not_chosen"
        case "switch":
            key = "say.is_on" if stop.on else "say.is_off"
        case "field":
            key = "say.field"
        case "button":
            key = "say.button"
    return words[key].format(name=stop.name)


def said(texts: Iterable[str], words: Mapping[str, str]) -> str:
    """One text after another, each a sentence of its own."""
    sentences = [sentence for text in texts if (sentence := speakable(text, words))]
    return "".join(one if one.endswith(_ENDS) else one + words["say.end"] for one in sentences)


def speakable(text: str, words: Mapping[str, str]) -> str:
    """As it is said: a receipt character by character in its groups, long numbers digit by digit, signs as pauses."""
    comma = words["say.comma"]
    text = " ".join(text.split()).replace("\u2013", words["say.to"])
    if _CODE.fullmatch(text):
        return " ".join(text)
    text = _RECEIPT.sub(lambda found: comma.join(" ".join(group) for group in found.group().split("-")), text)
    hidden = words["say.hidden"]
    text = _MASK.sub(f"{comma}{hidden}{comma}", text)
    text = _LONG_NUMBER.sub(lambda found: " ".join(found.group()), text)
    return text.replace(" · ", comma).strip()
