"""The weight of the five level tiles, from pixels: `python -m tests.ui.weights [WxH@INCHES …]` prints them.

Size, ground, ink and yellow of the face, contrast, and motion: what changes in the picture when a finger comes down.
The words differ, for they are words; all is measured of tile and face.
"""

import os
import sys
from dataclasses import dataclass, fields

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from kiosk.core.levels import Level
from tests.ui.measures import contrast
from tests.ui.stage import Stage, rectangle

YELLOW, INK, PAPER = QColor("#FFE3A0"), QColor("#16273D"), QColor("#FFFFFF")


@dataclass(frozen=True)
class Weight:
    """`tile`: area; `ink`, `yellow`: of the face, in pixels, half-covered ones in half; `contrast`: of the darkest to
    the yellow; `motion`: pixels outside the words that change under a finger."""

    tile: float
    ink: float
    yellow: float
    contrast: float
    motion: float


def face_of(tile: QQuickItem) -> QRect:
    """Where the face of a tile lies."""
    pending = [tile]
    while pending:
        item = pending.pop()
        if "faces" in str(item.property("source")):
            return rectangle(item)
        pending += item.childItems()
    raise AssertionError("a tile without a face")


def weigh(stage: Stage) -> dict[Level, Weight]:
    """All five, as they stand in view."""
    picture = stage.picture()
    weights = {}
    for level in Level:
        tile = stage.items()[f"level.{level}"]
        place, face = rectangle(tile), face_of(tile)
        ink, yellow, darkest = _face(picture.copy(face))
        weights[level] = Weight(
            place.width() * place.height(), ink, yellow, contrast(darkest, YELLOW), _motion(stage, picture, place, face)
        )
    return weights


def spread(weights: dict[Level, Weight]) -> dict[str, float]:
    """For each measure how far the heaviest is above the lightest, in percent of the lightest."""
    found = {}
    for one in fields(Weight):
        values = [getattr(weight, one.name) for weight in weights.values()]
        found[one.name] = 100 * (max(values) / min(values) - 1)
    return found


def _face(picture: QImage) -> tuple[float, float, QColor]:
    """Ink and yellow within the round of the face, and the darkest colour."""
    ink = yellow = 0.0
    darkest, middle = QColor(PAPER), picture.width() / 2
    for y in range(picture.height()):
        for x in range(picture.width()):
            if (x + 0.5 - middle) ** 2 + (y + 0.5 - middle) ** 2 > (middle * 0.93) ** 2:
                continue
            colour = picture.pixelColor(x, y)
            share = (YELLOW.red() - colour.red()) / (YELLOW.red() - INK.red())
            ink, yellow = ink + share, yellow + 1 - share
            darkest = min(darkest, colour, key=lambda one: one.lightness())
    return ink, yellow, darkest


def _motion(stage: Stage, before: QImage, place: QRect, face: QRect) -> float:
    """How many pixels of the tile change in the frame after a finger came down, but for those of its words."""
    finger = QTest.touchEvent(stage.window, stage.touch, False)
    finger.press(0, place.center(), stage.window)
    finger.commit()
    after = stage.window.grabWindow()
    finger.move(0, QRect(0, 0, 4, 4).center(), stage.window)
    finger.commit()
    finger.release(0, QRect(0, 0, 4, 4).center(), stage.window)
    finger.commit()
    del finger
    if face.center().y() - place.center().y() > -place.height() // 20:  # words beside the face
        end = QRect(place.left(), place.top(), face.right() - place.left(), place.height())
    else:  # or below
        end = QRect(place.left(), place.top(), place.width(), face.bottom() - place.top())
    return float(
        sum(before.pixel(x, y) != after.pixel(x, y)
            for y in range(end.top(), end.bottom() + 1) for x in range(end.left(), end.right() + 1))
    )  # fmt: skip


def main(arguments: list[str]) -> int:
    """See the module."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_QUICK_BACKEND", "software")
    from kiosk.ui.loop import QtLoop
    from kiosk.ui.rehearsal import Rehearsal, sample_scene
    from kiosk.ui.shell import KioskWindow, Look, prepare
    from kiosk.ui.words import load_words
    from tests.ui.conftest import ASSETS, SCRATCH

    prepare(Look(ASSETS, SCRATCH))
    touch = QTest.createTouchDevice()
    for glass in arguments or ["1280x800@8", "1280x800@10.1", "1920x1200@13", "1920x1080@15.6", "1080x1920@21.5",
                               "1080x1920@32"]:  # fmt: skip
        size, _, inches = glass.partition("@")
        width, height = (int(side) for side in size.split("x"))
        terminal = Rehearsal(sample_scene(ASSETS))
        window = KioskWindow(Look(ASSETS, SCRATCH, (width, height), diagonal_inches=float(inches)),
                             load_words(ASSETS / "translations"))  # fmt: skip
        window.furnish(QtLoop(), lambda terminal=terminal: terminal.now_ms)
        window.model.attach(terminal)
        window.reveal()
        stage = Stage(terminal, window, touch)
        stage.to("inviting")
        weights = weigh(stage)
        print(f"{glass:16}" + "".join(f"{one.name:>12}" for one in fields(Weight)))
        for level, weight in weights.items():
            print(f"  {level:20}" + "".join(f"{getattr(weight, one.name):12.1f}" for one in fields(Weight)))
        print(f"  {'spread':20}" + "".join(f"{value:11.2f}%" for value in spread(weights).values()), flush=True)
        window.model.detach()
        window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
