"""What happens at a window, one story a visit: what the business system says, what the citizen does, and what central
must have of it in the end. A story drives both, and hands back what it drove."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kiosk.core.view import Mode
from kiosk.demo.citizen import LEVELS
from kiosk.demo.programs import until
from tests.end_to_end.desk import LOOK_S, Desk
from tests.end_to_end.handset import Handset, link_of
from tests.end_to_end.running_system import RunningSystem
from tests.end_to_end.storms import pause

AGAIN = 0.3
"""How many of the starts are said twice, as if the first answer had been lost."""
HALL_PAGES = ("matters", "matters-called")
LEFT = "cancelled by the business system"


@dataclass(frozen=True)
class Came:
    """What one visit was, and what came of it. `begun_by`, `invited_by`: as entries name them. `whole`: None without a
    rating, else whether it was sent off."""

    matter: str
    case_number: str
    service_number: int | None
    stage: str | None
    slip: str | None
    staff: str
    window: str
    begun_by: str
    outcome: str = ""
    invited_by: str | None = None
    cause: str | None = None
    level: str | None = None
    reasons: int = 0
    whole: bool | None = None


@dataclass
class Work:
    """One window's work so far. `driven`: what was driven, by visit; `told`: the outcome that the stream gave of it;
    `calls`, `pauses`: queue numbers called and pauses made, in their order; `phoned`: what was rated on a phone."""

    desk: Desk
    system: RunningSystem
    chance: random.Random
    mode: Mode
    staff: str = ""
    driven: dict[str, Came] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    pauses: list[str] = field(default_factory=list)
    phoned: dict[str, tuple[str, int, bool]] = field(default_factory=dict)

    def sit_down(self) -> None:
        """A clerk signs in, where there is one."""
        if self.mode == "window":
            clerk = self.desk.central.sample["staff"][0]
            self.system.ask("sign_in", number=clerk["number"], pin=clerk["pin"])
            self.staff = clerk["number"]

    def begin(self, *, invite: bool = False, twice: bool = False) -> tuple[str, Came]:
        """The business system begins a visit: each case is served twice, first accepted and then completed."""
        number = len(self.driven)
        came = Came(
            matter=str(self._matter()["code"]), case_number=f"3412{number // 2:014}", service_number=1 + number % 2,
            stage=("accepted", "completed")[number % 2], slip=self.calls[-1] if self.calls else None, staff=self.staff,
            window=self.desk.window, begun_by="clerk", invited_by="clerk" if invite else None,
        )  # fmt: skip
        body = {
            "matter": self._matter(), "case_number": came.case_number, "service_number": came.service_number,
            "stage": came.stage, "invite": invite, **({"slip": came.slip} if came.slip else {}),
        }  # fmt: skip
        if self.mode == "self_service" and self.desk.terminal.state() == "ready":
            until("the machine's own program in front", lambda: not self.desk.screen.has_window())
        visit_id = str(self.system.ask("start", key=f"{came.case_number}-{number}", body=body, twice=twice))
        if self.mode == "self_service" and invite:
            until("the terminal in front", self.desk.screen.has_window)
        return visit_id, came

    def invited(self) -> tuple[str, Came]:
        """A visit whose citizen has been invited, in one of the ways there are."""
        if self.mode == "hall":
            return self._begun_by_citizen()
        if self.mode == "self_service":
            return self.begin(invite=True, twice=self.chance.random() < AGAIN)
        way = self.chance.choice(("clerk", "at_once", "next_number", "citizen"))
        visit_id, came = self.begin(invite=way == "at_once", twice=self.chance.random() < AGAIN)
        if way == "clerk":
            assert self.system.ask("invite", visit_id=visit_id) == "inviting"
        elif way == "next_number":
            self.calls.append(f"A{len(self.calls) + 1:03}")
            self.system.ask("call", number=self.calls[-1])
        elif way == "citizen":
            self.desk.citizen.rate_now()
        return visit_id, replace(came, invited_by="clerk" if way == "at_once" else way)

    def _begun_by_citizen(self) -> tuple[str, Came]:
        """On the glass, or with the slip that the business system has printed and called, which may leave the matter to
        be chosen."""
        tiles = (
            sum(name.startswith("matter.") for name in self.desk.targets[f"matters{on}"]) for on in ("", "-called")
        )
        place = len(self.driven) % min(tiles)
        matter = str(self.desk.terminal.ask("GET", "/matters")["items"][place]["code"])
        way = ("slip", "glass", "slip and glass")[len(self.driven) % 3]
        came = Came(matter, "", None, None, None, "", self.desk.window, "citizen", invited_by="citizen")
        if way != "glass":
            self.calls.append(f"A{len(self.calls) + 1:03}")
            self.system.ask("call", number=self.calls[-1])
            window = self.chance.choice(self.desk.central.sample["windows"])
            case_number = f"3412{len(self.driven):014}"
            came = replace(came, slip=self.calls[-1], window=window, case_number=case_number)
            self.desk.citizen.scan(f"KQ1;{came.slip};{window};{matter if way == 'slip' else ''};{case_number}")
        if way != "slip":
            self.desk.citizen.choose_matter(place, called=way != "glass")
        return str(self.system.ask("until_new", known=list(self.driven))), came

    def ended(self, visit_id: str, came: Came) -> None:
        """It is over: remember what was driven, and what the stream says."""
        self.driven[visit_id] = came
        self.told[visit_id] = str(self.system.ask("until_ended", visit_id=visit_id))

    def _matter(self) -> dict[str, Any]:
        matters = self.desk.central.sample["matters"]
        return dict(matters[len(self.driven) % len(matters)])


Story = Callable[[Work], None]


def rated(work: Work) -> None:
    """A level, a reason or two, sent off."""
    visit_id, came = work.invited()
    level, reasons = LEVELS[len(work.driven) % 5], 1 + len(work.driven) % 2
    work.desk.citizen.rate(level, reasons)
    work.ended(visit_id, replace(came, outcome="rated", level=level, reasons=reasons, whole=True))
    if work.chance.random() < 0.5:
        work.desk.citizen.leave()  # or the next one comes while the thanks still stands there


def thought_better(work: Work) -> None:
    """A level, "choose again", another level."""
    visit_id, came = work.invited()
    first, then = work.chance.sample(LEVELS, 2)
    work.desk.citizen.tap_level(first)
    work.desk.citizen.choose_again()
    work.desk.citizen.rate(then, 1)
    work.ended(visit_id, replace(came, outcome="rated", level=then, reasons=1, whole=True))


def skipped(work: Work) -> None:
    """Not now."""
    visit_id, came = work.invited()
    work.desk.citizen.skip()
    work.ended(visit_id, replace(came, outcome="skipped"))


def silent(work: Work) -> None:
    """Nobody says anything."""
    visit_id, came = work.invited()
    work.ended(visit_id, replace(came, outcome="timed_out"))


def walked_off(work: Work) -> None:
    """A level, and away."""
    visit_id, came = work.invited()
    level = work.chance.choice(LEVELS)
    work.desk.citizen.tap_level(level)
    work.ended(visit_id, replace(came, outcome="rated", level=level, whole=False, cause="walked_off"))


def cancelled_early(work: Work) -> None:
    """The citizen was called away before anybody asked for a rating."""
    visit_id, came = work.begin()
    assert work.system.ask("cancel", visit_id=visit_id, reason=LEFT) == 200
    work.ended(visit_id, replace(came, outcome="cancelled", cause=LEFT))


def cancelled_late(work: Work) -> None:
    """While the five levels stood there."""
    visit_id, came = work.invited()
    assert work.system.ask("cancel", visit_id=visit_id, reason=LEFT) == 200
    work.ended(visit_id, replace(came, outcome="cancelled", cause=LEFT))


def cancelled_too_late(work: Work) -> None:
    """Once a level was tapped nobody cancels it, and no other visit begins over it."""
    visit_id, came = work.invited()
    level = work.chance.choice(LEVELS)
    work.desk.citizen.tap_level(level)
    assert work.system.ask("cancel", visit_id=visit_id, reason=LEFT) == 409
    other = {"matter": work.desk.matter, "case_number": "34120000000000"}
    assert work.system.ask("start_refused", key=f"over-{visit_id}", body=other) == 409
    work.desk.citizen.explain(1)
    work.ended(visit_id, replace(came, outcome="rated", level=level, reasons=1, whole=True))


def paused(work: Work) -> None:
    """Away for a while between two visits, and a visit after it."""
    reason = f"复印材料 {len(work.pauses) + 1}"
    body = {"reason": reason, "kind": work.chance.choice(("away", "waiting", "out_of_service"))}
    if work.chance.random() < 0.5:
        body["expected_return"] = "14:30"
    assert work.system.ask("pause", body=body)[0] == "paused"
    work.pauses.append(reason)
    rated(work)


def out_of_earshot(work: Work) -> None:
    """The stream breaks while the citizen rates, and tells the outcome all the same."""
    visit_id, came = work.invited()
    work.system.ask("drop")
    level = work.chance.choice(LEVELS)
    work.desk.citizen.rate(level, 1)
    work.ended(visit_id, replace(came, outcome="rated", level=level, reasons=1, whole=True))


def on_the_phone(work: Work) -> None:
    """With the code on the screen, on a phone of one's own."""
    visit_id, came = work.invited()
    level = work.chance.choice(LEVELS)
    thanks = Handset(link_of(work.desk, visit_id)).rate(level, thinks_s=LOOK_S)
    assert thanks.kind == "thanks", thanks
    work.phoned[visit_id] = level, 1, True
    work.ended(visit_id, replace(came, outcome="handed_to_phone"))


