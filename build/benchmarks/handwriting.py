"""The pad: how often the recogniser is right, and how long a finger waits for what is offered.

`python3 build/dev.py bench handwriting`. The waiting is measured in the real scene: from the moment a finger is lifted
to the moment the offers are there, and to the frame that shows them.
"""

import os
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop, QPointF, QTimer
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from kiosk import handwriting
from kiosk.core.levels import Level
from kiosk.handwriting.recogniser import Recogniser
from kiosk.ui.loop import QtLoop
from kiosk.ui.rehearsal import Rehearsal, sample_scene
from kiosk.ui.shell import KioskWindow, Look, prepare
from kiosk.ui.targets import controls
from kiosk.ui.words import load_words
from tests.handwriting.hands import BOX, HANDS, Strokes, elderly, load_strokes, side_by_side
from tests.handwriting.scoring import score

ASSETS = Path(__file__).parents[2] / "assets"
LINES = 12


@dataclass(frozen=True)
class Waits:
    """Milliseconds of every stroke: from lifting the finger to the offers, and to the frame that shows them; of every
    point: from the finger's move to the frame with its ink."""

    offered: list[float]
    shown: list[float]
    inked: list[float]


def report() -> None:
    """Measure and print."""
    model = handwriting.model_path()
    if model is None:
        raise RuntimeError("the model is not here: `python3 build/dev.py setup` fetches it")
    began = time.perf_counter()
    recogniser = Recogniser(model)
    print(f"{'handwriting: loading the model':<44} {(time.perf_counter() - began) * 1000:>11.0f} ms")
    characters = load_strokes()
    print(f"handwriting: {len(characters)} characters, parts in % among the first 1, 5, 10; milliseconds a character")
    for manner, hand in HANDS.items():
        found = score(recogniser, manner, characters)
        written = [hand(character, strokes) for character, strokes in characters.items()]
        began = time.perf_counter()
        for strokes in written:
            recogniser.read(strokes)
        each_ms = (time.perf_counter() - began) * 1000 / len(written)
        parts = " ".join(f"{100 * part:6.1f}" for part in (found.first, found.first_five, found.first_ten))
        print(f"  {manner:<42} {parts}  {each_ms:5.1f} ms  missed: {found.missed or 'none'}")
    waits = _measure(characters)
    for what, some in (
        ("finger lifted to offers", waits.offered),
        ("finger lifted to the frame with the offers", waits.shown),
        ("finger moved to the frame with its ink", waits.inked),
    ):
        ordered = sorted(some)
        p95 = ordered[int(len(ordered) * 0.95)]
        median = statistics.median(ordered)
        print(f"  {what:<42} median {median:5.1f} ms, p95 {p95:5.1f} ms, most {ordered[-1]:5.1f} ms ({len(some)})")


def _measure(characters: dict[str, Strokes]) -> Waits:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_QUICK_BACKEND", "software")
    with tempfile.TemporaryDirectory() as scratch:
        look = Look(ASSETS, Path(scratch), windowed=(1280, 800))
        prepare(look)
        window, terminal = KioskWindow(look, load_words(ASSETS / "translations")), Rehearsal(sample_scene(ASSETS))
        window.furnish(QtLoop(), lambda: terminal.now_ms)
        window.model.attach(terminal)
        window.reveal()
        terminal.start()
        terminal.begin_visit()
        terminal.invite()
        window.model.tapLevel(Level.SATISFIED)
        _settle()
        window.model.openPanel("comment")
        _settle()
        _named(window, "panel.method").metaObject().invokeMethod(_named(window, "panel.method"), "tapped")
        _settle()
        waits = _write(window, characters)
        window.model.detach()
        window.close()
    return waits


def _write(window: KioskWindow, characters: dict[str, Strokes]) -> Waits:
    """Lines of four common characters by an old hand, stroke by stroke, each waited for."""
    waits, touch, area = Waits([], [], []), QTest.createTouchDevice(), _named(window, "pad.area")
    scale = 0.9 * min(area.height() / BOX, area.width() / (BOX * 1.12 * handwriting.LINE))
    frames: list[float] = []
    window.frameSwapped.connect(lambda: frames.append(time.perf_counter()))
    common = list(characters)
    for line in range(LINES):
        some = common[line * handwriting.LINE : (line + 1) * handwriting.LINE]
        for stroke in side_by_side([elderly(character, characters[character]) for character in some]):
            points = [area.mapToScene(QPointF(x * scale + 10, y * scale + 10)).toPoint() for x, y in stroke]
            finger = QTest.touchEvent(window, touch, False)
            finger.press(0, points[0], window)
            finger.commit()
            for point in points[1:]:
                moved = time.perf_counter()
                finger.move(0, point, window)
                finger.commit()
                _until_frame(frames, moved)
                waits.inked.append((frames[-1] - moved) * 1000)
            lifted = time.perf_counter()
            finger.release(0, points[-1], window)
            finger.commit()
            del finger
            while window.pen.busy:
                QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            offered = time.perf_counter()
            waits.offered.append((offered - lifted) * 1000)
            _until_frame(frames, offered)
            waits.shown.append((frames[-1] - lifted) * 1000)
        window.pen.clear()
    return waits


def _until_frame(frames: list[float], since: float, patience_s: float = 0.2) -> None:
    """Until a frame is shown that is younger than this moment; the same picture again brings none, so not for ever."""
    while (not frames or frames[-1] < since) and time.perf_counter() - since < patience_s:
        QCoreApplication.processEvents()
    if not frames or frames[-1] < since:
        frames.append(since)


def _named(window: KioskWindow, name: str) -> QQuickItem:
    return next(item for item in controls(window.rootObject()) if item.objectName() == name)


def _settle() -> None:
    loop = QEventLoop()
    QTimer.singleShot(450, loop.quit)
    loop.exec()
