"""A citizen's phone with an old browser: opens the link from the screen, keeps its cookie, sends the forms it is shown.
And the desk whose screen it reads the link from."""

import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, Literal

from kiosk.core.phone_link import PATH, LinkMalformed, read_token
from kiosk.demo.citizen import LEVELS
from kiosk.demo.programs import until
from tests.end_to_end.desk import Desk
from tests.end_to_end.telling_link import LINK

PageKind = Literal["begin", "level", "why", "thanks", "refused", "away"]
AGAIN_S = 6.0
"""How long a person waits for a code before touching again."""
_STEP = re.compile(r'name="step" value="(\w+)"')
_REASON = re.compile(r'name="reason" value="([^"]+)"')


@dataclass(frozen=True)
class Page:
    """What the phone shows. `away`: nobody answered; `refused`: a page on which nothing can be done."""

    kind: PageKind
    status: int = 0
    text: str = ""

    @property
    def reasons(self) -> list[str]:
        """The codes of the reasons on offer."""
        return _REASON.findall(self.text)


class Handset:
    """One phone with one link."""

    def __init__(self, link: str) -> None:
        self._link = link
        jar = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), jar)
        self.tapped: str | None = None

    def look(self) -> Page:
        """Open the page, or load it again."""
        return self._page(None)

    def begin(self) -> Page:
        """Press "begin"."""
        return self._send(step="begin")

    def tap(self, level: str) -> Page:
        """Tap one of the five. If that is taken, the page asks why, or thanks."""
        page = self._send(step="level", level="abcde"[LEVELS.index(level)])
        if page.kind in ("why", "thanks"):
            self.tapped = level
        return page

    def finish(self, reasons: Sequence[str] = ()) -> Page:
        """Send the reasons off."""
        return self._send(step="why", reason=list(reasons))

    def rate(self, level: str, begins_s: float = 0.0, thinks_s: float = 0.0) -> Page:
        """From the link to the thanks, with one reason; the page where that ended. The citizen takes so many seconds
        before beginning, and before tapping."""
        threading.Event().wait(begins_s)
        page = self.begin()
        if page.kind == "level":
            threading.Event().wait(thinks_s)
            page = self.tap(level)
        if page.kind == "why":
            page = self.finish(page.reasons[:1])
        return page

    def _send(self, **fields: Any) -> Page:
        return self._page(urllib.parse.urlencode(fields, doseq=True).encode("ascii"))

    def _page(self, form: bytes | None) -> Page:
        try:
            with self._opener.open(self._link, form, timeout=20.0) as answer:
                status, text = int(answer.status), answer.read().decode("utf-8")
        except urllib.error.HTTPError as fault:
            with fault:
                status, text = fault.code, fault.read().decode("utf-8", "replace")
        except (OSError, HTTPException):
            return Page("away")
        step = _STEP.search(text)
        if step is None:
            return Page("thanks" if 'class="receipt"' in text else "refused", status, text)
        kind = step.group(1)
        assert kind in ("begin", "level", "why"), kind
        return Page(kind, status, text)  # type: ignore[arg-type]


def give_a_code(desk: Desk) -> None:
    """Let the desk's terminal tell of its link; before it is started."""
    desk.terminal.module = "tests.end_to_end.telling_link"
    tell_of_code(desk)


def tell_of_code(desk: Desk) -> None:
    """The same for one whose module tells of it by itself."""
    desk.terminal.more[LINK] = str(_file(desk))


def link_of(desk: Desk, visit_id: str) -> str:
    """The link on the screen, once its citizen has touched for it and it is this visit's. One who touched before there
    was anything to touch does so again."""
    desk.citizen.ask_for_phone()
    touched = time.monotonic()

    def shown() -> str | None:
        nonlocal touched
        if time.monotonic() - touched > AGAIN_S and desk.terminal.state() == "inviting":
            desk.citizen.ask_again()
            touched = time.monotonic()
        try:
            link = _file(desk).read_text("ascii")
            return link if read_token(link.partition(PATH)[2])[0].visit_id == visit_id else None
        except (OSError, LinkMalformed):
            return None

    return str(until("a code for phones", shown, alive=desk.terminal.program))


def _file(desk: Desk) -> Path:
    return desk.terminal.home.parent / "link"
