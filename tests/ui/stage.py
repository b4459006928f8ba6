"""One window, one terminal, ten fingers: what the tests of the screen drive."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication, QPoint, QRect, QRectF
from PySide6.QtGui import QImage
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from kiosk.core import events as e
from kiosk.core.view import Accepted, Refused
from kiosk.ui.loop import QtLoop
from kiosk.ui.rehearsal import Rehearsal
from kiosk.ui.screen_model import ScreenModel
from kiosk.ui.shell import KioskWindow
from kiosk.ui.targets import controls

LANDSCAPE, PORTRAIT, WIDE = (1280, 800), (1080, 1920), (1920, 1080)


def until(holds: Callable[[], object], what: str = "", seconds: float = 60.0) -> None:
    """Run the event loop until something holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"never came true: {what or holds}"
        QCoreApplication.processEvents()
        QTest.qWait(2)


@dataclass
class Stage:
    """One window, one terminal, ten fingers."""

    terminal: Rehearsal
    window: KioskWindow
    touch: object
    _loop: QtLoop = field(default_factory=QtLoop)

    @property
    def model(self) -> ScreenModel:
        return self.window.model

    @property
    def root(self) -> QQuickItem:
        return self.window.rootObject()

    def settle(self) -> None:
        """The slide is over and the dead time too."""
        until(lambda: self.root.isEnabled() and self.root.property("offset") == 0, "the stage is at rest")
        until(lambda: not self.root.property("shielded"), "presses are taken")
        self.window.grabWindow()  # a frame, so that everything has found its place

    def items(self) -> dict[str, QQuickItem]:
        return {item.objectName(): item for item in controls(self.root)}

    def all_items(self) -> Iterator[QQuickItem]:
        """Every item in view."""
        pending = [self.root]
        while pending:
            item = pending.pop()
            if item.isVisible() and item.opacity() > 0:
                yield item
                pending.extend(item.childItems())

    def middle(self, name: str) -> QPoint:
        item = self.items()[name]
        return item.mapToScene(item.boundingRect().center()).toPoint()

    def tap_at(self, point: QPoint) -> None:
        finger = QTest.touchEvent(self.window, self.touch, False)
        finger.press(0, point, self.window)
        finger.commit()
        finger.release(0, point, self.window)
        finger.commit()
        del finger
        QCoreApplication.processEvents()

    def tap(self, name: str) -> None:
        """A finger on a control, once the stage is at rest."""
        self.settle()
        until(lambda: name in self.items(), f"{name} is in view")
        self.tap_at(self.middle(name))

    def answer_later(self) -> None:
        """From now on as the real terminal does: an event is folded on the loop, after the call that handed it in."""
        submit = self.terminal.submit

        def later(event: e.Event) -> "Future[Accepted | Refused]":
            answer: Future[Accepted | Refused] = Future()
            self._loop.post(lambda: submit(event).add_done_callback(lambda done: answer.set_result(done.result())))
            return answer

        self.terminal.submit = later  # type: ignore[method-assign]

    def rest(self) -> None:
        """Everything that was handed in has been folded."""
        reached: list[bool] = []
        self._loop.post(lambda: reached.append(True))
        until(lambda: reached, "what was posted ran")
        self.settle()

    def picture(self) -> QImage:
        self.settle()
        return self.window.grabWindow()

    def to(self, state: str, level: str = "satisfied") -> None:
        """Walk to a state from wherever the last visit ended."""
        self.terminal.start() if "starting" in self.terminal.situation.faults else None
        if state == "ready":
            return
        self.terminal.begin_visit()
        if state == "serving":
            return
        self.terminal.invite()
        if state == "inviting":
            return
        self.tap(f"level.{level}")
        if state == "explaining":
            return self.settle()
        if level.endswith("dissatisfied"):
            self.tap("reason.0")
        self.tap("submit")


def rectangle(item: QQuickItem) -> QRect:
    """Where an item lies in its window."""
    return item.mapRectToScene(QRectF(0, 0, item.width(), item.height())).toRect()


def written(item: QQuickItem) -> QRect:
    """Where the words of a text lie, which may be more or less than its item."""
    return item.mapRectToScene(item.boundingRect()).toRect()
