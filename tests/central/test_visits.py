"""What the entries say becomes visits and ratings; silence never becomes a level."""

from typing import Any

import pytest

from kiosk.core import events as e
from kiosk.core.entry import Kind
from kiosk.core.levels import Level
from tests.central.stand_in import START_MS, Central, Terminal

LATER = e.Now(START_MS, 10_000_000, "b" * 32, "e" * 32, "5a" * 16)


def test_a_whole_rating_has_everything_the_hall_reads(terminal: Terminal, central: Central) -> None:
    terminal.rate(Level.VERY_DISSATISFIED, ["108", "109"], "等了两个小时")
    terminal.send()
    central.now_ms += 5
    (rating,) = central.ratings()
    tap = next(r for r in terminal.records if r["kind"] == Kind.LEVEL_TAPPED)
    assert rating == {
        "rating_id": tap["body"]["rating_id"],
        "device_id": terminal.device_id,
        "epoch": terminal.head.epoch,
        "sequence": terminal.head.sequence,
        "visit_id": tap["visit_id"],
        "level": "very_dissatisfied",
        "reasons": ["108", "109"],
        "comment": "等了两个小时",
        "channel": "hall_tablet",
        "matter": {"code": "11341200MB1A00011X2000119001001", "name": "转移登记"},
        "case_number": "FY2026-0001",
        "service_number": 2,
        "staff": {"number": "F1001", "name": "陈雨桐", "verified": True},
        "window": "A01",
        "tapped_at": "2026-05-28T20:26:40.004Z",
        "received_at": "2026-05-28T20:26:40.000Z",
        "withdrawn_at": None,
        "finished": True,
        "business_date": "2026-05-29",
        "time_quality": "good",
        "local_reasons": [],
        "seen": None,
        "additions": [],
        "withdrawal": None,
        "flags": ["too_fast"],
        "phone": False,
        "second": False,
        "vouched": None,
        "taps": [],
        "stage": None,
        "slip": None,
        "started_by": "clerk",
        "invited_by": "clerk",
    }


def test_a_tap_alone_is_a_rating(terminal: Terminal, central: Central) -> None:
    terminal.start()
    terminal.play(e.TapLevel(Level.DISSATISFIED))
    terminal.send()
    (rating,) = central.ratings()
    assert (rating["level"], rating["finished"], rating["reasons"]) == ("dissatisfied", False, [])
    assert rating["sequence"] == terminal.head.sequence


def test_choosing_again_moves_the_rating_and_makes_no_second_one(terminal: Terminal, central: Central) -> None:
    terminal.start()
    terminal.play(e.TapLevel(Level.VERY_SATISFIED))
    terminal.send()
    terminal.play(e.ChooseAgain(), e.TapLevel(Level.DISSATISFIED))
    terminal.send()
    (rating,) = central.ratings()
    assert (rating["level"], rating["finished"]) == ("dissatisfied", False)
    terminal.play(e.ToggleReason("207"), e.Submit())
    terminal.send()
    (rating,) = central.ratings()
    assert (rating["level"], rating["finished"], rating["reasons"]) == ("dissatisfied", True, ["207"])


def test_a_citizen_who_walks_off_has_rated(terminal: Terminal, central: Central) -> None:
    terminal.start()
    terminal.play(e.TapLevel(Level.VERY_DISSATISFIED))
    tap = terminal.records[-1]
    body = {
        "outcome": "rated",
        "cause": "walked_off",
        "rating_id": tap["body"]["rating_id"],
        "level": "very_dissatisfied",
        "tapped_ms": tap["wall_ms"],
        "reasons": [],
        "finished": False,
    }
    terminal.add(Kind.VISIT_ENDED, body, tap["visit_id"])
    assert terminal.send().json["quarantined"] == []
    (rating,) = central.ratings()
    assert (rating["level"], rating["finished"]) == ("very_dissatisfied", False)
    assert central.rows("SELECT outcome, cause FROM visits") == [("rated", "walked_off")]


