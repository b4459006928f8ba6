"""How a task speaks: one line a step with its seconds, signs of life while a step is long, trouble in clear words."""

import os
import re
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "out"
"""Where work files go; `build/` holds sources."""

Command = Sequence[str | Path]

SIGN_OF_LIFE_S, SELDOM_S = 5.0, 20.0
TAIL = 15


class Trouble(Exception):
    """A task cannot go on: what happened, what was kept, what to do next. Shown to the developer as it stands."""

    def __init__(self, happened: str, kept: str, todo: str) -> None:
        super().__init__(f"{happened}\n  kept: {kept}\n  next: {todo}")


@dataclass(frozen=True)
class Outcome:
    """How a command ended: its exit code, all it printed, and for how long it ran (s)."""

    code: int
    output: str
    seconds: float

    @property
    def tail(self) -> str:
        """The last lines of the output, indented."""
        return "\n".join(f"    {line}" for line in self.output.strip().splitlines()[-TAIL:])


def say(text: str) -> None:
    """Print one line at once, also into a pipe."""
    print(text, flush=True)


def command_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment for a command: nobody else's Python path, and UTF-8 where the locale has none."""
    env = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")}
    locale = env.get("LC_ALL") or env.get("LC_CTYPE") or env.get("LANG") or ""
    if "utf" not in locale.lower():
        env["LC_ALL"] = "C.UTF-8"
    return {**env, **(extra or {})}


class Running:
    """A command at work out of sight."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._began = time.monotonic()
        self._lines: list[str] = []
        self._reader = threading.Thread(target=self._lines.extend, args=(process.stdout,), daemon=True)
        self._reader.start()

    def finish(self, title: str, sign_of_life_s: float = SIGN_OF_LIFE_S) -> Outcome:
        """Wait for its end: a line when it comes, and what the command is at every few seconds until then."""
        while not self.is_over(sign_of_life_s):
            self.show_life(title)
        code = self._process.wait()
        self._reader.join()
        outcome = Outcome(code, "".join(self._lines), self._seconds())
        say(f"  {outcome.seconds:6.1f} s  {title}{'' if code == 0 else f'  FAILED ({code})'}")
        return outcome

    def is_over(self, wait_s: float) -> bool:
        """Whether it has ended, or does so within `wait_s`."""
        try:
            self._process.wait(wait_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def show_life(self, title: str) -> None:
        """One line: what it is at."""
        say(f"  {self._seconds():6.1f} s  {title}: {_at(self._lines)}")

    def _seconds(self) -> float:
        return time.monotonic() - self._began


@dataclass(frozen=True)
class Part:
    """One command of several that need nothing of each other."""

    title: str
    command: Command
    env: Mapping[str, str] | None = None


def side_by_side(parts: Sequence[Part], at_once: int) -> dict[str, Outcome]:
    """Run these, so many at once and in their order, whatever comes of each; the outcomes by title."""
    waiting, outcomes, at_work = deque(parts), dict[str, Outcome](), dict[str, Running]()
    life = time.monotonic() + SELDOM_S
    with ExitStack() as held:
        while waiting or at_work:
            while waiting and len(at_work) < at_once:
                part = waiting.popleft()
                at_work[part.title] = held.enter_context(running(part.command, part.env))
            for title, each in list(at_work.items()):
                if each.is_over(0.1):
                    outcomes[title] = at_work.pop(title).finish(title)
            if time.monotonic() > life:
                life = time.monotonic() + SELDOM_S
                for title, each in at_work.items():
                    each.show_life(title)
    return outcomes


@contextmanager
def running(command: Command, env: Mapping[str, str] | None = None, handed_on: Sequence[int] = ()) -> Iterator[Running]:
    """Begin a command out of sight; if it has not finished when the block is left, it is ended.

    `handed_on`: file descriptors that stay open in it, even when this process is killed.
    """
    with subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env=command_environment(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        pass_fds=handed_on,
    ) as process:
        try:
            yield Running(process)
        finally:
            process.terminate()


def watch(title: str, command: Command, env: Mapping[str, str] | None = None, handed_on: Sequence[int] = ()) -> Outcome:
    """Run a command out of sight as one step."""
    with running(command, env, handed_on) as process:
        return process.finish(title)


def show(command: Command, env: Mapping[str, str] | None = None) -> int:
    """Run a command in full sight, and answer its exit code."""
    sys.stdout.flush()
    return subprocess.call([str(part) for part in command], cwd=ROOT, env=command_environment(env))


def _at(lines: Sequence[str]) -> str:
    """What a long command said last, without its escapes and paths."""
    last = next((line for line in reversed(lines) if line.strip()), "at work")
    return re.sub(r"\x1b\[[0-9;]*m|\s+\(from .*|;.*", "", last).strip()[:90]
