"""Who may call, and what a signature must cover."""

import gzip
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.core.levels import Level
from kiosk.protocol.central import BODY_LIMIT, SIGNED
from tests.central.stand_in import ADMIN, Central, Terminal

JOURNAL = "/api/v1/device/journal"
PROFILE = "/api/v1/device/profile"


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/ratings",
        "/api/v1/ratings?flag=too_fast",
        "/api/v1/statistics/ratings",
        "/api/v1/devices",
        "/api/v1/alarms",
        "/api/v1/enrolment-codes",
    ],
)
@pytest.mark.parametrize(
    "authorization", [None, "Bearer", "Bearer wrong", f"Basic {ADMIN}", f"Bearer {ADMIN}x", "Bearer \xe9"]
)
def test_the_hall_needs_its_token(central: Central, path: str, authorization: str | None) -> None:
    method = "POST" if path.endswith("codes") else "GET"
    answer = central.call(method, path, {"authorization": authorization} if authorization else {})
    assert (answer.status, answer.problem) == (401, "token")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", JOURNAL),
        ("GET", PROFILE),
        ("POST", "/api/v1/device/heartbeat"),
        ("GET", f"/api/v1/device/phone-visits/{'5e' * 16}"),
        ("POST", f"/api/v1/device/phone-visits/{'5e' * 16}/closure"),
        ("GET", "/api/v1/device/figures?staff=F1001"),
        ("POST", "/api/v1/device/technicians"),
    ],
)
def test_a_terminal_must_sign(central: Central, method: str, path: str) -> None:
    answer = central.call(method, path, {"kiosk-protocol": "1", "content-type": "application/json"})
    assert (answer.status, answer.problem) == (401, "signature_missing")


@pytest.mark.parametrize("path", [PROFILE, "/api/v1/device/figures?staff=F1001"])
def test_the_hall_s_token_opens_no_terminal_s_door(central: Central, path: str) -> None:
    assert central.call("GET", path, {"authorization": f"Bearer {ADMIN}", "kiosk-protocol": "1"}).status == 401


def test_a_terminal_s_signature_opens_no_door_of_the_hall_s(terminal: Terminal) -> None:
    for path in ("/api/v1/ratings?flag=too_fast", "/api/v1/statistics/ratings", "/api/v1/follow-ups"):
        assert terminal.call("GET", path).status == 401


@pytest.mark.parametrize("named", [None, "2", "0", "1.0", "one", ""])
def test_a_protocol_that_is_not_spoken_is_refused(terminal: Terminal, named: str | None) -> None:
    headers = terminal.sign("GET", PROFILE, headers={"Kiosk-Protocol": named or "1"})
    if named is None:
        del headers["Kiosk-Protocol"]
    answer = terminal.central.call("GET", PROFILE, {**headers, **({"Kiosk-Protocol": named} if named == "" else {})})
    assert (answer.status, answer.problem, answer.json["field"]) == (400, "protocol_version", "Kiosk-Protocol")


def test_a_wrong_key_is_refused_and_changes_nothing(terminal: Terminal, central: Central) -> None:
    body = json.dumps({"entries": terminal.records}).encode()
    answer = terminal.call("POST", JOURNAL, body, key=Ed25519PrivateKey.generate())
    assert (answer.status, answer.problem) == (401, "signature_invalid")
    assert central.rows("SELECT * FROM entries") == []


@pytest.mark.parametrize("key_id", ["f" * 32, "", "x", "é", "\0", "f" * 5000])
def test_a_key_that_central_does_not_know_is_an_unknown_device(terminal: Terminal, key_id: str) -> None:
    headers = terminal.sign("GET", PROFILE)
    headers["Signature-Input"] = headers["Signature-Input"].replace(terminal.key_id, key_id)
    assert terminal.central.call("GET", PROFILE, headers).problem in ("unknown_device", "signature_invalid")
    terminal.key_id = "0" * 32
    answer = terminal.call("GET", PROFILE)
    assert (answer.status, answer.problem) == (401, "unknown_device")


def test_a_revoked_terminal_is_refused(terminal: Terminal, central: Central) -> None:
    with central.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE devices SET revoked_ms = 1")
    answer = terminal.send()
    assert (answer.status, answer.problem) == (403, "revoked")


def test_a_body_changed_after_signing_is_refused(terminal: Terminal, central: Central) -> None:
    terminal.rate(Level.DISSATISFIED, ["207"])
    body = json.dumps({"entries": terminal.records}).encode()
    headers = terminal.sign("POST", JOURNAL, body)
    changed = body.replace(b"dissatisfied", b"satisfied")
    answer = central.call("POST", JOURNAL, headers, changed)
    assert (answer.status, answer.problem) == (400, "digest_mismatch")
    assert central.rows("SELECT * FROM entries") == []


def test_the_digest_is_of_the_body_on_the_wire(terminal: Terminal, central: Central) -> None:
    plain = json.dumps({"entries": terminal.records}).encode()
    headers = terminal.sign("POST", JOURNAL, plain) | {"Content-Encoding": "gzip"}
    assert central.call("POST", JOURNAL, headers, gzip.compress(plain)).problem == "digest_mismatch"
    assert terminal.send().status == 200


