"""Journals that come by hand: taken in as if they had come by the line, and refused in words that help."""

import base64
import gzip
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from kiosk.__main__ import main
from kiosk.central.app import national_options
from kiosk.central.imports import import_journal
from kiosk.central.problems import Refusal
from kiosk.central.run import DATABASE_FILE
from kiosk.central.store import open_store, sqlite_url
from kiosk.core.levels import Level
from kiosk.protocol.central import BODY_LIMIT, StatedHead
from kiosk.protocol.export import (
    FORMAT,
    SEALING_BYTES,
    ExportHeader,
    frame,
    header_text,
    sealing_info,
    signed_text,
)
from kiosk.sync.sealing import Sender, seal_export
from tests.central.clocked import alarms_of
from tests.central.stand_in import ADMIN, Answer, Central, Terminal

IMPORTS = "/api/v1/journal-imports"
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


def export(
    terminal: Terminal,
    records: list[dict[str, Any]] | None = None,
    *,
    key: Ed25519PrivateKey | None = None,
    recovery: X25519PrivateKey | None = None,
    payload: bytes | None = None,
    **said: Any,
) -> bytes:
    """What a terminal exports, made here from the description of the format alone; `said` changes the header."""
    recovery = recovery or terminal.central.recovery
    records = terminal.records if records is None else records
    public = recovery.public_key()
    if payload is None:
        payload = gzip.compress(b"".join(json.dumps(record).encode() + b"\n" for record in records))
    header = {
        "format": FORMAT,
        "device_id": terminal.device_id,
        "key_id": terminal.key_id,
        "epoch": terminal.head.epoch,
        "first": records[0]["sequence"],
        "last": records[-1]["sequence"],
        "head": StatedHead(epoch=terminal.head.epoch, sequence=terminal.head.sequence, hash=terminal.head.hash),
        "made_at": 1_780_000_000_000,
        "recipient": hashlib.sha256(public.public_bytes_raw()).hexdigest(),
        "payload": len(payload) + SEALING_BYTES,
        **said,
    }
    text = header_text(ExportHeader(**header))
    sealed = SUITE.encrypt(payload, public, sealing_info(text))
    return frame(text, sealed, (key or terminal.key).sign(signed_text(text, sealed)))


def bring(central: Central, file: bytes) -> Answer:
    headers = {"authorization": f"Bearer {ADMIN}", "content-type": "application/octet-stream"}
    return central.call("POST", IMPORTS, headers, file)


def full(terminal: Terminal, ratings: int = 3) -> Terminal:
    for number in range(ratings):
        level = list(Level)[number % 5]
        terminal.rate(level, comment="等了两个小时" if number == 1 or level.negative else "")
    return terminal


def test_a_journal_that_comes_by_hand_is_as_if_it_had_come_by_the_line(terminal: Terminal, central: Central) -> None:
    answer = bring(central, export(full(terminal)))
    assert answer.status == 200, answer.body
    count = len(terminal.records)
    assert answer.json == {
        "device_id": terminal.device_id, "epoch": terminal.head.epoch, "acknowledged": count, "taken": count,
        "already_held": 0, "quarantined": [],
    }  # fmt: skip
    assert [rating["level"] for rating in central.ratings()] == list(Level)[:3]
    assert central.ratings()[1]["comment"] == "等了两个小时"
    assert terminal.send().json["acknowledged"] == count
    assert alarms_of(central) == []


def test_what_a_terminal_seals_is_what_central_opens(terminal: Terminal, central: Central) -> None:
    full(terminal)
    sender = Sender(terminal.device_id, terminal.key_id, terminal.head, 1_780_000_000_000)
    public = central.recovery.public_key().public_bytes_raw()
    answer = bring(central, seal_export(iter(terminal.records), sender, terminal.key.private_bytes_raw(), public))
    assert answer.status == 200, answer.body
    assert answer.json["taken"] == len(terminal.records)


