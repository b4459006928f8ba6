"""The terminal's window: first frame first, then everything else.

`run` puts the splash on the screen, and only when that frame was shown does it call `boot`, which may import and start
what is heavy. Nothing here knows what a visit is.
"""

import logging
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QSocketNotifier, Qt, QUrl, Slot
from PySide6.QtGui import QCloseEvent, QFont, QGuiApplication, QScreen
from PySide6.QtQml import QQmlComponent
from PySide6.QtQuick import QQuickItem, QQuickView

from kiosk.ui.keyboard import forget_typing, settle_keyboard
from kiosk.ui.loop import QtLoop
from kiosk.ui.messages import log_qt_messages
from kiosk.ui.words import Words, load_words

if TYPE_CHECKING:  # these cost half the time to the first frame, which needs none of them
    from kiosk.core.view import TerminalPort
    from kiosk.ui.screen_model import ScreenModel

    class BootedTerminal(TerminalPort, Protocol):
        """What `boot` gives: the terminal, and how to stop it."""

        def close(self) -> None:
            """Stop properly; called once, when the window has ended."""


QML = Path(__file__).parent / "qml"
FONTS = ["Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "sans-serif"]
EX_SOFTWARE = 70
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """How and where to show. `windowed`: size in pixels, or None for fullscreen; `screen`: its name, or None for the
    primary one; `diagonal_inches`: of the glass, or None to go by what the screen says; `language`: the home language;
    `scratch`: a folder that may be wiped at any time."""

    assets: Path
    scratch: Path
    windowed: tuple[int, int] | None = None
    screen: str | None = None
    diagonal_inches: float | None = None
    language: str = "zh-CN"


class SceneBroken(RuntimeError):
    """The QML does not load: a bug or a damaged installation."""


class KioskWindow(QQuickView):
    """The window of the terminal. Fullscreen, it cannot be closed by the one in front of it.

    It opens with nothing but a greeting; `raise_stage` brings the model and the pages, and what they import.
    """

    model: "ScreenModel"
    stage: QQuickItem

    def __init__(self, look: Look, words: Words) -> None:
        super().__init__()
        self._look, self._words = look, words
        self.setTitle(words.text(words.home, "splash.title"))
        self.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
        self.engine().addImportPath(str(QML))
        theme = self.engine().singletonInstance("Kiosk.Parts", "Theme")
        assert isinstance(theme, QObject), "the theme is in the QML module"
        screen = next(
            (s for s in QGuiApplication.screens() if s.name() == look.screen), QGuiApplication.primaryScreen()
        )
        self._place(screen, theme)
        greeting = {name: words.text(words.home, f"splash.{name}") for name in ("title", "text")}
        self.setInitialProperties(greeting)
        self.setSource(_page("First"))
        if self.status() is not QQuickView.Status.Ready:
            raise SceneBroken("; ".join(error.toString() for error in self.errors()))

    def raise_stage(self, post: Callable[[Callable[[], None]], None], mono_ms: Callable[[], int]) -> None:
        """Put the pages before the greeting, and the model behind them."""
        from kiosk.ui.pictures import Pictures
        from kiosk.ui.screen_model import ScreenModel

        self.model = ScreenModel(self._words, mono_ms, post, self._forget)
        self.model.setParent(self)  # a window deletes its scene before its children, so no binding outlives the model
        self.engine().addImageProvider("kiosk", Pictures(self.model, self._look.assets))
        component = QQmlComponent(self.engine(), _page("Main"))
        made = component.createWithInitialProperties(
            {"screen": self.model, "width": self.width(), "height": self.height()}
        )
        if not isinstance(made, QQuickItem):
            raise SceneBroken(component.errorString())
        self.stage = made
        self.stage.setParent(self.contentItem())
        self.stage.setParentItem(self.contentItem())
        self.rootObject().setVisible(False)

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

    def _forget(self) -> None:
        forget_typing()
        QGuiApplication.clipboard().clear()


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


def _page(name: str) -> QUrl:
    return QUrl.fromLocalFile(str(QML / "Kiosk" / "Screens" / f"{name}.qml"))


def prepare(look: Look) -> QGuiApplication:
    """The application object, with the keyboard, the fonts and the message log in place. Once a process."""
    settle_keyboard(look.scratch)
    app = QGuiApplication.instance() or QGuiApplication(["kiosk"])
    assert isinstance(app, QGuiApplication)
    log_qt_messages()
    font = QFont()
    font.setFamilies(FONTS)
    app.setFont(font)
    return app


def run(boot: Callable[[QtLoop], "BootedTerminal"], look: Look) -> int:
    """Show the terminal until it is told to end: SIGTERM, SIGINT, or its window closed on a desk. Gives the exit code.

    `boot` is called on the GUI thread after the first frame; what it returns is shown, and closed at the end.
    """
    app = prepare(look)
    loop = QtLoop()
    words = load_words(look.assets / "translations", look.language)
    window = KioskWindow(look, words)
    booted: list[BootedTerminal] = []

    def start() -> None:
        try:
            window.raise_stage(loop.post, lambda: time.monotonic_ns() // 1_000_000)
            booted.append(boot(loop))
            window.model.attach(booted[0])
        except Exception:  # whoever supervises us starts us again; a greeting for ever helps nobody
            _log.exception("the terminal did not start")
            app.exit(EX_SOFTWARE)

    first = _FirstFrame(window, start)
    restore = _end_on_signals(app)
    window.reveal()
    code = app.exec()
    restore()
    for terminal in booted:
        window.model.detach()
        terminal.close()
    window.close()
    del first
    return code


def _end_on_signals(app: QGuiApplication) -> Callable[[], None]:
    """End the event loop on SIGTERM and SIGINT. Python runs a handler only in Python, so a socket wakes Qt."""
    read, write = socket.socketpair()
    for end in (read, write):
        end.setblocking(False)
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)}
    old = signal.set_wakeup_fd(write.fileno(), warn_on_full_buffer=False)
    notifier = QSocketNotifier(read.fileno(), QSocketNotifier.Type.Read)
    # Not `quit`: that asks every window first, and a kiosk's window refuses to close.
    notifier.activated.connect(lambda *_: app.exit(0))

    def restore() -> None:
        notifier.setEnabled(False)
        signal.set_wakeup_fd(old)
        for number, handler in before.items():
            signal.signal(number, handler)
        read.close()
        write.close()

    return restore
