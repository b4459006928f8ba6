"""What the way to central says aloud."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from kiosk.core.entry import GENESIS, Head
from kiosk.delivery import Delivery, Listener
from kiosk.protocol.central import Quarantined
from kiosk.sync.plan import USUAL_PACE
from kiosk.sync.ports import LiveState, Progress, SyncNews


class Nothing:
    """A journal, an exchange and a clock that are never asked."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_: Head(1, 0, GENESIS)


@pytest.fixture
def tell() -> Callable[[SyncNews], None]:
    nothing: Any = Nothing()
    heard: list[Any] = []
    listener = Listener(lambda: heard.append("progress"), heard.append)
    delivery = Delivery(nothing, nothing, nothing, USUAL_PACE, lambda: LiveState("1", "ready"), listener)
    return delivery._tell


def test_the_log_names_the_entry_set_apart_and_nothing_of_what_was_tapped(
    tell: Callable[[SyncNews], None], caplog: pytest.LogCaptureFixture
) -> None:
    reason = "body: 207: not offered for dissatisfied - at `$.reasons`"
    with caplog.at_level(logging.DEBUG):
        tell(Progress(1, 9, (Quarantined(sequence=8, reason=reason),)))
    assert "entry 8" in caplog.text
    assert "207" not in caplog.text
    assert "dissatisfied" not in caplog.text
