"""A session in which programs show their accessibility tree, and somebody who drives one by that tree alone."""

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kiosk.demo.programs import PATIENCE_S, until

SYSTEM_PYTHON = "/usr/bin/python3"
READER = Path(__file__).with_name("screen_reader.py")
PRESSABLE = ("button", "push button", "check box", "radio button", "link", "toggle button")


@contextmanager
def accessible_session(folder: Path) -> Iterator[Mapping[str, str]]:
    """A session bus of its own, on which the accessibility bus starts when it is asked for: the environment for it."""
    folder.mkdir(mode=0o700)
    environment = {"XDG_RUNTIME_DIR": str(folder), "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"],
        env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        assert bus.stdout is not None
        yield {**environment, "DBUS_SESSION_BUS_ADDRESS": bus.stdout.readline().strip()}
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(bus.pid, signal.SIGTERM)  # what it started is in its group
        bus.wait(PATIENCE_S)
        if bus.stdout is not None:
            bus.stdout.close()


class Reader:
    """Knows of the program nothing but its tree."""

    def __init__(self, application: str, environment: Mapping[str, str]) -> None:
        self._application = application
        self._process = subprocess.Popen(
            [SYSTEM_PYTHON, str(READER)], env={**os.environ, **environment, "PYTHONPATH": ""}, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip

    def tree(self) -> list[dict[str, Any]]:
        """Every item that is showing, in the order of reading."""
        return list(until("the tree", lambda: self._ask("tree")))

    def names(self) -> list[str]:
        """The names of those."""
        return [item["name"] for item in self.tree()]

    def wait_for(self, name: str) -> None:
        """Until an item of this name is showing."""
        until(f"an item named {name}", lambda: name in self.names())

    def press(self, name: str, brings: str) -> None:
        """Press the item of this name, again if nothing happens, until an item named `brings` is showing."""
        for _ in range(5):
            until(f"pressing {name}", lambda: self._ask("press", name=name))
            with contextlib.suppress(Exception):
                until(brings, lambda: brings in self.names(), 3.0)
                return
        raise AssertionError(f"pressing {name} did not bring {brings}; there is {self.names()}")

    def write(self, name: str, text: str) -> None:
        """Put a text into the field of this name."""
        until(f"a field named {name}", lambda: self._ask("write", name=name, text=text))

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=PATIENCE_S)

    def _ask(self, do: str, **more: str) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": do, "application": self._application, **more}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline()).get("answer")
