"""What each call does to the terminal, and what it answers."""

import json
from collections.abc import Callable

import pytest

from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.station.limits import Limits
from tests.station.house import PROFILE, VISIT, House
from tests.station.waiting import eventually


def test_a_visit_is_started_invited_and_followed_to_its_end(house: House) -> None:
    started = house.call("POST", "/v1/visits", VISIT)
    assert started.status == 201
    visit_id = started.json["visit_id"]
    assert started.json == {"visit_id": visit_id, "state": "serving"}

    invited = house.call("POST", f"/v1/visits/{visit_id}/invitation")
    assert (invited.status, invited.json) == (202, {"visit_id": visit_id, "state": "inviting"})

    house.terminal.submit(e.TapLevel(Level.SATISFIED)).result(5)
    assert house.call("GET", "/v1/state").json["visit"] == {"visit_id": visit_id, "outcome": None, "open_s": 0}
    house.terminal.submit(e.Submit()).result(5)
    state = house.call("GET", "/v1/state").json
    assert (state["state"], state["visit"]) == ("thanks", {"visit_id": visit_id, "outcome": "rated", "open_s": 0})


def test_the_name_of_a_matter_is_the_profiles_and_not_the_callers(house: House) -> None:
    house.call("POST", "/v1/visits", {**VISIT, "matter": {"code": "340200", "name": "something else"}})
    visit = house.terminal.view().situation.visit
    assert visit is not None
    assert visit.matter == e.Matter("340200", "社会保障卡申领")


def test_without_a_list_of_matters_the_callers_word_is_taken(house: House) -> None:
    house.profile = None
    assert house.call("POST", "/v1/visits", {**VISIT, "matter": {"code": "9", "name": "新事项"}}).status == 201
    visit = house.terminal.view().situation.visit
    assert visit is not None
    assert visit.matter == e.Matter("9", "新事项")


def test_all_that_a_start_says_reaches_the_journal(house: House) -> None:
    body = {**VISIT, "service_number": 3, "citizen_name": "张三"}
    assert house.call("POST", "/v1/visits", body).status == 201
    draft = house.terminal.journal[-1].draft
    assert draft.body["service_number"] == 3
    assert draft.body["case_number"] == VISIT["case_number"]
    assert draft.personal is not None
    assert draft.personal.fields == {"citizen_name": "张三"}


def test_a_second_visit_waits_for_the_first(house: House) -> None:
    house.start()
    answer = house.call("POST", "/v1/visits", VISIT)
    assert (answer.status, answer.code) == (409, "visit_running")
    assert house.terminal.kinds == ["visit.started"]


def test_a_visit_can_be_cancelled_until_a_level_is_tapped(house: House) -> None:
    visit_id = house.start()
    answer = house.call("POST", f"/v1/visits/{visit_id}/cancellation", {"reason": "材料不全"})
    assert (answer.status, answer.json) == (200, {"visit_id": visit_id, "state": "ready"})
    assert house.terminal.journal[-1].draft.body["cause"] == "材料不全"

    second = house.start()
    house.call("POST", f"/v1/visits/{second}/invitation", {})
    house.terminal.submit(e.TapLevel(Level.DISSATISFIED)).result(5)
    refused = house.call("POST", f"/v1/visits/{second}/cancellation", {"reason": "x"})
    assert (refused.status, refused.code) == (409, "level_tapped")
    assert house.terminal.journal[-1].draft.kind == "visit.level_tapped"


def test_a_finished_visit_is_told_from_an_unknown_one(house: House) -> None:
    first = house.start()
    house.call("POST", f"/v1/visits/{first}/cancellation", {"reason": "x"})
    assert house.call("POST", f"/v1/visits/{first}/invitation").code == "visit_ended"
    second = house.start()
    for path, body in ((f"/v1/visits/{first}/invitation", None), (f"/v1/visits/{first}/cancellation", {"reason": "x"})):
        answer = house.call("POST", path, body)
        assert (answer.status, answer.code) == (409, "visit_ended")
    for unknown in ("0" * 32, "nonsense", "%00", "..%2f"):
        answer = house.call("POST", f"/v1/visits/{unknown}/invitation")
        assert answer.status == 404
    assert house.call("GET", "/v1/state").json["visit"] == {"visit_id": second, "outcome": None, "open_s": 0}


