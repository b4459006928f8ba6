"""`kiosk`, which also writes down what stands on its screen for pairing, in the file `KIOSK_TOLD_CODE`: the eye of a
person who stands before it. Nothing else differs."""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from kiosk.__main__ import main
from kiosk.core.view import Pairing
from kiosk.terminal import Terminal

_show = Terminal.set_pairing


def _show_and_tell(self: Terminal, pairing: Pairing | None) -> None:
    _show(self, pairing)
    file = Path(os.environ["KIOSK_TOLD_CODE"])
    part = file.with_suffix(".part")
    part.write_text(json.dumps(None if pairing is None else asdict(pairing)), "utf-8")
    part.replace(file)


if __name__ == "__main__":
    Terminal.set_pairing = _show_and_tell  # type: ignore[method-assign]
    sys.exit(main())
