"""The page on which a phone rates: who may open it, how far it is, and that it tells nobody a level."""

import base64
import hashlib
import re

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.central.phone_page import LETTERS, POLICY
from kiosk.core.levels import Level
from kiosk.core.phone_link import TOKEN_LENGTH
from kiosk.protocol.phone import LINK_AGE_S
from tests.central.phones import FORM, VISIT, Phone, close, phone_visit, receipt_on, title, token_of
from tests.central.stand_in import Central, Terminal


@pytest.fixture
def phone(terminal: Terminal) -> Phone:
    return Phone(terminal.central, token_of(terminal))


def test_a_phone_rates_in_three_steps_and_has_a_receipt(phone: Phone, terminal: Terminal, central: Central) -> None:
    assert title(phone.open()) == "请您对本次服务作出评价"
    assert phone_visit(terminal).json["state"] == "unopened"
    assert "<button name=" in phone.press("begin").body.decode()
    assert phone_visit(terminal).json["state"] == "opened"
    assert title(phone.press("level", level="d")) == "谢谢您，请再告诉我们原因"
    thanks = phone.press("why", reason=["207"], comment="等了两个小时")
    receipt = receipt_on(thanks)
    (rating,) = central.ratings()
    assert (rating["level"], rating["reasons"], rating["comment"]) == ("dissatisfied", ["207"], "等了两个小时")
    assert (rating["channel"], rating["phone"], rating["finished"]) == ("qr_phone", True, True)
    assert (rating["second"], rating["vouched"], rating["time_quality"]) == (False, False, "good")
    assert rating["seen"]["language"] == "zh-CN"
    told = phone_visit(terminal).json
    assert (told["state"], told["rating_id"]) == ("rated", rating["rating_id"])
    assert re.fullmatch("[0-9a-f]{64}", told["digest"])
    assert central.call("GET", f"/api/v1/receipts/{receipt}").json["state"] == "recorded"


def test_it_is_in_english_where_that_is_preferred_or_asked_for(phone: Phone) -> None:
    assert title(phone.open(**{"accept-language": "en-GB,en;q=0.9,zh;q=0.5"})) == "How was this service?"
    assert title(phone.open(**{"accept-language": "fr,zh-TW;q=0.5,en;q=0.4"})) == "请您对本次服务作出评价"
    assert title(phone.open(**{"accept-language": "xx;q=y"})) == "请您对本次服务作出评价"
    assert title(phone.open("?lang=en")) == "How was this service?"
    phone.language = "en"
    assert title(phone.rate("e", comment="slow")) == "Thank you"


def test_looking_binds_nothing_so_that_a_program_that_looks_at_links_takes_none(
    phone: Phone, terminal: Terminal
) -> None:
    robot = Phone(phone.central, phone.token)
    for _ in range(3):
        assert title(robot.open()) == "请您对本次服务作出评价"
    assert robot.jar == {}
    assert title(phone.rate()) == "谢谢您"


def test_a_link_belongs_to_the_phone_that_begins(phone: Phone, central: Central) -> None:
    phone.press("begin")
    other = Phone(central, phone.token)
    assert (other.open().status, title(other.open())) == (409, "本链接已在另一部手机上打开")
    for step in ("begin", "level", "why"):
        assert title(other.press(step, level="e", comment="x")) == "本链接已在另一部手机上打开"
    assert other.jar == {}
    assert title(phone.press("level", level="a")) == "谢谢您，请再告诉我们原因"
    phone.press("why")
    assert (other.open().status, title(other.open())) == (410, "本次服务已经评价过")
    assert [rating["level"] for rating in central.ratings()] == ["very_satisfied"]


def test_the_cookie_is_for_this_page_alone_and_no_script_reads_it(phone: Phone, central: Central) -> None:
    def attributes() -> set[str]:
        fresh = Phone(central, phone.token)
        fresh.press("begin")
        cookie = next(a.headers["set-cookie"] for a in fresh.said if "set-cookie" in a.headers)
        with central.store.transaction() as connection:
            connection.exec_driver_sql("DELETE FROM phone_visits")
        return {part.strip() for part in cookie.split(";")[1:]}

    plain = {f"Path=/p/{phone.token}", "HttpOnly", "SameSite=Strict", "Max-Age=86400"}
    assert attributes() == plain
    with central.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE halls SET phone_page = 'https://hall.example/rate/'")
    assert attributes() == {*plain - {f"Path=/p/{phone.token}"}, f"Path=/rate/p/{phone.token}", "Secure"}


