"""The window stands where it was left, and never where nobody sees it."""

from hypothesis import given
from hypothesis import strategies as st

from kiosk.clerk.place import Box, at_first, clamped

SIDES = st.integers(-5_000, 5_000)
SCREENS = st.lists(
    st.builds(Box, SIDES, SIDES, st.integers(200, 4_000), st.integers(200, 4_000)), min_size=1, max_size=3
)


@given(st.builds(Box, SIDES, SIDES, st.integers(1, 6_000), st.integers(1, 6_000)), SCREENS)
def test_it_lies_on_one_screen_whole(box: Box, screens: list[Box]) -> None:
    found = clamped(box, screens)
    assert any(found.shared(screen) == found.width * found.height for screen in screens)
    assert found.width <= box.width
    assert found.height <= box.height


@given(st.builds(Box, SIDES, SIDES, st.integers(1, 6_000), st.integers(1, 6_000)), SCREENS)
def test_what_is_well_placed_is_left_alone(box: Box, screens: list[Box]) -> None:
    placed = clamped(box, screens)
    assert clamped(placed, screens) == placed


def test_it_goes_to_the_screen_that_shows_most_of_it_and_else_to_the_first() -> None:
    left, right = Box(0, 0, 1920, 1080), Box(1920, 0, 1280, 800)
    assert clamped(Box(1800, 100, 360, 600), [left, right]) == Box(1920, 100, 360, 600)
    assert clamped(Box(9000, 9000, 360, 600), [left, right]) == Box(1560, 480, 360, 600)


def test_at_first_it_stands_at_the_right_edge() -> None:
    assert at_first(360, 580, Box(0, 0, 1280, 800)) == Box(904, 48, 360, 580)
