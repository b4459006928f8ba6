"""How long a machine is drawn without its graphics card once that gave no picture. Pure."""

from dataclasses import dataclass

TRY_AGAIN_S = 7 * 24 * 3600
"""After so long the card is tried again, and after every update: a driver may have been mended."""


@dataclass(frozen=True, slots=True)
class NoPicture:
    """The card gave none: since when (Unix seconds), and to which version of this program."""

    since_s: int
    version: str


def stands(found: NoPicture | None, now_s: int, version: str) -> bool:
    """Whether to go on without the card. A clock that went back says nothing, and so it is tried again."""
    return found is not None and found.version == version and 0 <= now_s - found.since_s < TRY_AGAIN_S
