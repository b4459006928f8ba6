"""Countersigned heads: without a valid one nothing is acknowledged, and what a valid one proves ends this journal."""

import json
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.core.entry import GENESIS, Head
from kiosk.protocol.central import HeartbeatAnswer, JournalReceipt
from kiosk.protocol.heads import CountersignedHead
from kiosk.sync.evidence import Witness, weigh
from kiosk.sync.outcome import Beaten, BeginAnew, Outcome, Stop, Taken
from kiosk.sync.ports import Call, Healthy, MustBeginAnew, Reply
from tests.sync.standins import EPOCH, JSON, WALL, WITNESS, Journal, countersigned, problem
from tests.sync.test_lane import Terminal

RECORDS = Journal(9).records
OWN = Head(EPOCH, 9, RECORDS[-1]["hash"])
OTHER = "e" * 64


def own_hash(sequence: int) -> str | None:
    return RECORDS[sequence - 1]["hash"] if sequence else GENESIS


def head_at(sequence: int, **changes: Any) -> CountersignedHead:
    return countersigned(EPOCH, sequence, changes.pop("hash", own_hash(min(sequence, 9))), **changes)


def taken(head: CountersignedHead | None, acknowledged: int = 9) -> Taken:
    found = JournalReceipt(
        acknowledged=acknowledged, epoch=EPOCH, digest="", quarantined=(), server_time=WALL, head=head
    )
    return Taken(min(acknowledged, 9), found, b"{}")


def beaten(head: CountersignedHead | None, newest: CountersignedHead | None = None) -> Beaten:
    held = head.sequence if head else 0
    return Beaten(HeartbeatAnswer(acknowledged=held, server_time=WALL, head=head, newest=newest))


def weighed(outcome: Outcome, witness: Witness = WITNESS) -> Outcome:
    return weigh(outcome, witness, OWN, own_hash)


def test_a_receipt_whose_head_holds_is_what_it_says() -> None:
    assert weighed(taken(head_at(9))) == taken(head_at(9))
    assert weighed(taken(head_at(4), 4)) == taken(head_at(4), 4)


