"""What the hall does about negative ratings, and what their authors read of it."""

from typing import Any

import pytest

from kiosk.core import events as e
from kiosk.core.levels import Level
from tests.central.stand_in import Answer, Central, Terminal

PATH = "/api/v1/follow-ups"


def _items(central: Central, query: str = "") -> list[Any]:
    items: list[Any] = central.hall("GET", f"{PATH}?limit=1000{query}").json["items"]
    return items


def _say(central: Central, rating_id: str, **body: Any) -> Answer:
    return central.hall("POST", f"{PATH}/{rating_id}", body)


def _ids(central: Central) -> dict[str, str]:
    return {rating["level"]: rating["rating_id"] for rating in central.ratings()}


def test_every_negative_rating_is_there_from_the_moment_it_arrives(terminal: Terminal, central: Central) -> None:
    codes = {level: terminal.rate(level, comment="慢") for level in Level}
    terminal.start()
    terminal.play(e.TapLevel(Level.VERY_DISSATISFIED))
    terminal.send()
    items = _items(central)
    assert [item["level"] for item in items] == ["dissatisfied", "very_dissatisfied", "very_dissatisfied"]
    first = items[0]
    assert first == {
        "rating_id": _ids(central)["dissatisfied"],
        "device_id": terminal.device_id,
        "receipt": codes[Level.DISSATISFIED][:4],
        "level": "dissatisfied",
        "window": "A01",
        "matter": {"code": "11341200MB1A00011X2000119001001", "name": "转移登记"},
        "tapped_at": first["tapped_at"],
        "state": "received",
        "reply": "",
        "additions": [],
        "withdrawn_at": None,
        "withdrawal": None,
        "history": [{"state": "received", "reply": "", "at": "2026-05-28T20:26:40.000Z"}],
    }
    assert items[-1]["receipt"] == ""
    assert central.rows("SELECT * FROM follow_ups") == []


def test_what_the_hall_says_is_kept_step_by_step_and_read_by_whoever_holds_the_receipt(
    terminal: Terminal, central: Central
) -> None:
    code = terminal.rate(Level.DISSATISFIED, ["207"])
    terminal.send()
    rating_id = _ids(central)["dissatisfied"]
    said = (("in_hand", "", ""), ("answered", "已增设窗口", "已增设窗口"), ("in_hand", "", "已增设窗口"))
    for state, reply, reads in said:
        central.now_ms += 60_000
        assert _say(central, rating_id, state=state, **({"reply": reply} if reply else {})).status == 200
        read = central.call("GET", f"/api/v1/receipts/{code}").json
        assert (read["follow_up"], read["reply"]) == (state, reads)
    (item,) = _items(central)
    assert (item["state"], item["reply"]) == ("in_hand", "已增设窗口")
    assert [(step["state"], step["reply"], step["at"]) for step in item["history"]] == [
        ("received", "", "2026-05-28T20:26:40.000Z"),
        ("in_hand", "", "2026-05-28T20:27:40.000Z"),
        ("answered", "已增设窗口", "2026-05-28T20:28:40.000Z"),
        ("in_hand", "", "2026-05-28T20:29:40.000Z"),
    ]


@pytest.mark.parametrize("nothing", [{}, {"reply": ""}, {"reply": " \n"}])
def test_an_answer_without_words_is_no_answer(terminal: Terminal, central: Central, nothing: dict[str, str]) -> None:
    code = terminal.rate(Level.DISSATISFIED, ["207"])
    terminal.send()
    answer = _say(central, _ids(central)["dissatisfied"], state="answered", **nothing)
    assert (answer.status, answer.json["field"]) == (400, "$.reply")
    assert central.call("GET", f"/api/v1/receipts/{code}").json["follow_up"] == "received"


def test_the_same_answer_sent_twice_is_one_step(terminal: Terminal, central: Central) -> None:
    terminal.rate(Level.DISSATISFIED, ["207"])
    terminal.send()
    rating_id = _ids(central)["dissatisfied"]
    answers = [_say(central, rating_id, state="answered", reply="好").json for _ in range(2)]
    assert answers[0] == answers[1] == _items(central)[0]
    assert len(answers[0]["history"]) == 2


def test_a_good_rating_may_be_answered_too_and_only_then_is_among_the_rest(
    terminal: Terminal, central: Central
) -> None:
    code = terminal.rate(Level.VERY_SATISFIED)
    terminal.send()
    assert _items(central) == []
    assert _say(central, _ids(central)["very_satisfied"], state="answered", reply="谢谢").json["state"] == "answered"
    assert [item["level"] for item in _items(central)] == ["very_satisfied"]
    assert central.call("GET", f"/api/v1/receipts/{code}").json["reply"] == "谢谢"


