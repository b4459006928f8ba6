"""Export, recovery and verification, over a real home: what the hall can do, and nobody else."""

import base64
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from kiosk.bookkeeping.export import export_journal
from kiosk.bookkeeping.looking import BROKEN, OK, UNUSABLE, look_at_journal
from kiosk.bookkeeping.recovery import EX_TEMPFAIL, recover, write_records
from kiosk.bookkeeping.verification import Asked, print_verification
from kiosk.core import events as e
from kiosk.core.entry import Head, Kind
from kiosk.core.receipt import receipt_code
from kiosk.core.view import Accepted
from kiosk.custody import open_journal
from kiosk.device.clock import SystemClock
from kiosk.device.identity import DEVICE_KEY, Identity, keep_identity
from kiosk.device.instance import hold_lock
from kiosk.device.secrets import open_vault
from kiosk.device.settings import Secrets, Settings
from kiosk.journal.begun import BroughtOver
from kiosk.journal.connection import JournalDamaged
from kiosk.journal.keeping import bring_over
from kiosk.journal.past import unwrapped
from kiosk.journal.store import CENTRAL
from kiosk.protocol.heads import CountersignedHead, countersigned_text
from kiosk.sealed_key import unseal
from kiosk.sync.sealing import SealBroken
from kiosk.unit import JOURNAL_KEY
from tests.terminal.bench import Bench

SETTINGS = Settings(secrets=Secrets(store="file"))
HALL = X25519PrivateKey.generate()
CENTRALS = Ed25519PrivateKey.generate()
NOWHERE = "http://127.0.0.1:9"
COMMENT = "等了两个小时"
ADDED, WITHDRAWN = "又等了一天", "已经解决"
NOTHING_MORE = Asked()
KEYLESS = Asked(central_key="x")


def text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    identity = Identity(
        device_id="d" * 32, key_id="0" * 32, central_url=NOWHERE,
        central_key=text(CENTRALS.public_key().public_bytes_raw()),
        recovery_key=text(HALL.public_key().public_bytes_raw()),
    )  # fmt: skip
    keep_identity(bench.home, identity)
    open_vault(bench.home, "file", "file").put(DEVICE_KEY, bytes(32))
    yield bench
    bench.close()


@pytest.fixture
def rated(bench: Bench) -> Bench:
    """One bad rating in the journal, words added to it and taken back with it, and the terminal stopped."""
    unit = bench.ready()
    bench.rated(unit, comment=COMMENT)
    visit = unit.view().situation.visit
    assert visit is not None
    assert visit.receipt is not None
    bench.do(unit, e.Leave())
    for event in (e.AddWords(visit.receipt, ADDED), e.Withdraw(visit.receipt, WITHDRAWN)):
        assert isinstance(bench.do(unit, event), Accepted)
    bench.close()
    return bench


@pytest.fixture
def hall_key(tmp_path: Path) -> Path:
    return key_file(tmp_path / "recovery.key", HALL)


def key_file(path: Path, key: X25519PrivateKey) -> Path:
    path.write_text(text(key.private_bytes_raw()) + "\n", "ascii")
    return path


def records_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def lose_the_keys(bench: Bench) -> None:
    shutil.rmtree(bench.home.keys)
    bench.home.keys.mkdir(mode=0o700)


# -- the sealed key --------------------------------------------------------------------------------------------------


def test_the_journals_key_is_sealed_for_the_hall_and_for_nobody_else(rated: Bench) -> None:
    key = open_vault(rated.home, "file", "file").get(JOURNAL_KEY)
    assert unseal(rated.home.sealed_key, HALL.private_bytes_raw()) == key
    with pytest.raises(SealBroken):
        unseal(rated.home.sealed_key, X25519PrivateKey.generate().private_bytes_raw())
    assert key is not None
    assert key not in rated.home.sealed_key.read_bytes()
    assert rated.home.sealed_key.stat().st_mode & 0o777 == 0o600


