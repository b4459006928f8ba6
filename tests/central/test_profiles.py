"""What a hall tells its terminals, and the sample hall."""

import base64
import json
import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import argon2
import msgspec
import pytest

from kiosk.central.app import ASSETS
from kiosk.central.sample import fill_sample
from kiosk.protocol.profile import GROWN, QUESTION, LocalReason, Look, Phone, Profile, read_profile
from tests.central.stand_in import Central, Terminal

KEY = base64.b64encode(bytes(32)).decode()
CODES = "/api/v1/enrolment-codes"
ENROLMENTS = "/api/v1/enrolments"
PROFILE = "/api/v1" + QUESTION


def test_a_profile_validates_and_is_sent_only_when_it_changed(terminal: Terminal, central: Central) -> None:
    answer = terminal.call("GET", PROFILE)
    profile = read_profile(answer.body)
    assert (profile.hall.code, profile.window.number, profile.channel) == ("FY", "A01", "hall_tablet")
    etag = answer.headers["etag"]
    assert etag == f'"{profile.version}"'
    for named in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = terminal.call("GET", PROFILE, headers={"If-None-Match": named})
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", etag)
    with central.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE halls SET name = '阜阳'")
    changed = terminal.call("GET", PROFILE, headers={"If-None-Match": etag})
    assert changed.status == 200
    assert changed.headers["etag"] != etag
    assert read_profile(changed.body).hall.name == "阜阳"


OLDER = {
    "format": ..., "version": ..., "hall": {"code", "name", "name_en"}, "window": {"number", "name", "name_en"},
    "mode": ..., "channel": ..., "staff": ..., "matters": {"code", "name", "name_en"},
    "notices": {"title", "text", "title_en", "text_en"},
    "hours": {"weekday", "opens", "closes"}, "timings": {"inviting_s", "explaining_s", "thanks_s"},
    "options_version": ..., "receipt_page": ...,
}  # fmt: skip
"""The keys that the first terminals take; they refuse a profile over any other."""


def test_a_hall_that_uses_nothing_new_is_served_as_the_first_terminals_want_it(
    terminal: Terminal, central: Central
) -> None:
    with central.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE halls SET inviting_s = 40")
        connection.exec_driver_sql(
            "INSERT INTO notices (hall, title, text, title_en, text_en, picture) VALUES (1, '公告', '', '', '', '')"
        )
    profile = terminal.call("GET", PROFILE).json
    assert profile["timings"] == {"inviting_s": 40}
    assert profile["notices"] == [{"title": "公告"}]
    _is_older(profile)


def _is_older(profile: dict[str, Any]) -> None:
    """Whether terminals that refuse newer keys take it."""
    assert set(profile) <= set(OLDER)
    for key, allowed in OLDER.items():
        for found in profile[key] if isinstance(profile.get(key), list) else [profile.get(key, {})]:
            assert allowed is ... or set(found) <= allowed, key


def test_a_terminal_that_does_not_name_what_is_new_is_spared_it_under_an_etag_of_its_own(
    enrolled: Any, central: Central
) -> None:
    tablet = enrolled("H01", "hall")
    with central.store.transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE halls SET phone_page = 'https://rate.example', slip = '{slip}', remind_s = 0"
        )
        connection.exec_driver_sql("INSERT INTO matters (hall, code, name, name_en) VALUES (1, '1', '转移登记', '')")
    bare = "/api/v1/device/profile"
    older, newer = tablet.call("GET", bare), tablet.call("GET", PROFILE)
    _is_older(older.json)
    with pytest.raises(AssertionError):
        _is_older(newer.json)
    assert read_profile(newer.body).matters[0].initials == "zydj"
    tags = {bare: older.headers["etag"], PROFILE: newer.headers["etag"]}
    assert tags[bare] != tags[PROFILE]
    for path, other in ((bare, PROFILE), (PROFILE, bare)):
        assert tablet.call("GET", path, headers={"If-None-Match": tags[path]}).status == 304
        assert tablet.call("GET", path, headers={"If-None-Match": tags[other]}).status == 200


