"""How often a phone's page may be called, and that who only looks holds nobody up."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from kiosk.central.phone_limits import ADDRESS_BURST, ADDRESS_PER_S, LINK_BURST
from kiosk.protocol.phone import LINK_AGE_S
from tests.central.phones import Phone, receipt_on, title, token_of
from tests.central.stand_in import Central, Terminal

WINDOWS, REQUESTS = 100, 10
"""Windows of a great hall behind one address, and requests of one rating."""


@contextmanager
def said_to_the_database(central: Central) -> Iterator[list[str]]:
    said: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement.upper())

    engine = central.store._engine
    sa.event.listen(engine, "before_cursor_execute", hear)
    yield said
    sa.event.remove(engine, "before_cursor_execute", hear)


def holding(said: list[str]) -> list[str]:
    """What makes others wait."""
    words = ("IMMEDIATE", "FOR UPDATE", "FOR NO KEY", "INSERT", "UPDATE ", "DELETE")
    return [one for one in said if any(word in one for word in words)]


def test_looking_locks_and_writes_nothing_however_far_the_visit_is(terminal: Terminal, central: Central) -> None:
    phone = Phone(central, token_of(terminal))
    stranger = Phone(central, phone.token)
    for step, fields in (("", {}), ("begin", {}), ("level", {"level": "d"}), ("why", {"comment": "慢"})):
        if step:
            phone.press(step, **fields)
        with said_to_the_database(central) as said:
            phone.open()
            stranger.open()
            stranger.press("level", level="a")
            stranger.press("why", comment="x")
        assert len(said) > 5
        assert holding(said) == []


def test_what_would_write_while_looking_fails(central: Central, terminal: Terminal) -> None:
    with pytest.raises(sa.exc.DBAPIError), central.store.reading() as connection:
        connection.exec_driver_sql("UPDATE halls SET name = 'x'")
    with central.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE halls SET name = 'y'")
    assert central.rows("SELECT DISTINCT name FROM halls") == [("y",)]


def test_a_level_whose_time_is_over_is_sealed_for_its_phone_alone(terminal: Terminal, central: Central) -> None:
    phone = Phone(central, token_of(terminal))
    phone.press("begin")
    phone.press("level", level="e")
    central.now_ms += (LINK_AGE_S + 601) * 1000
    stranger = Phone(central, phone.token)
    with said_to_the_database(central) as said:
        assert title(stranger.open()) == "本次服务已经评价过"
    assert holding(said) == []
    assert receipt_on(phone.open())


if "KIOSK_TEST_POSTGRES" in os.environ:  # SQLite has one connection, so that there is nobody else to wait for

    def test_a_page_is_shown_while_a_journal_is_being_taken_in(terminal: Terminal, central: Central) -> None:
        phone = Phone(central, token_of(terminal))
        shown: list[str] = []
        with central.store.transaction() as connection:
            connection.exec_driver_sql("SELECT id FROM devices FOR UPDATE")
            looking = threading.Thread(target=lambda: shown.append(title(phone.open())), daemon=True)
            looking.start()
            looking.join(20)
            assert shown == ["请您对本次服务作出评价"]


def test_a_flood_on_one_link_waits_and_the_phone_that_has_the_visit_goes_on(
    terminal: Terminal, central: Central
) -> None:
    phone = Phone(central, token_of(terminal))
    phone.press("begin")
    flood = [Phone(central, phone.token).open() for _ in range(LINK_BURST + 20)]
    refused = [answer for answer in flood if answer.status == 429]
    assert len(refused) >= 20
    assert all(1 <= int(answer.headers["retry-after"]) <= 2 for answer in refused)
    forged = Phone(central, phone.token, jar={"kiosk_phone": "x" * 43})
    assert [forged.open().status, forged.press("level", level="a").status] == [429, 429]
    assert title(phone.press("level", level="e")) == "谢谢您，请再告诉我们原因"
    assert title(phone.press("why", comment="慢")) == "谢谢您"


def test_who_floods_a_link_from_elsewhere_keeps_nobody_from_beginning(terminal: Terminal, central: Central) -> None:
    token = token_of(terminal)
    for _ in range(LINK_BURST + 1):
        answer = central.call("GET", f"/p/{token}", address="198.51.100.9")
    assert answer.status == 429
    assert title(Phone(central, token).rate()) == "谢谢您"


def test_a_link_is_free_again_after_as_long_as_was_said(terminal: Terminal, central: Central) -> None:
    phone = Phone(central, token_of(terminal))
    for _ in range(LINK_BURST + 1):
        answer = phone.open()
    assert answer.status == 429
    central.mono_s += int(answer.headers["retry-after"])
    assert phone.open().status == 200


def test_every_window_of_a_great_hall_may_hand_over_in_the_same_minute(central: Central, terminal: Terminal) -> None:
    limits, refused = central.desk.phone_limits, 0
    for number in range(WINDOWS * REQUESTS):
        if number % REQUESTS == 0:
            central.mono_s += 60 / WINDOWS
        refused += bool(limits.wait_for_address_s("192.0.2.7"))
    assert refused == 0
    assert WINDOWS * REQUESTS / 60 < ADDRESS_PER_S
    assert not any(limits.wait_for_address_s("203.0.113.1") for _ in range(60 * REQUESTS)), "sixty in one instant"


def test_a_flood_from_one_address_waits_and_others_do_not(central: Central, terminal: Terminal) -> None:
    links = [token_of(terminal, f"{number:032x}") for number in range(20)]
    for _ in range(ADDRESS_BURST - 20):  # which is what a call costs an address
        central.desk.phone_limits.wait_for_address_s("192.0.2.7")
    answers = [central.call("GET", f"/p/{links[n % 20]}") for n in range(30)]
    assert [answer.status for answer in answers] == [200] * 20 + [429] * 10
    with said_to_the_database(central) as said:
        assert central.call("GET", f"/p/{links[0]}").status == 429
    assert said == []
    assert central.call("GET", f"/p/{links[0]}", address="198.51.100.9").status == 200


def test_a_proxy_on_this_machine_stands_for_everybody_and_links_are_limited_all_the_same(
    central: Central, terminal: Terminal
) -> None:
    for address in ("127.0.0.1", "::1"):
        assert not any(central.desk.phone_limits.wait_for_address_s(address) for _ in range(ADDRESS_BURST * 2))
    answers = [central.call("GET", f"/p/{token_of(terminal)}", address="127.0.0.1") for _ in range(LINK_BURST + 1)]
    assert [answers[-2].status, answers[-1].status] == [200, 429]
