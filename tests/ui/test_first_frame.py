"""The first frame, which may never come; and what beats while there is none."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickWindow

from kiosk.core.supervision import EX_NO_PICTURE
from kiosk.ui import shell
from kiosk.ui.pulse import Pulse


class Window(QObject):
    """A window whose card gives no picture."""

    frameSwapped = Signal()
    sceneGraphError = Signal(QQuickWindow.SceneGraphError, str)

    def __init__(self, exposed: bool = True, visible: bool = True) -> None:
        super().__init__()
        self.exposed, self.visible, self.asked = exposed, visible, 0

    def isExposed(self) -> bool:
        return self.exposed

    def isVisible(self) -> bool:
        return self.visible

    def update(self) -> None:
        self.asked += 1


@pytest.fixture
def codes(app: QGuiApplication, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    told: list[int] = []
    monkeypatch.setattr(type(app), "exit", lambda *values: told.append(values[-1]))
    return told


def first_frame(window: Window, call: Callable[[], None] = lambda: None) -> "shell._FirstFrame":
    return shell._FirstFrame(window, call)  # type: ignore[arg-type]


def test_a_loop_that_turns_without_a_frame_says_that_the_card_gives_no_picture(codes: list[int]):
    first = first_frame(window := Window())
    for _ in range(shell.NO_FRAME_TURNS - 1):
        first._turned()
    assert codes == []
    first._turned()
    assert codes == [EX_NO_PICTURE]
    assert not first._timer.isActive()
    del window


def test_a_window_that_is_not_on_the_screen_owes_no_frame(codes: list[int]):
    first = first_frame(window := Window(exposed=False))
    for _ in range(2 * shell.NO_FRAME_TURNS):
        first._turned()
    assert codes == []
    del window


def test_after_the_first_frame_nobody_waits_any_more(codes: list[int]):
    told: list[bool] = []
    first = first_frame(window := Window(), lambda: told.append(True))
    first._shown()
    assert told == [True]
    assert not first._timer.isActive()
    del window


def test_a_scene_graph_that_fails_says_so_at_once_also_later(codes: list[int]):
    first = first_frame(window := Window())
    first._shown()
    window.sceneGraphError.emit(QQuickWindow.SceneGraphError.ContextNotAvailable, "no context")
    assert codes == [EX_NO_PICTURE]


@pytest.mark.parametrize(
    ("exposed", "visible", "seen", "said"),
    [
        (True, True, False, []),
        (False, False, False, ["turn"]),
        (False, True, False, []),  # it should be seen and never was
        (False, True, True, ["beat", "turn"]),
    ],
)
def test_only_what_is_hidden_or_was_seen_beats_without_a_frame(
    exposed: bool, visible: bool, seen: bool, said: list[str]
):
    told: list[str] = []
    window = Window(exposed, visible)
    pulse = Pulse(window, lambda: told.append("beat"), lambda: told.append("turn"))  # type: ignore[arg-type]
    if seen:
        pulse._painted()
    pulse._ask()
    assert told == said
    assert window.asked == int(exposed)
