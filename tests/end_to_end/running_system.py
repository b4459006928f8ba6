"""The business system's stand-in, at work in a process of its own, and the line by which it is told what to do."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from kiosk.demo.programs import PATIENCE_S, ProgramFailed, Terminal

PROGRAM = Path(__file__).with_name("business_system.py")


class RunningSystem:
    """`business_system.py` for one terminal: another interpreter, which can import nothing of ours."""

    def __init__(self, terminal: Terminal, log: Path) -> None:
        command = [sys.executable, "-I", str(PROGRAM), f"http://127.0.0.1:{terminal.port}/v1"]
        self._file = log.open("ab")
        self._process = subprocess.Popen(
            [*command, str(terminal.home / "station.token")], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self._file, env={"PATH": os.environ["PATH"]}, text=True, start_new_session=True,
        )  # fmt: skip

    def ask(self, do: str, **order: Any) -> Any:
        """What came of an order. Raises ProgramFailed with the system's own words where it went wrong."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": do, **order}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise ProgramFailed(f"the business system ended at {do}; see {self._file.name}")
        answer = json.loads(line)
        if "fault" in answer:
            raise ProgramFailed(f"{do}: {answer['fault']}")
        return answer["answer"]

    def close(self) -> None:
        """Let it end, which it does when nobody has orders for it any more."""
        try:
            self._process.communicate(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        finally:
            self._file.close()
