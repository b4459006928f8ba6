"""The document says what the server does, and nothing that fits it, or does not, makes a 5xx."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.central.stand_in import ADMIN, Central, Terminal

CALLS = {
    ("post", "/api/v1/enrolment-codes"),
    ("post", "/api/v1/enrolments"),
    ("get", "/api/v1/receipts/{code}"),
    ("get", "/api/v1/ratings"),
    ("get", "/api/v1/devices"),
    ("get", "/api/v1/alarms"),
    ("get", "/api/v1/health"),
    ("get", "/api/v1/keys"),
    ("post", "/api/v1/device/journal"),
    ("get", "/api/v1/device/profile"),
    ("post", "/api/v1/device/heartbeat"),
    ("post", "/api/v1/device/canaries"),
    ("get", "/api/v1/statistics/delivery"),
    ("get", "/api/v1/statistics/ratings"),
    ("post", "/api/v1/journal-imports"),
    ("post", "/api/v1/receipts/{code}/addition"),
    ("post", "/api/v1/receipts/{code}/withdrawal"),
    ("get", "/api/v1/device/phone-visits/{visit_id}"),
    ("post", "/api/v1/device/phone-visits/{visit_id}/closure"),
    ("get", "/api/v1/device/figures"),
    ("get", "/api/v1/follow-ups"),
    ("post", "/api/v1/follow-ups/{rating_id}"),
    ("get", "/api/v1/halls/{code}"),
    ("put", "/api/v1/halls/{code}"),
    ("get", "/api/v1/enrolment-codes"),
    ("delete", "/api/v1/enrolment-codes/{code_id}"),
    ("post", "/api/v1/devices/{device_id}/replacement"),
    ("post", "/api/v1/devices/{device_id}/revocation"),
    ("post", "/api/v1/technicians"),
    ("get", "/api/v1/technicians"),
    ("delete", "/api/v1/technicians/{technician_id}"),
    ("post", "/api/v1/device/technicians"),
}
IMPORT = ("post", "/api/v1/journal-imports")
"""The one call whose body is no JSON."""
REVOCATION = ("post", "/api/v1/devices/{device_id}/revocation")
"""The one call that is all said by its address."""


@pytest.fixture
def document(central: Central) -> Any:
    answer = central.call("GET", "/schema")
    assert answer.headers["content-type"].startswith("application/vnd.oai.openapi+json")
    assert central.call("GET", "/schema/openapi.json").body == answer.body
    return answer.json


def test_every_call_is_in_the_document(document: Any) -> None:
    assert {(method, path) for path, item in document["paths"].items() for method in item} == CALLS
    for item in document["paths"].values():
        for operation in item.values():
            assert {"4XX", "5XX"} < set(operation["responses"])


def test_shapes_that_refuse_unknown_keys_say_so(document: Any) -> None:
    schemas = document["components"]["schemas"]
    for name in (
        "EnrolmentCodeRequest", "EnrolmentRequest", "JournalBatch", "Heartbeat", "Profile", "StaffCard",
        "ReceiptAddition", "ReceiptWithdrawal", "FollowUpRequest", "PhoneClosure",
        "HallSettings",
    ):  # fmt: skip
        assert schemas[name]["additionalProperties"] is False
    for name in ("Rating", "Device", "JournalReceipt"):
        assert "additionalProperties" not in schemas[name]


def test_only_the_halls_calls_ask_for_its_token(document: Any) -> None:
    asking = {
        path
        for path, item in document["paths"].items()
        for found in item.values()
        if found.get("security") == [{"hall": []}]
    }
    assert {"/api/v1/follow-ups", "/api/v1/follow-ups/{rating_id}", "/api/v1/ratings", "/api/v1/halls/{code}"} <= asking
    assert not any("/receipts/" in path for path in asking)
    states = next(p for p in document["paths"]["/api/v1/follow-ups"]["get"]["parameters"] if p["name"] == "state")
    assert states["schema"]["enum"] == ["received", "in_hand", "answered"]


def test_every_reference_leads_somewhere(document: Any) -> None:
    def references(value: Any) -> set[str]:
        if isinstance(value, dict):
            own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
            return own.union(*(references(inner) for inner in value.values()))
        if isinstance(value, list):
            return set().union(*(references(inner) for inner in value))
        return set()

    found = references(document)
    assert found
    assert found <= {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}


def test_no_page_loads_anything_from_elsewhere(central: Central) -> None:
    for path in ("/schema/swagger", "/schema/redoc", "/schema/elements", "/schema/x", "/"):
        answer = central.call("GET", path)
        assert answer.status == 404
        assert b"http" not in answer.body


def test_no_receipt_and_no_station_shape_bears_a_level(document: Any) -> None:
    assert set(document["components"]["schemas"]["ReceiptState"]["properties"]).isdisjoint(
        {"level", "reasons", "comment"}
    )


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"])
def test_other_methods_are_problems(central: Central, method: str) -> None:
    for path in ("/api/v1/ratings", "/api/v1/device/journal", "/schema"):
        answer = central.call(method, path)
        assert answer.status in (204, 405)


# -- fuzz ------------------------------------------------------------------------------------------------------------

_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def _body(schema: Any, schemas: Any) -> st.SearchStrategy[Any]:
    """Bodies near a schema: each key fits, or is anything, or is missing."""
    schema = schemas[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
    near: dict[str, st.SearchStrategy[Any]] = {}
    for name, value in schema["properties"].items():
        near[name] = st.one_of(_fitting(value, schemas), _ANY)
    return st.fixed_dictionaries({}, optional=near) | _ANY


def _fitting(schema: Any, schemas: Any) -> st.SearchStrategy[Any]:
    match schema:
        case {"enum": values}:
            return st.sampled_from(values)
        case {"type": "string", "pattern": pattern}:
            return st.from_regex(pattern)
        case {"type": "string"}:
            return st.text(min_size=1, max_size=20)
        case {"type": "integer"}:
            return st.integers()
        case {"type": "array", "items": items}:
            return st.lists(_fitting(items, schemas) if items else _ANY, max_size=3)
        case {"type": "object"}:
            return st.dictionaries(st.text(max_size=5), _ANY, max_size=3)
        case _:
            return _ANY


_RECORD = st.fixed_dictionaries(
    {},
    optional={
        "format": st.just(1) | _ANY,
        "epoch": st.integers(1, 3) | _ANY,
        "sequence": st.integers(1, 4) | _ANY,
        "previous": st.just("0" * 64) | _ANY,
        "hash": st.just("0" * 64) | st.just("1" * 64) | _ANY,
        "entry_id": st.text(),
        "kind": st.sampled_from(["visit.ended", "visit.level_tapped", "journal.began", "receipt.addition"]) | _ANY,
        "visit_id": st.none() | st.text() | _ANY,
        "wall_ms": st.integers(),
        "mono_ms": st.integers(),
        "boot_id": st.text(),
        "body": st.dictionaries(st.text(max_size=5), _ANY, max_size=3) | _ANY,
        "personal": st.dictionaries(st.text(max_size=5), st.text()) | _ANY,
    },
)
_QUIET = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@_QUIET
@given(st.data())
def test_no_body_makes_a_5xx(central: Central, terminal: Terminal, data: st.DataObject) -> None:
    document = central.call("GET", "/schema").json
    schemas = document["components"]["schemas"]
    method, path = data.draw(
        st.sampled_from(sorted(call for call in CALLS - {IMPORT, REVOCATION} if call[0] == "post"))
    )
    shape = document["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]
    body = json.dumps(data.draw(_body(shape, schemas))).encode()
    path = path.replace("{visit_id}", "5e" * 16).replace("{device_id}", terminal.device_id)
    if "{code}" in path or "{rating_id}" in path:
        receipt = terminal.rate()
        terminal.send()
        path = path.format(code=receipt, rating_id=central.ratings()[-1]["rating_id"])
    if "/device/" in path:
        answer = terminal.call("POST", path, body)
    else:
        headers = {"authorization": f"Bearer {ADMIN}", "content-type": "application/json"}
        answer = central.call("POST", path, headers, body, address=str(data.draw(st.integers(1, 999))))
    _check(answer)


@_QUIET
@given(st.lists(_RECORD, max_size=4))
def test_no_journal_makes_a_5xx(terminal: Terminal, entries: list[Any]) -> None:
    _check(terminal.send(entries))
    assert terminal.central.hall("GET", "/api/v1/ratings").status == 200


@_QUIET
@given(st.binary() | st.binary().map(lambda rest: b'{"format":1}\n' + rest))
def test_no_file_makes_a_5xx(central: Central, file: bytes) -> None:
    headers = {"authorization": f"Bearer {ADMIN}", "content-type": "application/octet-stream"}
    answer = central.call("POST", IMPORT[1], headers, file)
    _check(answer)
    assert answer.status == 400


@_QUIET
@given(
    st.text(),
    st.text(),
    st.sampled_from(["limit", "after", "level", "window", "device_id", "visit_id", "state", "receipt", "flag", "x"]),
)
def test_no_query_and_no_code_makes_a_5xx(central: Central, code: str, value: str, name: str) -> None:
    _check(central.hall("GET", f"/api/v1/ratings?{name}={quote(value)}"))
    _check(central.hall("GET", f"/api/v1/statistics/ratings?{name}={quote(value)}"))
    _check(central.call("GET", f"/api/v1/receipts/{quote(code, safe='')}"))
    _check(central.hall("GET", f"/api/v1/follow-ups?{name}={quote(value)}"))
    _check(central.hall("POST", f"/api/v1/follow-ups/{quote(code, safe='')}", {"state": "in_hand"}))


@_QUIET
@given(
    st.sampled_from(
        ["authorization", "signature", "signature-input", "content-digest", "kiosk-protocol", "if-none-match"]
    ),
    st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0")),
)
def test_no_header_makes_a_5xx(central: Central, terminal: Terminal, name: str, value: str) -> None:
    headers = {key.lower(): text for key, text in terminal.sign("GET", "/api/v1/device/profile").items()}
    _check(central.call("GET", "/api/v1/device/profile", {**headers, name: value}))
    _check(central.call("GET", "/api/v1/devices", {name: value}))


def _check(answer: Any) -> None:
    assert answer.status < 500, answer.body
    if answer.status >= 400:
        assert answer.problem
        assert answer.json["status"] == answer.status
