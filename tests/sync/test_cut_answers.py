"""RELIABILITY 10: the answer is lost after central committed, cut at any byte; central has one, the device learns it.

All bytes in all framings: `python -m tests.sync.cutting`.
"""

import pytest

from kiosk.protocol.central import JournalReceipt
from kiosk.sync.batch import Batch
from kiosk.sync.outcome import Taken, TryAgain
from kiosk.sync.ports import NoReply, Reply
from tests.sync.cutting import Tally, cut_everywhere
from tests.sync.standins import WALL


@pytest.mark.parametrize(("framing", "every"), [("until closed", 1), ("length", 5), ("chunked", 5), ("gzip", 5)])
def test_an_answer_cut_at_every_byte_after_central_committed_costs_and_doubles_nothing(
    framing: str, every: int
) -> None:
    found = cut_everywhere(framing, every)
    assert found.cuts * every > 400
    assert found == Tally(found.cuts, wrong=0, not_once=0, not_learnt=0)


def any_200(reply: Reply | NoReply, sent: Batch) -> Taken | TryAgain:
    """A weakened build: whatever comes with a 200 or 201 acknowledges."""
    if not isinstance(reply, Reply) or reply.status not in (200, 201):
        return TryAgain("unreachable", "")
    found = JournalReceipt(acknowledged=sent.last, epoch=sent.epoch, digest="", quarantined=(), server_time=WALL)
    return Taken(sent.last, found, reply.body)


def test_the_cuts_bite_when_any_200_acknowledges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.sync.lane.judge_journal", any_200)
    monkeypatch.setattr("kiosk.sync.lane.weigh", lambda outcome, *_: outcome)
    assert cut_everywhere("until closed", 10).wrong > 20
