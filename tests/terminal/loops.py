"""A loop and a clock that stand still until a test moves them."""

import heapq
import itertools
from collections import deque
from collections.abc import Callable


class ManualLoop:
    """Runs what was posted when told to, and timers when time is advanced. Is its own clock; someone may set the wall
    clock by `off_ms`."""

    def __init__(self) -> None:
        self.now_ms = 1_000
        self.off_ms = 0
        self._posted: deque[Callable[[], None]] = deque()
        self._timers: list[tuple[int, int, Callable[[], None]]] = []
        self._stopped: set[int] = set()
        self._numbers = itertools.count()

    def post(self, work: Callable[[], None]) -> None:
        self._posted.append(work)

    def call_later(self, delay_ms: int, work: Callable[[], None]) -> Callable[[], None]:
        number = next(self._numbers)
        heapq.heappush(self._timers, (self.now_ms + delay_ms, number, work))
        return lambda: self._stopped.add(number)

    def run(self) -> None:
        while self._posted:
            self._posted.popleft()()

    def advance(self, ms: int) -> None:
        end = self.now_ms + ms
        self.run()
        while self._timers and self._timers[0][0] <= end:
            self.now_ms, number, work = heapq.heappop(self._timers)
            if number not in self._stopped:
                work()
            self.run()
        self.now_ms = end

    @property
    def armed(self) -> int:
        return sum(number not in self._stopped for _, number, _ in self._timers)

    def wall_ms(self) -> int:
        return 1_795_000_000_000 + self.now_ms + self.off_ms

    def mono_ms(self) -> int:
        return self.now_ms

    def boot_id(self) -> str:
        return "b" * 32
