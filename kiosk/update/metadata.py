"""What a publisher has signed, read by python-tuf's client; the one place that knows TUF.

Invariant: nothing from a source is believed but through a root that came with the package or was trusted by a
technician, and an offer is only what the targets role signed.
"""

import contextlib
import datetime
import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
from tuf.api import exceptions as tuf
from tuf.api.metadata import Metadata, Root, TargetFile, Targets
from tuf.ngclient import FetcherInterface, Updater, UpdaterConfig

from kiosk.core.release import Offer
from kiosk.device.files import sync_folder, write_file
from kiosk.update.source import NotReached, NotThere, Source
from kiosk.update.state import Place

log = logging.getLogger(__name__)

Why = Literal["unreached", "missing", "expired", "older", "mixed", "unsigned", "altered", "no_root"]
_AT = "repository:/"
_ROOT_LIMIT = 512_000
_APART_MS = 3_600_000
"""Clocks that differ by more are said to differ."""


class MetadataRefused(Exception):
    """Nothing is believed of what the source has; `why` says which way, the message what to do."""

    def __init__(self, why: Why, words: str) -> None:
        super().__init__(words)
        self.why = why


class Custom(msgspec.Struct, frozen=True):
    """What a publisher says of a target. Unknown keys are a newer publisher's."""

    version: str
    system: str
    manifest: str
    groups: tuple[str, ...] = ()
    percent: int = 100
    urgent: bool = False
    attempt: int = 0


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer, and the archive that it is about: its path in the repository and its length."""

    offer: Offer
    path: str
    length: int


@dataclass(frozen=True, slots=True)
class Clocks:
    """Unix ms: this machine's, and central's as far as it is known."""

    ours: int
    centrals: int | None = None

    @property
    def reference(self) -> int:
        """By which an expiry is weighed: the later one, so that a clock put back keeps nothing alive."""
        return self.ours if self.centrals is None else max(self.ours, self.centrals)


class Repository:
    """One look at a source. `root`: the trusted root, as a file's bytes; `clocks`: asked once something has come."""

    def __init__(self, place: Place, root: bytes, source: Source, ours_ms: Callable[[], int]) -> None:
        """Raises MetadataRefused, OSError."""
        self._place = place
        self._fetcher = _Fetcher(source)
        self._source, self._ours_ms = source, ours_ms
        try:
            self._updater = Updater(
                str(place.metadata), f"{_AT}metadata/", str(place.download), f"{_AT}targets/", self._fetcher,
                UpdaterConfig(), bootstrap=root,
            )  # fmt: skip
        except (tuf.RepositoryError, ValueError) as fault:
            raise MetadataRefused("no_root", f"the trusted root cannot be used: {fault}") from fault

    def refresh(self, ask_time: Callable[[], int | None] = lambda: None) -> tuple[Offered, ...]:
        """What is offered. `ask_time`: central's time, where the source itself has no clock.

        Raises MetadataRefused, OSError.
        """
        clocks = Clocks(self._ours_ms(), self._time_of_source() or ask_time())
        _weigh_by(self._updater, clocks.reference)
        try:
            self._updater.refresh()
        except tuf.ExpiredMetadataError as fault:
            raise MetadataRefused("expired", self._expired(str(fault), clocks)) from fault
        except (tuf.RepositoryError, tuf.DownloadError) as fault:
            raise _refused(fault, self._source.words) from fault
        finally:
            _sync(self._place.metadata)
        return tuple(_offered(_read_targets(self._place.metadata / "targets.json")))

    def download(self, offered: Offered, report: Callable[[int, int], None]) -> Path:
        """The archive, whole and as it was signed. `report`: told how many bytes of how many are there.

        Raises MetadataRefused, OSError.
        """
        target = self._updater.get_targetinfo(offered.path)
        if target is None:
            raise MetadataRefused("missing", f"{offered.path} is offered no more")
        into = self._place.download / "archive"
        self._fetcher.report = lambda done: report(done, offered.length)
        before, tempfile.tempdir = tempfile.tempdir, str(self._place.download)  # where there is room for it
        try:
            return Path(self._updater.download_target(target, str(into)))
        except (tuf.RepositoryError, tuf.DownloadError) as fault:
            raise _refused(fault, self._source.words) from fault
        finally:
            tempfile.tempdir = before
            self._fetcher.report = _nobody

    def prove(self, slot: str) -> None:
        """Keep what was signed beside a slot, for whoever starts it later. Raises OSError."""
        write_file(self._place.proofs / f"{slot}.json", (self._place.metadata / "targets.json").read_bytes())

    def _time_of_source(self) -> int | None:
        with contextlib.suppress(NotReached, NotThere):
            for _ in self._source.chunks("metadata/timestamp.json"):
                break
        return self._source.server_ms()

    def _expired(self, fault: str, clocks: Clocks) -> str:
        """Which signature has ended, by which clock, and which of the two is to be mended."""
        name = fault.replace("Final ", "").replace("New ", "").partition(" ")[0].removesuffix(".json")
        raw = self._fetcher.seen.get(name) or _bytes_of(self._place.metadata / f"{name}.json")
        try:
            ended = int(Metadata.from_bytes(raw).signed.expires.timestamp() * 1000) if raw else None
        except (tuf.RepositoryError, ValueError):
            ended = None
        words = f"the signature of {name} has ended"
        words += f" at {_shown(ended)}" if ended is not None else ""
        words += f"; this machine's clock says {_shown(clocks.ours)}"
        if clocks.centrals is None:
            return words + ". Is that the right time? If not, set the clock; if it is, the publisher must sign anew"
        words += f", central's clock says {_shown(clocks.centrals)}"
        if ended is not None and clocks.centrals <= ended:
            return words + ". By central's clock it has not: set this machine's clock"
        if clocks.centrals - clocks.ours > _APART_MS:
            return words + ". This machine's clock is slow, and central's counts; the publisher must sign anew"
        return words + ". The publisher must sign anew"


