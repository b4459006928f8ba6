"""Starts our own programs as processes of their own, waits until they serve, and ends them.

Every process that is started is ended, by its own id, even where the one before it failed. Each has a session of its
own, so that Ctrl+C reaches only the one who started them, and they are ended in order.
"""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.core.view import Mode

PATIENCE_S = 60.0
_LISTENING = re.compile(r"central listening on (http://\S+)")


class ProgramFailed(Exception):
    """A program ended, or did not come up in time; the message has its last words."""


def kiosk_command(*arguments: str) -> list[str]:
    """How to start this very program again, under this interpreter."""
    return [sys.executable, "-m", "kiosk", *arguments]


class Program:
    """One running program. What it says goes to `log`; the last of it is told where it fails."""

    def __init__(self, name: str, command: list[str], log: Path, environment: Mapping[str, str] | None = None) -> None:
        self.name = name
        self.log = log
        self._file = log.open("ab")
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self._file, stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})}, start_new_session=True,
        )  # fmt: skip

    def words(self) -> str:
        """Everything it said."""
        return self.log.read_text("utf-8", "replace")

    def check(self) -> None:
        """Raise ProgramFailed if it has ended."""
        if self.process.poll() is not None:
            last = "\n".join(self.words().splitlines()[-15:])
            raise ProgramFailed(f"{self.name} ended with {self.process.returncode}. Its last words:\n{last}")

    @contextlib.contextmanager
    def or_ended(self) -> Iterator[None]:
        """End it where what stands in the block fails or is broken off."""
        try:
            yield
        except BaseException:
            self.stop()
            raise

    def kill(self) -> None:
        """Pull the plug: SIGKILL, no goodbye."""
        self.process.kill()
        self.process.wait(PATIENCE_S)
        self._file.close()

    def stop(self, patience_s: float = 40.0) -> int:
        """Ask it to end, and see that it does. Gives its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(patience_s)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(PATIENCE_S)
        self._file.close()
        return int(self.process.returncode)


def until(what: str, ask: Callable[[], Any], patience_s: float = PATIENCE_S, alive: Program | None = None) -> Any:
    """Ask again and again until the answer is true, and give it.

    Raises ProgramFailed, naming `what`, when `patience_s` is over or the program `alive` has ended.
    """
    end = time.monotonic() + patience_s
    while True:
        answer = ask()
        if answer:
            return answer
        if alive is not None:
            alive.check()
        if time.monotonic() > end:
            raise ProgramFailed(f"{what} did not come about within {patience_s:.0f} s")
        threading.Event().wait(0.02)


def free_port() -> int:
    """A port of the loopback that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: status and decoded JSON (None where there was none)."""

    status: int
    content: Any


def call(method: str, url: str, token: str | None = None, body: Any = None, timeout_s: float = 20.0) -> Answer | None:
    """One HTTP call with a JSON body; None where nobody answered."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    data = None if body is None else json.dumps(body).encode()
    if data is not None:
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(url, data, headers, method=method)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=timeout_s) as answer:
            raw = answer.read()
            return Answer(answer.status, json.loads(raw) if raw else None)
    except urllib.error.HTTPError as fault:
        raw = fault.read()
        with contextlib.suppress(ValueError):
            return Answer(fault.code, json.loads(raw))
        return Answer(fault.code, None)
    except (OSError, ValueError, http.client.HTTPException):  # gone in the middle of its answer, too
        return None


class Central:
    """A central server with the sample hall, in its own process."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder
        self.data = folder / "central"
        command = kiosk_command("central", "--data", str(self.data), "--port", str(port), "--sample")
        log = folder / "central.log"
        said = log.stat().st_size if log.exists() else 0
        self.program = Program("central", command, log)

        def address() -> str | None:
            found = _LISTENING.search(self.program.words()[said:])
            return found.group(1) if found else None

        with self.program.or_ended():
            self.url: str = until("central", address, alive=self.program)
        self.port = int(self.url.rsplit(":", 1)[1])
        self.token = (self.data / "admin.token").read_text("ascii").strip()
        self.sample: dict[str, Any] = json.loads((self.data / "sample.json").read_text("utf-8"))

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the hall's API; the content of a good answer. Raises ProgramFailed for any other."""
        answer = call(method, f"{self.url}/api/v1{path}", self.token, body)
        if answer is None or answer.status >= 400:
            raise ProgramFailed(f"central answered {method} {path} with {answer}")
        return answer.content

    def pages(self, path: str) -> Iterator[dict[str, Any]]:
        """Every item of a list."""
        after = ""
        while True:
            page = self.ask("GET", f"{path}?limit=500{after}")
            yield from page["items"]
            if page["next"] is None:
                return
            after = f"&after={page['next']}"

    def ratings(self) -> list[dict[str, Any]]:
        """All of `GET /ratings`."""
        return list(self.pages("/ratings"))

    def code(self, window: str, mode: Mode = "window") -> str:
        """A one-use enrolment code for a window of the sample hall, and how the terminal is to stand there."""
        hall = self.sample.get("hall", "sample")
        return str(self.ask("POST", "/enrolment-codes", {"hall": hall, "window": window, "mode": mode})["code"])


