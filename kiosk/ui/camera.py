"""Photographs what an X screen shows: `python -m kiosk.ui.camera FILE.png`."""

import sys

from PySide6.QtGui import QGuiApplication


def main(path: str) -> int:
    """Save the whole of the primary screen; 0 if that worked."""
    QGuiApplication(["camera"])
    return 0 if QGuiApplication.primaryScreen().grabWindow(0).save(path) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
