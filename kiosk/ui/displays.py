"""The machine's screens as Qt sees them, and as `kiosk displays` lists them."""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict

from PySide6.QtGui import QGuiApplication, QScreen

from kiosk.ui.placement import Choice, Display, Wish, choose, explain


def display_of(screen: QScreen) -> Display:
    """One screen as a value. Qt gives places in the system's pixels, sizes in its own."""
    place, ratio, glass = screen.geometry(), screen.devicePixelRatio(), screen.physicalSize()
    return Display(
        screen.name(), place.x(), place.y(), round(place.width() * ratio), round(place.height() * ratio),
        round(glass.width()), round(glass.height()), screen is QGuiApplication.primaryScreen(),
        f"{screen.manufacturer()} {screen.model()}".strip(), screen.serialNumber(),
    )  # fmt: skip


def displays_of(screens: Sequence[QScreen]) -> list[Display]:
    """All of them, in their order."""
    return [display_of(screen) for screen in screens]


def there_are_screens() -> bool:
    """Whether Qt could be asked at all: on Linux it ends the process where it reaches no display."""
    wanted = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform != "linux" or any(os.environ.get(name) for name in wanted)


def list_displays(wish: Wish, as_json: bool) -> tuple[bool, str]:
    """Whether one of them would be ours, and all of them in words (or JSON), as this program sees them."""
    app = QGuiApplication.instance() or QGuiApplication(["kiosk"])
    displays = displays_of(QGuiApplication.screens())
    choice = choose(displays, wish)
    del app
    return choice.display is not None, _json(displays, choice, wish) if as_json else _words(displays, choice, wish)


def _json(displays: Sequence[Display], choice: Choice, wish: Wish) -> str:
    said = {"choice": choice.why, "why": explain(choice, wish, displays), "wish": asdict(wish)}
    listed = [{**asdict(one), "inches": round(one.inches, 1), "ours": one is choice.display} for one in displays]
    return json.dumps({"displays": listed, **said}, ensure_ascii=False)


def _words(displays: Sequence[Display], choice: Choice, wish: Wish) -> str:
    lines = []
    for one in displays:
        glass = f"glass of {one.width_mm}x{one.height_mm} mm, {one.inches:.1f} in" if one.inches else "not measured"
        about = [f"{one.width}x{one.height} at {one.left},{one.top}", glass, "primary" if one.primary else ""]
        about += [one.model, one.serial]
        lines.append(f"{'ours' if one is choice.display else '':<5} {one.name:<12} {', '.join(filter(None, about))}")
    return "\n".join([*lines, f"→ {explain(choice, wish, displays)}"])
