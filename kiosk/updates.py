"""`kiosk update`: look for a version, bring it, go back, say how it stands; and what the supervisor asks of a slot
(`verify`, in a process of its own, for its memory is to stay small)."""

import argparse
import hashlib
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import msgspec

from kiosk import __version__
from kiosk.core.release import Standing, groups_of
from kiosk.core.trial import Slots
from kiosk.device.files import write_file
from kiosk.device.identity import IdentityBroken, read_identity
from kiosk.device.instance import AlreadyRunning
from kiosk.device.paths import Home, assets_folder
from kiosk.device.settings import Settings
from kiosk.sync.client import PlainHttpRefused, Route
from kiosk.update.metadata import MetadataRefused, read_root
from kiosk.update.slots import SlotRefused, this_system
from kiosk.update.source import Central, Folder, NotReached, NotThere, Source
from kiosk.update.staging import ROOT_LIMIT, SHIPPED, Seen, Staging, fault_of_slot, running_version, trusted_root
from kiosk.update.state import Place, StateBroken, changing, read_state

EX_NOTHING = 0
EX_REFUSED = 1
EX_UNAVAILABLE = 69
EX_BUSY = 75
_WHY = {
    "other_system": "is for another system",
    "unreadable": "has no version that can be compared",
    "same": "is the one that runs",
    "older": "is older than the one that runs",
    "returned": "was returned on this terminal; its publisher must say that it is to be tried again",
    "other_group": "is for other terminals yet",
    "later_share": "comes to this terminal later",
}


def update(home: Home, settings: Settings, options: argparse.Namespace) -> int:
    """Every `kiosk update …`."""
    place = Place(home.root)
    try:
        match options.what:
            case "status":
                return _status(place, options.json)
            case "back":
                return _back(place)
            case "trust":
                return _trust(place, options.file)
            case "verify":
                return _verify(place, options.slot, options.version)
            case "check":
                return _check(home, settings, options.folder)
            case _:
                return _bring(home, settings, options.folder, told=options.what == "apply")
    except MetadataRefused as fault:
        print(f"nothing is changed: {fault}", file=sys.stderr)
        return EX_UNAVAILABLE if fault.why in ("unreached", "missing") else EX_REFUSED
    except (SlotRefused, StateBroken, PlainHttpRefused) as fault:
        print(f"nothing is changed: {fault}", file=sys.stderr)
        return EX_REFUSED
    except AlreadyRunning:
        print("nothing is changed: an update is being fetched already", file=sys.stderr)
        return EX_BUSY
    except OSError as fault:
        print(f"nothing is changed: {fault}", file=sys.stderr)
        return EX_REFUSED


def _check(home: Home, settings: Settings, folder: Path | None) -> int:
    staging = _staging(home, settings, folder, told=folder is not None)
    seen = staging.look()
    print(f"version {staging.standing.running} runs; {staging.source.words} offers {len(seen.offered)}")
    _print_offers(seen)
    return 0


def _print_offers(seen: Seen) -> None:
    for one in seen.offered:
        why = seen.unfit.get(one.offer.version)
        words = f"{one.length / 1e6:.0f} MB, can be taken" if why is None else _WHY[why]
        print(f"  {one.offer.version}: {words}")


def _bring(home: Home, settings: Settings, folder: Path | None, told: bool) -> int:
    place = Place(home.root)
    if not told and sys.platform != "win32":
        os.nice(10)  # nobody waits for it, and a citizen may be at the screen
    staging = _staging(home, settings, folder, told)
    slot = staging.fetch(_Progress() if sys.stderr.isatty() else _silent)
    if slot is None:
        print(
            f"nothing to do: version {staging.standing.running} runs, and nothing is offered that is for this terminal"
        )
        _print_offers(staging.look())
        return EX_NOTHING
    if not told:
        print(f"version {slot.version} is here and waits until the hall is closed")
        return 0
    with changing(place) as change:
        change.slots = replace(change.slots, wish="forward" if change.slots.staged is not None else "")
    print(f"version {slot.version} is here; the terminal changes over as soon as no visit is open")
    print("it is kept if it proves well, else the version before comes back by itself: `kiosk update status`")
    return 0


def _back(place: Place) -> int:
    with changing(place) as change:
        if change.slots.current is None:
            print(f"the packaged version {__version__} runs; there is nothing behind it", file=sys.stderr)
            return EX_REFUSED
        change.slots = replace(change.slots, wish="back")
        previous = change.slots.previous
    version = __version__ if previous is None else previous.version
    print(f"the terminal goes back to version {version} as soon as no visit is open")
    return 0