def signed_manifest(place: Place, root: bytes, slot: str, version: str) -> str:
    """The digest of the list of files that a publisher has signed for this slot, without any source and whatever the
    time: a terminal that stood in a cupboard for a year must start.

    Raises MetadataRefused.
    """
    try:
        trusted = _newest_root(place, Metadata[Root].from_bytes(root))
    except (tuf.RepositoryError, ValueError) as fault:
        raise MetadataRefused("no_root", f"the trusted root cannot be used: {fault}") from fault
    fault_words = "nothing that was signed names it"
    for file in (place.metadata / "targets.json", place.proofs / f"{slot}.json"):
        try:
            targets = _read_targets(file)
            trusted.verify_delegate("targets", targets.signed_bytes, targets.signatures)
        except (OSError, tuf.RepositoryError, ValueError) as fault:
            fault_words = f"{file.name}: {fault}"
            continue
        for offered in _offered(targets):
            if offered.offer.version == version and slot.endswith(f"-{offered.offer.manifest[:12]}"):
                return offered.offer.manifest
    raise MetadataRefused("unsigned", fault_words)


def read_root(raw: bytes) -> tuple[int, str]:
    """The version of a root, and when its signature ends, if it is one and signed by itself.

    Raises MetadataRefused.
    """
    try:
        root = Metadata[Root].from_bytes(raw)
        root.signed.verify_delegate("root", root.signed_bytes, root.signatures)
    except (tuf.RepositoryError, ValueError) as fault:
        raise MetadataRefused("no_root", f"this is no root that holds: {fault}") from fault
    return root.signed.version, root.signed.expires.isoformat()


def _newest_root(place: Place, root: Metadata[Root]) -> Root:
    """The root that the shipped one leads to, each signed by the one before."""
    newest = root.signed
    while True:
        file = place.metadata / "root_history" / f"{newest.version + 1}.root.json"
        try:
            following = _read_root(file)
            newest.verify_delegate("root", following.signed_bytes, following.signatures)
            following.signed.verify_delegate("root", following.signed_bytes, following.signatures)
        except (OSError, tuf.RepositoryError, ValueError):
            return newest
        newest = following.signed


