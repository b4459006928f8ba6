"""Each entry once, whole, in its place; one bad entry never blocks the rest."""

import copy
import gzip
import hashlib
import json
from typing import Any

import pytest

from kiosk.core import events as e
from kiosk.core.entry import Head, Kind, record_hash
from kiosk.core.levels import Level
from tests.central.stand_in import Central, Terminal, vouched


def test_a_batch_is_acknowledged_up_to_its_last_entry_and_its_digest_is_given_back(terminal: Terminal) -> None:
    terminal.rate()
    answer = terminal.send()
    assert answer.status == 200
    plain = json.dumps({"entries": terminal.records}).encode()
    assert vouched(answer.json["head"]) == terminal.head
    assert {key: value for key, value in answer.json.items() if key != "head"} == {
        "acknowledged": len(terminal.records),
        "epoch": terminal.head.epoch,
        "digest": hashlib.sha256(plain).hexdigest(),
        "quarantined": [],
        "server_time": terminal.central.now_ms,
    }


def test_sending_again_changes_nothing(terminal: Terminal, central: Central) -> None:
    terminal.rate(comment="慢")
    first = terminal.send()
    stored = central.rows("SELECT * FROM entries"), central.rows("SELECT * FROM ratings")
    central.now_ms += 1000
    again = terminal.send()
    assert again.status == 200
    assert again.json["acknowledged"] == first.json["acknowledged"]
    assert (central.rows("SELECT * FROM entries"), central.rows("SELECT * FROM ratings")) == stored
    assert len(central.ratings()) == 1


def test_an_overlapping_batch_brings_only_what_is_new(terminal: Terminal, central: Central) -> None:
    terminal.rate()
    terminal.send()
    terminal.rate()
    assert terminal.send(terminal.records[3:]).json["acknowledged"] == len(terminal.records)
    assert len(central.ratings()) == 2


def test_a_gap_is_refused_with_the_position_that_is_held(terminal: Terminal, central: Central) -> None:
    terminal.rate()
    terminal.send(terminal.records[:2])
    answer = terminal.send(terminal.records[3:])
    assert (answer.status, answer.problem) == (409, "gap")
    assert answer.json["acknowledged"] == 2
    assert "from 3" in answer.json["detail"]
    assert terminal.send(terminal.records[2:]).json["acknowledged"] == len(terminal.records)


def test_a_gap_inside_a_batch_keeps_what_stands_before_it(terminal: Terminal) -> None:
    terminal.rate()
    answer = terminal.send(terminal.records[:3] + terminal.records[4:])
    assert (answer.status, answer.problem, answer.json["acknowledged"]) == (409, "gap", 3)


def test_an_epoch_that_does_not_begin_at_one_is_a_gap_from_nothing(terminal: Terminal) -> None:
    terminal.rate()
    answer = terminal.send(terminal.records[1:])
    assert (answer.status, answer.problem, answer.json["acknowledged"]) == (409, "gap", 0)


def test_another_entry_at_the_same_place_is_kept_beside_the_first_and_raises_an_alarm(
    terminal: Terminal, central: Central
) -> None:
    terminal.rate(Level.DISSATISFIED, ["207"])
    terminal.send()
    before = central.rows("SELECT sequence, hash, record FROM entries ORDER BY sequence")
    terminal.records, terminal.head = terminal.records[:1], Head(terminal.head.epoch, 1, terminal.records[0]["hash"])
    terminal.rate(Level.VERY_SATISFIED)
    for _ in range(2):
        answer = terminal.send()
        assert (answer.status, answer.problem, answer.json["acknowledged"]) == (409, "equivocation", len(before))
        assert vouched(answer.json["head"]) == Head(terminal.head.epoch, 2, before[1][1])
    assert central.rows("SELECT sequence, hash, record FROM entries ORDER BY sequence") == before
    kept = central.rows("SELECT sequence, hash FROM equivocations ORDER BY sequence")
    assert kept == [(r["sequence"], r["hash"]) for r in terminal.records[1:]]
    assert [rating["level"] for rating in central.ratings()] == ["dissatisfied"]
    device = central.hall("GET", "/api/v1/devices").json["items"][0]
    assert device["chain"] == "broken at 2: equivocation"
    assert device["alarms"] == [f"equivocation {terminal.head.epoch}:2"]


