"""First frame and memory of the terminal, against a bare Qt Quick window and a browser with the same five buttons."""

import shutil
import signal
import statistics
import string
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.framebuffer import HEIGHT, WIDTH, Watched, pss_mib

RUNS = 5
FROZEN = "frozen terminal"
PROGRAM = Path(__file__).parents[2] / "dist" / "kiosk" / "kiosk"
"""What `build/dev.py package` made; measured beside the sources where it is there."""
SETTLE_S = 4.0
LABELS = ("非常满意", "满意", "基本满意", "不满意", "非常不满意")

BARE_QML = string.Template("""
import QtQuick
Row {
    spacing: 20
    padding: 40
    Repeater {
        model: [$labels]
        Rectangle {
            required property string modelData
            width: 220; height: 300; radius: 20; color: tap.pressed ? "#e8f0f8" : "white"; border.color: "#8090a8"
            Text { anchors.centerIn: parent; text: parent.modelData; font.pixelSize: 34; color: "#14213d" }
            TapHandler { id: tap }
        }
    }
}
""").substitute(labels=", ".join(f'"{label}"' for label in LABELS))

BARE_PY = """
import sys
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtQuick import QQuickView
app = QGuiApplication(sys.argv)
app.setFont(QFont("Noto Sans CJK SC"))
view = QQuickView(QUrl.fromLocalFile(sys.argv[1]))
view.setGeometry(app.primaryScreen().geometry())
view.showFullScreen()
sys.exit(app.exec())
"""

PAGE = string.Template("""<!doctype html><meta charset="utf-8"><style>
body { margin: 0; padding: 40px; display: flex; gap: 20px; font-family: "Noto Sans CJK SC" }
button { width: 220px; height: 300px; border-radius: 20px; border: 1px solid #8090a8; background: white;
color: #14213d; font-size: 34px }
</style>$buttons""").substitute(buttons="".join(f"<button>{label}</button>" for label in LABELS))


@dataclass(frozen=True)
class Contender:
    """A program and how to start it."""

    name: str
    command: list[str]
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Seen:
    """Medians over the runs: seconds to the first frame, MiB at rest."""

    first_frame_s: float
    pss_mib: float


def contenders(folder: Path, home: Path, screen: Watched) -> list[Contender]:
    """The terminal from its sources and frozen, the bare window, and the browser."""
    (folder / "bare.qml").write_text(BARE_QML, "utf-8")
    (folder / "bare.py").write_text(BARE_PY, "utf-8")
    (folder / "page.html").write_text(PAGE, "utf-8")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or "chromium"
    browser = [
        chromium, "--kiosk", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-quic", f"--window-size={WIDTH},{HEIGHT}",
        f"--user-data-dir={folder / 'browser'}", (folder / "page.html").as_uri(),
    ]  # fmt: skip
    environment = screen.environment
    run = ["--home", str(home), "run"]
    frozen = [Contender(FROZEN, [str(PROGRAM), *run], environment)] if PROGRAM.exists() else []
    return [
        Contender("terminal", [sys.executable, "-m", "kiosk", *run], environment),
        *frozen,
        Contender("bare Qt Quick", [sys.executable, str(folder / "bare.py"), str(folder / "bare.qml")], environment),
        Contender("Chromium kiosk", browser, environment),
    ]


def look(screen: Watched, contender: Contender) -> Seen:
    """One run: start, wait for the frame, let it settle, weigh it, end it."""
    screen.wait_until_dark()
    began = time.monotonic()
    process = subprocess.Popen(
        contender.command, env=dict(contender.environment), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        first = screen.seconds_to_frame(began)
        time.sleep(SETTLE_S)
        return Seen(first, pss_mib(process.pid))
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


def measure(home: Path, runs: int = RUNS) -> dict[str, Seen]:
    """Each in turn, A B C A B C, after one run that is not counted. `home`: a terminal that is ready to serve."""
    with tempfile.TemporaryDirectory() as folder:
        screen = Watched(Path(folder))
        try:
            programs = contenders(Path(folder), home, screen)
            seen: dict[str, list[Seen]] = {program.name: [] for program in programs}
            for run in range(runs + 1):
                for program in programs:
                    found = look(screen, program)
                    if run:
                        seen[program.name].append(found)
        finally:
            screen.close()
    return {
        name: Seen(
            statistics.median(one.first_frame_s for one in found), statistics.median(one.pss_mib for one in found)
        )
        for name, found in seen.items()
    }  # fmt: skip
