"""`kiosk` as a clerk may listen to it, and builds that tell: only to show that the test finds them out.

`KIOSK_MOUTH`: a file that gets a line for everything the speaker is told, with the monotonic second; it is told at
every hour. `KIOSK_TELLS`: `late:MS` after a negative level, `log` for a line that only a negative level brings, or both
with a comma between them.
"""

import logging
import os
import sys
import threading
from concurrent.futures import Future
from typing import Any

from kiosk import unit
from kiosk.__main__ import main
from kiosk.core.events import Event, TapLevel
from kiosk.core.view import Accepted, Refused
from kiosk.device import speech
from kiosk.terminal import Terminal
from kiosk.ui import speaker

MOUTH = """
import json, sys, time
print(json.dumps({"kind": "voice", "engine": "e", "voices": {"zh-CN": "v", "en": "v"}, "sound": True}), flush=True)
with open(sys.argv[1], "a", encoding="utf-8") as file:
    for line in sys.stdin:
        print(json.dumps([time.monotonic(), line]), file=file, flush=True)
"""


class Telltale(Terminal):
    """Lets on that somebody was not satisfied."""

    def submit(self, event: Event) -> "Future[Accepted | Refused]":
        if isinstance(event, TapLevel) and event.level.negative:
            for tells in os.environ["KIOSK_TELLS"].split(","):
                if tells == "log":
                    logging.getLogger("kiosk.terminal").warning("one more for the supervisor")
                else:
                    threading.Event().wait(int(tells.removeprefix("late:")) / 1000)
        return super().submit(event)


if __name__ == "__main__":
    heard: Any = lambda _prefer="": [sys.executable, "-I", "-c", MOUTH, os.environ["KIOSK_MOUTH"]]  # noqa: E731
    speech.command = heard
    speaker.volume_now = lambda *_: 70
    if os.environ.get("KIOSK_TELLS"):
        unit.Terminal = Telltale  # type: ignore[misc]
    sys.exit(main())
