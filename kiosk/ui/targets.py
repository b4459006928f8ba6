"""Where to press: `python -m kiosk.ui.targets WxH LANGUAGE` prints the middle of every control of each state, and of
the two panels with the keyboard in the scene (`comment`, `contact`), whose keys are `key.` and what stands on them, and
whose first suggestion is `word.0`; and of the pad to write on (`pad`, where the extra is installed), whose area is
given by two corners, `pad.area.from` and `pad.area.to`.

Loads the real scene, so that a program which drives a real window with a real pointer knows the layout without
repeating it.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtQuick import QQuickItem

from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.core.view import Scene
from kiosk.ui.loop import QtLoop
from kiosk.ui.rehearsal import Rehearsal, hall_scene, sample_scene
from kiosk.ui.shell import KioskWindow, Look, prepare
from kiosk.ui.words import load_words

ASSETS = Path(__file__).parents[2] / "assets"
_SETTLE_MS = 450


def targets(
    width: int, height: int, language: str, diagonal: float | None, assets: Path, scratch: Path
) -> dict[str, dict[str, tuple[int, int]]]:
    """State → stable id → middle of the control, in window pixels, for `matters` and `matters-called` (of a tablet in
    the hall, with as many as the sample hall has, the second while a number is called), `serving`, `inviting`,
    `inviting-offered` (a phone, too), `explaining`, the panels `comment`, `pad` and `contact`, and `thanks`.

    Shows a window and runs its loop for about three seconds; the process should have no other use for Qt.
    """
    look = Look(assets, scratch, windowed=(width, height), diagonal_inches=diagonal)
    prepare(look)
    at_a_window = sample_scene(assets)
    terminal = Rehearsal(at_a_window)
    terms = terminal.situation.terms
    window = KioskWindow(look, load_words(assets / "translations"))
    window.furnish(QtLoop(), lambda: terminal.now_ms)
    window.model.attach(terminal)
    window.reveal()
    terminal.start()
    found: dict[str, dict[str, tuple[int, int]]] = {}
    model = window.model
    in_the_hall = hall_scene(assets, len(json.loads((assets / "sample-hall.json").read_bytes())["matters"]))

    def stand(scene: Scene, terms: e.Terms) -> None:
        terminal.set_scene(scene)
        terminal.submit(e.TermsChanged(terms))

    def serve() -> None:
        stand(at_a_window, terms)
        terminal.begin_visit()

    acts: dict[str, Callable[[], object]] = {
        "matters": lambda: stand(in_the_hall, e.Terms(self_start=True)),
        "matters-called": lambda: terminal.submit(e.CallNumber("A019")),
        "serving": serve,
        "inviting": terminal.invite,
        "inviting-offered": lambda: terminal.show(phone_offered=True),
        # A number to call is offered to whom something went wrong for and who has said what.
        "explaining": lambda: (
            model.tapLevel(Level.DISSATISFIED),
            model.toggleReason(model.shown.reasons[0]),
        ),
        "comment": lambda: model.openPanel("comment"),
        "pad": lambda: press(window, "panel.method"),
        "contact": lambda: model.openPanel("contact"),
        "thanks": model.submit,
    }
    for state, act in acts.items():
        act()
        while model.shown.language != language:
            model.switchLanguage()
        _settle()
        found[state] = {name: _middle(item) for name, item in _named(window.rootObject())}
        for item in controls(window.rootObject()):
            if item.objectName() == "wordCandidateView":  # none is narrower than a target, so this lies on the first
                begin = item.mapRectToScene(item.boundingRect()).toRect()
                found[state]["word.0"] = begin.left() + begin.height() // 2, begin.center().y()
            if item.objectName() == "pad.area":
                box = item.mapRectToScene(item.boundingRect()).toRect()
                found[state] |= {"pad.area.from": box.topLeft().toTuple(), "pad.area.to": box.bottomRight().toTuple()}
    window.close()
    return found


def controls(root: QQuickItem) -> Iterator[QQuickItem]:
    """Every item in view with a stable id, in the order of the scene."""
    for item in _visible(root):
        if item.objectName() and item.width() > 0:
            yield item


def _named(root: QQuickItem) -> Iterator[tuple[str, QQuickItem]]:
    """Every control in view with its name; of the keyboard in the scene, the keys."""
    for item in controls(root):
        yield item.objectName(), item
    for item in _visible(root):
        face = "space" if item.property("key") == Qt.Key.Key_Space else item.property("displayText")
        if isinstance(face, str) and face and item.property("keyType") is not None:
            yield f"key.{face}", item


def _visible(item: QQuickItem) -> Iterator[QQuickItem]:
    if item.isVisible():
        yield item
        for child in item.childItems():
            yield from _visible(child)


def press(window: KioskWindow, name: str) -> None:
    """Press the control with this id, if it is in view."""
    for item in controls(window.rootObject()):
        if item.objectName() == name:
            item.metaObject().invokeMethod(item, "tapped")


def _middle(item: QQuickItem) -> tuple[int, int]:
    point = item.mapToScene(item.boundingRect().center())
    return round(point.x()), round(point.y())


def _settle() -> None:
    loop = QEventLoop()
    QTimer.singleShot(_SETTLE_MS, loop.quit)
    loop.exec()


def main(arguments: list[str]) -> int:
    """See the module."""
    width, height = (int(side) for side in arguments[0].split("x"))
    language = arguments[1] if len(arguments) > 1 else "zh-CN"
    with tempfile.TemporaryDirectory() as scratch:
        print(json.dumps(targets(width, height, language, None, ASSETS, Path(scratch)), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
