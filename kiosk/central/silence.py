"""Looks from time to time for what no request brings to light: terminals that fell silent, phones' ratings for which no
journal vouches, and journals whose recovery never ended."""

import asyncio
import logging

import sqlalchemy as sa

from kiosk.central.alarms import SILENT_MS, notice_silence
from kiosk.central.desk import Desk
from kiosk.central.phone_vouching import notice_unvouched
from kiosk.central.succession import judge_unfinished

EVERY_S = 600.0
UNFINISHED_MS = 24 * 3_600_000
"""So long a terminal may take to bring an earlier journal over; and so many times as long it is looked at."""
_LOOKS = 14
_LOG = logging.getLogger(__name__)


def look(desk: Desk, silent_ms: int = SILENT_MS) -> None:
    """Raise the alarms that are due now."""
    now_ms = desk.now_ms()
    due_ms = now_ms - UNFINISHED_MS
    with desk.store.transaction() as connection:
        notice_silence(connection, now_ms, silent_ms)
        notice_unvouched(connection, now_ms)
        judge_unfinished(connection, due_ms - _LOOKS * UNFINISHED_MS, due_ms, now_ms)


async def watch_silence(desk: Desk, every_s: float = EVERY_S) -> None:
    """Look again and again until cancelled. A database that is out of reach now may not be so the next time."""
    while True:
        try:
            await asyncio.to_thread(look, desk)
        except (sa.exc.OperationalError, sa.exc.TimeoutError) as fault:
            _LOG.error("the database refused: %s", fault)
        await asyncio.sleep(every_s)
