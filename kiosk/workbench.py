"""What the technician's page asks of the running unit: the doctor, what was tried, the round trip, the sheet.

Invariant: nothing here waits on the loop's thread. The doctor and the sheet are made in a process of their own, for
each opens what this process holds, and may hang or break without the screen feeling it.
"""

import base64
import contextlib
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

import msgspec

from kiosk import __version__
from kiosk.acceptance_book import Kept, keep, notes, taken
from kiosk.core import events as e
from kiosk.core.entry import Draft, Head, Kind
from kiosk.core.technician import CheckLine, Facts, Made, RoundTrip, Tried
from kiosk.custody import note
from kiosk.device.clock import Clock
from kiosk.device.paths import Home
from kiosk.journal.store import Journal
from kiosk.round_trip import CannotBegin, MarkedVisits, TripParts, announcement
from kiosk.sync.ports import Call, NoReply, Reply
from kiosk.terminal import Loop, Terminal

log = logging.getLogger(__name__)

CHILD_S = 90.0
"""A doctor or a sheet that is not done by then is ended."""
_NOTES_MS = 60_000
T = TypeVar("T")
_Done = Callable[[int, list[bytes]], None]
"""Told how a child ended, and its lines."""


class BenchLane(Protocol):
    """The journal lane, as far as the workbench needs it."""

    def append(self, draft: Draft) -> "Future[Head]":
        """The entry's place, once it is committed."""

    def call(self, work: Callable[[Journal], T], /) -> "Future[T]":
        """Work on the lane's thread, where a disk may take its time."""


@dataclass(frozen=True, slots=True)
class BenchParts:
    """What the workbench works with. `device_id`: read where a disk may be read; `heard`: when central answered last,
    Unix ms; `others`: as `kiosk.round_trip.TripParts` has them; `command`: how to start this program again."""

    loop: Loop
    home: Home
    clock: Clock
    lane: BenchLane
    terminal: Terminal
    ask: Callable[[Call], "Future[Reply | NoReply]"]
    terms: Callable[[], e.Terms | None]
    appended: Callable[[], None]
    new_id: Callable[[], str]
    heard: Callable[[], int | None]
    device_id: Callable[[], str]
    command: Sequence[str] = (sys.executable, *(() if getattr(sys, "frozen", False) else ("-m", "kiosk")))