def begun_anew(work: Work) -> None:
    """The terminal is started again between two visits; the business system finds it by itself."""
    work.desk.terminal.stop()
    work.desk.terminal.start()
    pause(LOOK_S)
    rated(work)


COMMON: Mapping[Story, int] = {
    rated: 12, thought_better: 2, skipped: 3, silent: 1, walked_off: 1, cancelled_late: 1, cancelled_too_late: 2,
    out_of_earshot: 1, on_the_phone: 2,
}  # fmt: skip
"""How often each comes in turn."""
STORIES: Mapping[Mode, Mapping[Story, int]] = {
    "window": {**COMMON, cancelled_early: 1, paused: 1},
    "hall": COMMON,
    "self_service": COMMON,
}
SHORT: Mapping[Mode, tuple[Story, ...]] = {
    "window": (rated, out_of_earshot, skipped, cancelled_too_late, silent, paused),
    "hall": (rated, skipped, rated),
    "self_service": (rated, skipped, walked_off),
}
"""For the test command: few, and each another."""


def programme(mode: Mode, visits: int, chance: random.Random) -> list[Story]:
    """What happens, in which order; the terminal is started again after every fifty."""
    deck = [story for story, often in STORIES[mode].items() for _ in range(often)]
    order: list[Story] = []
    while len(order) < visits:
        order += chance.sample(deck, len(deck))
    return [begun_anew if number % 50 == 49 else story for number, story in enumerate(order[:visits])]
