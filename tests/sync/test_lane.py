"""The lane against a central that keeps its rules, without a network: `run_once` by hand, and once on its thread."""

import gzip
import json
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from kiosk.core.entry import content_fault
from kiosk.protocol.central import BATCH_LIMIT
from kiosk.protocol.profile import QUESTION
from kiosk.sync.evidence import Witness
from kiosk.sync.lane import SyncLane
from kiosk.sync.plan import Pace
from kiosk.sync.ports import (
    Call,
    ClockOff,
    Healthy,
    LiveState,
    NoReply,
    ProfileArrived,
    Progress,
    Reply,
    SyncNews,
    Trouble,
)
from tests.sync.standins import EPOCH, JSON, Central, Clock, Journal, problem

WALL = 1_767_225_600_000
TEN_YEARS = 315_360_000_000


class Terminal:
    """A lane with all that surrounds it, driven by hand. `witness`: central's key is known, and central signs."""

    def __init__(
        self, entries: int = 0, witness: Witness | None = None, mirror: bool = False, draw: float = 0.5
    ) -> None:
        self.witness, self.mirror, self.draw = witness, mirror, draw
        self.journal = Journal(entries)
        self.clock = Clock()
        self.central = Central(lambda: self.clock.true)
        self.central.signs = witness is not None
        self.live = LiveState("1.0", "ready", "p0", '"p0"', key_store="file")
        self.news: list[SyncNews] = []
        self.lane = self.start_lane()

    def start_lane(self, tell: Callable[[SyncNews], None] | None = None) -> SyncLane:
        return SyncLane(
            self.journal,
            self.central,
            self.clock,
            lambda: self.draw,
            lambda: self.live,
            tell or self.news.append,
            Pace(),
            0.5,
            self.witness,
            self.mirror,
        )

    def run(self, ms: int = 1_000) -> None:
        """Let so much time pass, doing all that is due."""
        until = self.clock.mono + ms
        for _ in range(10_000):
            wait = self.lane.run_once()
            if self.clock.mono + wait > until:
                self.clock.pass_ms(until - self.clock.mono)
                return
            self.clock.pass_ms(wait)
        raise AssertionError("the lane spins")

    def paths(self) -> list[str]:
        return [call.path for call in self.central.calls]

    def told(self, kind: type[SyncNews]) -> list[Any]:
        return [item for item in self.news if isinstance(item, kind)]

    def troubles(self) -> list[str]:
        return [trouble.kind for trouble in self.told(Trouble)]


@pytest.fixture
def terminal() -> Terminal:
    return Terminal(entries=3)


def failing(path: str, reply: Reply | NoReply) -> Callable[[Call], Reply | NoReply | None]:
    return lambda call: reply if call.path == path else None


def test_the_journal_arrives_whole_and_its_position_moves_with_centrals_own_answer(terminal: Terminal) -> None:
    terminal.journal.append(1, comment="等了两个小时")
    terminal.run()
    assert terminal.central.sequences() == [1, 2, 3, 4]
    assert [content_fault(record) for record in terminal.central.held[EPOCH]] == [None] * 4
    assert terminal.central.held[EPOCH][3]["personal"]["comment"] == "等了两个小时"
    assert terminal.journal.acknowledged == 4
    (answer,) = terminal.journal.answers
    assert json.loads(answer)["acknowledged"] == 4
    assert terminal.told(Progress) == [Progress(EPOCH, 4)]


def test_batches_travel_packed(terminal: Terminal) -> None:
    terminal.run()
    sent = next(call for call in terminal.central.calls if call.path == "/device/journal")
    assert sent.gzipped
    assert len(json.loads(gzip.decompress(sent.body))["entries"]) == 3


def test_a_backlog_of_twenty_thousand_takes_forty_batches_and_no_pause() -> None:
    terminal = Terminal(entries=20_000)
    terminal.run(1_000)
    assert terminal.journal.acknowledged == 20_000
    assert terminal.paths().count("/device/journal") == 20_000 // BATCH_LIMIT


def test_a_new_entry_is_sent_when_the_lane_looks_again(terminal: Terminal) -> None:
    terminal.run()
    terminal.journal.append()
    terminal.run()
    assert terminal.central.sequences() == [1, 2, 3, 4]


