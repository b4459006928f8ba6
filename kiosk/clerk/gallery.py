"""Every state of the console as a picture, to be looked at: `python -m kiosk.clerk.gallery OUT`.

Each in both languages, in ordinary and in large type, and for each language one contact sheet.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickWindow, QSGRendererInterface

from kiosk.clerk.console import ConsoleWindow, Makings, console_font
from kiosk.clerk.hot_keys import Report
from kiosk.clerk.inputs import Link
from kiosk.clerk.line import Answer, Done, NoAnswer, Refused, Station
from kiosk.clerk.settings import Memory, remember
from kiosk.protocol.phone import ClerkFigures
from kiosk.protocol.station import (
    MatterList,
    MatterView,
    PauseView,
    StaffView,
    StationState,
    VisitStarted,
    VisitView,
    WindowView,
)
from kiosk.ui.contact_sheet import Exposure, contact_sheet

ASSETS = Path(__file__).parents[2] / "assets"
LANGUAGES = ("zh-CN", "en")
VISIT = "1" * 32
REMIND_S = 1_200
MATTERS = (
    MatterView(
        code="340100", name="国有建设用地使用权及房屋所有权转移登记", initials="gyjsydsyqjfwsyqzydj",
        name_en="Transfer of state-owned land use right and house ownership",
    ),
    MatterView(code="340200", name="社会保障卡申领", initials="shbzksl", name_en="Social security card"),
    MatterView(code="340310", name="个体工商户设立登记", initials="gtgshsldj", name_en="Sole trader registration"),
    MatterView(code="340320", name="食品经营许可", initials="spjyxk", name_en="Food business licence"),
)  # fmt: skip
READY = StationState(
    state="ready", window=WindowView(number="A12", name="不动产登记"), staff=StaffView(number="A103", name="王敏"),
    visit=None, unsent=0, oldest_unsent_s=0, called="A012", remind_s=REMIND_S,
)  # fmt: skip
FIGURES = ClerkFigures(
    staff="A103", since="2026-11-16", until="2026-11-22", visits=85, rated=60, good_percent=90
)  # fmt: skip


@dataclass
class Clock:
    """Milliseconds that pass when told to."""

    now_ms: int = 0

    def __call__(self) -> int:
        """What time it is."""
        return self.now_ms


@dataclass
class Sitter:
    """A console that sits for its picture, and the clock it lives by."""

    window: ConsoleWindow
    clock: Clock

    def say(self, **more: Any) -> None:
        """The station tells its state."""
        self.window.model.hear(msgspec.structs.replace(READY, **more))

    def serve(self, state: str = "serving", open_s: int = 120) -> None:
        """A visit that this console began."""
        self.say(state=state, visit=VisitView(visit_id=VISIT, outcome=None, open_s=open_s))


class Answering:
    """The way out of a console whose station says what it is told to say."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {"matters": Done(msgspec.json.encode(MatterList(items=MATTERS)))}

    def __call__(
        self,
        method: str,
        path: str,
        body: Any,
        answered: Callable[[Answer], None],
        headers: Mapping[str, str] | None = None,
        /,
    ) -> None:
        """Answer at once."""
        answered(self.answers.get(path, NoAnswer()))


