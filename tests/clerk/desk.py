"""A clerk at the console: types, presses, scans, and waits until the window shows what should come."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from kiosk.clerk.console import ConsoleWindow
from kiosk.clerk.derive import Properties
from kiosk.protocol.profile import MatterItem
from tests.station.house import House

ASSETS = Path(__file__).parents[2] / "assets"
HAND_MS, SCANNER_MS = 120, 8
MATTERS = (
    MatterItem(code="340100", name="国有建设用地使用权及房屋所有权转移登记", initials="gyjsydsyqjfwsyqzydj"),
    MatterItem(code="340200", name="社会保障卡申领", initials="shbzksl", name_en="Social security card"),
    MatterItem(code="340310", name="个体工商户设立登记", initials="gtgshsldj", name_en="Sole trader registration"),
)


@dataclass
class Pace:
    """The clock that keys are stamped with, and the console's own: both pass only when told to."""

    key_ms: int = 1_000
    now_ms: int = 5_000_000

    def stamp(self, _event: QKeyEvent) -> int:
        return self.key_ms

    def mono_ms(self) -> int:
        return self.now_ms


@dataclass
class Desk:
    """One console and the house it belongs to."""

    house: House
    window: ConsoleWindow
    pace: Pace

    @property
    def shown(self) -> Properties:
        return self.window.model.shown

    @property
    def state(self) -> str:
        """The terminal's own, which the console shows as a face."""
        return str(self.house.terminal.view().situation.state)

    def until(self, look: Callable[[], bool], within_s: float = 90.0) -> None:
        deadline = time.monotonic() + within_s
        while not look():
            assert time.monotonic() < deadline, f"it did not come; shown: {replace(self.shown, words={}, keys={})}"
            QTest.qWait(5)

    def pass_time(self, seconds: int) -> None:
        self.pace.now_ms += 1000 * seconds
        self.window.model.tick()

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

    def idle(self) -> None:
        """A clerk is slower than the answers: wait for those to come."""
        self.until(lambda: not self.window.model._inputs.under_way)

    def press(self, name: str) -> None:
        self.idle()
        self.window.grabWindow()  # a frame, so that everything lies where it will lie
        item = self.item(name)
        middle = item.mapToScene(QPointF(item.width() / 2, item.height() / 2))
        QTest.mouseClick(self.window, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle.toPoint())

    def type(self, text: str, gap_ms: int = HAND_MS) -> None:
        """Into whatever has the focus; what is not ASCII comes as from an input method."""
        for character in text:
            self.pace.key_ms += gap_ms
            if character.isascii():
                QTest.keyClick(self.window, character)  # type: ignore[call-overload]  # the stub leaves it out
            else:
                event = QInputMethodEvent()
                event.setCommitString(character)
                QCoreApplication.sendEvent(QGuiApplication.focusObject(), event)

    def scan(self, text: str) -> None:
        """As a scanner or a card reader types: at once, and Enter."""
        self.pace.key_ms += HAND_MS
        self.type(text + "\r", SCANNER_MS)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.idle()
        self.pace.key_ms += HAND_MS
        QTest.keyClick(self.window, key, modifiers)

    def focus(self) -> str:
        item = self.window.activeFocusItem()
        return item.objectName() if item is not None else ""

    def sign_in(self) -> None:
        self.press("number")
        self.type("A103\r")
        self.type("271828\r")
        self.until(lambda: self.shown.signed_in and self.shown.can_sign)
        self.until(lambda: self.focus() == "matter")

    def start(self, case_number: str = "341200202611240178") -> None:
        self.press("matter")
        self.type("3401\r")
        self.type(f"{case_number}\r")
        self.until(lambda: self.shown.can_invite)