def test_what_central_puts_aside_is_told_and_holds_nothing_up(terminal: Terminal) -> None:
    terminal.central.poison = {2}
    terminal.journal.append(197)
    terminal.run()
    assert terminal.journal.acknowledged == 200
    assert terminal.paths().count("/device/journal") == 1
    assert [each.sequence for each in terminal.told(Progress)[0].quarantined] == [2]


def test_an_answer_that_is_lost_after_central_committed_costs_and_doubles_nothing(terminal: Terminal) -> None:
    lost: list[Reply] = []

    def lose_first(call: Call) -> NoReply | None:
        if call.path == "/device/journal" and not lost:
            lost.append(terminal.central.serve(call))
            return NoReply("unreachable", "cut")
        return None

    terminal.central.refuse = lose_first
    terminal.run(1_000)
    assert terminal.central.sequences() == [1, 2, 3]
    assert terminal.journal.acknowledged == 0
    terminal.run(120_000)
    assert terminal.central.sequences() == [1, 2, 3]
    assert terminal.journal.acknowledged == 3


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, {"content-type": "text/html"}, b"<html>"),
        Reply(200, JSON, b'{"acknowledged":3}'),
        Reply(302, {"location": "http://portal.example"}, b""),
        Reply(511, {}, b""),
        NoReply("too_slow", "over"),
        NoReply("unusable", "encoded"),
        problem(503, "storage"),
    ],
)
def test_nothing_is_acknowledged_by_what_is_not_centrals_answer_and_all_arrives_afterwards(
    terminal: Terminal, reply: Reply | NoReply
) -> None:
    terminal.central.refuse = lambda call: reply
    terminal.run(3_600_000)
    assert terminal.journal.acknowledged == 0
    assert len(terminal.central.calls) < 60
    terminal.central.refuse = lambda call: None
    terminal.journal.append(5)
    terminal.run(300_000)
    assert terminal.journal.acknowledged == 8
    assert terminal.troubles() == [terminal.troubles()[0]]
    assert len(terminal.told(Healthy)) == 1


@pytest.mark.parametrize("off_ms", [TEN_YEARS, -TEN_YEARS, 400_000])
def test_a_clock_that_is_years_off_is_made_up_for_at_once(terminal: Terminal, off_ms: int) -> None:
    terminal.clock.wall += off_ms
    terminal.run()
    assert terminal.journal.acknowledged == 3
    assert terminal.told(ClockOff) == [ClockOff(-off_ms)]
    assert terminal.troubles() == []


