"""Watches over the terminal from outside: starts it, listens to its heart, ends what hangs, starts it again, for ever.

A thread inside cannot watch a process whose interpreter is stuck. Nothing here draws or records, so there is little
that could go wrong. Whatever was tapped is on the disk before anybody is thanked; a restart closes it truthfully.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kiosk.core.supervision import EX_AGAIN, EX_NO_PICTURE, SETTLED_MS, Life, Watch, after_death, attended, overdue
from kiosk.device.heart import BEAT_VARIABLE, END, Listener
from kiosk.device.service_host import ServiceHost
from kiosk.update.choice import Choice

EX_TEMPFAIL = 75
EX_CONFIG = 78
EX_LEFT = 79
"""A technician has ended the program, by a one-time code."""
EX_NOT_STARTED = 127
AGAIN_MS = 3_000
"""One that wishes to begin anew has stood alone for a while before; sooner it is a fault like any other."""
WISH_PAUSE_S = 2.0
SETTINGS_PAUSE_S = 15.0
"""Between tries where the settings do not hold: somebody has to mend them, and that should be all."""
_LOOK_S = 0.25
_ABORT_S = 1.5
_END_S = 15.0
_TERM_S = 2.0
_MANAGER_WAITS_US = 30_000_000
log = logging.getLogger(__name__)


def now_ms() -> int:
    """Monotonic ms."""
    return time.monotonic_ns() // 1_000_000


@dataclass
class Supervisor:
    """`command`: starts the terminal; `safely`: what is added to it for the safe profile, `drawn`: to draw without the
    graphics card. `versions`: which program it is that `command` are the arguments of; None: it names its program
    itself, and there is no other."""

    command: Sequence[str]
    safely: Sequence[str] = ("--safe",)
    drawn: Sequence[str] = ("--software",)
    host: ServiceHost = field(default_factory=ServiceHost)
    watch: Watch = field(default_factory=Watch)
    versions: Choice | None = None
    again_ms: int = AGAIN_MS
    overdue: Callable[[Life, int], bool] = overdue
    _told_to_end: threading.Event = field(default_factory=threading.Event)
    _stir: threading.Event = field(default_factory=threading.Event)
    _life: Life = field(default_factory=lambda: Life(0))
    _ready: bool = False
    _attended_ms: int = 0
    _looked_ms: int = field(default_factory=now_ms)
    _blind_before: bool = False

    def run(self) -> int:
        """Until told to end (then 0), until another terminal of this home is found running (75), or until a technician
        ends it (79)."""
        while not self._told_to_end.is_set():
            code = self._live()
            if self._told_to_end.is_set():
                break
            lived_ms = self._now() - self._life.started_ms
            if self.versions is not None and not self.versions.on_trial and self.versions.wanted():
                if lived_ms < SETTLED_MS:
                    self._rest("another version is to begin", WISH_PAUSE_S)
                continue  # it ended so that another version can begin
            if self.versions is not None and self.versions.on_trial:  # which ends in no way but as a death
                self._remember(code)
                continue
            if code == EX_LEFT and self._life.painted:  # nobody has left a glass on which nothing stood
                return code
            if code == 0:
                break
            if code == EX_TEMPFAIL:
                return code
            if code == EX_CONFIG:
                self._rest("the settings do not hold; trying again", SETTINGS_PAUSE_S)
                continue
            if code == EX_AGAIN and self._life.beat_ms is not None and lived_ms >= self.again_ms:
                log.info("the terminal begins anew, as it wished")
                continue
            self._remember(code)
        self.host.tell("STOPPING=1")
        return 0

    def end(self) -> None:
        """Told to end; may be called from a signal handler."""
        self._told_to_end.set()
        self._stir.set()

    def _remember(self, code: int) -> None:
        before, self.watch = self.watch, after_death(self.watch, self._life, self._now(), code == EX_NO_PICTURE)
        profile = (
            "the safe profile" if self.watch.safe else "it without the graphics card" if self.watch.blind else "it"
        )
        if self.watch.patience_ms > before.patience_ms:
            log.warning("the next life gets %d s to its first frame", self.watch.patience_ms // 1000)
        self._rest(f"the terminal ended with {code}; starting {profile} again", self.watch.pause_ms / 1000)

    def _live(self) -> int:
        """One life, to its end; its exit code."""
        program, environment = self._program()
        more = self.safely if self.watch.safe else self.drawn if self.watch.software else ()
        self._life = Life(self._now(), patience_ms=self.watch.patience_ms)
        environment = {**os.environ, BEAT_VARIABLE: "stdout", **environment}
        words = [*program, *self.command, *more]
        try:
            child = subprocess.Popen(
                words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, bufsize=0
            )  # fmt: skip
        except OSError as fault:
            log.error("the terminal cannot be started: %s", fault)
            return EX_NOT_STARTED
        assert child.stdout is not None
        listener = Listener(child.stdout, self._beat)
        waiter = threading.Thread(target=self._wait_for, args=(child,), name="waiter", daemon=True)
        waiter.start()
        try:
            self._watch_over(child)
        finally:
            if child.poll() is None:
                _finish(child)
            listener.join(1.0)
            assert child.stdin is not None
            child.stdin.close()
        return child.wait()

    def _now(self) -> int:
        """Attended ms, as of this look: a machine that slept, or a watcher that was stopped, accuses no terminal."""
        gap_ms, self._looked_ms = now_ms() - self._looked_ms, now_ms()
        self._attended_ms = attended(self._attended_ms, gap_ms)
        return self._attended_ms

    def _program(self) -> tuple[Sequence[str], Mapping[str, str]]:
        """The program of the next life, and what it is told. Another version begins without the deaths of the one
        before. One on trial is told what was learnt of the graphics card; what a trial seemed to teach of it is
        forgotten with it, or a version that hangs would leave the old one in the safe profile, without its station."""
        if self.versions is None:
            return (), {}
        self._say_alive()
        start = self.versions.next(self.watch.deaths, self._now())
        if start.changed and self.versions.on_trial:
            self._blind_before = self.watch.blind
        if start.changed:
            self.watch = Watch(blind=self._blind_before, patience_ms=self.watch.patience_ms)
        self._say_alive()
        return start.program, start.environment

    def _wait_for(self, child: "subprocess.Popen[bytes]") -> None:
        child.wait()
        self._stir.set()

    def _watch_over(self, child: "subprocess.Popen[bytes]") -> None:
        """Until it has ended, or is to be ended."""
        while child.poll() is None:
            self._stir.wait(_LOOK_S)
            self._stir.clear()
            if self._told_to_end.is_set():
                return
            if self.overdue(self._life, self._now()):
                what = "any more" if self._life.painted else "at all"
                log.error("the terminal paints no frame %s; its stacks are in the home's logs", what)
                self.host.tell("STATUS=the terminal hangs and is started again", "WATCHDOG=1")
                _abort(child)
                return
            if self.versions is not None and (why := self.versions.look(self._life, self._now())) is not None:
                log.error("this version is given up: %s", why)
                _abort(child)
                return
            self._say_alive()

    def _say_alive(self) -> None:
        """To the service manager, which must not lose its patience before ours ends."""
        self.host.tell("WATCHDOG=1" if self._ready else f"EXTEND_TIMEOUT_USEC={_MANAGER_WAITS_US}")

    def _beat(self, painted: bool) -> None:
        """On the listener's thread; as of the newest look."""
        self._life = replace(self._life, beat_ms=self._attended_ms, painted=painted or self._life.painted)
        if not self._ready:
            self._ready = True
            self.host.tell("READY=1", "STATUS=serving")

    def _rest(self, why: str, seconds: float) -> None:
        log.warning("%s in %.1f s", why, seconds)
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not self._told_to_end.is_set():
            self._stir.clear()
            self._stir.wait(min(left, _LOOK_S))
            self._say_alive()


