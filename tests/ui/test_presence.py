"""When the window is before the citizen and when it is not; nothing of a visit is lost in between."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QGuiApplication

from kiosk.ui.placement import ANY_SCREEN, Wish
from kiosk.ui.presence import SCREEN_MISSING, Presence
from tests.ui.stage import Stage, until


class Host:
    """Another program, which has the screen. `slow`: so many askings long nothing happens."""

    def __init__(self, slow: int = 0) -> None:
        self.slow, self.asked = slow, 0
        self.in_front = "host"
        self.history: list[str] = []

    def take(self, window: int) -> bool:
        assert window
        return self._bring("terminal")

    def give_back(self) -> bool:
        return self._bring("host")

    def _bring(self, who: str) -> bool:
        if self.in_front != who:
            self.asked += 1
            if self.asked <= self.slow:
                return False
            self.asked, self.in_front = 0, who
            self.history.append(who)
        return True


@dataclass
class Behind:
    """A terminal behind a host."""

    stage: Stage
    host: Host
    presence: Presence
    pages: list[str]

    def set_mode(self, mode: str) -> None:
        self.stage.terminal.set_scene(replace(self.stage.terminal.scene, mode=mode))

    @property
    def shown(self) -> bool:
        return self.stage.window.isVisible()


@pytest.fixture
def place_behind(make_stage: Callable[..., Stage]) -> Iterator[Callable[..., Behind]]:
    made: list[Behind] = []

    def place(host: Host | None = None, wish: Wish = ANY_SCREEN) -> Behind:
        stage, host = make_stage(), host or Host()
        pages: list[str] = []
        presence = Presence(stage.window, wish, lambda: host, behind=True)
        presence.attach(stage.terminal.trouble)
        stage.window.frameSwapped.connect(lambda: pages.append(stage.root.property("shown")))
        made.append(Behind(stage, host, presence, pages))
        stage.terminal.scene = replace(stage.terminal.scene, mode="self_service")
        stage.terminal.watch(presence.see)
        presence.see(stage.terminal.view())
        presence.changed()
        stage.terminal.start()
        return made[-1]

    yield place
    for one in made:
        one.presence.end()
        one.presence.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def behind(place_behind: Callable[..., Behind]) -> Behind:
    return place_behind()


def test_it_is_in_front_from_the_invitation_to_the_end_of_the_thanks(behind: Behind) -> None:
    terminal, stage = behind.stage.terminal, behind.stage
    assert not behind.shown
    terminal.begin_visit()
    assert not behind.shown, "the host still serves"
    terminal.invite()
    assert behind.shown
    until(lambda: behind.host.in_front == "terminal")
    stage.tap("level.satisfied")
    assert behind.shown
    stage.tap("submit")
    assert stage.model.shown.page == "thanks"
    assert behind.shown
    stage.tap("leave")
    assert not behind.shown
    until(lambda: behind.host.history == ["terminal", "host"])


def test_what_comes_to_the_front_is_the_page_to_rate_and_nothing_of_before(behind: Behind) -> None:
    stage = behind.stage
    for _ in range(3):
        behind.pages.clear()
        stage.terminal.begin_visit()
        stage.terminal.invite()
        until(lambda: behind.pages)
        assert behind.pages[0] == "inviting"
        assert stage.root.property("offset") == 0, "it does not slide in over the page of before"
        stage.tap("level.dissatisfied")
        stage.tap("reason.0")
        stage.tap("submit")
        stage.settle()
        until(lambda: "thanks" in behind.pages)
        stage.tap("leave")  # and at once the next
        assert not behind.shown


def test_a_host_that_takes_its_time_is_asked_again(place_behind: Callable[..., Behind]) -> None:
    behind = place_behind(Host(slow=2))
    behind.stage.terminal.begin_visit()
    behind.stage.terminal.invite()
    until(lambda: behind.host.in_front == "terminal")
    behind.stage.tap("skip")
    assert not behind.shown
    until(lambda: behind.host.in_front == "host")


def test_the_mode_may_change_while_it_runs(behind: Behind) -> None:
    behind.set_mode("window")
    assert behind.shown, "at a window it is always there"
    behind.set_mode("self_service")
    assert not behind.shown
    behind.stage.terminal.begin_visit()
    behind.stage.terminal.invite()
    assert behind.shown
    behind.set_mode("hall")
    assert behind.shown


def test_where_no_screen_fits_nothing_is_shown_and_the_technician_is_told(place_behind: Callable[..., Behind]) -> None:
    behind = place_behind(wish=Wish(name="HDMI-7"))
    behind.set_mode("window")
    behind.stage.terminal.begin_visit()
    behind.stage.terminal.invite()
    assert not behind.shown
    words = behind.stage.terminal.troubles[SCREEN_MISSING]
    assert words
    assert 'name "HDMI-7"' in words
    assert behind.stage.model.shown.page == "inviting", "and all the same the visit goes on"


def test_the_right_screen_brings_it_back_and_takes_the_trouble_away(place_behind: Callable[..., Behind]) -> None:
    ours = QGuiApplication.primaryScreen().name()
    behind = place_behind(wish=Wish(name=f"{ours}?"))
    behind.set_mode("window")
    assert not behind.shown
    behind.presence._wish = Wish(size="800x800")  # of the offscreen platform
    behind.presence.changed()
    assert behind.shown
    assert behind.stage.terminal.troubles == {SCREEN_MISSING: None}


def test_at_the_end_the_place_in_front_is_given_back(behind: Behind) -> None:
    behind.stage.terminal.begin_visit()
    behind.stage.terminal.invite()
    until(lambda: behind.host.in_front == "terminal")
    behind.presence.end()
    assert not behind.shown
    assert behind.host.in_front == "host"
    behind.set_mode("window")
    assert not behind.shown, "what comes later shows nothing any more"


def test_a_window_that_is_always_there_opens_no_way_to_the_front(make_stage: Callable[..., Stage]) -> None:
    stage, opened = make_stage(), []
    presence = Presence(stage.window, ANY_SCREEN, lambda: opened.append("opened"))
    presence.changed()
    stage.to("inviting")
    presence.see(stage.terminal.view())
    assert not opened
    presence.see(replace(stage.terminal.view(), scene=replace(stage.terminal.scene, mode="self_service")))
    assert opened == ["opened"]
    presence.see(stage.terminal.view())
    presence.end()
    assert opened == ["opened"]
