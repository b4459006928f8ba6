"""Global hot keys on a real X server: held whatever the lock keys say, reported where another program has them."""

import gc
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.clerk.hot_keys import Report, listen
from kiosk.clerk.hot_keys_x11 import X11Listener
from kiosk.clerk.keys import HOT_KEYS, Chord, read_chord
from kiosk.demo.screen import VirtualScreen

CHORDS = {name: read_chord(text) for name, text in HOT_KEYS.items()}


def eventually(look: Callable[[], bool], within_s: float = 60.0) -> None:
    deadline = time.monotonic() + within_s
    while not look():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.01)


class Ears:
    """What a listener told."""

    def __init__(self) -> None:
        self.pressed: list[str] = []
        self.reports: list[Report] = []

    def listen(self, chords: dict[str, Chord] = CHORDS) -> X11Listener:
        listener = X11Listener(chords, self.pressed.append, self.reports.append)
        eventually(lambda: bool(self.reports))
        return listener


@pytest.fixture
def screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualScreen]:
    screen = VirtualScreen(320, 240, tmp_path)
    monkeypatch.setenv("DISPLAY", screen.name)
    yield screen
    screen.close()


def test_keys_are_held_whatever_the_lock_keys_say_and_given_back(screen: VirtualScreen) -> None:
    ears = Ears()
    listener = ears.listen()
    assert ears.reports == [Report("held")]
    for locks in ((), ("Num_Lock",), ("Caps_Lock",), ("Num_Lock",)):  # none, one, both, the other
        screen.key(*locks, "ctrl+shift+F2", "ctrl+shift+F3")
    eventually(lambda: len(ears.pressed) >= 8)
    screen.key("ctrl+F2", "shift+F3", "F12")
    screen.key("ctrl+shift+F12")
    eventually(lambda: ears.pressed[-1] == "show")
    assert ears.pressed == ["start", "invite"] * 4 + ["show"]
    listener.stop()
    again = Ears()
    second = again.listen()
    assert again.reports == [Report("held")]
    second.stop()


def test_a_key_that_another_program_has_is_named_and_the_others_are_held(screen: VirtualScreen) -> None:
    first, second = Ears(), Ears()
    other = first.listen({"start": CHORDS["start"], "pause": CHORDS["pause"]})
    ours = second.listen()
    assert second.reports == [Report("held", frozenset({"start", "pause"}))]
    screen.key("ctrl+shift+F2", "ctrl+shift+F3")
    eventually(lambda: bool(first.pressed and second.pressed))
    assert (first.pressed, second.pressed) == (["start"], ["invite"])
    ours.stop()
    other.stop()


class Counting(X11Listener):
    """Counts the events of the server, repetitions too."""

    seen = 0

    def _take(self, events: list[Any], display: Any) -> None:
        self.seen += len(events)
        super()._take(events, display)


def test_a_key_held_down_is_one_press(screen: VirtualScreen) -> None:
    ears = Ears()
    listener = Counting(CHORDS, ears.pressed.append, ears.reports.append)
    eventually(lambda: bool(ears.reports))
    screen._xdotool("keydown", "ctrl", "keydown", "shift", "keydown", "F5")
    eventually(lambda: ears.pressed == ["call"])
    before = listener.seen
    eventually(lambda: listener.seen > before + 6)  # it repeats after 0.66 s
    screen._xdotool("keyup", "F5", "keyup", "shift", "keyup", "ctrl")
    screen.key("ctrl+shift+F12")
    eventually(lambda: ears.pressed[-1] == "show")
    assert ears.pressed == ["call", "show"]
    listener.stop()


def test_without_a_server_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":59000")
    ears = Ears()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # python-xlib leaves the sockets of its tries to the collector
        listener = ears.listen()
        assert ears.reports == [Report("failed")]
        listener.stop()
        gc.collect()


@pytest.mark.parametrize(
    ("platform", "environment", "standing"),
    [
        ("wayland", {}, "wayland"),
        ("wayland-egl", {}, "wayland"),
        ("xcb", {"XDG_SESSION_TYPE": "wayland"}, "wayland"),
        ("offscreen", {}, "unsupported"),
        ("cocoa", {}, "unsupported"),
    ],
)
def test_where_the_system_allows_none_it_is_said(platform: str, environment: dict[str, str], standing: str) -> None:
    reports: list[Report] = []
    assert listen(CHORDS, platform, lambda _: None, reports.append, environment) is None
    assert [report.standing for report in reports] == [standing]