def test_reloading_going_back_and_sending_twice_change_nothing(phone: Phone, central: Central) -> None:
    phone.press("begin")
    phone.press("begin")
    phone.press("level", level="d")
    assert title(phone.open()) == "谢谢您，请再告诉我们原因"
    assert title(phone.open("?again=1")) == "请您对本次服务作出评价"
    phone.press("level", level="e")
    thanks = phone.press("why", comment="慢")
    for step, fields in (
        ("begin", {}),
        ("level", {"level": "a"}),
        ("why", {"comment": "好"}),
        ("why", {"comment": "慢"}),
    ):
        assert phone.press(step, **fields).body == thanks.body
    assert phone.open().body == thanks.body
    (rating,) = central.ratings()
    assert (rating["level"], rating["comment"], rating["additions"]) == ("very_dissatisfied", "慢", [])


def test_a_tap_is_a_rating_at_once_though_nothing_follows(phone: Phone, central: Central, terminal: Terminal) -> None:
    phone.press("begin")
    phone.press("level", level="e")
    assert [(r["level"], r["finished"]) for r in central.ratings()] == [("very_dissatisfied", False)]
    assert phone_visit(terminal).json == {
        "visit_id": VISIT, "state": "opened", "server_time": central.now_ms, "rating_id": "", "digest": "",
        "done_ms": 0, "unvouched": [],
    }  # fmt: skip
    central.now_ms += (LINK_AGE_S + 601) * 1000
    assert phone_visit(terminal).json["state"] == "rated"
    receipt = receipt_on(phone.open())
    assert central.call("GET", f"/api/v1/receipts/{receipt}").status == 200


@pytest.mark.parametrize("letter", sorted(LETTERS))
def test_a_low_level_needs_a_reason_or_a_word_and_others_may_go_bare(phone: Phone, letter: str) -> None:
    phone.press("begin")
    phone.press("level", level=letter)
    bare = phone.press("why", comment=" \r\n ", reason=["000"], local=["nobody"])
    if LETTERS[letter].negative:
        assert (bare.status, title(bare)) == (422, "谢谢您，请再告诉我们原因")
        assert "请至少选择一项原因，或者写一句话" in bare.body.decode()
        bare = phone.press("why", comment="一句话")
    assert title(bare) == "谢谢您"


def test_a_number_that_is_none_is_asked_for_again_with_all_that_was_written(phone: Phone, central: Central) -> None:
    phone.press("begin")
    phone.press("level", level="d")
    again = phone.press("why", reason=["207"], comment='<b>"慢"</b>', contact="12345")
    assert again.status == 422
    text = again.body.decode()
    assert "电话号码好像不完整" in text
    assert "&lt;b&gt;&quot;慢&quot;&lt;/b&gt;</textarea>" in text
    assert 'value="207" checked' in text
    assert 'value="12345"' in text
    assert title(phone.press("why", reason=["207"], comment="慢", contact="13800138000")) == "谢谢您"
    assert central.rows("SELECT fields FROM phone_personal") == [('{"comment":"慢","contact":"13800138000"}',)]


def test_what_is_written_is_cut_where_the_terminal_cuts_it(phone: Phone, central: Central) -> None:
    phone.rate("b", comment="字" * 151 + "\0", contact="")
    assert central.ratings()[0]["comment"] == "字" * 150


# -- what others see -------------------------------------------------------------------------------------------------


def test_no_size_and_no_number_of_steps_tells_the_level(terminal: Terminal, central: Central) -> None:
    with central.store.transaction() as connection:
        connection.exec_driver_sql(
            "INSERT INTO local_reasons (hall, code, name, name_en, levels)"
            " VALUES (1, 'queue', '取号机前排了很久的队', 'A long queue at the machine that gives numbers',"
            " '[\"dissatisfied\"]')"
        )
    seen: dict[str, set[tuple[object, ...]]] = {"zh-CN": set(), "en": set()}
    for language, found in seen.items():
        for index, letter in enumerate(LETTERS):
            visit_id = f"{'a' if language == 'en' else 'b'}{index}" * 16
            phone = Phone(central, token_of(terminal, visit_id), language)
            phone.rate(letter, comment="x")
            found.add(
                tuple((answer.status, len(answer.body), sorted(answer.headers)) for answer in phone.said).__repr__()
            )
    assert [len(found) for found in seen.values()] == [1, 1]


