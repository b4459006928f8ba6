"""What docs/STATION.md shows of each call is what a real station takes and answers, key by key."""

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kiosk.protocol.phone import ClerkFigures
from kiosk.station.calls import CALLS
from tests.station.house import House

PAGE = (Path(__file__).parents[2] / "docs" / "STATION.md").read_text("utf-8")
ELSEWHERE = ("/v1/openapi.json", "/v1/events", "/v1/figures", "/v1/pairing", "/v1/peers")
"""Not tried here: a document, a stream (`test_events`), what central is asked, and the hall's network (`test_lan`)."""


@dataclass(frozen=True)
class Shown:
    """A call as the page shows it: the bodies that are sent and answered."""

    method: str
    path: str
    blocks: tuple[Any, ...]

    @property
    def sent(self) -> Any:
        return self.blocks[0] if len(self.blocks) == 2 else None

    @property
    def answered(self) -> Any:
        return self.blocks[-1] if self.blocks else None


def shown_calls() -> dict[tuple[str, str], Shown]:
    parts = re.split(r"^### (GET|PUT|POST|DELETE) (/v1/\S+)$", PAGE, flags=re.M)[1:]
    found = {}
    for method, path, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        own = re.split(r"^## ", text, flags=re.M)[0]
        blocks = tuple(json.loads(one) for one in re.findall(r"```json\n(.*?)```", own, flags=re.S))
        found[method, path] = Shown(method, path, blocks)
    return found


SHOWN = shown_calls()


def fitting(shown: Any, answered: Any) -> list[str]:
    """Where an answer has not the keys and kinds that are shown."""
    if isinstance(shown, dict) and isinstance(answered, dict):
        found = sorted(shown.keys() ^ answered.keys())
        return found + [fault for key in shown.keys() & answered.keys() for fault in fitting(shown[key], answered[key])]
    if isinstance(shown, list) and isinstance(answered, list):
        return [fault for one in answered for fault in fitting(shown[0], one)]
    kinds = {type(shown), type(answered)} - {type(None)}
    return [] if len(kinds) <= 1 else [f"{shown!r} is {answered!r}"]


def test_the_page_shows_every_call_and_no_other() -> None:
    assert set(SHOWN) == {(call.method, call.path) for call in CALLS}


def test_figures_are_shown_as_they_are_told() -> None:
    shown = SHOWN["GET", "/v1/figures"].answered
    assert fitting(shown, msgspec.to_builtins(msgspec.convert(shown, ClerkFigures))) == []
    assert (date.fromisoformat(shown["since"]).isoweekday(), date.fromisoformat(shown["until"]).isoweekday()) == (1, 7)


def test_each_call_is_taken_and_answered_as_shown(house: House) -> None:
    visit, tried = "", set()
    story = [
        ("PUT", "/v1/staff"), ("GET", "/v1/matters"), ("POST", "/v1/calls"), ("PUT", "/v1/pause"),
        ("DELETE", "/v1/pause"), ("POST", "/v1/visits"), ("GET", "/v1/state"),
        ("POST", "/v1/visits/{visit_id}/invitation"), ("POST", "/v1/visits/{visit_id}/cancellation"),
        ("DELETE", "/v1/staff"),
    ]  # fmt: skip
    for method, path in story:
        shown = SHOWN[method, path]
        sent = shown.sent
        if path == "/v1/staff" and sent:
            sent = {key: value for key, value in sent.items() if key != "pin"} | {"number": "A104"}
        answer = house.call(method, path.replace("{visit_id}", visit), sent)
        (call,) = [call for call in CALLS if (call.method, call.path) == (method, path)]
        assert answer.status == call.status, (path, answer.body)
        if path == "/v1/visits":
            visit = answer.json["visit_id"]
        if shown.answered is not None:
            assert fitting(shown.answered, answer.json) == [], (method, path, answer.json)
            if "state" in shown.answered and method != "GET":
                assert answer.json["state"] == shown.answered["state"], (method, path)
        tried.add((method, path))
    assert {one for one in SHOWN if not one[1].startswith(ELSEWHERE)} == tried


@pytest.mark.parametrize("key", ["called", "pause"])
def test_a_key_too_many_or_too_few_is_seen(key: str) -> None:
    shown = SHOWN["GET", "/v1/state"].answered
    assert fitting(shown, {name: value for name, value in shown.items() if name != key}) == [key]
    assert fitting(shown, shown | {"level": 1}) == ["level"]
    assert fitting(shown, shown | {"unsent": "3"})