def test_twice_is_harmless_and_says_so(terminal: Terminal, central: Central) -> None:
    file = export(full(terminal))
    bring(central, file)
    stored = central.rows("SELECT * FROM entries"), central.rows("SELECT * FROM ratings")
    again = bring(central, file)
    assert (again.json["taken"], again.json["already_held"]) == (0, len(terminal.records))
    assert again.json["acknowledged"] == len(terminal.records)
    assert (central.rows("SELECT * FROM entries"), central.rows("SELECT * FROM ratings")) == stored


def test_what_came_by_the_line_meanwhile_is_counted_as_held(terminal: Terminal, central: Central) -> None:
    file = export(full(terminal))
    terminal.send(terminal.records[:5])
    answer = bring(central, file)
    assert (answer.json["already_held"], answer.json["taken"]) == (5, len(terminal.records) - 5)


def test_a_stretch_larger_than_a_batch_is_taken_in_whole(terminal: Terminal, central: Central) -> None:
    full(terminal, 260)
    assert len(terminal.records) > 1_000
    answer = bring(central, export(terminal))
    assert answer.json["taken"] == len(terminal.records)
    assert len(central.ratings()) == 260


def test_a_stretch_before_which_something_is_missing_is_a_gap(terminal: Terminal, central: Central) -> None:
    full(terminal)
    answer = bring(central, export(terminal, terminal.records[5:]))
    assert (answer.status, answer.problem, answer.json["acknowledged"]) == (409, "gap", 0)


def test_an_entry_that_cannot_be_digested_is_named(terminal: Terminal, central: Central) -> None:
    terminal.add("visit.level_tapped", {"level": "ecstatic", "rating_id": "x"}, "f" * 32)
    answer = bring(central, export(terminal))
    assert [one["sequence"] for one in answer.json["quarantined"]] == [2]


# -- refused ---------------------------------------------------------------------------------------------------------


def refused(central: Central, file: bytes) -> str:
    answer = bring(central, file)
    assert answer.status in (400, 403, 404, 409), answer.body
    assert central.rows("SELECT count(*) FROM entries") == [(0,)]
    assert answer.json["detail"]
    return answer.problem


def test_every_cut_is_refused_with_nothing_taken(terminal: Terminal, central: Central) -> None:
    file = export(terminal)
    for length in range(0, len(file), 7):
        assert refused(central, file[:length]) in ("export_broken", "export_cut")


def test_every_changed_byte_is_refused_with_nothing_taken(terminal: Terminal, central: Central) -> None:
    file = export(terminal)
    for at in range(0, len(file), 5):
        changed = file[:at] + bytes([file[at] ^ 4]) + file[at + 1 :]
        assert refused(central, changed) in (
            "export_altered", "export_broken", "export_cut", "unknown_device", "export_format",
        )  # fmt: skip


def test_a_file_for_another_recovery_key_is_refused(terminal: Terminal, central: Central) -> None:
    assert refused(central, export(terminal, recovery=X25519PrivateKey.generate())) == "export_recipient"


def test_a_file_of_another_terminal_is_refused(
    terminal: Terminal, central: Central, enrolled: Callable[..., Terminal]
) -> None:
    other = enrolled("A02")
    assert refused(central, export(terminal, key=other.key)) == "export_altered"
    assert refused(central, export(terminal, key_id=other.key_id, key=other.key)) == "export_altered"
    assert refused(central, export(terminal, key_id="0" * 32)) == "unknown_device"


def test_a_terminal_that_was_withdrawn_is_not_believed(terminal: Terminal, central: Central) -> None:
    with central.store.transaction() as connection:
        connection.exec_driver_sql("UPDATE devices SET revoked_ms = 1")
    assert refused(central, export(terminal)) == "revoked"


