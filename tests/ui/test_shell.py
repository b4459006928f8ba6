"""The window, the loop and the start: first frame first, one end for all."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import segno
from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QEvent, QIODevice, QSize, QThread
from PySide6.QtGui import QCloseEvent, QGuiApplication, QImage
from PySide6.QtQuick import QQuickView

from kiosk.ui.loop import QtLoop
from kiosk.ui.pictures import photo, qr
from kiosk.ui.qr import QUIET_ZONE
from kiosk.ui.rehearsal import Rehearsal, sample_scene
from kiosk.ui.shell import KioskWindow, Look
from kiosk.ui.words import Words
from tests.ui.conftest import ASSETS, SCRATCH
from tests.ui.stage import Stage, until

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
from pathlib import Path
from kiosk.ui.shell import Look, run

assert not any(name.startswith("kiosk.core.") for name in sys.modules), "the first frame needs no rules"
assets, scratch = Path(sys.argv[1]), Path(sys.argv[2])
HEAVY = {"requests", "litestar", "uvicorn", "keyring", "cryptography", "segno", "sqlite3", "apsw"}

def boot(loop, seen):
    from kiosk.ui.rehearsal import Rehearsal, sample_scene

    class Terminal(Rehearsal):
        def close(self):
            print("closed", flush=True)

    assert (seen.language, seen.look, len(seen.layout)) == ("zh-CN", "", 64)
    print("heavy", sorted(HEAVY & sys.modules.keys()), flush=True)
    terminal = Terminal(sample_scene(assets))
    terminal.start()
    loop.call_later(1, lambda: print("later", flush=True))
    loop.post(lambda: print("posted", flush=True))
    return terminal

print("before", flush=True)
windowed = None if sys.argv[3:] == ["fullscreen"] else (800, 600)
code = run(boot, Look(assets, scratch, windowed=windowed), lambda: 0)
print("code", code, flush=True)
sys.exit(code)
"""


