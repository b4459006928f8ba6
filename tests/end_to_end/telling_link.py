"""The terminal as it is, started in place of `kiosk`; it also writes the newest link that its screen may show into the
file `KIOSK_LINK`, as a camera before the screen would read it.
"""

import os
import sys
from pathlib import Path

from kiosk import terminal, unit
from kiosk.__main__ import main

LINK = "KIOSK_LINK"


class TellingTerminal(terminal.Terminal):
    """Tells of its link."""

    def set_phone_link(self, link: str) -> None:
        """As it is, and told."""
        if link and link != self.view().phone_link:
            file = Path(os.environ[LINK])
            part = file.with_suffix(".part")
            part.write_text(link, "ascii")
            part.replace(file)
        super().set_phone_link(link)


if __name__ == "__main__":
    unit.Terminal = TellingTerminal  # type: ignore[misc]
    sys.exit(main())
