"""Sizes for hands and eyes on every glass, in every look: DOMAIN.md, "Sizes for hands and eyes".

One window for each glass, walked once through a visit; at every step its looks and both languages are put on, and what
stands there is measured: targets, gaps, the band, type, contrast against what was drawn, and that nothing is cut. The
ordinary run puts half of the looks on each glass (`every_look`).
"""

from collections.abc import Callable, Iterator
from itertools import combinations

import pytest
from PySide6.QtCore import QCoreApplication, QMetaObject, QRect
from PySide6.QtGui import QColor, QImage
from PySide6.QtQml import QQmlExpression, qmlContext
from PySide6.QtQuick import QQuickItem

from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.ui.looks import NAMES
from kiosk.ui.rehearsal import sample_terms
from tests.ui.every_look import EVERY, GLASSES, LOOKS, looks_for
from tests.ui.measures import (
    CAPITALS,
    Glass,
    apart,
    contrast,
    ground,
    ink_of,
    owner,
    presses,
    texts,
    type_size,
)
from tests.ui.stage import Stage, rectangle, until, written

FINGER, LEVEL, GAP, READ, SECOND = 15.0, 20.0, 2.0, 3.2, 2.7


def steps(stage: Stage) -> Iterator[str]:
    """A visit, step by step, each page at rest."""

    def at(name: str, *acts: Callable[[], object]) -> str:
        for act in acts:
            act()
        stage.settle()
        return name

    terminal, model = stage.terminal, stage.model
    terminal.start()
    terminal.submit(e.TermsChanged(sample_terms()))
    terminal.begin_visit()
    yield at("inviting", terminal.invite)
    yield at("asking", lambda: terminal.wait(terminal.situation.terms.inviting_ms))
    yield at("explaining", lambda: model.tapLevel(Level.DISSATISFIED))
    yield at("more", model.toggleMore)
    model.submit()
    until(lambda: model.shown.hint, "the hint")
    yield at("hint")
    filled = (lambda: model.writeComment("等了很久"), lambda: model.writeContact("13805580178"))
    yield at("filled", lambda: model.toggleReason("209"), *filled)
    yield at("thanks", model.submit)


def dress(stage: Stage, look: str, language: str) -> QImage:
    """Put this look and language on, and give the picture of it."""
    model = stage.model
    while model.shown.language != language:
        model.switchLanguage()
    for name in NAMES:
        if getattr(model.shown, name) != (name in look.split()):
            model.toggleLook(name)
    QCoreApplication.processEvents()
    return stage.window.grabWindow()


def leaves(stage: Stage, picture: QImage) -> Iterator[QImage]:
    """The page, and where its reasons do not fit on one leaf, each leaf of them."""
    yield picture
    turn = presses(stage).get("turn")
    for _ in range(turn.parentItem().property("leaves") - 1 if turn is not None else 0):
        QMetaObject.invokeMethod(turn, "tapped")
        QCoreApplication.processEvents()
        yield stage.window.grabWindow()
    if turn is not None:
        QMetaObject.invokeMethod(turn, "tapped")


def hands(stage: Stage, glass: Glass, look: str) -> Iterator[str]:
    """What is too small, too near to another, or out of reach."""
    items = presses(stage)
    places = {name: rectangle(item) for name, item in items.items()}
    for name, place in places.items():
        least = LEVEL if name.startswith("level.") else FINGER
        if min(place.width(), place.height()) / glass.mm < least - 0.1:
            yield f"{name} is {place.width() / glass.mm:.1f} x {place.height() / glass.mm:.1f} mm"
        if not QRect(0, 0, glass.width, glass.height).contains(place):
            yield f"{name} is not on the glass"
        band = glass.height - 300 * glass.mm
        if (glass.portrait and place.top() < band - 1) or ("low" in look and place.top() < glass.height * 0.18 - 1):
            yield f"{name} is {(glass.height - place.top()) / glass.mm:.0f} mm above the lower edge"
    for (one, here), (other, there) in combinations(places.items(), 2):
        if apart(here, there) / glass.mm < GAP - 0.1:
            yield f"{one} and {other} are {apart(here, there) / glass.mm:.1f} mm apart"