def test_the_finish_is_the_same_after_any_level(terminal: Terminal, central: Central) -> None:
    pages = set()
    for index, letter in enumerate(LETTERS):
        thanks = Phone(central, token_of(terminal, f"c{index}" * 16)).rate(letter, comment="x")
        pages.add(thanks.body.replace(receipt_on(thanks).encode(), b"-"))
    assert len(pages) == 1


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_page_is_small_and_loads_nothing(phone: Phone, language: str) -> None:
    phone.language = language
    phone.open(f"?lang={language}")
    phone.rate("d", comment="x" * 150)
    Phone(phone.central, "nothing", language).open()
    for answer in phone.said:
        assert len(answer.body) < 12_000
        text = answer.body.decode()
        assert not re.search(r"<script|src=|https?:|@import|url\(| on[a-z]+=| style=", text)
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        if text:
            (style,) = re.findall("<style>(.*)</style>", text, re.DOTALL)
            digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
            assert f"style-src 'sha256-{digest}'" in POLICY
            assert text.startswith(f'<!DOCTYPE html>\n<html lang="{language}">')


def test_it_shows_window_and_matter_once_the_journal_has_come(
    phone: Phone, terminal: Terminal, central: Central
) -> None:
    assert "本次服务" in phone.open().body.decode()
    with central.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE windows SET name = '不动产<登记>', name_en = 'Real estate'")
    visit_id = terminal.start()
    terminal.send()
    page = Phone(central, token_of(terminal, visit_id)).open().body.decode()
    assert "A01 不动产&lt;登记&gt;" in page
    assert "转移登记" in page
    assert "FY2026-0001" not in page
    assert "A01 Real estate" in phone.open("?lang=en").body.decode()


# -- links that do not hold ------------------------------------------------------------------------------------------


def test_all_links_that_do_not_hold_look_alike(terminal: Terminal, central: Central) -> None:
    token = token_of(terminal)
    forged = Terminal(central, Ed25519PrivateKey.generate(), terminal.key_id, terminal.device_id)
    wrong = [
        "x",
        "A" * TOKEN_LENGTH,
        "Ã" * 20,
        token[:-1],
        token + "A",
        token_of(forged),
        token_of(terminal, device_id="f" * 32),
    ]
    answers = [Phone(central, one).open() for one in wrong]
    answers += [Phone(central, one).press("begin") for one in wrong]
    for column in ("revoked_ms", "retired_ms"):
        with central.store.transaction() as connection:
            connection.exec_driver_sql(f"UPDATE devices SET {column} = 1")
        answers.append(Phone(central, token).open())
        with central.store.transaction() as connection:
            connection.exec_driver_sql(f"UPDATE devices SET {column} = NULL")
    assert {(answer.status, answer.body) for answer in answers} == {(404, answers[0].body)}
    assert title(answers[0]) == "链接无效"
    assert title(Phone(central, token).open()) == "请您对本次服务作出评价"


def test_whoever_tries_many_waits_and_a_link_that_holds_is_served_all_the_same(phone: Phone, central: Central) -> None:
    stranger = Phone(central, "x")
    statuses = [stranger.open().status for _ in range(21)]
    assert statuses == [404] * 20 + [429]
    assert int(stranger.said[-1].headers["retry-after"]) > 0
    assert title(phone.rate()) == "谢谢您"


