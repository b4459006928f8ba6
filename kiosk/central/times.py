"""Times as they are written in answers."""

from datetime import UTC, datetime, timedelta

_BEGAN = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST_MS = -62_135_596_800_000
LATEST_MS = 253_402_300_799_999


def is_time(ms: int) -> bool:
    """Whether these Unix milliseconds lie in the years 1 to 9999, outside of which RFC 3339 has no words."""
    return EARLIEST_MS <= ms <= LATEST_MS


def rfc3339(ms: int) -> str:
    """Unix milliseconds as RFC 3339 in UTC, `2026-05-01T08:30:00.125Z`.

    Raises OverflowError where `is_time` is false.
    """
    return (_BEGAN + timedelta(milliseconds=ms)).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03d}Z"
