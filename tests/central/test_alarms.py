"""What the hall is told: in words, newest first, once for each place, and over when it is over."""

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kiosk.central import alarms, silence
from kiosk.central.alarms import LANGUAGES, SILENT_MS, AlarmKind
from kiosk.central.app import ASSETS, alarm_words
from kiosk.central.desk import Desk
from kiosk.core.entry import BEGAN_REASONS, Kind
from kiosk.core.levels import Level
from tests.central.stand_in import Central, Terminal

ALARMS = "/api/v1/alarms"
KINDS = sorted(value for name, value in vars(AlarmKind).items() if name.isupper())
HOUR_MS = 3_600_000


def _alarms(central: Central, query: str = "") -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = central.hall("GET", f"{ALARMS}{query}").json["items"]
    return items


# -- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_says_in_each_language_what_was_found_what_it_may_mean_and_what_to_do(kind: str) -> None:
    wording = json.loads((ASSETS / "alarm-words.json").read_text(encoding="utf-8"))["kinds"]
    assert set(wording[kind]) == set(LANGUAGES)
    for language, ending in (("zh-CN", "。"), ("en", ".")):
        sentences = wording[kind][language]
        assert len(sentences) == 3
        assert all(sentence.endswith(ending) for sentence in sentences)
        assert len(set(sentences)) == 3
        told = alarm_words().of_kind(kind)[language]
        assert all(sentence in told for sentence in sentences)
    for jargon in ("epoch", "hash", "sequence", "quarantine", "fork"):
        assert jargon not in " ".join(wording[kind]["en"])


def test_every_kind_that_anything_raises_has_words() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in Path(alarms.__file__).parent.glob("*.py"))
    named = set(re.findall(r'raise_alarm\(\s*[\w.]+,\s*[\w.]+,\s*"(\w+)"', sources))
    assert {*named, *KINDS} <= set(alarm_words().kinds)
    called = re.findall(r"raise_alarm\(\s*[\w.]+,\s*[\w.]+,\s*([^,]+),", sources)
    assert len(called) > len(named)
    assert all(kind.startswith(('"', "AlarmKind.")) for kind in called)


def test_no_two_kinds_say_the_same() -> None:
    told = [alarm_words().of_kind(kind)[language] for kind in KINDS for language in LANGUAGES]
    assert len(set(told)) == len(told)


@pytest.mark.parametrize("reason", BEGAN_REASONS)
def test_every_reason_to_begin_a_journal_has_words(reason: str) -> None:
    told = alarm_words().of_reason(reason)
    assert set(told) == set(LANGUAGES)
    assert reason not in told.values()


def test_what_has_no_words_is_named_and_not_hidden() -> None:
    assert alarm_words().of_kind("brand_new") == {"zh-CN": "brand_new", "en": "brand_new"}
    assert alarm_words().of_reason("brand_new") == {"zh-CN": "brand_new", "en": "brand_new"}
    assert alarm_words().of_reason(None) == {}


# -- the list --------------------------------------------------------------------------------------------------------


def test_an_alarm_tells_which_terminal_stands_where_and_what_was_found(terminal: Terminal, central: Central) -> None:
    terminal.rate()
    terminal.contact()
    terminal.begin_anew("damaged")
    terminal.contact()
    (alarm,) = _alarms(central)
    assert alarm == {
        "alarm_id": alarm["alarm_id"],
        "device_id": terminal.device_id,
        "hall": "FY",
        "window": "A01",
        "kind": "new_epoch",
        "words": alarm_words().of_kind("new_epoch"),
        "epoch": terminal.head.epoch,
        "sequence": 1,
        "detail": f"damaged, after {terminal.head.epoch - 1}:6",
        "at": "2026-05-28T20:28:40.000Z",
        "ended_at": None,
    }
    (device,) = central.hall("GET", "/api/v1/devices").json["items"]
    assert device["journal_began"] == {"zh-CN": "原流水文件已损坏", "en": "the file of the old journal is damaged"}


def test_alarms_come_newest_first_and_page_by_page(terminal: Terminal, central: Central) -> None:
    terminal.contact()
    for _ in range(5):
        terminal.begin_anew("damaged")
        terminal.contact()
    every = _alarms(central)
    assert [alarm["epoch"] for alarm in every] == sorted((alarm["epoch"] for alarm in every), reverse=True)
    seen: list[dict[str, Any]] = []
    path: str | None = f"{ALARMS}?limit=2"
    while path:
        page = central.hall("GET", path).json
        seen += page["items"]
        if len(seen) == 2:  # one that comes meanwhile moves no page
            terminal.begin_anew("damaged")
            terminal.contact()
        path = page["next"] and f"{ALARMS}?limit=2&after={page['next']}"
    assert seen == every


def test_alarms_can_be_narrowed(terminal: Terminal, central: Central, enrolled: Callable[..., Terminal]) -> None:
    other = enrolled("A02")
    other.head = type(other.head)(terminal.head.epoch + 50)
    for each in (terminal, other.begin()):
        each.contact()
        each.begin_anew("damaged")
        each.contact()
    other.begin_unknowing()
    other.contact()
    assert [a["window"] for a in _alarms(central, f"?device_id={terminal.device_id}")] == ["A01"]
    assert [a["window"] for a in _alarms(central, "?kind=reimaged")] == ["A02"]
    assert _alarms(central, f"?kind=reimaged&device_id={terminal.device_id}") == []


