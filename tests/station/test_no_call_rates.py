"""Nothing but a finger on the screen makes a rating, and no answer tells one."""

import ast
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

import kiosk.station
from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.protocol import station as shapes
from tests.station.house import VISIT, House
from tests.station.test_events import listening

CITIZENS = {
    e.AskToRate,
    e.TapLevel,
    e.ChooseAgain,
    e.ToggleReason,
    e.ToggleLocalReason,
    e.StillThere,
    e.AddWords,
    e.Withdraw,
    e.WriteComment,
    e.WriteContact,
    e.Submit,
    e.Skip,
    e.Leave,
    e.AskForPhone,
    e.HandToPhone,
    e.PhoneFinished,
    e.VouchForPhone,
    e.BeginVisit,
    e.TakeBack,
}
GLASS = {e.OpenMenu, e.OpenMaintenance, e.LeaveProgram}
"""A clerk's or a technician's, but made at the terminal's own glass only."""
LEVELISH: tuple[dict[str, Any], ...] = (
    {"level": "very_satisfied"},
    {"level": 5},
    {"satisfaction": 5},
    {"rating": {"level": "very_dissatisfied"}},
    {"event": "TapLevel", "level": "satisfied"},
    {"outcome": "rated"},
    {"reason": "x", "level": "satisfied"},
    {**VISIT, "level": "satisfied"},
    {"number": "A104", "level": "satisfied"},
)
PATHS = ("staff", "visits", "visits/{id}/invitation", "visits/{id}/cancellation", "calls", "pause", "state", "events")
PATHS += ("matters",)
ABSENT = ("rating", "ratings", "visits/{id}/rating", "visits/{id}/level", "levels", "visits/{id}", "visits/{id}/tap")


def test_the_room_knows_no_event_of_the_citizens_or_of_the_glass() -> None:
    names = {event.__name__ for event in CITIZENS | GLASS} | {"Level", "levels"}
    for source in Path(kiosk.station.__file__).parent.glob("*.py"):
        tree = ast.parse(source.read_text(encoding="utf-8"))
        imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        used |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                used |= {alias.name for alias in node.names}
                assert node.module != "kiosk.core.levels", source.name
                assert "*" not in {alias.name for alias in node.names}, source.name
        assert not used & names, source.name
        assert not {name for name in imported if name.startswith("kiosk")}, f"{source.name}: import names, not modules"
        assert not used & {"getattr", "import_module", "__import__", "eval", "exec"}, source.name


def test_the_clerks_events_and_the_citizens_are_all_there_are() -> None:
    """A new event must be placed: either a citizen's, or one of those that may come from elsewhere."""
    others = {e.SignIn, e.SignOut, e.StartVisit, e.Invite, e.CancelVisit, e.Pause, e.Resume, e.TimePassed, e.Recorded}
    others |= {e.Fault, e.FaultCleared, e.HoursChanged, e.TermsChanged, e.Started, e.CloseInterrupted, e.Stopping}
    others |= {e.BreakOff, e.CallNumber}
    assert set(e.Event.__args__) == CITIZENS | GLASS | others


def test_no_shape_has_a_place_for_a_level() -> None:
    told = [value for value in vars(shapes).values() if isinstance(value, type) and issubclass(value, msgspec.Struct)]
    assert len(told) > 10
    described = json.dumps(msgspec.json.schema_components(told)[1]).lower()
    for word in ("level", "satisf", "rating", "score", "reasons", "comment", "receipt"):
        assert f'"{word}' not in described
    for shape in told:
        if issubclass(shape, shapes.Shape):
            assert shape.__struct_config__.forbid_unknown_fields


@pytest.mark.parametrize("state", ["ready", "serving", "inviting", "explaining", "thanks"])
def test_no_call_rates_in_any_state(house: House, state: str) -> None:
    terminal = house.terminal
    visit_id = "0" * 32
    if state != "ready":
        visit_id = house.start()
    if state in ("inviting", "explaining", "thanks"):
        house.call("POST", f"/v1/visits/{visit_id}/invitation")
    if state in ("explaining", "thanks"):
        terminal.submit(e.TapLevel(Level.BASICALLY_SATISFIED)).result(5)
    if state == "thanks":
        terminal.submit(e.Submit()).result(5)
    assert house.call("GET", "/v1/state").json["state"] == state
    taps = [event for event in terminal.events if type(event) in CITIZENS]
    kinds = terminal.kinds

    for path in PATHS + ABSENT:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            if path == "events" and method == "GET":
                continue
            for body in LEVELISH:
                answer = house.call(method, f"/v1/{path}".format(id=visit_id), None if method == "GET" else body)
                assert answer.status >= 400 or method == "GET", (method, path, body)

    assert [event for event in terminal.events if type(event) in CITIZENS] == taps
    assert terminal.kinds == kinds
    assert house.call("GET", "/v1/state").json["state"] == state


def test_no_answer_tells_one_level_from_another(house: House) -> None:
    told = []
    for level in Level:
        visit_id = house.start()
        house.call("POST", f"/v1/visits/{visit_id}/invitation")
        with listening(house) as stream:
            stream.state()
            house.terminal.submit(e.TapLevel(level)).result(5)
            seen = [stream.state()]
            refused = house.call("POST", f"/v1/visits/{visit_id}/cancellation", {"reason": "x"})
            house.terminal.submit(e.WriteComment("话")).result(5)
            house.terminal.submit(e.Submit()).result(5)
            while seen[-1]["state"] != "thanks":
                seen.append(stream.state())
        answers = json.dumps([seen[0], seen[-1], refused.json, house.call("GET", "/v1/state").json])
        for state in seen:
            answers = answers.replace(f'"id": {state["id"]}', '"id": 0')
        told.append(answers.replace(visit_id, "the visit"))
    assert len(set(told)) == 1
    assert all(str(level) not in told[0].replace("level_tapped", "") for level in Level)
