import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kiosk.core.options import load_options
from kiosk.protocol.profile import ProfileRefused, read_profile
from kiosk.protocol.staging import scene_of, terms_of

OPTIONS = load_options((Path(__file__).parents[2] / "assets" / "national-options.json").read_text("utf-8"))
GOOD: dict[str, Any] = {
    "format": 1,
    "version": "abc",
    "hall": {"code": "3412", "name": "阜阳市政务服务中心", "name_en": "Fuyang Government Service Centre"},
    "window": {"number": "A12", "name": "不动产登记"},
    "staff": [{"number": "A103", "name": "王敏", "post": "综合窗口", "party_member": True}],
    "matters": [
        {"code": "1", "name": "社保参保证明打印", "name_en": "Social security certificate"},
        {"code": "2", "name": "x"},
    ],
    "notices": [{"title": "通知"}],
    "hours": [{"weekday": 1, "opens": "09:00", "closes": "17:00"}],
    "timings": {"inviting_s": 20, "explaining_s": 90, "thanks_s": 5},
}


def text(**changes: Any) -> bytes:
    return json.dumps({**GOOD, **changes}).encode()


def test_a_good_profile_becomes_scene_and_terms() -> None:
    profile = read_profile(text())
    scene = scene_of(profile, OPTIONS)
    assert (scene.hall, scene.window_number, scene.cards["A103"].party_member) == ("阜阳市政务服务中心", "A12", True)
    assert scene.matters_en == {"1": "Social security certificate"}
    assert scene.notices[0].title == "通知"
    assert scene.hours[0].closes == "17:00"
    terms = terms_of(profile, OPTIONS)
    assert (terms.window, terms.inviting_ms, terms.explaining_ms, terms.thanks_ms) == ("A12", 20_000, 90_000, 5_000)
    assert terms.options is OPTIONS


def test_without_a_profile_there_is_an_empty_scene() -> None:
    assert scene_of(None, OPTIONS).hall == ""
    assert terms_of(None, OPTIONS).options_version == "2020"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"hall": {"code": "1", "name": ""}}, "$.hall.name"),
        ({"timings": {"inviting_s": 1}}, "$.timings.inviting_s"),
        ({"hours": [{"weekday": 8, "opens": "09:00", "closes": "17:00"}]}, "$.hours[0].weekday"),
        ({"hours": [{"weekday": 1, "opens": "9:00", "closes": "17:00"}]}, "$.hours[0].opens"),
        ({"surprise": 1}, "surprise"),
        ({"mode": "car"}, "$.mode"),
        ({"staff": [{"number": "1", "name": "x", "photo": "http://elsewhere/x.png"}]}, "$.staff[0].photo"),
        ({"format": 2}, "format 2"),
        ({"format": "1"}, "$.format"),
    ],
)
def test_a_profile_that_does_not_validate_is_refused_and_says_where(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ProfileRefused) as caught:
        read_profile(text(**changes))
    assert words in str(caught.value)


def test_a_newer_format_is_refused_even_where_all_else_is_unknown() -> None:
    with pytest.raises(ProfileRefused, match="format 3"):
        read_profile(b'{"format": 3, "anything": true}')


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{",
        b"\xff",
        b"null",
        text().replace(b'"hall": {', b'"hall": {"name_en": "\xff", '),
        text()[:-1] + b', "x": ' + b"[" * 10**6,
    ],
    ids=["nothing", "list", "cut", "no UTF-8", "null", "no UTF-8 inside", "nested"],
)
def test_what_is_no_profile_is_refused(raw: bytes) -> None:
    with pytest.raises(ProfileRefused):
        read_profile(raw)


def test_a_halls_own_settings_come_back_as_they_were_sent() -> None:
    profile = read_profile(
        text(
            local_reasons=[{"code": "H1", "name": "停车难", "levels": ["dissatisfied"]}],
            look={"accent": "#AA0000"}, speech=[{"opens": "09:00", "closes": "17:00", "volume": 60}],
            help="值班台", callbacks=False, timings={"asking_s": 30},
        )
    )  # fmt: skip
    assert read_profile(msgspec.json.encode(profile)) == profile
    assert terms_of(profile, OPTIONS).asking_ms == 30_000


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"local_reasons": [{"code": "101", "name": "x"}]}, "$.local_reasons[0].code"),
        ({"local_reasons": [{"code": "L01\n", "name": "x"}]}, "$.local_reasons[0].code"),
        ({"hours": [{"weekday": 1, "opens": "09:00\n", "closes": "17:00"}]}, "$.hours[0].opens"),
        ({"local_reasons": [{"code": "H1", "name": "x"}, {"code": "H1", "name": "y"}]}, "H1 stands more than once"),
        ({"speech": [{"opens": "17:00", "closes": "09:00", "volume": 1}]}, "$.speech[0]"),
        ({"speech": [{"opens": a, "closes": b, "volume": 1} for a, b in (("09:00", "12:00"), ("11:00", "13:00"))]},
         "overlap at 11:00"),
        ({"notices": [{"title": "x", "picture": "data:image/png;base64," + "A" * 1_400_000}] * 6}, "together"),
        ({"look": {"crest": "http://elsewhere/x.png"}}, "$.look.crest"),
        ({"timings": {"asking_s": 19}}, "$.timings.asking_s"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_name(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ProfileRefused, match=re.escape(words)):
        read_profile(text(**changes))


def test_no_code_of_the_national_list_can_be_a_local_one() -> None:
    assert all(option.code[0].isdigit() for options in OPTIONS.by_level.values() for option in options)
