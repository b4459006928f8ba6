"""Waiting for something that another thread brings about: by looking, with a deadline."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(look: Callable[[], T | None], within_s: float = 90.0) -> T:
    """The first true answer of `look`; AssertionError when the deadline passes without one."""
    deadline = time.monotonic() + within_s
    pause = threading.Event()
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"nothing came within {within_s} s"
        pause.wait(0.01)