FORGED: dict[str, CountersignedHead | None] = {
    "none": None,
    "another's signature": head_at(9, key=Ed25519PrivateKey.generate()),
    "another device": head_at(9, device_id="d2"),
    "another epoch": countersigned(EPOCH + 1, 9, OWN.hash),
    "another place": head_at(8),
    "no signature": msgspec.structs.replace(head_at(9), signature=""),
    "no base64": msgspec.structs.replace(head_at(9), signature="?" * 88),
    "another hash under an old signature": msgspec.structs.replace(head_at(9), hash=OTHER),
    "another time under an old signature": msgspec.structs.replace(head_at(9), at=WALL + 1),
    "a device id that is no text": msgspec.structs.replace(head_at(9), device_id="\ud800"),
    "a number past all bounds": msgspec.structs.replace(head_at(9), at=2**60),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_receipt_without_a_head_that_holds_acknowledges_nothing(name: str) -> None:
    found = weighed(taken(FORGED[name]))
    assert isinstance(found, Stop)
    assert (found.kind, found.concerns) == ("signature", "this")


@pytest.mark.parametrize("name", [name for name in FORGED if name not in ("none", "another place")])
def test_a_heartbeat_answer_with_a_forged_head_is_not_centrals(name: str) -> None:
    for answer in (beaten(FORGED[name]), *([beaten(None, FORGED[name])] if name != "another epoch" else [])):
        found = weighed(answer)
        assert isinstance(found, Stop)
        assert found.kind == "signature"


def test_a_heartbeat_answer_of_a_central_that_holds_nothing_yet_proves_nothing() -> None:
    for answer in (beaten(None), beaten(head_at(0)), beaten(head_at(9)), beaten(head_at(3))):
        assert weighed(answer) == answer


@pytest.mark.parametrize("outcome", [taken(head_at(12, hash=OTHER), 12), beaten(head_at(12, hash=OTHER))])
def test_a_countersigned_head_beyond_our_journal_proves_that_the_disk_is_older(outcome: Outcome) -> None:
    found = weighed(outcome)
    assert isinstance(found, BeginAnew)
    assert found.reason == "rewound"
    assert "12" in found.why


@pytest.mark.parametrize(
    "outcome",
    [
        taken(head_at(9, hash=OTHER)),
        beaten(head_at(4, hash=OTHER)),
        Stop("equivocation", "409", "this", head_at(4, hash=OTHER)),
    ],
)
def test_another_countersigned_entry_at_our_place_proves_equivocation(outcome: Outcome) -> None:
    found = weighed(outcome)
    assert isinstance(found, BeginAnew)
    assert found.reason == "equivocation"


@pytest.mark.parametrize(
    "head",
    [
        None,
        head_at(4),
        head_at(12, hash=OTHER),
        head_at(4, hash=OTHER, device_id="d2"),
        head_at(4, hash=OTHER, key=Ed25519PrivateKey.generate()),
        countersigned(EPOCH + 1, 4, OTHER),
    ],
)
def test_an_equivocation_that_central_does_not_prove_is_an_alarm_and_no_more(head: CountersignedHead | None) -> None:
    outcome = Stop("equivocation", "409", "this", head)
    assert weighed(outcome) is outcome


def test_what_the_journal_no_longer_holds_is_not_compared() -> None:
    assert weigh(beaten(head_at(4, hash=OTHER)), WITNESS, OWN, lambda sequence: None) == beaten(head_at(4, hash=OTHER))


def test_a_later_journal_that_central_has_seen_proves_that_the_disk_is_older() -> None:
    found = weighed(beaten(head_at(9), countersigned(EPOCH + 1, 5, OTHER)))
    assert isinstance(found, BeginAnew)
    assert found.reason == "rewound"


@pytest.mark.parametrize(
    ("head", "newest"),
    [
        (head_at(9), countersigned(EPOCH - 1, 5, OTHER)),
        (None, countersigned(EPOCH + 1, 5, OTHER)),
        (head_at(0), countersigned(EPOCH + 1, 5, OTHER)),
    ],
)
def test_a_journal_newly_begun_is_not_older_whatever_the_clock_called_it(
    head: CountersignedHead | None, newest: CountersignedHead
) -> None:
    assert weighed(beaten(head, newest)) == beaten(head, newest)


# -- on the lane -----------------------------------------------------------------------------------------------------


@pytest.fixture
def terminal() -> Terminal:
    return Terminal(3, WITNESS)


def test_a_journal_arrives_at_a_central_that_countersigns_and_its_heads_are_kept(terminal: Terminal) -> None:
    terminal.journal.append(1_500)
    terminal.run(200_000)
    assert terminal.journal.acknowledged == 1_503
    assert terminal.troubles() == []
    kept = [msgspec.json.decode(answer, type=JournalReceipt) for answer in terminal.journal.answers]
    assert [answer.head.sequence for answer in kept if answer.head] == [500, 1_000, 1_500, 1_503]
    assert all(WITNESS.fault(answer.head) is None for answer in kept if answer.head)


def test_every_batch_states_the_head_of_the_whole_journal(terminal: Terminal) -> None:
    terminal.journal.append(700)
    read = terminal.journal.read

    def grow_and_read(after: int, limit: int) -> Any:
        if after == 500:
            terminal.journal.append(2)
        return read(after, limit)

    terminal.journal.read = grow_and_read  # type: ignore[method-assign]
    terminal.run()
    texts = [text for call in terminal.central.calls if (text := text_of(call))]
    stated = [(text["entries"][-1]["sequence"], text["head"]["sequence"], text["head"]["hash"]) for text in texts]
    hashes = [record["hash"] for record in terminal.journal.records]
    assert [(last, at) for last, at, _ in stated] == [(500, 703), (705, 705)]
    assert [hashes[at - 1] for _, at, _ in stated] == [hash for _, _, hash in stated]


def text_of(call: Call) -> Any:
    import gzip

    return json.loads(gzip.decompress(call.body)) if call.path == "/device/journal" else None


def test_a_central_that_does_not_sign_acknowledges_nothing_once_its_key_is_known(terminal: Terminal) -> None:
    terminal.central.signs = False
    terminal.run(3_600_000)
    assert terminal.central.sequences() == [1, 2, 3]
    assert terminal.journal.acknowledged == 0
    assert terminal.troubles()[0] == "signature"
    terminal.central.signs = True
    terminal.run(300_000)
    assert terminal.journal.acknowledged == 3
    assert terminal.told(MustBeginAnew) == []
    assert terminal.told(Healthy)


def test_a_disk_older_than_what_central_countersigned_is_noticed_at_the_first_heartbeat(terminal: Terminal) -> None:
    terminal.journal.append(5)
    terminal.run(200_000)
    older = Journal(3)
    older.acknowledged = 3
    terminal.journal.__dict__.update(vars(older))
    terminal.run(66_000)
    (news,) = terminal.told(MustBeginAnew)
    assert (news.epoch, news.reason) == (EPOCH, "rewound")
    assert terminal.troubles() == ["rewound"]


def test_a_journal_that_grew_another_way_is_told_to_begin_anew_and_the_new_one_arrives(terminal: Terminal) -> None:
    terminal.journal.append(5)
    terminal.run(200_000)
    older = Journal(3)
    older.acknowledged = 3
    older.append(2, comment="another way")
    terminal.journal.__dict__.update(vars(older))
    terminal.run(1)
    (news,) = terminal.told(MustBeginAnew)
    assert news.reason == "equivocation"
    assert terminal.journal.acknowledged == 3
    terminal.journal.begin_epoch(EPOCH + 1, 4)
    terminal.run()
    assert terminal.central.sequences(EPOCH + 1) == [1, 2, 3, 4]
    assert terminal.told(Healthy)


def test_a_journal_of_another_device_is_told_to_begin_anew(terminal: Terminal) -> None:
    terminal.central.refuse = lambda call: problem(409, "foreign_journal") if call.path == "/device/journal" else None
    terminal.run(3_000_000)
    (news,) = terminal.told(MustBeginAnew)
    assert news.reason == "foreign"


def test_a_central_that_is_never_content_costs_one_journal_an_hour(terminal: Terminal) -> None:
    terminal.central.refuse = lambda call: problem(409, "foreign_journal") if call.path == "/device/journal" else None
    for number in range(1, 40):
        terminal.run(180_000)
        terminal.journal.begin_epoch(EPOCH + number, 2)
    assert 2 <= len(terminal.told(MustBeginAnew)) <= 3


@pytest.mark.parametrize("code", ["foreign_journal", "equivocation"])
def test_without_central_key_nothing_of_it_ends_a_journal(code: str) -> None:
    terminal = Terminal(3)
    terminal.central.refuse = lambda call: (
        problem(409, code, head=msgspec.to_builtins(head_at(2, hash=OTHER))) if call.path == "/device/journal" else None
    )
    terminal.central.newest = countersigned(EPOCH + 1, 5, OTHER)
    terminal.run(3_600_000)
    assert terminal.told(MustBeginAnew) == []
    assert terminal.troubles()[0] == code.removesuffix("_journal")


def test_a_proof_about_a_journal_that_was_replaced_meanwhile_is_not_told(terminal: Terminal) -> None:
    terminal.run(1)

    def begin(call: Call) -> Reply | None:
        if call.path != "/device/heartbeat" or terminal.journal.head.epoch != EPOCH:
            return None
        terminal.journal.begin_epoch(EPOCH + 1, 1)
        head = msgspec.to_builtins(head_at(12, hash=OTHER))
        return Reply(201, JSON, json.dumps({"acknowledged": 12, "server_time": WALL, "head": head}).encode())

    terminal.central.refuse = begin
    terminal.run(200_000)
    assert terminal.told(MustBeginAnew) == []
    assert terminal.central.sequences(EPOCH + 1) == [1]


# -- the mutant ------------------------------------------------------------------------------------------------------


def believing(witness: Witness, head: CountersignedHead) -> str | None:
    """A weakened build: any signature will do."""
    return None


@pytest.mark.parametrize(
    "name", ["another's signature", "another device", "no signature", "another time under an old signature"]
)
def test_the_check_of_heads_bites_when_any_signature_is_taken(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Witness, "fault", believing)
    assert isinstance(weighed(taken(FORGED[name])), Taken)