@pytest.mark.parametrize("event", [e.Skip(), "cancel", "phone"])
def test_silence_is_an_outcome_and_never_a_level(terminal: Terminal, central: Central, event: Any) -> None:
    visit_id = terminal.start()
    events: dict[Any, list[e.Event]] = {
        "cancel": [e.CancelVisit(visit_id, "材料不齐")],
        "phone": [e.HandToPhone(), e.PhoneFinished()],
    }
    terminal.play(*events.get(event, [event]))
    assert terminal.send().json["quarantined"] == []
    assert central.ratings() == []
    ((outcome,),) = central.rows("SELECT outcome FROM visits")
    assert outcome in ("skipped", "cancelled", "handed_to_phone")


def test_a_visit_that_timed_out_has_no_rating(terminal: Terminal, central: Central) -> None:
    visit_id = terminal.start()
    terminal.add(Kind.VISIT_ENDED, {"outcome": "timed_out", "cause": None}, visit_id)
    assert terminal.send().json["quarantined"] == []
    assert central.ratings() == []
    assert central.rows("SELECT outcome FROM visits") == [("timed_out",)]


def test_the_plug_pulled_after_the_tap_closes_the_visit_with_its_level(terminal: Terminal, central: Central) -> None:
    visit_id = terminal.start()
    terminal.play(e.TapLevel(Level.SATISFIED))
    rating_id = terminal.records[-1]["body"]["rating_id"]
    left = e.OpenVisit(visit_id, rating_id, Level.SATISFIED, START_MS)
    terminal.play(e.CloseInterrupted(left))
    assert terminal.send().json["quarantined"] == []
    (rating,) = central.ratings()
    assert (rating["rating_id"], rating["level"], rating["finished"]) == (rating_id, "satisfied", False)


@pytest.mark.parametrize(
    ("kind", "body", "reason"),
    [
        (Kind.LEVEL_TAPPED, {"level": "satisfied"}, "rating_id"),
        (Kind.LEVEL_TAPPED, {"level": "5", "rating_id": "r"}, "$.level"),
        (Kind.LEVEL_TAPPED, {"level": None, "rating_id": "r"}, "$.level"),
        (Kind.LEVEL_TAPPED, {"level": "satisfied", "rating_id": 7}, "$.rating_id"),
        (Kind.VISIT_ENDED, {"outcome": "rated", "level": "satisfied"}, "rating_id"),
        (Kind.VISIT_ENDED, {"outcome": "rated", "rating_id": "r"}, "$.level"),
        (Kind.VISIT_ENDED, {"outcome": "skipped", "level": "satisfied", "rating_id": "r"}, "$.level"),
        (Kind.VISIT_ENDED, {"outcome": "evaporated"}, "$.outcome"),
        (Kind.VISIT_ENDED, {}, "outcome"),
        (Kind.VISIT_STARTED, {"matter": "none"}, "$.matter"),
    ],
)
def test_what_cannot_be_digested_is_quarantined_with_its_field(
    terminal: Terminal, central: Central, kind: str, body: dict[str, Any], reason: str
) -> None:
    terminal.add(kind, body, "a" * 32)
    terminal.rate()
    answer = terminal.send()
    (found,) = answer.json["quarantined"]
    assert found["sequence"] == 2
    assert reason in found["reason"]
    assert len(central.ratings()) == 1
    assert central.hall("GET", "/api/v1/devices").json["items"][0]["chain"] == "whole"


@pytest.mark.parametrize("codes", [["207", "999"], ["207", "108"], ["207", "201"]])
def test_a_reason_the_level_does_not_offer_never_costs_the_rating(
    terminal: Terminal, central: Central, codes: list[str]
) -> None:
    visit_id = terminal.start()
    body = {"outcome": "rated", "rating_id": "r1", "level": "dissatisfied", "reasons": codes, "finished": True}
    terminal.add(Kind.VISIT_ENDED, {**body, "options_version": "2020"}, visit_id)
    (found,) = terminal.send().json["quarantined"]
    assert codes[1] in found["reason"]
    assert "dissatisfied" not in found["reason"]
    (rating,) = central.ratings()
    assert (rating["level"], rating["reasons"], rating["finished"]) == ("dissatisfied", ["207"], True)


