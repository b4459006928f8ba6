"""The real scene on an offscreen screen, driven by fingers and by the real rules; any message of Qt fails the test."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from kiosk.ui.keyboard import settle_keyboard
from kiosk.ui.loop import QtLoop
from kiosk.ui.rehearsal import Rehearsal, sample_scene
from kiosk.ui.shell import KioskWindow, Look, prepare
from kiosk.ui.words import Words, load_words
from tests.ui import careful_repr as careful_repr
from tests.ui.stage import LANDSCAPE, Stage, until

ASSETS = Path(__file__).parents[2] / "assets"
SCRATCH = Path(tempfile.mkdtemp(prefix="kiosk-ui-"))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")
# The keyboard must be chosen before any application object exists, and another room's test may make the first one.
settle_keyboard(SCRATCH)

ALLOWED = (
    "PopupList_QMLTYPE",  # 6.11's own keyboard overrides a member; harmless, and the only line of Qt's that is let pass
    "pipewire-0.3",  # a machine without a sound server; the keyboard loads its key clicks all the same
)


@pytest.fixture(scope="session")
def app() -> QGuiApplication:
    return prepare(Look(ASSETS, SCRATCH))


@pytest.fixture(autouse=True)
def qt_messages(app: QGuiApplication) -> Iterator[list[str]]:
    """Everything Qt says during a test; anything but debug talk fails it."""
    said: list[str] = []

    def take(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        if kind is not QtMsgType.QtDebugMsg and not any(part in message for part in ALLOWED):
            said.append(f"{context.category}: {message}")

    before = qInstallMessageHandler(take)
    yield said
    qInstallMessageHandler(before)
    assert said == []


@pytest.fixture(scope="session")
def words() -> Words:
    return load_words(ASSETS / "translations")


@pytest.fixture(scope="session")
def touch_device(app: QGuiApplication) -> object:
    return QTest.createTouchDevice()


@pytest.fixture
def make_stage(app: QGuiApplication, words: Words, touch_device: object) -> Iterator[Callable[..., Stage]]:
    made: list[Stage] = []

    def make(size: tuple[int, int] = LANDSCAPE, diagonal: float | None = None, words: Words = words) -> Stage:
        terminal = Rehearsal(sample_scene(ASSETS))
        look = Look(ASSETS, SCRATCH, windowed=size, diagonal_inches=diagonal)
        window = KioskWindow(look, words)
        window.furnish(QtLoop(), lambda: terminal.now_ms)
        window.model.attach(terminal)
        window.menu.attach(terminal)
        window.reveal()
        stage = Stage(terminal, window, touch_device)
        made.append(stage)
        until(window.isExposed, "the window is on the screen")
        window.requestActivate()
        return stage

    yield make
    for stage in made:
        stage.model.detach()
        stage.window.menu.detach()
        stage.window.close()
        stage.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def stage(make_stage: Callable[..., Stage]) -> Stage:
    return make_stage()
