"""Speech: says what it is told, in a language and at a volume, and never makes anybody wait for it.

The engine lives in a process of its own (`kiosk voice`, see `mouth`): what a speech engine waits for, prints or crashes
on, the screen does not feel. It is started when it is first wanted, and again when it died, at most once a minute.
"""

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment

PROBE_S = 20
RESTART_MS = 60_000
_PENT_UP = 64 * 1024
"""So many bytes that the engine's process has not read mean that it hangs."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """What speaks on this machine. `voices`: name by language; `sound`: whether there is anything to hear it by."""

    kind: str
    engine: str = ""
    voices: Mapping[str, str] = field(default_factory=dict)
    sound: bool = False


def command(prefer: str = "") -> list[str]:
    """How to start the engine's process: this very program again. `prefer`: the name of a voice, or empty."""
    start = [sys.executable, *([] if getattr(sys, "frozen", False) else ["-m", "kiosk"]), "voice"]
    return [*start, "--prefer", prefer] if prefer else start


class SpokenVoice(QObject):
    """The system's voice. On the GUI thread. `mono_ms`: monotonic milliseconds."""

    def __init__(
        self,
        mono_ms: Callable[[], int] = lambda: time.monotonic_ns() // 1_000_000,
        program: list[str] | None = None,
        prefer: str = "",
    ) -> None:
        super().__init__()
        self._mono_ms, self._program = mono_ms, program or command(prefer)
        self._process: QProcess | None = None
        self._found = Found("")
        self._not_before = 0
        self._closed = False

    @property
    def kind(self) -> str:
        """See `kiosk.core.voice`."""
        return self._found.kind

    def speaks(self, language: str) -> bool:
        """See `kiosk.core.voice`."""
        return self._found.kind == "" or bool(self._found.voices.get(language))

    def warm(self) -> None:
        """See `kiosk.core.voice`."""
        self._tell({})

    def say(self, text: str, language: str, volume: int) -> None:
        """See `kiosk.core.voice`."""
        if volume > 0 and text:
            self._tell({"do": "say", "text": text, "language": language, "volume": min(volume, 100)})

    def stop(self) -> None:
        """See `kiosk.core.voice`."""
        if self._process is not None:
            self._tell({"do": "stop"})

    def chime(self, volume: int) -> None:
        """See `kiosk.core.voice`."""
        if volume > 0:
            self._tell({"do": "chime", "volume": min(volume, 100)})

    def close(self) -> None:
        """See `kiosk.core.voice`."""
        self._closed = True
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.waitForFinished(1000)

    def _tell(self, message: Mapping[str, object]) -> None:
        if self._process is None:
            self._start()
        if self._process is None:
            return
        mute = self._found.kind == "" and self._mono_ms() > self._not_before - RESTART_MS + PROBE_S * 1000
        if mute or self._process.bytesToWrite() > _PENT_UP:
            self._process.kill()  # it hangs
            return
        if message:
            self._process.write(json.dumps(message).encode() + b"\n")

    def _start(self) -> None:
        now = self._mono_ms()
        if self._closed or now < self._not_before:
            return
        self._not_before = now + RESTART_MS
        self._found = Found("")  # this one has not said yet what it can
        process = QProcess(self)
        # Ours and not Qt's: `kiosk.ui.keyboard` has moved the configuration folder for Qt alone.
        environment = QProcessEnvironment()
        for name, value in os.environ.items():
            environment.insert(name, value)
        process.setProcessEnvironment(environment)
        process.setStandardErrorFile(QProcess.nullDevice())
        process.readyReadStandardOutput.connect(self._heard)
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._failed)
        self._process = process
        process.start(self._program[0], self._program[1:])

    def _heard(self) -> None:
        if self._process is not None and self._process.canReadLine():
            self._found = _found(bytes(self._process.readLine().data()))
            _log.info("speech: %s", describe(self._found))

    def _ended(self, code: int, _status: QProcess.ExitStatus) -> None:
        process, self._process = self._process, None
        if process is not None:
            _log.warning("the speech engine's process ended (%d)", code)
            process.deleteLater()

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart and self._process is not None:
            _log.warning("the speech engine's process cannot be started: %s", self._process.errorString())
            self._found = Found("none")
            process, self._process = self._process, None
            process.deleteLater()


@dataclass
class RecordingVoice:
    """Says nothing and remembers everything: for tests."""

    kind: str = "voice"
    said: list[tuple[str, str, int]] = field(default_factory=list)
    chimes: list[int] = field(default_factory=list)
    mute_in: frozenset[str] = frozenset()
    stops: int = 0
    warmed: bool = False
    closed: bool = False

    def speaks(self, language: str) -> bool:
        """See `kiosk.core.voice`."""
        return self.kind == "voice" and language not in self.mute_in

    def warm(self) -> None:
        """See `kiosk.core.voice`."""
        self.warmed = True

    def say(self, text: str, language: str, volume: int) -> None:
        """See `kiosk.core.voice`."""
        self.said.append((text, language, volume))

    def stop(self) -> None:
        """See `kiosk.core.voice`."""
        self.stops += 1

    def chime(self, volume: int) -> None:
        """See `kiosk.core.voice`."""
        self.chimes.append(volume)

    def close(self) -> None:
        """See `kiosk.core.voice`."""
        self.closed = True


def probe(program: list[str] | None = None) -> Found:
    """What speaks on this machine, for the technician. Starts the engine's process and waits for its first word."""
    try:
        done = subprocess.run(
            program or command(), input=b"", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=PROBE_S, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return Found("none")
    return _found(done.stdout)


def describe(found: Found) -> str:
    """One line for the technician."""
    heard = "" if found.sound else "; but there is no sound output"
    match found.kind:
        case "voice":
            voices = ", ".join(f"{language}: {name or 'none, a chime'}" for language, name in found.voices.items())
            return f"{found.engine} ({voices}){heard}"
        case "chime":
            return "no engine with a voice; a chime only"
        case _:
            return "none; the terminal is silent"


def _found(line: bytes) -> Found:
    try:
        told = json.loads(line)
        voices = {str(language): str(name) for language, name in told["voices"].items()}
        return Found(str(told["kind"]), str(told["engine"]), voices, bool(told["sound"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return Found("none")