def eyes(stage: Stage, glass: Glass, look: str, picture: QImage) -> Iterator[str]:
    """What is too small to read, too faint, cut, or written over something else."""
    items, buttons = texts(stage), presses(stage)
    places = [ink_of(item) for item in items]
    whole = QRect(0, 0, glass.width, glass.height)
    for item, place in zip(items, places, strict=True):
        text, size = item.property("text"), type_size(item) / glass.mm
        if size < (SECOND if text in stage.model.shown.level_beside else READ) - 0.1:
            yield f"{text!r} is {size:.1f} mm"
        if glass.stood and size * CAPITALS < 4.8 - 0.1:
            yield f"capitals of {text!r} are {size * CAPITALS:.1f} mm"
        ratio = contrast(QColor(item.property("color")), ground(picture, rectangle(item)))
        if ratio < (7 if "contrast" in look else 4.5):
            yield f"{text!r} has a contrast of {ratio:.1f}"
        if item.property("truncated"):
            yield f"{text!r} is cut"
        if not whole.contains(place):
            yield f"{text!r} is not on the glass"
        button = owner(item)
        if button is not None and not rectangle(button).adjusted(-1, -1, 1, 1).contains(place):
            yield f"{text!r} stands out of {button.objectName()}"
        sheet = page(item)
        if sheet is not None and not rectangle(sheet).adjusted(-1, -1, 1, 1).contains(place):
            yield f"{text!r} stands out of its page"
        for name, other in buttons.items():
            if button is not other and place.intersects(rectangle(other).adjusted(1, 1, -1, -1)):
                yield f"{text!r} stands over {name}"
    for one, other in combinations(range(len(items)), 2):
        if places[one].intersects(places[other]):
            yield f"{items[one].property('text')!r} and {items[other].property('text')!r} overlap"


def page(item: QQuickItem) -> QQuickItem | None:
    """The page an item is on."""
    while item is not None and item.property("horizon") is None:
        item = item.parentItem()
    return item


@pytest.mark.parametrize("portrait", [False, True])
def test_the_ordinary_run_leaves_out_no_look_and_no_glass(monkeypatch: pytest.MonkeyPatch, portrait: bool) -> None:
    monkeypatch.delenv(EVERY, raising=False)
    worn = [looks_for(glass) for glass in GLASSES if glass.portrait == portrait]
    assert all(worn)
    assert {look for looks in worn for look in looks} == set(LOOKS)
    monkeypatch.setenv(EVERY, "1")
    assert all(looks_for(glass) == LOOKS for glass in GLASSES)


@pytest.mark.parametrize("glass", GLASSES, ids=str)
def test_hands_and_eyes_have_their_millimetres(make_stage: Callable[..., Stage], glass: Glass) -> None:
    stage = make_stage((glass.width, glass.height), glass.inches)
    found = []
    for step in steps(stage):
        for language in ("zh-CN", "en"):
            for look in looks_for(glass):
                for leaf, picture in enumerate(leaves(stage, dress(stage, look, language))):
                    wrong = [*hands(stage, glass, look), *eyes(stage, glass, look, picture)]
                    found += [f"{step} {language} {look or 'ordinary'} {leaf}: {one}" for one in wrong]
    assert not found, "\n".join(found)


def test_on_glass_too_small_for_15_mm_nothing_is_below_9(make_stage: Callable[..., Stage]) -> None:
    glass = Glass(1024, 600, 7)
    stage = make_stage((glass.width, glass.height), glass.inches)
    for _ in steps(stage):
        dress(stage, "", "zh-CN")
        for name, item in presses(stage).items():
            place = rectangle(item)
            assert min(place.width(), place.height()) / glass.mm >= (20 if name.startswith("level.") else 9) - 0.1, name
            assert QRect(0, 0, glass.width, glass.height).contains(place), name


@pytest.mark.parametrize("size", [(1280, 800), (1080, 1920), (1920, 1080), (800, 600), (1024, 768), (600, 900)])
def test_pages_work_in_a_window_of_any_size(make_stage: Callable[..., Stage], size: tuple[int, int]) -> None:
    stage = make_stage(size)
    whole = QRect(0, 0, *size)
    for step in steps(stage):
        for language in ("zh-CN", "en"):
            dress(stage, "", language)
            places = {name: rectangle(item) for name, item in presses(stage).items()}
            assert all(whole.contains(place) for place in places.values()), step
            assert not [pair for pair in combinations(places.values(), 2) if pair[0].intersects(pair[1])], step
            assert [item.property("text") for item in texts(stage) if not whole.contains(written(item))] == [], step


@pytest.mark.parametrize(
    ("density", "size", "inches"),
    [
        (5.884, (1280, 800), 10.1),
        (2.71, (1080, 1920), 32),
        (96 / 25.4, (1280, 800), 0),
        (30, (1280, 800), 0),
        (5.884, (1920, 1200), 0),
    ],
)
def test_a_screen_that_we_fill_is_measured_where_what_it_says_can_be_believed(
    make_stage: Callable[..., Stage], density: float, size: tuple[int, int], inches: float
) -> None:
    stage = make_stage((1080, 1920) if inches == 32 else (1280, 800))
    bindings = next(
        item for item in stage.root.childItems() if item.metaObject().indexOfMethod("measured(double,int,int)") >= 0
    )
    found = QQmlExpression(qmlContext(bindings), bindings, f"measured({density}, {size[0]}, {size[1]})").evaluate()[0]
    assert found == pytest.approx(inches, abs=0.06)
