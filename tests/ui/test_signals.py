"""Stands guard against PySide6 6.12.0 on Python 3.11, which aborts (bool_dealloc) after some hundred signals."""

import subprocess
import sys

SIGNALS = 200_000
PROGRAM = f"""
from PySide6.QtCore import QObject, Signal, Slot

class Sender(QObject):
    sent = Signal(bool)

class Receiver(QObject):
    count = 0

    @Slot(bool)
    def receive(self, value):
        self.count += value

sender, receiver = Sender(), Receiver()
sender.sent.connect(receiver.receive)
for _ in range({SIGNALS}):
    sender.sent.emit(True)
print(receiver.count)
"""


def test_200_000_signals_arrive_and_the_process_lives():
    ran = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, ran.stdout.strip(), ran.stderr) == (0, str(SIGNALS), "")
