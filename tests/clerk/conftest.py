"""The real window on an invisible screen, before a real station. Any warning of Qt or QML fails the test."""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")

import msgspec
import pytest
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication

from kiosk.clerk.console import ConsoleWindow, Makings, console_font
from kiosk.clerk.line import Station
from kiosk.clerk.settings import Settings
from tests.clerk.desk import ASSETS, MATTERS, Desk, Pace
from tests.station.conftest import house as house
from tests.station.conftest import make_house as make_house
from tests.station.house import PROFILE, TOKEN, House
from tests.ui import careful_repr as careful_repr

USUAL = Settings()
OF_THE_INVISIBLE_SCREEN = "This plugin does not support propagateSizeHints()"


@pytest.fixture(scope="session")
def application() -> QGuiApplication:
    application = QGuiApplication.instance() or QGuiApplication([])
    assert isinstance(application, QGuiApplication)
    application.setFont(console_font())
    application.styleHints().setCursorFlashTime(0)  # a picture is a picture
    return application


@pytest.fixture
def qt_messages() -> Iterator[list[str]]:
    messages: list[str] = []

    def take(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        harmless = kind in (QtMsgType.QtDebugMsg, QtMsgType.QtInfoMsg) or message == OF_THE_INVISIBLE_SCREEN
        if not harmless:
            messages.append(message)

    before = qInstallMessageHandler(take)
    yield messages
    qInstallMessageHandler(before)
    assert messages == []


@pytest.fixture
def make_desk(
    application: QGuiApplication, qt_messages: list[str], house: House, tmp_path: Path
) -> Iterator[Callable[..., Desk]]:
    windows: list[ConsoleWindow] = []
    house.profile = msgspec.structs.replace(PROFILE, matters=MATTERS)

    def make(language: str = "zh-CN", token: str = TOKEN, settings: Settings = USUAL) -> Desk:
        pace = Pace()
        makings = Makings(
            Station(f"http://127.0.0.1:{house.port}", token), ASSETS, tmp_path / "console", settings, language,
            clock=pace.mono_ms, wall=lambda: datetime(2026, 11, 24, 14, 0), stamp=pace.stamp,
        )  # fmt: skip
        window = ConsoleWindow(makings)
        windows.append(window)
        window.open()
        window.requestActivate()
        return Desk(house, window, pace)

    yield make
    for window in windows:
        window.shut()
        window.close()
        window.deleteLater()
    application.processEvents()


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    desk = make_desk()
    desk.until(lambda: desk.shown.can_start)
    desk.until(lambda: desk.window.isActive())
    desk.until(lambda: desk.focus() == "number")
    return desk
