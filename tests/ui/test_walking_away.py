"""A citizen walks away at each step; the next one finds the screen as if nobody had been there.

Not a list of what must be gone: what the next citizen meets on every page is compared, item by item, with what the
first citizen of the day met there.
"""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickItem

from kiosk.core import events as e
from tests.ui.stage import Stage

FIRST, LEAVER = "341200202611240178", "341200202699998888"
COMMENT, CONTACT = "等了三个小时", "13855512345"
_OF_THE_MOMENT = ("deadline", "time_left", "citizen", "words")
_SAYS = ("text", "label", "preeditText", "icon", "chosen", "displayText")


def everything(stage: Stage) -> tuple[dict[str, Any], list[tuple[str, ...]]]:
    """All that the screen could tell at this moment: what the model hands to it, and every item, in view or not."""
    QCoreApplication.processEvents()
    shown = {name: value for name, value in asdict(stage.model.shown).items() if name not in _OF_THE_MOMENT}
    pending, said = [stage.root], []
    while pending:
        item = pending.pop()
        if item.property("keyType") is None:  # the keys of the keyboard say what stands on them
            said.append((item.metaObject().className(), *(_said(item, name) for name in _SAYS)))
            pending.extend(item.childItems())
    return shown, sorted({line for line in said if any(line[1:])})


def _said(item: QQuickItem, name: str) -> str:
    value = item.property(name)
    return str(value) if isinstance(value, str | bool) and value is not False else ""


def a_visit_looked_at(stage: Stage) -> list[Any]:
    """What a citizen meets from the first page to the last, both panels open and shut."""
    looks = []
    stage.terminal.begin_visit(FIRST)
    looks.append(everything(stage))
    stage.terminal.invite()
    looks.append(everything(stage))
    stage.model.tapLevel("satisfied")
    looks.append(everything(stage))
    for panel in ("comment", "contact", ""):
        stage.model.openPanel(panel)
        looks.append(everything(stage))
    stage.model.toggleMore()
    looks.append(everything(stage))
    stage.model.toggleMore()
    for field in ("comment.field", "contact.field"):
        found = stage.root.findChild(QQuickItem, field)
        assert not found.property("canUndo")
        assert not found.property("canRedo")
    stage.model.submit()
    looks.append(everything(stage))
    receipt = stage.model.shown.receipt
    assert receipt
    stage.model.leave()
    looks.append(everything(stage))
    return [mask(look, receipt) for look in looks]


def the_first_of_the_day(stage: Stage) -> list[Any]:
    """What is met where nobody has left anything; once before that, for pages are made when they are first wanted."""
    stage.to("ready")
    at_the_phone(stage)
    stage.terminal.submit(e.PhoneFinished())
    a_visit_looked_at(stage)
    return a_visit_looked_at(stage)


def mask(look: tuple[dict[str, Any], list[tuple[str, ...]]], receipt: str) -> Any:
    """The receipt is each visit's own, and so is the picture of it."""
    shown, said = look
    for own in ("receipt", "receipt_content", "receipt_key"):
        shown[own] = bool(shown[own])
    return shown, sorted(tuple(part.replace(receipt, "#") for part in line) for line in said)


def serving(stage: Stage) -> None:
    stage.terminal.begin_visit(LEAVER)
    stage.model.switchLanguage()


def inviting(stage: Stage) -> None:
    serving(stage)
    stage.terminal.invite()


def explaining(stage: Stage) -> None:
    inviting(stage)
    stage.model.tapLevel("very_dissatisfied")
    stage.model.toggleMore()
    for number in (0, 3, 7):
        stage.model.toggleReason(stage.model.shown.reasons[number])


def hinted(stage: Stage) -> None:
    inviting(stage)
    stage.model.tapLevel("very_dissatisfied")
    stage.model.submit()
    QCoreApplication.processEvents()
    assert stage.model.shown.hint


def writing(stage: Stage) -> None:
    explaining(stage)
    stage.model.openPanel("comment")
    QCoreApplication.processEvents()
    stage.items()["comment.field"].setProperty("text", COMMENT)
    QGuiApplication.clipboard().setText(COMMENT)
    assert stage.model.shown.comment == COMMENT


def telephoning(stage: Stage) -> None:
    writing(stage)
    stage.model.openPanel("contact")
    QCoreApplication.processEvents()
    stage.items()["contact.field"].setProperty("text", CONTACT)
    assert stage.model.shown.contact_masked == "138******45"


def written(stage: Stage) -> None:
    telephoning(stage)
    stage.model.openPanel("")


def back_at_the_five(stage: Stage) -> None:
    written(stage)
    stage.model.chooseAgain()


def at_the_phone(stage: Stage) -> None:
    inviting(stage)
    stage.terminal.submit(e.HandToPhone())
    assert stage.model.shown.page == "handed_to_phone"


def thanked(stage: Stage) -> None:
    written(stage)
    stage.model.submit()
    assert stage.model.shown.page == "thanks"


STEPS: list[Callable[[Stage], None]] = [
    serving, inviting, explaining, hinted, writing, telephoning, written, back_at_the_five, at_the_phone, thanked,
]  # fmt: skip


def the_visit_ends(stage: Stage) -> None:
    """By its own deadline; where there is none, the clerk ends it."""
    terminal = stage.terminal
    for _ in range(3):
        situation = terminal.situation
        if situation.visit is None or situation.visit.outcome is not None:
            break
        if situation.deadline_ms is None:
            terminal.submit(e.CancelVisit(situation.visit.visit_id, "left"))
        else:
            terminal.wait(situation.deadline_ms - terminal.now_ms)
    QCoreApplication.processEvents()


def at_once(stage: Stage) -> None:
    """The next visit begins on the thanks page, or as soon as it may."""
    the_visit_ends(stage)


def after_a_while(stage: Stage) -> None:
    the_visit_ends(stage)
    stage.terminal.wait(10_000_000)


@pytest.mark.parametrize(
    ("step", "ends"), [*((step, at_once) for step in STEPS), (written, after_a_while), (thanked, after_a_while)]
)
def test_the_next_citizen_sees_nothing_of_who_walked_away(
    stage: Stage, step: Callable[[Stage], None], ends: Callable[[Stage], None]
) -> None:
    before = the_first_of_the_day(stage)
    step(stage)
    ends(stage)
    assert a_visit_looked_at(stage) == before
    assert QGuiApplication.clipboard().text() == ""
    tapped = step in STEPS[2:8] or step is thanked
    ended = [draft for draft in stage.terminal.drafts if draft.kind == "visit.ended"][3]
    assert ended.body.get("level") == ("very_dissatisfied" if tapped else None)


def test_a_screen_that_forgets_too_little_is_found_out(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: what is the screen's own outlasts the visit."""
    before = the_first_of_the_day(stage)
    monkeypatch.setattr("kiosk.ui.screen_model.visit_over", lambda before, after: False)
    monkeypatch.setattr("kiosk.ui.screen_model.saw", lambda inputs, view, ms: replace(inputs, view=view, seen_ms=ms))
    written(stage)
    the_visit_ends(stage)
    assert a_visit_looked_at(stage) != before
