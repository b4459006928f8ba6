"""QR codes as rows of modules, worked out once for what stands on the screen. No Qt in here."""

from functools import lru_cache
from typing import Literal

QUIET_ZONE = 2


@lru_cache(maxsize=2)
def modules(content: str, error: Literal["l", "m"] = "m") -> tuple[tuple[bool, ...], ...]:
    """The code with its quiet zone, row by row; True is dark. `error`: how much of it may be damaged."""
    import segno  # not needed before the first code

    rows = segno.make_qr(content, error=error).matrix_iter(border=QUIET_ZONE)
    return tuple(tuple(bool(dark) for dark in row) for row in rows)