def stages(sitter: Sitter, calls: Answering) -> Iterator[str]:
    """Walk one console through everything it can show, naming each once it is there."""
    model = sitter.window.model
    yield "connecting"
    sitter.say(staff=None)
    yield "nobody"
    model.typeNumber("A103")
    model.typePin("0000")
    calls.answers["staff"] = Refused("wrong_pin", "$.pin")
    model.signIn()
    yield "wrong-pin"
    calls.answers["staff"] = Refused("pin_paused", "$.pin", 30)
    model.signIn()
    sitter.clock.now_ms += 7_000
    model.tick()
    yield "pin-paused"
    sitter.say()
    model.typeNumber("")
    model.putAway()
    yield "ready"
    model.typeMatter("dj")
    yield "searching"
    model.pickMatter(0)
    model.typeCaseNumber("341200202611240178")
    model.chooseStage("accepted")
    model.typeServiceNumber("2")
    yield "filled"
    model.begin_burst()
    model.scan("KQ1;A013;A12;340200;341200202611240179", False)
    yield "slip"
    model.typeServiceNumber("x")
    model.start()
    yield "odd-number"
    model.typeServiceNumber("")
    calls.answers["visits"] = Done(msgspec.json.encode(VisitStarted(visit_id=VISIT, state="serving")))
    model.start()
    sitter.serve()
    yield "serving"
    model.begin_burst()
    model.scan("341200202611240180", False)
    sitter.serve(open_s=1_300)
    yield "reminder"
    model.putAway()
    model.askShift()
    yield "no-shift-now"
    model.askCall()
    yield "call"
    model.putAway()
    sitter.serve("inviting")
    yield "rating"
    calls.answers[f"visits/{VISIT}/cancellation"] = Refused("level_tapped")
    model.askCancel()
    model.choose(2)
    yield "cancel"
    model.confirmSheet()
    yield "cancel-refused"
    model.putAway()
    sitter.serve("handed_to_phone")
    yield "on-phone"
    sitter.say(state="thanks", visit=VisitView(visit_id=VISIT, outcome="rated"))
    model.typeCaseNumber("")
    yield "finished"
    model.pauseOrResume()
    model.choose(1)
    model.pauseFor(30)
    yield "pause"
    model.putAway()
    sitter.say(state="paused", pause=PauseView(reason="waiting", kind="waiting", expected_return="14:30"))
    yield "paused"
    model.askShift()
    yield "shift"
    model.putAway()
    sitter.say(unsent=12, oldest_unsent_s=7_300)
    yield "unsent"
    for name, answer in (
        ("figures", Done(msgspec.json.encode(FIGURES))),
        ("figures-few", Done(msgspec.json.encode(ClerkFigures(staff="A103")))),
        ("figures-away", NoAnswer()),
    ):
        calls.answers["figures"] = answer
        model.askFigures()
        yield name
        model.putAway()
    model.report_hot_keys(Report("held", frozenset({"call"})))
    model.askSettings()
    yield "settings"
    model.report_hot_keys(Report("wayland"))
    yield "settings-wayland"
    model.putAway()
    sitter.say(state="closed", staff=None)
    yield "closed"
    sitter.say(state="out_of_order")
    yield "out-of-order"
    model.lose(Link.AWAY)
    yield "away"
    model.lose(Link.STRANGER)
    yield "stranger"
    model.toggleFold()
    yield "chip-away"
    sitter.serve()
    yield "chip"


def photograph(out: Path, language: str, scratch: Path, settle_ms: int = 60) -> None:
    """Save every stage in this language below `out`, and their contact sheet."""
    exposures: list[Exposure] = []
    for look in ("ordinary", "large"):
        remember(scratch, Memory(large=look == "large", language=language))
        clock, calls = Clock(), Answering()
        nowhere = Station("http://127.0.0.1:9", "")
        window = ConsoleWindow(
            Makings(nowhere, ASSETS, scratch, clock=clock, wall=lambda: datetime(2026, 11, 24, 14, 0)), calls
        )
        window.show_still()
        for stage in stages(Sitter(window, clock), calls):
            settle(window, settle_ms)
            picture = window.grabWindow()
            picture.save(str(out / f"{stage}-{language}-{look}.png"))
            exposures.append(Exposure(stage, look, picture))
        window.shut()
        window.close()
        window.deleteLater()
        QGuiApplication.processEvents()
    contact_sheet(exposures).save(str(out / f"sheet-{language}.png"))


def settle(window: ConsoleWindow, ms: int) -> None:
    """Let the scene come to rest."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()
    window.update()
    QGuiApplication.processEvents()


def main(arguments: Sequence[str] | None = None) -> int:
    """See the module; 0 when every picture was saved."""
    parser = argparse.ArgumentParser(prog="python -m kiosk.clerk.gallery", description=__doc__)
    parser.add_argument("out", type=Path)
    out: Path = parser.parse_args(arguments).out
    out.mkdir(parents=True, exist_ok=True)
    QQuickWindow.setGraphicsApi(QSGRendererInterface.GraphicsApi.Software)
    application = QGuiApplication([])
    application.setFont(console_font())
    with tempfile.TemporaryDirectory() as scratch:
        for language in LANGUAGES:
            photograph(out, language, Path(scratch))
    return 0


if __name__ == "__main__":
    sys.exit(main())
