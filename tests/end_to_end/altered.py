"""`kiosk`, with what a test needs otherwise. `KIOSK_WAITS`: milliseconds for inviting, explaining and "are you still
there?", shorter than a profile may set them. `KIOSK_WITHOUT`: rules taken out, only to show that a test turns red:
`dead_time` after a change of page, `first_tap` wins, `wiping` after a visit. `KIOSK_LINK`: see `telling_link`;
`KIOSK_CODE=none`: no code for phones, for it is another at every visit.
"""

import os
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from kiosk import profile_file, unit
from kiosk.__main__ import main
from kiosk.core import events as e
from kiosk.core import visit
from kiosk.core.rules import rate
from kiosk.core.situation import State
from kiosk.core.view import Scene
from kiosk.ui import screen_model, window
from tests.end_to_end.telling_link import LINK, TellingTerminal


def hurry(waits: str) -> None:
    inviting, explaining, asking = (int(ms) for ms in waits.split(","))
    original = profile_file.terms_of

    def terms_of(*arguments: Any) -> e.Terms:
        return replace(original(*arguments), inviting_ms=inviting, explaining_ms=explaining, asking_ms=asking)

    profile_file.terms_of = terms_of


def without_code() -> None:
    original = profile_file.scene_of

    def scene_of(*arguments: Any) -> Scene:
        return replace(original(*arguments), phone_page="")

    profile_file.scene_of = scene_of


def without_dead_time(folder: Path) -> None:
    shutil.copytree(window.QML, folder / "qml")
    for name in ("Screens/Main.qml", "Parts/Theme.qml"):
        theme = folder / "qml" / "Kiosk" / name
        theme.write_text(
            theme.read_text("utf-8").replace("dead: 300", "dead: 0").replace("enabled: !dead.running", "enabled: true"),
            "utf-8",
        )
    window.QML = folder / "qml"


def without_first_tap() -> None:
    visit.RULES[(State.EXPLAINING, e.TapLevel)] = rate.tap  # type: ignore[index]


def without_wiping() -> None:
    screen_model.visit_over = lambda _before, _after: False
    screen_model.saw = lambda inputs, view, ms: replace(inputs, view=view, seen_ms=ms)


if __name__ == "__main__":
    if waits := os.environ.get("KIOSK_WAITS"):
        hurry(waits)
    if os.environ.get("KIOSK_CODE") == "none":
        without_code()
    if os.environ.get(LINK):
        unit.Terminal = TellingTerminal  # type: ignore[misc]
    without = os.environ.get("KIOSK_WITHOUT", "").split(",")
    with tempfile.TemporaryDirectory() as scratch:
        if "dead_time" in without:
            without_dead_time(Path(scratch))
        if "first_tap" in without:
            without_first_tap()
        if "wiping" in without:
            without_wiping()
        sys.exit(main())
