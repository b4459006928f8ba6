"""A clerk at the console: types, presses, and waits until the window shows what should come."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from kiosk.clerk.console import ConsoleWindow
from kiosk.clerk.model import Properties
from tests.station.house import House

ASSETS = Path(__file__).parents[2] / "assets"


@dataclass
class Desk:
    """One console and the house it belongs to."""

    house: House
    window: ConsoleWindow

    @property
    def shown(self) -> Properties:
        return self.window.model.shown

    def until(self, look: Callable[[], bool], within_s: float = 90.0) -> None:
        deadline = time.monotonic() + within_s
        while not look():
            assert time.monotonic() < deadline, f"it did not come; shown: {self.shown}"
            QTest.qWait(5)

    def item(self, name: str) -> QQuickItem:
        """The first of this name that can be seen; what a Repeater makes is in the tree of items only."""
        waiting = [self.window.contentItem()]
        while waiting:
            item = waiting.pop(0)
            if item.isVisible():
                if item.objectName() == name:
                    return item
                waiting += item.childItems()
        raise AssertionError(f"no {name} to be seen")

    def press(self, name: str) -> None:
        self.window.grabWindow()  # a frame, so that everything lies where it will lie
        item = self.item(name)
        middle = item.mapToScene(QPointF(item.width() / 2, item.height() / 2))
        QTest.mouseClick(self.window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle.toPoint())

    def type(self, text: str) -> None:
        """Into whatever has the focus; what is not ASCII comes as from an input method."""
        for character in text:
            if character.isascii():
                QTest.keyClick(self.window, character)  # type: ignore[call-overload]  # the stub leaves it out
            else:
                event = QInputMethodEvent()
                event.setCommitString(character)
                QCoreApplication.sendEvent(QGuiApplication.focusObject(), event)

    def key(self, key: Qt.Key) -> None:
        QTest.keyClick(self.window, key)

    def focus(self) -> str:
        item = self.window.activeFocusItem()
        return item.objectName() if item is not None else ""

    def sign_in(self) -> None:
        self.press("number")
        self.type("A103\r")
        self.type("271828\r")
        self.until(lambda: self.shown.signed_in)

    def start(self, case_number: str = "341200202611240178") -> None:
        self.press("matter")
        self.type("3401\r")
        self.type(f"{case_number}\r")
        self.until(lambda: self.shown.state == "serving")