class Workbench:
    """`TechnicianPort`. On the loop's thread, but for what a child tells."""

    def __init__(self, parts: BenchParts) -> None:
        self._p = parts
        self._trip: MarkedVisits | None = None
        self._children: list[subprocess.Popen[bytes]] = []
        self._stop: Callable[[], None] = lambda: None
        self._closed = False

    def start(self) -> None:
        """Look for what commands have left, now and then."""
        self._take_notes()

    def close(self) -> None:
        """End what is under way."""
        self._closed = True
        self._stop()
        if self._trip is not None:
            self._trip.close()
        for child in tuple(self._children):
            child.kill()

    def facts(self) -> Facts:
        """See `kiosk.core.technician`."""
        view = self._p.terminal.view()
        scene = view.scene
        window = " ".join(filter(None, (scene.window_number, scene.window)))
        return Facts(
            __version__, self._p.device_id(), scene.hall, window, view.unsent, view.oldest_unsent_s, self._p.heard()
        )

    # -- children ----------------------------------------------------------------------------------------------------

    def examine(self, language: str, found: Callable[[CheckLine], None]) -> "Future[int]":
        """See `kiosk.core.technician`."""
        answer: Future[int] = Future()

        def line(text: bytes) -> None:
            try:
                one = msgspec.json.decode(text, type=_Line)
            except msgspec.MsgspecError:
                return
            found(CheckLine(one.check, one.result, one.found, one.remedy))

        self._run(["doctor", "--lines", "--language", language], b"", line, lambda code, _said: answer.set_result(code))
        return answer

    def make_sheet(self, language: str, technician: str, picture: bytes) -> "Future[Made]":
        """See `kiosk.core.technician`."""
        answer: Future[Made] = Future()

        def done(code: int, said: list[bytes]) -> None:
            made = _made(code, said)
            if made.sha256:
                self._note(Kind.ACCEPTANCE_MADE, {"sha256": made.sha256, "technician": technician})
            answer.set_result(made)

        words = ["acceptance", "--on-unit", "--language", language, "--technician", technician]
        self._run(words, base64.b64encode(picture), lambda _line: None, done)
        return answer

    def _run(
        self,
        words: Sequence[str],
        given: bytes,
        line: Callable[[bytes], None],
        done: Callable[[int, list[bytes]], None],
    ) -> None:
        command = [*self._p.command, "--home", str(self._p.home.root), *words]
        threading.Thread(target=self._watch, args=(command, given, line, done), name=words[0], daemon=True).start()

    def _watch(self, command: list[str], given: bytes, line: Callable[[bytes], None], done: "_Done") -> None:
        said: list[bytes] = []
        code = -1
        try:
            child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        except OSError as fault:
            log.error("%s cannot be started: %s", command[-1], fault)
            done(code, said)
            return
        self._children.append(child)
        limit = threading.Timer(CHILD_S, child.kill)
        limit.start()
        try:
            assert child.stdin is not None
            assert child.stdout is not None
            child.stdin.write(given)
            child.stdin.close()
            for text in child.stdout:
                said.append(text)
                line(text)
            code = child.wait()
        except OSError as fault:
            log.error("%s: %s", command[-1], fault)
        finally:
            limit.cancel()
            child.kill()
            child.wait()
            for pipe in (child.stdin, child.stdout):
                with contextlib.suppress(OSError):  # what is left in it is for nobody
                    pipe.close() if pipe is not None else None
            self._children.remove(child)
            done(code, said)

    # -- what goes on record -----------------------------------------------------------------------------------------

    def keep(self, result: Tried, technician: str) -> "Future[None]":
        """See `kiosk.core.technician`."""
        kept = Kept(result.test, result.passed, self._p.clock.wall_ms(), technician, dict(result.numbers))
        body = {**result.numbers, "test": result.test, "passed": result.passed, "technician": technician}
        self._note(Kind.ACCEPTANCE_TESTED, body)
        return self._p.lane.call(lambda _journal: keep(self._p.home, kept))

    def _note(self, kind: str, body: dict[str, Any]) -> "Future[Head]":
        future = self._p.lane.append(note(self._p.clock, kind, body))
        future.add_done_callback(lambda _done: self._p.appended())
        return future

    def _take_notes(self) -> None:
        """What a command has made while this terminal had the journal goes on record here."""
        if self._closed:
            return
        self._stop = self._p.loop.call_later(_NOTES_MS, self._take_notes)

        def look(_journal: Journal) -> None:
            for path, one in notes(self._p.home):
                draft = note(self._p.clock, Kind.ACCEPTANCE_MADE, {"sha256": one.sha256, "technician": one.technician})
                self._p.lane.append(draft).add_done_callback(partial(_gone, path))

        self._p.lane.call(look).add_done_callback(_say_failed)

    def is_testing(self) -> bool:
        """On the loop: whether a technician's round trip is under way, which nothing is to break off."""
        return self._trip is not None and self._trip.trip().at != "over"

    # -- the round trip ----------------------------------------------------------------------------------------------

    def begin_round_trip(self, technician: str) -> "Future[RoundTrip]":
        """See `kiosk.core.technician`."""
        p = self._p
        answer: Future[RoundTrip] = Future()
        if self._trip is not None:
            self._trip.close()
            self._trip = None
        run = p.new_id()
        parts = TripParts(p.loop, p.clock, p.lane, p.terminal, p.ask, p.terms, p.appended, p.new_id)

        def announced(done: "Future[Head]") -> None:
            try:
                done.result()
                self._trip = trip = MarkedVisits(parts, technician, run)
            except Exception as fault:  # a disk that refuses, or a visit that came first: both are told to who asked
                answer.set_exception(fault)
                return
            trip.begin()
            answer.set_result(trip)

        try:
            MarkedVisits(parts, technician, run).close()  # what cannot begin is not announced
        except CannotBegin as fault:
            answer.set_exception(fault)
            return answer
        future = p.lane.append(announcement(p.clock, p.new_id, run, technician))
        future.add_done_callback(lambda done: p.loop.post(lambda: announced(done)))
        return answer


class _Line(msgspec.Struct):
    check: str
    result: Any
    found: str
    remedy: str = ""


def _made(code: int, said: list[bytes]) -> Made:
    """What the child says of the sheet, in one line of JSON."""
    try:
        told = msgspec.json.decode(said[-1] if said else b"", type=_Told)
    except msgspec.MsgspecError:
        return Made(code="failed")
    if code != 0 or told.code:
        return Made(code="not_enrolled" if told.code == "not_enrolled" else "failed")
    return Made(told.path, told.copies, told.sha256)


class _Told(msgspec.Struct):
    path: str = ""
    copies: tuple[str, ...] = ()
    sha256: str = ""
    code: str = ""


def _gone(path: Path, done: "Future[Head]") -> None:
    """On the lane's thread."""
    if not done.cancelled() and done.exception() is None:
        taken(path)


def _say_failed(done: "Future[None]") -> None:
    if not done.cancelled() and (fault := done.exception()) is not None:
        log.error("what commands have left for the journal cannot be taken: %s", fault)