def test_with_the_recovery_key_the_hall_reads_a_journal_whose_key_store_is_lost(
    rated: Bench, hall_key: Path, tmp_path: Path
) -> None:
    lose_the_keys(rated)
    assert write_records(rated.home, SETTINGS, hall_key, tmp_path / "records", personal=True) == OK
    (ended,) = [one for one in records_of(tmp_path / "records") if one["kind"] == Kind.VISIT_ENDED]
    assert ended["body"]["level"] == "very_dissatisfied"
    assert ended["personal"]["comment"] == COMMENT
    said = [one for one in records_of(tmp_path / "records") if one["kind"].startswith("receipt.")]
    assert [one["personal"]["words"] for one in said] == [ADDED, WITHDRAWN]


def test_what_citizens_wrote_is_written_out_only_when_asked_for(rated: Bench, hall_key: Path, tmp_path: Path) -> None:
    assert write_records(rated.home, SETTINGS, hall_key, tmp_path / "records", personal=False) == OK
    written = (tmp_path / "records").read_text("utf-8")
    assert not any(words in written for words in (COMMENT, ADDED, WITHDRAWN))
    assert written.count("receipt.") == 2


@pytest.mark.parametrize("key", ["none", "another's"])
def test_without_the_halls_key_a_lost_key_store_locks_everybody_out(
    rated: Bench, tmp_path: Path, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    lose_the_keys(rated)
    named = None if key == "none" else key_file(tmp_path / "other.key", X25519PrivateKey.generate())
    assert write_records(rated.home, SETTINGS, named, tmp_path / "records", personal=True) == UNUSABLE
    assert not (tmp_path / "records").exists()
    assert "recovery key" in capsys.readouterr().err


# -- recover ---------------------------------------------------------------------------------------------------------


def test_a_journal_set_aside_for_a_lost_key_comes_over_with_the_halls_key(rated: Bench, hall_key: Path) -> None:
    lose_the_keys(rated)
    unit = rated.ready()
    rated.rated(unit)
    assert "journal_begun_anew" in unit.view().troubles
    rated.close()
    assert recover(rated.home, SETTINGS, None) == BROKEN
    assert recovered(rated) == []
    assert recover(rated.home, SETTINGS, hall_key) == OK
    levels = [body["level"] for kind, body in recovered(rated) if kind == Kind.VISIT_ENDED]
    assert levels == ["very_dissatisfied"]
    before = recovered(rated)
    assert recover(rated.home, SETTINGS, hall_key) == OK
    assert recovered(rated) == before


def recovered(bench: Bench) -> list[tuple[str, dict[str, Any]]]:
    with look_at_journal(bench.home, SETTINGS) as journal:
        found = [unwrapped(one) for one in journal.read(0, 1000) if one["kind"] == Kind.ENTRY_RECOVERED]
    return [(one["kind"], one["body"]) for one in found]


def test_nothing_is_recovered_while_the_terminal_runs(rated: Bench, hall_key: Path) -> None:
    with hold_lock(rated.home.lock):
        assert recover(rated.home, SETTINGS, hall_key) == EX_TEMPFAIL


def test_a_file_that_is_no_recovery_key_is_refused_by_name(
    rated: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"\xff\xd8\xff")
    assert recover(rated.home, SETTINGS, tmp_path / "holiday.jpg") == UNUSABLE
    assert "holiday.jpg" in capsys.readouterr().err


# -- export ----------------------------------------------------------------------------------------------------------


def test_an_export_holds_what_central_lacks_and_tells_nothing_to_who_finds_it(rated: Bench, tmp_path: Path) -> None:
    file = tmp_path / "stick.kiosk"
    assert export_journal(rated.home, SETTINGS, file, everything=False) == OK
    raw = file.read_bytes()
    header = json.loads(raw.partition(b"\n")[0])
    with look_at_journal(rated.home, SETTINGS) as journal:
        head = journal.head()
    assert (header["first"], header["last"], header["epoch"]) == (1, head.sequence, head.epoch)
    assert not any(words.encode() in raw for words in (COMMENT, ADDED, WITHDRAWN))
    assert b"dissatisfied" not in raw


def test_an_export_never_writes_over_a_file(rated: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "there").write_bytes(b"last month's")
    assert export_journal(rated.home, SETTINGS, tmp_path / "there", everything=False) == UNUSABLE
    assert (tmp_path / "there").read_bytes() == b"last month's"
    assert "name another file" in capsys.readouterr().err


def test_an_export_is_of_what_the_chain_vouches_for(
    rated: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with look_at_journal(rated.home, SETTINGS) as journal:
        kind = type(journal)

    def altered(self: Any, after: int, limit: int) -> list[dict[str, Any]]:
        raise JournalDamaged("altered", after + 1)

    monkeypatch.setattr(kind, "read", altered)
    assert export_journal(rated.home, SETTINGS, tmp_path / "file", everything=False) == BROKEN
    assert not (tmp_path / "file").exists()


# -- verify ----------------------------------------------------------------------------------------------------------


def countersign(bench: Bench, held: Head, key: Ed25519PrivateKey = CENTRALS) -> None:
    """Central acknowledges up to here, over its signature."""
    head = CountersignedHead(
        device_id="d" * 32, epoch=held.epoch, sequence=held.sequence, hash=held.hash, at=1, signature=""
    )
    signature = text(key.sign(countersigned_text(head)))
    answer = {
        "acknowledged": held.sequence, "epoch": held.epoch, "digest": "", "quarantined": [], "server_time": 1,
        "head": {**{name: getattr(head, name) for name in head.__struct_fields__}, "signature": signature},
    }  # fmt: skip
    with open_journal(bench.home, open_vault(bench.home, "file", "file"), SystemClock()) as journal:
        journal.advance(CENTRAL, held.epoch, held.sequence, json.dumps(answer).encode())


def verification(bench: Bench, capsys: pytest.CaptureFixture[str], asked: Asked = NOTHING_MORE) -> tuple[int, Any]:
    capsys.readouterr()
    code = print_verification(bench.home, SETTINGS, asked, as_json=True)
    return code, json.loads(capsys.readouterr().out)


def place(bench: Bench, sequence: int) -> Head:
    with look_at_journal(bench.home, SETTINGS) as journal:
        return Head(journal.epoch, sequence, journal.hash_at(sequence) or "")


def test_a_journal_that_agrees_with_centrals_signature_is_verified(
    rated: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    countersign(rated, place(rated, 3))
    code, found = verification(rated, capsys)
    assert code == OK
    assert (found["fault"], found["countersign_fault"]) == (None, None)
    assert found["countersigned"]["sequence"] == 3


@pytest.mark.parametrize("what", ["another entry there", "another's signature", "more than the journal has"])
def test_a_countersigned_head_that_does_not_agree_is_told(
    rated: Bench, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    held = place(rated, 3)
    match what:
        case "another entry there":
            countersign(rated, Head(held.epoch, 3, "0" * 64))
        case "another's signature":
            countersign(rated, held, Ed25519PrivateKey.generate())
        case _:
            other = Head(held.epoch, 3, held.hash)
            countersign(rated, other)
            replace_answer(rated, 900)
    code, found = verification(rated, capsys)
    assert code == BROKEN
    assert found["countersign_fault"] is not None


def replace_answer(bench: Bench, sequence: int) -> None:
    """As if an older copy of the entries stood beside central's newest answer."""
    with open_journal(bench.home, open_vault(bench.home, "file", "file"), SystemClock()) as journal:
        answer = json.loads(journal.answer_of(CENTRAL))
        head = CountersignedHead(**{**answer["head"], "sequence": sequence})
        answer["head"] |= {"sequence": sequence, "signature": text(CENTRALS.sign(countersigned_text(head)))}
        journal._db.execute("UPDATE position SET answer = ?", (json.dumps(answer).encode(),))


def test_an_auditor_may_bring_centrals_key_along(rated: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    countersign(rated, place(rated, 3))
    others = text(Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    assert verification(rated, capsys, Asked(central_key=others))[0] == BROKEN


def test_a_journal_older_than_its_mark_is_told(rated: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    copy = rated.home.journal.read_bytes()
    rated.ready()
    rated.close()
    rated.home.journal.write_bytes(copy)
    code, found = verification(rated, capsys)
    assert (code, found["fault"]) == (BROKEN, "older")


def test_a_receipt_is_found_in_its_place(rated: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    with look_at_journal(rated.home, SETTINGS) as journal:
        (ended,) = [one for one in journal.read(0, 100) if one["kind"] == Kind.VISIT_ENDED]
    code, found = verification(rated, capsys, Asked(receipt=receipt_code(ended["hash"]).lower()))
    assert (code, found["receipt_at"]) == (OK, ended["sequence"])
    code, found = verification(rated, capsys, Asked(receipt=receipt_code("0" * 64)))
    assert (code, found["receipt_at"]) == (BROKEN, 0)


def test_looking_changes_nothing(rated: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in rated.home.root.rglob("*") if path.is_file()}
    verification(rated, capsys)
    assert {path: path.read_bytes() for path in rated.home.root.rglob("*") if path.is_file()} == before


# -- what could not be brought over at once --------------------------------------------------------------------------


def test_what_the_disk_refused_to_bring_over_comes_when_it_does_as_it_is_told(
    rated: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = [OSError("no"), OSError("no")]

    def refusing(*given: Any) -> BroughtOver:
        if refusals:
            raise refusals.pop()
        return bring_over(*given)

    monkeypatch.setattr("kiosk.journal.keeping.bring_over", refusing)
    raw = rated.home.journal.read_bytes()
    rated.home.journal.write_bytes(bytes(4096) + raw[4096:])
    unit = rated.ready()
    rated.loop.until(lambda: "not all was brought over" in unit.view().troubles.get("journal_begun_anew", ""))

    def whole() -> bool:
        unit._keeping._is_well()
        return "not all was brought over" not in unit.view().troubles["journal_begun_anew"]

    rated.loop.until(whole)
    rated.close()
    assert [kind for kind, _ in recovered(rated) if kind == Kind.VISIT_ENDED]


# -- what it says ----------------------------------------------------------------------------------------------------


def test_what_cannot_be_done_is_said_in_its_own_words(
    rated: Bench, hall_key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    junk, nowhere = tmp_path / "junk", tmp_path / "no" / "such" / "file"
    junk.write_bytes(bytes(range(256)))
    for work, code, words in (
        (lambda: export_journal(rated.home, SETTINGS, nowhere, everything=False), UNUSABLE, "there is no folder"),
        (lambda: write_records(rated.home, SETTINGS, hall_key, nowhere, personal=False), UNUSABLE, "lies in no folder"),
        (lambda: recover(rated.home, SETTINGS, junk), UNUSABLE, "one line of base64"),
        (lambda: recover(rated.home, SETTINGS, nowhere), UNUSABLE, "cannot be read"),
        (
            lambda: print_verification(rated.home, SETTINGS, Asked(central_key="x"), False),
            UNUSABLE,
            "no key of a central",
        ),
    ):
        assert work() == code
        said = capsys.readouterr().err
        assert words in said
        assert ".part" not in said
        assert "codec" not in said


def test_a_journal_that_does_not_open_is_named_itself_and_what_to_do_about_it(
    rated: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = rated.home.journal.read_bytes()
    rated.home.journal.write_bytes(bytes(4096) + raw[4096:])
    assert print_verification(rated.home, SETTINGS, NOTHING_MORE, as_json=False) == UNUSABLE
    said = capsys.readouterr().err
    assert str(rated.home.journal) in said
    assert "Start the terminal" in said
