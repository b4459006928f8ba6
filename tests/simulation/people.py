"""A clerk and the citizens who come to the window, and the ledger of what they did and saw: the truth that central is
measured by. Nothing in the ledger comes from the program but what a person at the window would know of it."""

import random
from collections.abc import Generator
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.core.options import OptionList
from kiosk.core.situation import State
from kiosk.core.view import Accepted, Refused, View
from tests.simulation.device import Device
from tests.simulation.headquarters import Handset
from tests.simulation.strands import World

ON_SCREEN = {State.SERVING, State.INVITING, State.EXPLAINING, State.THANKS, State.HANDED_TO_PHONE}
DAY_MS = 86_400_000
OPEN_MS = ((9 * 3_600_000, 12 * 3_600_000), (13 * 3_600_000, 17 * 3_600_000))
PATIENCE_MS = 20_000
CLERK = e.Staff("F1001", "陈雨桐", verified=True)
STAGES: tuple[e.Stage | None, ...] = (None, "pending", "accepted", "completed")
MATTER = e.Matter("11341200MB1A00011X2000119001001", "转移登记")

Doing = Generator[Any, Any, None]


@dataclass
class Tap:
    """A finger on a level that was not refused; `told`: the terminal has said that it is on the disk."""

    level: Level
    told: bool = False


@dataclass
class Said:
    """What someone came back with a receipt to say, in words that nobody else says; `told` as of a tap."""

    words: str
    told: bool = False


@dataclass
class Told:
    """One visit as the people at the window know it, and what was said later with its receipt. `phone`: the level that
    was taken on the citizen's own phone."""

    visit_id: str
    shown: bool = False
    taps: list[Tap] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    comment: str = ""
    thanked: tuple[Level, tuple[str, ...]] | None = None
    receipt: str = ""
    phone: Level | None = None
    additions: list[Said] = field(default_factory=list)
    withdrawals: list[Said] = field(default_factory=list)

    def may_be(self) -> set[Level | None]:
        """What central may say was tapped: the newest tap that was confirmed, or one after it that was not."""
        last = max((number for number, tap in enumerate(self.taps) if tap.told), default=None)
        later = {tap.level for tap in self.taps[0 if last is None else last + 1 :]}
        return later | {None if last is None else self.taps[last].level}


