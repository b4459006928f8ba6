"""Frames of the real scene while callers storm the station: how far apart they come while pages slide, with nobody
calling and with so many requests a second from a process of its own.

A process of its own too, which this module is when it is started with a `DISPLAY`: `python -m benchmarks.flood`.
"""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.demo.screen import VirtualScreen

if TYPE_CHECKING:
    from benchmarks.frames import Watching

PER_S = 500
ROUNDS = 6
AIM_MS = 33.4
TOKEN = "flood"
KINDS = ("asks with the token", "asks without", "bad starts", "new connections")


@dataclass(frozen=True)
class Flood:
    """`gaps_ms`: what came at the station → milliseconds from each frame of a slide to the next; `answered`: how many
    requests a second the storm had answered; `kept_out`: of these, how many with 429."""

    gaps_ms: dict[str, list[float]]
    answered: dict[str, float]
    kept_out: dict[str, float]


def measure(rounds: int = ROUNDS, per_s: int = PER_S) -> Flood:
    """On a virtual screen of 1280x800, drawn by the processor alone."""
    with tempfile.TemporaryDirectory() as folder:
        screen = VirtualScreen(1280, 800, Path(folder))
        try:
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.flood", str(rounds), str(per_s)],
                env={**os.environ, **screen.environment}, capture_output=True, text=True, timeout=600, check=False,
            )  # fmt: skip
        finally:
            screen.close()
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return Flood(**json.loads(done.stdout))


def request(kind: str, port: int) -> bytes:
    """One request of the storm."""
    bearer = "" if kind == "asks without" else f"Authorization: Bearer {TOKEN}\r\n"
    head = f"HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{bearer}"
    if kind == "bad starts":
        body = '{"matter":{"code":7},"case_number":"1"}'
        told = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        return f"POST /v1/visits {head}{told}".encode()
    return f"GET /v1/state {head}\r\n".encode()


class Caller:
    """Sends a request and reads what comes back, on one connection for as long as that is left open."""

    def __init__(self, kind: str, port: int) -> None:
        self._kind, self._port = kind, port
        self._text = request(kind, port)
        self._line: socket.socket | None = None

    def ask(self) -> bytes:
        """The status line; empty if there was no answer."""
        try:
            if self._line is None:
                self._line = socket.create_connection(("127.0.0.1", self._port), 5)
            self._line.sendall(self._text)
            answer = self._whole(self._line)
        except OSError:
            answer = b""
        if self._line is not None and (not answer or b"connection: close" in answer or self._kind == KINDS[3]):
            self._line.close()
            self._line = None
        return answer[:12]

    @staticmethod
    def _whole(line: socket.socket) -> bytes:
        answer = b""
        while block := line.recv(65536):
            answer += block
            head, end, body = answer.partition(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head)
            if end and length and len(body) >= int(length[1]):
                return answer
        return b""


def storm(kind: str, port: int, per_s: int) -> None:
    """Call so often until standard input ends, then say how many answers came, how many of them 429, in which time."""
    over = threading.Event()
    counts: list[tuple[int, int]] = []

    def call(share: float) -> None:
        caller, began, asked, answered, kept_out = Caller(kind, port), time.perf_counter(), 0, 0, 0
        while not over.is_set():
            ahead = began + asked / share - time.perf_counter()
            if ahead > 0:
                time.sleep(ahead)
            asked += 1
            status = caller.ask()
            answered += bool(status)
            kept_out += status.endswith(b"429")
        counts.append((answered, kept_out))

    callers = [threading.Thread(target=call, args=(per_s / 8,)) for _ in range(8)]
    began = time.perf_counter()
    for caller in callers:
        caller.start()
    sys.stdin.read()
    over.set()
    for caller in callers:
        caller.join()
    took = time.perf_counter() - began
    print(json.dumps([sum(column) / took for column in zip(*counts, strict=True)]))


@contextmanager
def storming(kind: str, port: int, per_s: int) -> Iterator[list[float]]:
    """While this lasts, the station is called; afterwards the list has answers and 429s a second."""
    told: list[float] = []
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.flood", kind, str(port), str(per_s)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield told
    finally:
        said, _ = process.communicate(timeout=60)
        told.extend(json.loads(said))


def _watch(rounds: int, per_s: int, folder: Path) -> Flood:
    from benchmarks.frames import Watching
    from kiosk.station.ports import Ports
    from kiosk.station.server import Station

    scene = Watching(folder)
    station = Station(
        scene.terminal, profile=lambda: None, token=TOKEN, port=0, new_id=lambda: "0" * 32,
        on_failed=lambda words: print(words, file=sys.stderr), check_pin=scene.terminal.check_pin, ports=Ports(),
    )  # fmt: skip
    station.start()
    while (port := station.bound_port()) is None:
        scene.wait(0.05)
    gaps: dict[str, list[float]] = {}
    answered: dict[str, float] = {}
    kept_out: dict[str, float] = {}
    _slides(scene, 1)  # the first time a page is made or drawn does not count
    gaps["nobody"] = _slides(scene, rounds)
    for kind in KINDS:
        with storming(kind, port, per_s) as told:
            scene.wait(1.0)
            gaps[kind] = _slides(scene, rounds)
        answered[kind], kept_out[kind] = told
    station.close()
    return Flood(gaps, answered, kept_out)


def _slides(scene: "Watching", rounds: int) -> list[float]:
    terminal, model, found = scene.terminal, scene.model, []
    for _ in range(rounds):
        for act in (
            terminal.begin_visit, terminal.invite, lambda: model.tapLevel("satisfied"), model.chooseAgain,
            lambda: model.tapLevel("satisfied"), model.submit, model.leave,
        ):  # fmt: skip
            found += scene.gaps_of(act)
    return found


if __name__ == "__main__":
    if sys.argv[1] in KINDS:
        storm(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    else:
        with tempfile.TemporaryDirectory() as scratch:
            seen = _watch(int(sys.argv[1]), int(sys.argv[2]), Path(scratch))
        print(json.dumps({"gaps_ms": seen.gaps_ms, "answered": seen.answered, "kept_out": seen.kept_out}))
