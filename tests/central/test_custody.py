"""Who looks after terminals, codes that are listed and revoked, and terminals that are replaced or turned away."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from pyotp import parse_uri

from kiosk.core.entry import Kind
from kiosk.device.identity import Identity
from kiosk.protocol.central import LONGEST_CODE_LIFE_S
from kiosk.protocol.technicians import Roster
from kiosk.roster import Asking, RosterRefused
from kiosk.sync.ports import Reply
from tests.central.stand_in import COUNTERSIGNER, Answer, Central, Terminal

TECHNICIANS, CODES, ENROLMENTS = "/api/v1/technicians", "/api/v1/enrolment-codes", "/api/v1/enrolments"
ROSTER = "/api/v1/device/technicians"


def issue(central: Central, number: str = "T1", name: str = "李工", hall: str = "FY") -> Answer:
    return central.hall("POST", TECHNICIANS, {"hall": hall, "number": number, "name": name})


def asking_of(terminal: Terminal, central_key: str = COUNTERSIGNER.central_key) -> Asking:
    identity = Identity(device_id=terminal.device_id, key_id="", central_url="", central_key=central_key)
    return Asking(X25519PrivateKey.generate(), identity)


def reply_to(terminal: Terminal, asking: Asking) -> Reply:
    answer = terminal.call("POST", ROSTER, asking.call().body)
    assert answer.status == 200, answer.body
    return Reply(answer.status, answer.headers, answer.body)


def ask(terminal: Terminal) -> Roster:
    asking = asking_of(terminal)
    return asking.opened(reply_to(terminal, asking))


def profile_of(terminal: Terminal) -> Any:
    return terminal.call("GET", "/api/v1/device/profile").json


# -- technicians -----------------------------------------------------------------------------------------------------


def test_a_secret_is_shown_once_and_lies_nowhere_in_the_open(terminal: Terminal, central: Central) -> None:
    issued = issue(central).json
    assert parse_uri(issued["uri"]).secret == issued["secret"]
    assert "T1" in parse_uri(issued["uri"]).name
    shown = central.hall("GET", TECHNICIANS).body.decode()
    assert json.loads(shown)["items"] == [issued["technician"]]
    stored = str(central.rows("SELECT * FROM technicians"))
    sent = reply_to(terminal, asking_of(terminal)).body.decode()
    for place in (shown, stored, sent, json.dumps(profile_of(terminal))):
        assert issued["secret"] not in place


def test_a_terminal_gets_those_of_its_own_hall_and_its_profile_says_when(terminal: Terminal, central: Central) -> None:
    assert ask(terminal) == Roster()
    assert "technicians" not in profile_of(terminal)
    secret = issue(central).json["secret"]
    central.hall("POST", CODES, {"hall": "OTHER", "window": "A01"})
    issue(central, "T8", hall="OTHER")
    roster = ask(terminal)
    assert [(one.number, one.secret) for one in roster.technicians] == [("T1", secret)]
    assert profile_of(terminal)["technicians"] == roster.version
    issue(central, "T2", "王工")
    assert profile_of(terminal)["technicians"] == ask(terminal).version != roster.version


def test_one_who_is_revoked_is_given_to_no_terminal_and_may_be_issued_anew(
    terminal: Terminal, central: Central
) -> None:
    first = issue(central).json
    again = issue(central)
    assert (again.status, again.problem) == (409, "technician_known")
    revoked = central.hall("DELETE", f"{TECHNICIANS}/{first['technician']['technician_id']}")
    assert revoked.json["revoked_at"]
    assert ask(terminal) == Roster()
    anew = issue(central).json
    assert anew["secret"] != first["secret"]
    assert [one.secret for one in ask(terminal).technicians] == [anew["secret"]]
    assert central.hall("DELETE", f"{TECHNICIANS}/{'0' * 32}").problem == "technician_unknown"
    assert issue(central, "T5", hall="NOWHERE").problem == "hall_unknown"


def test_a_roster_that_is_not_centrals_or_not_for_this_question_is_refused(
    terminal: Terminal, enrolled: Callable[..., Terminal], central: Central
) -> None:
    issue(central)
    false_key = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    deceived = asking_of(terminal, false_key)
    with pytest.raises(RosterRefused, match="not this terminal's central"):
        deceived.opened(reply_to(terminal, deceived))
    old = reply_to(terminal, asking_of(terminal))
    for another in (asking_of(terminal), asking_of(enrolled("A02"))):
        with pytest.raises(RosterRefused, match="not this terminal's central"):
            another.opened(old)


@pytest.mark.parametrize("change", [{"number": "a b"}, {"number": ""}, {"role": "boss"}, {"name": ""}, {"pin": "1"}])
def test_a_technician_that_does_not_fit_is_refused(central: Central, change: dict[str, str]) -> None:
    answer = central.hall("POST", TECHNICIANS, {"hall": "FY", "number": "T1", "name": "李工", **change})
    assert (answer.status, answer.json["field"]) == (400, f"$.{next(iter(change))}")


# -- codes -----------------------------------------------------------------------------------------------------------


def enrol(central: Central, code: str) -> Answer:
    public_key = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    return central.post(ENROLMENTS, {"code": code, "public_key": public_key})


def code_for(central: Central, window: str = "A01", **more: Any) -> Any:
    answer = central.hall("POST", CODES, {"hall": "FY", "window": window, **more})
    assert answer.status == 201, answer.body
    return answer.json


def test_a_code_lives_as_long_as_was_asked_and_a_month_at_most(central: Central) -> None:
    code = code_for(central, valid_s=7 * 86_400)
    central.now_ms += (7 * 86_400 - 1) * 1000
    assert enrol(central, code["code"]).status == 201
    late = code_for(central, valid_s=86_400)
    central.now_ms += 86_400_000
    assert enrol(central, late["code"]).problem == "enrolment_code_expired"
    too_long = central.hall("POST", CODES, {"hall": "FY", "window": "A01", "valid_s": LONGEST_CODE_LIFE_S + 1})
    assert (too_long.status, too_long.json["field"]) == (400, "$.valid_s")


def test_codes_are_listed_without_themselves_and_one_not_used_can_be_revoked(central: Central) -> None:
    made = [code_for(central, window) for window in ("A01", "A02", "A03")]
    device_id = enrol(central, made[0]["code"]).json["device_id"]
    revoked = central.hall("DELETE", f"{CODES}/{made[1]['code_id']}")
    assert revoked.json["state"] == "revoked"
    assert enrol(central, made[1]["code"]).problem == "enrolment_code_revoked"
    used = central.hall("DELETE", f"{CODES}/{made[0]['code_id']}")
    assert (used.status, used.problem) == (409, "enrolment_code_used")
    assert enrol(central, made[0]["code"]).problem == "enrolment_code_used"
    central.now_ms += 3_600_000
    items: dict[str, Any] = {}
    path = f"{CODES}?limit=2"
    while path:
        page = central.hall("GET", path)
        assert all(one["code"] not in page.body.decode() for one in made)
        items |= {item["window"]: (item["state"], item["device_id"]) for item in page.json["items"]}
        path = f"{CODES}?limit=2&after={page.json['next']}" if page.json["next"] else ""
    assert items == {"A01": ("used", device_id), "A02": ("revoked", None), "A03": ("expired", None)}
    assert central.hall("DELETE", f"{CODES}/{'0' * 32}").problem == "enrolment_code_unknown"


# -- replaced, revoked, retired --------------------------------------------------------------------------------------


def replacement(central: Central, terminal: Terminal) -> Answer:
    return central.hall("POST", f"/api/v1/devices/{terminal.device_id}/replacement", {"valid_s": 86_400})


def listed(central: Central) -> dict[str, Any]:
    return {one["device_id"]: one for one in central.hall("GET", "/api/v1/devices").json["items"]}


def test_another_takes_the_place_and_what_the_old_one_still_brings_is_taken_and_flagged(
    enrolled: Callable[..., Terminal], central: Central
) -> None:
    old = enrolled("A07", "hall").begin()
    old.send()
    second = replacement(central, old)
    new = enrol(central, replacement(central, old).json["code"])
    assert new.status == 201
    devices = listed(central)
    taken = devices[new.json["device_id"]]
    assert (taken["window"], taken["mode"]) == ("A07", "hall")
    assert devices[old.device_id]["replaced_by"] == new.json["device_id"]
    assert devices[old.device_id]["replaced_at"]
    assert central.alarms() == set()
    old.rate()
    assert old.contact().status == 200
    old.rate()
    assert old.contact().status == 200
    assert len(central.ratings()) == 2
    items = central.hall("GET", "/api/v1/alarms").json["items"]
    assert [(one["kind"], one["sequence"]) for one in items] == [("replaced_speaks", 2)]
    assert "终端" in items[0]["words"]["zh-CN"]
    assert enrol(central, second.json["code"]).problem == "already_replaced"
    assert replacement(central, old).problem == "already_replaced"
    assert central.hall("POST", "/api/v1/devices/0/replacement", {}).problem == "device_unknown"


def test_a_revoked_terminal_is_refused_in_words_and_its_ratings_stay(terminal: Terminal, central: Central) -> None:
    terminal.rate()
    terminal.contact()
    path = f"/api/v1/devices/{terminal.device_id}/revocation"
    first, again = central.hall("POST", path), central.hall("POST", path)
    assert first.status == again.status == 200
    assert first.json == again.json
    answer = terminal.heartbeat()
    assert (answer.status, answer.problem) == (403, "revoked")
    assert "Enrol it" in answer.json["detail"]
    assert len(central.ratings()) == 1
    assert listed(central)[terminal.device_id]["revoked_at"]
    central.now_ms += 30 * 86_400_000
    assert central.alarms() == set()


def test_a_journal_that_stops_is_an_alarm_unless_the_terminal_was_retired(
    enrolled: Callable[..., Terminal], central: Central
) -> None:
    retired, stopped, replaced = (enrolled(f"A0{n}").begin() for n in (1, 2, 3))
    retired.add(Kind.DEVICE_RETIRED, {"technician": "T1"})
    for terminal in (retired, stopped, replaced):
        terminal.contact()
    assert enrol(central, replacement(central, replaced).json["code"]).status == 201
    assert listed(central)[retired.device_id]["retired_at"]
    central.now_ms += 4 * 86_400_000
    silent = {one["device_id"] for one in central.hall("GET", "/api/v1/alarms?kind=silent").json["items"]}
    assert retired.device_id not in silent
    assert {stopped.device_id, replaced.device_id} < silent  # what it still has may be lost: somebody is to look


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", TECHNICIANS), ("GET", TECHNICIANS), ("DELETE", f"{TECHNICIANS}/1"), ("GET", CODES),
        ("DELETE", f"{CODES}/1"), ("POST", "/api/v1/devices/1/replacement"), ("POST", "/api/v1/devices/1/revocation"),
    ],
)  # fmt: skip
def test_all_of_this_is_the_halls_alone(central: Central, terminal: Terminal, method: str, path: str) -> None:
    assert central.call(method, path).problem == "token"
    assert terminal.call(method, path).problem == "token"
