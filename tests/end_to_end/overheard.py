"""What a clerk can get while citizens rate: the event stream with its times, answers and how long they take, the logs
of terminal and console, the console's picture, and what the speaker is told."""

import contextlib
import http.client
import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.demo.console import Console
from kiosk.demo.programs import PATIENCE_S, Terminal
from tests.end_to_end import eye
from tests.end_to_end.desk import Desk
from tests.end_to_end.eye import Picture

CONSOLE_SIZE = (420, 720)
_CHANGES = re.compile(r"[0-9a-f]{32}|[0-9]+")
"""What no two visits have in common: ids, times, counts."""


@dataclass(frozen=True)
class Heard:
    """One event of the stream: when it came (monotonic seconds), what it said, how long it was."""

    at: float
    state: dict[str, Any]
    size: int


class Ear:
    """Follows the event stream on a thread of its own."""

    def __init__(self, terminal: Terminal) -> None:
        token = (terminal.home / "station.token").read_text("ascii").strip()
        self._connection = http.client.HTTPConnection("127.0.0.1", terminal.port, timeout=PATIENCE_S)
        self._connection.request("GET", "/v1/events", headers={"Authorization": f"Bearer {token}"})
        self._answer = self._connection.getresponse()
        self._news = threading.Condition()
        self.heard: list[Heard] = []
        self._thread = threading.Thread(daemon=True, target=self._listen)
        self._thread.start()

    def wait_for(self, visit_id: str, state: str, patience_s: float = PATIENCE_S) -> Heard | None:
        """The event that brought this visit into this state, or None where it does not come in time."""
        end = time.monotonic() + patience_s

        def of(heard: Heard) -> bool:
            visit = heard.state["visit"]
            return heard.state["state"] == state and visit is not None and visit["visit_id"] == visit_id

        with self._news:
            while (found := next(filter(of, self.heard), None)) is None:
                if not self._news.wait(end - time.monotonic()):
                    return None
            return found

    def close(self) -> None:
        """Stop listening."""
        if self._connection.sock is not None:
            with contextlib.suppress(OSError):
                self._connection.sock.shutdown(2)
        self._thread.join(PATIENCE_S)
        self._answer.close()
        self._connection.close()

    def _listen(self) -> None:
        with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
            while line := self._answer.readline():
                at = time.monotonic()
                if line.startswith(b"data: "):
                    with self._news:
                        self.heard.append(Heard(at, json.loads(line[6:]), len(_CHANGES.sub("", line.decode()))))
                        self._news.notify_all()


class Clerk:
    """Everything that is in a clerk's reach at one desk."""

    def __init__(self, desk: Desk, console: Console, console_log: Path, console_screen: str, mouth: Path) -> None:
        self._console, self._screen, self._mouth = console, console_screen, mouth
        self._logs = {"terminal": desk.program.log, "console": console_log}
        self._terminal = desk.terminal
        self.ear = Ear(desk.terminal)
        self._first_look: Picture | None = None

    def timed(self, call: Callable[[], Any]) -> tuple[Any, float]:
        """What a call gave, and the seconds it took."""
        began = time.monotonic()
        return call(), time.monotonic() - began

    def state(self) -> dict[str, float]:
        """`GET /state`: how long it took, how long its answer was but for ids and counts, what waits for central."""
        content, took = self.timed(lambda: self._terminal.ask("GET", "/state"))
        return {"took": took, "size": len(_CHANGES.sub("", json.dumps(content))), "unsent": content["unsent"]}

    def written(self) -> dict[str, float]:
        """How much the logs have by now: lines, and characters but for ids and numbers."""
        found: dict[str, float] = {}
        for name, log in self._logs.items():
            text = log.read_text("utf-8", "replace")
            found |= {f"{name} lines": text.count("\n"), f"{name} letters": len(_CHANGES.sub("", text))}
        return found

    def console_differs(self) -> int:
        """In how many lines the console's picture is another than when it was first looked at."""
        look = eye.look(self._screen, *CONSOLE_SIZE)
        if self._first_look is None:
            self._first_look = look
        return sum(look.line(y) != self._first_look.line(y) for y in range(look.height))

    def spoken(self, since: float, until: float) -> list[tuple[float, str]]:
        """What the speaker was told between these moments."""
        if not self._mouth.exists():
            return []
        told = [json.loads(line) for line in self._mouth.read_text("utf-8").splitlines()]
        return [(at, words) for at, words in told if since <= at < until]

    def close(self) -> None:
        """Nothing more is listened to."""
        self.ear.close()
        self._console.close()