def test_an_invitation_twice_says_where_the_visit_stands(house: House) -> None:
    visit_id = house.start()
    house.call("POST", f"/v1/visits/{visit_id}/invitation")
    answer = house.call("POST", f"/v1/visits/{visit_id}/invitation")
    assert (answer.status, answer.code) == (409, "not_now")
    assert "inviting" in answer.json["detail"]


def test_a_clerk_signs_in_on_the_callers_word_and_out_again(house: House) -> None:
    answer = house.call("PUT", "/v1/staff", {"number": "A104"})
    assert (answer.status, answer.json["staff"]) == (200, {"number": "A104", "name": "李强"})
    assert house.terminal.view().situation.staff == e.Staff("A104", "李强", verified=False)
    assert house.call("DELETE", "/v1/staff").json["staff"] is None
    again = house.call("DELETE", "/v1/staff")
    assert (again.status, again.code) == (409, "nobody_signed_in")


def test_a_right_pin_makes_a_verified_clerk(house: House) -> None:
    assert house.call("PUT", "/v1/staff", {"number": "A103", "pin": "271828"}).status == 200
    assert house.terminal.view().situation.staff == e.Staff("A103", "王敏", verified=True)


@pytest.mark.parametrize(
    ("number", "pin", "code"),
    [("A103", "0000", "wrong_pin"), ("A104", "0000", "no_pin"), ("A105", "0000", "wrong_pin")],
)
def test_a_wrong_pin_signs_nobody_in(house: House, number: str, pin: str, code: str) -> None:
    answer = house.call("PUT", "/v1/staff", {"number": number, "pin": pin})
    assert (answer.status, answer.code, answer.json["field"]) == (403, code, "$.pin")
    assert house.terminal.view().situation.staff is None
    assert house.terminal.kinds == []


def test_after_five_wrong_pins_the_pauses_grow_for_that_clerk_only(house: House) -> None:
    wrong = {"number": "A103", "pin": "0000"}
    assert [house.call("PUT", "/v1/staff", wrong).status for _ in range(6)] == [403] * 5 + [429]
    even_the_right_one = house.call("PUT", "/v1/staff", {"number": "A103", "pin": "271828"})
    assert even_the_right_one.code == "pin_paused"
    assert even_the_right_one.headers["retry-after"] == "30"
    assert house.call("PUT", "/v1/staff", {"number": "A105", "pin": "0000"}).status == 403

    house.clock.now += 30
    assert house.call("PUT", "/v1/staff", wrong).headers["retry-after"] == "60"
    assert house.call("PUT", "/v1/staff", wrong).status == 429
    house.clock.now += 60
    assert house.call("PUT", "/v1/staff", {"number": "A103", "pin": "271828"}).status == 200
    assert [house.call("PUT", "/v1/staff", wrong).status for _ in range(4)] == [403] * 4


def test_an_unknown_clerk_is_named_by_field(house: House) -> None:
    answer = house.call("PUT", "/v1/staff", {"number": "A999"})
    assert (answer.status, answer.code, answer.json["field"]) == (422, "unknown_staff", "$.number")


def test_without_a_profile_nobody_signs_in(house: House) -> None:
    house.profile = None
    answer = house.call("PUT", "/v1/staff", {"number": "A103"})
    assert (answer.status, answer.code) == (503, "no_profile")


def test_a_pause_has_a_reason_and_an_end(house: House) -> None:
    assert house.call("PUT", "/v1/pause", {"reason": "午休"}).json["state"] == "paused"
    refused = house.call("POST", "/v1/visits", VISIT)
    assert (refused.status, refused.code) == (409, "paused")
    assert house.call("DELETE", "/v1/pause").json["state"] == "ready"
    again = house.call("DELETE", "/v1/pause")
    assert (again.status, again.code) == (409, "not_paused")


def test_a_pause_may_say_when_it_is_expected_to_be_over(house: House) -> None:
    assert house.call("PUT", "/v1/pause", {"reason": "午休", "expected_return": "13:30"}).json["state"] == "paused"
    assert house.terminal.view().situation.pause_until == "13:30"
    for odd in ("24:00", "9:00", "soon", 13):
        refused = house.call("PUT", "/v1/pause", {"reason": "午休", "expected_return": odd})
        assert (refused.status, refused.code) == (422, "invalid")


