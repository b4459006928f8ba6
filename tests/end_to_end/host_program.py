"""A machine's own program, which owns the screen: a field over one colour. What stands in the field, and each time it
gets or loses the keys, is said as a line of JSON. `python -m tests.end_to_end.host_program` shows it until SIGTERM."""

import json
import signal
import sys

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

GREEN = "#3C7850"


def say(what: str, content: object) -> None:
    print(json.dumps({what: content}), flush=True)


def main() -> int:
    app = QApplication(["host"])
    window = QWidget()
    window.setWindowTitle("host")
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Window, QColor(GREEN))
    window.setPalette(palette)
    field = QLineEdit()
    field.textChanged.connect(lambda text: say("text", text))
    layout = QVBoxLayout(window)
    layout.addWidget(field)
    layout.addStretch()

    def focus_is(now: QObject | None) -> None:
        say("keys", now is not None)

    app.focusWindowChanged.connect(focus_is)
    window.setGeometry(app.primaryScreen().geometry())  # without a window manager nobody else does
    window.showFullScreen()
    field.setFocus(Qt.FocusReason.OtherFocusReason)
    signal.signal(signal.SIGTERM, lambda *_: app.quit())
    awake = QTimer()  # a signal is taken only while Python runs
    awake.timeout.connect(lambda: None)
    awake.start(100)
    return int(app.exec())


if __name__ == "__main__":
    sys.exit(main())
