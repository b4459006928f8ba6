"""Brings a version from a source into a slot, where it waits. Runs in a process of its own, for it takes minutes.

Invariant: the switch is not touched but to say that something waits.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kiosk.core.release import Offer, Standing, Unfit, best, is_newer, unfit
from kiosk.core.trial import Slot, Slots, stage
from kiosk.device.files import read_file
from kiosk.device.instance import hold_lock
from kiosk.update.metadata import MetadataRefused, Offered, Repository, signed_manifest
from kiosk.update.slots import clear, fill, slot_fault, slot_name
from kiosk.update.source import Source
from kiosk.update.state import Place, changing, read_state

SHIPPED = "update-root.json"
"""In the assets of a package that brings the root to be trusted."""
ROOT_LIMIT = 512_000
Report = Callable[[str, int, int], None]
"""Told of progress: `fetching` or `unpacking`, bytes done, bytes in all."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a source has, and what of it this terminal would take; `unfit`: why not, by version."""

    offered: tuple[Offered, ...]
    chosen: Offered | None
    unfit: dict[str, Unfit]


def trusted_root(place: Place, assets: Path) -> bytes:
    """The root by which everything is believed: the package's, else the one that a technician trusted.

    Raises MetadataRefused.
    """
    for file in (assets / SHIPPED, place.trusted_root):
        try:
            return read_file(file, ROOT_LIMIT)
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as fault:
            raise MetadataRefused("no_root", str(fault)) from fault
    raise MetadataRefused("no_root", "this terminal trusts no publisher yet: `kiosk update trust FILE`")


def running_version(slots: Slots, package: str) -> str:
    """The version in force, where the package has brought this one."""
    current = slots.current
    return current.version if current is not None and is_newer(current.version, package) else package


@dataclass(frozen=True, slots=True)
class Staging:
    """One terminal, one source. `ours_ms`, `ask_time`: this machine's clock, and central's where the source has none
    (Unix ms)."""

    place: Place
    root: bytes
    source: Source
    standing: Standing
    ours_ms: Callable[[], int]
    ask_time: Callable[[], int | None] = lambda: None
    told: bool = False

    def look(self) -> Seen:
        """What there is. Raises MetadataRefused, OSError."""
        return self._seen(self._repository())

    def fetch(self, report: Report) -> Slot | None:
        """Bring the best of it into a slot and have it wait; None where there is nothing for us.

        Raises MetadataRefused, SlotRefused, AlreadyRunning (another process fetches), StateBroken, OSError.
        """
        self.place.make()
        with hold_lock(self.place.fetching):
            slots = read_state(self.place)
            clear(self.place, slots.kept_names)
            repository = self._repository()
            chosen = self._seen(repository).chosen
            if chosen is None:
                return None
            offer = chosen.offer
            name = slot_name(offer.version, offer.manifest)
            if name not in slots.kept_names or slot_fault(self.place, name, offer.manifest) is not None:
                archive = repository.download(chosen, lambda done, total: report("fetching", done, total))
                unpacking = lambda done, total: report("unpacking", done, total)  # noqa: E731
                fill(self.place, archive, offer.version, offer.manifest, unpacking)
                archive.unlink()
            repository.prove(name)
            slot = Slot(name, offer.version, offer.attempt, offer.urgent, self.told)
            with changing(self.place) as change:
                if slot.name not in _in_use(change.slots):
                    change.slots = stage(change.slots, slot)
            return slot

    def _repository(self) -> Repository:
        self.place.make()
        return Repository(self.place, self.root, self.source, self.ours_ms)

    def _seen(self, repository: Repository) -> Seen:
        offered = repository.refresh(self.ask_time)
        chosen = best([one.offer for one in offered], self.standing, self.told)
        reasons = {one.offer.version: why for one in offered if (why := self._why_not(one.offer)) is not None}
        return Seen(offered, next((one for one in offered if one.offer == chosen), None), reasons)

    def _why_not(self, offer: Offer) -> Unfit | None:
        return unfit(offer, self.standing, self.told)


def fault_of_slot(place: Place, root: bytes, slot: str, version: str) -> str | None:
    """Why this slot may not be started; None: it is exactly what a publisher signed. Reads every byte of it."""
    try:
        manifest = signed_manifest(place, root, slot, version)
    except MetadataRefused as fault:
        return str(fault)
    return slot_fault(place, slot, manifest)


def _in_use(slots: Slots) -> set[str]:
    return {slot.name for slot in (slots.current, slots.trial) if slot is not None}
