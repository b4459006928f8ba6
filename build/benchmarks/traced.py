"""What a program asks of its disk, seen from outside: a child under `strace`, its calls as operations in their order.

Works for any library, ours included, for nothing of it is replaced. A memory-mapped `-shm` is not seen and not needed:
SQLite makes it anew.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.journal.power_cuts import (
    Create,
    Delete,
    Operation,
    Rename,
    Said,
    Sync,
    SyncFolder,
    Truncate,
    Write,
)

_CALLS = (
    "openat,lseek,write,pwrite64,ftruncate,fsync,fdatasync,unlink,rename,"
    "writev,pwritev,fallocate,link,linkat,msync"  # understood by nobody here: one of these on our files is an error
)
_FLAGS = ("-f", "-qq", "-y", "-xx", "-s", "4194304", "--signal=none", "-e", f"trace={_CALLS}")
_LINE = re.compile(r"^(?:(?:\[pid\s+)?(\d+)\]?\s+)?(\w+)\((.*)\)\s+= (-?\d+)(.*)$")
_UNFINISHED = re.compile(r"^((?:\[pid\s+)?\d+\]?\s+)(.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"^((?:\[pid\s+)?\d+\]?\s+)<\.\.\. \w+ resumed>(.*)$")
_HANDLE = re.compile(r"^(\d+)<([^>]*)>")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
SAID = "said"
"""The file of the folder into which the child writes what it has answered; no part of its disk."""


def trace(kind: str, count: int, folder: Path, out: Path) -> list[Operation]:
    """Have a child put `count` records one after another into a queue of this kind, and give its operations.

    Raises CalledProcessError.
    """
    command = [sys.executable, "-m", "benchmarks.appends", "--child", kind, str(count), str(folder)]
    subprocess.run(["strace", *_FLAGS, "-o", str(out), *command], check=True, env=os.environ, stdout=subprocess.DEVNULL)
    return list(operations(out.read_text("ascii", "replace").splitlines(), folder))


def operations(lines: list[str], folder: Path) -> Iterator[Operation]:
    """The operations on files of this folder in what `strace -f -y -xx` wrote."""
    known: set[str] = set()
    places: dict[str, int] = {}
    for line in _whole(lines):
        found = _LINE.match(line)
        if found is None or int(found[4]) < 0:
            continue
        yield from _operation(found[2], found[3], int(found[4]), found[5], folder, known, places)


def _whole(lines: list[str]) -> Iterator[str]:
    """The calls with those put together that another thread's call cut in two; in the order in which they ended."""
    begun: dict[str, str] = {}
    for line in lines:
        if cut := _UNFINISHED.match(line):
            begun[cut[1].strip()] = cut[2]
        elif rest := _RESUMED.match(line):
            yield f"{rest[1]}{begun.pop(rest[1].strip())}{rest[2]}"
        else:
            yield line


def _operation(
    call: str, arguments: str, result: int, rest: str, folder: Path, known: set[str], places: dict[str, int]
) -> Iterator[Operation]:
    """`known`: the names that are there; `places`: where each open file is written next, by its number. Nobody here
    reads a file and goes on writing it without saying where."""
    if call in ("unlink", "rename"):
        paths = [Path(bytes.fromhex(text.replace("\\x", "")).decode()) for text in _TEXT.findall(arguments)]
        if paths[0].parent != folder or _is_passed_over(paths[0].name):
            return
        known.discard(paths[0].name)
        if call == "rename":
            known.add(paths[1].name)
            yield Rename(paths[0].name, paths[1].name)
        else:
            yield Delete(paths[0].name)
        return
    opened = re.search(r"<([^>]*)>", rest) if call == "openat" else None
    handle = _HANDLE.match(arguments)
    path = Path(_plain(opened[1] if opened else handle[2] if handle else ""))
    if path == folder and call in ("fsync", "fdatasync"):
        yield SyncFolder()
    if path.parent != folder or _is_passed_over(path.name):
        return
    if path.name == SAID:
        if call == "write":
            yield Said(_data(arguments).decode())
    elif call == "openat":
        places[str(result)] = 0
        if "O_CREAT" in arguments and path.name not in known:
            known.add(path.name)
            yield Create(path.name)
    elif call == "lseek" and handle is not None:
        places[handle[1]] = result
    elif call == "write" and handle is not None:
        yield Write(path.name, places[handle[1]], _data(arguments)[:result])
        places[handle[1]] += result
    elif call == "pwrite64":
        yield Write(path.name, int(arguments.rsplit(", ", 1)[1]), _data(arguments)[:result])
    elif call == "ftruncate":
        yield Truncate(path.name, int(arguments.rsplit(", ", 1)[1]))
    elif call in ("fsync", "fdatasync"):
        yield Sync(path.name)
    else:
        raise ValueError(f"{call} on {path.name} is not understood")


def _is_passed_over(name: str) -> bool:
    return name.endswith("-shm")


def _plain(path: str) -> str:
    """A path as `-y` prints it, which `-xx` may have spelt in hex."""
    if "\\x" not in path:
        return path
    return bytes.fromhex(path.replace("\\x", "")).decode()


def _data(arguments: str) -> bytes:
    found = _TEXT.search(arguments)
    if found is None:
        raise ValueError("a write without its data: strace cut it off")
    return bytes.fromhex(found[1].replace("\\x", ""))
