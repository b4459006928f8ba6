"""Where an update comes from: central, or a folder such as a stick's. Nothing that comes from either is believed here.

A name is that of a file in the repository, such as `metadata/timestamp.json`.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from kiosk.protocol.repository import UPDATES, is_name
from kiosk.sync.client import Route
from kiosk.sync.files import FileExchange, FileFault

_CHUNK = 256 * 1024


class NotThere(Exception):
    """The source has no file of that name."""


class NotReached(Exception):
    """The source cannot be reached, or breaks off; the message is for the technician."""


class Source(Protocol):
    """`words`: where it is, for the technician."""

    words: str

    def chunks(self, name: str) -> Iterator[bytes]:
        """The file's bytes. Raises NotThere, NotReached, also in the middle."""

    def server_ms(self) -> int | None:
        """The time by whoever serves it (Unix ms), as far as it told; None if nobody did."""


class Folder:
    """A repository in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.words = str(folder)

    def chunks(self, name: str) -> Iterator[bytes]:
        """See Source."""
        if not is_name(name):
            raise NotThere(name)
        try:
            with open(self._folder / name, "rb", buffering=0) as file:
                while chunk := file.read(_CHUNK):
                    yield chunk
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as fault:
            if not self._folder.is_dir():
                raise NotReached(f"{self._folder} is not there") from fault
            raise NotThere(name) from fault
        except OSError as fault:
            raise NotReached(f"{fault.strerror or fault} ({os.path.join(self._folder, name)})") from fault

    def server_ms(self) -> int | None:
        """A folder has no clock."""
        return None


class Central:
    """The repository that central serves."""

    def __init__(self, route: Route) -> None:
        """Raises PlainHttpRefused."""
        self._files = FileExchange(route, UPDATES)
        self.words = route.url

    def chunks(self, name: str) -> Iterator[bytes]:
        """See Source."""
        if not is_name(name):
            raise NotThere(name)
        try:
            yield from self._files.pieces(name)
        except FileFault as fault:
            if fault.status in (403, 404):
                raise NotThere(name) from fault
            raise NotReached(str(fault)) from fault

    def server_ms(self) -> int | None:
        """As central's last answer had it."""
        return self._files.server_ms
