"""Ratings a second brought to a real central from a backlog: against one `requests.post` for each rating, and against
central's own limit: the same bodies, packed and signed beforehand, posted by a bare loop over one connection."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import requests

from benchmarks.draining import Drained
from kiosk.core.entry import Draft, Kind, Personal
from kiosk.core.levels import Level
from kiosk.demo.programs import Central, Terminal
from kiosk.device.clock import SystemClock
from kiosk.device.identity import DEVICE_KEY, Identity, read_identity
from kiosk.device.paths import Home, open_home
from kiosk.device.secrets import Vault, open_vault
from kiosk.journal.store import Journal
from kiosk.protocol.central import BATCH_LIMIT, PROTOCOL, PROTOCOL_HEADER, JournalBatch
from kiosk.sync.batch import pack
from kiosk.sync.client import Signer, sign
from kiosk.unit import new_id, open_journal

RATINGS = 20_000
SINGLE = 400
LEVELS = tuple(Level)
BUILD = Path(__file__).parents[1]


@dataclass(frozen=True)
class Measured:
    """Ratings a second: as the terminal does it, as fast as central takes ready-made bodies, and one signed
    `requests.post` for each. `memory`: what the terminal's process took meanwhile."""

    ratings: int
    lane_per_s: float
    limit_per_s: float
    single_per_s: float
    memory: Drained


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


def measure(ratings: int = RATINGS, single: int = SINGLE) -> Measured:
    """A real central in its own process, the terminal with the backlog in its own, and beside it, before and after, the
    same entries ready-made and one by one, so that all three meet the same machine. Each is another device."""
    with tempfile.TemporaryDirectory() as folder:
        central = Central(Path(folder))
        try:
            ready, one_by_one = _ready_made(central, Path(folder), ratings), _one_by_one(central, Path(folder), single)
            limit, alone = ready.post(0.5), one_by_one.post(0.5)
            memory = _drain(central, Path(folder), ratings)
            limit, alone = limit + ready.post(1), alone + one_by_one.post(1)
            found = sum(1 for _ in central.pages("/ratings"))
        finally:
            central.program.stop()
    if found != 2 * ratings + single:
        raise RuntimeError(f"central has {found} ratings, not {2 * ratings + single}")
    return Measured(ratings, memory.per_s / 4, ratings / limit, single / alone, memory)


@dataclass
class Posts:
    """Bodies to be posted in their order. `again`: each with a connection and a signature of its own."""

    bodies: list[tuple[str, bytes, dict[str, str]]]
    signer: Signer
    again: bool
    done: int = 0

    def post(self, part: float) -> float:
        """Post until this part of all has been posted; the seconds it took, without the signing of ready-made ones."""
        bodies = self.bodies[self.done : int(len(self.bodies) * part)]
        self.done += len(bodies)
        if self.again:
            began = time.perf_counter()
            for body in bodies:
                call = _prepared(*body, self.signer)
                requests.post(call.url or "", data=call.body, headers=dict(call.headers), timeout=30).raise_for_status()
            return time.perf_counter() - began
        calls = [_prepared(*body, self.signer) for body in bodies]
        with requests.Session() as session:
            session.trust_env = False
            began = time.perf_counter()
            for call in calls:
                session.send(call, timeout=30).raise_for_status()
            return time.perf_counter() - began


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


def _drain(central: Central, folder: Path, ratings: int) -> Drained:
    home, vault, _ = _known(central, folder, "backlog", 0)
    clock = SystemClock()
    with open_journal(home, vault, clock) as journal:
        _fill(journal, ratings, clock)
    found = subprocess.run(
        [sys.executable, "-m", "benchmarks.draining", str(home.root)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(str(path) for path in (BUILD, BUILD.parent))},
        stdout=subprocess.PIPE, check=True, timeout=900,
    )  # fmt: skip
    return msgspec.json.decode(found.stdout, type=Drained)


def _signer(vault: Vault, identity: Identity) -> Signer:
    key = vault.get(DEVICE_KEY)
    assert key is not None
    return Signer(identity.key_id, key)


def _ready_made(central: Central, folder: Path, ratings: int) -> Posts:
    """Central's own limit, as a client sees it: nothing is read, packed or signed while the time runs."""
    home, vault, identity = _known(central, folder, "ready-made", 2)
    clock = SystemClock()
    url = f"{central.url}/api/v1/device/journal"
    bodies: list[tuple[str, bytes, dict[str, str]]] = []
    with open_journal(home, vault, clock) as journal:
        _fill(journal, ratings, clock)
        head = journal.head()
        after = 0
        while (batch := pack(journal.read(after, BATCH_LIMIT), head, after)) is not None:
            bodies.append((url, batch.wire(gzipped=True), {"Content-Encoding": "gzip"}))
            after = batch.last
    return Posts(bodies, _signer(vault, identity), again=False)


def _one_by_one(central: Central, folder: Path, single: int) -> Posts:
    home, vault, identity = _known(central, folder, "single", 1)
    clock = SystemClock()
    with open_journal(home, vault, clock) as journal:
        _fill(journal, single, clock)
        records = journal.read(0, 1 + 4 * single)
    heads, rest = records[:5], records[5:]
    batches = [heads, *(rest[at : at + 4] for at in range(0, len(rest), 4))]
    url = f"{central.url}/api/v1/device/journal"
    bodies: list[tuple[str, bytes, dict[str, str]]] = [
        (url, msgspec.json.encode(JournalBatch(entries=batch)), {}) for batch in batches
    ]
    return Posts(bodies, _signer(vault, identity), again=True)


def _prepared(url: str, body: bytes, more: dict[str, str], signer: Signer) -> requests.PreparedRequest:
    headers = {PROTOCOL_HEADER: str(PROTOCOL), "Content-Type": "application/json", **more}
    request = requests.Request("POST", url, headers, data=body).prepare()
    sign(request, signer, body, int(time.time()))
    return request