@pytest.mark.parametrize(
    ("seconds", "works"),
    [(0, True), (LINK_AGE_S, True), (LINK_AGE_S + 600, True), (LINK_AGE_S + 601, False), (-600, True), (-601, False)],
)
def test_a_link_is_of_its_time(terminal: Terminal, central: Central, seconds: int, works: bool) -> None:
    phone = Phone(central, token_of(terminal, issued_s=central.now_ms // 1000 - seconds))
    assert (title(phone.open()) == "链接已过期") is not works
    phone.rate()
    assert len(central.ratings()) == int(works)


def test_a_phone_that_began_in_time_and_comes_back_too_late_rates_nothing(
    phone: Phone, central: Central, terminal: Terminal
) -> None:
    phone.press("begin")
    central.now_ms += (LINK_AGE_S + 601) * 1000
    assert title(phone.press("level", level="a")) == "链接已过期"
    assert central.ratings() == []
    assert phone_visit(terminal).json["state"] == "closed"


# -- the terminal takes the visit back -------------------------------------------------------------------------------


@pytest.mark.parametrize("begun", [False, True])
def test_a_visit_taken_back_is_refused_in_words(
    phone: Phone, terminal: Terminal, central: Central, begun: bool
) -> None:
    if begun:
        phone.press("begin")
    assert [close(terminal).json["state"] for _ in range(2)] == ["closed", "closed"]
    page = phone.press("level", level="e")
    assert (page.status, title(page)) == (410, "这次评价已回到终端上")
    assert title(phone.press("begin")) == "这次评价已回到终端上"
    assert central.ratings() == []
    assert phone_visit(terminal).json["state"] == "closed"


def test_a_rating_that_came_first_is_what_the_closure_hears_of(
    phone: Phone, terminal: Terminal, central: Central
) -> None:
    phone.rate("e", comment="慢")
    first = close(terminal).json
    assert (first["state"], first["rating_id"]) == ("rated", central.ratings()[0]["rating_id"])
    assert close(terminal).json == first == phone_visit(terminal).json


def test_a_level_tapped_before_the_closure_stands_and_later_words_are_added(
    phone: Phone, terminal: Terminal, central: Central
) -> None:
    phone.press("begin")
    phone.press("level", level="e")
    told = close(terminal).json
    assert told["state"] == "rated"
    thanks = phone.press("why", reason=["108"], comment="等了两个小时")
    assert title(thanks) == "谢谢您"
    (rating,) = central.ratings()
    assert (rating["level"], rating["finished"], rating["reasons"]) == ("very_dissatisfied", False, [])
    assert [act["words"].split("；")[0] for act in rating["additions"]] == ["等了两个小时"]
    phone.press("why", reason=["108"], comment="等了两个小时")
    assert len(central.ratings()[0]["additions"]) == 1
    assert phone_visit(terminal).json["digest"] == told["digest"]


@pytest.mark.parametrize("visit_id", ["x", "5E" * 16, "5e" * 17, "%00"])
def test_a_terminal_asks_for_visits_by_their_name(terminal: Terminal, visit_id: str) -> None:
    answer = phone_visit(terminal, visit_id)
    assert (answer.status, answer.problem) == (400, "invalid")


def test_a_terminal_hears_of_its_own_visits_alone(phone: Phone, enrolled: object, terminal: Terminal) -> None:
    phone.rate()
    other = enrolled("A02")  # type: ignore[operator]
    assert phone_visit(other).json["state"] == "unopened"
    assert close(other).json["state"] == "closed"
    assert phone_visit(terminal).json["state"] == "rated"


def test_a_form_that_is_none_changes_nothing(phone: Phone, central: Central) -> None:
    phone.press("begin")
    path = f"/p/{phone.token}"
    cookie = {"cookie": f"kiosk_phone={phone.jar['kiosk_phone']}"}
    for headers, body in (
        ({"content-type": "text/plain"}, b"step=level&level=e"),
        (FORM, b"step=level&level=f"),
        (FORM, b"step=level&level=e&" + b"x=1&" * 100),
        (FORM, b"\xff\x00%ff%00=&&=;"),
        (FORM, b""),
    ):
        assert central.call("POST", path, {**headers, **cookie}, body).status == 303
    assert central.call("POST", path, {**FORM, **cookie}, b"comment=" + b"x" * 8192).status == 413
    assert central.ratings() == []


def test_where_central_cannot_store_the_citizen_reads_words_of_ours(phone: Phone, central: Central) -> None:
    with central.store.transaction() as connection:
        connection.exec_driver_sql("ALTER TABLE phone_visits RENAME TO elsewhere")
    answer = phone.press("begin")
    assert (answer.status, title(answer)) == (503, "暂时无法记录")


def test_levels_have_one_letter_each_best_first() -> None:
    assert list(LETTERS.values()) == list(Level)
