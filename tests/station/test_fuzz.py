"""Whatever fits the OpenAPI document, or nearly fits it: no 5xx that is not documented, no change by what was refused,
no answer that is not in the document, and no level in any."""

import http.client
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.station.calls import CALLS, DOCUMENT, EVENTS, Call
from tests.station.document import document, undocumented
from tests.station.house import PROFILE, TOKEN, House

_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
_KNOWN = {
    "code": st.sampled_from([item.code for item in PROFILE.matters]),
    "number": st.sampled_from([card.number for card in PROFILE.staff]),
    "pin": st.sampled_from(["271828", "0000"]),
}
"""Values that lead further than any text would."""
_CALLS = [call for call in CALLS if call.path != EVENTS]
_STATES = ("ready", "serving", "inviting", "explaining", "thanks", "paused", "out_of_order")


def _fitting(schema: dict[str, Any], name: str = "") -> st.SearchStrategy[Any]:
    match schema:
        case {"$ref": reference}:
            return _object(document()["components"]["schemas"][reference.rsplit("/", 1)[1]])
        case {"anyOf": choices}:
            return st.one_of([_fitting(each, name) for each in choices])
        case {"enum": values}:
            return st.sampled_from(values)
        case {"type": "string", "pattern": pattern}:
            return st.from_regex(pattern, fullmatch=True)
        case {"type": "string"}:
            text = st.text(min_size=schema.get("minLength", 0), max_size=min(schema.get("maxLength", 20), 20))
            return st.one_of(text, _KNOWN.get(name, text), st.sampled_from([" ", "\n", "\x1b[2J", "x" * 300]))
        case {"type": "integer"}:
            return st.integers(schema.get("minimum"), schema.get("maximum"))
        case {"type": "boolean"}:
            return st.booleans()
    return st.none()


def _object(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    required = {name: _fitting(schema["properties"][name], name) for name in schema["required"]}
    optional = {name: _fitting(value, name) for name, value in schema["properties"].items() if name not in required}
    near = {name: _fitting(value, name) | _ANY for name, value in schema["properties"].items()}
    fits = st.fixed_dictionaries(required, optional=optional)
    return st.one_of(fits, fits, st.fixed_dictionaries({}, optional={**near, "level": _ANY}))


def _bodies(call: Call) -> st.SearchStrategy[bytes]:
    told = st.just(b"") if call.takes is None else st.nothing()
    if call.takes is not None:
        told = _object(document()["components"]["schemas"][call.takes.__name__]).map(_text)
    return st.one_of(told, told, told, _ANY.map(_text), st.binary(max_size=40))


def _text(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=True).encode()


def _bring_to(house: House, state: str) -> str:
    """A visit's id, with the terminal in this state."""
    terminal = house.terminal
    terminal.submit(e.FaultCleared("journal"))
    visit = e.StartVisit(terminal.fresh_id(), e.Matter("340100", "x"), "1")
    if state in ("serving", "inviting", "explaining", "thanks"):
        terminal.submit(visit)
    if state in ("inviting", "explaining", "thanks"):
        terminal.submit(e.Invite(visit.visit_id))
    if state in ("explaining", "thanks"):
        terminal.submit(e.TapLevel(Level.DISSATISFIED))
    if state == "thanks":
        terminal.submit(e.WriteComment("话"))
        terminal.submit(e.Submit())
    if state == "paused":
        terminal.submit(e.Pause("午休"))
    if state == "out_of_order":
        terminal.submit(e.Fault("journal"))
    assert str(terminal.view().situation.state) == state
    return visit.visit_id


@pytest.mark.parametrize("state", _STATES)
def test_nothing_that_comes_makes_it_stumble(make_house: Callable[..., House], state: str) -> None:
    house = make_house()
    terminal = house.terminal
    visit_id = _bring_to(house, state)
    there = terminal.view()
    line = http.client.HTTPConnection("127.0.0.1", house.port, timeout=20)
    ids = st.sampled_from([visit_id, visit_id, "0" * 32, "x", "%00", "..%2f..", "%E5%8D%8A"])
    keys = st.none() | st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=12)

    @settings(max_examples=150, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(_CALLS).flatmap(lambda call: st.tuples(st.just(call), _bodies(call))), ids, keys)
    def hammer(asked: tuple[Call, bytes], visit: str, key: str | None) -> None:
        call, body = asked
        terminal.put_back(there)
        kinds, path = terminal.kinds, call.path.format(visit_id=visit, peer_id=visit)
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        line.request(call.method, path, body or None, headers | ({} if key is None else {"Idempotency-Key": key}))
        response = line.getresponse()
        answer = response.read()
        assert undocumented(call.method, path, response.status, response.getheader("content-type") or "", answer) == ""
        assert response.status < 500, answer
        if response.status >= 400:
            assert (terminal.view(), terminal.kinds) == (there, kinds)
        told = answer.decode().replace("level_tapped", "") if call.path != DOCUMENT else ""
        assert not any(str(level) in told for level in Level)

    try:
        hammer()
    finally:
        line.close()
