"""Waits for the journal: as long as it may take, and no longer than the lane runs."""

import threading
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from typing import TypeVar

from kiosk.sync.ports import Pending

_SLICE_S = 0.25
_T = TypeVar("_T")


class LaneClosing(Exception):
    """The lane is told to end."""


class JournalFailed(Exception):
    """The journal did not do what it was asked; the message is for the technician."""


@dataclass(frozen=True, slots=True)
class Patience:
    """`closing`: set when the lane is to end; `limit_s`: how long the journal may take to answer."""

    closing: threading.Event
    limit_s: float

    def result(self, future: Pending[_T]) -> _T:
        """What the journal answers. Raises JournalFailed, LaneClosing."""
        waited_s = 0.0
        while not self.closing.is_set():
            try:
                return future.result(_SLICE_S)
            except (NotYet, CancelledError) as fault:
                if future.done():
                    raise JournalFailed(f"the journal failed: {type(fault).__name__}") from fault
                waited_s += _SLICE_S
                if waited_s >= self.limit_s:
                    raise JournalFailed(f"the journal did not answer within {self.limit_s:g} s") from None
            except (JournalFailed, LaneClosing):
                raise
            except Exception as fault:
                raise JournalFailed(f"the journal failed: {type(fault).__name__}") from fault
        raise LaneClosing
