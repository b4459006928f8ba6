"""A whole unit without a screen: real files, real lanes, and what it says where something is not as it should be."""

import json
import queue
import shutil
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from kiosk.bookkeeping.looking import look_at_journal
from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.core.situation import State
from kiosk.custody import Custody, take_custody
from kiosk.device.clock import Clock, SystemClock
from kiosk.device.identity import DEVICE_KEY, Identity, keep_identity
from kiosk.device.paths import JOURNAL_COPY, Home, open_home
from kiosk.device.secrets import VaultRefused, open_vault
from kiosk.device.settings import Secrets, Settings
from kiosk.doctor import findings_of
from kiosk.journal.connection import connect
from kiosk.journal.keeping import bring_over
from kiosk.journal.store import Journal, Past
from kiosk.protocol.profile import read_profile
from kiosk.sync.ports import MustBeginAnew, ProfileArrived
from kiosk.unit import JOURNAL_KEY, Unit, open_journal, stored_profile
from tests.terminal.bench import PATIENCE_S, PROFILE, Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def ask(home: Home, port: int, method: str, path: str, body: Any = None) -> tuple[int, Any] | None:
    """One call of the station; None where nobody answers yet."""
    try:
        headers = {"Authorization": f"Bearer {home.station_token.read_text().strip()}"}
        data = None if body is None else json.dumps(body).encode()
        if data:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(f"http://127.0.0.1:{port}/v1{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as fault:
        with fault:
            return fault.code, json.load(fault)
    except OSError:
        return None


def asked(bench: Bench, port: int, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """The same, with the unit's loop turning meanwhile."""
    answers: queue.SimpleQueue[tuple[int, Any] | None] = queue.SimpleQueue()

    def call() -> tuple[int, Any] | None:
        calling = threading.Thread(daemon=True, target=lambda: answers.put(ask(bench.home, port, method, path, body)))
        calling.start()
        bench.loop.until(lambda: not calling.is_alive())
        return answers.get_nowait()

    answer: tuple[int, Any] = bench.loop.until(call)
    return answer


def lose_the_key(bench: Bench) -> None:
    bench.home.vault.unlink()
    shutil.rmtree(bench.home.keys)
    open_home(bench.home.root)


def newer_schema(bench: Bench) -> None:
    vault = open_vault(bench.home, "file", "file")
    key = vault.get(JOURNAL_KEY)
    assert key is not None
    with connect(bench.home.journal, key) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()


def damage(bench: Bench) -> None:
    bench.home.journal.write_bytes(b"\0" * 4096 + bench.home.journal.read_bytes()[4096:])


def forget_one_key(bench: Bench) -> None:
    (bench.home.keys / f"{JOURNAL_KEY}.key").unlink()


def test_a_journal_of_a_newer_program_is_out_of_order_and_the_station_says_so(bench: Bench, unused_port: int) -> None:
    bench.rated(bench.ready())
    bench.close()
    newer_schema(bench)
    before = bench.home.journal.read_bytes()
    unit = bench.start(unused_port)
    assert asked(bench, unused_port, "GET", "/state")[1]["state"] == "out_of_order"
    visit = {"matter": {"code": "0101", "name": "x"}, "case_number": "1"}
    status, problem = asked(bench, unused_port, "POST", "/visits", visit)
    assert (status, problem["type"]) == (409, "urn:kiosk:problem:out_of_order")
    assert unit.view().situation.faults == {"journal"}
    bench.close()
    assert bench.home.journal.read_bytes() == before
    assert "journal" in json.loads(bench.home.troubles.read_text("utf-8"))


def kept(bench: Bench) -> list[dict[str, Any]]:
    with open_journal(bench.home, open_vault(bench.home, "file", "file"), SystemClock()) as journal:
        assert journal.verify().fault is None
        return journal.read(0, 1_000)


def spoil_the_key(bench: Bench) -> None:
    (bench.home.keys / f"{JOURNAL_KEY}.key").write_bytes(b"x" * 70_000)


def spoil_the_vault(bench: Bench) -> None:
    bench.home.vault.write_bytes(b"{")
    shutil.rmtree(bench.home.keys)
    open_home(bench.home.root)


@pytest.mark.parametrize("spoil", [lose_the_key, forget_one_key, spoil_the_key, spoil_the_vault])
def test_a_lost_key_sets_the_journal_aside_and_new_ratings_are_taken(
    bench: Bench, spoil: Callable[[Bench], None]
) -> None:
    bench.rated(bench.ready())
    bench.close()
    key = open_vault(bench.home, "file", "file").get(JOURNAL_KEY)
    before = bench.home.journal.read_bytes()
    old = kept(bench)
    assert key is not None
    spoil(bench)
    unit = bench.ready()
    bench.rated(unit)
    assert "key_lost" in unit.view().troubles["journal_begun_anew"]
    bench.close()
    assert "journal_begun_anew" in json.loads(bench.home.troubles.read_text("utf-8"))
    records = kept(bench)
    assert records[0]["body"]["reason"] == "key_lost"
    assert records[0]["body"]["before"]["hash"] == old[-1]["hash"]
    assert [record["kind"] for record in records].count("visit.ended") == 1
    (case,) = bench.home.quarantine.iterdir()
    assert (case / "journal.db").read_bytes() == before
    with open_journal(bench.home, open_vault(bench.home, "file", "file"), SystemClock()) as journal:
        brought = bring_over(journal, case, key)
        assert (brought.count, brought.missing, brought.done) == (len(old), (), True)
        ends = [one for one in journal.read(0, 1_000) if one["kind"] == "entry.recovered"]
    assert [one["body"]["record"]["hash"] for one in ends] == [one["hash"] for one in old]
    assert [one["personal"] for one in ends if "personal" in one] == [
        one["personal"] for one in old if "personal" in one
    ]


def test_a_vault_whose_record_alone_is_spoilt_still_finds_the_key(bench: Bench) -> None:
    bench.rated(bench.ready())
    bench.close()
    old = kept(bench)
    bench.home.vault.write_bytes(b"{")
    bench.ready()
    bench.close()
    here = [one["body"]["record"]["hash"] for one in kept(bench) if one["kind"] == "entry.recovered"]
    assert here == [one["hash"] for one in old]


def test_a_disk_that_fails_for_a_moment_while_the_key_store_is_locked_ends_no_journal(bench: Bench) -> None:
    unit = bench.ready()
    bench.rated(unit)
    epoch = unit._lane.call(lambda journal: journal.epoch).result(PATIENCE_S)
    lose_the_key(bench)
    faults = iter([apsw.IOError("disk I/O error")])

    def failing_once(journal: Journal) -> int:
        for fault in faults:
            raise fault
        return journal.epoch

    assert unit._lane._hand_in(failing_once, again=(apsw.IOError,)).result(PATIENCE_S) == epoch
    assert list(bench.home.quarantine.iterdir()) == []


def test_a_disk_that_fails_once_while_the_past_is_read_leaves_nobody_out_of_service(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = iter([apsw.IOError("disk I/O error")])
    past = Journal.past

    def failing_once(journal: Journal) -> Past:
        for fault in faults:
            raise fault
        return past(journal)

    monkeypatch.setattr(Journal, "past", failing_once)
    bench.rated(bench.ready())


def test_no_other_store_is_chosen_where_the_settings_forbid_it(bench: Bench) -> None:
    bench.rated(bench.ready())
    bench.close()
    bench.home.vault.write_bytes(b"{")
    with pytest.raises(VaultRefused):
        take_custody(bench.home, Secrets(store="keyring", fallback="refuse"), SystemClock())
    assert bench.home.vault.read_bytes() == b"{"


def test_a_damaged_journal_is_brought_over_and_the_open_visit_closed_with_the_level_that_was_tapped(
    bench: Bench,
) -> None:
    unit = bench.ready()
    bench.do(unit, e.StartVisit("5" * 32, e.Matter("0101", "x"), "1"))
    bench.do(unit, e.Invite("5" * 32))
    bench.do(unit, e.TapLevel(Level.DISSATISFIED))
    torn = bench.home.journal.read_bytes(), bench.home.journal.with_name("journal.db-wal").read_bytes()
    mark = bench.home.mark.read_bytes()
    bench.close()
    bench.home.journal.write_bytes(bytes(4096) + torn[0][4096:])
    log = bytearray(torn[1])
    log[5_000] ^= 1
    bench.home.journal.with_name("journal.db-wal").write_bytes(log)
    bench.home.mark.write_bytes(mark)
    unit = bench.ready()
    bench.rated(unit)
    bench.close()
    records = kept(bench)
    (end,) = [one for one in records if one["kind"] == "visit.ended" and one["body"].get("cause") == "unclean_stop"]
    assert (end["body"]["outcome"], end["body"]["level"]) == ("rated", "dissatisfied")


def test_central_may_have_a_journal_begun_anew_but_not_over_and_over(bench: Bench) -> None:
    unit = enrolled(bench)
    bench.rated(unit)
    assert unit._outward.delivery is not None
    epoch = unit._lane.call(lambda journal: journal.epoch).result(PATIENCE_S)
    unit._outward.delivery._tell(MustBeginAnew(epoch, "equivocation", "two at one place"))
    bench.loop.until(lambda: "journal_begun_anew" in unit.view().troubles)
    now = unit._lane.call(lambda journal: journal.epoch).result(PATIENCE_S)
    assert now != epoch
    unit._outward.delivery._tell(MustBeginAnew(epoch, "equivocation", "the old one, again"))
    unit._outward.delivery._tell(MustBeginAnew(now, "equivocation", "and the new one"))
    bench.rated(unit)
    assert unit._lane.call(lambda journal: journal.epoch).result(PATIENCE_S) == now
    assert len(list(bench.home.quarantine.iterdir())) == 1


def test_a_disk_that_refuses_at_the_start_leaves_words_and_heals_without_a_restart(
    bench: Bench, unused_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = threading.Event()
    full.set()

    def opening(home: Home, kept: Secrets, clock: Clock) -> Custody:
        if full.is_set():
            raise apsw.FullError("database or disk is full")
        return take_custody(home, kept, clock)

    monkeypatch.setattr("kiosk.safekeeping.take_custody", opening)
    unit = bench.start(unused_port)
    assert asked(bench, unused_port, "GET", "/state")[1]["state"] == "out_of_order"
    full.clear()
    bench.loop.until(lambda: unit.view().situation.state in (State.READY, State.CLOSED))
    bench.rated(unit)


def test_a_station_that_cannot_begin_never_keeps_ratings_from_central(bench: Bench, unused_port: int) -> None:
    bench.home.station_token.mkdir()
    enrolled(bench, unused_port)


def test_nothing_a_citizen_wrote_can_be_read_in_the_home(bench: Bench) -> None:
    comment, contact = "窗口人员态度很差 rude-clerk", "13855512345"
    bench.rated(bench.ready(), comment, contact)
    found = b"".join(path.read_bytes() for path in bench.home.root.rglob("*") if path.is_file())
    bench.close()
    found += b"".join(path.read_bytes() for path in bench.home.root.rglob("*") if path.is_file())
    for words in (comment, contact, "rude-clerk", "very_dissatisfied", "341200198001019999"):
        assert words.encode() not in found
        assert words.encode("utf-16-le") not in found


def test_a_level_tapped_before_the_end_stands_after_it(bench: Bench) -> None:
    unit = bench.ready()
    bench.do(unit, e.StartVisit("5" * 32, e.Matter("0101", "x"), "1"))
    bench.do(unit, e.Invite("5" * 32))
    bench.do(unit, e.TapLevel(Level.DISSATISFIED))
    bench.close()
    bench.ready()
    bench.close()
    with open_journal(bench.home, open_vault(bench.home, "file", "file"), SystemClock()) as journal:
        ends = [record for record in journal.read(0, 100) if record["kind"] == "visit.ended"]
        assert journal.verify().fault is None
    (end,) = ends
    assert (end["body"]["outcome"], end["body"]["level"]) == ("rated", "dissatisfied")
    assert end["body"]["cause"] == "terminal_stopped"


def test_looking_at_a_running_journal_uses_a_copy_that_does_not_outlast_the_look(bench: Bench) -> None:
    bench.rated(bench.ready())
    with look_at_journal(bench.home, Settings()) as journal:
        assert journal.verify().fault is None
        assert [path.name.startswith(JOURNAL_COPY) for path in bench.home.scratch.iterdir()] == [True]
    assert not list(bench.home.scratch.iterdir())


def test_looking_at_a_home_changes_nothing_in_it(bench: Bench) -> None:
    bench.rated(bench.ready())
    bench.close()
    bench.home.vault.unlink()
    bench.home.lock.touch()
    before = sorted(path.name for path in bench.home.root.iterdir())
    findings = {finding.check: finding for finding in findings_of(bench.home.root)}
    assert findings["key store"].result == "warning"
    assert findings["journal"].found.endswith("is not there")
    assert sorted(path.name for path in bench.home.root.iterdir()) == before


@pytest.mark.parametrize("spoil", [forget_one_key, newer_schema, damage])
def test_the_doctor_says_what_is_wrong_with_the_journal(bench: Bench, spoil: Callable[[Bench], None]) -> None:
    bench.rated(bench.ready())
    bench.close()
    assert {f.check: f.result for f in findings_of(bench.home.root)}["journal"] == "ok"
    spoil(bench)
    assert {f.check: f.result for f in findings_of(bench.home.root)}["journal"] == "failed"


def enrolled(bench: Bench, station_port: int = 0) -> Unit:
    """A unit in service that looks for a central which is not there."""
    open_vault(bench.home, "file", "file").put(DEVICE_KEY, b"k" * 32)
    keep_identity(bench.home, Identity(device_id="d", key_id="0" * 32, central_url="http://127.0.0.1:9"))
    unit = bench.ready(station_port)
    bench.loop.until(lambda: unit._outward.delivery is not None)
    return unit


def test_a_profile_is_brought_to_the_disk_off_the_screens_thread(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    unit = enrolled(bench)
    wrote: list[bool] = []

    def write(path: Path, data: bytes) -> None:
        wrote.append(threading.current_thread() is threading.main_thread())
        path.write_bytes(data)

    monkeypatch.setattr("kiosk.profile_file.write_file", write)
    assert unit._outward.delivery is not None
    newer = json.dumps({**PROFILE, "version": "v2", "hall": {"code": "FY", "name": "新大厅"}}).encode()
    telling = threading.Thread(daemon=True, target=unit._outward.delivery._tell, args=(ProfileArrived(newer, '"v2"'),))
    telling.start()
    bench.loop.until(lambda: unit.view().scene.hall == "新大厅")
    telling.join(60)
    assert wrote == [False]
    assert stored_profile(bench.home) == read_profile(newer)


@pytest.mark.parametrize("text", [b"{", b'{"format": 9}', json.dumps(PROFILE).encode().replace(b"v1", b"\xff")])
def test_a_profile_that_does_not_validate_leaves_the_last_good_one_and_central_hears_why(
    bench: Bench, text: bytes
) -> None:
    unit = enrolled(bench)
    assert unit._outward.delivery is not None
    unit._outward.delivery._tell(ProfileArrived(text, '"x"'))
    bench.loop.until(lambda: unit._live().refused_profile)
    assert unit.view().scene.hall == "大厅"
    assert unit._live().profile_version == "v1"
    assert bench.home.profile.read_text("utf-8") == json.dumps(PROFILE)


def test_what_was_written_when_the_terminal_was_told_to_end_is_kept(bench: Bench) -> None:
    unit = bench.ready()
    bench.do(unit, e.StartVisit("5" * 32, e.Matter("0101", "x"), "1"))
    bench.do(unit, e.Invite("5" * 32))
    bench.do(unit, e.TapLevel(Level.DISSATISFIED))
    bench.do(unit, e.ToggleReason("207"))
    bench.do(unit, e.WriteComment("让我跑了三趟"))
    bench.do(unit, e.WriteContact("13855512345"))
    bench.close()
    bench.ready()
    bench.close()
    with open_journal(bench.home, open_vault(bench.home, "file", "file"), SystemClock()) as journal:
        (end,) = [record for record in journal.read(0, 100) if record["kind"] == "visit.ended"]
    body = end["body"]
    assert (body["outcome"], body["cause"], body["finished"]) == ("rated", "terminal_stopped", False)
    assert (body["level"], body["reasons"]) == ("dissatisfied", ["207"])
    assert end["personal"]["comment"] == "让我跑了三趟"
    assert "contact" not in end["personal"]