def test_an_unserviceable_terminal_says_so(house: House) -> None:
    house.terminal.submit(e.Fault("journal"))
    answer = house.call("POST", "/v1/visits", VISIT)
    assert (answer.status, answer.code) == (409, "out_of_order")


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        (b"{", 400, "bad_json", ""),
        (b"", 400, "bad_json", ""),
        (b'{"matter":{"code":"\xff"}}', 400, "bad_json", ""),
        (b"[]", 422, "invalid", "$"),
        ({"matter": {"code": 7}, "case_number": "1"}, 422, "invalid", "$.matter.code"),
        ({"matter": {"code": ""}, "case_number": "1"}, 422, "invalid", "$.matter.code"),
        ({"matter": {"name": "x"}, "case_number": "1"}, 422, "invalid", "$.matter.code"),
        ({"matter": {"code": "340100", "colour": 1}, "case_number": "1"}, 422, "invalid", "$.matter.colour"),
        ({"matter": {"code": "340100"}}, 422, "invalid", "$.case_number"),
        ({**VISIT, "colour": 1}, 422, "invalid", "$.colour"),
        ({**VISIT, "service_number": "3"}, 422, "invalid", "$.service_number"),
        ({**VISIT, "service_number": 0}, 422, "invalid", "$.service_number"),
        ({**VISIT, "case_number": " "}, 422, "invalid", "$.case_number"),
        ({**VISIT, "case_number": "1\n2"}, 422, "invalid", "$.case_number"),
        ({**VISIT, "citizen_name": "\x1b[2J"}, 422, "invalid", "$.citizen_name"),
        ({**VISIT, "matter": {"code": "340199"}}, 422, "unknown_matter", "$.matter.code"),
    ],
)
def test_a_bad_start_names_its_field_and_changes_nothing(
    house: House, body: object, status: int, code: str, field: str
) -> None:
    answer = house.call("POST", "/v1/visits", body)
    assert (answer.status, answer.code, answer.json.get("field", "")) == (status, code, field)
    assert house.terminal.kinds == []


def test_unknown_paths_and_wrong_methods_are_problems_too(house: House) -> None:
    for path in ("/", "/v1", "/v2/state", "/v1/ratings", "/schema", "/v1/state/x"):
        answer = house.call("GET", path)
        assert (answer.status, answer.code) == (404, "not_found"), path
    for method, path in (("POST", "/v1/state"), ("GET", "/v1/pause"), ("PATCH", "/v1/staff"), ("DELETE", "/v1/visits")):
        answer = house.call(method, path)
        assert (answer.status, answer.code) == (405, "wrong_method"), path
        assert answer.headers["allow"]


def test_matters_are_those_of_the_profile(house: House) -> None:
    listed = house.call("GET", "/v1/matters").json["items"]
    assert listed == [
        {"code": item.code, "name": item.name, "name_en": item.name_en, "initials": item.initials}
        for item in PROFILE.matters
    ]
    house.profile = None
    assert house.call("GET", "/v1/matters").json == {"items": []}


def test_the_state_says_where_and_how_much_is_unsent(house: House) -> None:
    house.terminal.show_unsent(7, 95)
    assert house.call("GET", "/v1/state").json == {
        "state": "ready",
        "window": {"number": "A12", "name": "不动产登记"},
        "staff": None,
        "visit": None,
        "unsent": 7,
        "oldest_unsent_s": 95,
        "mode": "window",
        "pause": None,
        "called": None,
        "remind_s": 1200,
    }


def test_a_silent_journal_is_owned_up_to_and_the_start_is_found_in_the_state(
    make_house: Callable[..., House],
) -> None:
    house = make_house(Limits(answer_s=0.05))
    house.terminal.hold_commits()
    answer = house.call("POST", "/v1/visits", VISIT)
    assert (answer.status, answer.code) == (503, "unconfirmed")
    busy = house.call("POST", "/v1/visits", VISIT)
    assert (busy.status, busy.code, busy.headers["retry-after"]) == (409, "busy", "1")
    house.terminal.release()
    state = eventually(lambda: s if (s := house.call("GET", "/v1/state").json)["state"] == "serving" else None)
    assert state["visit"]["visit_id"] in answer.json["detail"]


def test_answers_are_not_kept_by_anyone(house: House) -> None:
    for answer in (house.call("GET", "/v1/state"), house.call("GET", "/v1/state", token="")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert json.loads(house.call("GET", "/v1/state").body)
