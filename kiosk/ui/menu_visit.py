"""The staff menu's pages on which a visit is started: which matter, which case, and what else is said of it. Pure."""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from kiosk.core import events as e
from kiosk.core.slip import Slip, read_slip
from kiosk.core.view import MatterCard, View
from kiosk.ui import matter_desk
from kiosk.ui.menu_values import CASE_LIMIT, MATTERS, Around, Menu, Moved, asking, at
from kiosk.ui.wedge import SHORTEST

STAGES: tuple[e.Stage, ...] = ("accepted", "completed")
FIELDS: tuple[Literal["case", "slip", "times"], ...] = ("case", "slip", "times")
TIMES_MOST = 1_000_000
_STARTS = {"start": False, "rate_now": True}


def pages_of(view: View) -> int:
    """How many pages the matters take."""
    return max(1, -(-len(view.scene.matters) // MATTERS))


def found(menu: Menu, view: View) -> tuple[MatterCard, ...]:
    """The matters that the letters typed mean, as a citizen's search finds them."""
    return matter_desk.found(view.scene.matters, menu.typed)


def matter_chosen(menu: Menu, choice: str, around: Around) -> Menu:
    """A tile on the page of matters, or one that was found."""
    if choice == "more":
        return replace(menu, page=(menu.page + 1) % pages_of(around.view), typed="")
    if choice == "search":
        return at(menu, "search")
    card = next((card for card in around.view.scene.matters if card.code == choice), None)
    return menu if card is None else with_matter(menu, e.Matter(card.code, card.name))


def with_matter(menu: Menu, matter: e.Matter) -> Menu:
    """The matter is known: on to the case number, or to all of it where more was said already."""
    draft = replace(menu.draft, matter=matter)
    return replace(at(menu, "visit" if menu.form or draft.case or draft.slip else "case"), draft=draft)


def search_entered(menu: Menu, around: Around) -> Moved:
    """Return: the one that was found, or what a scanner has typed."""
    shown = found(menu, around.view)
    if len(shown) == 1:
        return with_matter(menu, e.Matter(shown[0].code, shown[0].name)), None
    return scanned(menu, menu.typed.strip(), around) if len(menu.typed) >= SHORTEST and not shown else (menu, None)


def visit_chosen(menu: Menu, choice: str, around: Around) -> Moved:
    """A tile on the page that shows all of it."""
    draft = menu.draft
    if choice == "matter":
        return replace(at(menu, "matter"), form=True), None
    if choice in _STARTS:
        return started(menu, around, invited=_STARTS[choice])
    if choice in STAGES:
        return replace(menu, draft=replace(draft, stage=None if draft.stage == choice else choice), hint=""), None
    for field in FIELDS:
        if choice == field:
            return replace(at(menu, field), typed=str(getattr(draft, field))), None
    return menu, None


def to_form(menu: Menu) -> Menu:
    """From the case number to all of it; what is typed stays."""
    case = menu.typed.strip()
    if len(case) > CASE_LIMIT:
        return replace(menu, typed="", hint="too_long")
    return replace(at(menu, "visit"), form=True, draft=replace(menu.draft, case=case))


def field_entered(menu: Menu, text: str, around: Around) -> Moved:
    """One field of it is typed; empty takes it back."""
    draft = menu.draft
    match menu.step:
        case "case":
            return scanned(menu, text, around)
        case "slip":
            draft = replace(draft, slip=text)
        case "times" if not text or (text.isdecimal() and 1 <= int(text) <= TIMES_MOST):
            draft = replace(draft, times=str(int(text)) if text else "")
        case _:
            return replace(menu, typed="", hint="times_odd"), None
    return replace(at(menu, "visit"), draft=draft), None


def scanned(menu: Menu, text: str, around: Around) -> Moved:
    """A case number typed or scanned, or the code of a queue slip, which brings a matter of its own. Where the matter
    was chosen and nothing contradicts it, the visit begins."""
    slip = read_slip(text, around.view.scene.slip)
    if len(slip.case if slip is not None else text) > CASE_LIMIT:
        return replace(menu, typed="", hint="too_long"), None
    if slip is None:
        menu = replace(menu, draft=replace(menu.draft, case=text))
        return _goes_on(menu, around, at_once=menu.step == "case" and not menu.form)
    matter = _matter_of(slip, around.view)
    scene = around.view.scene
    if (slip.matter and matter is None) or matter_desk.foreign(slip, scene):
        return replace(menu, typed="", hint="slip_unknown"), None
    before = menu.draft
    draft = replace(before, slip=slip.slip, case=slip.case or before.case, matter=matter or before.matter)
    other = before.matter is not None and draft.matter != before.matter
    at_once = menu.step == "case" and not menu.form and not other
    moved, act = _goes_on(replace(menu, draft=draft), around, at_once)
    return (replace(moved, hint="slip_matter") if other else moved), act


def _matter_of(slip: Slip, view: View) -> e.Matter | None:
    """The matter that a slip names; its word is taken where there is no list to check it against."""
    if not slip.matter or not view.scene.matters:
        return e.Matter(slip.matter, slip.matter) if slip.matter else None
    card = matter_desk.card_of(slip, view.scene)
    return None if card is None else e.Matter(card.code, card.name)


def _goes_on(menu: Menu, around: Around, at_once: bool) -> Moved:
    if menu.draft.matter is None:
        return at(menu, "matter"), None
    return started(menu, around) if at_once else (replace(at(menu, "visit"), form=True), None)


def started(menu: Menu, around: Around, invited: bool = False) -> Moved:
    """Handed in. `invited`: the service is over already, and the five levels follow at once."""
    draft = menu.draft
    if draft.matter is None:
        return menu, None
    event = e.StartVisit(
        around.new_id, draft.matter, draft.case, int(draft.times) if draft.times else None,
        stage=draft.stage, slip=draft.slip or None, invited=invited, by="menu",
    )  # fmt: skip
    return asking(menu, event)


Says = Callable[..., str]


def tiles(menu: Menu, matter_name: str, say: Says) -> tuple[tuple[str, str, str], ...]:
    """All that may be said of the visit, what was said small below it, and the two ways to begin."""
    draft, none = menu.draft, say("menu.visit.none")
    return (
        ("matter", matter_name, say("menu.visit.matter")),
        ("case", say("menu.visit.case"), draft.case or none),
        ("slip", say("menu.visit.slip"), draft.slip or none),
        ("times", say("menu.visit.times"), draft.times or none),
        ("accepted", say("menu.visit.accepted"), ""),
        ("completed", say("menu.visit.completed"), ""),
        ("start", say("menu.enter.start"), ""),
        ("rate_now", say("menu.visit.rate_now"), ""),
    )
