"""How long the station takes, seen from outside: from a call to another picture on the screen, and from the citizen's
tap to the event on the stream. The real programs, a pointer and an eye on a virtual screen; and beside them, in turn on
the same machine, the least that could do it (`bare_window`).
"""

import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.framebuffer import HEIGHT, WIDTH, Watched
from kiosk.demo.citizen import LEVELS, Targets, learn_targets
from kiosk.demo.programs import Central, Terminal

VISITS = 60
AIM_MS = 100.0
_SETTLED_S = 0.7
"""So long a page is left alone: it has slid in, and takes taps."""
_PATIENCE_S = 60.0
CALLS = ("start to picture", "invitation to picture")
TAPS = ("tap on a level to event", "tap on submit to event")


@dataclass
class Times:
    """Milliseconds of each of `CALLS` and `TAPS`, as it took here and at the bare window."""

    ours: dict[str, list[float]] = field(default_factory=dict)
    bare: dict[str, list[float]] = field(default_factory=dict)


def percentile(times: list[float], share: float) -> float:
    """The value that this share does not exceed, interpolated."""
    return statistics.quantiles(times, n=100, method="inclusive")[round(share * 100) - 1]


def measure(visits: int = VISITS) -> Times:
    """So many whole visits, and after each step the same of the bare window."""
    times = Times({name: [] for name in (*CALLS, *TAPS)}, {name: [] for name in (*CALLS, *TAPS)})
    targets = learn_targets(WIDTH, HEIGHT)
    with tempfile.TemporaryDirectory() as name, ExitStack() as held:
        folder = Path(name)
        pool = held.enter_context(ThreadPoolExecutor(1))
        bare = _Bare(folder / "bare", held, pool)
        ours = _Ours(folder, held, pool, targets)
        for number in range(visits):
            for step, act in ours.steps(LEVELS[number % len(LEVELS)]).items():
                times.ours[step].append(act() * 1000)
                times.bare[step].append((bare.call() if step in CALLS else bare.tap()) * 1000)
            ours.leave()
    return times


class _Screen:
    """A watched screen with a pointer on it."""

    def __init__(self, folder: Path, held: ExitStack, pool: ThreadPoolExecutor) -> None:
        from Xlib.display import Display  # type: ignore[import-untyped, unused-ignore]

        folder.mkdir(exist_ok=True)
        self.watched = Watched(folder)
        held.callback(self.watched.close)
        self._display: Any = Display(self.watched.name)
        held.callback(self._display.close)
        self._pool = pool

    def tap(self, x: int, y: int) -> float:
        """Put the finger down and lift it; the monotonic second at which it was lifted."""
        from Xlib import X  # type: ignore[import-untyped, unused-ignore]
        from Xlib.ext import xtest  # type: ignore[import-untyped, unused-ignore]

        xtest.fake_input(self._display, X.MotionNotify, x=x, y=y)
        xtest.fake_input(self._display, X.ButtonPress, 1)
        self._display.sync()
        lifted = time.monotonic()
        xtest.fake_input(self._display, X.ButtonRelease, 1)
        self._display.sync()
        return lifted

    def seconds_to_picture(self, call: Callable[[], int]) -> float:
        """From the call to the first picture that is another one. Raises RuntimeError where the call is refused."""
        before = self.watched.still(0.3)
        began = time.monotonic()
        answer = self._pool.submit(call)
        took = self.watched.change_after(before) - began
        if (status := answer.result(_PATIENCE_S)) >= 300:
            raise RuntimeError(f"the call was answered with {status}")
        return took


