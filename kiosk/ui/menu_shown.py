"""What the staff menu shows, as one pure function: `menu_shown(menu, view, words, language, now_ms) -> MenuShown`.

A page is tiles to choose from or a pad to type on; which ones, only the menu and the terminal's view decide. A PIN
shows as dots.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from kiosk.core import events as e
from kiosk.core.situation import State
from kiosk.core.view import View
from kiosk.ui import menu as m
from kiosk.ui import menu_leave
from kiosk.ui.menu import Menu
from kiosk.ui.words import Words

Tile = tuple[str, str, str]
"""Its id, its words, and what stands small below them."""
Say = Callable[..., str]
_HINTS = {
    "wrong": "menu.hint.wrong",
    "paused": "menu.hint.paused",
    "no_pin": "menu.hint.no_pin",
    "not_now": "menu.hint.not_now",
    "too_long": "menu.hint.too_long",
    "code_used": "menu.hint.code_used",
    "clock": "menu.hint.clock",
    "no_technician": "menu.hint.no_technician",
    "refused.busy": "menu.hint.busy",
    "refused.paused": "menu.hint.service_paused",
    "refused.visit_running": "menu.hint.visit_running",
    "refused.out_of_order": "menu.hint.out_of_order",
    "refused.nobody_signed_in": "menu.hint.nobody",
    "refused.level_tapped": "menu.hint.level_tapped",
    "refused.other_visit": "menu.hint.other_visit",
}
_TITLES = {
    "number": "menu.number.title",
    "pin": "menu.pin.title",
    "home": "menu.home.title",
    "pause": "menu.pause.title",
    "until": "menu.until.title",
    "matter": "menu.matter.title",
    "case": "menu.case.title",
    "cancel": "menu.cancel.title",
    "call": "menu.call.title",
    "pair": "menu.pair.title",
    "maintain": "menu.maintain.title",
    "leave": "menu.leave.title",
}
_ENTER = {"pin": "menu.enter.pin", "case": "menu.enter.start", "call": "menu.enter.call"}
_REASONS = {
    "wrong_number": "menu.cancel.wrong_number",
    "left": "menu.cancel.left",
    "papers_missing": "menu.cancel.papers_missing",
    "twice": "menu.cancel.twice",
    "other": "menu.cancel.other",
}
_STATES = {
    State.READY: "menu.state.ready",
    State.CLOSED: "menu.state.closed",
    State.PAUSED: "menu.state.paused",
    State.SERVING: "menu.state.serving",
    State.OUT_OF_ORDER: "menu.state.out_of_order",
}
_KINDS = {
    "away": "menu.pause.away",
    "waiting": "menu.pause.waiting",
    "out_of_service": "menu.pause.out_of_service",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuShown:
    """What QML reads. `pad`: empty, `digits` or `letters`; the lists belong together; `below`: the line at the
    foot; `big`: what stands large instead of either."""

    step: str = ""
    title: str = ""
    note: str = ""
    hint: str = ""
    choices: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    pad: str = ""
    typed: str = field(default="", repr=False)
    can_enter: bool = False
    enter_label: str = ""
    can_go_back: bool = False
    busy: bool = False
    below: str = ""
    big: str = ""


NOTHING = MenuShown()


def menu_shown(menu: Menu, view: View, words: Words, language: str, now_ms: int) -> MenuShown:
    """What stands on the glass for these values."""
    if not menu.step:
        return NOTHING

    def say(key: str, **values: object) -> str:
        return words.text(language, key, **values)

    tiles = _tiles(menu, view, say, language)
    waits = menu.step == "pin" and menu.wait_until_ms > now_ms
    return MenuShown(
        step=menu.step,
        title=say("menu.code.title" if _asks_for_a_code(menu) else _TITLES[menu.step]),
        note=_note(menu, view, say, now_ms),
        hint=_hint(menu, say, now_ms),
        choices=tuple(choice for choice, _, _ in tiles),
        labels=tuple(label for _, label, _ in tiles),
        notes=tuple(note for _, _, note in tiles),
        pad=_pad(menu, view),
        typed="●" * len(menu.typed) if menu.step == "pin" else menu.typed,
        can_enter=(bool(menu.typed) or menu.step == "case") and not menu.busy and not waits,
        enter_label=say(_ENTER.get(menu.step, "menu.enter")),
        can_go_back=menu.step not in ("number", "home", "maintain") and (menu.step != "pair" or menu.staff is not None),
        busy=menu.busy,
        below=_below(view, say) if menu.step == "home" else _fingerprint(view, say) if menu.step == "pair" else "",
        big=_code(menu, view, say),
    )


def _pad(menu: Menu, view: View) -> str:
    match menu.step:
        case "number":
            return "" if _by_name(menu, view) else "letters"
        case "pin":
            return "digits"
        case "matter":
            return "" if view.scene.matters else "letters"
        case "case" | "call":
            return "letters"
        case _:
            return ""


def _asks_for_a_code(menu: Menu) -> bool:
    return menu.step == "pin" and menu.kind == m.TECHNICIAN


def _by_name(menu: Menu, view: View) -> bool:
    """Whether clerks are offered by name, rather than a number typed."""
    return 0 < len(view.scene.cards) <= m.TILES and menu.kind != m.TECHNICIAN


def _code(menu: Menu, view: View, say: Say) -> str:
    """The pairing code in two groups, or why there is none."""
    if menu.step != "pair":
        return ""
    if view.pairing is None:
        return say("menu.pair.wait")
    code = view.pairing.code
    return f"{code[:3]} {code[3:]}" if code else say("menu.pair.locked")


def _fingerprint(view: View, say: Say) -> str:
    if view.pairing is None or not view.pairing.fingerprint:
        return ""
    shown = view.pairing.fingerprint.upper()
    return say(
        "menu.pair.fingerprint", fingerprint=" ".join(shown[at : at + 4] for at in range(0, min(len(shown), 32), 4))
    )


def _matters(menu: Menu, view: View, say: Say, language: str) -> tuple[Tile, ...]:
    cards = view.scene.matters
    first = menu.page * m.MATTERS
    some = tuple(
        (card.code, card.name_en if language == "en" and card.name_en else card.name, "")
        for card in cards[first : first + m.MATTERS]
    )
    pages = m.pages_of(view)
    more = ("more", say("menu.matter.more"), f"{menu.page + 1} / {pages}")
    return (*some, more) if pages > 1 else some


def _tiles(menu: Menu, view: View, say: Say, language: str) -> tuple[Tile, ...]:
    match menu.step:
        case "number" if _by_name(menu, view):
            clerks = tuple((card.number, card.name, card.number) for card in view.scene.cards.values())
            return (*clerks, (m.TECHNICIAN, say("menu.technician"), ""))
        case "maintain" | "leave":
            return menu_leave.tiles(menu, say)
        case "home":
            return tuple(_home(menu, view, say))
        case "matter":
            return _matters(menu, view, say, language)
        case "cancel":
            return tuple((reason, say(_REASONS[reason]), "") for reason in m.REASONS)
        case "pause":
            return tuple((kind, say(_KINDS[kind]), "") for kind in e.PAUSE_KINDS)
        case "until":
            offers = tuple((minutes, say("menu.until.minutes", minutes=minutes), "") for minutes in m.BACK_IN)
            return (*offers, ("none", say("menu.until.none"), ""))
        case _:
            return ()


def _home(menu: Menu, view: View, say: Say) -> list[Tile]:
    """What can be done now, and nothing else."""
    situation, tiles = view.situation, list[Tile]()
    state, me = situation.state, menu.staff
    if state is State.SERVING:
        tiles += [("invite", say("menu.invite"), ""), ("cancel", say("menu.cancel"), "")]
    if state in (State.READY, State.CLOSED):
        tiles.append(("start", say("menu.start"), ""))
    if state in (State.READY, State.CLOSED, State.SERVING):
        tiles.append(("call", say("menu.call"), situation.called or ""))
    if state in m.AT_REST:
        if me is not None and (situation.staff is None or situation.staff.number != me.number):
            tiles.append(("sign_in", say("menu.sign_in"), me.name))
        if situation.staff is not None:
            tiles.append(("sign_out", say("menu.sign_out"), situation.staff.name))
        if state is State.PAUSED:
            tiles.append(("resume", say("menu.resume"), ""))
        else:
            tiles.append(("pause", say("menu.pause"), ""))
        tiles.append(("pair", say("menu.pair"), ""))
    return tiles


def _note(menu: Menu, view: View, say: Say, now_ms: int) -> str:
    match menu.step:
        case "pin":
            card = view.scene.cards.get(menu.number)
            return f"{card.name} {card.number}" if card and len(view.scene.cards) <= m.TILES else menu.number
        case "case":
            return menu.matter.name if menu.matter is not None else ""
        case "pair":
            left = -(-(view.pairing.until_ms - now_ms) // 1000) if view.pairing is not None else 0
            return say("menu.pair.left", seconds=left) if left > 0 else ""
        case "maintain" | "leave" if menu.technician is not None:
            return f"{menu.technician.name} {menu.technician.number}"
        case "home":
            situation = view.situation
            staff = say("menu.staff", name=situation.staff.name) if situation.staff else say("menu.nobody")
            return f"{say(_STATES[situation.state])} · {staff}"
        case _:
            return ""


def _hint(menu: Menu, say: Say, now_ms: int) -> str:
    if not menu.hint:
        return ""
    text = say(_HINTS.get(menu.hint, "menu.hint.not_now"), minutes=menu.astray_min)
    left = -(-(menu.wait_until_ms - now_ms) // 1000)
    return text + " " + say("menu.hint.wait", seconds=left) if menu.wait_until_ms and left > 0 else text


def _below(view: View, say: Say) -> str:
    """What is not with central yet, and how old the oldest of it is."""
    if not view.unsent:
        return say("menu.unsent.none")
    return say("menu.unsent", count=view.unsent, age=_age(view.oldest_unsent_s, say))


def _age(seconds: int, say: Say) -> str:
    if seconds < 3600:
        return say("menu.age.minutes", count=max(1, seconds // 60))
    if seconds < 48 * 3600:
        return say("menu.age.hours", count=seconds // 3600)
    return say("menu.age.days", count=seconds // 86400)
