"""Ratings a second brought to a real central from a backlog, against one `requests.post` for each rating."""

import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import requests

from kiosk.core.entry import Draft, Kind, Personal
from kiosk.core.levels import Level
from kiosk.core.situation import Situation
from kiosk.core.view import View
from kiosk.delivery import Delivery, Listener, live_state, open_exchange, pace_of
from kiosk.demo.programs import Central, Terminal
from kiosk.device.clock import SystemClock
from kiosk.device.identity import DEVICE_KEY, Identity, read_identity
from kiosk.device.paths import Home, open_home
from kiosk.device.secrets import Vault, open_vault
from kiosk.device.settings import Settings
from kiosk.journal.lane import JournalLane
from kiosk.journal.store import Journal
from kiosk.protocol.central import PROTOCOL, PROTOCOL_HEADER, JournalBatch
from kiosk.sync.client import Signer, sign
from kiosk.sync.ports import LiveState
from kiosk.unit import new_id, open_journal

RATINGS = 20_000
SINGLE = 400
LEVELS = tuple(Level)


@dataclass(frozen=True)
class Drained:
    """Ratings a second: as the terminal does it, and one signed `requests.post` for each."""

    ratings: int
    lane_per_s: float
    single_per_s: float


def rating_drafts(number: int, clock: SystemClock) -> Iterator[Draft]:
    """The four entries of one whole visit, as the fold makes them."""
    visit_id, rating_id, level = new_id(), new_id(), LEVELS[number % 5]
    times = clock.wall_ms(), clock.mono_ms(), clock.boot_id()
    code = {5: "510", 4: "406", 3: "307", 2: "207", 1: "108"}[level.satisfaction]
    begun = {
        "matter": {"code": "11341200MB1A00011X2000119001001", "name": "国有建设用地使用权及房屋所有权转移登记"},
        "case_number": f"3412{number:014}", "service_number": 1, "window": "A01", "channel": "hall_tablet",
        "staff": {"number": "F1001", "name": "陈雨桐", "verified": True},
    }  # fmt: skip
    tapped = {"rating_id": rating_id, "level": str(level), "options_version": "2020"}
    ended = {
        "outcome": "rated", "cause": None, "rating_id": rating_id, "level": str(level), "tapped_ms": times[0],
        "reasons": [code], "finished": True, "options_version": "2020",
    }  # fmt: skip
    yield Draft(new_id(), Kind.VISIT_STARTED, *times, visit_id, begun)
    yield Draft(new_id(), Kind.VISIT_INVITED, *times, visit_id, {"by": "clerk"})
    yield Draft(new_id(), Kind.LEVEL_TAPPED, *times, visit_id, tapped)
    yield Draft(new_id(), Kind.VISIT_ENDED, *times, visit_id, ended, Personal(new_id(), {"comment": "等待时间太长"}))


def measure(ratings: int = RATINGS, single: int = SINGLE) -> Drained:
    """A real central in its own process; first the backlog, then the same kind of entries one by one."""
    with tempfile.TemporaryDirectory() as folder:
        central = Central(Path(folder))
        try:
            lane_per_s = _drain(central, Path(folder), ratings)
            single_per_s = _one_by_one(central, Path(folder), single)
            found = sum(1 for _ in central.pages("/ratings"))
        finally:
            central.program.stop()
    if found != ratings + single:
        raise RuntimeError(f"central has {found} ratings, not {ratings + single}")
    return Drained(ratings, lane_per_s, single_per_s)


def _known(central: Central, folder: Path, name: str, window: int) -> tuple[Home, Vault, Identity]:
    terminal = Terminal(folder / name, "1280x800", {})
    terminal.enroll(central, central.sample["windows"][window])
    home = open_home(folder / name)
    identity = read_identity(home)
    assert identity is not None
    return home, open_vault(home, "auto", "file"), identity


def _fill(journal: Journal, ratings: int, clock: SystemClock) -> None:
    with journal.together():
        for number in range(ratings):
            for draft in rating_drafts(number, clock):
                journal.append(draft)


def _drain(central: Central, folder: Path, ratings: int) -> float:
    home, vault, identity = _known(central, folder, "backlog", 0)
    clock, settings = SystemClock(), Settings()
    with open_journal(home, vault, clock) as journal:
        _fill(journal, ratings, clock)
    lane = JournalLane(lambda: open_journal(home, vault, clock), trouble=print, well=lambda: None)
    lane.start()
    done = threading.Event()
    marks: list[tuple[float, int]] = []

    def progressed() -> None:
        status = lane.status().result(30)
        marks.append((time.perf_counter(), status.acknowledged))
        if status.unsent == 0:
            done.set()

    def live() -> LiveState:
        return live_state(View(Situation()), "", "", "file")

    delivery = Delivery(
        open_exchange(settings, identity, vault),
        lane,
        clock,
        pace_of(settings, identity),
        live,
        Listener(progressed, lambda _text: None),
    )
    delivery.start()
    if not done.wait(600):
        raise RuntimeError("the backlog was not drained within 600 s")
    delivery.close()
    lane.close()
    (began, first), (ended, last) = marks[0], marks[-1]
    return (last - first) / 4 / (ended - began)


def _one_by_one(central: Central, folder: Path, single: int) -> float:
    home, vault, identity = _known(central, folder, "single", 1)
    clock = SystemClock()
    key = vault.get(DEVICE_KEY)
    assert key is not None
    signer = Signer(identity.key_id, key)
    with open_journal(home, vault, clock) as journal:
        _fill(journal, single, clock)
        records = journal.read(0, 1 + 4 * single)
    heads, rest = records[:5], records[5:]
    batches = [heads, *(rest[at : at + 4] for at in range(0, len(rest), 4))]
    url = f"{central.url}/api/v1/device/journal"
    began = time.perf_counter()
    for batch in batches:
        body = msgspec.json.encode(JournalBatch(entries=batch))
        headers = {PROTOCOL_HEADER: str(PROTOCOL), "Content-Type": "application/json"}
        request = requests.Request("POST", url, headers, data=body).prepare()
        sign(request, signer, body, int(time.time()))
        answer = requests.post(url, data=body, headers=dict(request.headers), timeout=30)
        answer.raise_for_status()
    return single / (time.perf_counter() - began)
