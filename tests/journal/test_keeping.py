"""What is wrong with the file never keeps anyone from rating, and never makes an answered entry vanish silently."""

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import pytest

from kiosk.core.entry import Kind
from kiosk.core.events import OpenVisit, Staff
from kiosk.core.levels import Level
from kiosk.journal import keeping, quarantine
from kiosk.journal.connection import JournalBusy, JournalNewer, connect
from kiosk.journal.keeping import bring_over, open_kept
from kiosk.journal.lane import JournalLane
from kiosk.journal.mark import Mark, MarkFile, read_mark
from kiosk.journal.salvage import salvage
from kiosk.journal.store import Journal
from tests.journal import damages, flips
from tests.journal.conftest import KEY, draft
from tests.journal.damages import PATIENCE_S, Bench, began, places_in, unaccounted
from tests.journal.disks import ORDERS, VFS


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def fill(bench: Bench, entries: int = 12, acknowledged: int = 0) -> None:
    with bench.open() as journal:
        for _ in range(entries):
            entry = draft("visit.level_tapped", body={"level": "dissatisfied"}, comment="慢")
            bench.answered[entry.entry_id] = journal.append(entry)
        if acknowledged:
            journal.advance("central", journal.epoch, acknowledged, b"{}")


def zero_the_header(bench: Bench) -> None:
    with bench.places.journal.open("r+b") as file:
        file.write(bytes(4096))


def test_a_damaged_journal_is_in_service_again_and_nothing_answered_is_silently_lost() -> None:
    outcomes = damages.run(50)
    print(damages.summary(outcomes))
    assert [one for one in outcomes if one.silent or not one.kept or one.chain] == []
    assert {one.reason for one in outcomes} >= {"unreadable", "damaged", "older", "missing"}
    assert all(one.missing == 0 for one in outcomes if one.damage == "header_zeroed")


def test_one_flipped_bit_in_the_log_loses_nothing_silently() -> None:
    figures = flips.flip_the_log(200, seed=1)
    print(figures)
    assert (figures.alarms, figures.silent) == (200, 0)
    assert figures.in_full > 150


def test_without_the_mark_the_same_flips_lose_entries_silently() -> None:
    assert flips.flip_the_log(20, seed=1, with_mark=False).silent > 0


def test_no_altered_entry_comes_out_of_a_database_with_a_flipped_bit() -> None:
    figures = flips.flip_the_database(400)
    print(figures)
    assert figures.altered_out == 0
    assert figures.chain + figures.opening > 0


class Killed(BaseException):
    """The power goes."""


@pytest.mark.parametrize("reason", ["header", "missing", "asked"])
def test_a_kill_at_any_step_is_completed_at_the_next_opening_and_nothing_comes_over_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    filled = Bench(tmp_path / "filled")
    fill(filled, acknowledged=3)
    steps = 0
    while True:
        steps += 1
        home = tmp_path / f"home{steps}"
        shutil.copytree(filled.home, home)
        bench = Bench(home, answered=filled.answered)
        if reason == "header":
            zero_the_header(bench)
        elif reason == "missing":
            bench.places.journal.unlink()
        cut = _cut_at(bench, steps, monkeypatch, asked=reason == "asked")
        with bench.open() as journal:
            assert journal.verify().fault is None
            records = journal.read(0, 1_000)
            assert unaccounted(bench, journal, 3)[1] == set()
            assert len({one["entry_id"] for one in records}) == len(records)
            over = sum(one["kind"] == Kind.ENTRY_RECOVERED for one in records)
            why = records[0]["body"]["reason"]
            if reason == "missing":  # and central is told of each that is
                assert (why, over) == ("missing", 0)
            elif reason == "asked" and why == "first":  # the power went before anything had been set aside
                assert cut
            else:
                assert (why, over) == ({"header": "unreadable", "asked": "rewound"}[reason], 10)
            head = journal.head()
        with bench.open() as journal:
            assert (journal.head(), journal.begun_anew) == (head, None)
        if not cut:
            break
    assert steps > 10