@pytest.mark.parametrize("name", GROWN)
def test_each_new_key_comes_to_who_names_it_and_alone(enrolled: Any, central: Central, name: str) -> None:
    tablet = enrolled("H01", "hall")
    with central.store.transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE halls SET phone_page = 'https://rate.example', slip = '{slip}', remind_s = 0"
        )
        connection.exec_driver_sql("INSERT INTO matters (hall, code, name, name_en) VALUES (1, '1', '转移登记', '')")
    profile = tablet.call("GET", f"/api/v1/device/profile?knows=of.tomorrow,{name}").json
    sent = {key for key in GROWN if key in profile}
    if "initials" in profile["matters"][0]:
        sent.add("matters.initials")
    assert sent == {name}


def test_what_a_hall_sets_reaches_its_terminals_and_changes_the_version(terminal: Terminal, central: Central) -> None:
    plain = read_profile(terminal.call("GET", PROFILE).body)
    dot = "data:image/png;base64,AAAA"
    with central.store.transaction() as connection:
        for statement in (
            f"UPDATE halls SET crest = '{dot}', accent = '#1C4F8C', background = '#F4F7FB', asking_s = 30",
            "UPDATE halls SET help = '咨询台', help_en = 'Desk', callbacks = '0'",
            "INSERT INTO notices (hall, title, text, title_en, text_en, picture) VALUES"
            f" (1, '公告', '', '', '', '{dot}')",
            "INSERT INTO speech (hall, opens, closes, volume) VALUES"
            " (1, '13:00', '18:00', 0), (1, '08:00', '12:00', 80)",
            "INSERT INTO local_reasons (hall, code, name, name_en, levels) VALUES"
            """ (1, 'L01', '座位不够', '', '["satisfied"]')""",
        ):
            connection.exec_driver_sql(statement)
    profile = read_profile(terminal.call("GET", PROFILE).body)
    assert profile.version != plain.version
    assert profile.look == Look(crest=dot, accent="#1C4F8C", background="#F4F7FB")
    assert profile.notices[0].picture == dot
    assert [(hours.opens, hours.volume) for hours in profile.speech] == [("08:00", 80), ("13:00", 0)]
    assert profile.local_reasons == (LocalReason(code="L01", name="座位不够", levels=("satisfied",)),)
    assert (profile.timings.asking_s, profile.help, profile.help_en, profile.callbacks) == (30, "咨询台", "Desk", False)


def test_phones_slips_and_reminders_are_the_hall_s_to_set(terminal: Terminal, central: Central) -> None:
    assert read_profile(terminal.call("GET", PROFILE).body).phone is None
    with central.store.transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE halls SET phone_page = 'https://rate.example/hall', phone_wait_s = 90,"
            " slip = '{slip}|{window}', remind_s = 0"
        )
    profile = read_profile(terminal.call("GET", PROFILE).body)
    assert profile.phone == Phone(page="https://rate.example/hall", wait_s=90)
    assert (profile.slip, profile.remind_s) == ("{slip}|{window}", 0)