class Window:
    """One window of the hall over the days."""

    def __init__(
        self, world: World, device: Device, seed: str, options: OptionList, gap_ms: float,
        *, day_and_night: bool = False,
    ) -> None:  # fmt: skip
        self._opens = ((0, DAY_MS),) if day_and_night else OPEN_MS
        self._world, self._device, self._options, self._gap_ms = world, device, options, gap_ms
        self._draw = random.Random(f"{seed}/{device.window}/people")
        self._back = random.Random(f"{seed}/{device.window}/back")
        self._receipts: list[Told] = []
        self.ledger: dict[str, Told] = {}
        self.bad_thanks: list[str] = []
        device.watch = self._looks

    def open_until(self, end_ms: float) -> None:
        """Serve until then."""
        self._go(self._days(end_ms))

    # -- what people see ---------------------------------------------------------------------------------------------

    def _looks(self, view: View) -> None:
        situation = view.situation
        if situation.visit is None or situation.state not in ON_SCREEN:
            return
        told = self.ledger.get(situation.visit.visit_id)
        if told is None:
            return  # a visit of the house's own
        told.shown = True
        if situation.state is State.THANKS and told.thanked is None:
            if not told.taps:
                self.bad_thanks.append(told.visit_id)
                return
            told.thanked = told.taps[-1].level, tuple(told.reasons)
            told.receipt = situation.visit.receipt or ""
            self._receipts.append(told)

    # -- what people do ----------------------------------------------------------------------------------------------

    def _go(self, doing: Doing) -> None:
        """Carry on with what someone does: it gives the ms to wait, or what to wait for, with patience."""

        def step(value: Any = None) -> None:
            try:
                wanted = doing.send(value)
            except StopIteration:
                return
            if isinstance(wanted, Future):
                gone_on: list[bool] = []

                def once(found: Any) -> None:
                    if not gone_on:
                        gone_on.append(True)
                        step(found)

                self._world.at(PATIENCE_MS, lambda: once(None))
                wanted.add_done_callback(lambda done: self._world.at(0, lambda: once(done.result())))
            else:
                self._world.at(wanted, step)

        self._world.at(0, step)

    def _days(self, end_ms: float) -> Doing:
        while self._world.now_ms < end_ms:
            in_day = self._world.now_ms % DAY_MS
            opens = next((start for start, end in self._opens if in_day < end), DAY_MS + self._opens[0][0])
            if in_day < opens:
                yield opens - in_day + self._draw.uniform(0, 600_000)
                continue
            yield from self._serve()
            self._come_back()
            yield from self._between()
            yield self._draw.expovariate(1 / self._gap_ms)

    def _serve(self) -> Doing:
        draw, visit_id = self._draw, self._draw.randbytes(16).hex()
        told = self.ledger[visit_id] = Told(visit_id)
        if not isinstance((yield from self._ask(self._start(visit_id))), Accepted):
            return
        if not self._stands(State.INVITING):
            yield draw.uniform(3_000, 12_000)
            if draw.random() < 0.03:
                yield from self._ask(e.CancelVisit(visit_id, "called away", draw.choice(("clerk", "menu"))))
                return
            if not isinstance((yield from self._ask(self._invitation(visit_id))), Accepted):
                return
        yield draw.uniform(1_000, 12_000)
        mood = draw.random()
        if mood < 0.1:
            yield from self._ask(e.Skip())
        elif mood < 0.18:
            yield 51_000.0  # walks off without a word
        else:
            if mood < 0.24:  # would rather use a phone, and then not
                yield from self._ask(e.AskForPhone())
                yield from self._ask(e.HandToPhone())
                yield draw.uniform(2_000, 20_000)
                yield from self._ask(e.TakeBack())
                yield draw.uniform(500, 3_000)
            if mood < 0.45:
                yield from self._rate_on_the_phone(told)
            if told.phone is None or draw.random() < 0.1:  # and a hasty one does both
                yield from self._rate(told)

    def _rate_on_the_phone(self, told: Told) -> Doing:
        """If a code is to be had, and as far as central lets it come."""
        draw, link = self._draw, ""
        yield from self._ask(e.AskForPhone())
        for _ in range(12):  # the line is slow
            if unit := self._device.unit:
                link = unit.view().phone_link
            if link:
                break
            yield 2_000.0
        else:
            return
        phone = Handset(self._device.line.headquarters, link)
        yield draw.uniform(1_000, 10_000)
        if phone.press("begin") != "level":
            return
        yield draw.uniform(1_000, 40_000)
        if draw.random() < 0.15:
            return  # puts the phone away again
        level = draw.choice(list(Level))
        if phone.press("level", level="abcde"[list(Level).index(level)]) != "why":
            return
        told.phone = level
        yield draw.uniform(500, 20_000)
        if draw.random() < 0.8:
            reasons = [option.code for option in draw.sample(self._options.by_level[level], 1)]
            phone.press("why", reason=reasons)
        yield draw.uniform(5_000, 60_000)

    def _start(self, visit_id: str) -> e.Event:
        """How a visit begins in this set-up."""
        draw, case_number = self._draw, f"FY2026-{self._draw.randrange(10**6):06}"
        slip = f"A{draw.randrange(1000):03}" if draw.random() < 0.5 else None
        match self._device.mode:
            case "hall":
                window = "A02" if slip and draw.random() < 0.3 else None
                return e.BeginVisit(visit_id, MATTER, slip, window, "" if draw.random() < 0.6 else case_number)
            case "self_service":
                return e.StartVisit(visit_id, MATTER, case_number, 1, None, "completed", invited=True)
            case _:
                by, stage = draw.choice(("clerk", "menu")), draw.choice(STAGES)
                return e.StartVisit(visit_id, MATTER, case_number, 1, None, stage, slip, draw.random() < 0.1, by)

    def _invitation(self, visit_id: str) -> e.Event:
        """By the clerk, by whoever calls the next number, or of the citizen's own accord."""
        draw = self._draw.random()
        if draw < 0.2:
            return e.CallNumber(f"A{self._draw.randrange(1000):03}")
        return e.AskToRate() if draw < 0.3 else e.Invite(visit_id, self._draw.choice(("clerk", "menu")))

    def _stands(self, state: State) -> bool:
        """Whether the terminal shows this."""
        unit = self._device.unit
        return unit is not None and unit.view().situation.state is state

    def _between(self) -> Doing:
        """What goes on at a window between two visits."""
        draw = self._draw.random()
        if self._stands(State.PAUSED):  # the plug was pulled before it was over
            yield from self._ask(e.Resume())
        elif draw < 0.03:
            kind = self._draw.choice(("", *e.PAUSE_KINDS))
            if isinstance((yield from self._ask(e.Pause("午休", "13:30", kind))), Accepted):
                yield self._draw.uniform(10_000, 300_000)
                yield from self._ask(e.Resume())
        elif draw < 0.06:
            yield from self._ask(e.OpenMenu(CLERK))
        elif draw < 0.10:
            yield from self._ask(e.CallNumber(f"A{self._draw.randrange(1000):03}"))
        elif draw < 0.12:
            yield from self._ask(e.SignOut())
            yield from self._ask(e.SignIn(CLERK))

    def _rate(self, told: Told) -> Doing:
        draw = self._draw
        level = draw.choice(list(Level))
        self._tap(told, level)
        if draw.random() < 0.1:
            yield draw.choice((0.0, 1.0, 40.0))
            self._tap(told, draw.choice(list(Level)))
        yield draw.uniform(1_000, 8_000)
        if draw.random() < 0.12:
            if isinstance((yield from self._ask(e.ChooseAgain())), Accepted):
                told.reasons.clear()
            yield draw.uniform(500, 3_000)
            if draw.random() < 0.2:
                yield from self._ask(e.Skip())  # the tapped level stands
                return
            level = draw.choice(list(Level))
            self._tap(told, level)
            yield draw.uniform(500, 3_000)
        if draw.random() < 0.15:
            yield 81_000.0  # walks off with the level tapped
            return
        if level.negative or draw.random() < 0.4:
            yield from self._give_reasons(told)
        if draw.random() < 0.2:
            comment = draw.choice(("快", "等了很久", "态度好", "多跑了一趟"))
            if isinstance((yield from self._ask(e.WriteComment(comment))), Accepted):
                told.comment = comment
        for _ in range(draw.choice((1, 1, 1, 2))):
            self._hand_in(e.Submit())
        yield draw.uniform(500, 9_000)

    def _give_reasons(self, told: Told) -> Doing:
        view = self._device.unit.view() if self._device.unit else None
        visit = view.situation.visit if view else None
        if visit is None or visit.level is None:
            return
        for option in self._draw.sample(self._options.by_level[visit.level], self._draw.randint(1, 3)):
            if isinstance((yield from self._ask(e.ToggleReason(option.code))), Accepted):
                told.reasons.append(option.code)
            yield self._draw.uniform(100, 900)

    def _come_back(self) -> None:
        """Now and then someone with an earlier receipt adds a word to that rating, or withdraws it."""
        draw = self._back
        if not self._receipts or draw.random() > 0.3:
            return
        earlier, number = draw.choice(self._receipts), draw.randrange(10**9)
        withdraws = draw.random() < 0.3
        said = Said(f"{'已经解决' if withdraws else '又等了一天'} {number}")
        event = (e.Withdraw if withdraws else e.AddWords)(earlier.receipt, said.words)
        kept = earlier.withdrawals if withdraws else earlier.additions
        future = self._hand_in(event)
        if future is None:
            return
        kept.append(said)

        def answered(done: "Future[Accepted | Refused]") -> None:
            if isinstance(done.result(), Refused):
                kept.remove(said)
            else:
                said.told = True

        future.add_done_callback(answered)

    def _tap(self, told: Told, level: Level) -> None:
        future = self._hand_in(e.TapLevel(level, spot=self._spot()))
        if future is None:
            return
        tap = Tap(level)
        told.taps.append(tap)

        def answered(done: "Future[Accepted | Refused]") -> None:
            if isinstance(done.result(), Refused):
                told.taps.remove(tap)
            else:
                tap.told = True

        future.add_done_callback(answered)

    def _spot(self) -> tuple[int, int] | None:
        """Where on the glass, in millimetres; now and then somebody always hits the same place."""
        draw = self._draw
        return draw.choice((None, (60, 40), (60, 40), (draw.randrange(20, 200), draw.randrange(30, 120))))

    def _ask(self, event: e.Event) -> Doing:
        future = self._hand_in(event)
        if future is None:
            yield self._draw.uniform(20_000, 120_000)
            return None
        answer = yield future
        return answer

    def _hand_in(self, event: e.Event) -> "Future[Accepted | Refused] | None":
        unit = self._device.unit
        return None if unit is None else unit.submit(event)
