"""What `kiosk run` says, also in files of the home: one JSON object a line, with `time`, `level` (how urgent), `place`
and `words`; `kiosk.log` and four older ones of a mebibyte each.

Invariant: nobody who speaks waits for a disk, and nothing here tells how a citizen rated: the five levels' names are
taken out of every line, and of an exception its kind and place are kept and not its words.
"""

import contextlib
import datetime
import json
import logging
import os
import queue
import re
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path

from kiosk.core.levels import Level

NAME = "kiosk.log"
BYTES_EACH = 1024 * 1024
FILES = 5
_WORDS_LIMIT = 2000
_PENT_UP = 10_000
"""So many lines that the disk has not taken; what comes then is counted and not kept."""
_CLOSE_S = 3.0
_LEVELS = re.compile(
    "|".join(sorted((re.escape(level.value) for level in Level), key=len, reverse=True)), re.IGNORECASE
)
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)


def log_files(folder: Path) -> tuple[Path, ...]:
    """The files there may be, the newest first."""
    return (folder / NAME, *(folder / f"{NAME}.{number}" for number in range(1, FILES)))


@contextlib.contextmanager
def logged_to(folder: Path, bytes_each: int = BYTES_EACH) -> Iterator[None]:
    """Keep what is logged in this block, beside wherever else it goes."""
    book = _LogBook(folder, bytes_each)
    root = logging.getLogger()
    root.addHandler(book)
    try:
        yield
    finally:
        root.removeHandler(book)
        book.close()


def line_of(record: logging.LogRecord) -> bytes:
    """One line of the file."""
    at = datetime.datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds")
    said = {
        "time": at, "level": record.levelname.lower(), "place": record.name,
        "words": _LEVELS.sub("…", record.getMessage())[:_WORDS_LIMIT],
    }  # fmt: skip
    if record.exc_info and record.exc_info[0] is not None:
        said["fault"] = record.exc_info[0].__name__
        frames = traceback.extract_tb(record.exc_info[2])
        said["at"] = " < ".join(f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in reversed(frames))
    return json.dumps(said, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


class _LogBook(logging.Handler):
    """Hands lines to a thread of its own, which alone touches the disk. A disk that refuses costs lines and no more."""

    def __init__(self, folder: Path, bytes_each: int) -> None:
        super().__init__()
        self._folder, self._bytes_each = folder, bytes_each
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._lost = 0
        self._handle: int | None = None
        self._size = 0
        self._thread = threading.Thread(target=self._run, name="logbook", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """From any thread; never waits."""
        if self._lines.qsize() >= _PENT_UP:
            self._lost += 1
            return
        try:
            self._lines.put(line_of(record))
        except Exception:
            self.handleError(record)

    def close(self) -> None:
        """Write what is left, but do not wait for a disk that hangs."""
        self._lines.put(None)
        self._thread.join(_CLOSE_S)
        super().close()

    def _run(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                self._write(line)
            except OSError:
                self._lost += 1
                self._let_go()
        self._let_go()

    def _write(self, line: bytes) -> None:
        if self._lost:
            lost, self._lost = self._lost, 0
            line = (
                json.dumps({"level": "warning", "place": __name__, "words": f"{lost} lines lost"}).encode()
                + b"\n"
                + line
            )
        if self._handle is None:
            self._open()
        if self._size and self._size + len(line) > self._bytes_each:
            self._turn()
            self._open()
        assert self._handle is not None
        os.write(self._handle, line)
        self._size += len(line)

    def _open(self) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | _NOFOLLOW
        self._handle = os.open(self._folder / NAME, flags, 0o600)
        if os.name != "nt":
            os.fchmod(self._handle, 0o600)
        self._size = os.fstat(self._handle).st_size

    def _turn(self) -> None:
        """The newest becomes the second, and so on; the oldest goes."""
        self._let_go()
        files = log_files(self._folder)
        for older, newer in zip(reversed(files), reversed(files[:-1]), strict=False):
            with contextlib.suppress(FileNotFoundError):
                os.replace(newer, older)

    def _let_go(self) -> None:
        if self._handle is not None:
            with contextlib.suppress(OSError):
                os.close(self._handle)
            self._handle = None
