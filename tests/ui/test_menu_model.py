"""The staff menu before a real terminal: the gate, what each page makes happen, and that nothing is left of it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest

from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.core.situation import State
from kiosk.core.view import MatterCard, OwnFigures, PinAnswer
from kiosk.ui import menu_values as v
from kiosk.ui.menu_model import MenuModel
from kiosk.ui.rehearsal import MATTER, STAFF, Rehearsal, hall_scene, sample_scene
from kiosk.ui.words import Words, load_words
from tests.ui.conftest import ASSETS
from tests.ui.stage import Stage

OTHER = e.Staff("A104", "李强")


class Desk:
    """A menu, its terminal, and a queue in place of the loop: an answer arrives when it is let in."""

    def __init__(self, words: Words) -> None:
        scene = sample_scene(ASSETS)
        cards = {**scene.cards, OTHER.number: replace(scene.cards[STAFF.number], number=OTHER.number, name=OTHER.name)}
        self.terminal = Rehearsal(replace(scene, cards=cards, matters=hall_scene(ASSETS).matters))
        self.waiting: list[Callable[[], None]] = []
        console = load_words(ASSETS / "translations" / "clerk")
        self.menu = MenuModel(words, console, self.terminal.mono_ms, self.waiting.append)
        self.menu.attach(self.terminal)
        self.terminal.start()

    @property
    def step(self) -> str:
        return self.menu.shown.step

    def let_in(self) -> None:
        while self.waiting:
            self.waiting.pop(0)()

    def type(self, text: str) -> None:
        for character in text:
            self.menu.key(character)

    def enter(self, text: str = "") -> None:
        self.type(text)
        self.menu.enter()
        self.let_in()

    def choose(self, *choices: str) -> None:
        for choice in choices:
            self.menu.choose(choice)
            self.let_in()

    def sign(self, staff: e.Staff = STAFF) -> None:
        self.menu.open()
        self.choose(staff.number)
        self.enter(self.terminal.pin)
        assert self.step == "home"

    def wait(self, ms: int) -> None:
        self.terminal.now_ms += ms
        self.menu.look()

    @property
    def last(self) -> e.Event:
        return self.terminal.events[-1]


@pytest.fixture
def desk(app: object, words: Words) -> Desk:
    return Desk(words)


# -- the gate --------------------------------------------------------------------------------------------------------


def test_without_the_pin_there_is_no_page_and_no_event(desk: Desk) -> None:
    before = len(desk.terminal.events)
    desk.menu.open()
    for choice in ("home", "start", "sign_in", "invite", "figures"):
        desk.menu.choose(choice)
        assert desk.step in ("number", "pin")
        desk.menu.goBack()
    desk.menu.leave()
    desk.menu.open()
    desk.choose(STAFF.number)
    for pin in ("000000", "111111"):
        desk.enter(pin)
        assert (desk.step, desk.menu.shown.typed) == ("pin", "")
        assert desk.menu.shown.hint
    assert len(desk.terminal.events) == before


def test_too_many_wrong_pins_pause_it_and_it_counts_the_seconds(desk: Desk) -> None:
    desk.menu.open()
    desk.choose(STAFF.number)
    asked: list[str] = []
    check = desk.terminal.check_pin
    desk.terminal.check_pin = lambda number, pin: (asked.append(pin), check(number, pin))[1]  # type: ignore[assignment]
    for wait_s in (30, 60, 120):
        desk.terminal.wrong_pin = PinAnswer("paused", wait_s)
        desk.enter("000000")
        assert str(wait_s) in desk.menu.shown.hint
        tries = len(asked)
        desk.enter(desk.terminal.pin)
        assert (desk.step, len(asked)) == ("pin", tries), "nothing is asked meanwhile"
        while desk.menu.shown.typed:
            desk.menu.erase()
        for _ in range(wait_s):
            desk.menu.touch()
            desk.wait(1_000)
        assert desk.menu.shown.hint == ""
    desk.enter(desk.terminal.pin)
    assert desk.step == "home"


def test_a_pin_is_never_shown_and_not_kept(desk: Desk) -> None:
    desk.menu.open()
    desk.choose(STAFF.number)
    desk.type("135790")
    assert desk.menu.shown.typed == "●" * 6
    assert "135790" not in repr(desk.menu.shown) + repr(desk.menu._menu)
    desk.menu.enter()
    assert desk.menu._menu.typed == ""


def test_who_opened_it_is_on_record(desk: Desk) -> None:
    desk.sign()
    assert desk.last == e.OpenMenu(replace(STAFF, verified=True))


# -- what each page does ---------------------------------------------------------------------------------------------


def test_a_visit_from_its_matter_to_the_five_levels(desk: Desk) -> None:
    desk.sign()
    desk.choose("start", "search")
    desk.type("qysl")
    assert len(set(desk.menu.shown.labels)) == 1
    desk.choose(desk.menu.shown.choices[0])
    desk.type("3412")
    desk.choose("details", "accepted", "times")
    desk.enter("2")
    desk.choose("slip")
    desk.enter("A018")
    desk.choose("start")
    started = desk.last
    assert isinstance(started, e.StartVisit)
    assert (started.matter.name, started.case_number, started.service_number, started.stage, started.slip) == (
        "企业设立登记", "3412", 2, "accepted", "A018",
    )  # fmt: skip
    assert (started.by, started.invited, desk.step) == ("menu", False, "home")
    desk.choose("invite")
    assert desk.last == e.Invite(started.visit_id, by="menu")
    assert desk.terminal.situation.state is State.INVITING
    assert desk.step == ""


def test_done_and_rated_at_once(desk: Desk) -> None:
    desk.sign()
    desk.choose("start", desk.terminal.scene.matters[0].code, "details", "rate_now")
    assert isinstance(desk.last, e.StartVisit)
    assert desk.last.invited
    assert desk.terminal.situation.state is State.INVITING
    assert desk.step == "", "the glass is the citizen's"
    assert desk.terminal.drafts[-1].body["invited_by"] == "menu"


def test_a_scanned_slip_brings_its_visit(desk: Desk) -> None:
    desk.terminal.set_scene(replace(desk.terminal.scene, matters=(MatterCard(MATTER.code, MATTER.name),)))
    desk.sign()
    desk.enter(f"KQ1;A018;A12;{MATTER.code};341200202611240178")
    assert (desk.step, desk.menu.shown.note) == ("visit", MATTER.name)
    desk.choose("start")
    assert isinstance(desk.last, e.StartVisit)
    assert (desk.last.matter, desk.last.slip, desk.last.case_number) == (MATTER, "A018", "341200202611240178")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_cancellation_has_the_words_of_the_console(desk: Desk, language: str) -> None:
    console = load_words(ASSETS / "translations" / "clerk")
    desk.menu.speak(language)
    desk.sign()
    desk.terminal.begin_visit()
    desk.choose("cancel")
    assert desk.menu.shown.labels == tuple(console.text(language, f"cancel.{one}") for one in e.CANCEL_REASONS)
    desk.choose("papers")
    assert isinstance(desk.last, e.CancelVisit)
    assert (desk.last.reason, desk.last.by) == (console.text("zh-CN", "cancel.papers"), "menu")


def test_a_pause_has_its_kind_and_its_end(desk: Desk) -> None:
    desk.sign()
    desk.choose("pause", "waiting", "30")
    assert isinstance(desk.last, e.Pause)
    assert (desk.last.kind, len(desk.last.until or "")) == ("waiting", 5)
    desk.choose("resume")
    assert desk.terminal.situation.state is State.READY


def test_the_next_clerk_relieves_the_last_in_one_step(desk: Desk) -> None:
    desk.sign(OTHER)
    assert "sign_in" not in desk.menu.shown.choices
    desk.choose("relieve")
    assert desk.last == e.SignIn(replace(OTHER, verified=True))
    assert "relieve" not in desk.menu.shown.choices


def test_the_next_number_is_called(desk: Desk) -> None:
    desk.terminal.submit(e.CallNumber("A019"))
    desk.sign()
    desk.choose("call")
    desk.enter()
    assert desk.last == e.CallNumber("A020")


def test_ones_own_figures_and_nothing_finer(desk: Desk) -> None:
    desk.sign(OTHER)
    desk.menu.choose("figures")
    asking = desk.menu.shown.lines
    desk.let_in()
    assert desk.terminal.asked == [OTHER.number]
    assert desk.menu.shown.lines != asking
    assert "185" in desk.menu.shown.lines
    for figures in (OwnFigures(), None):
        desk.menu.goBack()
        desk.terminal.figures = figures
        desk.choose("figures")
        assert not any(digits in desk.menu.shown.lines for digits in ("185", "90%"))
    desk.menu.goBack()
    assert desk.menu.shown.lines == ""


def test_a_visit_that_stands_open_is_said_once_the_hall_finds_it_long(desk: Desk) -> None:
    desk.terminal.begin_visit()
    desk.sign()
    assert desk.menu.shown.hint == ""
    for _ in range(desk.terminal.scene.remind_s // 30):
        desk.menu.touch()
        desk.wait(30_000)
    assert "20" in desk.menu.shown.hint
    desk.terminal.set_scene(replace(desk.terminal.scene, remind_s=0))
    assert desk.menu.shown.hint == ""


def test_what_has_not_reached_central_is_said_with_its_age(desk: Desk) -> None:
    desk.sign()
    nothing = desk.menu.shown.below
    desk.terminal.show(unsent=3, oldest_unsent_s=7_300)
    assert desk.menu.shown.below != nothing
    assert "3" in desk.menu.shown.below
    assert "2" in desk.menu.shown.below


# -- what it never does ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", list(Level))
def test_it_shows_the_same_whatever_was_rated(desk: Desk, level: Level) -> None:
    terminal = desk.terminal

    def after_a_visit(rated: Level) -> list[object]:
        terminal.begin_visit()
        terminal.invite()
        terminal.submit(e.TapLevel(rated))
        desk.menu.open()
        assert desk.step == "", "a citizen is rating"
        terminal.submit(e.WriteComment("x"))
        terminal.submit(e.Submit())
        terminal.submit(e.Leave())
        desk.sign()
        seen: list[object] = [desk.menu.shown]
        for page in ("figures", "start", "pause", "call"):
            desk.choose(page)
            seen.append(desk.menu.shown)
            desk.menu.goBack()
        desk.menu.leave()
        return seen

    assert after_a_visit(level) == after_a_visit(Level.VERY_SATISFIED)


PAGES = [
    way.split()
    for way in (
        "", "figures", "start", "start search", "start M000", "start M000 details", "start M000 details slip",
        "start M000 details times", "pause", "pause away", "call",
    )
]  # fmt: skip


@pytest.mark.parametrize("way", PAGES, ids=" ".join)
def test_walking_away_closes_every_page_and_leaves_nothing(desk: Desk, way: list[str]) -> None:
    desk.sign()
    desk.choose(*way)
    desk.type("12")
    touched = len(desk.terminal.events)
    desk.wait(v.IDLE_MS - 1_000)
    assert desk.step
    desk.wait(1_000)
    assert desk.step == ""
    assert desk.menu._menu == v.Menu(desk.menu._menu.turn)
    assert len(desk.terminal.events) == touched
    desk.menu.open()
    assert desk.step == "number"


@pytest.mark.parametrize("way", PAGES, ids=" ".join)
def test_no_page_lies_over_a_rating_that_somebody_else_brings(desk: Desk, way: list[str]) -> None:
    desk.sign()
    desk.choose(*way)
    visit = e.StartVisit("ee" * 16, MATTER, "1", invited=True)
    desk.terminal.submit(visit)
    assert desk.terminal.situation.state is State.INVITING
    assert desk.step == ""
    desk.menu.open()
    assert desk.step == ""


def test_an_answer_for_a_menu_that_was_closed_opens_nothing(desk: Desk) -> None:
    desk.menu.open()
    desk.choose(STAFF.number)
    desk.type(desk.terminal.pin)
    desk.menu.enter()
    desk.menu.leave()
    desk.let_in()
    assert desk.step == ""
    assert not any(isinstance(one, e.OpenMenu) for one in desk.terminal.events)


# -- keys ------------------------------------------------------------------------------------------------------------


def keys(stage: Stage, text: str) -> None:
    for character in text:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, character)
            QCoreApplication.sendEvent(stage.window, event)
    QCoreApplication.processEvents()


def test_it_can_be_led_by_keys_alone(stage: Stage) -> None:
    terminal, menu = stage.terminal, stage.window.menu
    terminal.set_scene(replace(terminal.scene, matters=hall_scene(ASSETS).matters))
    terminal.start()
    stage.settle()
    menu.open()
    stage.settle()

    def key(*pressed: Qt.Key) -> None:
        for one in pressed:
            QTest.keyClick(stage.window, one)
            QCoreApplication.processEvents()

    def walk_to(name: str) -> None:
        for _ in range(60):
            key(Qt.Key.Key_Right)
            focused = stage.window.activeFocusItem()
            if focused is not None and focused.objectName() == name:
                return
        raise AssertionError(f"no key leads to {name}")

    walk_to(f"menu.{STAFF.number}")
    key(Qt.Key.Key_Return)
    assert menu.shown.step == "pin"
    keys(stage, terminal.pin)
    key(Qt.Key.Key_Return)
    QCoreApplication.processEvents()
    assert menu.shown.step == "home"
    walk_to("menu.start")
    key(Qt.Key.Key_Space)
    assert menu.shown.step == "matter"
    walk_to("menu.search")
    key(Qt.Key.Key_Return)
    keys(stage, "qysl")
    assert menu.shown.typed == "QYSL"
    key(Qt.Key.Key_Escape)
    assert menu.shown.step == "matter"
    key(Qt.Key.Key_Escape, Qt.Key.Key_Escape)
    assert menu.shown.step == ""


def test_a_scanner_is_heard_though_a_tile_has_the_ring(stage: Stage) -> None:
    terminal, menu = stage.terminal, stage.window.menu
    terminal.set_scene(replace(terminal.scene, matters=hall_scene(ASSETS).matters))
    terminal.start()
    stage.settle()
    menu.open()
    menu.choose(STAFF.number)
    for digit in terminal.pin:
        menu.type(digit)
    menu.enter()
    for _ in range(3):
        QCoreApplication.processEvents()
    assert menu.shown.step == "home"
    QTest.keyClick(stage.window, Qt.Key.Key_Right)
    keys(stage, "KQ1;A018;A12;M002;778")
    QTest.keyClick(stage.window, Qt.Key.Key_Return)
    assert menu.shown.step == "visit"


def test_what_every_tile_is_for_can_be_read_aloud(stage: Stage) -> None:
    from kiosk.ui.gallery_menu import menu_stages

    stage.terminal.start()
    stage.settle()
    pages = 0
    for page in menu_stages(stage.terminal, stage.window):
        sheet = [item for name, item in stage.items().items() if name.startswith(("menu.", "search.", "found."))]
        pressed = [item for item in sheet if item.property("stop") is True]
        assert pressed, page
        assert all(item.property("label") for item in pressed)
        pages += 1
    assert pages > 20
