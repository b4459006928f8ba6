"""How a task speaks: one line a step with its seconds, signs of life while a step is long, trouble in clear words."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "out"
"""Where work files go; `build/` holds sources."""

Command = Sequence[str | Path]

SIGN_OF_LIFE_S = 5.0
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


def watch(title: str, command: Command, env: Mapping[str, str] | None = None) -> Outcome:
    """Run a command out of sight as one step: a line when it ends, and what it is at every few seconds until then."""
    began = time.monotonic()
    lines: list[str] = []
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
    ) as process:
        assert process.stdout is not None
        reader = threading.Thread(target=lines.extend, args=(process.stdout,), daemon=True)
        reader.start()
        try:
            code = _wait(process, lambda: say(f"  {time.monotonic() - began:6.1f} s  {title}: {_at(lines)}"))
        except BaseException:
            process.terminate()
            raise
        reader.join()
    outcome = Outcome(code, "".join(lines), time.monotonic() - began)
    say(f"  {outcome.seconds:6.1f} s  {title}{'' if code == 0 else f'  FAILED ({code})'}")
    return outcome


def show(command: Command, env: Mapping[str, str] | None = None) -> int:
    """Run a command in full sight, and answer its exit code."""
    sys.stdout.flush()
    return subprocess.call([str(part) for part in command], cwd=ROOT, env=command_environment(env))


def _wait(process: subprocess.Popen[str], still_there: Callable[[], None]) -> int:
    while True:
        try:
            return process.wait(SIGN_OF_LIFE_S)
        except subprocess.TimeoutExpired:
            still_there()


def _at(lines: Sequence[str]) -> str:
    """What a long command said last, without its escapes and paths."""
    last = next((line for line in reversed(lines) if line.strip()), "at work")
    return re.sub(r"\x1b\[[0-9;]*m|\s+\(from .*|;.*", "", last).strip()[:90]
