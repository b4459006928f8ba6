"""The real window on an invisible screen, before a real station. Any warning of Qt or QML fails the test."""

import os
from collections.abc import Callable, Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")

import pytest
from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication

from kiosk.clerk.console import ConsoleWindow, console_font
from tests.clerk.desk import ASSETS, Desk
from tests.station.conftest import house as house
from tests.station.conftest import make_house as make_house
from tests.station.house import TOKEN, House


@pytest.fixture(scope="session")
def application() -> QGuiApplication:
    application = QGuiApplication.instance() or QGuiApplication([])
    assert isinstance(application, QGuiApplication)
    application.setFont(console_font())
    return application


@pytest.fixture
def qt_messages() -> Iterator[list[str]]:
    messages: list[str] = []

    def take(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        if kind is not QtMsgType.QtDebugMsg and kind is not QtMsgType.QtInfoMsg:
            messages.append(message)

    before = qInstallMessageHandler(take)
    yield messages
    qInstallMessageHandler(before)
    assert messages == []


@pytest.fixture
def make_desk(application: QGuiApplication, qt_messages: list[str], house: House) -> Iterator[Callable[..., Desk]]:
    windows: list[ConsoleWindow] = []

    def make(language: str = "zh-CN", token: str = TOKEN) -> Desk:
        window = ConsoleWindow(f"http://127.0.0.1:{house.port}", token, language, ASSETS)
        windows.append(window)
        window.open()
        window.requestActivate()
        return Desk(house, window)

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
    return desk
