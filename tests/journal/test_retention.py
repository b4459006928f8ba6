import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import pytest

from kiosk.core.entry import Head, Kind
from kiosk.journal.connection import JournalDamaged
from kiosk.journal.lane import JournalLane
from kiosk.journal.store import CENTRAL, Journal
from kiosk.protocol.heads import CountersignedHead
from tests.journal.conftest import EPOCH, KEY, began, draft

Open = Callable[..., Journal]
OLD, YOUNG = 1_000, 9_000


def answer(head: Head, signed: bool = True) -> bytes:
    found: dict[str, Any] = {
        "acknowledged": head.sequence, "epoch": head.epoch, "digest": "", "quarantined": [], "server_time": 1,
    }  # fmt: skip
    if signed:
        found["head"] = {
            "device_id": "d", "epoch": head.epoch, "sequence": head.sequence, "hash": head.hash, "at": 1,
            "signature": "s",
        }  # fmt: skip
    return json.dumps(found).encode()


def yes(_head: CountersignedHead) -> bool:
    return True


def filled(journal: Journal, old: int = 10, young: int = 5) -> list[Head]:
    heads = [journal.head()]
    heads += [journal.append(draft(wall_ms=OLD)) for _ in range(old - 1)]
    return heads + [journal.append(draft(wall_ms=YOUNG)) for _ in range(young)]


def test_old_entries_leave_behind_a_countersigned_head_and_the_rest_is_whole(opened: Open) -> None:
    journal = opened()
    heads = filled(journal)
    journal.advance(CENTRAL, EPOCH, 12, answer(heads[11]))
    before = journal.past()
    assert journal.prune(5_000, yes) == 10
    assert journal.past() == before
    status = journal.status()
    assert (status.entries, status.unsent, status.head.sequence) == (16, 4, 16)
    records = journal.read(0, 100)
    assert records[0]["sequence"] == 11
    assert (records[-1]["kind"], records[-1]["body"]) == (Kind.JOURNAL_PRUNED, {"sequence": 10, "hash": heads[9].hash})
    report = journal.verify()
    assert (report.fault, report.entries) == (None, 6)
    journal.close()
    again = opened()
    assert again.verify().fault is None
    assert again.append(draft()).sequence == 17


@pytest.mark.parametrize("case", ["unsigned", "not vouched", "other hash", "other epoch", "nothing old", "nobody"])
def test_nothing_leaves_that_central_has_not_signed_for(opened: Open, case: str) -> None:
    journal = opened()
    heads = filled(journal)
    said = {
        "unsigned": answer(heads[11], signed=False),
        "other hash": answer(Head(EPOCH, 12, heads[3].hash)),
        "other epoch": answer(Head(EPOCH + 1, 12, heads[11].hash)),
    }.get(case, answer(heads[11]))
    if case != "nobody":
        journal.advance(CENTRAL, EPOCH, 12, said)
    assert journal.prune(100 if case == "nothing old" else 5_000, lambda _head: case != "not vouched") == 0
    assert journal.verify().entries == 15


def test_nothing_leaves_that_another_destination_lacks(opened: Open) -> None:
    journal = opened()
    heads = filled(journal)
    journal.advance(CENTRAL, EPOCH, 12, answer(heads[11]))
    journal.enlist("export")
    assert journal.prune(5_000, yes) == 0
    journal.advance("export", EPOCH, 4, b"")
    assert journal.prune(5_000, yes) == 4
    with pytest.raises(apsw.ConstraintError):
        journal._db.execute("UPDATE checkpoint SET sequence = 9")
    with pytest.raises(apsw.ConstraintError):
        journal._db.execute("DELETE FROM entry WHERE sequence = 6")


def test_the_past_survives_pruning_again_and_again(opened: Open) -> None:
    journal = opened()
    for kind, body in [
        (Kind.TERMINAL_STARTED, {}),
        (Kind.STAFF_SIGNED_IN, {"staff": {"number": "A1", "name": "王", "verified": True}}),
        (Kind.SERVICE_PAUSED, {"reason": "午休"}),
    ]:
        journal.append(draft(kind, body=body))
    before = journal.past()
    for _ in range(3):
        for _ in range(5):
            head = journal.append(draft())
        journal.advance(CENTRAL, EPOCH, head.sequence, answer(head))
        assert journal.prune(5_000, yes) > 0
        assert journal.past() == before
    assert before.staff is not None
    assert before.paused == "午休"


def test_a_visit_that_is_open_stays_whole(opened: Open) -> None:
    journal = opened()
    filled(journal, young=0)
    journal.append(draft(Kind.VISIT_STARTED, "v1"))
    journal.append(draft(Kind.LEVEL_TAPPED, "v1", {"rating_id": "r", "level": "satisfied"}))
    head = journal.append(draft())
    journal.advance(CENTRAL, EPOCH, head.sequence, answer(head))
    before = journal.past()
    assert journal.prune(5_000, yes) == 10
    assert journal.past() == before


def test_a_checkpoint_that_was_moved_breaks_the_chain(opened: Open) -> None:
    journal = opened()
    heads = filled(journal)
    journal.advance(CENTRAL, EPOCH, 12, answer(heads[11]))
    journal.prune(5_000, yes)
    journal._db.execute("UPDATE checkpoint SET hash = ?", ("0" * 64,))
    assert journal.verify().fault == "broken_link"
    with pytest.raises(JournalDamaged, match="broken_link"):
        journal.read(0, 5)


def test_the_lane_prunes_and_serves_other_destinations(path: Path) -> None:
    lane = JournalLane(
        lambda: Journal.open(path, KEY, began), trouble=lambda _words: None, well=lambda: None, vouched=yes
    )
    lane.start()
    heads = lane.call(filled).result(20)
    export = lane.for_destination("export")
    assert export.status().result(20).acknowledged == 0
    lane.advance(EPOCH, 12, answer(heads[11])).result(20)
    assert lane.prune(5_000).result(20) == 0
    assert len(export.read(0, 7).result(20)) == 7
    export.advance(EPOCH, 7, b"").result(20)
    assert (export.status().result(20).unsent, lane.prune(5_000).result(20)) == (8, 7)
    assert lane.close(20)
