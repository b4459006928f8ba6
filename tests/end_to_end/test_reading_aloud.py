"""The program as a screen reader meets it: driven by its accessibility tree alone, where all say what they are."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from kiosk.demo.citizen import Targets
from kiosk.demo.programs import until
from tests.end_to_end.desk import Desk, opened_desk
from tests.end_to_end.reading_aloud import PRESSABLE, Reader, accessible_session

NEXT_PAGE = {"inviting": "请您对本次服务作出评价", "explaining": "重新选择", "ready": "您好，欢迎光临"}
COMMENT = "等了三个小时"
READ_EARLY = "只用于回访本次评价，不会给窗口人员"
"""Stands below the field for the number, and is read before anybody writes one."""


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory, targets: Targets) -> Iterator[tuple[Desk, Reader]]:
    """A running desk whose citizens are soon gone, and somebody who hears it."""
    folder = tmp_path_factory.mktemp("heard")
    with accessible_session(folder / "session") as session, opened_desk(folder, targets) as desk:
        desk.terminal.module = "tests.end_to_end.altered"
        desk.terminal.more.update({**session, "KIOSK_WAITS": "20000,6000,500"})
        desk.terminal.start()
        reader = Reader("kiosk", session)
        yield desk, reader
        reader.close()


def at_rest(reader: Reader) -> list[dict[str, Any]]:
    """The tree, when the page has changed and can be used."""
    seen: list[list[dict[str, Any]]] = []

    def rests() -> bool:
        seen.append(reader.tree())
        return len(seen) > 1 and seen[-1] == seen[-2] and bool(usable(seen[-1]))

    until("a page at rest", rests)
    return seen[-1]


def pressable(tree: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [item for item in tree if item["actions"] and set(item["actions"]) != {"setfocus"}]


def usable(tree: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What can be used: not what lies below a sheet, and nothing in the dead time after a change of page."""
    return [item for item in pressable(tree) if "enabled" in item["states"]]


def test_a_rating_by_the_tree_alone_reaches_central(heard: tuple[Desk, Reader]) -> None:
    desk, reader = heard
    visit_id = desk.begin()
    reader.wait_for(NEXT_PAGE["inviting"])
    at_rest(reader)
    reader.press("不满意", brings=NEXT_PAGE["explaining"])
    at_rest(reader)
    reason = next(item["name"] for item in reader.tree() if item["role"] == "check box")
    reader.press(reason, brings=NEXT_PAGE["explaining"])
    until("the reason", lambda: "checked" in next(i for i in reader.tree() if i["name"] == reason)["states"])
    reader.press("写一句话", brings="好了")
    reader.write("写一句话", COMMENT)
    reader.press("好了", brings="提交")
    reader.press("提交", brings="评价凭证")
    names = reader.names()
    receipt = names[names.index("评价凭证") + 1]
    rating = next(rating for rating in desk.settle() if rating["visit_id"] == visit_id)
    assert (rating["level"], len(rating["reasons"]), rating["finished"]) == ("dissatisfied", 1, True)
    assert rating["comment"] == COMMENT
    assert desk.central.ask("GET", f"/receipts/{receipt}")


def test_a_rating_by_keys_alone_reaches_central(heard: tuple[Desk, Reader]) -> None:
    """The tree is only looked at, for where the keys have come to."""
    desk, reader = heard

    def press(name: str, brings: str) -> None:
        for _ in range(40):
            if any(item["name"] == name and "focused" in item["states"] for item in at_rest(reader)):
                desk.screen.key("Return")
                reader.wait_for(brings)
                return
            desk.screen.key("Right")
        raise AssertionError(f"keys never came to {name}")

    visit_id = desk.begin()
    reader.wait_for(NEXT_PAGE["inviting"])
    press("非常不满意", brings=NEXT_PAGE["explaining"])
    reason = next(item["name"] for item in at_rest(reader) if item["role"] == "check box")
    press(reason, brings=NEXT_PAGE["explaining"])
    press("提交", brings="评价凭证")
    press("完成", brings=NEXT_PAGE["ready"])
    rating = next(rating for rating in desk.settle() if rating["visit_id"] == visit_id)
    assert (rating["level"], len(rating["reasons"]), rating["finished"]) == ("very_dissatisfied", 1, True)


