"""Where nothing happens, nothing is drawn: not one frame."""

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtTest import QTest

from kiosk.core import events as e
from tests.ui.stage import Stage

WHILE_MS = 400


def frames_while_nothing_happens(stage: Stage) -> int:
    stage.settle()
    QCoreApplication.processEvents()
    swapped: list[int] = []
    connection = stage.window.frameSwapped.connect(lambda: swapped.append(1))
    QTest.qWait(50)  # the frame that the look before has asked for
    swapped.clear()
    QTest.qWait(WHILE_MS)
    stage.window.frameSwapped.disconnect(connection)
    return len(swapped)


@pytest.mark.parametrize("page", ["ready", "serving", "paused", "closed", "out_of_order"])
def test_no_frame_is_drawn_at_rest(stage: Stage, page: str) -> None:
    stage.to("thanks")  # whose bar of time must not run on where nobody sees it
    stage.tap("leave")
    match page:
        case "serving":
            stage.terminal.begin_visit()
        case "paused":
            stage.terminal.submit(e.Pause("away"))
        case "closed":
            stage.terminal.submit(e.HoursChanged(False))
        case "out_of_order":
            stage.terminal.submit(e.Fault("journal"))
    assert stage.model.shown.page == page
    assert frames_while_nothing_happens(stage) == 0


def test_the_count_notices_a_bar_that_moves(stage: Stage) -> None:
    stage.to("inviting")
    assert frames_while_nothing_happens(stage) > 0
