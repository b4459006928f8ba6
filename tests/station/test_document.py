"""The OpenAPI document says all that the station does. Each answer in this room's tests is held against it."""

import json
import re
from typing import Any

import msgspec
import pytest
from litestar.handlers import HTTPRouteHandler

from kiosk.protocol import station as shapes
from kiosk.station.app import ROUTES
from kiosk.station.calls import CALLS, Call
from kiosk.station.refusals import REFUSALS
from tests.station.document import document, fault, undocumented
from tests.station.house import VISIT, House


def _told(handler: HTTPRouteHandler) -> tuple[str, str, int]:
    (path,), (method,) = handler.paths, handler.http_methods
    return str(method), "/v1" + re.sub(r":str\}", "}", path), handler.status_code


def test_each_route_is_a_call_of_the_table_and_the_other_way_round() -> None:
    assert sorted(map(_told, ROUTES)) == sorted((call.method, call.path, call.status) for call in CALLS)


def test_it_is_served_to_whoever_bears_the_token(house: House) -> None:
    answer = house.call("GET", "/v1/openapi.json")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json == document()
    assert answer.json["openapi"].startswith("3.1")
    assert house.call("GET", "/v1/openapi.json", token="").status == 401


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method} {call.path}")
def test_each_call_names_its_refusals_with_their_status(call: Call) -> None:
    operation = document()["paths"][call.path][call.method.lower()]
    named = {
        urn.removeprefix("urn:kiosk:problem:"): int(status)
        for status, answer in operation["responses"].items()
        if status != str(call.status)
        for urn in answer["content"]["application/problem+json"]["schema"]["properties"]["type"]["enum"]
    }
    assert named == {code: REFUSALS[code].status for code in call.codes}
    assert operation["summary"]
    assert ("requestBody" in operation) == (call.method != "GET")


def test_each_refusal_is_one_of_some_call_or_of_none() -> None:
    told = {code for call in CALLS for code in call.codes}
    assert set(REFUSALS) - told == {"wrong_method"}


def test_requests_refuse_unknown_keys_and_all_references_lead_somewhere() -> None:
    schemas = document()["components"]["schemas"]
    for shape in (
        shapes.VisitStart,
        shapes.StaffSignIn,
        shapes.PauseStart,
        shapes.NumberCall,
        shapes.VisitCancellation,
    ):
        assert schemas[shape.__name__]["additionalProperties"] is False
    for name in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document())):
        assert name in schemas
    assert len({item["operationId"] for path in document()["paths"].values() for item in path.values()}) == len(CALLS)


@pytest.mark.parametrize(
    ("body", "fits"),
    [
        (VISIT, True),
        ({**VISIT, "stage": "completed", "service_number": 2, "slip": "A045", "invite": True}, True),
        ({**VISIT, "colour": 1}, False),
        ({**VISIT, "service_number": "2"}, False),
        ({**VISIT, "stage": "done"}, False),
        ({**VISIT, "invite": 1}, False),
        ({"matter": {"code": "340100"}}, False),
        ({**VISIT, "case_number": "1" * 65}, False),
        ([], False),
    ],
)
def test_the_documents_schema_and_the_stations_reading_agree(house: House, body: Any, fits: bool) -> None:
    assert (fault(body, {"$ref": "#/components/schemas/VisitStart"}) == "") is fits
    assert (house.call("POST", "/v1/visits", body).status == 201) is fits


def test_an_answer_that_is_not_documented_is_seen() -> None:
    told = shapes.StationState(state="ready", window=None, staff=None, visit=None, unsent=0, oldest_unsent_s=0)
    state = msgspec.json.encode(told)
    kind = "application/json"
    assert undocumented("GET", "/v1/state", 200, kind, state) == ""
    assert undocumented("GET", "/v1/state", 202, kind, state) != ""
    assert undocumented("GET", "/v1/state", 200, "text/plain", state) != ""
    assert undocumented("GET", "/v1/state", 200, kind, b'{"state":"ready"}') != ""
    assert undocumented("GET", "/v1/state", 200, kind, state.replace(b'"unsent":0', b'"unsent":"0"')) != ""
    problem = b'{"type":"urn:kiosk:problem:visit_running","title":"x","status":409}'
    assert undocumented("POST", "/v1/visits", 409, "application/problem+json", problem) == ""
    assert undocumented("GET", "/v1/state", 403, "application/problem+json", problem) != ""
