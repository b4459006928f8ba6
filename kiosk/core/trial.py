"""What a terminal has of versions, and how one becomes the other: on trial, kept, or returned.

Pure. A version of the program lies in a slot; the one that came with the package lies beside all slots, cannot be
written by the terminal, and is what is left when every slot is gone.

Invariant: at each moment exactly one version is to be started, and there is one to go back to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from kiosk.core.release import is_newer

TRIES = 3
"""Lives of a version on trial: it may fall twice."""
WELL_MS = 30_000
"""So long in one life it must paint, and say that it is well, until it is kept."""
TRIAL_MS = 60_000
"""In all its lives together: then it is returned. With the end of the one before and the start of the one after, a
citizen finds the old version within 90 s."""
FALLS = 6
"""Deaths in a row, three of them in the safe profile, after which a version that was kept is left (RELIABILITY 25)."""

Wish = Literal["", "forward", "back"]


@dataclass(frozen=True, slots=True)
class Slot:
    """One version on this disk. `name`: of its folder; `attempt`, `urgent`: as in the offer; `told`: a technician
    brought it."""

    name: str
    version: str
    attempt: int = 0
    urgent: bool = False
    told: bool = False


@dataclass(frozen=True, slots=True)
class Last:
    """What happened last: `kept`, `returned`, `left`, `packaged`, `damaged`; of which version, why, and when (Unix
    ms)."""

    what: str = ""
    version: str = ""
    why: str = ""
    at_ms: int = 0


@dataclass(frozen=True, slots=True)
class Slots:
    """All that is remembered. None as `current` or `previous` is the packaged version.

    `wish`: what is to happen before the next life begins; `trial`, `tries`: on trial, and the lives that it has left;
    `returned`: see `core/release.py`.
    """

    format: int = 1
    current: Slot | None = None
    previous: Slot | None = None
    staged: Slot | None = None
    wish: Wish = ""
    trial: Slot | None = None
    tries: int = 0
    returned: Mapping[str, int] = field(default_factory=dict)
    last: Last = Last()

    @property
    def starts(self) -> Slot | None:
        """The one to be started now; None: the packaged version."""
        return self.trial or self.current

    @property
    def kept_names(self) -> frozenset[str]:
        """The slots that must stay on the disk."""
        kept = (self.current, self.previous, self.staged, self.trial)
        return frozenset(slot.name for slot in kept if slot is not None)


def stage(slots: Slots, slot: Slot) -> Slots:
    """A version lies on the disk, whole and genuine, and waits."""
    return replace(slots, staged=slot)


def begin(slots: Slots) -> Slots:
    """Do what is wished: begin the trial of what is staged, or go back. Nothing, where nothing is wished."""
    if slots.wish == "forward" and slots.staged is not None:
        return replace(slots, wish="", trial=slots.staged, tries=TRIES, staged=None)
    if slots.wish == "back" and slots.trial is None and slots.current is not None:
        return leave(replace(slots, wish=""), "told to go back", 0)
    return replace(slots, wish="")


def spend(slots: Slots) -> Slots:
    """One more life of the version on trial begins: counted before it does, for it may take the power with it."""
    return replace(slots, tries=slots.tries - 1)


def keep(slots: Slots, at_ms: int) -> Slots:
    """The version on trial is well."""
    assert slots.trial is not None
    last = Last("kept", slots.trial.version, "", at_ms)
    return replace(slots, previous=slots.current, current=slots.trial, trial=None, tries=0, last=last)


def send_back(slots: Slots, why: str, at_ms: int) -> Slots:
    """The version on trial is not; the one before it goes on, and this one is not tried again by itself."""
    assert slots.trial is not None
    bad = slots.trial
    returned = {**slots.returned, bad.version: max(bad.attempt, slots.returned.get(bad.version, -1))}
    return replace(slots, trial=None, tries=0, returned=returned, last=Last("returned", bad.version, why, at_ms))


def leave(slots: Slots, why: str, at_ms: int) -> Slots:
    """The version in force is given up for the one before it, which is the packaged one in the end."""
    assert slots.current is not None
    bad = slots.current
    returned = {**slots.returned, bad.version: max(bad.attempt, slots.returned.get(bad.version, -1))}
    previous = slots.previous if slots.previous != bad else None
    last = Last("left", bad.version, why, at_ms)
    return replace(slots, current=previous, previous=None, returned=returned, last=last)


def drop(slots: Slots, name: str, at_ms: int) -> Slots:
    """The slot of this name is not whole, or not genuine: it is out wherever it stood, and may be fetched anew."""

    def kept(slot: Slot | None) -> Slot | None:
        return None if slot is not None and slot.name == name else slot

    everywhere = (slots.trial, slots.current, slots.previous, slots.staged)
    version = next((slot.version for slot in everywhere if slot is not None and slot.name == name), "")
    current, previous = slots.current, kept(slots.previous)
    if current is not None and kept(current) is None:
        current, previous = previous, None
    trial = kept(slots.trial)
    return replace(
        slots, current=current, previous=previous, staged=kept(slots.staged), trial=trial,
        tries=slots.tries if trial else 0, last=Last("damaged", version, "", at_ms),
    )  # fmt: skip


def overtaken(slots: Slots, version: str, at_ms: int) -> Slots:
    """Without the slots that are not newer than what the package brought: that takes over from them."""

    def kept(slot: Slot | None) -> Slot | None:
        return slot if slot is not None and is_newer(slot.version, version) else None

    if all(kept(slot) == slot for slot in (slots.current, slots.staged, slots.trial)):
        return slots
    last = slots.last if kept(slots.current) == slots.current else Last("packaged", version, "", at_ms)
    trial = kept(slots.trial)
    return replace(
        slots, current=kept(slots.current), previous=kept(slots.previous), staged=kept(slots.staged), trial=trial,
        tries=slots.tries if trial else 0, last=last,
    )  # fmt: skip
