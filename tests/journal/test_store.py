import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from kiosk.core.entry import GENESIS, Head, Kind, chain_fault, content_fault
from kiosk.core.events import AskedForPhone, OpenVisit, Staff
from kiosk.core.levels import Level
from kiosk.journal.connection import (
    JournalBusy,
    JournalFault,
    JournalNewer,
    JournalUnreadable,
    connect,
    migrations,
)
from kiosk.journal.snapshot import snapshot
from kiosk.journal.store import CENTRAL, Journal
from tests.journal.conftest import EPOCH, KEY, began, draft

Open = Callable[..., Journal]


def test_a_new_journal_begins_with_its_first_entry(opened: Open) -> None:
    journal = opened()
    (first,) = journal.read(0, 10)
    assert (first["epoch"], first["sequence"], first["previous"], first["kind"]) == (EPOCH, 1, GENESIS, "journal.began")
    assert chain_fault(first, Head(EPOCH)) is None


def test_an_opened_again_journal_goes_on_where_it_was(opened: Open) -> None:
    journal = opened()
    head = journal.append(draft())
    journal.close()
    again = opened()
    assert again.head() == head
    assert again.append(draft()).sequence == head.sequence + 1


def test_appending_the_same_entry_twice_keeps_it_once(opened: Open) -> None:
    journal = opened()
    same = draft()
    assert journal.append(same) == journal.append(same)
    assert journal.status().entries == 2


def test_what_is_read_chains_from_where_one_asked(opened: Open) -> None:
    journal = opened()
    heads = [journal.append(draft()) for _ in range(10)]
    records = journal.read(heads[3].sequence, 4)
    before = heads[3]
    for record in records:
        assert chain_fault(record, before) is None
        before = Head(EPOCH, record["sequence"], record["hash"])
    assert before == heads[7]


def test_personal_data_travels_beside_the_record_and_is_covered_by_it(opened: Open) -> None:
    journal = opened()
    journal.append(draft(comment="等待时间太长"))
    record = journal.read(1, 1)[0]
    assert record["personal"] == {"salt": "5a" * 16, "comment": "等待时间太长"}
    assert content_fault(record) is None


def test_acknowledged_personal_data_is_wiped_and_the_chain_stays_whole(opened: Open) -> None:
    journal = opened()
    for _ in range(3):
        journal.append(draft(comment="慢"))
    journal.advance(CENTRAL, EPOCH, 3, b"{}")
    assert [("personal" in record) for record in journal.read(1, 9)] == [False, False, True]
    assert journal.verify().fault is None


@pytest.mark.parametrize("kind", [Kind.RECEIPT_ADDITION, Kind.RECEIPT_WITHDRAWAL])
def test_what_was_said_with_a_receipt_belongs_to_no_visit_and_is_wiped_like_a_comment(opened: Open, kind: str) -> None:
    journal = opened()
    for _ in range(2):
        journal.append(draft(kind, body={"receipt": "8H14-JMFF-F1AP"}, words="又等了一天"))
    assert [record["personal"]["words"] for record in journal.read(1, 9)] == ["又等了一天"] * 2
    journal.advance(CENTRAL, EPOCH, 2, b"{}")
    assert [("personal" in record) for record in journal.read(1, 9)] == [False, True]
    journal.advance("auditor", EPOCH, 3, b"{}")
    assert "personal" in journal.read(2, 1)[0]
    assert [record["body"] for record in journal.read(1, 9)] == [{"receipt": "8H14-JMFF-F1AP"}] * 2
    assert journal.verify().fault is None


def test_the_position_tells_what_is_unsent_and_since_when(opened: Open) -> None:
    journal = opened()
    journal.append(draft(wall_ms=2_000))
    journal.append(draft(wall_ms=3_000))
    status = journal.status()
    assert (status.entries, status.acknowledged, status.unsent, status.oldest_unsent_wall_ms) == (3, 0, 3, 500)
    journal.advance(CENTRAL, EPOCH, 2, b"{}")
    status = journal.status()
    assert (status.acknowledged, status.unsent, status.oldest_unsent_wall_ms) == (2, 1, 3_000)
    journal.advance(CENTRAL, EPOCH, 3, b"{}")
    assert journal.status().oldest_unsent_wall_ms is None


def test_a_position_never_goes_back(opened: Open) -> None:
    journal = opened()
    journal.append(draft())
    journal.advance(CENTRAL, EPOCH, 2, b"a")
    journal.advance(CENTRAL, EPOCH, 1, b"b")
    assert journal.status().acknowledged == 2


