"""RELIABILITY 38 and 25: a version that is well is kept; one that falls, hangs, stays blind or unwell is returned by
itself; one that was kept and falls again and again is left. Real processes, with a trial of seconds.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.core import supervision
from tests.update.lab import Publisher, Unit, unit_of
from tests.update.running import Running, until


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.update.choice.WELL_MS", 400)
    monkeypatch.setattr("kiosk.update.choice.TRIAL_MS", 1_200)
    monkeypatch.setattr(supervision, "_PAUSES_MS", (0,))


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    return Publisher(tmp_path / "publisher")


@contextmanager
def running(unit: Unit, folder: Path) -> Iterator[Running]:
    made = Running(unit, folder)
    try:
        until("the package", made.paints)
        yield made
    finally:
        made.end()


def test_a_good_version_is_kept_and_starts_again(publisher: Publisher, tmp_path: Path):
    publisher.offer("1.1.0")
    unit = unit_of(publisher, tmp_path)
    assert unit.fetch() is not None
    with running(unit, tmp_path) as made:
        made.change_over()
        until("kept", lambda: unit.slots.current is not None)
        assert made.lives() == ["1.0.0", "1.1.0"]
        assert unit.slots.trial is None
    assert Path(str(unit.choice().next(0, 0).program[0])).parent.name.startswith("1.1.0-")


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("falls 1", "fell"), ("falls 0", "fell"), ("falls 75", "fell"), ("falls 78", "fell"),
        ("blind", "not well"), ("unwell", "not well"), ("dies 0.2", "fell"),
    ],
)  # fmt: skip
def test_a_bad_version_is_returned_by_itself_and_not_tried_again(
    publisher: Publisher, tmp_path: Path, how: str, why: str
):
    publisher.offer("1.1.0", how)
    unit = unit_of(publisher, tmp_path)
    assert unit.fetch() is not None
    with running(unit, tmp_path) as made:
        made.change_over()
        until("returned", lambda: unit.slots.returned and made.lives()[-1] == "1.0.0")
        assert (unit.slots.starts, unit.slots.last.what) == (None, "returned")
        assert why in unit.slots.last.why
        assert 1 <= made.lives().count("1.1.0") <= 3
        assert made.lives()[0] == made.lives()[-1] == "1.0.0"
        assert unit.fetch() is None
        publisher.offer("1.1.0", attempt=1)
        assert unit.fetch() is not None


def test_a_trial_that_hung_does_not_leave_the_old_version_in_the_safe_profile(publisher: Publisher, tmp_path: Path):
    publisher.offer("1.1.0", "blind")
    unit = unit_of(publisher, tmp_path)
    assert unit.fetch() is not None
    with running(unit, tmp_path) as made:
        made.supervisor.watch = replace(made.supervisor.watch, patience_ms=300)
        made.change_over()
        until("returned", lambda: unit.slots.returned and made.lives()[-1] == "1.0.0")
        assert made.lives().count("1.1.0") > 1, "it was ended for want of a frame, and so thought to be blind"
        assert not made.supervisor.watch.blind
        assert made.profiles()[-1] == "usual"


def test_a_version_that_cannot_even_be_started_is_returned(publisher: Publisher, tmp_path: Path):
    made = publisher.offer("1.1.0")
    (made / "kiosk").write_text("#!/no/such/interpreter\n")
    publisher.repository.withdraw("kiosk-1.1.0.tar.gz")
    republish(publisher, made, "1.1.0")
    unit = unit_of(publisher, tmp_path)
    assert unit.fetch() is not None
    with running(unit, tmp_path) as runs:
        runs.change_over()
        until("returned", lambda: unit.slots.returned and runs.lives()[-2:] == ["1.0.0", "1.0.0"])


def republish(publisher: Publisher, folder: Path, version: str) -> None:
    from publishing.archive import pack

    from kiosk.update.metadata import Custom
    from kiosk.update.slots import this_system

    packed = pack(folder, version, this_system(), publisher.folder / "again.tar.gz", level=1)
    publisher.repository.add(packed, "again.tar.gz", Custom(version, this_system(), packed.manifest))


def test_a_kept_version_that_falls_again_and_again_is_left_for_the_one_before(publisher: Publisher, tmp_path: Path):
    unit = unit_of(publisher, tmp_path)
    publisher.offer("1.1.0")
    keep(unit)
    publisher.offer("1.2.0", "falls 1")
    keep(unit)
    made = Running(unit, tmp_path)
    try:
        until("left", lambda: made.lives()[-1:] == ["1.1.0"])
        assert made.lives() == ["1.2.0"] * 6 + ["1.1.0"]
        assert unit.slots.last.what == "left"
    finally:
        made.end()


def keep(unit: Unit) -> None:
    """As if it had been well."""
    from dataclasses import replace

    from kiosk.core.trial import begin
    from kiosk.core.trial import keep as kept
    from kiosk.update.state import changing

    unit.bring()
    with changing(unit.place) as change:
        change.slots = kept(begin(replace(change.slots, wish="forward")), 1)


@pytest.mark.parametrize("damage", ["altered", "missing", "strange", "link", "mixed", "resigned", "state"])
def test_a_slot_that_is_not_exactly_what_was_signed_is_not_started(publisher: Publisher, tmp_path: Path, damage: str):
    unit = unit_of(publisher, tmp_path)
    publisher.offer("1.1.0")
    keep(unit)
    first = unit.place.slots / unit.slots.current.name  # type: ignore[union-attr]
    publisher.offer("1.2.0")
    keep(unit)
    slot = unit.slots.current
    assert slot is not None
    folder = unit.place.slots / slot.name
    match damage:
        case "altered":
            (folder / "kiosk").write_text((folder / "kiosk").read_text().replace("sys.exit", "sys.exut"))
        case "missing":
            (folder / "_internal" / "library").unlink()
        case "strange":
            (folder / "_internal" / "sitecustomize.py").write_text("print('hello')")
        case "link":
            (folder / "_internal" / "library.so").unlink()
            (folder / "_internal" / "library.so").symlink_to("/bin/sh")
        case "mixed":
            (folder / "version").write_bytes((first / "version").read_bytes())
        case "resigned":  # with a list of its own, which nobody signed
            from kiosk.update.manifest import make_manifest

            (folder / "how").write_text("unwell")
            (folder / "manifest.json").write_bytes(make_manifest(folder, slot.version, "linux-x86_64"))
        case "state":
            unit.place.state.write_bytes(b'{"format": 1, "current": {"name": "../../bin", "version": "9"}}')
    start = unit.choice().next(0, 0)
    if damage == "state":
        assert list(start.program) == ["the package"]
    else:
        assert list(start.program) == [str(first / "kiosk")]
        assert unit.slots.last.what == "damaged"
        assert unit.fetch() is not None  # and it may be brought anew


@pytest.mark.parametrize("raw", [b"", b"{", b'{"format": 9}', b"\xff", b"[" * 50_000])
def test_a_switch_that_cannot_be_read_starts_the_package(publisher: Publisher, tmp_path: Path, raw: bytes):
    unit = unit_of(publisher, tmp_path)
    unit.place.make()
    unit.place.state.write_bytes(raw)
    assert list(unit.choice().next(0, 0).program) == ["the package"]
    assert not unit.choice().wanted()
