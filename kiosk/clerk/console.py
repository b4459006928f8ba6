"""The console's window, and the way in: `run`."""

import logging
import signal
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, QSize, QtMsgType, QUrl, qInstallMessageHandler
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtQuick import QQuickView, QQuickWindow, QSGRendererInterface

from kiosk.clerk.console_model import ConsoleModel
from kiosk.clerk.model import Link
from kiosk.clerk.station_client import StationClient
from kiosk.protocol.station import StationState
from kiosk.ui.words import load_words

QML = Path(__file__).parent / "qml"
FONTS = ["Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "sans-serif"]
SIZE = (380, 640)
_log = logging.getLogger("qt")
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class ConsoleWindow(QQuickView):
    """The window, its view model and its line to the station, which is opened by `open`."""

    def __init__(self, station_url: str, token: str, language: str, assets: Path) -> None:
        super().__init__()
        words = load_words(assets / "translations" / "clerk")
        self._client = StationClient(station_url, token, self._hear, self._lose, self)
        # A window deletes its scene before its children, so no binding outlives the model.
        self.model = ConsoleModel(words, language, self._client.call, self)
        self.setTitle(words.text(language if language in words.languages else words.languages[0], "window.title"))
        self.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
        self.setMinimumSize(QSize(320, 520))
        self.resize(*SIZE)
        self.engine().addImportPath(str(QML))
        self.setInitialProperties({"desk": self.model})
        self.setSource(QUrl.fromLocalFile(str(QML / "Kiosk" / "Clerk" / "Main.qml")))
        if self.status() is not QQuickView.Status.Ready:
            raise RuntimeError("; ".join(error.toString() for error in self.errors()))

    def open(self) -> None:
        """Show the window and begin to follow the station."""
        self.show()
        self._client.follow()

    def shut(self) -> None:
        """Stop following; nothing is called any more."""
        self._client.close()

    def _hear(self, state: StationState) -> None:
        self.model.hear(state)

    def _lose(self, link: Link) -> None:
        self.model.lose(link)


def run(station_url: str, token: str, language: str, assets: Path, geometry: tuple[int, int] | None = None) -> int:
    """Show the console until its window is closed; the exit code. `geometry`: width and height in pixels.

    `assets` holds `translations/clerk/<language>.json`.
    """
    qInstallMessageHandler(_take_qt_message)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Qt's loop would not let Python hear of Ctrl+C
    application = _application()
    window = ConsoleWindow(station_url, token, language, assets)
    if geometry is not None:
        window.resize(*geometry)
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


def _take_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    _log.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", context.category, message)