@pytest.mark.parametrize("query", ["limit=0", "after=x", "kind=%00", "device_id=x"])
def test_a_query_that_does_not_fit_names_the_parameter(central: Central, query: str) -> None:
    answer = central.hall("GET", f"{ALARMS}?{query}")
    assert (answer.status, answer.json["field"]) == (400, f"?{query.partition('=')[0]}")


def test_a_place_is_alarmed_once(terminal: Terminal, central: Central) -> None:
    terminal.rate()
    for _ in range(3):
        terminal.contact(terminal.records[2:])
    assert [alarm["kind"] for alarm in _alarms(central)] == ["gap"]


# -- silence ---------------------------------------------------------------------------------------------------------


def test_a_terminal_unheard_of_for_three_days_is_silent_until_it_is_heard_again(
    terminal: Terminal, central: Central
) -> None:
    terminal.contact()
    central.now_ms += SILENT_MS - 1
    assert _alarms(central) == []
    central.now_ms += 1
    for _ in range(2):
        (alarm,) = _alarms(central)
        assert (alarm["kind"], alarm["ended_at"], alarm["sequence"]) == ("silent", None, 1)
        central.now_ms += HOUR_MS
    terminal.heartbeat()
    (ended,) = _alarms(central)
    assert ended["ended_at"] == "2026-05-31T22:28:40.000Z"
    central.now_ms += SILENT_MS
    again, first = _alarms(central)
    assert (again["kind"], again["ended_at"], first) == ("silent", None, ended)


def test_a_terminal_never_heard_of_is_silent_from_its_enrolment_on(
    enrolled: Callable[..., Terminal], central: Central
) -> None:
    enrolled()
    central.now_ms += SILENT_MS
    (alarm,) = _alarms(central)
    assert (alarm["kind"], alarm["epoch"], alarm["sequence"]) == ("silent", 0, 0)


def test_a_retired_terminal_may_be_silent_and_one_that_comes_back_may_not(terminal: Terminal, central: Central) -> None:
    terminal.add(Kind.DEVICE_RETIRED)
    terminal.contact()
    (device,) = central.hall("GET", "/api/v1/devices").json["items"]
    assert device["retired_at"] == "2026-05-28T20:27:40.000Z"
    central.now_ms += 10 * SILENT_MS
    assert _alarms(central) == []
    terminal.rate()
    terminal.contact()
    (device,) = central.hall("GET", "/api/v1/devices").json["items"]
    assert device["retired_at"] is None
    central.now_ms += SILENT_MS
    assert central.alarms() == {"silent"}


def test_the_server_looks_by_itself_and_a_database_out_of_reach_does_not_end_that(
    terminal: Terminal, central: Central, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.contact()
    central.now_ms += SILENT_MS
    looks = silence.look
    looked = iter((sa.exc.OperationalError("SELECT", {}, Exception("gone")), None))

    async def until_it_looked_twice() -> None:
        twice = asyncio.Event()
        loop = asyncio.get_running_loop()

        def look(desk: Desk) -> None:
            fault = next(looked, None)
            if fault is not None:
                raise fault
            looks(desk)
            loop.call_soon_threadsafe(twice.set)

        monkeypatch.setattr("kiosk.central.silence.look", look)
        watch = asyncio.create_task(silence.watch_silence(central.desk, every_s=0))
        await twice.wait()
        watch.cancel()

    central.runner.run(until_it_looked_twice())
    assert central.rows("SELECT kind FROM alarms") == [("silent",)]


# -- the device list -------------------------------------------------------------------------------------------------


def test_unclean_stops_are_counted_and_raise_nothing(terminal: Terminal, central: Central) -> None:
    for unclean in (True, False, True, "yes"):
        terminal.add(Kind.TERMINAL_STARTED, {"version": "0.1.0", "unclean_stop": unclean})
    terminal.contact()
    terminal.contact()
    (device,) = central.hall("GET", "/api/v1/devices").json["items"]
    assert (device["unclean_stops"], device["alarms"]) == (2, [])


def test_a_terminal_is_behind_by_what_it_said_it_has_until_that_comes(terminal: Terminal, central: Central) -> None:
    terminal.contact()
    terminal.rate(Level.SATISFIED)

    def behind() -> int:
        return int(central.hall("GET", "/api/v1/devices").json["items"][0]["behind"])

    terminal.heartbeat()
    assert behind() == len(terminal.records) - 1
    terminal.contact(terminal.records[:3])
    assert behind() == len(terminal.records) - 3
    terminal.contact()
    assert behind() == 0


def test_an_ended_journal_does_not_stay_behind(terminal: Terminal, central: Central) -> None:
    terminal.contact()
    terminal.rate(Level.SATISFIED)
    terminal.heartbeat()
    unsent = terminal.records[1:]
    terminal.begin_anew("damaged").bring_over(unsent)
    terminal.contact()
    (device,) = central.hall("GET", "/api/v1/devices").json["items"]
    assert (device["behind"], device["epoch"], device["chain"]) == (0, terminal.head.epoch, "whole")