@pytest.mark.parametrize(
    "change",
    [{"content-type": "text/plain"}, {"kiosk-protocol": "2"}, {"content-digest": "sha-256=:AAAA:"}, {"host": "evil"}],
)
def test_what_is_signed_cannot_be_changed(terminal: Terminal, change: dict[str, str]) -> None:
    body = json.dumps({"entries": terminal.records}).encode()
    headers = {name.lower(): value for name, value in terminal.sign("POST", JOURNAL, body).items()} | change
    assert terminal.central.call("POST", JOURNAL, headers, body).status in (400, 401)


def test_a_signature_does_not_open_another_path_or_method(terminal: Terminal, central: Central) -> None:
    headers = terminal.sign("GET", PROFILE)
    assert central.call("GET", PROFILE + "?x=1", headers).problem == "signature_invalid"
    body = json.dumps(terminal.beat()).encode()
    headers = terminal.sign("POST", JOURNAL, body)
    assert central.call("POST", "/api/v1/device/heartbeat", headers, body).problem == "signature_invalid"


@pytest.mark.parametrize("left_out", SIGNED)
def test_every_component_must_be_covered(terminal: Terminal, left_out: str) -> None:
    body = json.dumps({"entries": terminal.records}).encode()
    answer = terminal.call("POST", JOURNAL, body, components=[name for name in SIGNED if name != left_out])
    assert (answer.status, answer.problem) == (401, "signature_invalid")


def test_another_label_is_refused(terminal: Terminal) -> None:
    assert terminal.call("GET", PROFILE, label="sig1").problem == "signature_invalid"


@pytest.mark.parametrize("days", [-3, 3])
def test_a_signature_days_off_is_refused_with_the_time_and_accepted_after_that_hint(
    terminal: Terminal, central: Central, days: int
) -> None:
    off = central.now_ms + days * 86_400_000
    answer = terminal.call("GET", PROFILE, created_ms=off)
    assert (answer.status, answer.problem) == (401, "signature_time")
    assert answer.json["server_time"] == central.now_ms
    assert terminal.call("GET", PROFILE, created_ms=off + (answer.json["server_time"] - off)).status == 200


@pytest.mark.parametrize(("seconds", "status"), [(-300, 200), (-301, 401), (300, 200), (301, 401)])
def test_the_window_of_a_signature_is_five_minutes_either_way(
    terminal: Terminal, central: Central, seconds: int, status: int
) -> None:
    assert terminal.call("GET", PROFILE, created_ms=central.now_ms + seconds * 1000).status == status


@pytest.mark.parametrize(
    "signature_input",
    [
        "garbage",
        'kiosk=("@method")',
        'kiosk=("@method" "@target-uri" "kiosk-protocol");created="1";keyid="x"',
        'kiosk=("@method" "@target-uri" "kiosk-protocol");created=1;keyid="x";alg="hmac-sha256"',
        'kiosk=("@method";x);created=99999999999999999;keyid="' + "0" * 32 + '"',
    ],
)
def test_a_garbled_signature_is_refused(terminal: Terminal, signature_input: str) -> None:
    headers = terminal.sign("GET", PROFILE) | {"Signature-Input": signature_input}
    assert terminal.central.call("GET", PROFILE, headers).status == 401


