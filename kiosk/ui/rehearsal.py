"""A terminal without a disk: the real rules, with every entry "committed" at once. For pictures, targets and tests."""

import hashlib
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kiosk.core import events as e
from kiosk.core.entry import Draft
from kiosk.core.options import load_options
from kiosk.core.situation import Situation
from kiosk.core.view import (
    Accepted,
    Card,
    CodeAnswer,
    Earlier,
    MatterCard,
    NoticeText,
    OpeningHours,
    OwnFigures,
    Pairing,
    PinAnswer,
    Refused,
    Scene,
    View,
)
from kiosk.core.visit import Record, Refuse, fold
from kiosk.ui.rehearsal_bench import RehearsedBench

STAFF = e.Staff("A103", "王敏")
MATTER = e.Matter("3400000000000000000000000000001", "国有建设用地使用权及房屋所有权转移登记")


MATTERS = (
    ("国有建设用地使用权及房屋所有权转移登记", "Transfer of land-use right and house ownership", "GYJSYDSYQJFWSYQZYDJ"),
    ("职工基本医疗保险参保登记", "Registration for employees' medical insurance", "ZGJBYLBXCBDJ"),
    ("企业设立登记", "Company registration", "QYSLDJ"),
    ("住房公积金提取", "Withdrawal from the housing provident fund", "ZFGJJTQ"),
    ("户口迁移", "Change of registered residence", "HKQY"),
    ("居民身份证换领", "Renewal of a resident identity card", "JMSFZHL"),
    ("食品经营许可", "Food business licence", "SPJYXK"),
    ("机动车驾驶证期满换证", "Renewal of a driving licence", "JDCJSZQMHZ"),
    ("城乡居民基本养老保险待遇申领", "Application for the residents' basic pension", "CXJMJBYLBXDYSL"),
    ("出生医学证明办理", "Birth certificate", "CSYXZMBL"),
    ("不动产抵押权首次登记", "First registration of a mortgage on real estate", "BDCDYQSCDJ"),
)


def sample_scene(assets: Path) -> Scene:
    """A hall to look at, with the national options."""
    return Scene(
        hall="阜阳市政务服务中心",
        hall_en="Fuyang Government Service Centre",
        window_number="A12",
        window="不动产登记",
        window_en="Real-estate registration",
        cards={STAFF.number: Card(STAFF.number, STAFF.name, "综合窗口受理员", "Reception clerk", party_member=True)},
        matters_en={MATTER.code: "Transfer of land-use right and house ownership"},
        notices=(
            NoticeText(
                "不动产登记可以网上预约",
                "登录皖事通，选择“不动产登记”，按预约时间到窗口办理，无需重复取号。",
                "Book real-estate registration online",
                "Choose the service in the Wanshitong app and come at the booked time; no queue ticket needed.",
            ),
            NoticeText(
                "午间不打烊",
                "工作日 12:00 至 13:30 综合窗口照常受理。",
                "Open over lunch",
                "On working days the combined windows serve from 12:00 to 13:30.",
            ),
            NoticeText(
                "办不成事，请到 B01 窗口", "遇到困难，由专人帮您协调。", "Something stuck?", "Ask at window B01."
            ),
        ),
        hours=(
            *(OpeningHours(day, "09:00", "12:00") for day in range(1, 7)),
            *(OpeningHours(day, "13:00", "17:00") for day in range(1, 6)),
        ),
        options=load_options((assets / "national-options.json").read_bytes()),
    )


def hall_scene(assets: Path, matters: int = 30) -> Scene:
    """The same hall, seen from a tablet on a stand, with so many matters."""
    return replace(
        sample_scene(assets),
        mode="hall",
        matters=tuple(MatterCard(f"M{at:03}", *MATTERS[at % len(MATTERS)]) for at in range(matters)),
        windows={"A12": "不动产登记", "B01": "综合服务"},
    )


def sample_terms() -> e.Terms:
    """What the sample hall sets for a visit, with reasons of its own."""
    return e.Terms(
        local_reasons=(
            e.LocalReason("L01", "等候区座位不够", "Not enough seats in the waiting area"),
            e.LocalReason("L02", "导办指引不清楚", "The way to the window was unclear"),
        )
    )


