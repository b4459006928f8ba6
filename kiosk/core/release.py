"""Which version of the program a terminal takes, and when: the rules of its updates.

Pure. What a publisher has signed comes in as an `Offer`; whether it is genuine has been settled before.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Version = tuple[int, ...]
Unfit = Literal["other_system", "unreadable", "same", "older", "returned", "other_group", "later_share"]
"""Why this terminal does not take an offer."""
Wait = Literal["visit", "open", "battery"]
"""Why it does not change over yet."""
_VERSION = re.compile(r"(0|[1-9]\d{0,5})(\.(0|[1-9]\d{0,5})){0,3}(?![\s\S])")


def read_version(text: str) -> Version | None:
    """`1.2.10` as something that can be compared; None if it is no version. Zeros at the end do not count."""
    if not _VERSION.match(text):
        return None
    parts = [int(part) for part in text.split(".")]
    while len(parts) > 1 and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def is_newer(one: str, other: str) -> bool:
    """Whether `one` is a higher version than `other`; never if either is none."""
    first, second = read_version(one), read_version(other)
    return first is not None and second is not None and first > second


@dataclass(frozen=True, slots=True)
class Offer:
    """One version that a publisher has signed. `manifest`: SHA-256 of the list of its files, hex; `groups`: for whom,
    everyone if empty; `percent`: of those, how many; `urgent`: does not wait for the hall to close; `attempt`: raised
    by a publisher who wants a version tried again where it was returned."""

    version: str
    system: str
    manifest: str
    groups: tuple[str, ...] = ()
    percent: int = 100
    urgent: bool = False
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Who is to take it. `running`: its version; `returned`: the attempt at which each version was returned."""

    running: str
    system: str
    device_id: str = ""
    groups: frozenset[str] = frozenset()
    returned: Mapping[str, int] = field(default_factory=dict)


def share_of(device_id: str, version: str) -> int:
    """Where this terminal stands among all, from 0 to 99: another place for each version, so that it is not always the
    same ones who go first."""
    return int.from_bytes(hashlib.sha256(f"{version}\0{device_id}".encode()).digest()[:8]) % 100


def groups_of(hall: str, window: str, mode: str) -> frozenset[str]:
    """The groups of a terminal, by what central has it be: its hall, its window, and how it is used."""
    return frozenset({hall, f"{hall}/{window}", mode})


def unfit(offer: Offer, standing: Standing, told: bool = False) -> Unfit | None:
    """Why not; None: take it. `told`: by a technician who stands there, whom groups and shares do not concern."""
    if offer.system != standing.system:
        return "other_system"
    if read_version(offer.version) is None:
        return "unreadable"
    if read_version(offer.version) == read_version(standing.running):
        return "same"
    if not is_newer(offer.version, standing.running):
        return "older"
    if offer.attempt <= standing.returned.get(offer.version, -1):
        return "returned"
    if told:
        return None
    if offer.groups and not standing.groups & set(offer.groups):
        return "other_group"
    if share_of(standing.device_id, offer.version) >= offer.percent:
        return "later_share"
    return None


def best(offers: Iterable[Offer], standing: Standing, told: bool = False) -> Offer | None:
    """The highest version of those that it takes."""
    fit = [offer for offer in offers if unfit(offer, standing, told) is None]
    return max(fit, key=lambda offer: read_version(offer.version) or (), default=None)


@dataclass(frozen=True, slots=True)
class Moment:
    """How it stands at the terminal. `visit`: one is open, or something is on its way to the disk that may begin or end
    one; `open`: the hall is; `mains`: it does not run on a battery."""

    visit: bool
    open: bool
    mains: bool = True


def wait_for(moment: Moment, urgent: bool, told: bool) -> Wait | None:
    """Why the change waits; None: now. A visit is never broken off, whoever says so."""
    if moment.visit:
        return "visit"
    if moment.open and not (urgent or told):
        return "open"
    if not moment.mains and not told:
        return "battery"
    return None
