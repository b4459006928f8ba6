"""What stands on the screen around the five levels: the number called, the way to the citizen's own phone, the pairing
of a PC. Pure functions, no Qt. The phone's link names no level, and is offered only while none was tapped.
"""

import zlib
from dataclasses import dataclass, field
from typing import Literal

from kiosk.core.situation import State
from kiosk.core.view import View
from kiosk.ui.qr import modules
from kiosk.ui.receipt_desk import DeskShown
from kiosk.ui.words import Words

PHONE_ERROR: Literal["l"] = "l"  # a screen has no scratches, and larger modules are read sooner


@dataclass(frozen=True, slots=True, kw_only=True)
class AroundShown(DeskShown):
    """Ready to show; empty where there is nothing. `phone_offered`: the citizen may ask for the code, or has it.
    `phone_modules`: of one side of the code, with its quiet zone."""

    called: str = ""
    phone_offered: bool = False
    phone_link: str = field(default="", repr=False)
    phone_key: str = ""
    phone_modules: int = 0


def phone_may(view: View) -> bool:
    """Whether anything of phones may stand on the screen now."""
    visit, state = view.situation.visit, view.situation.state
    untouched = visit is not None and visit.level is None and not visit.on_glass
    return state is State.HANDED_TO_PHONE or (state is State.INVITING and untouched)


def phone_shown(view: View) -> str:
    """The link that may stand on the screen now: none before its citizen has asked for it."""
    visit = view.situation.visit
    asked = visit is not None and visit.phone_asked_ms is not None
    return view.phone_link if asked and phone_may(view) else ""


def around_shown(view: View, words: Words, language: str) -> AroundShown:
    """What there is around the levels now."""
    link, called = phone_shown(view), view.situation.called
    shown = called if called and view.situation.state is State.READY else ""
    return AroundShown(
        called=words.text(language, "called.title", number=shown) if shown else "",
        phone_offered=view.phone_offered and phone_may(view),
        phone_link=link,
        phone_key=picture_key(link),
        phone_modules=len(modules(link, PHONE_ERROR)) if link else 0,
    )


def picture_key(text: str) -> str:
    """A short name for a picture's content, so that QML loads it anew exactly when it changed."""
    return f"{len(text):x}-{zlib.crc32(text.encode()):08x}" if text else ""
