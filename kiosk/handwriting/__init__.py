"""Reads what a finger wrote: strokes in, ranked texts out. Knows neither the screen nor Qt.

An optional extra (`kiosk[handwriting]`): this module imports nothing of it, so that anyone may ask whether it is here;
`kiosk.handwriting.recogniser` needs numpy and onnxruntime, and is imported where the reading is done.
"""

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

MODEL = "PP-OCRv6_rec_small.onnx"
CANDIDATES = 10
LINE = 4
"""How many characters in a row are read in one go."""

Stroke = Sequence[tuple[float, float]]
"""The points of one stroke in the order in which they were drawn; y grows downwards, the unit is the caller's."""


def model_path() -> Path | None:
    """Where the model lies, or None where it is not installed: `share/kiosk` below the prefix of this Python, which in
    the packaged program is the program's own folder. `build/developer/handwriting.py` puts it there."""
    path = Path(sys.prefix) / "share" / "kiosk" / MODEL
    return path if path.is_file() else None


def installed() -> bool:
    """Whether everything that reading needs is here. Imports none of it."""
    return model_path() is not None and all(find_spec(name) is not None for name in ("numpy", "onnxruntime"))
