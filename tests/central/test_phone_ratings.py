"""What becomes of a phone's rating: vouched for by the journal, one with the glass's, followed up and counted."""

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from kiosk.central.phone_links import Visit, close_visit, end, open_visit, standing_of
from kiosk.central.phone_page import LETTERS
from kiosk.central.phone_ratings import Words, finish, tap_level
from kiosk.central.phone_vouching import ORDER_MS, UNVOUCHED_MS, phone_counts
from kiosk.central.silence import look
from kiosk.core import events as e
from kiosk.core.entry import Kind
from kiosk.core.levels import Level
from kiosk.core.phone_link import PhoneLink
from tests.central.clocked import clocked
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


def test_a_rating_that_the_visit_s_end_does_not_name_counts_and_its_terminal_is_told(
    terminal: Terminal, central: Central
) -> None:
    visit_id = terminal.start()
    _rated(terminal, visit_id)
    terminal.play(e.CancelVisit(visit_id, "called away"))
    terminal.send()
    assert _rows(central) == [(visit_id, "very_dissatisfied", True, False, False)]
    assert central.alarms() == set()
    (told,) = phone_visit(terminal, "0" * 32).json["unvouched"]
    heard = _hear(terminal, visit_id)
    assert told == {
        "visit_id": visit_id, "rating_id": heard.rating_id, "digest": heard.digest,
        "done_ms": phone_visit(terminal, visit_id).json["done_ms"],
    }  # fmt: skip
    assert told["done_ms"] == central.now_ms
    terminal.play(e.VouchForPhone(e.AskedForPhone(visit_id), heard.rating_id, heard.digest))
    assert terminal.send().json["quarantined"] == []
    assert _rows(central) == [(visit_id, "very_dissatisfied", True, False, True)]
    assert central.ratings()[0]["sequence"] == terminal.head.sequence
    assert phone_visit(terminal, "0" * 32).json["unvouched"] == []
    assert central.alarms() == set()


def test_one_that_nothing_vouches_for_is_an_alarm_in_time_which_a_late_entry_ends(
    terminal: Terminal, central: Central
) -> None:
    visit_id = terminal.start()
    phone = Phone(central, token_of(terminal, visit_id))
    phone.press("begin")
    phone.press("level", level="e")  # and no reason: nobody seals it before its time
    began_ms = central.now_ms
    central.now_ms = began_ms + UNVOUCHED_MS - 1
    look(central.desk)
    assert central.alarms() == set()
    central.now_ms += 1
    for _ in range(2):
        look(central.desk)
    (alarm,) = central.hall("GET", "/api/v1/alarms?kind=phone_unvouched").json["items"]
    assert (alarm["ended_at"], alarm["epoch"]) == (None, 0)
    assert all(alarm["words"][language] != "phone_unvouched" for language in ("zh-CN", "en"))
    assert central.ratings()[0]["level"] == "very_dissatisfied"
    (told,) = phone_visit(terminal, "0" * 32).json["unvouched"]
    terminal.play(e.VouchForPhone(e.AskedForPhone(visit_id), told["rating_id"], told["digest"]))
    terminal.send()
    (alarm,) = central.hall("GET", "/api/v1/alarms?kind=phone_unvouched").json["items"]
    assert alarm["ended_at"] is not None
    assert central.ratings()[0]["vouched"] is True


