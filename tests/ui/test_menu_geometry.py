"""Sizes for hands and eyes of the staff menu's pages, measured as `test_geometry` does a visit's pages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QCoreApplication, QMetaObject
from PySide6.QtQuick import QQuickItem

from kiosk.ui.gallery_menu import menu_stages
from tests.ui.measures import Glass
from tests.ui.stage import Stage
from tests.ui.test_geometry import dress, eyes, hands

KEYPAD, KEY = ("search.key", "search.erase"), 11.5
"""The letters of the search: as large as a citizen's, which on the smallest glass are not 15 mm."""
GLASSES = [Glass(1280, 800, 8), Glass(1080, 1920, 32)]


@dataclass
class AtTheMenu(Stage):
    """What is measured: the menu, which lies over everything."""

    @property
    def root(self) -> QQuickItem:
        whole: QQuickItem = self.window.rootObject()
        found = [item for item in every(whole) if item.objectName() == "menu.sheet"]
        return found[0] if found else whole


def every(item: QQuickItem) -> Iterator[QQuickItem]:
    if item.isVisible():
        yield item
        for child in item.childItems():
            yield from every(child)


def pages(stage: Stage) -> Iterator[str]:
    """Each page, and where there are letters too, those."""
    for name in menu_stages(stage.terminal, stage.window):
        yield name
        change = stage.items().get("menu.letters")
        if change is not None:
            QMetaObject.invokeMethod(change, "tapped")
            QCoreApplication.processEvents()
            yield f"{name} letters"
            QMetaObject.invokeMethod(change, "tapped")


def keys_below(stage: Stage, least: float) -> Iterator[str]:
    for name, item in stage.items().items():
        if name.startswith(KEYPAD) and min(item.width(), item.height()) < least:
            yield name


@pytest.mark.parametrize("glass", GLASSES, ids=str)
def test_the_pages_of_the_menu_have_their_millimetres(make_stage: Callable[..., Stage], glass: Glass) -> None:
    made = make_stage((glass.width, glass.height), glass.inches)
    made.terminal.start()
    made.settle()
    stage = AtTheMenu(made.terminal, made.window, made.touch)
    found, seen = [], 0
    for page in pages(stage):
        assert stage.root.objectName() == "menu.sheet"
        for language in ("zh-CN", "en"):
            for look in ("", "large"):
                picture = dress(stage, look, language)
                wrong = (*hands(stage, glass, look), *eyes(stage, glass, look, picture))
                wrong = tuple(one for one in wrong if not (one.startswith(KEYPAD) and " x " in one))
                wrong += tuple(f"{name} is too small a key" for name in keys_below(stage, KEY * glass.mm))
                found += [f"{page} {language} {look or 'ordinary'}: {one}" for one in wrong]
                seen += 1
    assert seen > 40
    assert not found, "\n".join(found)
