"""Enrolment, lists, heartbeats."""

import base64
import json
from typing import Any

import pytest

from kiosk.core.entry import Head
from kiosk.core.levels import Level
from kiosk.core.receipt import ALPHABET
from kiosk.protocol.profile import QUESTION
from tests.central.stand_in import COUNTERSIGNER, Central, Terminal, vouched

KEY = base64.b64encode(bytes(32)).decode()
CODES = "/api/v1/enrolment-codes"
ENROLMENTS = "/api/v1/enrolments"
PROFILE = "/api/v1" + QUESTION


def _code(central: Central, **wanted: str) -> str:
    return str(central.hall("POST", CODES, {"hall": "FY", "window": "A01", **wanted}).json["code"])


# -- enrolment -------------------------------------------------------------------------------------------------------


def test_a_code_enrols_once(central: Central) -> None:
    answer = central.hall("POST", CODES, {"hall": "FY", "window": "A01", "mode": "window"})
    assert answer.status == 201
    assert answer.json["expires_at"] == "2026-05-28T21:26:40.000Z"
    wanted = {"code": answer.json["code"], "public_key": KEY, "hardware": {}}
    first = central.post(ENROLMENTS, wanted)
    assert first.status == 201
    assert set(first.json) == {"device_id", "credentials", "central_key", "recovery_key"}
    assert first.json["central_key"] == COUNTERSIGNER.central_key
    assert first.json["recovery_key"] == COUNTERSIGNER.recovery_key
    again = central.post(ENROLMENTS, {**wanted, "public_key": KEY.replace(KEY[0], "z" if KEY[0] != "z" else "y", 1)})
    assert (again.status, again.problem, again.json["field"]) == (409, "enrolment_code_used", "$.code")
    assert len(central.rows("SELECT * FROM devices")) == 1


def test_a_terminal_that_lost_the_answer_gets_it_again_with_the_same_code_and_key(central: Central) -> None:
    code = central.hall("POST", CODES, {"hall": "FY", "window": "A01", "mode": "window"}).json["code"]
    wanted = {"code": code, "public_key": KEY, "hardware": {}}
    first, again = central.post(ENROLMENTS, wanted), central.post(ENROLMENTS, wanted)
    assert (again.status, again.json) == (201, first.json)
    assert len(central.hall("GET", "/api/v1/devices").json["items"]) == 1


def test_a_code_is_forgiving_to_read_aloud_and_is_stored_as_a_hash_only(central: Central) -> None:
    code = _code(central)
    assert len(code) == 11
    assert set(code.replace("-", "")) <= set(ALPHABET)
    stored = str(central.rows("SELECT * FROM enrolment_codes"))
    assert code not in stored
    assert code.replace("-", "") not in stored
    spoken = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert central.post(ENROLMENTS, {"code": spoken, "public_key": KEY}).status == 201


def test_a_code_expires_after_an_hour(central: Central) -> None:
    code = _code(central)
    central.now_ms += 3_600_000
    answer = central.post(ENROLMENTS, {"code": code, "public_key": KEY})
    assert (answer.status, answer.problem) == (410, "enrolment_code_expired")


def test_codes_cannot_be_guessed_for_long(central: Central) -> None:
    code = _code(central)
    statuses = [central.post(ENROLMENTS, {"code": f"WRONG{n:05d}", "public_key": KEY}).status for n in range(25)]
    assert statuses == [404] * 20 + [429] * 5
    answer = central.post(ENROLMENTS, {"code": code, "public_key": KEY})
    assert (answer.problem, answer.headers["retry-after"]) == ("too_many_guesses", "7")
    central.mono_s += 7
    assert central.post(ENROLMENTS, {"code": code, "public_key": KEY}).status == 201


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"public_key": "short"}, "$.public_key"),
        ({"public_key": 7}, "$.public_key"),
        ({"code": ""}, "$.code"),
        ({"hardware": {"cpu": 3}}, "$.hardware[...]"),
        ({"colour": "red"}, "$.colour"),
    ],
)
def test_an_enrolment_that_does_not_fit_names_the_field(central: Central, change: dict[str, Any], field: str) -> None:
    answer = central.post(ENROLMENTS, {"code": "X", "public_key": KEY, **change})
    assert (answer.status, answer.problem, answer.json["field"]) == (400, "invalid", field)


def test_a_newer_terminal_cannot_enrol(central: Central) -> None:
    body = json.dumps({"code": _code(central), "public_key": KEY}).encode()
    headers = {"content-type": "application/json", "kiosk-protocol": "2"}
    assert central.call("POST", ENROLMENTS, headers, body).problem == "protocol_version"


def test_an_unknown_hall_or_window_comes_into_being_once(central: Central) -> None:
    for window in ("A01", "A02", "A01"):
        _code(central, window=window)
    assert central.rows("SELECT code, name FROM halls") == [("FY", "FY")]
    assert central.rows("SELECT number, name FROM windows ORDER BY id") == [("A01", "A01"), ("A02", "A02")]
    answer = central.hall("POST", CODES, {"hall": "a\0b", "window": "A01"})
    assert (answer.status, answer.json["field"]) == (400, "$.hall")