@pytest.mark.parametrize("spoil", ["fewer", "more", "a hole", "no gzip", "cut gzip", "no lines", "no head", "a bomb"])
def test_a_payload_that_is_not_what_its_header_says_is_refused(
    terminal: Terminal, central: Central, spoil: str
) -> None:
    full(terminal)
    lines = [json.dumps(record).encode() + b"\n" for record in terminal.records]
    said: dict[str, Any] = {}
    match spoil:
        case "fewer":
            payload = gzip.compress(b"".join(lines[:-1]))
        case "more":
            payload, said = gzip.compress(b"".join(lines)), {"last": len(lines) - 1}
        case "a hole":
            payload = gzip.compress(b"".join([*lines[:3], *lines[4:]]))
        case "no gzip":
            payload = b"".join(lines)
        case "cut gzip":
            payload = gzip.compress(b"".join(lines))[:-9]
        case "no lines":
            payload = gzip.compress(b"".join(lines)[:-1])
        case "no head":
            payload = gzip.compress(b"".join(lines))
            said = {"head": StatedHead(epoch=terminal.head.epoch, sequence=len(lines), hash="0" * 64)}
        case _:
            payload = gzip.compress(b"a" * 40 * BODY_LIMIT, 1)
    assert refused(central, export(terminal, payload=payload, **said)) == "export_broken"


def test_the_call_is_the_halls_and_takes_nothing_but_a_file(terminal: Terminal, central: Central) -> None:
    file = export(terminal)
    assert central.call("POST", IMPORTS, {"content-type": "application/octet-stream"}, file).problem == "token"
    wrong = central.call("POST", IMPORTS, {"authorization": f"Bearer {ADMIN}", "content-type": "text/plain"}, file)
    assert (wrong.status, wrong.problem) == (415, "media_type")


def test_only_the_hall_may_send_a_large_body(central: Central) -> None:
    large = bytes(BODY_LIMIT + 1)
    assert bring(central, large).problem == "export_broken"
    headers = {"content-type": "application/octet-stream"}
    assert central.call("POST", IMPORTS, headers, large).status == 413
    admin = {**headers, "authorization": f"Bearer {ADMIN}"}
    assert central.call("POST", "/api/v1/enrolments", admin, large).status == 413


def test_a_recovery_key_that_is_kept_elsewhere_is_asked_for(terminal: Terminal, central: Central) -> None:
    def absent() -> X25519PrivateKey:
        raise FileNotFoundError("recovery.key")

    with pytest.raises(Refusal) as caught:
        import_journal(central.store, national_options(), absent, lambda: 1, export(terminal))
    assert caught.value.problem.type.endswith("recovery_key_absent")


# -- by the command line ---------------------------------------------------------------------------------------------


@pytest.mark.skipif("KIOSK_TEST_POSTGRES" in os.environ, reason="its database is a file")
def test_the_command_imports_with_the_server_stopped(
    terminal: Terminal, central: Central, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def command(named: Path) -> tuple[int, str, str]:
        return main(["central", "--data", str(tmp_path), "--import", str(named)]), *capsys.readouterr()

    full(terminal)
    central.store.close()
    assert (tmp_path / DATABASE_FILE).exists()
    recovery = base64.b64encode(central.recovery.private_bytes_raw()) + b"\n"
    (tmp_path / "recovery.key").write_bytes(recovery)
    file = tmp_path / "a.journal"
    file.write_bytes(export(terminal))
    status, out, _ = command(file)
    assert status == 0
    assert json.loads(out)["taken"] == len(terminal.records)
    file.write_bytes(export(terminal)[:-1])
    status, out, words = command(file)
    assert (status, out) == (1, "")
    assert "1 bytes are missing" in words
    assert command(tmp_path / "none")[0] == 78
    central.store = open_store(sqlite_url(tmp_path / DATABASE_FILE))
    status, _, words = command(file)
    assert (status, "locked" in words) == (78, True)
    assert central.rows("SELECT count(*) FROM entries") == [(len(terminal.records),)]
