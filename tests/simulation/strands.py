"""Simulated time, and threads of which one runs at a time: who waits gives way, and the next event decides who goes.

The code under test believes in threads, queues, events and futures of the standard library. It gets these here instead,
so its own loops run as they are, and the same seed gives the same run: no two strands ever run at once, none is
interrupted, and nothing happens but in the order of the one heap of events.
"""

import heapq
import itertools
import queue as real_queue
import threading as real_threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future as RealFuture
from concurrent.futures import TimeoutError as NotYet
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Killed(BaseException):
    """The process that this strand belonged to is gone. Nobody may catch it."""


def _taken() -> Any:
    """A lock that is held: whoever waits for it goes on when another gives it back."""
    lock = real_threading.Lock()
    lock.acquire()
    return lock


class Strand:
    """One thread of control. `owner`: what it dies with; None for what belongs to the world itself.

    While it waits it lets the world go on, on its own thread, until it is due itself or another strand is: to change
    threads is what costs time here.
    """

    def __init__(self, world: "World", target: Callable[[], None], owner: Any) -> None:
        self.owner = owner
        self.alive = True
        self.wakes = 0
        self._world = world
        self._target = target
        self._killed = False
        self._turn = _taken()
        self._ended = _taken()
        self._awaited = False
        self._thread: real_threading.Thread | None = None

    def block(self, timeout_ms: float | None) -> None:
        """Give way until woken or until the time is over. Called by the strand itself."""
        if self._killed:
            raise Killed
        self.wakes += 1
        world = self._world
        if timeout_ms is not None:
            world.push(timeout_ms, None, self.owner, self, self.wakes)
        world.current = world.acting = None
        after = world.go_on(self)
        if after is not self and not self._killed:
            if after is None:
                world.back.release()
            else:
                after.take_turn()
            self._turn.acquire()
        if self._killed:
            raise Killed
        self.wakes += 1
        world.current, world.acting = self, self.owner

    def wake(self) -> None:
        """Let it go on at this same moment, after what is already due."""
        self._world.push(0, None, self.owner, self, self.wakes)

    def take_turn(self) -> None:
        """Run, from where it waited; whoever calls waits next."""
        if self._thread is None:
            self._thread = real_threading.Thread(target=self._live, daemon=True)
            self._thread.start()
        self._turn.release()

    def kill(self) -> None:
        """End it where it stands."""
        if not self.alive or self._killed:
            return
        self._killed = True
        if self._thread is None:
            self.alive = False
        elif self._world.host is not self:  # else it ends as soon as it has done what it does for the world
            self._awaited = True
            self._turn.release()
            self._ended.acquire()

    @property
    def killed(self) -> bool:
        """Whether it is to end."""
        return self._killed

    def _live(self) -> None:
        world = self._world
        self._turn.acquire()
        try:
            if not self._killed:
                self.wakes += 1
                world.current, world.acting = self, self.owner
                self._target()
        except Killed:
            pass
        except BaseException as fault:  # the world's own thread raises it
            world.fault = fault
        self.alive = False
        if self._awaited:
            self._ended.release()
        else:
            world.current = world.acting = None
            world.back.release()


class World:
    """The one clock (ms since the run began) and the one heap of what will happen.

    `acting`: whose work is being done. `host`: the strand on whose thread the world goes on, if it is not its own.
    """

    def __init__(self) -> None:
        self.now_ms = 0.0
        self.current: Strand | None = None
        self.acting: Any = None
        self.host: Strand | None = None
        self.fault: BaseException | None = None
        self.strands: list[Strand] = []
        self.back = _taken()
        self._until_ms = 0.0
        self._heap: list[tuple[float, int, Callable[[], None] | None, Any, Strand | None, int]] = []
        self._numbers = itertools.count()
        self._cancelled: set[int] = set()
        self._gone: dict[int, Any] = {}  # the owner itself is kept, so that no other gets its id

    def at(self, delay_ms: float, work: Callable[[], None], owner: Any = None) -> Callable[[], None]:
        """Do `work` after a delay, unless its owner is gone by then; the call returned takes it back."""
        number = self.push(delay_ms, work, owner, None, 0)
        return lambda: self._cancelled.add(number)

    def push(
        self, delay_ms: float, work: Callable[[], None] | None, owner: Any, strand: Strand | None, wakes: int
    ) -> int:
        """Put work, or the waking of a strand, where it will be found in time."""
        number = next(self._numbers)
        heapq.heappush(self._heap, (self.now_ms + delay_ms, number, work, owner, strand, wakes))
        return number

    def spawn(self, target: Callable[[], None], owner: Any = None) -> Strand:
        """A strand that begins at this moment."""
        strand = Strand(self, target, owner)
        self.strands.append(strand)
        strand.wake()
        return strand

    def run(self, until_ms: float) -> None:
        """Let everything happen up to this moment. On the world's own thread."""
        assert self.current is None
        self._until_ms = until_ms
        while (strand := self.go_on(None)) is not None:
            strand.take_turn()
            self.back.acquire()
            self._raise()
        self._raise()
        self.now_ms = until_ms

    def go_on(self, host: Strand | None) -> Strand | None:
        """Do what is due on this thread, until a strand is to run, which is given; None: nothing more, or the host is
        to end."""
        self.host = host
        try:
            while self._heap and self._heap[0][0] <= self._until_ms:
                self.now_ms, number, work, owner, strand, wakes = heapq.heappop(self._heap)
                if number in self._cancelled:
                    self._cancelled.discard(number)
                elif strand is not None:
                    if strand.alive and not strand.killed and strand.wakes == wakes:
                        return strand
                elif work is not None and (owner is None or id(owner) not in self._gone):
                    self.acting = owner
                    work()
                    self.acting = None
                    if host is not None and host.killed:
                        return None
        except Exception as fault:  # of the harness, not of the strand that happens to be the host
            self.fault = fault
        finally:
            self.host = None
        return None

    def sleep(self, ms: float) -> None:
        """Wait, on whatever strand calls."""
        assert self.current is not None, "the world itself cannot wait"
        end = self.now_ms + ms
        while self.now_ms < end:
            self.current.block(end - self.now_ms)

    def end(self, owner: Any) -> None:
        """Whatever belongs to `owner` is gone, in the middle of what it did. Not from a strand of its own."""
        assert self.current is None
        for strand in self.strands:
            if strand.owner is owner:
                strand.kill()
        self._gone[id(owner)] = owner
        self.strands = [strand for strand in self.strands if strand.alive]

    def close(self) -> None:
        """End every strand there is."""
        for strand in self.strands:
            strand.kill()
        self.strands.clear()

    def _raise(self) -> None:
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault


