"""A command of the package hands itself on to the version in force, and to nothing that nobody proved."""

import os
from pathlib import Path

import pytest

from kiosk import __main__ as command_line
from kiosk import start
from kiosk.core.trial import Slot, Slots
from kiosk.update import staging
from kiosk.update.state import Place, changing


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home whose state says that a slot is in force, and a program that came with a package."""
    monkeypatch.setattr("sys.frozen", True, raising=False)
    place = Place(tmp_path)
    place.make()
    with changing(place) as change:
        change.slots = Slots(current=Slot("2-ab", "2.0.0"))
    program = place.program("2-ab")
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    return tmp_path


def test_a_slot_that_nobody_signed_is_not_handed_on_to(home: Path, capsys: pytest.CaptureFixture[str]):
    assert start.version_in_force(home) is None
    assert "not used" in capsys.readouterr().err


def test_one_that_is_as_signed_is(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(staging, "trusted_root", lambda *_: b"")
    monkeypatch.setattr(staging, "fault_of_slot", lambda *_: None)
    assert start.version_in_force(home) == str(Place(home).program("2-ab"))


def test_never_by_another_account(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(staging, "trusted_root", lambda *_: b"")
    monkeypatch.setattr(staging, "fault_of_slot", lambda *_: None)
    monkeypatch.setattr(os, "geteuid", lambda: os.stat(home).st_uid + 1)
    assert start.version_in_force(home) is None


def test_a_supervised_terminal_is_the_version_that_its_supervisor_chose(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("KIOSK_TRIAL", raising=False)
    assert command_line._may_hand_on("run")
    monkeypatch.setenv("KIOSK_TRIAL", "")
    assert not command_line._may_hand_on("run")
    assert command_line._may_hand_on("doctor")


@pytest.mark.parametrize("command", ["supervise", "update", "lockdown", "selftest"])
def test_what_looks_after_versions_is_always_the_packages_own(command: str):
    assert not command_line._may_hand_on(command)
