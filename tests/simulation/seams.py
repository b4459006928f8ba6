"""Where the code under test meets the machine: in these places it is given the simulation's own.

Every module that runs on a terminal and has one of these names gets the stand-in for it, whatever it does with it: no
thread, no clock, no randomness and no database file of a terminal is real while the simulation runs. At central, two
things are replaced: what a phone is given by chance, and, for its price, the check of signatures: a request says who
sends it, and is believed. What is left of it is that a request signed too early or too late by central's clock is
refused with a hint of the time.
"""

import contextlib
import queue
import random
import secrets
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import apsw

import kiosk
import kiosk.central.access
import kiosk.central.phone_page_api
import kiosk.central.phone_ratings
import kiosk.delivery
import kiosk.opening
import kiosk.unit
from kiosk.central.problems import refusal
from kiosk.central.signatures import Signed
from kiosk.core.entry import Draft, Head
from kiosk.journal.durable import rewrite
from kiosk.journal.lane import JournalLane
from kiosk.journal.store import Journal
from kiosk.protocol.central import SIGNATURE_WINDOW_S
from tests.simulation import disk
from tests.simulation.strands import Queues, Threading, World, executor_class, future_class

ELSEWHERE = ("kiosk.central", "kiosk.demo", "kiosk.clerk", "kiosk.ui", "kiosk.core", "kiosk.protocol")
SENDER = "x-simulated-sender"
UTC_PLUS_8_S = 8 * 3600
HOURS_EVERY_MS = 300_000
"""The unit looks at its opening hours less often than a real one does, for a week has many quarter minutes."""


class Replaced:
    """A module with some names of its own."""

    def __init__(self, real: Any, **names: Any) -> None:
        self.__dict__.update(names)
        self._real = real

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def terminal_modules() -> list[Any]:
    """What is loaded of the program and runs on a terminal."""
    names = [name for name in sys.modules if name == "kiosk" or name.startswith("kiosk.")]
    return [sys.modules[name] for name in sorted(names) if not name.startswith(ELSEWHERE)]


@contextlib.contextmanager
def simulated(
    world: World,
    draw: random.Random,
    wall_ms: Callable[[], int],
    exchange: Any,
    committed: Callable[[Draft, Head], None],
    placed: Callable[[Draft, Head], None],
) -> Iterator[None]:
    """Put the stand-ins in place. `wall_ms`: the wall clock of whoever acts; `exchange(route, signer)`: the line;
    `committed`: is told of each entry that a journal has answered for, `placed`: of every place an entry was given,
    be it only on its way from one journal to the next."""
    hexadecimal = Replaced(
        secrets,
        token_hex=lambda count=32: draw.randbytes(count).hex(),
        token_bytes=lambda count=32: draw.randbytes(count),
        token_urlsafe=lambda count=32: draw.randbytes(count).hex(),
        choice=draw.choice,
    )
    clock = Replaced(
        time,
        time=lambda: wall_ms() / 1000,
        time_ns=lambda: wall_ms() * 1_000_000 + draw.randrange(1_000_000),
        monotonic=lambda: world.now_ms / 1000,
        monotonic_ns=lambda: int(world.now_ms * 1_000_000),
        perf_counter=lambda: world.now_ms / 1000,
        sleep=lambda seconds: world.sleep(seconds * 1000),
        localtime=lambda seconds=None: time.gmtime((wall_ms() / 1000 if seconds is None else seconds) + UTC_PLUS_8_S),
    )
    stand_ins: dict[str, tuple[Any, Any]] = {
        "threading": (threading, Threading(world)),
        "queue": (queue, Queues(world)),
        "Future": (Future, future_class(world)),
        "ThreadPoolExecutor": (ThreadPoolExecutor, executor_class(world)),
        "time": (time, clock),
        "secrets": (secrets, hexadecimal),
        "random": (random, Replaced(random, random=draw.random, uniform=draw.uniform, choice=draw.choice)),
        "uuid": (uuid, Replaced(uuid, uuid4=lambda: uuid.UUID(int=draw.getrandbits(128), version=4))),
        "rewrite": (rewrite, lambda path: disk.rewrite(path, rewrite)),
        "apsw": (apsw, Replaced(apsw, Connection=disk.connect)),
    }
    with contextlib.ExitStack() as undo:
        for module in terminal_modules():
            for name, (real, stand_in) in stand_ins.items():
                if vars(module).get(name) is real:
                    undo.enter_context(_set(module, name, stand_in))
        undo.enter_context(_set(kiosk.delivery, "HttpExchange", exchange))
        undo.enter_context(_set(kiosk.central.access, "check_signature", _believe))
        for name in ("secrets", "uuid"):  # or no run would be like another
            undo.enter_context(_set(kiosk.central.phone_ratings, name, stand_ins[name][1]))
        undo.enter_context(_set(kiosk.central.phone_page_api, "secrets", hexadecimal))
        undo.enter_context(_set(kiosk.opening, "EVERY_MS", HOURS_EVERY_MS))
        undo.enter_context(_set(JournalLane, "append", _told(JournalLane.append, committed)))
        undo.enter_context(_set(Journal, "append", _placed(Journal.append, placed)))
        for module in (kiosk.unit, kiosk.delivery):
            undo.enter_context(_set(module, "__version__", kiosk.__version__))  # an update sets another
        yield


def _told(append: Any, committed: Callable[[Draft, Head], None]) -> Any:
    def told(lane: JournalLane, draft: Draft) -> "Future[Head]":
        future: Future[Head] = append(lane, draft)
        future.add_done_callback(lambda done: committed(draft, done.result()) if done.exception() is None else None)
        return future

    return told


def _placed(append: Any, placed: Callable[[Draft, Head], None]) -> Any:
    def told(journal: Journal, draft: Draft) -> Head:
        head: Head = append(journal, draft)
        placed(draft, head)
        return head

    return told


def _believe(_target: Any, wire: Any, find: Any, now_ms: int) -> Signed:
    sender = dict(wire.headers).get(SENDER.encode(), b"").decode()
    key_id, _, created = sender.partition(" ")
    signer = find(key_id)
    if signer is None:
        raise refusal(401, "unknown_device", "Central does not know this terminal")
    if abs(int(created) - now_ms // 1000) > SIGNATURE_WINDOW_S:
        raise refusal(401, "signature_time", "The time of the signature is too far off", server_time=now_ms)
    return Signed(signer, int(created))


@contextlib.contextmanager
def _set(module: Any, name: str, value: Any) -> Iterator[None]:
    before = getattr(module, name)
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, before)