@dataclass
class Rehearsal:
    """`TerminalPort` and its boot, in one thread. `now_ms` is both clocks; `drafts` is what would be in the journal."""

    scene: Scene
    situation: Situation = field(default_factory=Situation)
    now_ms: int = 1_000_000
    drafts: list[Draft] = field(default_factory=list)
    events: list[e.Event] = field(default_factory=list)
    closed: bool = False
    answer: Earlier = field(default_factory=lambda: Earlier("unreachable"))
    asked: list[str] = field(default_factory=list)
    pin: str = "135790"
    wrong_pin: PinAnswer = field(default_factory=lambda: PinAnswer("wrong"))
    figures: OwnFigures | None = field(default_factory=lambda: OwnFigures("2026-10-26", "2026-11-23", 185, 120, 90))
    technicians: dict[str, e.Technician] = field(default_factory=lambda: {"T1": e.Technician("T1", "李工")})
    code: str = "246810"
    wrong_code: CodeAnswer = field(default_factory=lambda: CodeAnswer("wrong"))
    beside: dict[str, Any] = field(default_factory=dict)
    troubles: dict[str, str | None] = field(default_factory=dict)
    workbench: RehearsedBench = field(default_factory=RehearsedBench)
    _watchers: list[Callable[[View], None]] = field(default_factory=list)
    _made: int = 0

    def view(self) -> View:
        """The newest moment."""
        return View(self.situation, self.scene, **self.beside)

    def watch(self, callback: Callable[[View], None]) -> Callable[[], None]:
        """Be told each new moment."""
        self._watchers.append(callback)
        return lambda: self._watchers.remove(callback)

    def submit(self, event: e.Event) -> "Future[Accepted | Refused]":
        """Fold the event and commit what it records, before returning."""
        self.events.append(event)
        self.situation, effects = fold(self.situation, event, self._now())
        answer: Future[Accepted | Refused] = Future()
        for effect in effects:
            match effect:
                case Record(draft):
                    self.drafts.append(draft)
                    digest = hashlib.sha256(draft.entry_id.encode()).hexdigest()
                    committed = e.Recorded(draft.entry_id, len(self.drafts), digest)
                    self.situation, _ = fold(self.situation, committed, self._now())
                case Refuse(code):
                    answer.set_result(Refused(code))
                    return answer
        for callback in tuple(self._watchers):
            callback(self.view())
        answer.set_result(Accepted(self.view()))
        return answer

    def earlier(self, receipt: str) -> "Future[Earlier]":
        """What central would say: `answer`."""
        self.asked.append(receipt)
        future: Future[Earlier] = Future()
        future.set_result(self.answer)
        return future

    def trouble(self, code: str, words: str | None) -> None:
        """What the screen has for the technician, as it was said last."""
        self.troubles[code] = words

    def check_pin(self, number: str, pin: str) -> "Future[PinAnswer]":
        """Every known clerk's PIN is `pin`."""
        future: Future[PinAnswer] = Future()
        card = self.scene.cards.get(number)
        if card is None:
            future.set_result(PinAnswer("unknown"))
        elif pin == self.pin:
            future.set_result(PinAnswer("right", staff=e.Staff(card.number, card.name, verified=True)))
        else:
            future.set_result(self.wrong_pin)
        return future

    def own_figures(self, number: str) -> "Future[OwnFigures | None]":
        """What central would say: `figures`."""
        self.asked.append(number)
        future: Future[OwnFigures | None] = Future()
        future.set_result(self.figures)
        return future

    def check_code(self, number: str, code: str) -> "Future[CodeAnswer]":
        """Every technician of `technicians` is let in by `code`."""
        future: Future[CodeAnswer] = Future()
        known = self.technicians.get(number)
        if known is None:
            future.set_result(CodeAnswer("unknown"))
        else:
            future.set_result(CodeAnswer("right", technician=known) if code == self.code else self.wrong_code)
        return future

    def astray(self, seconds: int) -> None:
        """From now on a wrong code is one of another time."""
        self.wrong_code = CodeAnswer("clock", clock_off_s=seconds)

    def pair(self) -> None:
        """Show a code."""
        self.show(pairing=Pairing("042619", self.now_ms + 120_000))

    def unpair(self) -> None:
        """Show it no longer."""
        self.show(pairing=None)

    def show(self, **changes: Any) -> None:
        """Change something of the view that no event changes: `phone_offered`, `phone_link`, `pairing`."""
        self.beside |= changes
        for callback in tuple(self._watchers):
            callback(self.view())

    def close(self) -> None:
        """End."""
        self.closed = True

    def start(self, staff: e.Staff | None = STAFF) -> None:
        """Ready to serve."""
        self.submit(e.Started("rehearsal", clean=True, staff=staff))

    def begin_visit(self, case_number: str = "341200202611240178") -> str:
        """A clerk starts a visit."""
        self._made += 1
        visit_id = f"{self._made:032x}"
        self.submit(e.StartVisit(visit_id, MATTER, case_number))
        return visit_id

    def invite(self) -> None:
        """A clerk invites to rate."""
        assert self.situation.visit is not None
        self.submit(e.Invite(self.situation.visit.visit_id))

    def mono_ms(self) -> int:
        """The clock the screen goes by."""
        return self.now_ms

    def set_scene(self, scene: Scene) -> None:
        """Another profile."""
        self.scene = scene
        for callback in tuple(self._watchers):
            callback(self.view())

    def wait(self, ms: int) -> None:
        """Let time pass."""
        self.now_ms += ms
        self.submit(e.TimePassed())

    def open_for(self, situation: Situation) -> None:
        """Put a situation on the screen that no event of this rehearsal leads to."""
        self.situation = replace(situation)
        self.set_scene(self.scene)

    def _now(self) -> e.Now:
        self._made += 1
        return e.Now(self.now_ms, self.now_ms, "0" * 32, f"{self._made:032x}", f"{self._made:032x}")