class Terminal:
    """One terminal's home, and the program running in it. Started and killed as often as a test likes.

    `size`: of its window, empty to cover the screen; `module`: what is started as `python -m`, this program or one that
    stands in for it; `more`: its environment, beyond this process's own.
    """

    def __init__(self, home: Path, size: str, environment: Mapping[str, str], module: str = "kiosk") -> None:
        self.home = home
        self.port = free_port()
        self.module = module
        self._size = size
        self.more = {**environment, "KIOSK_HOME": str(home)}
        self.program: Program | None = None

    def enroll(self, central: Central, window: str, mode: Mode = "window") -> None:
        """Make this home a known terminal, set up for this mode."""
        done = self.command("enroll", "--central", central.url, "--code", central.code(window, mode))
        if done.returncode != 0:
            raise ProgramFailed(f"enrolment ended with {done.returncode}: {done.stdout}{done.stderr}")

    def run(self) -> Program:
        """Start the program and do not wait for it."""
        windowed = ("--windowed", self._size) if self._size else ()
        arguments = ("run", *windowed, "--station-port", str(self.port))
        command = [sys.executable, "-m", self.module, *arguments]
        return Program("terminal", command, self.home.parent / f"{self.home.name}.log", self.more)

    def start(self) -> None:
        """Start the program and wait until the station answers."""
        self.program = self.run()
        with self.program.or_ended():
            until("the terminal", lambda: self.call("GET", "/state"), alive=self.program)

    def stop(self) -> None:
        """End the program, if it runs."""
        if self.program is not None:
            self.program.stop()

    def call(self, method: str, path: str, body: Any = None) -> Answer | None:
        """One call of the station API; None where the station does not answer."""
        with contextlib.suppress(OSError):
            token = (self.home / "station.token").read_text("ascii").strip()
            return call(method, f"http://127.0.0.1:{self.port}/v1{path}", token, body)
        return None

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The content of a good answer. Raises ProgramFailed for any other."""
        answer = self.call(method, path, body)
        if answer is None or answer.status >= 400:
            raise ProgramFailed(f"the station answered {method} {path} with {answer}")
        return answer.content

    def state(self) -> str | None:
        """The state, or None where the station does not answer."""
        answer = self.call("GET", "/state")
        return str(answer.content["state"]) if answer and answer.status == 200 else None

    def wait_for(self, *states: str, patience_s: float = PATIENCE_S) -> str:
        """Wait for one of these states and give it."""
        return str(until(
            f"the state {' or '.join(states)}",
            lambda: (found := self.state()) in states and found, patience_s, self.program,
        ))  # fmt: skip

    def journal(self) -> dict[str, Any]:
        """`kiosk journal status --json`, asked from outside."""
        return self.tool("journal", "status", "--json")

    def verify(self) -> dict[str, Any]:
        """`kiosk journal verify --json`, asked from outside."""
        return self.tool("journal", "verify", "--json")

    def tool(self, *arguments: str) -> dict[str, Any]:
        """Run another command on this home and read the JSON it prints. Raises ProgramFailed."""
        done = self.command(*arguments)
        if done.returncode != 0:
            raise ProgramFailed(f"kiosk {' '.join(arguments)} ended with {done.returncode}: {done.stderr}")
        content: dict[str, Any] = json.loads(done.stdout)
        return content

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run another command on this home, and say how it ended."""
        return subprocess.run(
            kiosk_command(*arguments), env={**os.environ, **self.more}, capture_output=True, text=True,
            timeout=PATIENCE_S, check=False,
        )  # fmt: skip
