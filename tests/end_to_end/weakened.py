"""A weakened build, started in place of `kiosk`: it says "recorded" at once and writes later, so that there is a thanks
without a commit. Only to show that the comparison turns red. `KIOSK_LATE`: the kinds of entries it is late with.
"""

import os
import sys
import threading
from concurrent.futures import Future
from typing import Any

from kiosk import terminal, unit
from kiosk.__main__ import main
from kiosk.core.entry import Draft, Head

LATE_S = 60.0


class HastyTerminal(terminal.Terminal):
    """Answers for the journal before the journal has answered."""

    def __init__(self, **makings: Any) -> None:
        record = makings.pop("record")
        late = frozenset(os.environ["KIOSK_LATE"].split(","))

        def hasty(draft: Draft) -> "Future[Head]":
            if draft.kind not in late:
                return record(draft)
            writing = threading.Timer(LATE_S, record, (draft,))
            writing.daemon = True
            writing.start()
            said: Future[Head] = Future()
            said.set_result(Head(0, 0, "0" * 64))
            return said

        super().__init__(record=hasty, **makings)


if __name__ == "__main__":
    unit.Terminal = HastyTerminal  # type: ignore[misc]
    sys.exit(main())
