"""A terminal for tests: the real fold over a journal that lives in memory, behind the same port as the real one."""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace

from kiosk.core import events as e
from kiosk.core.entry import Entry, Head, seal
from kiosk.core.situation import Situation
from kiosk.core.view import Accepted, Refused, Scene, View
from kiosk.core.visit import Record, Refuse, fold

SCENE = Scene(hall="阜阳市政务服务中心", window_number="A12", window="不动产登记")
TERMS = e.Terms(window="A12", options_version="2020")


class RunningTerminal:
    """Takes events from any thread. While `hold_commits()` the journal answers nothing; `release()` answers all."""

    def __init__(self, scene: Scene = SCENE) -> None:
        self._lock = threading.RLock()
        self._ids = itertools.count(1)
        self._head = Head(1)
        self._watchers: list[Callable[[View], None]] = []
        self._held: list[Callable[[], None]] = []
        self._holding = False
        self._view = View(Situation(terms=TERMS), scene)
        self._mono_ms = 0
        self.journal: list[Entry] = []
        self.events: list[e.Event] = []
        self.submit(e.Started("0.1.0", clean=True)).result(1)

    def submit(self, event: e.Event) -> "Future[Accepted | Refused]":
        answer: Future[Accepted | Refused] = Future()
        with self._lock:
            self.events.append(event)
            now = e.Now(1_700_000_000_000 + self._mono_ms, self._mono_ms, "b" * 32, self.fresh_id(), "5" * 32)
            situation, effects = fold(self._view.situation, event, now)
            match effects:
                case (Refuse(code),):
                    answer.set_result(Refused(code))
                case (Record(draft),):
                    self._show(replace(self._view, situation=situation))
                    entry = seal(draft, self._head)
                    self._head = entry.head

                    def commit() -> None:
                        self.journal.append(entry)
                        recorded = e.Recorded(draft.entry_id, entry.sequence, entry.hash)
                        after, _ = fold(self._view.situation, recorded, now)
                        self._show(replace(self._view, situation=after))
                        answer.set_result(Accepted(self._view))

                    if self._holding:
                        self._held.append(commit)
                    else:
                        commit()
                case _:
                    self._show(replace(self._view, situation=situation))
                    answer.set_result(Accepted(self._view))
        return answer

    def view(self) -> View:
        return self._view

    def watch(self, callback: Callable[[View], None]) -> Callable[[], None]:
        with self._lock:
            self._watchers.append(callback)
        return lambda: self._watchers.remove(callback)

    def mono_ms(self) -> int:
        return self._mono_ms

    def wall_ms(self) -> int:
        return 1_700_000_000_000 + self._mono_ms

    def visit_named(self, prefix: str) -> "Future[str | None]":
        found: Future[str | None] = Future()
        with self._lock:
            ids = (entry.draft.visit_id or "" for entry in self.journal)
            found.set_result(next((visit_id for visit_id in ids if visit_id.startswith(prefix)), None))
        return found

    def fresh_id(self) -> str:
        return f"{next(self._ids):032x}"

    def pass_time(self, milliseconds: int) -> None:
        with self._lock:
            self._mono_ms += milliseconds
            self.submit(e.TimePassed())

    def show_unsent(self, unsent: int, oldest_unsent_s: int) -> None:
        with self._lock:
            self._show(replace(self._view, unsent=unsent, oldest_unsent_s=oldest_unsent_s))

    def put_back(self, view: View) -> None:
        """Be as at that moment again."""
        with self._lock:
            self._show(view)

    def hold_commits(self) -> None:
        self._holding = True

    def release(self) -> None:
        with self._lock:
            self._holding = False
            held, self._held = self._held, []
            for commit in held:
                commit()

    @property
    def kinds(self) -> list[str]:
        """The kinds of entry since the start."""
        return [entry.draft.kind for entry in self.journal[1:]]

    @property
    def watchers(self) -> int:
        return len(self._watchers)

    def _show(self, view: View) -> None:
        self._view = view
        for callback in tuple(self._watchers):
            callback(view)
