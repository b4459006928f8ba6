"""What the way to central says aloud."""

import logging
from collections.abc import Callable
from typing import Any

import pytest

from kiosk.core.entry import GENESIS, Head
from kiosk.delivery import Delivery, Listener
from kiosk.protocol.central import Quarantined
from kiosk.sync.plan import USUAL_PACE
from kiosk.sync.ports import LiveState, MustBeginAnew, Progress, SyncNews


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


def test_what_central_keeps_apart_is_counted_once_and_shown() -> None:
    nothing: Any = Nothing()
    told: list[tuple[str, str | None]] = []
    listener = Listener(lambda: None, lambda _text: None, lambda code, words: told.append((code, words)))
    tell = Delivery(nothing, nothing, nothing, USUAL_PACE, lambda: LiveState("1", "ready"), listener)._tell
    tell(Progress(1, 9, (Quarantined(sequence=7, reason="x"), Quarantined(sequence=8, reason="x"))))
    tell(Progress(1, 9, (Quarantined(sequence=8, reason="x"),)))
    tell(Progress(1, 12))
    tell(Progress(2, 3, (Quarantined(sequence=2, reason="x"),)))
    assert told == [
        ("quarantined_at_central", "2 entries since the start, the newest at 8 of 1"),
        ("quarantined_at_central", "3 entries since the start, the newest at 2 of 2"),
    ]


def test_a_proof_of_central_ends_a_journal_and_that_of_a_mirror_does_not() -> None:
    nothing: Any = Nothing()
    news = MustBeginAnew(1, "rewound", "central has more")
    for mirror, ended in ((None, [news]), ("auditor", [])):
        heard: list[MustBeginAnew] = []
        listener = Listener(lambda: None, lambda _text: None, begin_anew=heard.append)
        delivery = Delivery(nothing, nothing, nothing, USUAL_PACE, nothing, listener, None, mirror)
        delivery._tell(news)
        assert heard == ended
