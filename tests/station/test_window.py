"""What a start may say beyond the matter, called numbers, kinds of pause, a visit that stands open, figures."""

from collections.abc import Callable
from concurrent.futures import Future

import pytest

from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.protocol.phone import ClerkFigures
from kiosk.station.limits import Limits
from tests.station.house import VISIT, House
from tests.station.test_events import listening
from tests.station.waiting import eventually

FIGURES = ClerkFigures(staff="A103", since="2026-10-26", until="2026-11-23", visits=140, rated=120, good_percent=90)


@pytest.mark.parametrize("stage", ["pending", "accepted", "completed"])
def test_a_stage_a_slip_and_a_service_number_are_journalled(house: House, stage: str) -> None:
    answer = house.call("POST", "/v1/visits", {**VISIT, "service_number": 2, "stage": stage, "slip": "A045"})
    assert (answer.status, answer.json["state"]) == (201, "serving")
    body = house.terminal.journal[-1].draft.body
    assert (body["stage"], body["slip"], body["service_number"], body["by"]) == (stage, "A045", 2, "clerk")


def test_a_service_that_is_over_invites_with_its_start(house: House) -> None:
    answer = house.call("POST", "/v1/visits", {**VISIT, "invite": True})
    assert (answer.status, answer.json["state"]) == (201, "inviting")
    assert house.terminal.journal[-1].draft.body["invited_by"] == "clerk"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"stage": "done"}, "$.stage"),
        ({"slip": ""}, "$.slip"),
        ({"slip": "A" * 17}, "$.slip"),
        ({"slip": " \t"}, "$.slip"),
        ({"invite": 1}, "$.invite"),
        ({"service_number": 1_000_001}, "$.service_number"),
    ],
)
def test_what_a_start_says_wrongly_is_named(house: House, change: dict[str, object], field: str) -> None:
    answer = house.call("POST", "/v1/visits", {**VISIT, **change})
    assert (answer.status, answer.code, answer.json["field"]) == (422, "invalid", field)
    assert house.terminal.kinds == []


def test_the_next_number_is_shown_until_its_visit_begins(house: House) -> None:
    called = house.call("POST", "/v1/calls", {"number": "A046"})
    assert (called.status, called.json["called"], called.json["state"]) == (202, "A046", "ready")
    assert house.terminal.kinds == ["number.called"]
    house.start()
    assert house.call("GET", "/v1/state").json["called"] is None


def test_whoever_calls_the_next_number_has_done_with_this_citizen_who_is_invited(house: House) -> None:
    visit_id = house.start()
    called = house.call("POST", "/v1/calls", {"number": "A046"})
    assert (called.status, called.json["state"], called.json["called"]) == (202, "inviting", "A046")
    assert called.json["visit"]["visit_id"] == visit_id
    house.terminal.submit(e.TapLevel(Level.SATISFIED)).result(5)
    undisturbed = house.call("POST", "/v1/calls", {"number": "A047"})
    assert (undisturbed.status, undisturbed.json["state"]) == (202, "explaining")


def test_no_number_is_called_while_the_service_is_paused(house: House) -> None:
    house.call("PUT", "/v1/pause", {"reason": "午休"})
    assert house.call("POST", "/v1/calls", {"number": "A046"}).code == "paused"
    for odd in ("", " ", "A" * 17, "A\n"):
        assert house.call("POST", "/v1/calls", {"number": odd}).code == "invalid"


@pytest.mark.parametrize("kind", ["away", "waiting", "out_of_service"])
def test_a_pause_has_a_kind(house: House, kind: str) -> None:
    answer = house.call("PUT", "/v1/pause", {"reason": "取件", "kind": kind, "expected_return": "10:40"})
    assert answer.json["pause"] == {"reason": "取件", "kind": kind, "expected_return": "10:40"}
    assert house.call("DELETE", "/v1/pause").json["pause"] is None
    refused = house.call("PUT", "/v1/pause", {"reason": "x", "kind": "lunch"})
    assert (refused.code, refused.json["field"]) == ("invalid", "$.kind")


def test_a_visit_says_how_long_it_stands_open_while_it_is_served(house: House) -> None:
    visit_id = house.start()
    house.terminal.pass_time(61_500)
    assert house.call("GET", "/v1/state").json["visit"]["open_s"] == 61
    house.call("POST", f"/v1/visits/{visit_id}/invitation")
    assert house.call("GET", "/v1/state").json["visit"]["open_s"] == 0


def test_a_visit_that_stands_open_is_told_by_the_minute(make_house: Callable[..., House]) -> None:
    house = make_house(Limits(heartbeat_s=0.02))
    house.start()
    with listening(house) as stream:
        first = stream.state()
        for seconds in (1, 30, 59):
            house.terminal.pass_time(seconds * 1000 - house.terminal.mono_ms())
            assert stream.block() == {"": "still here"}
        house.terminal.pass_time(2_000)
        later = stream.state()
        assert (later["id"], later["visit"]["open_s"]) == (first["id"] + 1, 61)


def _told(figures: ClerkFigures | None) -> "Callable[[str], Future[ClerkFigures | None]]":
    def ask(_number: str) -> "Future[ClerkFigures | None]":
        future: Future[ClerkFigures | None] = Future()
        future.set_result(figures)
        return future

    return ask


def test_figures_are_for_the_clerk_who_signed_in_by_pin(house: House) -> None:
    house.figures = _told(FIGURES)
    nobody = house.call("GET", "/v1/figures")
    assert (nobody.status, nobody.code) == (409, "nobody_signed_in")
    house.call("PUT", "/v1/staff", {"number": "A103"})
    unsure = house.call("GET", "/v1/figures")
    assert (unsure.status, unsure.code) == (403, "pin_needed")
    house.call("PUT", "/v1/staff", {"number": "A103", "pin": "271828"})
    answer = house.call("GET", "/v1/figures")
    assert answer.status == 200
    assert answer.json == {
        "staff": "A103", "since": "2026-10-26", "until": "2026-11-23", "visits": 140, "rated": 120, "good_percent": 90,
    }  # fmt: skip


def test_without_central_there_are_no_figures(make_house: Callable[..., House]) -> None:
    house = make_house(Limits(figures_s=0.05))
    house.call("PUT", "/v1/staff", {"number": "A103", "pin": "271828"})
    for figures in (_told(None), lambda _number: Future()):
        house.figures = figures
        answer = house.call("GET", "/v1/figures")
        assert (answer.status, answer.code, answer.headers["retry-after"]) == (503, "central_away", "60")
    assert eventually(lambda: house.call("GET", "/v1/state").status == 200)
