"""The least that could do what the station is measured for: a window of one colour, and the standard library's HTTP
server. `python -m benchmarks.bare_window WxH` prints its port; `POST /` changes the colour, `GET /` gives a line a tap.
"""

import queue
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickView

QML = b"""
import QtQuick
Rectangle {
    id: all
    signal tapped()
    property bool other: false
    color: other ? "#204080" : "#f0f0e0"
    TapHandler { onTapped: all.tapped() }
}
"""


class Window(QObject):
    """The window, and its two ways out of the GUI thread."""

    called = Signal()

    def __init__(self, width: int, height: int) -> None:
        super().__init__()
        self.taps: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._view = QQuickView()
        self._view.setResizeMode(QQuickView.ResizeMode.SizeRootObjectToView)
        self._view.resize(width, height)
        self.called.connect(self._change, Qt.ConnectionType.QueuedConnection)

    def show(self, source: QUrl) -> None:
        """Load the scene and show it."""
        self._view.setSource(source)
        self._view.rootObject().tapped.connect(self._tapped)  # type: ignore[attr-defined]  # a signal of the scene
        self._view.show()

    @Slot()
    def _change(self) -> None:
        root = self._view.rootObject()
        root.setProperty("other", not root.property("other"))

    @Slot()
    def _tapped(self) -> None:
        self.taps.put(b"data: tapped\n\n")


def serve(window: Window) -> ThreadingHTTPServer:
    """On any port of loopback, in a thread of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            window.called.emit()
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            while True:
                self.wfile.write(window.taps.get())
                self.wfile.flush()

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main() -> int:
    """Until it is ended."""
    app = QGuiApplication([])
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "Bare.qml"
        source.write_bytes(QML)
        window = Window(*(int(side) for side in sys.argv[1].split("x")))
        window.show(QUrl.fromLocalFile(str(source)))
        print(serve(window).server_port, flush=True)
        return app.exec()


if __name__ == "__main__":
    sys.exit(main())
