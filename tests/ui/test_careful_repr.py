"""A failing test of the screen says why, whatever has become of Qt's objects meanwhile."""

import os
import subprocess
import sys
from pathlib import Path

FAILING = """
import ctypes
from dataclasses import dataclass
import shiboken6
from PySide6.QtQuick import QQuickItem

class Named(QQuickItem):
    def answer(self):
        return 5

@dataclass
class Held:
    item: QQuickItem
    number: int = 7

def gone(kind=QQuickItem):
    "A wrapper that nobody told that its item is no more: where it was, there is something else."
    item = kind()
    place = shiboken6.getCppPointer(item)[0]
    kept.append((item, place, ctypes.string_at(place, 16)))
    ctypes.memset(place, 255, 16)
    return item

kept = []

def teardown_module():
    for _, place, before in kept:
        ctypes.memmove(place, before, 16)

def look(item):
    raise ValueError("seven")

def test_operand():
    assert gone() is None

def test_list():
    assert [gone()] == [1]

def test_dataclass():
    assert Held(gone()) == Held(None)

def test_argument():
    look(gone())

def test_nested():
    assert {"a": (Held(gone()),)} == {"a": ()}

def test_method():
    assert gone(Named).answer == 5
"""
NAMES = ("operand", "list", "dataclass", "argument", "nested", "method")


def failing(folder: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    """Run them, and see whether the run comes to its end."""
    file = folder / "test_failing.py"
    file.write_text(FAILING)
    command = [sys.executable, "-m", "pytest", "-vv", "-p", "no:cacheprovider", "-c", os.devnull, *more, str(file)]
    named = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(command, capture_output=True, text=True, timeout=100, env=named, check=False, cwd=folder)


def test_each_failure_is_printed_to_the_end(tmp_path: Path) -> None:
    done = failing(tmp_path, "-p", "tests.ui.careful_repr")
    assert done.returncode == 1, done.stdout[-2000:] + done.stderr[-2000:]
    for name in NAMES:
        assert f"FAILED test_failing.py::test_{name} - " in done.stdout
    assert "Held(item=<QQuickItem at 0x" in done.stdout
    assert "where answer = <Named at 0x" in done.stdout


def test_without_it_the_run_dies_of_the_first(tmp_path: Path) -> None:
    done = failing(tmp_path, "-k", "operand")
    assert done.returncode < 0, done.stdout