def test_reasons_of_a_list_that_central_does_not_have_stand_as_they_came(terminal: Terminal, central: Central) -> None:
    visit_id = terminal.start()
    body = {"outcome": "rated", "rating_id": "r1", "level": "dissatisfied", "reasons": ["299"], "finished": True}
    terminal.add(Kind.VISIT_ENDED, {**body, "options_version": "2031"}, visit_id)
    assert terminal.send().json["quarantined"] == []
    assert central.ratings()[0]["reasons"] == ["299"]


def test_the_first_end_of_a_visit_stands(terminal: Terminal, central: Central) -> None:
    terminal.rate(Level.DISSATISFIED, ["207"])
    ended = terminal.records[-1]
    better = {**ended["body"], "level": "very_satisfied", "reasons": []}
    terminal.add(Kind.VISIT_ENDED, better, ended["visit_id"])
    terminal.add(Kind.LEVEL_TAPPED, {"rating_id": better["rating_id"], "level": "satisfied"}, ended["visit_id"])
    terminal.add(Kind.VISIT_ENDED, {"outcome": "cancelled"}, ended["visit_id"])
    assert len(terminal.send().json["quarantined"]) == 3
    assert [r["level"] for r in central.ratings()] == ["dissatisfied"]


def test_a_rating_can_be_taken_over_neither_by_another_visit_nor_by_another_device(
    terminal: Terminal, central: Central, enrolled: Any
) -> None:
    terminal.rate(Level.DISSATISFIED, ["207"])
    rating_id = terminal.records[-1]["body"]["rating_id"]
    terminal.add(Kind.LEVEL_TAPPED, {"rating_id": rating_id, "level": "satisfied"}, "c" * 32)
    assert len(terminal.send().json["quarantined"]) == 1
    other = enrolled().begin()
    other.add(Kind.LEVEL_TAPPED, {"rating_id": rating_id, "level": "satisfied"}, "c" * 32)
    assert other.send().json["quarantined"] == []
    assert [(r["device_id"], r["level"]) for r in central.ratings()] == [
        (terminal.device_id, "dissatisfied"),
        (other.device_id, "satisfied"),
    ]


def test_a_clock_that_is_years_off_costs_no_rating(terminal: Terminal, central: Central) -> None:
    for wall_ms in (0, 4_102_444_800_000):
        tapped = {"rating_id": f"r{wall_ms}", "level": "satisfied"}
        terminal.add(Kind.LEVEL_TAPPED, tapped, f"v{wall_ms}", wall_ms=wall_ms)
    terminal.add(Kind.LEVEL_TAPPED, {"rating_id": "r", "level": "satisfied"}, "v", wall_ms=2**53 - 1)
    assert [q["reason"] for q in terminal.send().json["quarantined"]] == ["wall_ms: not a time"]
    assert [r["tapped_at"] for r in central.ratings()] == ["1970-01-01T00:00:00.000Z", "2100-01-01T00:00:00.000Z"]


def test_a_nul_character_is_kept_in_the_record_and_replaced_where_it_is_read(
    terminal: Terminal, central: Central
) -> None:
    visit_id = "v\0"
    terminal.add(Kind.VISIT_STARTED, {"case_number": "A\0B"}, visit_id)
    terminal.add(Kind.LEVEL_TAPPED, {"rating_id": "r\0", "level": "satisfied"}, visit_id)
    terminal.add("kind\0", {})
    assert terminal.send().json["quarantined"] == []
    assert central.ratings()[0]["case_number"] == "A\ufffdB"
