"""Central's word over its own signature: what it holds, and where that differs."""

import base64
import json
import os
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.central.countersign import RECOVERY_KEY_FILE, SIGNING_KEY_FILE, open_countersigner
from kiosk.core.entry import GENESIS, Head
from tests.central.stand_in import COUNTERSIGNER, Central, Terminal, vouched

BEAT = "/api/v1/device/heartbeat"


def _beat(terminal: Terminal) -> dict[str, object]:
    answer: dict[str, object] = terminal.call("POST", BEAT, json.dumps(terminal.beat()).encode()).json
    return answer


def test_a_receipt_and_a_heartbeat_say_over_a_signature_what_is_held(terminal: Terminal) -> None:
    terminal.rate()
    receipt = terminal.send(terminal.records[:3]).json
    held = Head(terminal.head.epoch, 3, terminal.records[2]["hash"])
    assert vouched(receipt["head"]) == held
    answer = _beat(terminal)
    assert vouched(answer["head"]) == held  # type: ignore[arg-type]
    assert answer["newest"] is None


def test_a_heartbeat_of_another_epoch_hears_of_the_one_that_came_last(terminal: Terminal) -> None:
    terminal.rate()
    terminal.send()
    last, terminal.head = terminal.head, Head(7)
    answer = _beat(terminal)
    assert vouched(answer["head"]) == Head(7, 0, GENESIS)  # type: ignore[arg-type]
    assert vouched(answer["newest"]) == last  # type: ignore[arg-type]


def test_a_head_changed_on_its_way_is_seen(terminal: Terminal) -> None:
    head = terminal.send().json["head"]
    assert head["device_id"] == terminal.device_id
    for change in ({"sequence": 9}, {"hash": "0" * 64}, {"device_id": "f" * 32}, {"at": 1}, {"epoch": 8}):
        with pytest.raises(InvalidSignature):
            vouched({**head, **change})


def test_anyone_may_have_the_public_halves(central: Central) -> None:
    answer = central.call("GET", "/api/v1/keys")
    assert answer.json == {"central_key": COUNTERSIGNER.central_key, "recovery_key": COUNTERSIGNER.recovery_key}


def test_the_keys_are_made_once_for_their_owner_alone(tmp_path: Path) -> None:
    first, second = open_countersigner(tmp_path), open_countersigner(tmp_path)
    assert (first.central_key, first.recovery_key) == (second.central_key, second.recovery_key)
    assert first.central_key != first.recovery_key
    for name in (SIGNING_KEY_FILE, RECOVERY_KEY_FILE):
        raw = base64.b64decode((tmp_path / name).read_bytes())
        assert len(raw) == 32
        if os.name == "posix":
            assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    made = Ed25519PrivateKey.from_private_bytes(base64.b64decode((tmp_path / SIGNING_KEY_FILE).read_bytes()))
    assert base64.b64encode(made.public_key().public_bytes_raw()).decode() == first.central_key


@pytest.mark.parametrize("spoilt", [b"", b"no key", b"AAAA", b"\xff\xfe"])
def test_a_spoilt_key_is_said_and_never_made_anew(tmp_path: Path, spoilt: bytes) -> None:
    (tmp_path / SIGNING_KEY_FILE).write_bytes(spoilt)
    with pytest.raises(OSError, match="holds no key"):
        open_countersigner(tmp_path)
    assert (tmp_path / SIGNING_KEY_FILE).read_bytes() == spoilt
