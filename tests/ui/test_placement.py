"""Which screen is the citizen's, whatever is plugged, unplugged, turned or swapped."""

import random
from dataclasses import replace

import pytest

from kiosk.device import settings
from kiosk.ui.placement import POSITIONS, Choice, Display, Known, Wish, choose, explain, read_size, read_wish

CLERK = Display("HDMI-1", 0, 0, 1920, 1080, 527, 296, primary=True, model="AOC 24B1", serial="77")
OURS = Display("DP-2", 1920, 0, 1280, 800, 217, 136, model="ACME Touch 10")
WALL = Display("DP-3", -1080, 0, 1080, 1920, 400, 710, model="Wall")
NAMED, SIZED, PLACED = Wish(name="DP-2"), Wish(size="1280x800"), Wish(position="right")
EACH = pytest.mark.parametrize("wish", [NAMED, SIZED, PLACED, Wish(position="not primary")], ids=str)


def chosen(displays: list[Display], wish: Wish, known: Known | None = None) -> Display | None:
    return choose(displays, wish, known).display


def held(wish: Wish) -> Choice:
    """The choice while both are plugged."""
    choice = choose([CLERK, OURS], wish)
    assert (choice.display, choice.why) == (OURS, "fits")
    return choice


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("DP-2", NAMED), ("ACME Touch 10", Wish(name="ACME Touch 10")), ("1280x800", SIZED),
        ("800x1280", Wish(size="800x1280")), ("217x136mm", Wish(size="217x136mm")), ("10.1in", Wish(size="10.1in")),
        ('10"', Wish(size='10"')), ("right", PLACED), ("second", Wish(position="second")),
        ("not primary", Wish(position="not primary")),
    ],
)  # fmt: skip
def test_a_screen_is_asked_for_by_name_by_size_or_by_position(text: str, wish: Wish) -> None:
    assert read_wish(text) == wish
    assert chosen([CLERK, OURS], wish) == OURS


@pytest.mark.parametrize("size", ["1280 x 800", "10in tall", "0x0", "1280x800px", "ten"])
def test_what_is_no_size_is_none(size: str) -> None:
    with pytest.raises(ValueError, match="is no size"):
        read_size(size)
    assert read_wish(size) == Wish(name=size)


def test_the_settings_take_what_is_understood_here(tmp_path) -> None:
    file = tmp_path / "kiosk.toml"
    for size in ("1280x800", "217x136mm", "217x136 mm", "10.1in", "10 in", '10"'):
        file.write_text(f"[screen]\nsize = '{size}'\n")
        read_size(settings.read_settings(file).screen.size)
    for position in POSITIONS:
        file.write_text(f"[screen]\nposition = '{position}'\n")
        choose([CLERK, OURS], Wish(position=settings.read_settings(file).screen.position))
    for wrong in ("size = '12'", "size = 'large'", "position = 'up'"):
        file.write_text(f"[screen]\n{wrong}\n")
        with pytest.raises(settings.SettingsRefused):
            settings.read_settings(file)


def test_everything_that_is_asked_for_must_fit() -> None:
    assert chosen([CLERK, OURS], Wish("DP-2", "1280x800", "right")) == OURS
    for wish in (Wish("DP-2", position="left"), Wish("HDMI-1", "1280x800"), Wish(size="1280x800", position="primary")):
        assert choose([CLERK, OURS], wish).why == "missing"


def test_without_a_wish_the_only_screen_is_taken_and_of_several_the_primary_one() -> None:
    assert choose([OURS], Wish()).why == "only"
    first = choose([WALL, CLERK, OURS], Wish())
    assert (first.display, first.why) == (CLERK, "primary")
    moved = [replace(CLERK, primary=False), replace(OURS, primary=True)]
    assert chosen(moved, Wish(), first.known) == moved[0], "and it stays there"
    assert chosen([OURS], Wish(), first.known) == OURS, "but nobody said that it must"
    assert choose([], Wish()).display is None
    assert choose([replace(CLERK, width=0, height=0)], Wish()).display is None, "what Qt makes up for no screen at all"


@EACH
def test_unplugged_it_is_missing_and_plugged_again_it_is_back(wish: Wish) -> None:
    before = held(wish)
    alone = choose([CLERK], wish, before.known)
    assert (alone.display, alone.why) == (None, "missing")
    assert "HDMI-1 1920x1080" in explain(alone, wish, [CLERK])
    back = choose([CLERK, OURS], wish, alone.known)
    assert back.display == OURS


