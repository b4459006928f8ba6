"""The files of updates in a terminal's home, and the one that says which version is to be started.

Invariant: `state.json` is replaced as a whole, so a cut leaves the switch before or after; whoever changes it holds a
lock for that moment. A file that cannot be read is as none: then the packaged version starts.
"""

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from kiosk.core.trial import Slots
from kiosk.device.files import read_file, write_file
from kiosk.device.instance import wait_lock

FORMAT = 1
TRIAL_VARIABLE = "KIOSK_TRIAL"
"""Set for a terminal whose supervisor can change versions: empty, or on trial a word that it is to write down once it
is well."""
_LIMIT = 64 * 1024


class StateBroken(Exception):
    """The file is there and cannot be read, or a newer program wrote it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where updates lie in the home at `home`."""

    home: Path

    @property
    def root(self) -> Path:
        """Folder of all of it; absent until the first update."""
        return self.home / "update"

    @property
    def state(self) -> Path:
        """The switch."""
        return self.root / "state.json"

    @property
    def lock(self) -> Path:
        """Held while the switch is changed."""
        return self.root / "state.lock"

    @property
    def fetching(self) -> Path:
        """Held by the one process that fetches."""
        return self.root / "fetching.lock"

    @property
    def slots(self) -> Path:
        """Folder: a folder for each version."""
        return self.root / "slots"

    @property
    def metadata(self) -> Path:
        """Folder: what was signed, as it was seen last."""
        return self.root / "metadata"

    @property
    def proofs(self) -> Path:
        """Folder: for each slot, what was signed when it was taken."""
        return self.root / "proofs"

    @property
    def download(self) -> Path:
        """Folder: what is on its way."""
        return self.root / "download"

    @property
    def trusted_root(self) -> Path:
        """The root that a technician trusted, where the package brought none."""
        return self.root / "root.json"

    @property
    def well(self) -> Path:
        """Where a version on trial says that it is well."""
        return self.root / "well"

    def program(self, slot: str) -> Path:
        """The program in this slot."""
        return self.slots / slot / ("kiosk.exe" if sys.platform == "win32" else "kiosk")

    def make(self) -> None:
        """Make the folders. Raises OSError."""
        for folder in (self.root, self.slots, self.metadata, self.proofs, self.download):
            folder.mkdir(mode=0o700, exist_ok=True)


def read_state(place: Place) -> Slots:
    """What is remembered; nothing if nothing was.

    Raises StateBroken.
    """
    try:
        raw = read_file(place.state, _LIMIT)
    except FileNotFoundError:
        return Slots()
    except (OSError, ValueError) as fault:
        raise StateBroken(str(fault)) from fault
    try:
        slots = msgspec.json.decode(raw, type=Slots)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        raise StateBroken(f"{place.state}: {fault}") from fault
    if slots.format > FORMAT:
        raise StateBroken(f"{place.state} has format {slots.format}; this program reads format {FORMAT} at most")
    return slots


class Change:
    """The state, held still: set `slots` to what it is to become."""

    def __init__(self, slots: Slots) -> None:
        self.slots = slots


@contextlib.contextmanager
def changing(place: Place) -> Iterator[Change]:
    """Change the state: nobody else does meanwhile, and it is on the disk at the block's end.

    Raises OSError; StateBroken.
    """
    place.make()
    with wait_lock(place.lock):
        before = read_state(place)
        change = Change(before)
        yield change
        if change.slots != before:
            write_file(place.state, msgspec.json.encode(replace(change.slots, format=FORMAT)))
