"""How the program ends: on SIGTERM and SIGINT, in order, with exit code 0."""

import signal
import socket
from collections.abc import Callable

from PySide6.QtCore import QSocketNotifier
from PySide6.QtGui import QGuiApplication


def end_on_signals(app: QGuiApplication) -> Callable[[], None]:
    """End the event loop on SIGTERM and SIGINT. The call returned
    puts things back. Python runs a handler only in Python, so a socket wakes Qt."""
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
