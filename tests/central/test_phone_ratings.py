"""What becomes of a phone's rating: vouched for by the journal, one with the glass's, followed up and counted."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from kiosk.central.phone_links import Visit, close_visit, end, open_visit, standing_of
from kiosk.central.phone_ratings import Words, finish, tap_level
from kiosk.core import events as e
from kiosk.core.entry import Kind
from kiosk.core.levels import Level
from kiosk.core.phone_link import PhoneLink
from tests.central.phones import VISIT, Phone, close, phone_visit, receipt_on, token_of
from tests.central.stand_in import ADMIN, Central, Terminal


def _rated(terminal: Terminal, visit_id: str, letter: str = "e", **why: str | list[str]) -> Phone:
    phone = Phone(terminal.central, token_of(terminal, visit_id))
    phone.rate(letter, **(why or {"comment": "等了两个小时"}))
    return phone


def _hear(terminal: Terminal, visit_id: str) -> e.PhoneFinished:
    told = phone_visit(terminal, visit_id).json
    assert told["state"] == "rated"
    return e.PhoneFinished(told["rating_id"], told["digest"], visit_id)


def _rows(central: Central) -> list[tuple[str, str, bool, bool, bool | None]]:
    return [(r["visit_id"], r["level"], r["phone"], r["second"], r["vouched"]) for r in central.ratings()]


# -- the journal vouches ---------------------------------------------------------------------------------------------


def test_the_entry_that_ends_the_visit_vouches_for_it(terminal: Terminal, central: Central) -> None:
    visit_id = terminal.start()
    phone = _rated(terminal, visit_id)
    receipt = receipt_on(phone.open())
    assert central.call("GET", f"/api/v1/receipts/{receipt}").json["head"] is None
    assert _rows(central) == [(visit_id, "very_dissatisfied", True, False, False)]
    terminal.play(e.HandToPhone(), _hear(terminal, visit_id))
    assert terminal.send().json["quarantined"] == []
    assert _rows(central) == [(visit_id, "very_dissatisfied", True, False, True)]
    (rating,) = central.ratings()
    assert (rating["epoch"], rating["sequence"]) == (terminal.head.epoch, terminal.head.sequence)
    assert rating["matter"]["name"] == "转移登记"
    assert rating["staff"]["number"] == "F1001"
    assert (rating["comment"], rating["channel"], rating["window"]) == ("等了两个小时", "qr_phone", "A01")
    head = central.call("GET", f"/api/v1/receipts/{receipt}").json["head"]
    assert (head["sequence"], head["hash"]) == (terminal.head.sequence, terminal.head.hash)
    assert central.alarms() == set()


def test_one_whose_visit_comes_first_joins_it_all_the_same(terminal: Terminal, central: Central) -> None:
    visit_id = terminal.start()
    terminal.send()
    _rated(terminal, visit_id)
    assert central.ratings()[0]["case_number"] == "FY2026-0001"
    assert central.ratings()[0]["vouched"] is False


def test_a_rating_that_the_visit_s_end_does_not_name_stays_unvouched_and_counts(
    terminal: Terminal, central: Central
) -> None:
    visit_id = terminal.start()
    _rated(terminal, visit_id)
    terminal.play(e.HandToPhone(), e.PhoneFinished())
    terminal.send()
    assert _rows(central) == [(visit_id, "very_dissatisfied", True, False, False)]
    assert central.alarms() == set()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ratings SET level = 'very_satisfied'",
        "UPDATE ratings SET reasons = '[]'",
        "UPDATE phone_ratings SET salt = '00'",
        "UPDATE phone_ratings SET digest = NULL",
    ],
)
def test_a_rating_altered_at_central_is_found_when_the_journal_comes(
    terminal: Terminal, central: Central, change: str
) -> None:
    visit_id = terminal.start()
    _rated(terminal, visit_id, "e", reason=["108"])
    terminal.play(e.HandToPhone(), _hear(terminal, visit_id))
    with central.store.transaction() as connection:
        connection.exec_driver_sql(change)
    terminal.send()
    assert central.alarms() == {"phone_altered"}
    assert central.ratings()[0]["vouched"] is False


def test_a_wrong_digest_in_the_journal_is_an_alarm(terminal: Terminal, central: Central) -> None:
    visit_id = terminal.start()
    _rated(terminal, visit_id)
    heard = _hear(terminal, visit_id)
    terminal.play(e.HandToPhone(), e.PhoneFinished(heard.rating_id, "0" * 64, visit_id))
    terminal.send()
    assert central.alarms() == {"phone_altered"}


def test_a_rating_that_was_removed_from_central_is_missed(terminal: Terminal, central: Central) -> None:
    visit_id = terminal.start()
    _rated(terminal, visit_id)
    terminal.play(e.HandToPhone(), _hear(terminal, visit_id))
    with central.store.transaction() as connection:
        for table in ("phone_personal", "phone_ratings", "ratings"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    terminal.send()
    assert central.alarms() == {"phone_missing"}


def test_a_mirror_to_which_no_phone_comes_misses_nothing(terminal: Terminal, central: Central) -> None:
    visit_id = terminal.start()
    terminal.play(e.HandToPhone(), e.PhoneFinished("ab" * 16, "0" * 64, visit_id))
    body = json.dumps({"entries": terminal.records, "personal": "withheld"}).encode()
    assert terminal.call("POST", "/api/v1/device/journal", body).status == 200
    assert central.alarms() == set()


@pytest.mark.parametrize("claim", [None, [], "x", {}, {"rating_id": 7}, {"rating_id": "\0" * 99, "digest": {}}])
def test_a_claim_that_is_none_costs_nothing(terminal: Terminal, central: Central, claim: Any) -> None:
    visit_id = terminal.start()
    _rated(terminal, visit_id)
    terminal.add(Kind.VISIT_ENDED, {"outcome": "handed_to_phone", "phone": claim}, visit_id)
    assert terminal.send().json["acknowledged"] == terminal.head.sequence
    assert central.ratings()[0]["vouched"] is False
    assert central.alarms() == ({"phone_missing"} if isinstance(claim, dict) else set())


def test_wiping_the_words_leaves_the_digest_whole(terminal: Terminal, central: Central) -> None:
    visit_id = terminal.start()
    _rated(terminal, visit_id)
    terminal.play(e.HandToPhone(), _hear(terminal, visit_id))
    with central.store.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM phone_personal")
    terminal.send()
    assert (central.ratings()[0]["comment"], central.ratings()[0]["vouched"]) == (None, True)
    assert central.alarms() == set()


# -- one rating a visit ----------------------------------------------------------------------------------------------


def test_where_glass_and_phone_have_both_rated_the_glass_counts_and_both_are_kept(
    terminal: Terminal, central: Central
) -> None:
    visit_id = terminal.start()
    _rated(terminal, visit_id, "e")
    terminal.play(e.TapLevel(Level.SATISFIED))
    terminal.send()
    assert _rows(central) == [
        (visit_id, "very_dissatisfied", True, True, False),
        (visit_id, "satisfied", False, False, None),
    ]
    assert central.alarms() == {"two_ratings"}
    terminal.play(e.Submit())
    assert terminal.send().json["quarantined"] == []
    assert [row[1:4] for row in _rows(central)] == [("very_dissatisfied", True, True), ("satisfied", False, False)]
    assert len(central.hall("GET", "/api/v1/alarms").json["items"]) == 1
    follow_ups = central.hall("GET", "/api/v1/follow-ups").json["items"]
    assert [item["level"] for item in follow_ups] == ["very_dissatisfied"]
    (channel,) = central.hall("GET", "/api/v1/statistics/ratings").json["channels"]
    assert (channel["channel"], channel["rated"]) == ("hall_tablet", 1)


def test_a_phone_comes_too_late_where_the_glass_has_rated(terminal: Terminal, central: Central) -> None:
    visit_id = terminal.start()
    phone = Phone(central, token_of(terminal, visit_id))
    phone.press("begin")
    terminal.play(e.TapLevel(Level.SATISFIED))
    terminal.send()
    assert phone.press("level", level="e").status == 410
    assert [rating["level"] for rating in central.ratings()] == ["satisfied"]
    assert phone_visit(terminal, visit_id).json["state"] == "closed"


@pytest.mark.parametrize("event", [e.Skip(), e.CancelVisit("", "left")])
def test_a_phone_comes_too_late_where_the_visit_has_ended(
    terminal: Terminal, central: Central, event: e.Skip | e.CancelVisit
) -> None:
    visit_id = terminal.start()
    terminal.play(e.CancelVisit(visit_id, "left") if isinstance(event, e.CancelVisit) else event)
    terminal.send()
    assert Phone(central, token_of(terminal, visit_id)).open().status == 410


def test_no_terminal_can_claim_a_phone_s_rating_for_its_glass(terminal: Terminal, central: Central) -> None:
    visit_id = terminal.start()
    _rated(terminal, visit_id)
    named = central.ratings()[0]["rating_id"]
    body = {"rating_id": named, "level": "very_satisfied"}
    terminal.add(Kind.LEVEL_TAPPED, body, visit_id)
    terminal.add(Kind.VISIT_ENDED, {**body, "outcome": "rated"}, visit_id)
    answer = terminal.send().json
    assert answer["acknowledged"] == terminal.head.sequence
    assert len(answer["quarantined"]) == 2
    assert _rows(central) == [(visit_id, "very_dissatisfied", True, False, False)]


@pytest.mark.parametrize("first", ["phone", "terminal", None])
def test_of_a_phone_that_rates_and_a_terminal_that_takes_the_visit_back_one_comes_first(
    terminal: Terminal, central: Central, first: str | None
) -> None:
    visits = [Visit(_row(central), terminal.device_id, f"{number:02x}" * 16) for number in range(12)]
    start = Barrier(2)

    def rates(visit: Visit) -> str:
        with central.store.transaction() as connection:
            link = PhoneLink(visit.device_id, visit.visit_id, central.now_ms // 1000)
            if standing_of(connection, visit, central.now_ms, link).state == "unopened":
                open_visit(connection, visit, link, "b" * 64, central.now_ms)
        if first is None:
            start.wait()
        with central.store.transaction() as connection:
            standing = standing_of(connection, visit, central.now_ms)
            if standing.state == "opened":
                tap_level(connection, visit.device, visit.visit_id, Level.DISSATISFIED, "2020", "{}", central.now_ms)
                rating = standing_of(connection, visit, central.now_ms).rating
                assert rating is not None
                finish(connection, rating, Words(comment="x"), central.now_ms)
                standing = end(connection, visit, standing.bound_to, central.now_ms)
            return standing.state

    def takes_back(visit: Visit) -> str:
        if first is None:
            start.wait()
        with central.store.transaction() as connection:
            return close_visit(connection, visit, central.now_ms).state

    for visit in visits:
        if first is None:
            with ThreadPoolExecutor(2) as both:
                ends = {one.result() for one in (both.submit(rates, visit), both.submit(takes_back, visit))}
        else:
            ends = {one(visit) for one in ((rates, takes_back) if first == "phone" else (takes_back, rates))}
        assert len(ends) == 1
        found = [rating for rating in central.ratings() if rating["visit_id"] == visit.visit_id]
        assert len(found) == (ends == {"rated"})
        assert close(terminal, visit.visit_id).json["state"] in ends


def test_two_phones_that_begin_at_once_are_one_and_another(terminal: Terminal, central: Central) -> None:
    visit = Visit(_row(central), terminal.device_id, VISIT)
    link = PhoneLink(visit.device_id, visit.visit_id, central.now_ms // 1000)
    start = Barrier(4)

    def begins(name: str) -> bool:
        start.wait()
        with central.store.transaction() as connection:
            if standing_of(connection, visit, central.now_ms, link).state != "unopened":
                return False
            open_visit(connection, visit, link, name, central.now_ms)
            return True

    with ThreadPoolExecutor(4) as phones:
        assert sorted(phones.map(begins, "abcd")) == [False, False, False, True]


def _row(central: Central) -> int:
    ((number,),) = central.rows("SELECT id FROM devices")
    return int(number)


# -- as any other ----------------------------------------------------------------------------------------------------


def test_a_low_one_is_followed_up_and_its_receipt_adds_and_withdraws(terminal: Terminal, central: Central) -> None:
    receipt = receipt_on(_rated(terminal, VISIT).open())
    (item,) = central.hall("GET", "/api/v1/follow-ups").json["items"]
    assert (item["level"], item["receipt"]) == ("very_dissatisfied", receipt[:4])
    answer = central.hall(
        "POST", f"/api/v1/follow-ups/{item['rating_id']}", {"state": "answered", "reply": "已增设窗口"}
    )
    assert answer.status == 200, answer.body
    central.post(f"/api/v1/receipts/{receipt}/addition", {"words": "还有一事"})
    central.post(f"/api/v1/receipts/{receipt}/withdrawal", {"words": ""})
    state = central.call("GET", f"/api/v1/receipts/{receipt}").json
    assert (state["reply"], state["additions"], state["withdrawn_at"] is not None) == ("已增设窗口", 1, True)
    assert (state["epoch"], state["sequence"], state["head"]) == (0, 0, None)


def test_statistics_count_by_channel_and_flags_by_window(central: Central, enrolled: Callable[..., Terminal]) -> None:
    terminal = enrolled().begin()
    machine = enrolled("S01", "self_service").begin()
    terminal.rate(Level.SATISFIED)
    terminal.rate(Level.DISSATISFIED, ["207"])
    terminal.send()
    _rated(machine, VISIT)
    found = central.hall("GET", "/api/v1/statistics/ratings").json
    assert {one["channel"]: one["rated"] for one in found["channels"]} == {"hall_tablet": 2, "qr_phone": 1}
    assert found["channels"][0]["levels"]["dissatisfied"] == 1
    assert [(one["window"], one["rated"], one["flagged"]) for one in found["windows"]] == [("A01", 2, 2), ("S01", 1, 0)]
    assert found["windows"][0]["flags"] == {
        "too_fast": 2, "burst": 0, "burst_before_closing": 0, "no_case_number": 0, "same_spot": 0,
    }  # fmt: skip
    day = central.ratings()[0]["business_date"]
    assert central.hall("GET", f"/api/v1/statistics/ratings?from={day}&to={day}").json["channels"] == found["channels"]
    assert central.hall("GET", "/api/v1/statistics/ratings?to=2020-01-01").json["windows"] == []
    assert central.hall("GET", "/api/v1/statistics/ratings?to=2020-13-01").status == 400


def test_the_supervisor_finds_ratings_by_their_flags(terminal: Terminal, central: Central) -> None:
    terminal.rate(Level.SATISFIED)
    visit_id = terminal.start()
    ended = {"outcome": "rated", "rating_id": "ab" * 16, "level": "satisfied"}
    terminal.add(Kind.VISIT_ENDED, {**ended, "flags": ["burst", "same_spot", "a_newer_one"]}, visit_id)
    assert terminal.send().json["quarantined"] == []
    by_flag = {
        flag: [r["rating_id"] for r in central.hall("GET", f"/api/v1/ratings?flag={flag}").json["items"]]
        for flag in ("burst", "same_spot", "no_case_number")
    }
    assert by_flag == {"burst": ["ab" * 16], "same_spot": ["ab" * 16], "no_case_number": []}
    assert central.ratings()[1]["flags"] == ["burst", "same_spot", "a_newer_one"]
    assert central.hall("GET", "/api/v1/ratings?flag=burst_%25").status == 400


@pytest.mark.parametrize("flags", ["burst", [1], ["Burst"], ["x" * 33], {}, [f"a{'b' * n}" for n in range(17)]])
def test_flags_that_cannot_be_read_cost_no_rating(terminal: Terminal, central: Central, flags: Any) -> None:
    visit_id = terminal.start()
    ended = {"outcome": "rated", "rating_id": "ab" * 16, "level": "satisfied", "flags": flags}
    terminal.add(Kind.VISIT_ENDED, ended, visit_id)
    (fault,) = terminal.send().json["quarantined"]
    assert fault["reason"] == "body: not read - at `$.flags`"
    assert [rating["level"] for rating in central.ratings()] == ["satisfied"]


def test_how_a_visit_began_reaches_the_hall(terminal: Terminal, central: Central) -> None:
    terminal.play(
        e.SignIn(e.Staff("F1001", "陈雨桐")),
        e.StartVisit(VISIT, e.Matter("1", "转移登记"), "", stage="accepted", slip="A012", invited=True, by="menu"),
        e.TapLevel(Level.SATISFIED),
        e.Submit(),
    )
    terminal.send()
    (rating,) = central.ratings()
    found = {name: rating[name] for name in ("stage", "slip", "started_by", "invited_by")}
    assert found == {"stage": "accepted", "slip": "A012", "started_by": "menu", "invited_by": "clerk"}
    assert "no_case_number" in rating["flags"]


# -- what a terminal may know ----------------------------------------------------------------------------------------


def test_no_call_of_a_terminal_answers_a_level_or_a_flag(terminal: Terminal, central: Central) -> None:
    document = central.call("GET", "/schema").json
    visit_id = terminal.start()
    _rated(terminal, visit_id, "e", reason=["108"], comment="等了两个小时")
    terminal.play(e.HandToPhone(), _hear(terminal, visit_id))
    told = [terminal.send()]
    terminal.rate(Level.DISSATISFIED, ["207"])
    told.append(terminal.send())
    secret = {str(level) for level in Level} | {"flags", "too_fast", "no_case_number", "等了两个小时", '"108"', '"207"'}
    asked = set()
    for path, item in document["paths"].items():
        if "/device/" not in path:
            continue
        for method in item:
            asked.add((method, path))
            at = path.replace("{visit_id}", visit_id) + ("?staff=F1001" if path.endswith("figures") else "")
            body = {
                "heartbeat": terminal.beat(),
                "canaries": {"rating_ids": [r["rating_id"] for r in central.ratings()]},
            }
            said = json.dumps(body.get(at.rsplit("/", 1)[1], {})).encode() if method == "post" else b""
            if not path.endswith("/journal"):
                told.append(terminal.call(method.upper(), at, said))
                assert told[-1].status == 200, (path, told[-1].body)
    assert len(asked) == 7
    for answer in told:
        assert not [word for word in secret if word in answer.body.decode()]
    assert central.call("GET", "/api/v1/ratings", {"authorization": f"Bearer {ADMIN}"}).json["items"][0]["flags"] == []