def test_only_a_tablet_on_a_stand_is_told_of_the_other_windows(enrolled: Any) -> None:
    told = {
        mode: read_profile(enrolled(window, mode).call("GET", PROFILE).body).windows
        for window, mode in (("A01", "window"), ("S01", "self_service"), ("H01", "hall"))
    }
    assert {mode: [window.number for window in windows] for mode, windows in told.items()} == {
        "window": [], "self_service": [], "hall": ["A01", "S01", "H01"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("不动产转移登记", "bdczydj"),
        ("银行账户变更", "yhzhbg"),
        ("行政许可（个体）", "xzxkgt"),
        ("长期护理", "cqhl"),
        ("重新核发", "cxhf"),
        ("7×24 小时 ABc", "724xsabc"),
        ("……", ""),
        ("贷" * 200, "d" * 100),
    ],
)
def test_a_matter_is_found_by_its_initials(terminal: Terminal, central: Central, name: str, initials: str) -> None:
    with central.store.transaction() as connection:
        connection.exec_driver_sql(f"INSERT INTO matters (hall, code, name, name_en) VALUES (1, 'm', '{name}', '')")
    (matter,) = read_profile(terminal.call("GET", PROFILE).body).matters
    assert matter.initials == initials


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ("slip = '{number}'", "{number}"),
        ("slip = '{slip}{window}'", "between"),
        ("phone_page = 'ftp://x'", "$.phone.page"),
        ("phone_page = 'http://x', phone_wait_s = 1", "$.phone.wait_s"),
        ("remind_s = -1", "$.remind_s"),
        ("accent = 'red'", "$.look.accent"),
        ("crest = 'https://elsewhere/x.png'", "$.look.crest"),
        ("asking_s = 5", "$.timings.asking_s"),
    ],
)
def test_a_look_that_no_terminal_takes_is_not_sent(
    terminal: Terminal, central: Central, change: str, place: str
) -> None:
    with central.store.transaction() as connection:
        connection.exec_driver_sql(f"UPDATE halls SET {change}")
    answer = terminal.call("GET", PROFILE)
    assert answer.problem == "profile_invalid"
    assert place in answer.json["detail"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ("INSERT INTO speech (hall, opens, closes, volume) SELECT id, '22:00', '06:00', 5 FROM halls", "22:00"),
        (
            "INSERT INTO speech (hall, opens, closes, volume) SELECT id, t, '20:00', 5 FROM halls, "
            "(SELECT '10:00' AS t UNION SELECT '11:00')",
            "overlap",
        ),
        ("INSERT INTO local_reasons (hall, code, name, name_en, levels) SELECT id, 'L9', 'x', '', '[' FROM halls", ""),
        ("INSERT INTO local_reasons (hall, code, name, name_en, levels) SELECT id, 'L9', 'x', '', '3' FROM halls", ""),
    ],
)
def test_what_only_shows_when_the_parts_are_put_together_is_told_of_and_stops_no_call(
    terminal: Terminal, central: Central, change: str, place: str
) -> None:
    with central.store.transaction() as connection:
        assert connection.exec_driver_sql(change).rowcount > 0
    answer = terminal.call("GET", PROFILE)
    assert (answer.status, answer.problem) == (409, "profile_invalid")
    assert place in answer.json["detail"]
    devices = central.hall("GET", "/api/v1/devices")
    assert devices.status == 200
    assert devices.json["items"][0]["refused_profile"].startswith("central: ")


def test_a_profile_that_does_not_validate_is_not_sent_and_says_why(terminal: Terminal, central: Central) -> None:
    with central.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE halls SET inviting_s = 5")
    answer = terminal.call("GET", PROFILE)
    assert (answer.status, answer.problem) == (409, "profile_invalid")
    assert "$.timings.inviting_s" in answer.json["detail"]
    device = central.hall("GET", "/api/v1/devices").json["items"][0]
    assert device["refused_profile"].startswith("central: ")
    assert "$.timings.inviting_s" in device["refused_profile"]


def test_a_self_service_machine_rates_on_its_own_channel(enrolled: Any, central: Central) -> None:
    machine = enrolled("S01", "self_service").begin()
    assert read_profile(machine.call("GET", PROFILE).body).channel == "hall_other"
    machine.add("visit.level_tapped", {"rating_id": "r", "level": "satisfied"}, "v")
    machine.send()
    assert central.ratings()[0]["channel"] == "hall_other"


# -- the sample hall -------------------------------------------------------------------------------------------------


@pytest.fixture
def sample(central: Central, tmp_path: Path) -> Any:
    with central.store.transaction() as connection:
        assert fill_sample(connection, ASSETS / "sample-hall.json", tmp_path, public_url="http://127.0.0.1:7800")
    return json.loads((tmp_path / "sample.json").read_text(encoding="utf-8"))


