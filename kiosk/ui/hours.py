"""Opening hours as a citizen reads them: neighbouring days with the same hours stand in one line."""

from collections.abc import Sequence

from kiosk.core.view import OpeningHours
from kiosk.ui.words import Words


def hours_table(hours: Sequence[OpeningHours], words: Words, language: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Two columns of the same length: days (`周一至周五`) and times (`09:00–12:00 …`). No line for closed days."""
    by_day: dict[int, list[str]] = {}
    for period in sorted(hours, key=lambda one: (one.weekday, one.opens)):
        by_day.setdefault(period.weekday, []).append(f"{period.opens}–{period.closes}")
    runs: list[tuple[int, int, str]] = []
    for day, periods in by_day.items():
        times = "   ".join(periods)
        if runs and runs[-1][1] == day - 1 and runs[-1][2] == times:
            runs[-1] = (runs[-1][0], day, times)
        else:
            runs.append((day, day, times))
    return tuple(_days(first, last, words, language) for first, last, _ in runs), tuple(run[2] for run in runs)


def _days(first: int, last: int, words: Words, language: str) -> str:
    name = words.text(language, f"day.{first}")
    return name if first == last else name + words.text(language, "days.join") + words.text(language, f"day.{last}")
