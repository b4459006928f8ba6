"""Every edge of the operating system that the doctor touches, as small functions that tests stand in for.

Invariant: none of them changes anything that stays, and none raises but where it says so.
"""

import os
import shutil
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_SYNCS = 9
_CONNECT_S = 4.0


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and its standard output."""

    code: int
    words: str


def run(command: Sequence[str], limit_s: float) -> Said | None:
    """What a command says without any input; None where there is no such command or it took too long."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            timeout=limit_s, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Said(done.returncode, done.stdout.decode("utf-8", "replace"))


def read(path: str) -> str | None:
    """A file of the system's; None where there is none, or not for us."""
    try:
        return Path(path).read_text("utf-8", "replace")
    except OSError:
        return None


def exists(path: str) -> bool:
    """Whether something is there."""
    return os.path.exists(path)


def user() -> int:
    """Whose account this is; -1 where users have no numbers."""
    return -1 if sys.platform == "win32" else os.geteuid()


def sync_ms(folder: Path) -> float:
    """What it costs to bring one page to this disk: the median of some. Leaves nothing. Raises OSError."""
    costs = []
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        for number in range(_SYNCS):
            file.write(bytes([number]) * 4096)
            began = time.perf_counter()
            os.fsync(file.fileno())
            costs.append((time.perf_counter() - began) * 1000)
    return statistics.median(costs)


def room_mib(folder: Path) -> int:
    """What is free on this disk. Raises OSError."""
    return shutil.disk_usage(folder).free // 2**20


def offset_minutes() -> int:
    """By how much local time is ahead of UTC now."""
    return time.localtime().tm_gmtoff // 60


def resolve(host: str, port: int) -> tuple[str, ...]:
    """The addresses of a name. Raises OSError, UnicodeError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(one[4][0]) for one in found))


def connect(host: str, port: int) -> None:
    """Connect and leave. Raises OSError."""
    socket.create_connection((host, port), _CONNECT_S).close()


def certificate_end(host: str, port: int, ca_file: str) -> float:
    """When the certificate that is shown there ends, in Unix seconds.

    Raises ssl.SSLCertVerificationError where it is not believed, and OSError.
    """
    context = ssl.create_default_context(cafile=ca_file or None)
    with (
        socket.create_connection((host, port), _CONNECT_S) as plain,
        context.wrap_socket(plain, server_hostname=host) as shown,
    ):
        return float(ssl.cert_time_to_seconds(str((shown.getpeercert() or {})["notAfter"])))


def digitizer() -> bool | None:
    """Whether Windows has a touch screen that is ready; None where that cannot be asked."""
    if sys.platform != "win32":
        return None
    import ctypes

    ready_touch = 0x80 | 0x40
    return ctypes.windll.user32.GetSystemMetrics(94) & ready_touch == ready_touch


def light() -> tuple[str, ...]:
    """By which ways this account may set the screen's light, as `kiosk.device.lamp` has them."""
    from kiosk.device.lamp import has_dpms, writable_backlights

    ways = ["backlight"] if writable_backlights() else []
    if sys.platform == "win32":
        ways.append("Windows")
    elif os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY") and has_dpms():
        ways.append("DPMS")
    return tuple(ways)


def this_program(*arguments: str) -> list[str]:
    """How to start this very program again."""
    return [sys.executable, *([] if getattr(sys, "frozen", False) else ["-m", "kiosk"]), *arguments]


@dataclass(frozen=True, slots=True)
class System:
    """The machine. `platform` as `sys.platform`; `wall_s`: Unix seconds by its clock."""

    platform: str = sys.platform
    run: Callable[[Sequence[str], float], Said | None] = run
    read: Callable[[str], str | None] = read
    exists: Callable[[str], bool] = exists
    user: Callable[[], int] = user
    sync_ms: Callable[[Path], float] = sync_ms
    room_mib: Callable[[Path], int] = room_mib
    offset_minutes: Callable[[], int] = offset_minutes
    wall_s: Callable[[], float] = time.time
    resolve: Callable[[str, int], tuple[str, ...]] = resolve
    connect: Callable[[str, int], None] = connect
    certificate_end: Callable[[str, int, str], float] = certificate_end
    digitizer: Callable[[], bool | None] = digitizer
    light: Callable[[], tuple[str, ...]] = light