class Waiters:
    """Strands that wait for the same thing."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._waiting: list[Strand] = []

    def wait(self, holds: Callable[[], bool], timeout_s: float | None) -> bool:
        """Until it holds, or for so many seconds."""
        if holds():
            return True
        strand = self.world.current
        assert strand is not None, "the world itself cannot wait"
        end = None if timeout_s is None else self.world.now_ms + timeout_s * 1000
        while not holds():
            left = None if end is None else end - self.world.now_ms
            if left is not None and left <= 0:
                return False
            self._waiting.append(strand)
            try:
                strand.block(left)
            finally:
                if strand in self._waiting:
                    self._waiting.remove(strand)
        return True

    def notify(self) -> None:
        """What they wait for may hold now."""
        for strand in self._waiting:
            strand.wake()


class Threading:
    """Stands in for the module `threading`."""

    def __init__(self, world: World) -> None:
        self.world = world
        outer = self

        class Event:
            def __init__(self) -> None:
                self._set = False
                self._waiters = Waiters(outer.world)

            def set(self) -> None:
                self._set = True
                self._waiters.notify()

            def clear(self) -> None:
                self._set = False

            def is_set(self) -> bool:
                return self._set

            def wait(self, timeout: float | None = None) -> bool:
                return self._waiters.wait(lambda: self._set, timeout)

        class Thread:
            def __init__(
                self, target: Callable[..., None], name: str = "", daemon: bool = False, args: tuple[Any, ...] = ()
            ) -> None:
                self.name, self.daemon = name, daemon
                self._target = lambda: target(*args)
                self._strand: Strand | None = None
                self._done = Waiters(outer.world)

            @property
            def ident(self) -> int | None:
                return None if self._strand is None else id(self._strand)

            def start(self) -> None:
                def live() -> None:
                    try:
                        self._target()
                    finally:
                        self._done.notify()

                self._strand = outer.world.spawn(live, outer.world.acting)

            def is_alive(self) -> bool:
                return self._strand is not None and self._strand.alive

            def join(self, timeout: float | None = None) -> None:
                self._done.wait(lambda: not self.is_alive(), timeout)

        class Lock:
            """Nothing gives way while it holds one, so there is never anyone to wait for."""

            def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
                return True

            def release(self) -> None:
                pass

            def __enter__(self) -> bool:
                return True

            def __exit__(self, *_exc: object) -> None:
                pass

        self.Event, self.Thread, self.Lock, self.RLock = Event, Thread, Lock, Lock

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"the simulation has no threading.{name} yet")


class Queues:
    """Stands in for the module `queue`."""

    Empty = real_queue.Empty

    def __init__(self, world: World) -> None:
        class SimpleQueue(Generic[T]):
            def __init__(self) -> None:
                self._items: deque[T] = deque()
                self._waiters = Waiters(world)

            def put(self, item: T) -> None:
                self._items.append(item)
                self._waiters.notify()

            def get(self, block: bool = True, timeout: float | None = None) -> T:
                if not block:
                    return self.get_nowait()
                if not self._waiters.wait(lambda: bool(self._items), timeout):
                    raise real_queue.Empty
                return self._items.popleft()

            def get_nowait(self) -> T:
                if not self._items:
                    raise real_queue.Empty
                return self._items.popleft()

            def empty(self) -> bool:
                return not self._items

        self.SimpleQueue = self.Queue = SimpleQueue


def future_class(world: World) -> type[RealFuture[Any]]:
    """Stands in for `concurrent.futures.Future`: who waits for the answer gives way."""

    class Future(RealFuture[T]):
        def result(self, timeout: float | None = None) -> T:
            if not self.done():
                waiters = Waiters(world)
                self.add_done_callback(lambda _done: waiters.notify())
                if not waiters.wait(self.done, timeout):
                    raise NotYet
            return super().result(0)

        def exception(self, timeout: float | None = None) -> BaseException | None:
            if not self.done():
                waiters = Waiters(world)
                self.add_done_callback(lambda _done: waiters.notify())
                if not waiters.wait(self.done, timeout):
                    raise NotYet
            return super().exception(0)

    return Future


def executor_class(world: World) -> type[Any]:
    """Stands in for `concurrent.futures.ThreadPoolExecutor`: a strand for each piece of work, begun in their order."""
    future_of = future_class(world)

    class Executor:
        def __init__(self, _most: int = 1, thread_name_prefix: str = "") -> None:
            pass

        def submit(self, work: Callable[..., Any], *given: Any) -> RealFuture[Any]:
            future = future_of()

            def live() -> None:
                if not future.set_running_or_notify_cancel():
                    return
                try:
                    future.set_result(work(*given))
                except Exception as fault:
                    future.set_exception(fault)

            world.spawn(live, world.acting)
            return future

        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            assert not wait

    return Executor
