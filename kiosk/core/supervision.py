"""When a running terminal counts as dead, and how the next one is started: the rules of whoever watches over it.

Pure. A terminal beats once for each frame that was painted (RELIABILITY 24: painted frames, not a living process).
"""

from dataclasses import dataclass, replace

FIRST_BEAT_MS = 30_000
"""No frame this long after the start: the next life draws without the graphics card (RELIABILITY 29)."""
SILENCE_MS = 6_000
"""No frame this long once there was one: it hangs."""
SETTLED_MS = 60_000
"""A life this long is no crash at start."""
TOO_MANY = 3
"""Deaths in a row, none settled, after which the safe profile begins (RELIABILITY 25)."""
_PAUSES_MS = (0, 500, 1_000, 2_000, 5_000)


@dataclass(frozen=True, slots=True)
class Life:
    """One run of the terminal, in monotonic ms. `beat_ms`: its newest beat, None before the first."""

    started_ms: int
    beat_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """What the supervisor remembers between lives. `deaths`: in a row, without one that had settled."""

    deaths: int = 0
    blind: bool = False

    @property
    def safe(self) -> bool:
        """Whether the next life takes the safe profile: the software renderer, and no station."""
        return self.blind or self.deaths >= TOO_MANY

    @property
    def pause_ms(self) -> int:
        """How long to wait before the next life: nothing after one death, never longer than 5 s."""
        return _PAUSES_MS[min(max(self.deaths - 1, 0), len(_PAUSES_MS) - 1)]


def overdue(life: Life, now_ms: int) -> bool:
    """Whether this life has been without a frame for too long."""
    if life.beat_ms is None:
        return now_ms - life.started_ms > FIRST_BEAT_MS
    return now_ms - life.beat_ms > SILENCE_MS


def after_death(watch: Watch, life: Life, now_ms: int) -> Watch:
    """What is remembered once this life has ended without having been told to.

    One that was safe because nothing had been painted is `blind` no longer once it has settled.
    """
    if now_ms - life.started_ms >= SETTLED_MS and life.beat_ms is not None:
        return replace(watch, deaths=1, blind=False)
    return replace(watch, deaths=watch.deaths + 1, blind=watch.blind or life.beat_ms is None)
