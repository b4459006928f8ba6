"""RELIABILITY 38: tampered, older, expired, mixed, or signed by another: nothing is believed, and it is said why."""

import datetime
import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.core.release import Standing
from kiosk.update.metadata import MetadataRefused
from kiosk.update.slots import SlotRefused, this_system
from kiosk.update.source import Folder, NotReached
from kiosk.update.state import Place
from tests.update.lab import PACKAGE, Keys, Publisher, Repository, Unit, unit_of

DAY_MS = 24 * 3_600_000


def now_ms() -> int:
    return int(time.time() * 1000)


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    made = Publisher(tmp_path / "publisher")
    made.offer("1.1.0")
    return made


@pytest.fixture
def unit(publisher: Publisher, tmp_path: Path) -> Unit:
    return unit_of(publisher, tmp_path)


def refused(unit: Unit) -> MetadataRefused:
    before = unit.slots
    with pytest.raises(MetadataRefused) as caught:
        unit.fetch()
    assert unit.slots == before
    assert not [one for one in unit.place.slots.iterdir() if not one.name.startswith(".")]
    return caught.value


def test_a_version_is_brought_whole_and_waits(unit: Unit):
    slot = unit.fetch()
    assert slot is not None
    assert unit.slots.staged == slot
    assert (unit.place.slots / slot.name / "version").read_text() == "1.1.0"
    assert (unit.place.slots / slot.name / "_internal" / "library.so").resolve().name == "library"
    assert unit.check(slot) is None
    assert not list(unit.place.download.iterdir())


def test_what_waits_already_is_not_fetched_again_and_one_that_was_harmed_is(unit: Unit, publisher: Publisher):
    slot = unit.fetch()
    assert slot is not None
    target = next((publisher.folder / "repository" / "targets").iterdir())
    kept = target.read_bytes()
    target.unlink()
    assert unit.fetch() == slot
    (unit.place.slots / slot.name / "version").write_text("9")
    target.write_bytes(kept)
    assert unit.fetch() == slot
    assert unit.check(slot) is None


