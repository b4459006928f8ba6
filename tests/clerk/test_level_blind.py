"""What a clerk sees and hears at the console, and what it writes down, is the same whatever the citizen taps."""

from dataclasses import fields
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtTest import QSignalSpy

import kiosk.clerk
from kiosk.clerk.derive import Properties
from kiosk.core import events as e
from kiosk.core.levels import Level
from tests.clerk.desk import Desk


def camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.title() for other in others)


def settled(desk: Desk) -> QImage:
    desk.until(lambda: desk.focus() == ("nowhere" if desk.shown.panel == "running" else "matter"))
    return desk.window.grabWindow().convertToFormat(QImage.Format.Format_RGB32)


def rated(desk: Desk, level: Level | None) -> list[object]:
    """One visit whose citizen taps this level and writes a word, or skips: all that the console shows and notifies."""
    seen: list[object] = []
    desk.house.call("POST", f"/v1/visits/{desk.house.start()}/invitation")
    desk.until(lambda: desk.shown.face == "rating")
    spies = {name: QSignalSpy(getattr(desk.window.model, f"{camel(name)}Changed")) for name in NAMES}
    seen += [desk.shown, settled(desk)]
    if level is None:
        desk.house.terminal.submit(e.Skip())
    else:
        desk.house.terminal.submit(e.TapLevel(level))
        desk.until(lambda: heard(desk) == "explaining")
        seen += [settled(desk)]
        desk.house.terminal.submit(e.WriteComment("话"))
        desk.house.terminal.submit(e.Submit())
        desk.until(lambda: heard(desk) == "thanks")
        seen += [desk.shown, settled(desk)]
        desk.house.terminal.submit(e.Leave())
    desk.until(lambda: heard(desk) == "ready")
    seen += [desk.shown, settled(desk), {name: spy.count() for name, spy in spies.items()}]
    return seen


NAMES = [each.name for each in fields(Properties)]


def heard(desk: Desk) -> str:
    state = desk.window.model._inputs.state
    return state.state if state else ""


def test_nothing_shown_tells_one_level_from_another(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    desk.sign_in()
    rated(desk, Level.SATISFIED)  # the first visit of all begins where none has ended yet
    caplog.clear()
    told = [rated(desk, level) for level in Level]
    assert all(seen == told[0] for seen in told)
    assert [record for record in caplog.records if record.name.startswith("kiosk.clerk")] == []


def test_writing_reasons_looks_as_being_asked_and_thanks_as_any_end(desk: Desk) -> None:
    desk.sign_in()
    rated(desk, Level.SATISFIED)
    asked, asked_picture, writing, thanks, thanks_picture, after, after_picture, told = rated(desk, Level.DISSATISFIED)
    assert asked_picture == writing
    assert (thanks, thanks_picture) == (after, after_picture)
    skipped = rated(desk, None)
    assert skipped == [asked, asked_picture, after, after_picture, told]


def test_the_console_has_no_sound() -> None:
    for source in Path(kiosk.clerk.__file__).parent.rglob("*.*"):
        if source.suffix in (".py", ".qml"):
            text = source.read_text("utf-8").lower()
            assert not any(word in text for word in ("qtmultimedia", "soundeffect", ".beep", "texttospeech")), source
