"""Whether someone has set the wall clock between two entries."""

from kiosk.core.entry import Draft

NOTABLE_MS = 2_000


def clock_jump(before: Draft | None, after: Draft) -> int | None:
    """How far the wall clock has moved against the monotonic one between two entries of one boot (ms), where that is
    more than two seconds; None where it is not, or where the two cannot be compared."""
    if before is None or before.boot_id != after.boot_id:
        return None
    by_ms = (after.wall_ms - before.wall_ms) - (after.mono_ms - before.mono_ms)
    return by_ms if abs(by_ms) > NOTABLE_MS else None