def supervise(command: Sequence[str], versions: Choice | None = None) -> int:
    """Watch over this command until SIGTERM or SIGINT."""
    supervisor = Supervisor(command, versions=versions)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    stop: Callable[..., None] = lambda *_: supervisor.end()  # noqa: E731
    for number in before:
        signal.signal(number, stop)
    try:
        return supervisor.run()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def this_program(*arguments: str) -> list[str]:
    """How to start this very program again."""
    if getattr(sys, "frozen", False):
        return [sys.executable, *arguments]
    return [sys.executable, "-m", "kiosk", *arguments]


def _finish(child: "subprocess.Popen[bytes]") -> None:
    """Ask it to end, so that what a citizen has begun is kept; end it where it does not. Asked down its pipe, for
    Windows knows no way to end a process but at once."""
    assert child.stdin is not None
    try:
        child.stdin.write(END)
        child.wait(_END_S)
        return
    except OSError:
        pass  # nobody reads
    except subprocess.TimeoutExpired:
        log.warning("the terminal was asked to end and did not")
    child.terminate()
    try:
        child.wait(_TERM_S)
    except subprocess.TimeoutExpired:
        child.kill()


def _abort(child: "subprocess.Popen[bytes]") -> None:
    """End what hangs; on the way out it leaves its stacks, if it still can."""
    if sys.platform != "win32":
        child.send_signal(signal.SIGABRT)
        try:
            child.wait(_ABORT_S)
            return
        except subprocess.TimeoutExpired:
            pass
    child.kill()
    child.wait()
