"""The terminal's window: first frame first, then everything else.

`run` puts a threshold on the screen, and only when that frame was shown does it furnish the window with its pages and
call `boot`, which may import and start what is heavy. Nothing here knows what a visit is.
"""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtQuick import QQuickView, QQuickWindow

from kiosk.ui.ending import end_on_signals
from kiosk.ui.keyboard import settle_keyboard
from kiosk.ui.loop import QtLoop
from kiosk.ui.messages import log_qt_messages
from kiosk.ui.presence import Presence
from kiosk.ui.pulse import Pulse
from kiosk.ui.window import KioskWindow, Look, SceneBroken
from kiosk.ui.words import load_words

if TYPE_CHECKING:
    from kiosk.core.events import Seen
    from kiosk.core.technician import TechnicianPort
    from kiosk.core.view import CitizenPort
    from kiosk.core.voice import Voice
    from kiosk.ui.upkeep import Means

    class BootedTerminal(CitizenPort, Protocol):
        """What `boot` gives: a terminal, whom to tell of the screen, and how to stop it."""

        @property
        def workbench(self) -> TechnicianPort:
            """What the technician's page asks."""

        def trouble(self, code: str, words: str | None) -> None:
            """Something for the technician by its code, or over (None)."""

        def close(self) -> None:
            """Stop properly; called once, when the window has ended."""


__all__ = ["KioskWindow", "Look", "SceneBroken", "prepare", "run"]

FONTS = ["Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "sans-serif"]
EX_SOFTWARE = 70
NO_FRAME_TURNS = 15
"""So many seconds of a loop that turns, with a window on the screen and no frame: the card gives no picture."""
EX_LEFT = 79
"""A technician has ended the program: nobody is to start it again by himself."""
_log = logging.getLogger(__name__)


class Heart(Protocol):
    """Whoever wants to know that frames are painted."""

    def beat(self) -> None:
        """One was."""

    def turn(self) -> None:
        """None was, for the window is not to be seen; the event loop turns."""

    def stop(self) -> None:
        """None will be, for the program ends."""


class _FirstFrame(QObject):
    """Calls once, on the GUI thread, after the first frame was shown, or when there will be none for now."""

    def __init__(self, window: QQuickView, call: Callable[[], None]) -> None:
        super().__init__()
        self._window, self._call, self._told, self._turns = window, call, False, 0
        self._connection = window.frameSwapped.connect(self._shown, Qt.ConnectionType.QueuedConnection)
        window.sceneGraphError.connect(self._broken)  # unheard, Qt ends the process
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._turned)
        self._timer.start(1000)

    def none(self) -> None:
        """The window is not to be seen."""
        if not self._told:
            QTimer.singleShot(0, self._shown)

    @Slot()
    def _shown(self) -> None:
        """Frames that were queued before the disconnection still arrive; only the first counts."""
        if self._told:
            return
        self._told = True
        self._timer.stop()
        self._window.frameSwapped.disconnect(self._connection)
        self._call()

    @Slot()
    def _turned(self) -> None:
        """Counts turns of the loop and not seconds: whoever is slow to draw its first frame is not blind."""
        self._turns += self._window.isExposed()
        if self._turns >= NO_FRAME_TURNS:
            self._timer.stop()
            self._give_up(f"no first frame in {NO_FRAME_TURNS} s")

    @Slot(QQuickWindow.SceneGraphError, str)
    def _broken(self, _error: QQuickWindow.SceneGraphError, words: str) -> None:
        self._give_up(words)

    def _give_up(self, why: str) -> None:
        _log.error("the graphics card gives no picture: %s", why)
        from kiosk.core.supervision import EX_NO_PICTURE

        app = QGuiApplication.instance()
        assert app is not None
        app.exit(EX_NO_PICTURE)


