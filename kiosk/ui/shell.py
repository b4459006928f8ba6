"""The terminal's window: first frame first, then everything else.

`run` puts a threshold on the screen, and only when that frame was shown does it furnish the window with its pages and
call `boot`, which may import and start what is heavy. Nothing here knows what a visit is.
"""

import logging
import signal
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QSocketNotifier, Qt, QUrl, Slot
from PySide6.QtGui import QClipboard, QCloseEvent, QFont, QGuiApplication, QScreen
from PySide6.QtQuick import QQuickView

from kiosk.ui.keyboard import forget_typing, settle_keyboard
from kiosk.ui.loop import QtLoop
from kiosk.ui.messages import log_qt_messages
from kiosk.ui.words import Words, load_words

if TYPE_CHECKING:
    from concurrent.futures import Future

    from kiosk.core.events import Event
    from kiosk.core.view import Accepted, Earlier, Refused, View
    from kiosk.ui.screen_model import ScreenModel

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


class BootedTerminal(Protocol):
    """What `boot` gives: a terminal as in `kiosk.core.view.CitizenPort`, and how to stop it."""

    def submit(self, event: "Event") -> "Future[Accepted | Refused]":
        """See TerminalPort."""

    def view(self) -> "View":
        """See TerminalPort."""

    def watch(self, callback: "Callable[[View], None]") -> Callable[[], None]:
        """See TerminalPort."""

    def earlier(self, receipt: str) -> "Future[Earlier]":
        """See CitizenPort."""

    def close(self) -> None:
        """Stop properly; called once, when the window has ended."""


class KioskWindow(QQuickView):
    """The window of the terminal: a threshold at first, then furnished with the pages. Fullscreen, it cannot be closed
    by the one in front of it."""

    model: "ScreenModel"

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
        texts = {name: words.text(words.home, f"splash.{name}") for name in ("title", "text")}
        self._load("Threshold.qml", texts)

    def furnish(self, loop: QtLoop, mono_ms: Callable[[], int]) -> None:
        """Bring in the pages and the model behind them. `mono_ms`: the terminal's own monotonic milliseconds."""
        from kiosk.ui.pictures import Pictures
        from kiosk.ui.screen_model import ScreenModel

        self.model = ScreenModel(self._words, mono_ms, loop.post, self._forget)
        self.model.setParent(self)  # a window deletes its scene before its children, so no binding outlives the model
        self.engine().addImageProvider("kiosk", Pictures(self.model, self._look.assets))
        self._load("Main.qml", {"screen": self.model})

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

    def _forget(self) -> None:
        forget_typing()
        clipboard = QGuiApplication.clipboard()
        clipboard.clear()
        if clipboard.supportsSelection():
            clipboard.clear(QClipboard.Mode.Selection)


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
    font = QFont()
    font.setFamilies(FONTS)
    app.setFont(font)
    return app


def run(boot: Callable[[QtLoop], BootedTerminal], look: Look, mono_ms: Callable[[], int]) -> int:
    """Show the terminal until it is told to end: SIGTERM, SIGINT, or its window closed on a desk. Gives the exit code.

    `boot` is called on the GUI thread after the first frame; what it returns is shown, and closed at the end. If it
    raises, the exit code is 70. `mono_ms`: the monotonic milliseconds by which the terminal sets its deadlines.
    """
    return _show(prepare(look), boot, look, mono_ms)


def _show(
    app: QGuiApplication, boot: Callable[[QtLoop], BootedTerminal], look: Look, mono_ms: Callable[[], int]
) -> int:
    """The window and its scene live in here, and so end before the application does."""
    loop = QtLoop()
    words = load_words(look.assets / "translations", look.language)
    window = KioskWindow(look, words)
    booted: list[BootedTerminal] = []

    def start() -> None:
        try:
            window.furnish(loop, mono_ms)
            terminal = boot(loop)
        except Exception:  # a splash that never ends would serve nobody; whoever watches over us starts us again
            _log.exception("the terminal cannot start")
            app.exit(EX_SOFTWARE)
            return
        booted.append(terminal)
        window.model.attach(terminal)

    first = _FirstFrame(window, start)
    restore = _end_on_signals(app)
    window.reveal()
    code = app.exec()
    loop.finish()  # a tap that was on its way when the end came is a tap
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