@pytest.mark.parametrize(("epoch", "sequence"), [(EPOCH, 99), (EPOCH + 1, 1), (EPOCH, -1)])
def test_an_acknowledgement_of_what_is_not_there_is_refused(opened: Open, epoch: int, sequence: int) -> None:
    journal = opened()
    with pytest.raises(JournalFault, match="this journal ends at"):
        journal.advance(CENTRAL, epoch, sequence, b"{}")
    assert journal.status().acknowledged == 0


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM entry WHERE sequence = 2",
        "UPDATE entry SET record = '{}' WHERE sequence = 2",
        "UPDATE entry SET kind = 'x' WHERE sequence = 2",
        "UPDATE entry SET personal = 'other' WHERE sequence = 2",
        "INSERT INTO entry VALUES (9, 'a', 'b', NULL, 1, 'c', 'd', NULL)",
        "UPDATE position SET sequence = 0",
    ],
)
def test_the_file_itself_refuses_what_is_not_appending(path: Path, opened: Open, sql: str) -> None:
    journal = opened()
    journal.append(draft(comment="慢"))
    journal.advance(CENTRAL, EPOCH, 1, b"{}")
    journal.close()
    connection = connect(path, KEY)
    with pytest.raises(apsw.ConstraintError):
        connection.execute(sql)
    connection.close()


def tamper(path: Path, sql: str) -> None:
    connection = connect(path, KEY)
    for trigger in ("entry_is_never_changed", "entry_is_never_removed", "entry_follows_the_last"):
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute(sql)
    connection.close()


@pytest.mark.parametrize(
    ("sql", "fault", "sequence"),
    [
        ("UPDATE entry SET record = replace(record, 'boot', 'root') WHERE sequence = 4", "altered", 4),
        ("UPDATE entry SET hash = replace(hash, substr(hash, 1, 1), 'g') WHERE sequence = 4", "altered", 4),
        ("UPDATE entry SET personal = replace(personal, '慢', '快') WHERE sequence = 4", "altered_personal", 4),
        ("DELETE FROM entry WHERE sequence = 4", "gap", 4),
    ],
)
def test_verifying_finds_what_was_done_behind_our_back(
    path: Path, opened: Open, sql: str, fault: str, sequence: int
) -> None:
    journal = opened()
    for _ in range(6):
        journal.append(draft(comment="慢"))
    assert journal.verify().fault is None
    journal.close()
    tamper(path, sql)
    report = opened().verify()
    assert (report.fault, report.sequence) == (fault, sequence)


def test_verifying_a_long_journal_says_how_far_it_is(opened: Open) -> None:
    journal = opened()
    with journal.together():
        for _ in range(1_200):
            journal.append(draft())
    told: list[int] = []
    assert journal.verify(told.append).entries == 1_201
    assert told == [500, 1_000, 1_201]


def test_the_pragmas_read_back_as_promised(path: Path) -> None:
    connection = connect(path, KEY)
    found = [
        connection.execute(f"PRAGMA {name}").get for name in ("journal_mode", "synchronous", "locking_mode", "cipher")
    ]
    connection.close()
    assert found == ["wal", 2, "exclusive", "chacha20"]


def test_a_weaker_durability_does_not_pass_for_the_promised_one(path: Path) -> None:
    connection = connect(path, KEY, synchronous="NORMAL")
    assert connection.execute("PRAGMA synchronous").get == 1
    connection.close()


def test_the_file_holds_nothing_readable(path: Path, opened: Open) -> None:
    journal = opened()
    journal.append(draft(comment="COMMENT-等待时间太长", body={"level": "very_dissatisfied"}))
    raw = b"".join(item.read_bytes() for item in path.parent.iterdir())
    journal.close()
    raw += path.read_bytes()
    assert b"SQLite format" not in raw
    for secret in ("COMMENT-", "等待时间太长", "very_dissatisfied", "journal.began"):
        assert secret.encode() not in raw
    import sqlite3

    with pytest.raises(sqlite3.DatabaseError, match="not a database"):
        sqlite3.connect(path).execute("SELECT * FROM sqlite_master")


def test_another_key_is_refused_and_the_file_left_alone(path: Path, opened: Open) -> None:
    opened().close()
    before = path.read_bytes()
    with pytest.raises(JournalUnreadable, match="left as it is"):
        opened(key=bytes(32))
    assert path.read_bytes() == before