def prepare(look: Look) -> QGuiApplication:
    """The application object, with the keyboard, the fonts and the message log in place. Once a process."""
    settle_keyboard(look.scratch)
    app = QGuiApplication.instance() or QGuiApplication(["kiosk"])
    assert isinstance(app, QGuiApplication)
    log_qt_messages()
    # The pad wants every point of a stroke; the X platform has turned this on while the application was made.
    app.setAttribute(Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents, False)
    font = QFont()
    font.setFamilies(FONTS)
    app.setFont(font)
    return app


def run(
    boot: "Callable[[QtLoop, Seen], BootedTerminal]",
    look: Look,
    mono_ms: Callable[[], int],
    voice: "Callable[[], Voice] | None" = None,
    heart: "Heart | None" = None,
    means: "Callable[[str, Callable[[int], None]], Means] | None" = None,
) -> int:
    """Show the terminal until it is told to end: SIGTERM, SIGINT, or its window closed on a desk. Gives the exit code.

    `boot` is called on the GUI thread after the first frame, with what stands on the screen before anyone has chosen
    anything; what it returns is shown, and closed at the end. If it raises, the exit code is 70. `mono_ms`: the
    monotonic milliseconds by which the terminal sets its deadlines; `voice`: makes what speaks, if anything does, once
    everything is there; `heart`: beats for each frame, where someone watches over this process. `means`: of
    looking after itself, made once everything is there from Qt's name of the window system and what ends this life.

    Raises WordsError where the words of the home language do not hold.
    """
    return _show(prepare(look), boot, look, mono_ms, voice, heart, means)


def _show(
    app: QGuiApplication,
    boot: "Callable[[QtLoop, Seen], BootedTerminal]",
    look: Look,
    mono_ms: Callable[[], int],
    voice: "Callable[[], Voice] | None",
    heart: "Heart | None",
    means: "Callable[[str, Callable[[int], None]], Means] | None",
) -> int:
    """The window and its scene live in here, and so end before the application does."""
    loop = QtLoop()
    words = load_words(look.assets / "translations", look.language, lambda why: _log.error("a language less: %s", why))
    window = KioskWindow(look, words)
    booted: list[BootedTerminal] = []
    voices: list[Voice] = []

    def start() -> None:
        try:
            window.furnish(loop, mono_ms)
            terminal = boot(loop, window.model.seen())  # of nobody yet: how the hall has set it
        except Exception:  # a splash that never ends would serve nobody; whoever watches over us starts us again
            _log.exception("the terminal cannot start")
            app.exit(EX_SOFTWARE)
            return
        booted.append(terminal)
        window.model.attach(terminal)
        window.menu.attach(terminal)
        window.technician.attach(terminal, terminal.workbench)
        presence.attach(terminal.trouble)
        terminal.watch(presence.see)  # after the model, so that what comes to the front is never a page of before
        presence.see(terminal.view())
        if means is not None:
            window.upkeep.begin(means(app.platformName(), app.exit))
            terminal.watch(window.upkeep.see)
            window.upkeep.see(terminal.view())
        if voice is not None:
            voices.append(voice())
            window.give_voice(voices[0])

    first = _FirstFrame(window, start)
    if heart is not None:
        Pulse(window, heart.beat, heart.turn)
    presence = Presence(
        window, look.wish, lambda: look.foreground(app.platformName()), look.behind, first.none
    )  # fmt: skip
    restore = end_on_signals(app)
    app.setQuitOnLastWindowClosed(False)  # a window that is hidden is not closed
    window.left = lambda: app.exit(0)
    window.menu_left = lambda: app.exit(EX_LEFT)
    presence.changed()
    code = app.exec()
    if heart is not None:
        heart.stop()
    presence.end()
    if booted:
        window.upkeep.end()
    loop.finish()  # a tap that was on its way when the end came is a tap
    restore()
    for terminal in booted:
        window.model.detach()
        window.technician.detach()
        window.menu.detach()
        terminal.close()
    for one in voices:
        one.close()
    window.close()
    del first
    return code
