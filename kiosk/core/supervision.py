"""When a running terminal counts as dead, and how the next one is started: the rules of whoever watches over it.

Pure. A terminal beats once for each frame that was painted (RELIABILITY 24: painted frames, not a living process). All
times are attended ms: time in which the watcher itself ran, for of any other it cannot say who was silent.
"""

from dataclasses import dataclass, replace

EX_AGAIN = 85
"""The terminal ended by itself to begin anew, as when it had grown too large: no crash, and at once."""
EX_NO_PICTURE = 86
"""The graphics card gives no picture, the terminal says so itself: the next life draws without it."""
FIRST_BEAT_MS = 30_000
"""No frame this long after the start: the next life draws without the graphics card (RELIABILITY 29), and gets twice
the time, for the machine may be no worse than slow."""
FIRST_BEAT_MOST_MS = 480_000
SILENCE_MS = 6_000
"""No frame this long once there was one: it hangs."""
SETTLED_MS = 60_000
"""A life this long is no crash at start."""
TOO_MANY = 3
"""Deaths in a row, none settled, after which the safe profile begins (RELIABILITY 25)."""
MOST_BETWEEN_LOOKS_MS = 1_000
"""Between two looks of the watcher no more than this is attended; what is beyond it slept through or stood still."""
_PAUSES_MS = (0, 500, 1_000, 2_000, 5_000)


@dataclass(frozen=True, slots=True)
class Life:
    """One run of the terminal, in attended ms. `beat_ms`: its newest beat, None before the first; `painted`: one of
    them was a frame; `patience_ms`: how long it may take to the first."""

    started_ms: int
    beat_ms: int | None = None
    painted: bool = False
    patience_ms: int = FIRST_BEAT_MS


@dataclass(frozen=True, slots=True)
class Watch:
    """What the watcher remembers between lives. `deaths`: in a row, without one that had settled; `blind`: the card
    gave no picture; `patience_ms`: what the next life gets to its first beat, which never shrinks again."""

    deaths: int = 0
    blind: bool = False
    patience_ms: int = FIRST_BEAT_MS

    @property
    def safe(self) -> bool:
        """Whether the next life takes the safe profile: the software renderer, and no station."""
        return self.deaths >= TOO_MANY

    @property
    def software(self) -> bool:
        """Whether it at least draws without the graphics card."""
        return self.blind or self.safe

    @property
    def pause_ms(self) -> int:
        """How long to wait before the next life: nothing after one death, never longer than 5 s."""
        return _PAUSES_MS[min(max(self.deaths - 1, 0), len(_PAUSES_MS) - 1)]


def attended(before_ms: int, gap_ms: int) -> int:
    """The attended time at this look, `gap_ms` after the look before."""
    return before_ms + min(max(gap_ms, 0), MOST_BETWEEN_LOOKS_MS)


def overdue(life: Life, now_ms: int) -> bool:
    """Whether this life has been without a frame for too long."""
    if life.beat_ms is None:
        return now_ms - life.started_ms > life.patience_ms
    return now_ms - life.beat_ms > SILENCE_MS


def after_death(watch: Watch, life: Life, now_ms: int, no_picture: bool = False) -> Watch:
    """What is remembered once this life has ended without having been told to. `no_picture`: it said so itself.

    One that drew without the card because nothing had been painted is `blind` no longer once it has settled. One that
    was ended for want of patience leaves twice as much of it.
    """
    if now_ms - life.started_ms >= SETTLED_MS and life.beat_ms is not None and not no_picture:
        return replace(watch, deaths=1, blind=False)
    impatient = life.beat_ms is None and now_ms - life.started_ms > life.patience_ms
    patience_ms = min(2 * life.patience_ms, FIRST_BEAT_MOST_MS) if impatient else watch.patience_ms
    blind = watch.blind or no_picture or life.beat_ms is None
    return replace(watch, deaths=watch.deaths + 1, blind=blind, patience_ms=max(patience_ms, watch.patience_ms))
