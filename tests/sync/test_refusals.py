"""RELIABILITY 15 and 18 on the lane: how long each refusal holds it, what it holds, and how soon a backlog is gone."""

from dataclasses import dataclass
from itertools import pairwise

import pytest

from kiosk.sync.plan import USUAL_PACE
from kiosk.sync.ports import Call, NoReply, Reply, Trouble
from tests.sync.standins import problem
from tests.sync.test_lane import Terminal

NOW = "Thu, 01 Jan 2026 00:00:00 GMT"
HTML = {"content-type": "text/html"}
BELIEVED_S = USUAL_PACE.backoff.longest_asked_s
SLOW_S = USUAL_PACE.slow_ms / 1000


@dataclass(frozen=True)
class Row:
    """A refusal of the journal; whether it holds all back; for how many seconds the journal then waits, at least and at
    most, whatever is drawn; and what is told."""

    reply: Reply
    holds_all: bool
    least_s: float
    most_s: float
    told: str
    alarm: bool = False


def asked(status: int, after: str, date: str | None = None, code: str = "limit") -> Reply:
    headers = {"retry-after": after, **({"date": date} if date else {})}
    return problem(status, code, headers)


TABLE = {
    "401": Row(problem(401, "key_unknown"), True, 0.9 * SLOW_S, 1.1 * SLOW_S, "disowned", True),
    "403": Row(problem(403, "revoked"), True, 0.9 * SLOW_S, 1.1 * SLOW_S, "disowned", True),
    "403 of a portal": Row(Reply(403, HTML, b"<html>"), True, 1, 61, "not_central"),
    "429": Row(problem(429, "limit"), True, 1, 61, "busy"),
    "429 in seconds": Row(asked(429, "40"), True, 41, 101, "busy"),
    "429 at a date": Row(asked(429, "Thu, 01 Jan 2026 00:01:40 GMT", NOW), True, 101, 161, "busy"),
    "429 at a date gone by": Row(asked(429, "Wed, 31 Dec 2025 00:00:00 GMT", NOW), True, 1, 61, "busy"),
    "429 for a century": Row(asked(429, "3153600000"), True, BELIEVED_S + 1, BELIEVED_S + 61, "busy"),
    "429 with nonsense": Row(asked(429, "-5 minutes"), True, 1, 61, "busy"),
    "500": Row(problem(500, "internal"), True, 1, 61, "busy"),
    "502 of a proxy": Row(Reply(502, HTML, b"<html>"), True, 1, 61, "busy"),
    "503": Row(problem(503, "storage"), True, 1, 61, "busy"),
    "503 in seconds": Row(asked(503, "120"), True, 121, 181, "busy"),
    "503 of a proxy in seconds": Row(Reply(503, {**HTML, "retry-after": "120"}, b""), True, 121, 181, "busy"),
    "503 at a date in a thousand years": Row(
        asked(503, "Wed, 01 Jan 3025 00:00:00 GMT", NOW), True, BELIEVED_S + 1, BELIEVED_S + 61, "busy"
    ),
    "504": Row(Reply(504, HTML, b""), True, 1, 61, "busy"),
    "404": Row(problem(404, "not_found"), False, 0.9 * SLOW_S, 1.1 * SLOW_S, "protocol", True),
    "409": Row(problem(409, "equivocation"), False, 0.9 * SLOW_S, 1.1 * SLOW_S, "equivocation", True),
    "400 of one entry": Row(problem(400, "invalid"), False, 0.9 * SLOW_S, 1.1 * SLOW_S, "entry_refused", True),
}


@pytest.mark.parametrize("draw", [0.0, 0.5, 0.999])
@pytest.mark.parametrize("name", TABLE)
def test_what_concerns_all_stops_the_round_and_what_concerns_one_parks_that_one(name: str, draw: float) -> None:
    row = TABLE[name]
    terminal = Terminal(1, draw=draw)
    terminal.run(1_000)
    tries: list[int] = []

    def refuse(call: Call) -> Reply | None:
        if call.path != "/device/journal":
            return None
        tries.append(terminal.clock.mono)
        return row.reply

    terminal.central.refuse = refuse
    terminal.journal.append()
    terminal.run(0)
    first = terminal.clock.mono
    assert tries
    assert set(tries) == {first}
    others = len(terminal.central.beats)
    terminal.lane.report()
    terminal.run(1)
    assert (len(terminal.central.beats) > others) is not row.holds_all
    while len(set(tries)) == 1:
        terminal.run(500)
    waited_s = (sorted(set(tries))[1] - first) / 1000
    assert row.least_s <= waited_s <= row.most_s + 0.5
    told = terminal.told(Trouble)[0]
    assert (told.kind, told.alarm) == (row.told, row.alarm)
    terminal.central.refuse = lambda call: None
    terminal.run(1_000_000)
    assert terminal.journal.acknowledged == 2


def test_the_waits_grow_with_full_jitter_above_a_floor() -> None:
    waits: dict[float, list[float]] = {}
    for draw in (0.0, 0.999):
        terminal = Terminal(1, draw=draw)
        times: list[int] = []

        def refuse(call: Call, terminal: Terminal = terminal, times: list[int] = times) -> NoReply:
            times.append(terminal.clock.mono)
            return NoReply("unreachable", "refused")

        terminal.central.refuse = refuse
        terminal.run(1_800_000)
        waits[draw] = [(later - earlier) / 1000 for earlier, later in pairwise(times)]
    assert set(waits[0.0]) == {1.0}
    assert [round(wait) for wait in waits[0.999][:5]] == [60, 120, 240, 300, 300]


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param(72 * 20 * 4, id="72 h of a window with twenty visits an hour"),
        pytest.param(10_000, id="ten thousand entries"),
    ],
)
def test_seventy_two_hours_offline_are_gone_within_a_minute_of_the_first_success(entries: int) -> None:
    """Each call takes 1.5 s, as over a slow line to a central that is busy with everyone else."""
    terminal = Terminal(3)
    terminal.run()
    serve, first = terminal.central.serve, []
    terminal.central.refuse = lambda call: NoReply("unreachable", "no network")
    for _ in range(72):
        terminal.journal.append(entries // 72)
        terminal.run(3_600_000)
    terminal.journal.append(entries % 72)
    assert terminal.journal.acknowledged == 3

    def slowly(call: Call) -> Reply:
        terminal.clock.pass_ms(1_500)
        reply = serve(call)
        if call.path == "/device/journal":
            first.append(terminal.clock.mono)
        return reply

    terminal.central.serve = slowly  # type: ignore[method-assign]
    terminal.central.refuse = lambda call: None
    while terminal.journal.acknowledged < 3 + entries:
        terminal.clock.pass_ms(min(terminal.lane.run_once(), 1_000))
    assert (terminal.clock.mono - first[0]) / 1000 <= 60
    assert terminal.central.sequences() == list(range(1, 4 + entries))