def test_follow_ups_can_be_narrowed_and_paged(terminal: Terminal, central: Central) -> None:
    codes = [terminal.rate(Level.DISSATISFIED, ["207"]) for _ in range(3)]
    terminal.send()
    ids = [item["rating_id"] for item in _items(central)]
    _say(central, ids[1], state="in_hand")
    assert [item["rating_id"] for item in _items(central, "&state=received")] == [ids[0], ids[2]]
    assert [item["rating_id"] for item in _items(central, "&state=in_hand")] == [ids[1]]
    assert _items(central, "&state=answered") == []
    assert [item["rating_id"] for item in _items(central, f"&receipt={codes[2].lower()}")] == [ids[2]]
    page = central.hall("GET", f"{PATH}?limit=2").json
    rest = central.hall("GET", f"{PATH}?limit=2&after={page['next']}").json
    assert [item["rating_id"] for item in (*page["items"], *rest["items"])] == ids
    assert rest["next"] is None


def test_a_withdrawal_hides_no_follow_up_and_the_hall_cannot_act_with_what_it_reads(
    terminal: Terminal, central: Central
) -> None:
    code = terminal.rate(Level.DISSATISFIED, ["207"])
    terminal.send()
    central.post(f"/api/v1/receipts/{code}/addition", {"words": "补充"})
    central.post(f"/api/v1/receipts/{code}/withdrawal", {"words": "撤销"})
    (item,) = _items(central)
    assert [a["words"] for a in item["additions"]] == ["补充"]
    assert (item["withdrawal"]["words"], item["withdrawn_at"]) == ("撤销", item["withdrawal"]["at"])
    assert (item["state"], item["level"]) == ("received", "dissatisfied")
    for path in (PATH, "/api/v1/ratings", "/api/v1/devices"):
        assert code not in central.hall("GET", path).body.decode()
    assert central.hall("POST", f"/api/v1/receipts/{item['receipt']}/withdrawal", {}).status == 422


def test_follow_ups_are_for_the_hall(terminal: Terminal, central: Central) -> None:
    terminal.rate(Level.DISSATISFIED, ["207"])
    terminal.send()
    rating_id = _ids(central)["dissatisfied"]
    assert central.call("GET", PATH).problem == "token"
    assert central.post(f"{PATH}/{rating_id}", {"state": "answered"}).problem == "token"
    assert _items(central)[0]["state"] == "received"


def test_canaries_are_followed_up_by_nobody(terminal: Terminal, central: Central) -> None:
    terminal.add("visit.level_tapped", {"rating_id": "r", "level": "dissatisfied", "canary": True}, "v")
    terminal.send()
    assert _items(central) == []
    assert _say(central, "r", state="answered").problem == "rating_unknown"


def test_a_name_that_two_terminals_gave_must_be_told_apart(terminal: Terminal, central: Central, enrolled: Any) -> None:
    other = enrolled("A02").begin()
    for each in (terminal, other):
        each.add("visit.level_tapped", {"rating_id": "r", "level": "dissatisfied"}, "v")
        each.send()
    assert _say(central, "r", state="in_hand").problem == "rating_ambiguous"
    answer = central.hall("POST", f"{PATH}/r?device_id={other.device_id}", {"state": "in_hand"})
    assert answer.json["device_id"] == other.device_id
    assert [item["state"] for item in _items(central)] == ["received", "in_hand"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "$.state"),
        ({"state": "received"}, "$.state"),
        ({"state": "answered", "reply": "字" * 1001}, "$.reply"),
        ({"state": "answered", "reply": "a\0b"}, "$.reply"),
        ({"state": "answered", "level": "satisfied"}, "$.level"),
    ],
)
def test_a_step_that_does_not_fit_names_the_field(terminal: Terminal, central: Central, body: Any, field: str) -> None:
    terminal.rate(Level.DISSATISFIED, ["207"])
    terminal.send()
    answer = central.hall("POST", f"{PATH}/{_ids(central)['dissatisfied']}", body)
    assert (answer.status, answer.problem, answer.json["field"]) == (400, "invalid", field)
    assert central.rows("SELECT * FROM follow_ups") == []


@pytest.mark.parametrize(
    ("query", "field"), [("state=done", "?state"), ("receipt=AAAA", "?receipt"), ("after=x", "?after")]
)
def test_a_query_of_follow_ups_that_does_not_fit_names_the_parameter(central: Central, query: str, field: str) -> None:
    answer = central.hall("GET", f"{PATH}?{query}")
    assert (answer.status, answer.problem, answer.json["field"]) == (400, "invalid", field)
