"""Sizes for hands and eyes of the pages at rest and the sheets, measured as `test_geometry` does a visit's pages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtQuick import QQuickItem

from kiosk.core import events as e
from kiosk.core.receipt import receipt_code
from kiosk.core.situation import Situation, State
from kiosk.core.view import Earlier
from kiosk.ui.rehearsal import STAFF
from tests.ui.every_look import GLASSES, looks_for
from tests.ui.measures import Glass
from tests.ui.stage import Stage, until
from tests.ui.test_geometry import dress, eyes, hands

KEYS, KEY = ("desk.key", "desk.erase"), 11.5
"""The keypad of the code: 33 keys, large for keys of a keypad, but on the smallest glass not 15 mm."""
CODE = receipt_code("ab" * 32).replace("-", "")
ANSWERED = Earlier("found", "2026-11-23T09:12:00Z", "answered", "您反映的材料清单问题已核实，已补齐一次性告知单。", 1)


@dataclass
class InFront(Stage):
    """What is measured: the sheet where one is open, else the whole stage."""

    @property
    def root(self) -> QQuickItem:
        whole = self.window.rootObject()
        sheet = next((item for item in every(whole) if item.property("coveredTop") is not None), None)
        return sheet or whole


def every(item: QQuickItem) -> Iterator[QQuickItem]:
    if item.isVisible():
        yield item
        for child in item.childItems():
            yield from every(child)


def at_rest(stage: Stage) -> Iterator[str]:
    """The pages at rest, one by one."""
    terminal, model = stage.terminal, stage.model
    terminal.start()
    yield "ready"
    terminal.submit(e.SignOut())
    yield "nobody"
    terminal.submit(e.SignIn(STAFF))
    model.rest()
    stage.settle()
    deck = stage.items()["attract.deck"]
    for slide in range(5):
        deck.setProperty("at", slide)
        yield f"attract {slide}"
    model.wake()
    visit = terminal.begin_visit()
    yield "serving"
    terminal.submit(e.CancelVisit(visit, "left"))
    for kind, back in (("away", "10:40"), ("waiting", None), ("out_of_service", "14:00"), ("系统升级", None)):
        terminal.submit(e.Pause(kind, back))
        yield f"paused {kind}"
    terminal.submit(e.Resume())
    terminal.submit(e.HoursChanged(open=False))
    yield "closed"
    terminal.submit(e.Fault("journal"))
    yield "out of order"
    terminal.open_for(Situation(state=State.HANDED_TO_PHONE))
    yield "phone"


def sheets(stage: Stage) -> Iterator[str]:
    """The sheets, and every step of the receipt desk but the one with the keyboard."""
    terminal, model = stage.terminal, stage.model
    terminal.start()
    for sheet in ("privacy", "languages", "assist", "receipt"):
        model.openSheet(sheet)
        yield sheet

    def asked(answer: Earlier) -> None:
        terminal.answer = answer
        model.openSheet("")
        model.openSheet("receipt")
        for character in CODE:
            model.deskType(character)
        model.deskAsk()
        until(lambda: model.shown.desk_step == "answer", "the answer")

    asked(Earlier("unknown"))
    yield "unknown"
    asked(Earlier("unreachable"))
    yield "unreachable"
    asked(ANSWERED)
    yield "answered"
    model.deskBegin("withdraw")
    model.deskGoOn()
    yield "confirm"
    model.deskGoOn()
    until(lambda: model.shown.desk_step == "kept", "the commit")
    yield "kept"


def wrong(stage: Stage, glass: Glass, steps: Iterator[str], small: tuple[str, ...] = KEYS) -> Iterator[str]:
    """`small`: how those are called that are keys of a keypad."""
    for step in steps:
        Stage.settle(Stage(stage.terminal, stage.window, stage.touch))
        for language in ("zh-CN", "en"):
            for look in looks_for(glass):
                picture = dress(stage, look, language)
                for one in (*hands(stage, glass, look), *eyes(stage, glass, look, picture)):
                    if not one.startswith(small):
                        yield f"{step} {language} {look or 'ordinary'}: {one}"
                for name, key in stage.items().items():
                    if name.startswith(small) and min(key.width(), key.height()) < KEY * glass.mm:
                        yield f"{step} {language} {look or 'ordinary'}: {name} is too small"


@pytest.mark.parametrize("glass", GLASSES, ids=str)
def test_the_pages_at_rest_have_their_millimetres(make_stage: Callable[..., Stage], glass: Glass) -> None:
    stage = make_stage((glass.width, glass.height), glass.inches)
    found = list(wrong(stage, glass, at_rest(stage)))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("glass", GLASSES, ids=str)
def test_the_sheets_have_their_millimetres(make_stage: Callable[..., Stage], glass: Glass) -> None:
    made = make_stage((glass.width, glass.height), glass.inches)
    stage = InFront(made.terminal, made.window, made.touch)
    found = list(wrong(stage, glass, sheets(stage)))
    assert not found, "\n".join(found)