def walked(desk: Desk, reader: Reader) -> dict[str, list[dict[str, Any]]]:
    """The tree of every page of one visit, whose citizen writes and walks off."""
    terminal = desk.terminal
    pages = {}
    terminal.wait_for("ready")
    pages["ready"] = at_rest(reader)
    terminal.ask("PUT", "/pause", {"reason": "away"})
    pages["paused"] = at_rest(reader)
    terminal.ask("DELETE", "/pause")
    body = {"matter": desk.matter, "case_number": "341200202611240178", "service_number": len(desk.truth.begun) + 1}
    visit_id = terminal.ask("POST", "/visits", body)["visit_id"]
    desk.truth.begun.append(visit_id)
    pages["serving"] = at_rest(reader)
    terminal.ask("POST", f"/visits/{visit_id}/invitation")
    reader.wait_for(NEXT_PAGE["inviting"])
    pages["inviting"] = at_rest(reader)
    reader.press("非常不满意", brings=NEXT_PAGE["explaining"])
    pages["explaining"] = at_rest(reader)
    reader.press("更多原因", brings=NEXT_PAGE["explaining"])
    for panel in ("写一句话", "希望回电"):
        reader.press(panel, brings="好了")
        pages[panel] = at_rest(reader)
        reader.write(panel, COMMENT if panel == "写一句话" else "13855512345")
        if panel == "写一句话":
            reader.press("好了", brings="提交")
    terminal.wait_for("ready")
    return pages


@pytest.fixture(scope="module")
def pages(heard: tuple[Desk, Reader]) -> tuple[dict[str, list[dict[str, Any]]], dict[str, list[dict[str, Any]]]]:
    """The same twice: what the first citizen hears, and the second, after the first has written and walked off."""
    return walked(*heard), walked(*heard)


def test_whatever_can_be_pressed_says_what_it_is(pages: Any) -> None:
    for page, tree in pages[0].items():
        unnamed = [item for item in tree if item["depth"] > 1 and not item["name"]]
        assert unnamed == [], page
        assert {item["role"] for item in pressable(tree)} <= {*PRESSABLE, "text", "entry"}, page
        assert usable(tree), page


def test_what_is_read_comes_in_the_order_in_which_it_stands(pages: Any) -> None:
    for page, tree in pages[0].items():
        assert out_of_order(tree) == [], page


def without_focus(tree: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The tree but for who has the keyboard: a window that has just come up may not have it yet."""
    return [{**item, "states": [state for state in item["states"] if state != "focused"]} for item in tree]


def test_the_next_citizen_hears_nothing_of_who_walked_away(pages: Any) -> None:
    first, after = ({page: without_focus(tree) for page, tree in seen.items()} for seen in pages)
    assert after == first
    assert COMMENT not in str([tree for page, tree in after.items() if page != "希望回电"])  # there it is one's own


def out_of_order(tree: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Pairs of neighbours in one pane of which the second stands wholly above the first in the same column, or wholly
    to the left of it in the same line. What lies below a sheet is not read."""
    items = [item for item in tree if item["depth"] > 1 and "enabled" in item["states"] and item["place"][2] > 0]
    found = []
    for one, other in pairwise(items):
        if one["depth"] != other["depth"] or one["name"] == READ_EARLY:
            continue
        (x, y, width, height), (x2, y2, width2, height2) = one["place"], other["place"]
        above = y2 + height2 <= y and x2 < x + width and x < x2 + width2
        left = x2 + width2 <= x and y2 < y + height and y < y2 + height2
        if above or left:
            found.append((one["name"], other["name"]))
    return found


def test_the_check_of_the_order_finds_what_stands_the_wrong_way_round() -> None:
    places = {"title": (10, 0, 100, 20), "left": (10, 30, 40, 20), "right": (60, 30, 40, 20)}

    def order(*names: str) -> list[tuple[str, str]]:
        return out_of_order(
            [{"depth": 2, "name": name, "states": ["enabled"], "place": places[name]} for name in names]
        )

    assert order("title", "left", "right") == []
    assert order("title", "right", "left") == [("right", "left")]
    assert order("left", "title") == [("left", "title")]
