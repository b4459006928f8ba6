"""What is told of a journal that was begun in place of another."""

from dataclasses import dataclass
from pathlib import Path

from kiosk.core.entry import Head


@dataclass(frozen=True, slots=True)
class BroughtOver:
    """What one journal in quarantine gave. `epoch`, `first`, `last`: of what was brought over, None where nothing was.

    `count` entries were appended as `entry.recovered`; `missing`: pairs of first and last sequence that central is not
    known to hold and that the file does not give. `done`: nothing more is to be had from this file.
    """

    folder: Path
    epoch: int | None
    first: int | None
    last: int | None
    count: int
    missing: tuple[tuple[int, int], ...]
    done: bool


@dataclass(frozen=True, slots=True)
class BegunAnew:
    """`reason`: a word of BEGAN_REASONS. `epoch`: of the new journal. `before`: the best known head of the old one.

    `brought`: what came over, of this and of earlier journals in quarantine. `fault`: why that was cut short, if it
    was; it is tried again at the next start.
    """

    reason: str
    epoch: int
    before: Head | None
    folder: Path
    brought: tuple[BroughtOver, ...] = ()
    fault: str | None = None

    def words(self) -> str:
        """For the technician."""
        count = sum(one.count for one in self.brought)
        lost = sum(last - first + 1 for one in self.brought for first, last in one.missing)
        said = f"a new journal was begun ({self.reason}); the old one lies in {self.folder}; {count} entries came over"
        if lost:
            said += f", {lost} are missing"
        return said if self.fault is None else f"{said}; not all was brought over yet: {self.fault}"
