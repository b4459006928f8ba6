"""What a screen reader reads: every screen in its tree, named, in the order of reading, and pressable."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAccessible
from PySide6.QtQuick import QQuickItem

from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.ui.gallery import stages
from kiosk.ui.key_walk import is_stop, reading_order, top_layer
from tests.ui.stage import LANDSCAPE, PORTRAIT, Stage, until

Role = QAccessible.Role
PRESSED = frozenset({Role.Button, Role.CheckBox, Role.RadioButton})
READ = frozenset({Role.StaticText, Role.AlertMessage, Role.EditableText})


@dataclass(frozen=True)
class Node:
    """One place in the tree; `within`: the names of the panes and dialogs around it."""

    role: Role
    name: str
    item: QQuickItem
    within: tuple[str, ...]
    disabled: bool


def tree(stage: Stage) -> list[Node]:
    """Everything in the tree that is on the screen, in its order."""
    found: list[Node] = []

    def walk(face, within: tuple[str, ...]) -> None:
        for number in range(face.childCount()):
            child = face.child(number)
            if child is None or child.state().invisible:
                continue
            name = child.text(QAccessible.Text.Name)
            found.append(Node(child.role(), name, child.object(), within, bool(child.state().disabled)))
            walk(child, (*within, name) if child.role() in (Role.Pane, Role.Dialog) else within)

    walk(QAccessible.queryAccessibleInterface(stage.window), ())
    return found


def walked(stage: Stage, language: str = "zh-CN") -> Iterator[str]:
    """Every screen there is, at rest and in this language."""
    for name in stages(stage.terminal, stage.window):
        if stage.model.shown.language != language:
            sheet = stage.model.shown.sheet
            stage.model.chooseLanguage(language)
            stage.model.openSheet(sheet)
        QCoreApplication.processEvents()  # an answer on its way, such as a hint
        stage.settle()
        yield name


def of_qt_s_keyboard(item: QQuickItem | None) -> bool:
    """Qt's keyboard brings a field of its own that shadows ours."""
    name = item.metaObject().className() if item is not None else ""
    return item is not None and (name.startswith("ShadowInputControl") or of_qt_s_keyboard(item.parentItem()))


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_everything_on_every_screen_has_its_role_and_name(
    make_stage: Callable[..., Stage], size: tuple[int, int], language: str
) -> None:
    stage = make_stage(size)
    for place in walked(stage, language):
        nodes = tree(stage)
        unnamed = [
            (place, node.role)
            for node in nodes
            if node.role in PRESSED | READ and not node.name and not of_qt_s_keyboard(node.item)
        ]
        assert unnamed == []
        in_tree = {node.item for node in nodes if node.role in PRESSED and not node.disabled}
        stops = [item for item in top_layer(stage.root) if is_stop(item)]
        assert [(place, item.objectName()) for item in stops if item not in in_tree] == []
        if place != "splash":
            assert any(node.role is Role.Pane and node.name for node in nodes), place


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT])
def test_the_order_of_the_tree_is_that_of_reading(make_stage: Callable[..., Stage], size: tuple[int, int]) -> None:
    stage = make_stage(size)
    wrong = {}
    for place in walked(stage):
        layer = set(top_layer(stage.root))
        for around in {node.within for node in tree(stage)}:
            items = [
                node.item
                for node in tree(stage)
                if node.within == around
                and node.role in PRESSED
                and node.item in layer
                and is_stop(node.item)
                and node.item.objectName() != "sheet.close"  # beside the title, and yet what one comes to last
            ]
            if around and items != reading_order(items):
                wrong[place] = [item.objectName() for item in items]
    assert wrong == {}


def test_only_the_page_that_is_shown_is_in_the_tree(stage: Stage) -> None:
    for place in walked(stage):
        panes = [node.name for node in tree(stage) if node.role is Role.Pane]
        assert len(panes) == 1, place


def test_what_lies_under_a_sheet_cannot_be_used(stage: Stage) -> None:
    for place in walked(stage):
        if place not in ("languages", "assist", "receipt", "privacy", "comment", "contact"):
            continue
        layer = set(top_layer(stage.root))
        below = [n for n in tree(stage) if n.role in PRESSED and is_stop(n.item) and n.item not in layer]
        assert below, place
        assert [node.name for node in below if not node.disabled] == [], place


def test_a_hint_and_the_question_are_alerts(stage: Stage) -> None:
    alerts = {place: [node.name for node in tree(stage) if node.role is Role.AlertMessage] for place in walked(stage)}
    assert alerts["explaining-hint"] == [stage.model.shown.words["hint.reason_needed"]]
    assert alerts["inviting-asking"] == [stage.model.shown.words["asking.title"]]
    assert [place for place in ("ready", "inviting", "thanks") if alerts[place]] == []


def press(stage: Stage, name: str) -> None:
    until(lambda: any(node.name == name for node in tree(stage)), name)
    node = next(node for node in tree(stage) if node.name == name and node.role in PRESSED)
    actions = QAccessible.queryAccessibleInterface(node.item).actionInterface()
    actions.doAction(actions.toggleAction() if node.role is Role.CheckBox else actions.pressAction())


@pytest.mark.parametrize("level", list(Level))
def test_the_whole_way_through_the_tree_alone_ends_in_a_rating(stage: Stage, level: Level) -> None:
    words = stage.model.shown.words
    stage.to("serving")
    press(stage, words["serving.rate"])
    press(stage, words[f"level.{level}"])
    press(stage, stage.model.shown.reason_labels[1])
    reason = next(node for node in tree(stage) if node.name == stage.model.shown.reason_labels[1])
    assert QAccessible.queryAccessibleInterface(reason.item).state().checked
    press(stage, words["explaining.comment"])
    field = next(node for node in tree(stage) if node.role is Role.EditableText)
    QAccessible.queryAccessibleInterface(field.item).setText(QAccessible.Text.Value, "等待时间太长")
    until(lambda: stage.model.shown.comment == "等待时间太长", "the words are there")
    press(stage, words["panel.done"])
    press(stage, words["explaining.submit"])
    until(lambda: stage.model.shown.page == "thanks", "the rating is taken")
    assert stage.terminal.drafts[-1].body["level"] == level
    assert any(node.name == stage.model.shown.receipt for node in tree(stage))


def test_what_is_no_longer_shown_is_not_pressed(stage: Stage) -> None:
    stage.to("inviting")
    stage.settle()
    skip = stage.items()["skip"]
    stage.tap("level.satisfied")
    stage.settle()
    actions = QAccessible.queryAccessibleInterface(skip).actionInterface()
    actions.doAction(actions.pressAction())
    assert not any(isinstance(event, e.Skip) for event in stage.terminal.events)


def test_a_screen_reader_is_told_what_has_the_focus(stage: Stage) -> None:
    stage.to("inviting")
    stage.settle()
    item = stage.items()["level.satisfied"]
    item.forceActiveFocus()
    state = QAccessible.queryAccessibleInterface(item).state()
    assert state.focusable
    assert state.focused