def _trust(place: Place, file: Path) -> int:
    raw = file.read_bytes()[: ROOT_LIMIT + 1]
    version, ends = read_root(raw)
    if (assets_folder() / SHIPPED).exists():
        print("this package brought its publisher's root, and no other is trusted", file=sys.stderr)
        return EX_REFUSED
    fingerprint = hashlib.sha256(raw).hexdigest()
    place.make()
    if place.trusted_root.exists() and place.trusted_root.read_bytes() != raw:
        print(f"another root is trusted already; who wants that removes {place.trusted_root}", file=sys.stderr)
        return EX_REFUSED
    write_file(place.trusted_root, raw)
    print(f"trusted: root {version}, valid until {ends}")
    print(f"compare its fingerprint with the publisher's: {fingerprint}")
    return 0


def _verify(place: Place, slot: str, version: str) -> int:
    fault = fault_of_slot(place, trusted_root(place, assets_folder()), slot, version)
    if fault is not None:
        print(fault, file=sys.stderr)
        return EX_REFUSED
    return 0


def _status(place: Place, as_json: bool) -> int:
    slots = read_state(place)
    running = running_version(slots, __version__)
    if as_json:
        body = {"running": running, "package": __version__, **msgspec.to_builtins(slots)}
        print(msgspec.json.encode(body).decode())
        return 0
    for line in status_lines(slots):
        print(line)
    return 0


def status_lines(slots: Slots) -> list[str]:
    """How it stands, for a technician."""
    lines = [f"in force: {running_version(slots, __version__)}", f"came with the package: {__version__}"]
    if slots.previous is not None:
        lines.append(f"before it: {slots.previous.version}")
    if slots.trial is not None:
        lines.append(f"on trial: {slots.trial.version}, {slots.tries} tries left")
    if slots.staged is not None:
        wish = "as soon as no visit is open" if slots.wish else "when the hall is closed"
        lines.append(f"waits: {slots.staged.version}, {wish}")
    if slots.wish == "back":
        lines.append("goes back as soon as no visit is open")
    lines += [f"returned: {version} (attempt {attempt})" for version, attempt in sorted(slots.returned.items())]
    if slots.last.what:
        at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(slots.last.at_ms / 1000))
        why = f", {slots.last.why}" if slots.last.why else ""
        lines.append(f"last: {slots.last.version} {slots.last.what} at {at}{why}")
    return lines


def _staging(home: Home, settings: Settings, folder: Path | None, told: bool) -> Staging:
    """Raises MetadataRefused, StateBroken, PlainHttpRefused."""
    place = Place(home.root)
    root = trusted_root(place, assets_folder())
    central = _central(home, settings)
    source: Source | None = central if folder is None else Folder(folder)
    if source is None:
        raise MetadataRefused("missing", "this terminal has no central; name a folder or a stick with --from")
    slots = read_state(place)
    return Staging(
        place, root, source, _standing(home, slots), _ours_ms,
        lambda: None if central is None else _time_of(central), told,
    )  # fmt: skip


def _central(home: Home, settings: Settings) -> Central | None:
    try:
        identity = read_identity(home)
    except IdentityBroken:
        identity = None
    url = settings.central.url or (identity.central_url if identity else "")
    if not url:
        return None
    at = settings.central
    return Central(Route(url, at.ca_file, at.proxy, at.allow_plain_http))


def _time_of(central: Central) -> int | None:
    """Central's time, whether or not it has updates."""
    try:
        for _ in central.chunks("metadata/timestamp.json"):
            break
    except (NotReached, NotThere):
        pass
    return central.server_ms()


def _standing(home: Home, slots: Slots) -> Standing:
    groups: frozenset[str] = frozenset()
    device_id = ""
    try:
        if (identity := read_identity(home)) is not None:
            device_id = identity.device_id
        told = msgspec.json.decode(home.profile.read_bytes(), type=_Told)
        groups = groups_of(told.hall.code, told.window.number, told.mode)
    except (IdentityBroken, OSError, msgspec.MsgspecError, UnicodeDecodeError):
        pass  # one that is not enrolled yet is in no group
    return Standing(running_version(slots, __version__), this_system(), device_id, groups, slots.returned)


class _Hall(msgspec.Struct):
    code: str


class _Window(msgspec.Struct):
    number: str


class _Told(msgspec.Struct):
    hall: _Hall
    window: _Window
    mode: str = "window"


def _ours_ms() -> int:
    return time.time_ns() // 1_000_000


def _silent(_what: str, _done: int, _total: int) -> None:
    """Nobody looks on."""


class _Progress:
    """A line that counts, on a terminal window."""

    def __init__(self) -> None:
        self._shown = ""

    def __call__(self, what: str, done: int, total: int) -> None:
        line = f"\r{what} {100 * done // max(total, 1):3d} %"
        if line != self._shown:
            self._shown = line
            print(line, end="" if done < total else "\n", file=sys.stderr, flush=True)
