"""A scanner that types: what it reads comes as keys in one burst, ended by Return. No Qt in here."""

from dataclasses import dataclass, field, replace

GAP_MS = 1_500
"""Between two characters of one burst, on however slow a machine; what is older was no scanner's, and is forgotten."""
SHORTEST = 4
"""No slip says less, and a key or two that somebody pressed are none."""
LIMIT = 512


@dataclass(frozen=True, slots=True)
class Burst:
    """What has come so far, and when (monotonic ms) its newest character came."""

    text: str = field(default="", repr=False)
    at_ms: int = 0


SILENCE = Burst()


def heard(burst: Burst, text: str, now_ms: int) -> Burst:
    """One key more."""
    before = so_far(burst, now_ms)
    return replace(burst, text=(before + text)[-LIMIT:], at_ms=now_ms)


def so_far(burst: Burst, now_ms: int) -> str:
    """What of it still counts."""
    return burst.text if now_ms - burst.at_ms <= GAP_MS else ""