@EACH
def test_it_stays_ours_while_the_clerks_is_unplugged(wish: Wish) -> None:
    left = replace(OURS, left=0, primary=True)
    alone = choose([left], wish, held(wish).known)
    assert (alone.display, alone.why) == (left, "kept")
    assert chosen([CLERK, OURS], wish, alone.known) == OURS


@EACH
@pytest.mark.parametrize(
    "change",
    [
        {"width": 1024, "height": 768},
        {"width": 800, "height": 1280},
        {"primary": True},
        {"left": -1280},
        {"left": 0, "top": 1080},
    ],
    ids=str,
)
def test_it_stays_ours_at_another_resolution_turned_moved_or_made_primary(wish: Wish, change) -> None:
    now = replace(OURS, **change)
    clerk = replace(CLERK, primary=not now.primary)
    for order in ([clerk, now], [now, clerk]):
        assert chosen(order, wish, held(wish).known) == now


@pytest.mark.parametrize("wish", [PLACED, Wish(position="second"), Wish(size="1920x1080", position="right")], ids=str)
def test_what_stood_beside_it_is_never_taken_for_it(wish: Wish) -> None:
    """Both of a size, and a third: when ours is gone, another one is the rightmost, the second, the one that fits."""
    ours = replace(OURS, width=1920, height=1080)
    before = choose([CLERK, ours, replace(WALL, left=-1920, width=1920, height=1080)], wish)
    if wish.position == "second":
        assert before.display == ours
    others = [CLERK, replace(WALL, left=-1920, width=1920, height=1080)]
    assert chosen(others, wish, before.known) is None
    assert chosen(others[:1], wish, before.known) is None
    assert chosen([*others, ours], wish, before.known) == ours
    elsewhere = replace(ours, name="DP-9", left=9000)
    assert chosen([*others[:1], elsewhere], wish, before.known) == elsewhere, "plugged into another socket"


def test_two_that_nobody_can_tell_apart_are_taken_only_together() -> None:
    one, other = replace(OURS, left=0, primary=True), OURS
    before = choose([one, other], PLACED)
    assert before.display == other
    assert chosen([one], PLACED, before.known) is None
    assert chosen([other], PLACED, before.known) is None
    assert chosen([one, other], PLACED, before.known) == other


def test_at_the_start_a_screen_alone_is_at_no_position_for_it_may_be_the_clerks() -> None:
    for position in POSITIONS:
        assert chosen([CLERK], Wish(position=position)) is None
    assert chosen([OURS], NAMED) == OURS
    assert chosen([OURS], SIZED) == OURS


def test_of_two_that_fit_it_is_rather_not_the_primary_one() -> None:
    twin = replace(OURS, name="DP-4", left=0, primary=True)
    for order in ([twin, OURS], [OURS, twin]):
        assert chosen(order, SIZED) == OURS


def test_a_screen_that_mirrors_another_one_is_not_taken() -> None:
    for mirrored in (replace(OURS, left=0), replace(OURS, left=1000, top=900)):
        choice = choose([CLERK, mirrored], NAMED)
        assert (choice.display, choice.why) == (None, "mirrored")
        assert "extend" in explain(choice, NAMED, [CLERK, mirrored])
    assert chosen([CLERK, replace(CLERK, name="HDMI-2", primary=False)], Wish()) == CLERK, "nobody asked for one"


def test_a_glass_is_measured_with_some_grace() -> None:
    assert chosen([CLERK, OURS], Wish(size="220x134mm")) == OURS
    assert chosen([CLERK, OURS], Wish(size="10in")) == OURS
    assert chosen([CLERK, OURS], Wish(size="24in")) == CLERK
    assert chosen([replace(OURS, width_mm=0, height_mm=0)], Wish(size="10.1in")) is None


def test_whatever_is_plugged_and_unplugged_the_clerks_screen_is_never_ours() -> None:
    chance = random.Random(20261124)
    for wish in (NAMED, PLACED, Wish(position="second"), Wish(position="not primary"), SIZED):
        known = choose([CLERK, OURS], wish).known
        for _ in range(300):
            there = [one for one in (CLERK, OURS) if chance.random() < 0.6]
            chance.shuffle(there)
            primary = chance.choice(there) if there else None
            there = [replace(one, primary=one is primary, left=chance.choice((0, 5000)) + one.left) for one in there]
            choice = choose(there, wish, known)
            known = choice.known
            ours = [one for one in there if one.name == OURS.name]
            assert choice.display == (ours[0] if ours else None), (wish, there)