def test_one_poison_entry_in_two_hundred_is_quarantined_alone(terminal: Terminal, central: Central) -> None:
    while len(terminal.records) < 99:
        terminal.rate()
    terminal.add(Kind.LEVEL_TAPPED, {"level": "ecstatic", "rating_id": "x"}, "f" * 32)
    poison = len(terminal.records)
    while len(terminal.records) < 200:
        terminal.rate()
    terminal.records = terminal.records[:200]
    answer = terminal.send()
    assert answer.json["acknowledged"] == 200
    assert [q["sequence"] for q in answer.json["quarantined"]] == [poison]
    assert "level" in answer.json["quarantined"][0]["reason"]
    device = central.hall("GET", "/api/v1/devices").json["items"][0]
    assert (device["quarantined"], device["chain"]) == (1, "whole")
    assert terminal.send().json["quarantined"] == answer.json["quarantined"]


def _set(record: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**record, **changes}


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda r: _set(r, body={**r["body"], "level": "satisfied"}), "altered"),
        (lambda r: _set(r, hash="0" * 64), "altered"),
        (lambda r: _set(r, hash=7), "unreadable"),
        (lambda r: _set(r, body="text"), "unreadable"),
        (lambda r: _set(r, body={"weight": 1.5}), "altered"),
        (lambda r: _set(r, body={"count": 10**30}), "altered"),
        (lambda r: _set(r, format=2), "newer_format"),
        (lambda r: _set(r, format="1"), "unreadable"),
        (lambda r: _set(r, sequence=99_999), "misplaced"),
        (lambda r: _set(r, sequence=None), "misplaced"),
        (lambda r: _set(r, epoch=True), "misplaced"),
        (lambda r: _set(r, personal={"salt": "00", "comment": "好"}), "altered_personal"),
        (lambda r: _set(r, personal=3), "unreadable"),
        (lambda r: {}, "misplaced"),
    ],
)
def test_a_spoilt_entry_is_quarantined_and_the_rest_flows(
    terminal: Terminal, central: Central, spoil: Any, reason: str
) -> None:
    terminal.rate(Level.VERY_DISSATISFIED, ["108"])
    victim = next(i for i, r in enumerate(terminal.records) if r["kind"] == Kind.LEVEL_TAPPED)
    terminal.rate()
    sent = copy.deepcopy(terminal.records)
    sent[victim] = spoil(sent[victim])
    answer = terminal.send(sent)
    assert answer.status == 200, answer.body
    assert answer.json["acknowledged"] == len(sent)
    found = {q["sequence"]: q["reason"] for q in answer.json["quarantined"]}
    assert found.pop(victim + 1) == reason
    assert found in ({}, {victim + 2: "broken_link"})
    device = central.hall("GET", "/api/v1/devices").json["items"][0]
    assert device["chain"] == f"broken at {victim + 1}: {reason}"
    assert device["quarantined"] == 1 + len(found)
    assert terminal.send(sent).json == answer.json
    kept = central.rows(f"SELECT record FROM entries WHERE sequence = {victim + 1}")[0][0]
    assert json.loads(kept) == {key: value for key, value in sent[victim].items() if key != "personal"}


def test_a_removed_entry_between_sealed_ones_breaks_the_link(terminal: Terminal, central: Central) -> None:
    terminal.rate()
    sent = copy.deepcopy(terminal.records)
    sent[3]["previous"] = "1" * 64
    sent[3]["hash"] = record_hash(sent[3])
    answer = terminal.send(sent)
    assert answer.json["quarantined"][0] == {"sequence": 4, "reason": "broken_link"}
    assert answer.json["acknowledged"] == len(sent)


def test_an_epoch_must_open_with_the_beginning_of_a_journal(terminal: Terminal) -> None:
    terminal.records.clear()
    terminal.head = Head(5)
    terminal.add(Kind.TERMINAL_STARTED)
    assert terminal.send().json["quarantined"] == [{"sequence": 1, "reason": "not_begun"}]


def test_a_second_epoch_is_taken_and_raises_an_alarm(terminal: Terminal, central: Central) -> None:
    terminal.rate()
    terminal.send()
    terminal.begin_anew("damaged").rate()
    assert terminal.send().json["acknowledged"] == len(terminal.records)
    device = central.hall("GET", "/api/v1/devices").json["items"][0]
    assert device["alarms"] == [f"new_epoch {terminal.head.epoch}:1"]
    assert (device["epoch"], device["sequence"], device["chain"]) == (
        terminal.head.epoch,
        terminal.head.sequence,
        "whole",
    )


def test_an_unknown_kind_and_unknown_keys_are_kept_whole(terminal: Terminal, central: Central) -> None:
    record = terminal.add("door.opened", {"by": "wind"})
    record["colour"] = "red"
    record["hash"] = record_hash(record)
    answer = terminal.send([terminal.records[0], record])
    assert answer.json["quarantined"] == []
    kept = json.loads(central.rows("SELECT record FROM entries WHERE sequence = 2")[0][0])
    assert kept == record
    assert record_hash(kept) == kept["hash"]