def test_what_an_older_central_kept_without_understanding_it_is_joined_later(
    terminal: Terminal, central: Central, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit_id = terminal.start()
    _rated(terminal, visit_id)
    heard = _hear(terminal, visit_id)
    terminal.play(e.Skip(), e.VouchForPhone(e.AskedForPhone(visit_id, False), heard.rating_id, heard.digest))
    with monkeypatch.context() as older:
        older.setattr("kiosk.central.ingest.watch_phones", lambda *_, **__: None)
        older.setattr("kiosk.central.digest._DIGESTS", {})
        assert terminal.send().json["acknowledged"] == terminal.head.sequence
    assert central.ratings()[0]["vouched"] is False
    central.now_ms += UNVOUCHED_MS
    look(central.desk)
    assert (central.ratings()[0]["vouched"], central.ratings()[0]["flags"]) == (True, ["no_case_number"])
    assert central.alarms() == set()


@pytest.mark.parametrize("body", [{}, {"rating_id": 7}, {"rating_id": "r", "digest": None}, {"rating_id": "r"}])
def test_a_vouching_that_is_none_is_quarantined_and_costs_nothing(
    terminal: Terminal, central: Central, body: dict[str, Any]
) -> None:
    visit_id = terminal.start()
    _rated(terminal, visit_id)
    terminal.add(Kind.PHONE_VOUCHED, body, visit_id)
    answer = terminal.send().json
    assert answer["acknowledged"] == terminal.head.sequence
    assert len(answer["quarantined"]) == 1
    assert central.ratings()[0]["vouched"] is False


# -- what looks like pressure ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ago_ms", [0, 7_000])
@pytest.mark.parametrize("vouched", [True, False])
def test_a_phone_s_flags_stand_with_its_rating_and_none_with_an_ordinary_one(
    enrolled: Callable[..., Terminal], central: Central, vouched: bool, ago_ms: int
) -> None:
    unit = clocked(enrolled())
    for number, (waits_ms, flags) in enumerate(((3_999, ["too_fast"]), (40_000, []), (40_000, ["no_case_number"]))):
        visit_id = f"{number:x}" * 32
        case = " " if flags == ["no_case_number"] else "FY1"
        unit.do(e.StartVisit(visit_id, e.Matter("1", "转移登记"), case, invited=True))
        asked = e.AskedForPhone(visit_id, bool(case.strip()), unit.mono, boot_id=unit.boot)
        _rated(unit, visit_id, "e")
        heard = _hear(unit, visit_id)
        central.now_ms += waits_ms + ago_ms
        if vouched:
            unit.do(e.CancelVisit(visit_id, "x"), e.VouchForPhone(asked, heard.rating_id, heard.digest, ago_ms))
        else:
            unit.do(replace(heard, ago_ms=ago_ms))
        unit.bring()
        assert central.ratings()[-1]["flags"] == flags
        central.now_ms += 600_000
    found = central.hall("GET", "/api/v1/ratings?flag=too_fast").json["items"]
    assert [item["visit_id"] for item in found] == ["0" * 32]
    (window,) = central.hall("GET", "/api/v1/statistics/ratings").json["windows"]
    assert (window["flagged"], window["flags"]["too_fast"], window["flags"]["no_case_number"]) == (2, 1, 1)


def test_every_tap_on_the_phone_is_kept_and_the_newest_counts(terminal: Terminal, central: Central) -> None:
    visit_id = terminal.start()
    phone = Phone(central, token_of(terminal, visit_id))
    phone.press("begin")
    phone.press("level", level="e")
    central.now_ms += 9_000
    phone.press("level", level="b")
    phone.press("why")
    (rating,) = central.ratings()
    assert rating["level"] == "satisfied"
    assert [tap["level"] for tap in rating["taps"]] == ["very_dissatisfied", "satisfied"]
    assert rating["taps"][0]["at"] == rating["received_at"] < rating["taps"][1]["at"] == rating["tapped_at"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ratings SET level = 'very_satisfied'",
        "UPDATE ratings SET reasons = '[]'",
        "UPDATE phone_ratings SET salt = '00'",
        "UPDATE phone_taps SET level = 'satisfied'",
        "DELETE FROM phone_taps",
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
        for table in ("phone_personal", "phone_taps", "phone_ratings", "ratings"):
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


@pytest.mark.parametrize(
    ("phone_first", "letter", "level", "off_ms"),
    [
        (True, "e", Level.SATISFIED, 90_000), (True, "a", Level.DISSATISFIED, -4_000_000_000),
        (False, "e", Level.SATISFIED, -90_000), (False, "a", Level.DISSATISFIED, 4_000_000_000),
    ],
)  # fmt: skip
def test_of_glass_and_phone_the_earlier_tap_counts_whatever_the_clock_says_and_both_are_kept(
    enrolled: Callable[..., Terminal], central: Central, phone_first: bool, off_ms: int, letter: str, level: Level
) -> None:
    unit = clocked(enrolled())
    unit.off_ms = off_ms
    visit_id = unit.visit()
    token = token_of(unit, visit_id)
    ways = [lambda: Phone(central, token).rate(letter, comment="x"), lambda: unit.do(e.TapLevel(level))]
    for way in ways if phone_first else reversed(ways):
        way()
        central.now_ms += ORDER_MS + 100
    unit.bring()
    phone = str(LETTERS[letter])
    assert {row[1:4] for row in _rows(central)} == {(phone, True, not phone_first), (str(level), False, phone_first)}
    assert central.alarms() == {"two_ratings"}
    more = e.ToggleReason("207") if level.negative else e.StillThere()
    unit.do(more, e.Submit())
    unit.bring()
    assert {row[1:4] for row in _rows(central)} == {(phone, True, not phone_first), (str(level), False, phone_first)}
    assert len(central.hall("GET", "/api/v1/alarms").json["items"]) == 1
    (second,) = central.hall("GET", "/api/v1/ratings?flag=second_rating").json["items"]
    assert second["level"] == (str(level) if phone_first else phone)
    assert "second_rating" in second["flags"]
    (item,) = central.hall("GET", "/api/v1/follow-ups").json["items"]
    assert item["level"] == (phone if letter == "e" else str(level)), "the bad one is followed up, first or second"
    (channel,) = central.hall("GET", "/api/v1/statistics/ratings").json["channels"]
    assert (channel["channel"], channel["rated"]) == ("qr_phone" if phone_first else "hall_tablet", 1)


@pytest.mark.parametrize(("letter", "level"), [("e", Level.SATISFIED), ("b", Level.DISSATISFIED)])
def test_where_nobody_knows_which_was_earlier_the_lower_level_counts(
    terminal: Terminal, central: Central, letter: str, level: Level
) -> None:
    visit_id = terminal.start()
    _rated(terminal, visit_id, letter)
    central.now_ms += 60_000
    terminal.play(e.TapLevel(level))
    terminal.send()  # and says nothing of its clocks
    counted = [row[1] for row in _rows(central) if not row[3]]
    assert counted == [str(min(LETTERS[letter], level, key=[*Level][::-1].index))]
    assert len(_rows(central)) == 2


def test_two_taps_within_seconds_are_in_no_order() -> None:
    bad, good = "very_dissatisfied", "satisfied"
    assert phone_counts(0, bad, ORDER_MS - 1, good)
    assert phone_counts(ORDER_MS - 1, bad, 0, good)
    assert not phone_counts(0, good, ORDER_MS - 1, bad)
    assert phone_counts(0, good, ORDER_MS, bad)
    assert not phone_counts(ORDER_MS, bad, 0, good)
    assert not phone_counts(5, good, 0, good)


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
    assert found == {"stage": "accepted", "slip": "A012", "started_by": "menu", "invited_by": "menu"}
    assert "no_case_number" in rating["flags"]


# -- what a terminal may know ----------------------------------------------------------------------------------------


def public_key() -> str:
    """Of a terminal that asks for its technicians, drawn for this question."""
    key = X25519PrivateKey.generate().public_key().public_bytes_raw()
    return base64.b64encode(key).decode("ascii")


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
                "technicians": {"sealing_key": public_key()},
            }
            said = json.dumps(body.get(at.rsplit("/", 1)[1], {})).encode() if method == "post" else b""
            if not path.endswith("/journal"):
                told.append(terminal.call(method.upper(), at, said))
                assert told[-1].status == 200, (path, told[-1].body)
    assert len(asked) == 8
    for answer in told:
        assert not [word for word in secret if word in answer.body.decode()]
    assert central.call("GET", "/api/v1/ratings", {"authorization": f"Bearer {ADMIN}"}).json["items"][0]["flags"] != []