def _read_root(file: Path) -> Metadata[Root]:
    """Raises OSError, RepositoryError."""
    return Metadata[Root].from_bytes(file.read_bytes())


def _read_targets(file: Path) -> Metadata[Targets]:
    """Raises OSError, RepositoryError, ValueError."""
    found = Metadata[Targets].from_bytes(file.read_bytes())
    if not isinstance(found.signed, Targets):
        raise ValueError(f"{file.name} lists no targets")
    return found


def _offered(targets: Metadata[Targets]) -> Iterator[Offered]:
    for path, target in sorted(targets.signed.targets.items()):
        offer = _offer(target)
        if offer is not None:
            yield Offered(offer, path, target.length)


def _offer(target: TargetFile) -> Offer | None:
    """None for a target that is no version, or one that a newer publisher describes in another way."""
    try:
        said = msgspec.convert(target.unrecognized_fields.get("custom"), Custom)
    except msgspec.ValidationError as fault:
        log.warning("%s is signed and not understood: %s", target.path, fault)
        return None
    return Offer(said.version, said.system, said.manifest, said.groups, said.percent, said.urgent, said.attempt)


def _weigh_by(updater: Updater, now_ms: int) -> None:
    """The client takes the time when it is made, and has no public way to be given another."""
    trusted = updater._trusted_set
    assert isinstance(trusted.reference_time, datetime.datetime), "tuf has another place for the time now"
    trusted.reference_time = datetime.datetime.fromtimestamp(now_ms / 1000, datetime.UTC)


def _refused(fault: Exception, words: str) -> MetadataRefused:
    at = f"{words}: {fault}"
    match fault:
        case tuf.DownloadHTTPError():
            return MetadataRefused("missing", f"{words} holds no whole repository: {fault}")
        case tuf.DownloadLengthMismatchError():
            return MetadataRefused("altered", f"{at}. It is longer than what was signed")
        case tuf.DownloadError():
            return MetadataRefused("unreached", f"{words} cannot be read: {fault.__cause__ or fault}")
        case tuf.UnsignedMetadataError():
            return MetadataRefused("unsigned", f"{at}. It is not signed by whom this terminal trusts")
        case tuf.BadVersionNumberError() if "must be >=" in str(fault) or "at least" in str(fault):
            return MetadataRefused("older", f"{at}. It is older than what this terminal has seen already")
        case tuf.BadVersionNumberError():
            return MetadataRefused("mixed", f"{at}. Its parts do not belong together")
        case _:
            return MetadataRefused("altered", f"{at}. It is not what was signed")


def _nobody(_done: int) -> None:
    """Who does not want to know."""


class _Fetcher(FetcherInterface):
    """A source as tuf wants it. `seen`: the metadata that came, by name, to say more of it if it is refused."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.seen: dict[str, bytes] = {}
        self.report: Callable[[int], None] = _nobody

    def _fetch(self, url: str) -> Iterator[bytes]:
        name, done = url.removeprefix(_AT), 0
        is_metadata = name.startswith("metadata/")
        known = name.rpartition("/")[2].removesuffix(".json").rpartition(".")[2]
        if is_metadata:
            self.seen[known] = b""
        try:
            for chunk in self._source.chunks(name):
                done += len(chunk)
                if is_metadata and done <= _ROOT_LIMIT:
                    self.seen[known] += chunk
                self.report(done)
                yield chunk
        except NotThere as fault:
            raise tuf.DownloadHTTPError(f"{name} is not there", 404) from fault
        except NotReached as fault:
            raise tuf.DownloadError(f"{name}: {fault}") from fault


def _bytes_of(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None


def _shown(ms: int | None) -> str:
    if ms is None:
        return "?"
    return datetime.datetime.fromtimestamp(ms / 1000, datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")


def _sync(folder: Path) -> None:
    """The client renames whole files into place and leaves it to the system when they reach the disk."""
    for at, _, files in os.walk(folder):
        for name in files:
            with contextlib.suppress(FileNotFoundError), open(Path(at, name), "rb") as file:
                os.fsync(file.fileno())
        sync_folder(Path(at))