def test_the_sample_hall_gives_every_window_a_valid_profile(central: Central, sample: Any, enrolled: Any) -> None:
    assert set(sample) == {"hall", "windows", "staff", "matters"}
    assert len(sample["windows"]) >= 8
    assert len(sample["staff"]) == 12
    assert all(len(matter["code"]) == 31 for matter in sample["matters"])
    profiles: dict[str, Profile] = {}
    for window in sample["windows"]:
        code = central.hall("POST", CODES, {"hall": sample["hall"], "window": window}).json["code"]
        assert central.post(ENROLMENTS, {"code": code, "public_key": KEY}).status == 201
    assert len(central.rows("SELECT * FROM windows")) == len(sample["windows"])
    assert [d["refused_profile"] for d in central.hall("GET", "/api/v1/devices").json["items"]] == [""] * len(
        sample["windows"]
    )
    with central.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE halls SET code = 'FY'")
        connection.exec_driver_sql('INSERT INTO window_matters ("window", matter) VALUES (1, 2), (1, 3)')
    for window in ("A01", "Z01"):
        profiles[window] = read_profile(enrolled(window).call("GET", PROFILE).body)
    every = [msgspec.to_builtins(matter) for matter in profiles["Z01"].matters]
    assert [{"code": m["code"], "name": m["name"]} for m in every] == sample["matters"]
    assert [matter.code for matter in profiles["A01"].matters] == [m["code"] for m in every[1:3]]
    assert all(matter.name_en for matter in profiles["Z01"].matters)
    assert profiles["A01"].notices


def test_the_sample_hall_has_a_look_a_voice_and_reasons_of_its_own(
    central: Central, sample: Any, enrolled: Any
) -> None:
    with central.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE halls SET code = 'FY'")
    profile = read_profile(enrolled().call("GET", PROFILE).body)
    assert profile.help == "请到大厅咨询台，或拨打 12345"
    assert "12345" in profile.help_en
    assert profile.callbacks
    assert [(hours.opens, hours.closes, hours.volume) for hours in profile.speech] == [("09:00", "17:00", 70)]
    assert [(reason.code, reason.name, reason.levels) for reason in profile.local_reasons] == [
        ("L01", "叫号等候区座位不够", ()),
        ("L02", "导办指引不清楚", ("dissatisfied", "very_dissatisfied")),
    ]
    assert all(reason.name_en for reason in profile.local_reasons)
    pictures = [profile.look.crest, *(notice.picture for notice in profile.notices if notice.picture)]
    assert len(pictures) == 2
    for picture in pictures:
        kind, _, content = picture.partition(",")
        assert kind == "data:image/svg+xml;base64"
        assert ElementTree.fromstring(base64.b64decode(content)).tag == "{http://www.w3.org/2000/svg}svg"
        assert len(picture) < 4_000


@pytest.mark.parametrize("mode", ["window", "hall", "self_service"])
def test_the_sample_hall_serves_each_set_up_and_lets_phones_rate(
    central: Central, sample: Any, enrolled: Any, mode: str
) -> None:
    with central.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE halls SET code = 'FY'")
    profile = read_profile(enrolled("S01", mode).call("GET", PROFILE).body)
    assert (profile.mode, profile.remind_s) == (mode, 1200)
    assert profile.phone == Phone(page="http://127.0.0.1:7800", wait_s=180)
    assert [window.number for window in profile.windows] == (sample["windows"] if mode == "hall" else [])
    assert all(matter.initials for matter in profile.matters)


def test_the_pins_of_the_sample_open_what_the_profile_holds(central: Central, sample: Any, enrolled: Any) -> None:
    with central.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE halls SET code = 'FY'")
    cards = {card.number: card for card in read_profile(enrolled().call("GET", PROFILE).body).staff}
    for clerk in sample["staff"]:
        pin_hash = cards[clerk["number"]].pin_hash
        assert pin_hash is not None
        assert len(clerk["pin"]) == 6
        assert argon2.PasswordHasher().verify(pin_hash, clerk["pin"])


def test_a_filled_database_is_left_as_it_is(central: Central, sample: Any, tmp_path: Path) -> None:
    before = central.rows("SELECT * FROM staff")
    kept = (tmp_path / "sample.json").read_bytes()
    with central.store.transaction() as connection:
        assert not fill_sample(connection, ASSETS / "sample-hall.json", tmp_path)
    assert central.rows("SELECT * FROM staff") == before
    assert (tmp_path / "sample.json").read_bytes() == kept


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_the_pins_are_for_their_owner_alone(sample: Any, tmp_path: Path) -> None:
    assert (tmp_path / "sample.json").stat().st_mode & 0o777 == 0o600
