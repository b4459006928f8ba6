"""Every screen as a picture, to be looked at: `python -m kiosk.ui.gallery OUTDIR [WxH[@INCHES] ...] [--looks …]`.

Every stage in both languages and in each look asked for, and one contact sheet for each size and language, its rows the
stages and its columns the looks. `python3 build/dev.py gallery` makes them all.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QGuiApplication

from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.core.phone_link import PATH, TOKEN_LENGTH
from kiosk.core.receipt import receipt_code
from kiosk.core.situation import Situation
from kiosk.core.view import Earlier
from kiosk.ui.contact_sheet import Exposure, contact_sheet
from kiosk.ui.gallery_menu import menu_stages
from kiosk.ui.gallery_technician import technician_stages
from kiosk.ui.looks import NAMES, Looks
from kiosk.ui.loop import QtLoop
from kiosk.ui.rehearsal import STAFF, Rehearsal, hall_scene, sample_scene, sample_terms
from kiosk.ui.shell import KioskWindow, Look, prepare
from kiosk.ui.targets import press
from kiosk.ui.words import Words, load_words

ASSETS = Path(__file__).parents[2] / "assets"
SIZES = ("1280x800@10.1", "1080x1920@21.5")
LOOKS = ("", "large", "contrast")
COMMENT = "窗口说材料不全，但没有说明缺哪一份，来回跑了两趟。"
CONTACT = "13805580178"
PHONE_LINK = "https://pingjia.fuyang.example.cn" + PATH + "A" * TOKEN_LENGTH
RECEIPT = receipt_code("0" * 64).replace("-", "")
_SETTLE_MS = 420


@dataclass(frozen=True, slots=True)
class Glass:
    """A screen to draw for: pixels, and the diagonal in inches, or None for a guess."""

    width: int
    height: int
    inches: float | None

    @classmethod
    def read(cls, text: str) -> "Glass":
        """From `1280x800@10.1` or `1280x800`. Raises ValueError."""
        size, _, inches = text.partition("@")
        width, height = (int(side) for side in size.split("x"))
        return cls(width, height, float(inches) if inches else None)

    @property
    def name(self) -> str:
        """As it stands in the names of files."""
        return f"{self.width}x{self.height}" + (f"@{self.inches:g}" if self.inches else "")


def settle(window: KioskWindow, ms: int = _SETTLE_MS) -> None:
    """Let the scene come to rest: its slide and its dead time over, everything loaded."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()
    window.update()
    QGuiApplication.processEvents()


def stages(terminal: Rehearsal, window: KioskWindow) -> Iterator[str]:
    """Walk one terminal through every screen, naming each once it is there."""

    def reach(name: str, *acts: Callable[[], object]) -> str:
        for act in acts:
            act()
        return name

    model = window.model
    yield reach("splash")
    yield from _hall(terminal, window)
    yield reach("ready", terminal.start, lambda: terminal.submit(e.TermsChanged(sample_terms())))
    yield reach("ready-nobody", lambda: terminal.submit(e.SignOut()))
    yield reach("attract", lambda: terminal.submit(e.SignIn(STAFF)), model.rest)
    yield reach("attract-called", lambda: terminal.submit(e.CallNumber("A019")))
    yield reach("ready-called", model.wake)
    yield reach("languages", model.wake, lambda: model.openSheet("languages"))
    yield reach("assist", lambda: model.openSheet("assist"))
    yield from _receipts(terminal, window)
    model.openSheet("")
    yield from menu_stages(terminal, window)
    yield from technician_stages(terminal, window)
    yield reach("serving", lambda: model.openSheet(""), terminal.begin_visit)
    yield reach("inviting", terminal.invite)
    yield reach("inviting-offered", lambda: terminal.show(phone_offered=True, phone_link=PHONE_LINK))
    yield reach("inviting-phone", model.askForPhone)
    yield reach("handed_to_phone", model.handToPhone)
    yield reach("handed-without-code", lambda: terminal.show(phone_offered=False, phone_link=""))
    yield reach("privacy", model.takeBack, lambda: model.openSheet("privacy"))
    yield reach(
        "inviting-asking", lambda: model.openSheet(""), lambda: terminal.wait(terminal.situation.terms.inviting_ms)
    )
    yield reach("explaining", lambda: model.tapLevel(Level.DISSATISFIED))
    yield reach("explaining-hint", model.submit)
    yield reach(
        "explaining-more", model.toggleMore, lambda: model.toggleReason("209"), lambda: model.toggleReason("212")
    )
    yield reach("comment", lambda: model.openPanel("comment"))
    yield reach("comment-by-hand", lambda: press(window, "panel.method"))
    yield reach(
        "comment-asking",
        lambda: press(window, "panel.method"),
        lambda: terminal.wait(terminal.situation.terms.explaining_ms),
    )
    yield reach("contact", lambda: model.openPanel("contact"))
    yield reach(
        "explaining-filled",
        lambda: model.openPanel(""), lambda: model.writeComment(COMMENT), lambda: model.writeContact(CONTACT),
    )  # fmt: skip
    yield reach("thanks", model.submit)
    yield reach("paused-away", model.leave, lambda: terminal.submit(e.Pause("away", "10:40")))
    yield reach("paused-waiting", lambda: terminal.submit(e.Pause("waiting")))
    yield reach("paused-out-of-service", lambda: terminal.submit(e.Pause("out_of_service")))
    yield reach("closed", lambda: terminal.submit(e.Resume()), lambda: terminal.submit(e.HoursChanged(open=False)))
    yield reach("out_of_order", lambda: terminal.submit(e.Fault("journal")))