def test_a_clock_that_jumps_while_the_lane_runs_is_made_up_for_too(terminal: Terminal) -> None:
    terminal.run()
    terminal.clock.wall += TEN_YEARS
    terminal.journal.append()
    terminal.run()
    terminal.clock.wall -= TEN_YEARS
    terminal.journal.append()
    terminal.run()
    assert terminal.journal.acknowledged == 5
    assert [item.offset_ms // 1_000_000_000 for item in terminal.told(ClockOff)] == [-TEN_YEARS // 1_000_000_000, 0]


def test_a_central_restored_from_an_old_copy_gets_again_what_it_lost(terminal: Terminal) -> None:
    terminal.journal.append(1_500)
    terminal.run()
    del terminal.central.held[EPOCH][700:]
    terminal.run(61_000)
    assert terminal.central.sequences() == list(range(1, 1_504))
    assert terminal.journal.acknowledged == 1_503
    assert terminal.troubles() == []


def test_a_gap_in_answer_to_a_batch_is_filled(terminal: Terminal) -> None:
    terminal.run()
    del terminal.central.held[EPOCH][1:]
    terminal.journal.append()
    terminal.run()
    assert terminal.central.sequences() == [1, 2, 3, 4]


def test_what_the_journal_no_longer_holds_is_an_alarm_and_not_a_loop(terminal: Terminal) -> None:
    terminal.run()
    terminal.central.held.clear()
    del terminal.journal.records[:2]
    terminal.journal.append()
    terminal.run(60_000)
    (trouble,) = terminal.told(Trouble)
    assert (trouble.kind, trouble.alarm) == ("gap", True)
    assert "entry 1" in trouble.words


def test_another_entry_at_the_same_place_stops_the_journal_until_a_new_one_begins(terminal: Terminal) -> None:
    terminal.run()
    terminal.central.held[EPOCH].append({"hash": "0" * 64, "sequence": 4})
    terminal.journal.append(2)
    terminal.run(300_000)
    assert terminal.troubles()[0] == "equivocation"
    assert terminal.paths().count("/device/journal") == 2
    assert terminal.central.beats[-1]["faults"] == ["sync.equivocation"]
    terminal.journal.begin_epoch(EPOCH + 1, entries=4)
    terminal.run()
    assert terminal.central.sequences(EPOCH + 1) == [1, 2, 3, 4]
    assert terminal.told(Healthy)


def test_an_old_disk_image_is_noticed_at_the_first_heartbeat(terminal: Terminal) -> None:
    terminal.run()
    terminal.central.held[EPOCH] += [{"hash": "0" * 64, "sequence": number} for number in range(4, 9)]
    terminal.run(61_000)
    assert terminal.troubles() == ["rewound"]


def test_an_entry_that_is_refused_by_itself_is_kept_and_told_and_the_rest_before_it_arrives(terminal: Terminal) -> None:
    def refuse_fifth(call: Call) -> Reply | None:
        text = gzip.decompress(call.body) if call.gzipped else call.body
        if call.path == "/device/journal" and any(entry["sequence"] == 5 for entry in json.loads(text)["entries"]):
            return problem(400, "invalid", field="$.entries[4]")
        return None

    terminal.journal.append(7)
    terminal.central.refuse = refuse_fifth
    terminal.run(60_000)
    assert terminal.journal.acknowledged == 4
    assert terminal.troubles() == ["entry_refused"]
    assert terminal.told(Trouble)[0].alarm
    terminal.central.refuse = lambda call: None
    terminal.run(1_200_000)
    assert terminal.journal.acknowledged == 10
    assert terminal.told(Healthy)


def test_a_terminal_that_was_withdrawn_stays_quiet_and_keeps_its_entries(terminal: Terminal) -> None:
    terminal.central.refuse = lambda call: problem(403, "revoked")
    terminal.run(3_600_000)
    assert len(terminal.central.calls) <= 7
    assert terminal.journal.acknowledged == 0
    assert terminal.troubles()[0] == "disowned"
    terminal.central.refuse = lambda call: None
    terminal.lane.retry()
    terminal.run(1)
    assert terminal.journal.acknowledged == 3


# -- heartbeat and profile -------------------------------------------------------------------------------------------


def test_the_heartbeat_says_how_the_terminal_is(terminal: Terminal) -> None:
    terminal.live = LiveState("1.2", "paused", "p1", '"p1"', "$.hours: x", "keyring", ("disk",))
    terminal.central.refuse = failing("/device/journal", problem(503, "storage"))
    terminal.run(1)
    terminal.run(60_000)
    beat = terminal.central.beats[0]
    assert {key: beat[key] for key in ("version", "state", "profile_version", "refused_profile", "key_store")} == {
        "version": "1.2",
        "state": "paused",
        "profile_version": "p1",
        "refused_profile": "$.hours: x",
        "key_store": "keyring",
    }
    assert (beat["epoch"], beat["sequence"], beat["hash"]) == (EPOCH, 3, terminal.journal.head.hash)
    assert beat["unsent"] == 3
    assert beat["oldest_unsent_s"] == (beat["wall_ms"] - 1) // 1000
    assert beat["faults"] == ["disk", "sync.busy"]


def test_nothing_unsent_is_nought_seconds_old(terminal: Terminal) -> None:
    terminal.run()
    assert terminal.central.beats[0]["oldest_unsent_s"] == 0


def test_heartbeats_come_once_a_minute_and_when_the_state_changed(terminal: Terminal) -> None:
    terminal.run(600_000)
    assert 10 <= len(terminal.central.beats) <= 12
    before = len(terminal.central.beats)
    terminal.lane.report()
    terminal.run(1)
    assert len(terminal.central.beats) == before + 1


def test_a_new_profile_is_handed_on_once_and_asked_about_by_its_etag(terminal: Terminal) -> None:
    terminal.run(600_000)
    assert terminal.told(ProfileArrived) == [ProfileArrived(b'{"format":1,"version":"p1"}', '"p1"')]
    asked = [call.headers["If-None-Match"] for call in terminal.central.calls if call.path == QUESTION]
    assert asked[:2] == ['"p0"', '"p1"']
    terminal.central.profile = b'{"format":1,"version":"p2"}'
    terminal.run(61_000)
    assert [item.etag for item in terminal.told(ProfileArrived)] == ['"p1"', '"p2"']


def test_a_terminal_without_a_profile_asks_for_any(terminal: Terminal) -> None:
    terminal.live = LiveState("1.0", "out_of_order")
    terminal.run()
    (call,) = [call for call in terminal.central.calls if call.path == QUESTION]
    assert call.headers == {}


# -- what surrounds the lane fails -----------------------------------------------------------------------------------


def test_a_journal_that_fails_is_told_and_asked_again(terminal: Terminal) -> None:
    terminal.journal.fault = OSError("disk I/O error")
    terminal.run(600_000)
    assert terminal.central.calls == []
    assert terminal.troubles() == ["journal"]
    terminal.journal.fault = None
    terminal.run(300_000)
    assert terminal.journal.acknowledged == 3
    assert terminal.told(Healthy)


def test_a_position_that_could_not_be_stored_is_learnt_again(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: Future[None] = Future()
    refused.set_exception(OSError("disk full"))
    monkeypatch.setattr(terminal.journal, "advance", lambda *_: refused)
    terminal.run()
    assert (terminal.journal.acknowledged, terminal.troubles()) == (0, ["journal"])
    monkeypatch.undo()
    terminal.run(300_000)
    assert terminal.journal.acknowledged == 3
    assert terminal.central.sequences() == [1, 2, 3]


@pytest.mark.parametrize("cancelled", [False, True])
def test_a_journal_that_does_not_answer_is_told(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, cancelled: bool
) -> None:
    silent: Future[Any] = Future()
    if cancelled:
        silent.cancel()
    monkeypatch.setattr(terminal.journal, "status", lambda: silent)
    terminal.lane.run_once()
    assert terminal.lane.run_once() == 500
    terminal.clock.pass_ms(500)
    terminal.lane.run_once()
    assert terminal.troubles() == ["journal"]


def test_a_journal_that_begins_anew_while_it_is_read_sends_nothing_stale(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = terminal.journal.read

    def begin_then_read(after: int, limit: int) -> "Future[list[dict[str, Any]]]":
        monkeypatch.undo()
        terminal.journal.begin_epoch(EPOCH + 1, entries=2)
        return read(after, limit)

    monkeypatch.setattr(terminal.journal, "read", begin_then_read)
    terminal.run()
    assert terminal.central.sequences() == []
    assert terminal.central.sequences(EPOCH + 1) == [1, 2]
    assert terminal.troubles() == []


def test_a_journal_that_begins_anew_during_a_heartbeat_raises_no_false_alarm(terminal: Terminal) -> None:
    def begin(call: Call) -> None:
        if call.path == "/device/heartbeat" and terminal.journal.head.epoch == EPOCH:
            terminal.journal.begin_epoch(EPOCH + 1, entries=1)

    terminal.central.refuse = begin
    terminal.run()
    assert terminal.troubles() == []
    assert terminal.central.sequences(EPOCH + 1) == [1]


@pytest.mark.parametrize("broken", ["state", "exchange"])
def test_a_bug_around_the_lane_does_not_end_it(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    words = "secret text of a citizen"

    def bug(call: Call) -> None:
        raise KeyError(words)

    if broken == "exchange":
        terminal.central.refuse = bug
    else:
        monkeypatch.setattr(terminal, "live", None)
    terminal.run(120_000)
    assert terminal.troubles()[0] == "internal"
    assert words not in terminal.told(Trouble)[0].words + caplog.text
    assert "sync: journal: " in caplog.text or broken == "state"
    terminal.central.refuse = lambda call: None
    terminal.live = LiveState("1.0", "ready")
    terminal.run(600_000)
    assert terminal.journal.acknowledged == 3
    assert isinstance(terminal.news[-1], Healthy | ProfileArrived)


def test_a_listener_with_a_bug_of_its_own_does_not_end_the_lane(
    terminal: Terminal, caplog: pytest.LogCaptureFixture
) -> None:
    def bug(news: SyncNews) -> None:
        raise RuntimeError("listener")

    terminal.lane = terminal.start_lane(bug)
    terminal.run()
    assert terminal.journal.acknowledged == 3
    assert "telling Progress" in caplog.text


# -- on its thread ---------------------------------------------------------------------------------------------------


def test_on_its_thread_the_lane_sends_what_it_is_nudged_about_and_ends_when_closed(terminal: Terminal) -> None:
    arrived = threading.Semaphore(0)

    def tell(news: SyncNews) -> None:
        if isinstance(news, Progress):
            arrived.release()

    terminal.lane = terminal.start_lane(tell)
    terminal.clock.pass_ms(5_000)
    terminal.lane.run_once()
    terminal.clock.pass_ms(5_000)
    terminal.lane.start()
    assert arrived.acquire(timeout=60)
    for _ in range(3):
        terminal.journal.append()
        terminal.lane.nudge()
        assert arrived.acquire(timeout=60)
    terminal.lane.close()
    assert terminal.central.closed
    assert terminal.central.sequences() == [1, 2, 3, 4, 5, 6]
    assert not any(thread.name == "kiosk-sync" for thread in threading.enumerate())


def test_closing_does_not_wait_for_a_journal_that_never_answers(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = threading.Event()

    def silent() -> "Future[Any]":
        asked.set()
        return Future()

    monkeypatch.setattr(terminal.journal, "status", silent)
    terminal.lane.run_once()
    terminal.clock.pass_ms(5_000)
    lane = SyncLane(
        terminal.journal, terminal.central, terminal.clock, lambda: 0.0, lambda: terminal.live, terminal.news.append
    )
    lane.start()
    assert asked.wait(60)
    lane.close()
    assert not any(thread.name == "kiosk-sync" for thread in threading.enumerate())


def test_a_lane_that_never_started_closes(terminal: Terminal) -> None:
    terminal.lane.close()
    assert terminal.central.closed
    assert terminal.lane.run_once() in (0, 500)


@pytest.mark.parametrize("moment", [0, 1, 2])
def test_a_report_asked_for_while_the_journal_is_being_asked_is_not_lost(moment: int) -> None:
    terminal = Terminal(entries=3)
    terminal.run(200_000)
    beats = terminal.paths().count("/device/heartbeat")
    ask, asked = terminal.journal.status, 0

    def status() -> Any:
        nonlocal asked
        if asked == moment:
            terminal.live = LiveState("1.0", "ready", "p0", '"p0"', refused_profile="format 2", key_store="file")
            terminal.lane.report()
        asked += 1
        return ask()

    terminal.journal.status = status  # type: ignore[method-assign]
    terminal.journal.append()
    terminal.run(2_000)
    assert asked > moment
    assert terminal.paths().count("/device/heartbeat") > beats


def test_a_report_asked_for_while_a_heartbeat_is_on_its_way_brings_another() -> None:
    terminal = Terminal()
    terminal.run(200_000)
    serve, beats = terminal.central.serve, len(terminal.central.beats)

    def slowly(call: Call) -> Reply:
        if call.path == "/device/heartbeat" and len(terminal.central.beats) == beats:
            terminal.lane.report()
        return serve(call)

    terminal.central.serve = slowly  # type: ignore[method-assign]
    terminal.lane.report()
    terminal.run(1_000)
    assert len(terminal.central.beats) == beats + 2


def test_the_next_batch_is_packed_while_central_works_and_thrown_away_if_it_is_not_what_is_wanted() -> None:
    before = set(threading.enumerate())
    terminal = Terminal(entries=1_700)
    reads: list[tuple[int, int]] = []
    read = terminal.journal.read

    def counted(after: int, limit: int) -> "Future[list[dict[str, Any]]]":
        reads.append((after, limit))
        return read(after, limit)

    terminal.journal.read = counted  # type: ignore[method-assign]
    shrunk: list[Call] = []

    def too_large_once(call: Call) -> Reply | None:
        if call.path == "/device/journal" and len(terminal.journal.answers) == 1 and not shrunk:
            shrunk.append(call)
            return problem(413, "too_large")
        return None

    terminal.central.refuse = too_large_once
    terminal.run()
    assert terminal.central.sequences() == list(range(1, 1_701))
    assert reads[:4] == [(0, 500), (500, 500), (1_000, 500), (500, 250)]
    terminal.lane.close()
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
        assert not thread.is_alive()


def test_what_was_packed_ahead_of_a_journal_that_has_ended_is_not_sent() -> None:
    terminal = Terminal(entries=1_700)

    def begin(call: Call) -> None:
        if call.path == "/device/heartbeat" and terminal.journal.head.epoch == EPOCH:
            terminal.journal.begin_epoch(EPOCH + 1, entries=1_700)

    terminal.central.refuse = begin
    terminal.run()
    assert terminal.central.sequences() == list(range(1, 501))
    assert terminal.central.sequences(EPOCH + 1) == list(range(1, 1_701))
    assert terminal.troubles() == []
