import json
from pathlib import Path
from typing import Any

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
