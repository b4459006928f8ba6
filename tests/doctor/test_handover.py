"""What is handed over, on a machine told from memory."""

from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.acceptance_book import Kept, keep
from kiosk.device.identity import Identity
from kiosk.device.secrets import open_vault
from kiosk.doctor import handover
from kiosk.doctor.patient import Running
from kiosk.protocol.technicians import Roster, Secret
from kiosk.roster import ROSTER, keep_roster
from tests.doctor.machines import healthy, patient

IDENTITY = Identity(device_id="d" * 32, key_id="k", central_url="http://127.0.0.1:1")
ALL = {"touch": True, "speaker": True, "round_trip": True}


@pytest.mark.parametrize(
    ("tried", "code"),
    [({}, "untried"), ({"touch": True}, "untried"), (ALL, "ok"), ({**ALL, "speaker": False}, "failed")],
)
def test_what_was_tried_at_the_glass_is_told(tmp_path: Path, tried: dict[str, bool], code: str) -> None:
    unit = patient(tmp_path, healthy())
    for test, passed in tried.items():
        keep(unit.home, Kept(test, passed, 0, "T1"))
    assert [note.code for note in handover.acceptance(unit)] == [f"acceptance.{code}"]


def test_a_book_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    unit = patient(tmp_path, healthy())
    (unit.home.acceptance / "tried.json").write_bytes(b"{")
    assert [note.code for note in handover.acceptance(unit)] == ["acceptance.unread"]


@pytest.mark.parametrize("code", ["none", "ok", "unreadable"])
def test_who_may_open_the_page_is_told(tmp_path: Path, code: str) -> None:
    unit = patient(tmp_path, healthy())
    vault = open_vault(unit.home, "file", "file")
    if code == "ok":
        keep_roster(vault, Roster(version="1", technicians=(Secret(number="T1", name="x", secret="A"),)))
    if code == "unreadable":
        vault.put(ROSTER, b"{")
    unit = replace(unit, vault=vault, identity=IDENTITY)
    assert [note.code for note in handover.technicians(unit)] == [f"technicians.{code}"]


@pytest.mark.parametrize(("parent", "code"), [("/usr/bin/cage\0--\0kiosk", "ok"), ("/usr/bin/gnome-shell", "none")])
def test_whether_a_session_of_its_own_holds_it_is_told(tmp_path: Path, parent: str, code: str) -> None:
    files: dict[str, str | None] = {
        "/proc/30/status": "PPid:\t20\n", "/proc/20/status": "PPid:\t10\n", "/proc/10/status": "PPid:\t1\n",
        "/proc/20/cmdline": "kiosk\0supervise", "/proc/10/cmdline": parent,
    }  # fmt: skip
    unit = replace(patient(tmp_path, healthy(files)), running=Running(True, 30))
    assert [note.code for note in handover.lock_down(unit)] == [f"lock_down.{code}"]
    assert list(handover.lock_down(replace(unit, running=Running(False)))) == []
