"""Which looks are measured on which glass: half of them in the ordinary run, and glasses of a kind complete each other.

`python -m tests.ui.every_look` measures every look on every glass; more words for pytest may follow (`-k sheets`).
"""

import os
import sys
from pathlib import Path

import pytest

from tests.ui.measures import Glass

GLASSES = [
    Glass(1280, 800, 8),
    Glass(1280, 800, 10.1),
    Glass(1920, 1200, 13),
    Glass(1920, 1080, 15.6),
    Glass(1080, 1920, 21.5),
    Glass(1080, 1920, 32),
]
LOOKS = ["", "large", "contrast", "low", "left", "large low"]
HALVES = (["", "contrast", "large low"], ["large", "low", "left"])
"""Each has one with larger type, one that lies lower, and one that keeps every size."""
EVERY = "KIOSK_EVERY_LOOK"


def looks_for(glass: Glass) -> list[str]:
    """What is put on this glass: a half, and its neighbour in the list has the other."""
    return LOOKS if EVERY in os.environ else HALVES[GLASSES.index(glass) % 2]


def main() -> int:
    here = Path(__file__).parent
    os.environ[EVERY] = "1"
    return int(pytest.main([*map(str, sorted(here.glob("test_*geometry.py"))), "-q", *sys.argv[1:]]))


if __name__ == "__main__":
    sys.exit(main())