def flip(file: Path, at: int = -1) -> None:
    data = bytearray(file.read_bytes())
    data[at if at >= 0 else len(data) // 2] ^= 1
    file.write_bytes(data)


@pytest.mark.parametrize(
    "what", ["targets/*", "metadata/*.targets.json", "metadata/*.snapshot.json", "metadata/timestamp.json"]
)
def test_one_bit_of_anything_and_nothing_is_believed(publisher: Publisher, unit: Unit, what: str):
    newest = max((publisher.folder / "repository").glob(what), key=lambda file: file.stat().st_mtime_ns)
    flip(newest)
    assert refused(unit).why in ("altered", "unsigned")


def test_another_publishers_signature_is_none(publisher: Publisher, unit: Unit, tmp_path: Path):
    other = Publisher(tmp_path / "other")
    other.offer("1.1.0")
    unit.source = Folder(other.folder / "repository")
    assert refused(unit).why == "unsigned"


def test_a_publisher_whose_key_was_taken_signs_nothing_more(publisher: Publisher, unit: Unit, tmp_path: Path):
    stolen = tmp_path / "stolen"
    shutil.copytree(publisher.folder, stolen)
    publisher.repository.rotate("targets")
    unit.staging().look()
    thief = Publisher.__new__(Publisher)
    thief.folder = stolen
    thief.repository = Repository(stolen / "repository", Keys(stolen / "keys"))
    for _ in range(3):
        thief.offer("1.9.0")
    unit.source = Folder(stolen / "repository")
    assert refused(unit).why in ("unsigned", "older", "mixed")


@pytest.mark.parametrize("which", ["metadata", "version"])
def test_what_is_older_is_not_taken(publisher: Publisher, unit: Unit, tmp_path: Path, which: str):
    if which == "version":
        assert unit.staging(standing=Standing("1.2.0", this_system())).fetch(lambda *_: None) is None
        return
    shutil.copytree(publisher.folder / "repository", tmp_path / "yesterday")
    publisher.offer("1.2.0")
    unit.staging().look()
    unit.source = Folder(tmp_path / "yesterday")
    assert refused(unit).why == "older"


def test_parts_of_two_repositories_are_no_repository(publisher: Publisher, unit: Unit, tmp_path: Path):
    metadata = publisher.folder / "repository" / "metadata"
    first = max(metadata.glob("*.targets.json"), key=lambda file: int(file.name.split(".")[0])).read_bytes()
    publisher.offer("1.2.0")
    newest = max(metadata.glob("*.targets.json"), key=lambda file: int(file.name.split(".")[0]))
    newest.write_bytes(first)
    assert refused(unit).why == "mixed"


def test_what_has_expired_names_both_clocks(publisher: Publisher, unit: Unit):
    unit.ours_ms = lambda: now_ms() + 40 * DAY_MS
    words = str(refused(unit))
    assert "timestamp has ended at" in words
    assert "set the clock" in words


def test_a_clock_ahead_is_told_by_centrals(publisher: Publisher, unit: Unit):
    unit.ours_ms, unit.ask_time = lambda: now_ms() + 3650 * DAY_MS, now_ms
    words = str(refused(unit))
    assert (
        str(datetime.datetime.now(datetime.UTC).year + 9) in words
        or str(datetime.datetime.now(datetime.UTC).year + 10) in words
    )
    assert "By central's clock it has not: set this machine's clock" in words


def test_a_clock_put_back_keeps_nothing_alive(publisher: Publisher, unit: Unit):
    unit.ours_ms, unit.ask_time = now_ms, lambda: now_ms() + 40 * DAY_MS
    assert "This machine's clock is slow" in str(refused(unit))


def test_a_clock_behind_takes_what_is_valid(publisher: Publisher, unit: Unit):
    unit.ours_ms, unit.ask_time = lambda: 0, now_ms
    assert unit.fetch() is not None


class Breaks:
    """A source that ends in the middle of the archive."""

    words = "a bad line"

    def __init__(self, folder: Path) -> None:
        self._folder = Folder(folder)

    def chunks(self, name: str) -> Iterator[bytes]:
        for chunk in self._folder.chunks(name):
            if name.startswith("targets/"):
                yield chunk[:50]
                raise NotReached("the line is gone")
            yield chunk

    def server_ms(self) -> int | None:
        return None


def test_a_line_that_breaks_leaves_nothing(publisher: Publisher, unit: Unit):
    unit.source = Breaks(publisher.folder / "repository")
    assert refused(unit).why == "unreached"


def test_a_stick_that_is_not_there_is_said_to_be_missing(unit: Unit, tmp_path: Path):
    unit.source = Folder(tmp_path / "no-stick")
    assert refused(unit).why == "unreached"


def test_groups_shares_and_what_was_returned(publisher: Publisher, unit: Unit):
    publisher.offer("1.2.0", groups=("hall-9",))
    publisher.offer("1.3.0", percent=0)
    seen = unit.staging(told=False).look()
    assert seen.chosen is not None
    assert seen.chosen.offer.version == "1.1.0"
    assert seen.unfit == {"1.2.0": "other_group", "1.3.0": "later_share"}
    told = unit.staging().look()
    assert told.chosen is not None
    assert told.chosen.offer.version == "1.3.0"
    returned = Standing(PACKAGE, this_system(), returned={"1.3.0": 0})
    seen = unit.staging(standing=returned).look()
    assert seen.unfit == {"1.3.0": "returned"}
    publisher.offer("1.3.0", attempt=1)
    assert unit.staging(standing=returned).look().unfit == {}


def evil(publisher: Publisher, alter: Callable[[dict], None]) -> None:  # type: ignore[type-arg]
    """A list of files that climbs, signed all the same: a publisher's machine may be taken over, or err."""
    import hashlib
    import io
    import tarfile

    from publishing.archive import Packed

    from kiosk.update.metadata import Custom

    listed = {"version": "1.1.5", "system": this_system(), "files": {}, "links": {}, "format": 1}
    alter(listed)
    text = json.dumps(listed).encode()
    file = publisher.folder / "evil.tar"
    with tarfile.open(file, "w") as archive:
        member = tarfile.TarInfo("manifest.json")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
        for name in listed["files"]:
            member = tarfile.TarInfo(name)
            member.size = 1
            archive.addfile(member, io.BytesIO(b"x"))
    digest = hashlib.sha256(text).hexdigest()
    publisher.repository.add(Packed(file, digest), "kiosk-1.1.5.tar", Custom("1.1.5", this_system(), digest))


X = {"sha256": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", "size": 1, "starts": False}


@pytest.mark.parametrize(
    "alter",
    [
        lambda listed: listed["files"].update({"../../lives": X}),
        lambda listed: listed["files"].update({"/lives": X}),
        lambda listed: listed["files"].update({"manifest.json": X}),
        lambda listed: listed["links"].update({"a": "../../../lives"}),
        lambda listed: listed["links"].update({"a": "/etc/passwd"}),
        lambda listed: listed["files"].update({"a": {**X, "size": 2}}),
        lambda listed: listed["files"].update({"a": {**X, "sha256": "0" * 64}}),
        lambda listed: listed.update(system="abacus"),
        lambda listed: listed.update(format=2),
    ],
)
def test_an_archive_writes_nowhere_but_into_its_slot(publisher: Publisher, unit: Unit, alter: Callable[[dict], None]):  # type: ignore[type-arg]
    evil(publisher, alter)
    with pytest.raises(SlotRefused):
        unit.fetch()
    assert unit.slots.staged is None
    assert not list(unit.place.slots.iterdir())
    assert not (unit.home / "lives").exists()


def test_the_place_of_a_home_names_nothing_outside_it(tmp_path: Path):
    place = Place(tmp_path)
    assert all(path.is_relative_to(tmp_path) for path in (place.state, place.slots, place.metadata, place.program("a")))