def test_a_replayed_batch_is_harmless(terminal: Terminal, central: Central) -> None:
    terminal.rate(Level.DISSATISFIED, ["207"])
    body = json.dumps({"entries": terminal.records}).encode()
    headers = terminal.sign("POST", JOURNAL, body)
    answers = [central.call("POST", JOURNAL, headers, body) for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert len({answer.body for answer in answers}) == 1
    assert len(central.ratings()) == 1


def test_an_old_batch_replayed_after_newer_ones_is_harmless_and_days_later_refused(
    terminal: Terminal, central: Central
) -> None:
    terminal.rate(Level.DISSATISFIED, ["207"])
    body = json.dumps({"entries": terminal.records, "head": terminal.stating()}).encode()
    headers = terminal.sign("POST", JOURNAL, body)
    assert central.call("POST", JOURNAL, headers, body).status == 200
    terminal.rate(Level.SATISFIED)
    terminal.contact()
    before = central.rows("SELECT * FROM entries"), central.ratings()
    central.now_ms += 60_000
    assert central.call("POST", JOURNAL, headers, body).status == 200
    central.now_ms += 3 * 86_400_000
    assert central.call("POST", JOURNAL, headers, body).problem == "signature_time"
    assert (central.rows("SELECT * FROM entries"), central.ratings()) == before
    assert central.rows("SELECT * FROM alarms") == []


def test_a_batch_signed_three_days_off_is_accepted_after_the_hint_and_raises_nothing(
    terminal: Terminal, central: Central
) -> None:
    terminal.rate(Level.DISSATISFIED, ["207"])
    body = json.dumps({"entries": terminal.records, "head": terminal.stating()}).encode()
    theirs = central.now_ms - 3 * 86_400_000
    refused = terminal.call("POST", JOURNAL, body, created_ms=theirs)
    assert refused.problem == "signature_time"
    assert central.rows("SELECT * FROM entries") == []
    hint = refused.json["server_time"] - theirs
    assert terminal.call("POST", JOURNAL, body, created_ms=theirs + hint).status == 200
    assert [rating["level"] for rating in central.ratings()] == ["dissatisfied"]
    assert central.alarms() == set()


@pytest.mark.parametrize(
    "head",
    [
        {"epoch": -1, "sequence": 1, "hash": "0" * 64},
        {"epoch": 1, "sequence": 2**53, "hash": "0" * 64},
        {"epoch": 1, "sequence": 1, "hash": "x"},
    ],
)
def test_a_batch_with_a_head_that_is_none_is_refused(terminal: Terminal, head: dict[str, Any]) -> None:
    answer = terminal.call("POST", JOURNAL, json.dumps({"entries": terminal.records, "head": head}).encode())
    assert (answer.status, answer.problem, answer.json["field"]) == (400, "invalid", "$.head")


@pytest.mark.parametrize("spoilt", ["key", "body"])
def test_what_a_wrong_signature_says_of_a_head_counts_for_nothing(
    terminal: Terminal, central: Central, spoilt: str
) -> None:
    terminal.rate()
    terminal.contact()
    central.now_ms += 60_000
    body = json.dumps(terminal.beat(sequence=1)).encode()
    stranger = Ed25519PrivateKey.generate() if spoilt == "key" else None
    headers = terminal.sign("POST", "/api/v1/device/heartbeat", body, key=stranger)
    if spoilt == "body":
        body = body.replace(b'"sequence": 1', b'"sequence": 0')
    assert central.call("POST", "/api/v1/device/heartbeat", headers, body).status in (400, 401)
    assert central.alarms() == set()


def test_a_replayed_heartbeat_does_not_take_the_place_of_a_newer_one(terminal: Terminal, central: Central) -> None:
    old = json.dumps(terminal.beat(unsent=7)).encode()
    headers = terminal.sign("POST", "/api/v1/device/heartbeat", old)
    assert central.call("POST", "/api/v1/device/heartbeat", headers, old).status == 200
    central.now_ms += 60_000
    terminal.call("POST", "/api/v1/device/heartbeat", json.dumps(terminal.beat(unsent=0)).encode())
    assert central.call("POST", "/api/v1/device/heartbeat", headers, old).status == 200
    assert central.hall("GET", "/api/v1/devices").json["items"][0]["unsent"] == 0


def test_behind_a_proxy_that_ends_tls_the_signature_still_holds(terminal: Terminal, central: Central) -> None:
    headers = terminal.sign("GET", PROFILE, scheme="https")
    assert central.call("GET", PROFILE, headers, scheme="http").status == 200


def test_forwarding_headers_are_not_believed(terminal: Terminal, central: Central) -> None:
    headers = terminal.sign("GET", PROFILE) | {"Host": "elsewhere", "X-Forwarded-Host": "central.test:7800"}
    assert central.call("GET", PROFILE, headers).problem == "signature_invalid"


# -- bodies ----------------------------------------------------------------------------------------------------------


def _packed(terminal: Terminal, body: bytes, encoding: str = "gzip") -> Any:
    return terminal.call("POST", JOURNAL, body, headers={"Content-Encoding": encoding})


def test_a_gzip_bomb_is_refused(terminal: Terminal) -> None:
    bomb = gzip.compress(b" " * (BODY_LIMIT * 20), 9)
    assert len(bomb) < 200_000
    answer = _packed(terminal, bomb)
    assert (answer.status, answer.problem) == (413, "body_too_large")


def test_a_body_too_large_on_the_wire_is_refused_whatever_it_says(terminal: Terminal, central: Central) -> None:
    body = b" " * (BODY_LIMIT + 1)
    for headers in ({}, {"content-length": "5"}, {"transfer-encoding": "chunked", "content-length": "0"}):
        answer = central.call("POST", JOURNAL, headers, body)
        assert (answer.status, answer.problem) == (413, "body_too_large")


def test_what_is_not_gzip_is_refused(terminal: Terminal) -> None:
    whole = gzip.compress(b'{"entries":[]}')
    for body in (b"not gzip at all", whole[:-5], whole + b"tail", b"\x1f\x8b"):
        answer = _packed(terminal, body)
        assert (answer.status, answer.problem) == (400, "gzip")
    assert _packed(terminal, b"x", "br").problem == "content_encoding"


def test_a_body_that_is_not_said_to_be_json_is_refused(central: Central) -> None:
    headers = {"authorization": f"Bearer {ADMIN}", "content-type": "application/x-www-form-urlencoded"}
    answer = central.call("POST", "/api/v1/enrolment-codes", headers, b'{"hall":"a","window":"b"}')
    assert (answer.status, answer.problem) == (415, "media_type")
