"""An update cut at every step that it takes on the disk: killed there, or the power gone with all that was not synced.

A child, forked, does the whole of it: fetch, unpack, switch, trial, kept. Before its n-th call that changes anything it
is ended. With the power, files written and never synced are empty, and names moved in a folder never synced are back.
"""

import builtins
import contextlib
import io
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from kiosk.core.supervision import Life
from kiosk.core.trial import WELL_MS
from kiosk.update.manifest import NAME, fault_of, read_manifest
from kiosk.update.metadata import signed_manifest
from kiosk.update.state import TRIAL_VARIABLE
from tests.update.lab import Unit

How = Literal["kill", "power"]
Deaf = Literal["", "files", "folders"]
DONE, CUT = 0, 99
CHANGES = ("open", "fsync", "replace", "rename", "mkdir", "unlink", "symlink", "chmod", "write", "rmdir", "remove")


@dataclass
class Disk:
    """What has reached it, while a child runs. `deaf`: a mutant that syncs slots' files, or the folders that they are
    renamed in, never."""

    cut_at: int
    how: How
    deaf: Deaf = ""
    calls: int = 0
    dirty: set[str] = field(default_factory=set)
    moved: list[tuple[str, str, bytes | None]] = field(default_factory=list)

    def step(self) -> None:
        """One more call that changes something, or the end of all."""
        self.calls += 1
        if self.calls == self.cut_at:
            if self.how == "power":
                self._lose()
            _real["_exit"](CUT)

    def synced(self, path: str) -> None:
        is_folder = os.path.isdir(path)
        if "/slots" in path and self.deaf == ("folders" if is_folder else "files"):
            return
        self.dirty.discard(path)
        if is_folder:
            self.moved = [one for one in self.moved if os.path.dirname(one[1]) != path]

    def renamed(self, source: str, into: str, before: bytes | None) -> None:
        for path in [one for one in self.dirty if one == source or one.startswith(source + "/")]:
            self.dirty.discard(path)
            self.dirty.add(into + path[len(source) :])
        self.moved.append((source, into, before))

    def _lose(self) -> None:
        for path in self.dirty:
            with contextlib.suppress(OSError), _real["open"](path, "r+b") as file:
                file.truncate(0)
        for source, into, before in reversed(self.moved):
            with contextlib.suppress(OSError):
                _real["rename"](into, source)
                if before is not None:
                    with _real["open"](into, "wb") as file:
                        file.write(before)


_real: dict[str, Any] = {"open": builtins.open, "_exit": os._exit, "rename": os.rename}


@contextlib.contextmanager
def watched(disk: Disk, home: Path) -> Iterator[None]:
    """Every call of this process that changes something below `home` is a step of the disk's."""
    inside = str(home)
    saved = {
        name: getattr(os, name)
        for name in (
            "open",
            "fsync",
            "replace",
            "rename",
            "mkdir",
            "unlink",
            "symlink",
            "chmod",
            "write",
            "rmdir",
            "remove",
        )
    }
    real_open = builtins.open

    def is_ours(path: Any) -> bool:
        return isinstance(path, str | Path) and os.path.abspath(path).startswith(inside)

    def of(handle: int) -> str:
        return os.readlink(f"/proc/self/fd/{handle}")

    def os_open(path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
        writes = bool(flags & (os.O_WRONLY | os.O_RDWR)) and is_ours(path) and not str(path).endswith(".lock")
        if writes:
            disk.step()
        handle: int = saved["open"](path, flags, mode, **more)
        if writes:
            disk.dirty.add(os.path.abspath(path))
        return handle

    def py_open(file: Any, mode: str = "r", *more: Any, **named: Any) -> Any:
        writes = is_ours(file) and any(letter in mode for letter in "wxa+")
        if writes:
            disk.step()
        opened = real_open(file, mode, *more, **named)
        if writes:
            disk.dirty.add(os.path.abspath(file))
        return opened

    def fsync(handle: int) -> None:
        disk.step()
        disk.synced(of(handle))

    def moving(name: str) -> Callable[..., None]:
        def move(source: Any, into: Any) -> None:
            if is_ours(into):
                disk.step()
                before = Path(into).read_bytes() if os.path.isfile(into) else None
                saved[name](source, into)
                disk.renamed(os.path.abspath(source), os.path.abspath(into), before)
            else:
                saved[name](source, into)

        return move

    def stepping(name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            if any(is_ours(argument) for argument in arguments) or name == "write":
                disk.step()
            return saved[name](*arguments, **named)

        return call

    patched: dict[str, Any] = {
        "open": os_open,
        "fsync": fsync,
        "replace": moving("replace"),
        "rename": moving("rename"),
    }
    patched |= {name: stepping(name) for name in saved if name not in patched}
    for name, function in patched.items():
        setattr(os, name, function)
    builtins.open = py_open  # type: ignore[assignment]
    io.open = py_open  # type: ignore[assignment]
    try:
        yield
    finally:
        for name, function in saved.items():
            setattr(os, name, function)
        builtins.open = real_open
        io.open = real_open  # type: ignore[assignment]


def whole_update(unit: Unit) -> None:
    """Everything from the source to a version that is kept."""
    unit.bring()
    choice = unit.choice()
    start = choice.next(0, 0)
    unit.place.well.write_text(start.environment[TRIAL_VARIABLE])
    choice.look(Life(0, WELL_MS), WELL_MS)
    assert choice.next(0, WELL_MS).program == start.program


def steps(unit: Unit) -> int:
    """How many it takes."""
    shutil.rmtree(unit.home, ignore_errors=True)
    unit.home.mkdir()
    disk = Disk(-1, "kill")
    with watched(disk, unit.home):
        whole_update(unit)
    return disk.calls


def cut(unit: Unit, at: int, how: How, deaf: Deaf = "") -> int:
    """Do it in a child that is cut there; its exit code."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            with watched(Disk(at, how, deaf), unit.home):
                whole_update(unit)
            code = DONE
        finally:
            _real["_exit"](code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def found(unit: Unit) -> str:
    """What would be started after a cut: `1.0.0` of the package or the new version, whole, or a word for what is
    between."""
    choice = unit.choice()
    start = choice.next(0, 0)
    slots = unit.slots
    if slots.last.what == "damaged":
        return "the switch led to a slot that is not whole"
    if list(start.program) == ["the package"]:
        return "1.0.0"
    slot = slots.starts
    assert slot is not None
    folder = unit.place.slots / slot.name
    digest = signed_manifest(unit.place, unit.root, slot.name, slot.version)
    fault = fault_of(folder, read_manifest((folder / NAME).read_bytes(), digest))
    if fault is not None:
        return f"a mix: {fault}"
    return (folder / "version").read_text()


def try_cut(unit: Unit, at: int, how: How, deaf: Deaf = "") -> str | None:
    """One cut in a home of its own, what is found then, and that the update can be made after it. What is wrong, or
    None."""
    shutil.rmtree(unit.home, ignore_errors=True)
    unit.home.mkdir()
    code = cut(unit, at, how, deaf)
    if code not in (DONE, CUT):
        return f"step {at}, {how}: the child ended with {code}"
    version = found(unit)
    if version not in ("1.0.0", "1.1.0"):
        return f"step {at}, {how}: {version}"
    if unit.slots.current is None:
        shutil.rmtree(unit.place.well, ignore_errors=True)
        if unit.slots.trial is None and unit.slots.staged is None:
            unit.bring()
        else:
            unit.wish()
        if found(unit) != "1.1.0":
            return f"step {at}, {how}: and after it the update cannot be made"
    return None