def _cut_at(bench: Bench, steps: int, monkeypatch: pytest.MonkeyPatch, *, asked: bool) -> bool:
    """Begin anew with the power going at this step; whether it went."""
    journal = bench.open() if asked else None
    left = iter(range(steps))

    def cutting(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            if next(left, None) is None:
                raise Killed
            return real(*args, **options)

        return call

    with monkeypatch.context() as patched:
        for name in ("fsync", "fdatasync"):
            patched.setattr(os, name, cutting(getattr(os, name)))
        for name in ("rename", "replace", "mkdir"):
            patched.setattr(Path, name, cutting(getattr(Path, name)))
        patched.setattr(Journal, "append", cutting(Journal.append))
        patched.setattr(keeping, "say_brought_over", cutting(quarantine.say_brought_over))
        try:
            if journal is None:
                bench.open().close()
            else:
                keeping.begin_anew(bench.places, KEY, began, journal, "rewound").close()
        except Killed:
            return True
        finally:
            if journal is not None:
                journal.close()
    return False


def test_only_what_central_is_not_known_to_hold_comes_over_and_each_under_its_own_id(bench: Bench) -> None:
    fill(bench, 12, acknowledged=9)
    before = read_mark(bench.places.mark)
    assert before is not None
    zero_the_header(bench)
    with bench.open() as journal:
        records = journal.read(0, 100)
        assert journal.begun_anew is not None
    assert records[0]["body"]["before"] == {"epoch": before.head.epoch, "sequence": 13, "hash": before.head.hash}
    assert (records[0]["body"]["reason"], records[0]["body"]["acknowledged"]) == ("unreadable", 9)
    over = records[1:-1]
    assert [one["body"]["record"]["sequence"] for one in over] == [10, 11, 12, 13]
    assert all(one["entry_id"] == one["body"]["record"]["entry_id"] for one in over)
    assert all(one["personal"]["comment"] == "慢" for one in over)
    assert all(one["personal_digest"] == one["body"]["record"]["personal_digest"] for one in over)
    closing = {key: records[-1]["body"][key] for key in ("epoch", "first", "last", "count", "missing")}
    assert closing == {"epoch": before.head.epoch, "first": 10, "last": 13, "count": 4, "missing": []}


def test_what_was_said_with_a_receipt_comes_over_with_its_words_unless_central_has_them(bench: Bench) -> None:
    """Each belongs to no visit; an older page of the log still has what was wiped since."""
    said = {"receipt": "8H14-JMFF-F1AP"}
    with bench.open() as journal:
        journal.append(draft(Kind.VISIT_STARTED, "v1"))
        journal.append(draft(Kind.RECEIPT_WITHDRAWAL, body=said, words="早先"))
        journal.advance("central", journal.epoch, 3, b"{}")
        journal.append(draft(Kind.RECEIPT_ADDITION, body=said, words="又等了一天"))
        journal.append(draft(Kind.RECEIPT_WITHDRAWAL, body=said, words="已经解决"))
        journal.append(draft(Kind.RECEIPT_WITHDRAWAL, body=said))
    zero_the_header(bench)
    with bench.open() as journal:
        over = [one for one in journal.read(0, 99) if one["kind"] == Kind.ENTRY_RECOVERED]
        acts = [one for one in over if one["body"]["record"]["kind"].startswith("receipt.")]
        assert [one.get("personal", {}).get("words") for one in acts] == ["又等了一天", "已经解决", None]
        assert [one["body"]["record"]["body"] for one in acts] == [said] * 3
        assert all("personal" not in one["body"]["record"] for one in acts)
        assert {one["visit_id"] for one in acts} == {None}
        journal.advance("central", journal.epoch, journal.head().sequence, b"{}")
        assert not any("personal" in one for one in journal.read(0, 99))


def test_what_was_brought_over_once_is_brought_over_as_it_was_and_never_nested(bench: Bench) -> None:
    fill(bench, 3)
    zero_the_header(bench)
    bench.open().close()
    fill(bench, 2)
    zero_the_header(bench)
    with bench.open() as journal:
        over = [one for one in journal.read(0, 100) if one["kind"] == Kind.ENTRY_RECOVERED]
        assert unaccounted(bench, journal, 0) == (set(), set())
    assert all(one["body"]["record"]["kind"] != Kind.ENTRY_RECOVERED for one in over)
    assert all(one["entry_id"] == one["body"]["record"]["entry_id"] for one in over)


def test_the_past_looks_into_what_was_brought_over_though_central_has_it(bench: Bench) -> None:
    with bench.open() as journal:
        journal.append(draft(Kind.TERMINAL_STARTED))
        journal.append(draft(Kind.STAFF_SIGNED_IN, body={"staff": {"number": "A1", "name": "王", "verified": True}}))
        journal.append(draft(Kind.SERVICE_PAUSED, body={"reason": "午休"}))
        journal.append(draft(Kind.VISIT_STARTED, "v1"))
        journal.append(draft(Kind.LEVEL_TAPPED, "v1", {"rating_id": "r", "level": "dissatisfied"}, wall_ms=9))
        journal.append(draft(Kind.PHONE_ASKED, "v1"))
        past = journal.past()
        assert [each.visit_id for each in past.asked] == ["v1"]
        journal.advance("central", journal.epoch, journal.head().sequence, b"{}")
    zero_the_header(bench)
    with bench.open() as journal:
        assert journal.past() == past
        assert past.staff == Staff("A1", "王", True)
        assert past.open_visit == OpenVisit("v1", "r", Level.DISSATISFIED, 9)
        journal.append(draft(Kind.VISIT_ENDED, "v1"))
        assert journal.past().open_visit is None


def test_a_newer_file_a_busy_one_and_a_full_disk_are_no_damage(bench: Bench) -> None:
    fill(bench)
    with bench.open(), pytest.raises(JournalBusy):
        bench.open()
    ORDERS.full = True
    try:
        with pytest.raises(apsw.FullError), open_kept(bench.places, KEY, began, vfs=VFS) as journal:
            journal.append(draft())
    finally:
        ORDERS.full = False
    connection = connect(bench.places.journal, KEY)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(JournalNewer):
        bench.open()
    assert list(bench.places.quarantine.iterdir()) == []


def test_without_the_key_a_case_stays_and_gives_everything_once_the_key_is_there(bench: Bench) -> None:
    fill(bench)
    old = bench.key
    with bench.open() as journal:
        keeping.begin_anew(bench.places, bytes(32), began, journal, "key_lost").close()
    bench.key = bytes(32)
    with bench.open() as journal:
        (case,) = bench.places.quarantine.iterdir()
        assert [one["kind"] for one in journal.read(0, 99)] == [Kind.JOURNAL_BEGAN]
        assert bring_over(journal, case, old).done
        head = journal.head()
        assert bring_over(journal, case, old).count == 13
        assert journal.head() == head
        assert unaccounted(bench, journal, 0) == (set(), set())


def test_a_row_that_spills_over_several_pages_is_read_too(bench: Bench) -> None:
    entry = draft(body={"words": "慢" * 9_000})
    with bench.open() as journal:
        journal.append(entry)
    found = salvage(bench.places.journal, bench.places.log, KEY, None)
    assert [record["entry_id"] for record in found.records if record["sequence"] == 2] == [entry.entry_id]


def test_a_journal_from_before_there_were_marks_goes_on(bench: Bench) -> None:
    fill(bench)
    bench.places.mark.unlink()
    with bench.open() as journal:
        assert journal.begun_anew is None
        head = journal.head()
    assert read_mark(bench.places.mark) == Mark(head)


# -- the mark --------------------------------------------------------------------------------------------------------


def test_a_mark_torn_at_any_byte_is_the_one_before_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "mark"
    marks = MarkFile(path)
    with Journal.open(tmp_path / "journal.db", KEY, lambda: began("first", None, None)) as journal:
        heads = [journal.append(draft()) for _ in range(4)]
    for head in heads[:3]:
        marks.write(Mark(head, 1))
    before = path.read_bytes()
    marks.write(Mark(heads[3], 2))
    after = path.read_bytes()
    marks.close()
    changed = [place for place in range(len(after)) if before[place] != after[place]]
    for cut in [0, *changed, changed[-1] + 1, len(after)]:
        path.write_bytes(after[:cut] + before[cut:])
        expected = Mark(heads[3], 2) if cut > changed[-1] else Mark(heads[2], 1)
        assert read_mark(path) == expected
    path.write_bytes(random.Random(1).randbytes(1024))
    assert read_mark(path) is None


def test_a_mark_is_ours_alone_and_never_reached_through_a_symlink(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        MarkFile(tmp_path / "mark").close()
    finally:
        os.umask(old)
    assert (tmp_path / "mark").stat().st_mode & 0o777 == 0o600
    (tmp_path / "link").symlink_to(tmp_path / "mark")
    with pytest.raises(OSError, match="symbolic"):
        MarkFile(tmp_path / "link")


def test_an_entry_whose_mark_cannot_be_written_is_tried_again_and_there_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane = bench.start()
    bench.append()
    real, refusals = MarkFile.write, iter(range(3))

    def write(marks: MarkFile, mark: Mark) -> None:
        if next(refusals, None) is not None:
            raise OSError(28, "no space left on device")
        real(marks, mark)

    monkeypatch.setattr(MarkFile, "write", write)
    place = bench.append()
    assert lane.status().result(PATIENCE_S).entries == 3
    assert read_mark(bench.places.mark) == Mark(place)
    bench.stop()


# -- damage while it works -------------------------------------------------------------------------------------------


def break_a_page(journal: Journal, path: Path) -> None:
    """Settle, forget what is remembered, and overwrite every page but the first."""
    journal.settle()
    journal._db.release_memory()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(bytes(path.stat().st_size - 4096))


@pytest.mark.parametrize("settled", [True, False])
def test_damage_during_work_begins_anew_and_the_entry_goes_there(bench: Bench, settled: bool) -> None:
    lane = bench.start()
    for _ in range(20):
        bench.append()
    if settled:
        lane.call(lambda journal: break_a_page(journal, bench.places.journal)).result(PATIENCE_S)
    else:
        lane.begin_anew("rewound").result(PATIENCE_S)
    bench.append()
    assert [begun.reason for begun in bench.begun] == ["damaged" if settled else "rewound"]
    assert lane.call(lambda journal: unaccounted(bench, journal, 0)[1]).result(PATIENCE_S) == set()
    bench.stop()


@pytest.mark.parametrize("sql", [
    "UPDATE entry SET record = replace(record, 'dissatisfied', 'satisfied') WHERE sequence = 8",
    "DELETE FROM entry WHERE sequence = 8",
    "UPDATE entry SET personal = replace(personal, '慢', '快') WHERE sequence = 8",
])  # fmt: skip
def test_an_altered_entry_never_leaves_and_the_walk_begins_another_journal(bench: Bench, sql: str) -> None:
    lane = bench.start()
    for _ in range(20):
        bench.append()

    def tamper(journal: Journal) -> None:
        for trigger in ("entry_is_never_changed", "entry_is_never_removed"):
            journal._db.execute(f"DROP TRIGGER {trigger}")
        journal._db.execute(sql)

    lane.call(tamper).result(PATIENCE_S)
    report = lane.verify().result(PATIENCE_S)
    assert (report.sequence, [begun.reason for begun in bench.begun]) == (8, ["damaged"])
    assert lane.verify().result(PATIENCE_S).fault is None
    records = lane.read(0, 1_000).result(PATIENCE_S)
    assert all(one["body"]["record"]["body"].get("level") != "satisfied" for one in records[1:-1])
    bench.append()
    bench.stop()


def test_a_reader_is_told_of_damage_and_is_handed_nothing_of_another_epoch(bench: Bench) -> None:
    lane = bench.start()
    for _ in range(20):
        bench.append()
    lane.call(lambda journal: break_a_page(journal, bench.places.journal)).result(PATIENCE_S)
    assert lane.read(3, 10).exception(PATIENCE_S) is not None
    assert lane.status().result(PATIENCE_S).head.epoch == bench.begun[0].epoch
    bench.stop()


def test_entries_are_recorded_between_the_steps_of_a_walk(bench: Bench) -> None:
    lane = bench.start()

    def fill_it(journal: Journal) -> None:
        with journal.together():
            for _ in range(2_000):
                journal.append(draft())

    lane.call(fill_it).result(PATIENCE_S)
    report = lane.verify()
    first = lane.append(draft())
    first.result(PATIENCE_S)
    assert not report.done()
    assert report.result(PATIENCE_S).fault is None
    bench.stop()


def test_a_lane_without_work_empties_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    settled, real = threading.Event(), Journal.settle

    def settle(journal: Journal) -> None:
        real(journal)
        settled.set()

    lane = JournalLane(
        lambda: Journal.open(tmp_path / "journal.db", KEY, lambda: began("first", None, None)),
        trouble=lambda _words: None, well=lambda: None, idle_s=0.05,
    )  # fmt: skip
    lane.start()
    head = lane.append(draft(comment="慢")).result(PATIENCE_S)
    monkeypatch.setattr(Journal, "settle", settle)
    lane.advance(head.epoch, head.sequence, b"{}").result(PATIENCE_S)
    settled.clear()
    assert settled.wait(PATIENCE_S)
    assert (tmp_path / "journal.db-wal").stat().st_size == 0
    copy = salvage(tmp_path / "journal.db", tmp_path / "journal.db-wal", KEY, None)
    assert copy.records == () or all("personal" not in record for record in copy.records)
    assert lane.close(PATIENCE_S)


def test_places_are_the_names_of_a_home(tmp_path: Path) -> None:
    assert places_in(tmp_path).log == tmp_path / "journal.db-wal"