def _hall(terminal: Rehearsal, window: KioskWindow) -> Iterator[str]:
    """A tablet on a stand: the matter chosen, searched for, and a slip that is not of this hall."""
    model, window_scene, terms = window.model, terminal.scene, sample_terms()
    terminal.set_scene(hall_scene(ASSETS))
    terminal.start()
    terminal.submit(e.TermsChanged(replace(terms, self_start=True)))
    yield "matters"
    model.turnMatters(1)
    yield "matters-second"
    model.scan_heard("9787544270878")
    model.scan_ended()
    yield "matters-slip-unknown"
    terminal.submit(e.CallNumber("A019"))
    yield "matters-called"
    model.openSheet("search")
    yield "search"
    model.searchType("J")
    yield "search-found"
    model.openSheet("")
    terminal.situation = Situation()
    terminal.set_scene(window_scene)


def _receipts(terminal: Rehearsal, window: KioskWindow) -> Iterator[str]:
    """The earlier rating: its code asked for, found, and in the citizen's words."""
    terminal.answer = Earlier(
        "found", "2026-11-23T09:12:00Z", "answered", "您反映的材料清单问题已核实，窗口已补齐一次性告知单。", additions=1
    )
    model = window.model
    model.openSheet("receipt")
    for character in RECEIPT[:7]:
        model.deskType(character)
    yield "receipt"
    for character in RECEIPT[7:]:
        model.deskType(character)
    model.deskAsk()
    yield "receipt-answer"
    model.deskBegin("withdraw")
    model.deskGoOn()
    yield "receipt-withdraw"
    while model.shown.desk_step != "answer":
        model.deskBack()
    model.deskBegin("add")
    model.deskWrite("补充：第二次来时窗口已经有清单了。")
    yield "receipt-words"
    model.deskGoOn()
    yield "receipt-kept"


def photograph(
    out: Path,
    glass: Glass,
    language: str,
    looks: Sequence[Looks],
    words: Words,
    scratch: Path,
    only: Sequence[str] = (),
) -> None:
    """Save every stage on this glass and in this language below `out`, and their contact sheet. `only`: not every one,
    but those whose name begins with one of these."""
    look = Look(ASSETS, scratch, windowed=(glass.width, glass.height), diagonal_inches=glass.inches)
    exposures: list[Exposure] = []
    for each in looks:
        terminal = Rehearsal(sample_scene(ASSETS))
        window = KioskWindow(look, words)
        window.furnish(QtLoop(), terminal.mono_ms)
        window.model.attach(terminal)
        window.menu.attach(terminal)
        window.reveal()
        for stage in stages(terminal, window):
            if only and not stage.startswith(tuple(only)):
                QGuiApplication.processEvents()  # an answer on its way, without which the next stage is not reached
                continue
            _dress(window, language, each)
            settle(window)
            path = out / f"{stage}-{glass.name}-{language}{'-' if each.tag else ''}{each.tag.replace(' ', '+')}.png"
            picture = window.grabWindow()
            picture.save(str(path))
            exposures.append(Exposure(stage, each.tag or "ordinary", picture))
        window.model.detach()
        window.close()
    contact_sheet(exposures).save(str(out / _sheet_name(glass, language)))


def _sheet_name(glass: Glass, language: str) -> str:
    """Of the contact sheet: no stage's picture begins like that."""
    return f"_sheet-{glass.name}-{language}.png"


def _dress(window: KioskWindow, language: str, looks: Looks) -> None:
    model = window.model
    while model.shown.language != language:
        model.switchLanguage()
    for name in NAMES:
        if getattr(model.shown, name) != getattr(looks, name):
            model.toggleLook(name)


def main(arguments: Sequence[str]) -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="python -m kiosk.ui.gallery", description="Every screen as a picture.")
    parser.add_argument("out", type=Path)
    parser.add_argument("sizes", nargs="*", type=Glass.read, metavar="WxH[@INCHES]")
    parser.add_argument("--looks", nargs="*", default=LOOKS, metavar="NAME[+NAME]", help="'' is the ordinary one")
    parser.add_argument("--languages", nargs="*", default=("zh-CN", "en"))
    parser.add_argument("--stages", nargs="*", default=(), help="only those whose name begins so")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    words = load_words(ASSETS / "translations")
    looks = [_read_looks(text) for text in options.looks]
    with tempfile.TemporaryDirectory() as scratch:
        prepare(Look(ASSETS, Path(scratch)))
        for glass in options.sizes or [Glass.read(size) for size in SIZES]:
            for language in options.languages:
                photograph(options.out, glass, language, looks, words, Path(scratch), options.stages)
                print(f"{glass.name} {language}: {options.out / _sheet_name(glass, language)}", flush=True)
    return 0


def _read_looks(text: str) -> Looks:
    looks = Looks()
    for name in filter(None, text.split("+")):
        looks = looks.toggled(name)
    return looks


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