class _Stream:
    """An event stream, and the moments at which its lines came."""

    def __init__(self, port: int, path: str, head: Mapping[str, str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        self._connection.request("GET", path, headers=dict(head))
        self._answer = self._connection.getresponse()
        self._news = threading.Condition()
        self._heard: list[tuple[float, bytes]] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def seconds_to(self, words: bytes, since: float) -> float:
        """From a moment to the next line with these words. Raises TimeoutError."""

        def found() -> float | None:
            return next((at for at, line in self._heard if at >= since and words in line), None)

        with self._news:
            if not self._news.wait_for(lambda: found() is not None, _PATIENCE_S):
                raise TimeoutError(f"no {words.decode()} came")
            at = found()
        assert at is not None
        return at - since

    def _listen(self) -> None:
        while line := self._answer.readline():
            with self._news:
                self._heard.append((time.monotonic(), line))
                self._news.notify_all()


class _Bare:
    def __init__(self, folder: Path, held: ExitStack, pool: ThreadPoolExecutor) -> None:
        self._screen = _Screen(folder, held, pool)
        program = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.bare_window", f"{WIDTH}x{HEIGHT}"], stdout=subprocess.PIPE, text=True,
            env=self._screen.watched.environment,
        )  # fmt: skip
        held.callback(program.wait, 20)
        held.callback(program.terminate)
        assert program.stdout is not None
        self._port = int(program.stdout.readline())
        self._stream = _Stream(self._port, "/", {})
        self._screen.watched.still(1.0)

    def call(self) -> float:
        return self._screen.seconds_to_picture(lambda: _ask(self._port, "POST", "/", None, {}))

    def tap(self) -> float:
        return self._stream.seconds_to(b"tapped", self._screen.tap(WIDTH // 2, HEIGHT // 2))


class _Ours:
    def __init__(self, folder: Path, held: ExitStack, pool: ThreadPoolExecutor, targets: Targets) -> None:
        self._targets = targets
        self._screen = _Screen(folder / "ours", held, pool)
        central = Central(folder)
        held.callback(central.program.stop)
        self._terminal = Terminal(folder / "home", f"{WIDTH}x{HEIGHT}", self._screen.watched.environment)
        held.callback(self._terminal.stop)
        self._terminal.enroll(central, central.sample["windows"][0])
        self._terminal.start()
        self._terminal.wait_for("ready")
        self._matter = central.sample["matters"][0]
        token = (self._terminal.home / "station.token").read_text("ascii").strip()
        self._head = {"Authorization": f"Bearer {token}"}
        self._stream = _Stream(self._terminal.port, "/v1/events", self._head)
        self._cases = iter(range(1, 1_000_000))

    def steps(self, level: str) -> Mapping[str, Callable[[], float]]:
        """One visit: what is done, each giving the seconds it took. In this order."""
        return dict(zip((*CALLS, *TAPS), (self._start, self._invite, lambda: self._level(level), self._submit),
                        strict=True))  # fmt: skip

    def leave(self) -> None:
        """The citizen goes."""
        self._tap("thanks", "leave")
        self._terminal.wait_for("ready")
        time.sleep(_SETTLED_S)

    def _start(self) -> float:
        body = {"matter": self._matter, "case_number": f"3412{next(self._cases):014}"}
        took = self._screen.seconds_to_picture(lambda: self._ask("/v1/visits", body))
        self._terminal.wait_for("serving")
        time.sleep(_SETTLED_S)
        return took

    def _invite(self) -> float:
        visit_id = self._terminal.ask("GET", "/state")["visit"]["visit_id"]
        took = self._screen.seconds_to_picture(lambda: self._ask(f"/v1/visits/{visit_id}/invitation", None))
        self._terminal.wait_for("inviting")
        time.sleep(_SETTLED_S)
        return took

    def _level(self, level: str) -> float:
        took = self._stream.seconds_to(b'"explaining"', self._tap("inviting", f"level.{level}"))
        time.sleep(_SETTLED_S)
        return took

    def _submit(self) -> float:
        self._tap("explaining", "reason.0")
        time.sleep(_SETTLED_S)
        took = self._stream.seconds_to(b'"thanks"', self._tap("explaining", "submit"))
        time.sleep(_SETTLED_S)
        return took

    def _tap(self, page: str, thing: str) -> float:
        return self._screen.tap(*self._targets[page][thing])

    def _ask(self, path: str, body: object) -> int:
        return _ask(self._terminal.port, "POST", path, body, self._head)


def _ask(port: int, method: str, path: str, body: object, head: Mapping[str, str]) -> int:
    """One call on a connection of its own, as most programs make it; the status."""
    text = None if body is None else json.dumps(body).encode()
    more = {} if text is None else {"Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
    try:
        connection.request(method, path, text, {**head, **more})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()
