"""What a power cut may leave: from what a run asked of its disk, in order, to the disks that may be found afterwards.

Only what was synced is certain. Since a file's last sync each write is there, missing, torn at 512-byte sectors or a
hole of zeros, in any combination; so is each change of its size. A name made, moved or removed is certain once its
folder was synced. What a sync that failed should have brought to the disk stays doubtful: the kernel may call it clean.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

SECTOR = 512
_KEEPING = (0.0, 0.1, 0.5, 0.9, 1.0)
_TEARING = (0.0, 0.0, 0.1, 0.5)


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes for a place in a file."""

    name: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    """Another size for a file."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Create:
    """A new, empty file."""

    name: str


@dataclass(frozen=True, slots=True)
class Delete:
    """A name removed."""

    name: str


@dataclass(frozen=True, slots=True)
class Rename:
    """A file by another name, in place of what had it. `keeps`: the old name stays too (a hard link)."""

    name: str
    into: str
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class Sync:
    """A file brought to the disk, or refused to be."""

    name: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class SyncFolder:
    """The names of the folder brought to the disk."""


@dataclass(frozen=True, slots=True)
class Said:
    """No operation: what the program had told the world by now."""

    what: str


Operation = Write | Truncate | Create | Delete | Rename | Sync | SyncFolder | Said
Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class CrashState:
    """The files that may be found after a cut behind the first `cut` operations; `said` is how many were `Said`."""

    cut: int
    said: int
    files: Files

    @property
    def digest(self) -> int:
        """The same for the same files, within this process."""
        return hash(tuple(sorted(self.files.items())))


@dataclass
class _Inode:
    """A file without its name: what is certain of it, and what is not yet, with whether that is doubtful for good."""

    certain: bytes = b""
    pending: list[tuple[Write | Truncate, bool]] = field(default_factory=list)
    settled: set[int] = field(default_factory=set)

    def sync(self, failed: bool) -> None:
        if failed:
            self.pending = [(change, True) for change, _ in self.pending]
            return
        self.settled |= {at for at, (_, doubtful) in enumerate(self.pending) if not doubtful}
        if len(self.settled) == len(self.pending):
            self.certain = self._content([_KEPT] * len(self.pending))
            self.pending, self.settled = [], set()

    def found(self, dice: random.Random, keeping: float, tearing: float) -> bytes:
        fates = [
            _KEPT if at in self.settled else _fate(change, dice, keeping, tearing)
            for at, (change, _) in enumerate(self.pending)
        ]
        return self._content(fates)

    def _content(self, fates: Sequence["_Fate"]) -> bytes:
        if not fates:
            return self.certain
        content = bytearray(self.certain)
        for (change, _), fate in zip(self.pending, fates, strict=True):
            if fate is None:
                continue
            if isinstance(change, Truncate):
                del content[change.size :]
                content.extend(bytes(change.size - len(content)))
                continue
            end = change.offset + len(change.data)
            kept = _sectors(change) if fate is _KEPT else fate
            reach = max(
                (last for _, last in kept), default=end
            )  # none kept: the size came to the disk, the bytes did not
            content.extend(bytes(max(0, reach - len(content))))
            for first, last in kept:
                content[first:last] = change.data[first - change.offset : last - change.offset]
        return bytes(content)


_Fate = Sequence[tuple[int, int]] | None
_KEPT: _Fate = ((-1, -1),)


def _sectors(change: Write) -> list[tuple[int, int]]:
    """Where the write's bytes lie, cut at the disk's sectors."""
    at, end, found = change.offset, change.offset + len(change.data), []
    while at < end:
        after = min(end, (at // SECTOR + 1) * SECTOR)
        found.append((at, after))
        at = after
    return found


def _fate(change: Write | Truncate, dice: random.Random, keeping: float, tearing: float) -> _Fate:
    if isinstance(change, Write) and dice.random() < tearing:
        return [sector for sector in _sectors(change) if dice.random() < 0.5]
    return _KEPT if dice.random() < keeping else None


class Platter:
    """The disk as one goes through the operations."""

    def __init__(self) -> None:
        self._names: dict[str, _Inode] = {}  # as the program sees them
        self._certain_names: dict[str, _Inode] = {}
        self._pending_names: list[tuple[Mapping[str, _Inode | None], bool]] = []

    def take(self, operation: Operation) -> None:
        """The next operation."""
        match operation:
            case Write(name) | Truncate(name):
                self._names[name].pending.append((operation, False))
            case Sync(name, failed):
                self._names[name].sync(failed)
            case Create(name):
                self._rename({name: _Inode()})
            case Delete(name):
                self._rename({name: None})
            case Rename(name, into, keeps):
                self._rename({into: self._names[name], **({} if keeps else {name: None})})
            case SyncFolder():
                self._certain_names = dict(self._names)
                self._pending_names.clear()
            case Said():
                pass

    def _rename(self, change: Mapping[str, _Inode | None]) -> None:
        self._pending_names.append((change, False))
        _apply(self._names, change)

    def found(self, dice: random.Random, keeping: float, tearing: float) -> dict[str, bytes]:
        """The files after a cut here, as the dice fall."""
        names = dict(self._certain_names)
        for change, _ in self._pending_names:
            if dice.random() < keeping:
                _apply(names, change)
        return {name: inode.found(dice, keeping, tearing) for name, inode in names.items()}

    @property
    def is_certain(self) -> bool:
        """Whether a cut here leaves but one disk."""
        return not self._pending_names and not any(inode.pending for inode in self._certain_names.values())


def _apply(names: dict[str, _Inode], change: Mapping[str, _Inode | None]) -> None:
    for name, inode in change.items():
        if inode is None:
            names.pop(name, None)
        else:
            names[name] = inode


def crash_states(
    operations: Sequence[Operation], dice: random.Random, wanted: int, *, first_cut: int = 0, patience: int = 100
) -> Iterator[CrashState]:
    """Up to `wanted` states with distinct files (and as many again of the same files, found after more was said).

    Each round goes through every boundary from `first_cut` on: with nothing kept, with all kept, then as the dice fall.
    Ends early when `patience` rounds brought nothing new.
    """
    disks: set[int] = set()
    seen: set[tuple[int, int]] = set()
    idle = rounds = 0
    while len(disks) < wanted and idle < patience:
        before = len(seen)
        for state in _one_round(operations, dice, rounds, first_cut):
            digest = state.digest
            if (digest, state.said) in seen:
                continue
            seen.add((digest, state.said))
            disks.add(digest)
            yield state
            if len(disks) >= wanted:
                return
        idle = idle + 1 if len(seen) == before else 0
        rounds += 1


def _one_round(
    operations: Sequence[Operation], dice: random.Random, number: int, first_cut: int
) -> Iterator[CrashState]:
    platter, said = Platter(), 0
    for cut in range(len(operations) + 1):
        if cut:
            platter.take(operations[cut - 1])
            said += isinstance(operations[cut - 1], Said)
        if cut < first_cut or (number and platter.is_certain):
            continue
        keeping, tearing = {0: (0.0, 0.0), 1: (1.1, 0.0)}.get(number) or (dice.choice(_KEEPING), dice.choice(_TEARING))
        yield CrashState(cut, said, platter.found(dice, keeping, tearing))