@pytest.mark.parametrize("covering", ["fullscreen", "windowed"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_program_properly(tmp_path: Path, number: signal.Signals, covering: str) -> None:
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "QT_QUICK_BACKEND": "software",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-c", PROGRAM, str(ASSETS), str(tmp_path / "scratch"), covering]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=environment, text=True, **pipes) as program:
        try:
            heard = [program.stdout.readline().strip() for _ in range(4)]
            program.send_signal(number)
            said, complaints = program.communicate(timeout=20)
        finally:
            program.kill()
    assert heard[:2] == ["before", "heavy []"]
    assert set(heard[2:]) == {"posted", "later"}
    assert said.split() == ["closed", "code", "0"]
    assert complaints == ""
    assert program.returncode == 0


def test_what_was_posted_when_the_end_came_is_done_before_the_end(tmp_path: Path) -> None:
    program = PROGRAM.replace(
        'loop.post(lambda: print("posted", flush=True))',
        "from PySide6.QtCore import QCoreApplication\n"
        "    loop.post(lambda: (QCoreApplication.quit(), loop.post(lambda: print('tapped', flush=True))))",
    )
    assert said_by(program, tmp_path)[-4:] == ["tapped", "closed", "code", "0"]


def test_a_terminal_that_cannot_start_ends_and_says_so(tmp_path: Path) -> None:
    program = PROGRAM.replace('print("heavy"', '1 // 0; print("heavy"')
    assert said_by(program, tmp_path, code=70, complaint="ZeroDivisionError")[-2:] == ["code", "70"]


def said_by(program: str, folder: Path, code: int = 0, complaint: str = "") -> list[str]:
    """What such a program prints."""
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "QT_QUICK_BACKEND": "software",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", program, str(ASSETS), str(folder / "scratch"), "windowed"],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert complaint in done.stderr
    assert bool(done.stderr) is bool(complaint), done.stderr
    assert done.returncode == code
    return done.stdout.split()


def test_finishing_runs_each_call_once_and_in_order(app: QGuiApplication) -> None:
    loop, ran = QtLoop(), []
    loop.post(lambda: 1 // 0)
    for number in range(3):
        loop.post(lambda number=number: ran.append(number))
    loop.finish()
    assert ran == [0, 1, 2]
    loop.post(lambda: ran.append("last"))
    until(lambda: "last" in ran, "the last call ran")
    QCoreApplication.sendPostedEvents()
    assert ran == [0, 1, 2, "last"]


def window(look: Look, words: Words) -> KioskWindow:
    window = KioskWindow(look, words)
    window.furnish(QtLoop(), lambda: 0)
    return window


def end(*windows: QQuickView) -> None:
    for one in windows:
        one.hide()
        one.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_fullscreen_cannot_be_closed_and_a_window_can(app: QGuiApplication, words: Words) -> None:
    kiosk, desk = window(Look(ASSETS, SCRATCH), words), window(Look(ASSETS, SCRATCH, windowed=(800, 600)), words)
    for one, closes in ((kiosk, False), (desk, True)):
        one.reveal()
        event = QCloseEvent()
        QCoreApplication.sendEvent(one, event)
        assert event.isAccepted() is closes
    assert kiosk.size() == kiosk.screen().geometry().size()
    end(kiosk, desk)


def test_calls_from_other_threads_run_on_the_gui_thread_in_their_order(app: QGuiApplication) -> None:
    loop, ran, gui = QtLoop(), [], QThread.currentThread()

    def ask(name: str) -> None:
        for number in range(200):
            loop.post(lambda number=number: ran.append((name, number, QThread.currentThread() is gui)))

    threads = [threading.Thread(daemon=True, target=ask, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert ran == []
    until(lambda: len(ran) == 400, "all calls ran")
    assert all(on_gui for _, _, on_gui in ran)
    assert [number for name, number, _ in ran if name == "a"] == list(range(200))


def test_a_later_call_runs_once_and_a_cancelled_one_never(app: QGuiApplication) -> None:
    loop, ran = QtLoop(), []
    cancel = loop.call_later(1, lambda: ran.append("cancelled"))
    late_cancel = loop.call_later(0, lambda: ran.append("first"))
    loop.call_later(40, lambda: ran.append("last"))
    cancel()
    cancel()
    until(lambda: "last" in ran, "the last call ran")
    late_cancel()
    assert ran == ["first", "last"]


def test_the_terminal_is_watched_only_while_it_is_attached(stage: Stage) -> None:
    stage.to("ready")
    other = Rehearsal(sample_scene(ASSETS))
    stage.model.attach(other)
    stage.terminal.begin_visit()
    assert stage.model.shown.page == "splash"
    other.start()
    assert stage.model.shown.page == "ready"


def test_exactly_what_changed_is_notified(stage: Stage) -> None:
    stage.to("ready")
    heard = []
    for name in ("language", "words", "hall", "page", "photoKey", "reasons", "levelLabels", "deadline"):
        getattr(stage.model, f"{name}Changed").connect(lambda name=name: heard.append(name))
    stage.model.switchLanguage()
    assert sorted(heard) == ["hall", "language", "levelLabels", "words"]
    heard.clear()
    stage.model.goHome()
    stage.model.goHome()
    assert sorted(heard) == ["hall", "language", "levelLabels", "words"]


def test_the_code_is_drawn_module_for_module_with_a_quiet_zone() -> None:
    content = "https://example.gov.cn/r/8FMY7MW19S7B"
    rows = list(segno.make_qr(content, error="m").matrix_iter(border=QUIET_ZONE))
    image = qr(content, QSize(300, 400))
    pixels = 300 // len(rows)
    assert image.size() == QSize(pixels * len(rows), pixels * len(rows))
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            corners = [(x * pixels, y * pixels), ((x + 1) * pixels - 1, (y + 1) * pixels - 1)]
            assert [image.pixelColor(*corner).lightness() < 60 for corner in corners] == [bool(dark)] * 2
    assert qr("", QSize(300, 400)).size() == QSize(1, 1)


def test_a_photo_is_cut_to_its_frame_and_a_broken_one_is_left_out() -> None:
    source = QImage(400, 300, QImage.Format.Format_RGB32)
    source.fill(0xFF204060)
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    source.save(buffer, "PNG")
    url = "data:image/png;base64," + data.toBase64().data().decode()
    cut = photo(url, QSize(90, 120))
    assert (cut.width(), cut.height()) == (90, 120)
    assert cut.pixelColor(45, 60).name() == "#204060"
    assert cut.pixelColor(0, 0).alpha() == 0
    for broken in ("", "data:image/png;base64,AAAA", "data:image/png;base64,###"):
        assert photo(broken, QSize(90, 120)).size() == QSize(1, 1)
