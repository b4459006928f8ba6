"""What a hall sets of itself: by whom, when, and what its terminals get."""

import json
from typing import Any

import pytest

from kiosk.protocol.profile import QUESTION, Phone, read_profile
from tests.central.stand_in import ADMIN, Central, Terminal

HALL = "/api/v1/halls/FY"
FIRST = {"time_zone": "Asia/Shanghai", "phone_page": "", "phone_wait_s": 180, "slip": "", "remind_s": 1200}
WANTED = {
    "time_zone": "Asia/Urumqi", "phone_page": "https://rate.example/hall", "phone_wait_s": 90,
    "slip": "{slip}|{window}", "remind_s": 0,
}  # fmt: skip
BY = {"by": "王主任"}


def _settings(view: dict[str, Any]) -> dict[str, Any]:
    return {name: view[name] for name in FIRST}


@pytest.fixture(autouse=True)
def hall(terminal: Terminal) -> Terminal:
    """There is a hall once there is a terminal in it."""
    return terminal


def test_what_is_set_reaches_the_terminals_and_is_kept_with_who_and_when(central: Central, hall: Terminal) -> None:
    before = central.hall("GET", HALL)
    assert (before.status, _settings(before.json), before.json["changes"]) == (200, FIRST, [])
    answer = central.hall("PUT", HALL, WANTED | BY)
    assert (answer.status, _settings(answer.json)) == (200, WANTED)
    assert answer.json["changes"] == [
        {"at": "2026-05-28T20:26:40.000Z", "by": "王主任", "before": FIRST, "after": WANTED}
    ]
    central.now_ms += 1000
    again = central.hall("PUT", HALL, WANTED | {"by": "F7", "slip": ""})
    assert [(one["by"], one["before"], one["after"]) for one in again.json["changes"]] == [
        ("F7", {"slip": "{slip}|{window}"}, {"slip": ""}), ("王主任", FIRST, WANTED),
    ]  # fmt: skip
    assert central.hall("GET", HALL).json == again.json
    profile = read_profile(hall.call("GET", "/api/v1" + QUESTION).body)
    assert profile.phone == Phone(page="https://rate.example/hall", wait_s=90)
    assert (profile.slip, profile.remind_s) == ("", 0)


def test_setting_the_same_again_is_no_change(central: Central) -> None:
    central.hall("PUT", HALL, WANTED | BY)
    assert len(central.hall("PUT", HALL, WANTED | {"by": "F7"}).json["changes"]) == 1


def test_days_are_counted_by_the_zone_that_is_set(central: Central, hall: Terminal) -> None:
    assert central.hall("PUT", HALL, WANTED | BY | {"time_zone": "Pacific/Honolulu"}).status == 200
    hall.rate()
    hall.send()
    assert central.rows("SELECT business_date FROM ratings") == [("2026-05-28",)]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"time_zone": "Asia/Atlantis"}, "$.time_zone"),
        ({"time_zone": "../etc/passwd"}, "$.time_zone"),
        ({"time_zone": "Asia"}, "$.time_zone"),
        ({"phone_page": "rate.example"}, "$.phone_page"),
        ({"phone_page": "https://rate.example/?a=1"}, "$.phone_page"),
        ({"phone_page": "https://rate.example\n"}, "$.phone_page"),
        ({"phone_wait_s": 59}, "$.phone_wait_s"),
        ({"slip": "{window}"}, "$.slip"),
        ({"slip": "{slip}\0"}, "$.slip"),
        ({"remind_s": -1}, "$.remind_s"),
        ({"by": " "}, "$.by"),
        ({"hall": "x"}, "$.hall"),
        ({"name": "x"}, "$.name"),
    ],
)
def test_what_no_terminal_would_take_is_refused_by_its_name(
    central: Central, changed: dict[str, Any], field: str
) -> None:
    answer = central.hall("PUT", HALL, WANTED | BY | changed)
    assert (answer.status, answer.problem, answer.json["field"]) == (400, "invalid", field)
    assert _settings(central.hall("GET", HALL).json) == FIRST


@pytest.mark.parametrize("name", [*FIRST, "by"])
def test_all_of_it_is_said_each_time(central: Central, name: str) -> None:
    body = {key: value for key, value in (WANTED | BY).items() if key != name}
    answer = central.hall("PUT", HALL, body)
    assert (answer.problem, answer.json["field"]) == ("invalid", f"$.{name}")


def test_it_is_for_the_bearer_of_the_admin_token_alone(central: Central, hall: Terminal) -> None:
    body = json.dumps(WANTED | BY).encode()
    fields = {"content-type": "application/json"}
    for given in ("", "Bearer a-station-token-as-clerks-programs-have", f"Basic {ADMIN}"):
        headers = {"authorization": given} if given else {}
        assert central.call("GET", HALL, headers).problem == "token"
        assert central.call("PUT", HALL, {**fields, **headers}, body).problem == "token"
    for method, sent in (("GET", b""), ("PUT", body)):
        assert hall.call(method, HALL, sent).problem == "token"
    assert central.rows("SELECT slip FROM halls") == [("",)]


@pytest.mark.parametrize("code", ["XX", "%00", "fy"])
def test_there_must_be_such_a_hall(central: Central, code: str) -> None:
    for answer in (
        central.hall("GET", f"/api/v1/halls/{code}"), central.hall("PUT", f"/api/v1/halls/{code}", WANTED | BY),
    ):  # fmt: skip
        assert (answer.status, answer.problem) == (404, "unknown_hall")
