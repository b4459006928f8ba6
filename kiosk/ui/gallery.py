"""Every state of the screen as a picture: `python -m kiosk.ui.gallery OUTDIR [WxH ...]`. To be looked at."""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QElapsedTimer, QEventLoop, QTimer
from PySide6.QtGui import QGuiApplication

from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.core.situation import Situation, State
from kiosk.ui.loop import QtLoop
from kiosk.ui.rehearsal import STAFF, Rehearsal, sample_scene
from kiosk.ui.shell import KioskWindow, Look, prepare
from kiosk.ui.words import load_words

ASSETS = Path(__file__).parents[2] / "assets"
SIZES = ((1280, 800), (1080, 1920))


def settle(window: KioskWindow, ms: int = 450) -> None:
    """Let the scene come to rest: its slide and its dead time over, everything loaded."""
    loop, clock = QEventLoop(), QElapsedTimer()
    clock.start()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()
    window.update()
    QGuiApplication.processEvents()


def stages(terminal: Rehearsal, window: KioskWindow) -> Iterator[str]:
    """Walk one terminal through every state, naming each once it is on the screen."""

    def reach(name: str, *acts: Callable[[], object]) -> str:
        for act in acts:
            act()
        return name

    model = window.model
    yield reach("splash")
    yield reach("ready", terminal.start)
    yield reach("ready-nobody", lambda: terminal.submit(e.SignOut()))
    yield reach("serving", lambda: terminal.submit(e.SignIn(STAFF)), terminal.begin_visit)
    yield reach("inviting", terminal.invite)
    yield reach("explaining", lambda: model.tapLevel(Level.DISSATISFIED))
    yield reach("explaining-hint", model.submit)
    yield reach(
        "explaining-more", model.toggleMore, lambda: model.toggleReason("209"), lambda: model.toggleReason("212")
    )
    yield reach("comment", lambda: model.openPanel("comment"))
    yield reach("contact", lambda: model.openPanel("contact"))
    yield reach(
        "explaining-filled",
        lambda: model.openPanel(""),
        lambda: model.writeComment("窗口说材料不全，但没有说明缺哪一份，来回跑了两趟。"),
        lambda: model.writeContact("13805580178"),
    )
    yield reach("thanks", model.submit)
    yield reach("paused", model.leave, lambda: terminal.submit(e.Pause("away")))
    yield reach("closed", lambda: terminal.submit(e.Resume()), lambda: terminal.submit(e.HoursChanged(open=False)))
    yield reach("out_of_order", lambda: terminal.submit(e.Fault("journal")))
    yield reach("handed_to_phone", lambda: terminal.open_for(Situation(state=State.HANDED_TO_PHONE)))


def photograph(out: Path, size: tuple[int, int], language: str, scratch: Path) -> None:
    """Save every state at this size and in this language below `out`."""
    words = load_words(ASSETS / "translations")
    look = Look(ASSETS, scratch, windowed=size)
    terminal = Rehearsal(sample_scene(ASSETS))
    window = KioskWindow(look, words)
    window.furnish(QtLoop(), lambda: terminal.now_ms)
    window.model.attach(terminal)
    window.reveal()
    for name in stages(terminal, window):
        while window.model.shown.language != language:
            window.model.switchLanguage()
        settle(window)
        window.grabWindow().save(str(out / f"{name}-{size[0]}x{size[1]}-{language}.png"))
    window.close()


def main(arguments: list[str]) -> int:
    """See the module."""
    out = Path(arguments[0])
    out.mkdir(parents=True, exist_ok=True)
    sizes = [(int(w), int(h)) for w, h in (size.split("x") for size in arguments[1:])] or SIZES
    with tempfile.TemporaryDirectory() as scratch:
        prepare(Look(ASSETS, Path(scratch)))
        for size in sizes:
            for language in ("zh-CN", "en"):
                photograph(out, size, language, Path(scratch))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
