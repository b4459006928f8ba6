"""The terminal's window: first frame first, then everything else.

`run` puts a threshold on the screen, and only when that frame was shown does it furnish the window with its pages and
call `boot`, which may import and start what is heavy. Nothing here knows what a visit is.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QClipboard, QCloseEvent, QFont, QGuiApplication, QKeyEvent, QScreen
from PySide6.QtQuick import QQuickView

from kiosk.core.view import CitizenPort
from kiosk.ui.ending import end_on_signals
from kiosk.ui.keyboard import forget_typing, settle_keyboard
from kiosk.ui.looks import ORDINARY, Looks
from kiosk.ui.loop import QtLoop
from kiosk.ui.messages import log_qt_messages
from kiosk.ui.pulse import Pulse
from kiosk.ui.words import Words, load_words

if TYPE_CHECKING:
    from kiosk.core.events import Seen
    from kiosk.core.voice import Voice
    from kiosk.ui.handwriting import Pen
    from kiosk.ui.key_walk import KeyWalker
    from kiosk.ui.screen_model import ScreenModel

QML = Path(__file__).parent / "qml"
FONTS = ["Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "sans-serif"]
EX_SOFTWARE = 70
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """How and where to show. `windowed`: size in pixels, or None for fullscreen; `screen`: its name, or None for the
    primary one; `diagonal_inches`: of the glass, or None to go by what the screen says; `language`: the home language;
    `home`: the ways of showing that each citizen finds; `prompts`: whether the hall's prompts are said; `scratch`: a
    folder that may be wiped at any time."""

    assets: Path
    scratch: Path
    windowed: tuple[int, int] | None = None
    screen: str | None = None
    diagonal_inches: float | None = None
    language: str = "zh-CN"
    home: Looks = ORDINARY


class SceneBroken(RuntimeError):
    """The QML does not load: a bug or a damaged installation."""


class BootedTerminal(CitizenPort, Protocol):
    """What `boot` gives: a terminal, and how to stop it."""

    def close(self) -> None:
        """Stop properly; called once, when the window has ended."""


class KioskWindow(QQuickView):
    """The window of the terminal: a threshold at first, then furnished with the pages. Fullscreen, it cannot be closed
    by the one in front of it."""

    model: "ScreenModel"
    pen: "Pen"

    def __init__(self, look: Look, words: Words) -> None:
        super().__init__()
        self._look, self._words = look, words
        self._walker: KeyWalker | None = None
        self.setTitle(words.text(words.home, "splash.title"))
        self.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
        self.engine().addImportPath(str(QML))
        theme = self.engine().singletonInstance("Kiosk.Parts", "Theme")
        assert isinstance(theme, QObject), "the theme is in the QML module"
        screen = next(
            (s for s in QGuiApplication.screens() if s.name() == look.screen), QGuiApplication.primaryScreen()
        )
        self._place(screen, theme)
        texts = {name: words.text(words.home, f"splash.{name}") for name in ("title", "text")}
        self._load("Threshold.qml", texts)

    def furnish(self, loop: QtLoop, mono_ms: Callable[[], int]) -> None:
        """Bring in the pages and the model behind them. `mono_ms`: the terminal's own monotonic milliseconds."""
        from kiosk.ui import ink  # noqa: F401 - a type that QML names
        from kiosk.ui.handwriting import Pen
        from kiosk.ui.key_walk import KeyWalker
        from kiosk.ui.layout import layout_digest
        from kiosk.ui.pictures import Pictures
        from kiosk.ui.screen_model import ScreenModel

        home, layout = self._look.home, layout_digest(QML)
        self.model = ScreenModel(self._words, mono_ms, loop.post, self._forget, home, layout)
        self.model.setParent(self)  # a window deletes its scene before its children, so no binding outlives the model
        self.pen = Pen(self)
        self.engine().addImageProvider("kiosk", Pictures(self.model, self._look.assets))
        self._load("Main.qml", {"screen": self.model, "pen": self.pen})
        self._walker = KeyWalker(self, self.rootObject(), self.model)

    def give_voice(self, voice: "Voice", **how: Any) -> None:
        """From now on what is shown is said, to whoever wants it. `how`: as `kiosk.ui.speaker.Speaker` takes it."""
        from kiosk.ui.speaker import Speaker

        Speaker(self, self.rootObject(), self.model, voice, **how).warm()

    def _load(self, name: str, properties: Mapping[str, object]) -> None:
        self.setInitialProperties(dict(properties))
        self.setSource(QUrl.fromLocalFile(str(QML / "Kiosk" / "Screens" / name)))
        if self.status() is not QQuickView.Status.Ready:
            raise SceneBroken("; ".join(error.toString() for error in self.errors()))

    def _place(self, screen: QScreen, theme: QObject) -> None:
        self.setScreen(screen)
        if self._look.windowed:
            self.resize(*self._look.windowed)
        else:
            self.setFlag(Qt.WindowType.FramelessWindowHint)
            self.setGeometry(screen.geometry())
            self.setCursor(Qt.CursorShape.BlankCursor)
        self.setColor("#F7F4EE")
        for name, value in (("width", self.width()), ("height", self.height())):
            theme.setProperty(name, value)
        theme.setProperty("diagonalInches", self._look.diagonal_inches or 0.0)

    def reveal(self) -> None:
        """Show it, over the whole screen unless windowed."""
        if self._look.windowed:
            self.show()
        else:
            self.showFullScreen()

    def closeEvent(self, event: QCloseEvent) -> None:
        """A kiosk stays; a window on a desk may be closed."""
        if self._look.windowed:
            event.accept()
        else:
            event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that are not for a field being written in walk the screen; none leads out of the program."""
        walker = self._walker
        if walker is None or walker.writes(event):
            super().keyPressEvent(event)
            if walker is None or event.isAccepted():
                return
            walker.take(event)
        elif not walker.take(event):
            super().keyPressEvent(event)

    def _forget(self) -> None:
        forget_typing()
        clipboard = QGuiApplication.clipboard()
        clipboard.clear()
        if clipboard.supportsSelection():
            clipboard.clear(QClipboard.Mode.Selection)


class Heart(Protocol):
    """Whoever wants to know that frames are painted."""

    def beat(self) -> None:
        """One was, or the window is not to be seen and the event loop turns."""

    def stop(self) -> None:
        """None will be, for the program ends."""


class _FirstFrame(QObject):
    """Calls once, on the GUI thread, after the first frame was shown."""

    def __init__(self, window: QQuickView, call: Callable[[], None]) -> None:
        super().__init__()
        self._window, self._call, self._told = window, call, False
        self._connection = window.frameSwapped.connect(self._shown, Qt.ConnectionType.QueuedConnection)

    @Slot()
    def _shown(self) -> None:
        """Frames that were queued before the disconnection still arrive; only the first counts."""
        if self._told:
            return
        self._told = True
        self._window.frameSwapped.disconnect(self._connection)
        self._call()


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
) -> int:
    """Show the terminal until it is told to end: SIGTERM, SIGINT, or its window closed on a desk. Gives the exit code.

    `boot` is called on the GUI thread after the first frame, with what stands on the screen before anyone has chosen
    anything; what it returns is shown, and closed at the end. If it raises, the exit code is 70. `mono_ms`: the
    monotonic milliseconds by which the terminal sets its deadlines; `voice`: makes what speaks, if anything does, once
    everything is there; `heart`: beats for each frame, where someone watches over this process.

    Raises WordsError where the words of the home language do not hold.
    """
    return _show(prepare(look), boot, look, mono_ms, voice, heart)


def _show(
    app: QGuiApplication,
    boot: "Callable[[QtLoop, Seen], BootedTerminal]",
    look: Look,
    mono_ms: Callable[[], int],
    voice: "Callable[[], Voice] | None",
    heart: "Heart | None",
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
        if voice is not None:
            voices.append(voice())
            window.give_voice(voices[0])

    first = _FirstFrame(window, start)
    if heart is not None:
        Pulse(window, heart.beat)
    restore = end_on_signals(app)
    window.reveal()
    code = app.exec()
    if heart is not None:
        heart.stop()
    loop.finish()  # a tap that was on its way when the end came is a tap
    restore()
    for terminal in booted:
        window.model.detach()
        terminal.close()
    for one in voices:
        one.close()
    window.close()
    del first
    return code