# -- lists -----------------------------------------------------------------------------------------------------------


def test_pages_follow_each_other_without_gap_or_repeat(terminal: Terminal, central: Central) -> None:
    for _ in range(5):
        terminal.rate()
    terminal.send()
    seen: list[str] = []
    path = "/api/v1/ratings?limit=2"
    while path:
        page = central.hall("GET", path).json
        seen += [rating["rating_id"] for rating in page["items"]]
        terminal.rate() if len(seen) == 2 else None
        terminal.send()
        path = f"/api/v1/ratings?limit=2&after={page['next']}" if page["next"] else ""
    taps = [r["body"]["rating_id"] for r in terminal.records if r["kind"] == "visit.level_tapped"]
    assert seen == taps


def test_ratings_can_be_narrowed(terminal: Terminal, central: Central) -> None:
    terminal.rate(Level.DISSATISFIED, ["207"])
    terminal.rate(Level.SATISFIED)
    terminal.send()

    def levels(query: str) -> list[str]:
        return [r["level"] for r in central.hall("GET", f"/api/v1/ratings?{query}").json["items"]]

    assert levels("level=dissatisfied") == ["dissatisfied"]
    assert levels("window=A01") == ["dissatisfied", "satisfied"]
    assert levels("window=A02") == []
    assert levels(f"device_id={terminal.device_id}&level=satisfied") == ["satisfied"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "?limit"),
        ("limit=1001", "?limit"),
        ("limit=x", "?limit"),
        ("after=-1", "?after"),
        ("after=99999999999999999999", "?after"),
        ("level=perfect", "?level"),
        ("device_id=x", "?device_id"),
        ("window=%00", "?window"),
    ],
)
def test_a_query_that_does_not_fit_names_the_parameter(central: Central, query: str, field: str) -> None:
    answer = central.hall("GET", f"/api/v1/ratings?{query}")
    assert (answer.status, answer.problem, answer.json["field"]) == (400, "invalid", field)


def test_the_list_of_terminals_shows_what_the_heartbeat_said(
    terminal: Terminal, central: Central, enrolled: Any
) -> None:
    enrolled("A02", "self_service")
    central.now_ms += 1000
    beat = terminal.beat(unsent=3, refused_profile="$.hours[0]", state="paused")
    answer = terminal.call("POST", "/api/v1/device/heartbeat", json.dumps(beat).encode())
    assert (answer.json["acknowledged"], answer.json["server_time"]) == (0, central.now_ms)
    assert vouched(answer.json["head"]) == Head(terminal.head.epoch)
    terminal.send()
    answer = terminal.call("POST", "/api/v1/device/heartbeat", json.dumps(beat).encode())
    assert answer.json["acknowledged"] == 1
    assert vouched(answer.json["head"]) == terminal.head
    first, second = central.hall("GET", "/api/v1/devices").json["items"]
    assert len(base64.b64decode(first["public_key"])) == 32
    assert first == {
        "public_key": first["public_key"],
        "device_id": terminal.device_id,
        "hall": "FY",
        "window": "A01",
        "mode": "window",
        "enrolled_at": "2026-05-28T20:26:40.000Z",
        "last_seen_at": "2026-05-28T20:26:41.000Z",
        "version": "0.1.0",
        "state": "paused",
        "epoch": terminal.head.epoch,
        "sequence": 1,
        "unsent": 3,
        "quarantined": 0,
        "chain": "whole",
        "refused_profile": "$.hours[0]",
        "alarms": [],
        "journal_began": {"zh-CN": "首次启用流水", "en": "the first journal of this terminal"},
        "behind": 0,
        "unclean_stops": 0,
        "retired_at": None,
        "revoked_at": None,
        "replaced_at": None,
        "replaced_by": None,
    }
    assert (second["mode"], second["epoch"], second["last_seen_at"]) == ("self_service", None, None)
    page = central.hall("GET", "/api/v1/devices?limit=1").json
    assert page["items"] == [first]
    assert central.hall("GET", f"/api/v1/devices?after={page['next']}").json == {"items": [second], "next": None}


@pytest.mark.parametrize("change", [{"epoch": 2**70}, {"epoch": -1}, {"unsent": "3"}, {"mood": "good"}])
def test_a_heartbeat_that_does_not_fit_names_the_field(terminal: Terminal, change: dict[str, Any]) -> None:
    answer = terminal.call("POST", "/api/v1/device/heartbeat", json.dumps(terminal.beat(**change)).encode())
    assert (answer.status, answer.json["field"]) == (400, f"$.{next(iter(change))}")


def test_a_heartbeat_with_numbers_past_any_column_is_kept(terminal: Terminal, central: Central) -> None:
    beat = terminal.beat(unsent=2**80, sequence=2**80, wall_ms=-(2**80))
    assert terminal.call("POST", "/api/v1/device/heartbeat", json.dumps(beat).encode()).status == 200
    assert central.hall("GET", "/api/v1/devices").json["items"][0]["unsent"] == 2**80