def test_a_foreign_file_is_refused_and_left_alone(path: Path, opened: Open) -> None:
    path.write_bytes(b"this is no journal at all, whatever it may be called" * 100)
    before = path.read_bytes()
    with pytest.raises(JournalUnreadable):
        opened()
    assert path.read_bytes() == before


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33)])
def test_a_key_of_another_length_never_becomes_a_passphrase(opened: Open, key: bytes) -> None:
    with pytest.raises(JournalFault, match="32 bytes"):
        opened(key=key)


def test_a_newer_schema_is_refused_not_guessed(path: Path, opened: Open) -> None:
    opened().close()
    connection = connect(path, KEY)
    connection.execute(f"PRAGMA user_version = {len(migrations()) + 1}")
    connection.close()
    with pytest.raises(JournalNewer, match="newer program"):
        opened()


def test_a_second_process_cannot_open_the_file_but_can_look_at_a_copy(path: Path, opened: Open, tmp_path: Path) -> None:
    journal = opened()
    for _ in range(5):
        journal.append(draft())
    code = (
        "from kiosk.journal.connection import *; from pathlib import Path\n"
        f"try: connect(Path({str(path)!r}), bytes(range(32)))\n"
        "except JournalBusy: print('busy')"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert found.stdout.strip() == "busy", found.stderr
    copies = tmp_path / "copies"
    copies.mkdir()
    copy = Journal.open(snapshot(path, copies), KEY, began)
    assert copy.status() == journal.status()
    copy.close()
    assert journal.append(draft()).sequence == 7


def test_a_journal_that_will_not_hold_still_is_busy(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_bytes(b"x")
    copies = tmp_path / "copies"
    copies.mkdir()
    import kiosk.journal.snapshot as module

    ticks = iter(range(10_000))
    monkeypatch.setattr(module, "_look", lambda _path: (next(ticks), 0))
    path.with_name("journal.db-wal").write_bytes(b"y")
    with pytest.raises(JournalBusy, match="try again"):
        snapshot(path, copies)


def test_a_wal_that_vanishes_while_it_is_copied_is_tried_again(
    path: Path, opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import kiosk.journal.snapshot as module

    journal = opened()
    folder = tmp_path / "copies"
    folder.mkdir()
    looks = iter([(1, 1), (1, 1), *[None] * 9])
    monkeypatch.setattr(module, "_look", lambda _path: next(looks))
    real = module.shutil.copyfile

    def copy(source: Path, target: Path) -> None:
        if source.name.endswith("-wal"):
            raise FileNotFoundError
        real(source, target)

    monkeypatch.setattr(module.shutil, "copyfile", copy)
    assert snapshot(path, folder).name == path.name
    assert journal.head().sequence == 1


def test_the_past_of_a_new_journal_is_clean_and_empty(opened: Open) -> None:
    past = opened().past()
    assert (past.clean, past.staff, past.paused, past.open_visit) == (True, None, None, None)


def test_the_past_knows_an_unclean_stop_the_clerk_the_pause_and_the_open_visit(opened: Open) -> None:
    journal = opened()
    journal.append(draft(Kind.TERMINAL_STARTED))
    journal.append(draft(Kind.STAFF_SIGNED_IN, body={"staff": {"number": "A1", "name": "王", "verified": True}}))
    journal.append(draft(Kind.SERVICE_PAUSED, body={"reason": "午休", "until": "13:30"}))
    journal.append(draft(Kind.VISIT_STARTED, "v1"))
    assert journal.past().open_visit == OpenVisit("v1")
    journal.append(draft(Kind.LEVEL_TAPPED, "v1", {"rating_id": "r", "level": "satisfied"}, wall_ms=5))
    journal.append(draft(Kind.LEVEL_TAPPED, "v1", {"rating_id": "r", "level": "dissatisfied"}, wall_ms=9))
    past = journal.past()
    assert (past.clean, past.staff, past.paused) == (False, Staff("A1", "王", True), "午休")
    assert past.paused_until == "13:30"
    assert past.open_visit == OpenVisit("v1", "r", Level.DISSATISFIED, 9)


def test_a_canary_is_never_taken_for_a_citizens_open_visit(opened: Open) -> None:
    journal = opened()
    journal.append(draft(Kind.VISIT_STARTED, "canary", {"canary": True}))
    journal.append(draft(Kind.LEVEL_TAPPED, "canary", {"canary": True, "rating_id": "r", "level": "satisfied"}))
    assert journal.past().open_visit is None
    journal.append(draft(Kind.VISIT_STARTED, "v1"))
    journal.append(draft(Kind.VISIT_STARTED, "canary 2", {"canary": True}))
    assert journal.past().open_visit == OpenVisit("v1")


def test_a_visit_is_found_by_how_its_id_begins(opened: Open) -> None:
    journal = opened()
    journal.append(draft(Kind.VISIT_STARTED, visit_id="ab" * 16))
    assert journal.visit_named("ab" * 8) == "ab" * 16
    assert journal.visit_named("ab" * 16) == "ab" * 16
    assert journal.visit_named("ac") is None
    assert journal.visit_named("aa") is None


def test_the_past_knows_whose_links_phones_may_still_have(opened: Open) -> None:
    journal = opened()
    for visit_id, case_number, ended in (
        ("named", "1", {"outcome": "handed_to_phone", "phone": {"rating_id": "r", "digest": "d"}}),
        ("vouched", "1", {"outcome": "cancelled"}),
        ("cancelled", "", {"outcome": "cancelled"}),
        ("unknown", "1", {"outcome": "handed_to_phone", "phone": None}),
        ("open", "1", None),
    ):
        journal.append(draft(Kind.VISIT_STARTED, visit_id, {"case_number": case_number, "invited_by": None}))
        journal.append(draft(Kind.VISIT_INVITED, visit_id, {"by": "clerk"}))
        journal.append(draft(Kind.PHONE_ASKED, visit_id, {}, wall_ms=9))
        if ended:
            journal.append(draft(Kind.VISIT_ENDED, visit_id, ended))
    journal.append(draft(Kind.PHONE_VOUCHED, "vouched", {"rating_id": "r", "digest": "d"}))
    journal.append(draft(Kind.VISIT_STARTED, "never asked", {"case_number": "1"}))
    boot = draft(Kind.PHONE_ASKED).boot_id
    assert journal.past().asked == tuple(
        AskedForPhone(visit_id, numbered, 5, 5, 9, boot)
        for visit_id, numbered in (("open", True), ("unknown", True), ("cancelled", False))
    )


def test_what_was_ended_is_not_in_the_past(opened: Open) -> None:
    journal = opened()
    for kind, visit in [
        (Kind.TERMINAL_STARTED, None), (Kind.SERVICE_PAUSED, None), (Kind.SERVICE_RESUMED, None),
        (Kind.VISIT_STARTED, "v1"), (Kind.VISIT_ENDED, "v1"), (Kind.STAFF_SIGNED_OUT, None),
        (Kind.TERMINAL_STOPPED, None),
    ]:  # fmt: skip
        journal.append(draft(kind, visit))
    past = journal.past()
    assert (past.clean, past.staff, past.paused, past.open_visit) == (True, None, None, None)


def test_a_journal_without_a_first_entry_is_a_fault(path: Path, opened: Open) -> None:
    opened().close()
    tamper(path, "DELETE FROM entry")
    with pytest.raises(JournalFault, match="no first entry"):
        opened().head()


def test_a_pragma_that_does_not_read_back_is_a_fault(path: Path) -> None:
    from kiosk.journal.connection import _expect

    connection = apsw.Connection(":memory:")
    with pytest.raises(JournalFault, match="reads back as"):
        _expect(connection, "PRAGMA journal_mode = WAL", "wal")
    connection.close()


def test_migrations_are_numbered_sql_files_without_a_hole() -> None:
    folder = Path(__file__).parents[2] / "kiosk" / "journal" / "migrations"
    names = sorted(item.name for item in folder.iterdir())
    assert names == [f"{number:04}.sql" for number in range(1, len(names) + 1)]
    assert not re.search("import", "".join(migrations()))
    assert json.dumps(migrations())


def test_an_entry_brought_over_twice_in_one_commit_is_there_once(path: Path) -> None:
    with Journal.open(path, KEY, began) as journal:
        same = draft()
        with journal.together():
            assert journal.append(same) == journal.append(same)
        assert journal.status().entries == 2


def test_after_the_past_was_read_the_log_can_be_emptied(opened: Open) -> None:
    journal = opened()
    for number in range(3):
        visit_id = f"{number:032x}"
        journal.append(draft(Kind.VISIT_STARTED, visit_id=visit_id))
        journal.append(draft(Kind.VISIT_ENDED, visit_id=visit_id))
    journal.past()
    journal.settle()
