"""The console's window, and the way in: `run`."""

import logging
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from PySide6.QtCore import (
    QMessageLogContext,
    QPoint,
    QSize,
    Qt,
    QTimer,
    QtMsgType,
    QUrl,
    Slot,
    qInstallMessageHandler,
)
from PySide6.QtGui import QCloseEvent, QFont, QGuiApplication, QKeyEvent
from PySide6.QtQuick import QQuickView, QQuickWindow, QSGRendererInterface

from kiosk.clerk.console_model import Calls, ConsoleModel, mono_ms
from kiosk.clerk.hot_key_ring import HotKeyRing
from kiosk.clerk.inputs import Inputs, Link
from kiosk.clerk.line import Station
from kiosk.clerk.place import Box, at_first, clamped
from kiosk.clerk.settings import Memory, Settings, recall, remember
from kiosk.clerk.station_client import StationClient
from kiosk.clerk.wedge import Burst
from kiosk.protocol.station import StationState
from kiosk.ui.words import load_words

QML = Path(__file__).parent / "qml"
FONTS = ["Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "sans-serif"]
SIZE, LEAST, CHIP = QSize(360, 580), QSize(330, 420), QSize(232, 44)
LARGER = 1.25
TICK_MS = 1_000
FRAME_DRIFT = 80
"""So many pixels a frame may have pushed the window; whoever moved it further did so on purpose."""
SECRET = "pin"
"""The field whose keys are never taken for a scanner's: a PIN must not land where it can be read."""
_log = logging.getLogger("qt")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


@dataclass(frozen=True, slots=True)
class Makings:
    """What a console is made of. `assets` holds `translations/clerk/<language>.json`; `folder` is where it remembers
    its place; `language`: empty for the one of last time. Clocks: monotonic ms, local time, and when a key was pressed
    (ms)."""

    station: Station
    assets: Path
    folder: Path
    settings: Settings = Settings()  # noqa: RUF009 -- frozen
    language: str = ""
    clock: Callable[[], int] = mono_ms
    wall: Callable[[], datetime] = datetime.now
    stamp: Callable[[QKeyEvent], int] = QKeyEvent.timestamp


class ConsoleWindow(QQuickView):
    """The window, its view model and its line to the station, which is opened by `open`. `calls` stands in for it."""

    def __init__(self, makings: Makings, calls: Calls | None = None) -> None:
        super().__init__()
        self._makings = makings
        self._memory = self._kept = recall(makings.folder)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="console-memory")
        self._client = StationClient(makings.station, self._hear, self._lose, self)
        words = load_words(makings.assets / "translations" / "clerk")
        wished = (makings.language, self._memory.language)
        language = next((one for one in wished if one in words.languages), words.home)
        inputs = Inputs(
            words,
            language,
            folded=self._memory.folded,
            on_top=self._memory.on_top,
            large=self._memory.large,
            hot_keys=self._memory.hot_keys and makings.settings.hot_keys,
            recent=self._memory.recent,
            hot_key_names=makings.settings.names() if makings.settings.hot_keys else {},
        )
        # A window deletes its scene before its children, so no binding outlives the model.
        self.model = ConsoleModel(
            inputs, calls or self._client.call, self,
            card_prefixes=makings.settings.card_prefixes, clock=makings.clock, wall=makings.wall,
        )  # fmt: skip
        self._keys = HotKeyRing(makings.settings, self.model, self)
        self._burst = Burst()
        self._target: QPoint | None = None
        self._seconds = self._timer(TICK_MS, self._tick)
        self._build()

    def open(self) -> None:
        """Show the window where it was left and begin to follow the station."""
        self.show_still()
        self._client.follow()
        self._keys.set(self.model.shown.hot_keys)
        self._seconds.start()

    def show_still(self) -> None:
        """Show the window where it was left, and follow nothing."""
        self._dress()
        self._put(self._box())
        self.show()

    def shut(self) -> None:
        """Stop following; nothing is called any more. What is to be remembered is written by then."""
        self._seconds.stop()
        self._keys.set(False)
        self._client.close()
        self._keep()
        self._writer.shutdown()

    # -- what comes from the station and from time -------------------------------------------------------------------

    def _hear(self, state: StationState) -> None:
        self.model.hear(state)

    def _lose(self, link: Link) -> None:
        self.model.lose(link)

    @Slot()
    def _tick(self) -> None:
        self.model.tick()
        self._settle()
        self._keep()

    @Slot()
    def _call_attention(self) -> None:
        """A visit stands open for long: once, and without a sound."""
        if self.model.shown.attention:
            self.alert(0)

    @Slot()
    def _come_forward(self) -> None:
        self.show()
        self.raise_()
        self.requestActivate()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Its last place is remembered."""
        self._keep()
        super().closeEvent(event)

    # -- what comes from the keyboard --------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Whatever a scanner or a card reader types is taken out of the stream of keys."""
        if self._is_scanned(event):
            event.accept()
        else:
            super().keyPressEvent(event)

    def _is_scanned(self, event: QKeyEvent) -> bool:
        item, at_ms = self.activeFocusItem(), self._makings.stamp(event)
        name = item.objectName() if item is not None else ""
        chord = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if name == SECRET or chord != Qt.KeyboardModifier.NoModifier or event.isAutoRepeat():
            self._burst = Burst()
            return False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            scanned, self._burst = self._burst.ended(at_ms), Burst()
            if scanned:
                self.model.scan(scanned, name == "number")
            return bool(scanned)
        if not event.text().isprintable() or not event.text():
            return False
        goes_on = self._burst.goes_on(at_ms)
        if not goes_on:
            self.model.begin_burst()
        self._burst = self._burst.pressed(event.text(), at_ms)
        types = item is not None and item.inherits("QQuickTextInput")
        return goes_on and not types  # a blank in a code presses no button

    # -- the window itself -------------------------------------------------------------------------------------------

    def _build(self) -> None:
        shown = self.model.shown
        self.setTitle(shown.words["window.title"])
        self.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
        self.engine().addImportPath(str(QML))
        self.setInitialProperties({"desk": self.model})
        self.setSource(QUrl.fromLocalFile(str(QML / "Kiosk" / "Clerk" / "Main.qml")))
        if self.status() is not QQuickView.Status.Ready:
            raise RuntimeError("; ".join(error.toString() for error in self.errors()))
        self.model.attentionChanged.connect(self._call_attention)
        self.model.wanted.connect(self._come_forward)
        self.model.foldedChanged.connect(self._refold)
        self.model.largeChanged.connect(self._regrow)
        self.model.onTopChanged.connect(self._dress)
        self.model.hotKeysChanged.connect(self._rekey)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        application.screenRemoved.connect(self._rescreen)
        application.screenAdded.connect(self._return)
        self._away_from: Box | None = None

    def _size(self, size: QSize) -> QSize:
        return size * LARGER if self.model.shown.large else size

    def _box(self) -> Box:
        """Where it was left, else at the right edge of the first screen; folded it is a chip at the same place."""
        size = self._size(SIZE)
        place = self._memory.place
        box = Box(*place) if place is not None else at_first(size.width(), size.height(), _screens()[0])
        chip = self._size(CHIP)
        return Box(box.x, box.y, chip.width(), chip.height()) if self.model.shown.folded else box

    def _put(self, box: Box) -> None:
        """Stand there, within the screens that are there. The frame, once the system has drawn one, counts."""
        frame = self.frameMargins()
        across, down = frame.left() + frame.right(), frame.top() + frame.bottom()
        box = clamped(Box(box.x, box.y, box.width + across, box.height + down), _screens())
        self.resize(box.width - across, box.height - down)
        self.setFramePosition(QPoint(box.x, box.y))  # last: a resize takes the position for the content's
        self._target = QPoint(box.x, box.y)

    @Slot()
    def _dress(self) -> None:
        """On top or not, and without a frame when folded: a chip has no room for one."""
        shown = self.model.shown
        least = self._size(CHIP if shown.folded else LEAST)
        self.setMinimumSize(least)
        self.setMaximumSize(least if shown.folded else QSize(16_777_215, 16_777_215))
        flags = Qt.WindowType.Window
        if shown.on_top:
            flags |= Qt.WindowType.WindowStaysOnTopHint
        if shown.folded:
            flags |= Qt.WindowType.FramelessWindowHint
        self.setFlags(flags)

    @Slot()
    def _refold(self) -> None:
        folded = self.model.shown.folded
        self._memory = self._noted(was_folded=not folded)
        self._dress()
        self._put(self._box())

    @Slot()
    def _regrow(self) -> None:
        grown = LARGER if self.model.shown.large else 1 / LARGER
        size = self._size(CHIP) if self.model.shown.folded else self.size() * grown
        self._dress()
        self._put(Box(self.framePosition().x(), self.framePosition().y(), size.width(), size.height()))

    def _settle(self) -> None:
        """Once the system has drawn its frame, or taken it off: stand with it where the window was to stand without."""
        target, self._target = self._target, None
        if target is not None and (self.framePosition() - target).manhattanLength() <= FRAME_DRIFT:
            self._put(Box(target.x(), target.y(), self.width(), self.height()))
            self._target = None

    @Slot()
    def _rescreen(self) -> None:
        """A screen was taken away: whoever was on it must be found again, and will want to go back."""
        if self._away_from is None and self._memory.place is not None:
            self._away_from = Box(*self._memory.place)
        self._put(Box(self.framePosition().x(), self.framePosition().y(), self.width(), self.height()))

    @Slot()
    def _return(self) -> None:
        """A screen has come: if it is the one that was taken away, the console stands there again."""
        home = self._away_from
        if home is not None and clamped(home, _screens()) == home:
            self._away_from = None
            self._put(home)

    @Slot()
    def _rekey(self) -> None:
        self._keys.set(self.model.shown.hot_keys)

    def _noted(self, was_folded: bool) -> Memory:
        """What is to be remembered now. Folded it moves, and its size is that of before."""
        at = self.framePosition()
        size = (self.width(), self.height())
        if was_folded:
            usual = self._size(SIZE)
            size = self._memory.place[2:] if self._memory.place else (usual.width(), usual.height())
        return msgspec.structs.replace(self.model.remembered(), place=(at.x(), at.y(), *size))

    def _keep(self) -> None:
        """Write down what has changed, beside the GUI thread."""
        if not self.isVisible():
            return
        self._memory = self._noted(self.model.shown.folded)
        if self._memory != self._kept:
            self._kept = self._memory
            self._writer.submit(remember, self._makings.folder, self._memory)

    def _timer(self, every_ms: int, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(every_ms)
        timer.timeout.connect(call)
        return timer


def run(makings: Makings) -> int:
    """Show the console until its window is closed; the exit code."""
    qInstallMessageHandler(_take_qt_message)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Qt's loop would not let Python hear of Ctrl+C
    application = _application()
    window = ConsoleWindow(makings)
    window.open()
    try:
        return application.exec()
    finally:
        window.shut()


def _application() -> QGuiApplication:
    """The application of this process, made with what a small, still window needs: no GPU."""
    application = QGuiApplication.instance()
    if application is None:
        QQuickWindow.setGraphicsApi(QSGRendererInterface.GraphicsApi.Software)
        application = QGuiApplication([])
    assert isinstance(application, QGuiApplication)
    application.setFont(console_font())
    return application


def console_font() -> QFont:
    """A font that has Chinese, by whatever name it goes on this system."""
    font = QFont()
    font.setFamilies(FONTS)
    return font


def _screens() -> list[Box]:
    """What a window may cover of each screen, the first one first."""
    primary = QGuiApplication.primaryScreen()
    ordered = [primary, *(one for one in QGuiApplication.screens() if one is not primary)]
    areas = (one.availableGeometry() for one in ordered)
    return [Box(area.x(), area.y(), area.width(), area.height()) for area in areas]


def _take_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    _log.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", context.category, message)
