"""The doctor says which version is started, and what became of one that did not do."""

from dataclasses import replace
from pathlib import Path

import pytest

from kiosk import __version__
from kiosk.core.trial import Last, Slot, Slots
from kiosk.device.paths import open_home
from kiosk.device.settings import Settings
from kiosk.doctor.patient import Patient
from kiosk.doctor.versions import version
from kiosk.update.state import Place, changing

NEW = Slot("9.0.0-x", "9.0.0")


@pytest.mark.parametrize(
    ("slots", "code", "result", "running"),
    [
        (Slots(), "update.none", "ok", __version__),
        (Slots(current=NEW, last=Last("kept", "9.0.0", "", 1)), "update.kept", "ok", "9.0.0"),
        (Slots(staged=NEW), "update.waits", "ok", __version__),
        (Slots(trial=NEW, tries=2), "update.trial", "warning", __version__),
        (Slots(last=Last("returned", "9.0.0", "fell each time", 1)), "update.returned", "warning", __version__),
        (Slots(last=Last("left", "9.0.0", "fell 6 times", 1)), "update.left", "warning", __version__),
        (Slots(last=Last("damaged", "9.0.0", "", 1)), "update.damaged", "warning", __version__),
        (Slots(current=replace(NEW, version="0.0.1")), "update.none", "ok", __version__),
    ],
)
def test_what_is_said_of_versions(tmp_path: Path, slots: Slots, code: str, result: str, running: str):
    home = open_home(tmp_path / "home")
    with changing(Place(home.root)) as change:
        change.slots = slots
    (note,) = version(Patient(home, Settings()))
    assert (note.code, note.result, note.values["version"]) == (code, result, running)


def test_a_switch_that_cannot_be_read_is_a_finding(tmp_path: Path):
    home = open_home(tmp_path / "home")
    place = Place(home.root)
    place.make()
    place.state.write_bytes(b"{")
    (note,) = version(Patient(home, Settings()))
    assert (note.code, note.result) == ("update.broken", "warning")