def test_personal_data_stands_apart_and_can_go_without_breaking_the_chain(terminal: Terminal, central: Central) -> None:
    terminal.start()
    terminal.play(
        e.TapLevel(Level.DISSATISFIED), e.WriteComment("系统太慢了"), e.WriteContact("13812345678"), e.Submit()
    )
    terminal.send()
    records = [json.loads(text) for (text,) in central.rows("SELECT record FROM entries ORDER BY sequence")]
    assert "系统太慢了" not in json.dumps(records, ensure_ascii=False)
    assert "13812345678" not in json.dumps(records)
    assert [json.loads(text) for (text,) in central.rows("SELECT fields FROM entry_personal")] == [
        {"salt": "5a" * 16, "comment": "系统太慢了", "contact": "13812345678"}
    ]
    assert central.ratings()[0]["comment"] == "系统太慢了"
    assert "13812345678" not in central.hall("GET", "/api/v1/ratings").body.decode()
    central_rows = central.rows("SELECT hash FROM entries ORDER BY sequence")
    assert [(record_hash(record),) for record in records] == central_rows
    with central.store.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM entry_personal")
    assert central.ratings()[0]["comment"] is None
    assert terminal.send().status == 200


def test_a_batch_that_says_nowhere_where_it_stands_is_refused(terminal: Terminal) -> None:
    for entries in ([], [{}], [{"epoch": 1.0, "sequence": "1"}], [{"epoch": 1, "sequence": 2**70}]):
        answer = terminal.send(entries)
        assert (answer.status, answer.problem) == (400, "invalid")
        assert answer.json["field"].startswith("$.entries")


def test_a_body_that_does_not_fit_names_the_field(terminal: Terminal) -> None:
    for body, field in (
        (b"{", "$"),
        (b'{"entries":[{},3]}', "$.entries[1]"),
        (b'{"entries":[],"extra":1}', "$.extra"),
        (b"{}", "$.entries"),
        (b'{"entries":"\xff"}', "$.entries"),
        (b'{"entries":[{"deep":' + b"[" * 50_000, "$"),
        (json.dumps({"entries": [{}] * 501}).encode(), "$.entries"),
    ):
        answer = terminal.call("POST", "/api/v1/device/journal", body)
        assert (answer.status, answer.problem, answer.json["field"]) == (400, "invalid", field)


def test_an_entry_nested_too_deeply_is_refused_and_not_a_bug(terminal: Terminal) -> None:
    deep: Any = 1
    for _ in range(900):
        deep = [deep]
    record = terminal.add("deep", {})
    record["body"] = {"deep": deep}
    plain = json.dumps({"entries": [terminal.records[0], record]}).encode()
    answer = terminal.call("POST", "/api/v1/device/journal", gzip.compress(plain), headers={"Content-Encoding": "gzip"})
    assert answer.status in (200, 400)


def test_a_comment_that_was_wiped_on_its_way_raises_an_alarm(terminal: Terminal, central: Central) -> None:
    terminal.rate(Level.VERY_DISSATISFIED, ["301"], comment="态度恶劣")
    hidden = [{key: value for key, value in record.items() if key != "personal"} for record in terminal.records]
    assert terminal.send(hidden).status == 200
    place = f"personal_missing {terminal.head.epoch}:{terminal.head.sequence}"
    (device,) = central.hall("GET", "/api/v1/devices").json["items"]
    assert device["alarms"] == [place]


def test_an_entry_sent_again_without_its_wiped_comment_raises_none(terminal: Terminal, central: Central) -> None:
    terminal.rate(Level.VERY_DISSATISFIED, ["301"], comment="态度恶劣")
    terminal.send()
    hidden = [{key: value for key, value in record.items() if key != "personal"} for record in terminal.records]
    assert terminal.send(hidden).status == 200
    (device,) = central.hall("GET", "/api/v1/devices").json["items"]
    assert device["alarms"] == []
    assert central.ratings()[0]["comment"] == "态度恶劣"


def test_a_terminal_that_once_sent_comments_cannot_hide_one_by_calling_this_central_a_mirror(
    terminal: Terminal, central: Central
) -> None:
    terminal.rate(Level.SATISFIED, comment="很好")
    terminal.contact()
    held = len(terminal.records)
    terminal.rate(Level.VERY_DISSATISFIED, ["108"], "态度恶劣")
    hidden = [{key: value for key, value in record.items() if key != "personal"} for record in terminal.records[held:]]
    body = json.dumps({"entries": hidden, "personal": "withheld"}).encode()
    assert terminal.call("POST", "/api/v1/device/journal", body).status == 200
    assert "personal_missing" in central.alarms()
