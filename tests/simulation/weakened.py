"""Weakened builds, each of which the simulation must find out: who believes too early, and who counts twice."""

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from kiosk.central.chain import Run
from kiosk.central.evidence import Held
from kiosk.core.entry import Draft, Head
from kiosk.journal.lane import JournalLane
from kiosk.protocol.central import JournalReceipt
from kiosk.sync.lane import SyncLane
from kiosk.sync.outcome import Taken
from tests.simulation.headquarters import Headquarters

Weakened = Callable[[], AbstractContextManager[None]]


@contextlib.contextmanager
def a_lane_that_answers_before_the_commit() -> Iterator[None]:
    """The entry is written all the same, a moment later."""
    honest = JournalLane.append
    answered = 0

    def hasty(lane: JournalLane, draft: Draft) -> "Future[Head]":
        nonlocal answered
        answered += 1
        honest(lane, draft)
        future: Future[Head] = Future()
        future.set_result(Head(1, answered, "ab" * 32))
        return future

    with patch.object(JournalLane, "append", hasty):
        yield


@contextlib.contextmanager
def a_sync_that_believes_any_200() -> Iterator[None]:
    """No look at type, schema, digest or signature."""
    import kiosk.sync.lane as lane

    honest = lane.judge_journal

    def trusting(reply: Any, sent: Any) -> Any:
        if getattr(reply, "status", 0) != 200:
            return honest(reply, sent)
        receipt = JournalReceipt(
            acknowledged=sent.last, epoch=sent.epoch, digest=sent.digest, quarantined=(), server_time=0
        )
        return Taken(sent.last, receipt, reply.body)

    with (
        patch.object(lane, "judge_journal", trusting),
        patch.object(SyncLane, "_weigh", lambda _lane, outcome, *_rest: outcome),
    ):
        yield


@contextlib.contextmanager
def a_central_without_unique_keys() -> Iterator[None]:
    """What comes is stored, whether or not it came before."""
    import kiosk.central.ingest as ingest

    honest_take, honest_init = ingest._take, Headquarters.__init__

    def take(*given: Any) -> Any:
        run = next(each for each in given if isinstance(each, Run))
        before = Head(run.epoch, run.first - 1, str(run.records[0]["previous"]))
        return honest_take(*(replace(each, head=before) if isinstance(each, Held) else each for each in given))

    def without_keys(headquarters: Headquarters, now_ms: Callable[[], int]) -> None:
        honest_init(headquarters, now_ms)
        with headquarters.store.transaction() as connection:
            for table in ("entries", "entry_personal", "visits", "ratings"):
                connection.exec_driver_sql(f"CREATE TABLE keyless AS SELECT * FROM {table}")
                connection.exec_driver_sql(f"DROP TABLE {table}")
                connection.exec_driver_sql(f"ALTER TABLE keyless RENAME TO {table}")

    with (
        patch.object(ingest, "_take", take),
        patch.object(ingest.shelf, "open_book", lambda *_: None),
        patch.object(Headquarters, "__init__", without_keys),
    ):
        yield


WEAKENED: dict[Weakened, str] = {
    a_lane_that_answers_before_the_commit: "power cut at a write",
    a_sync_that_believes_any_200: "portal",
    a_central_without_unique_keys: "answers cut",
}
"""Each with the fault that brings it to light."""
