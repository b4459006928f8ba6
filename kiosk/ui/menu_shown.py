"""What the staff menu shows, as one pure function: `menu_shown(menu, view, say, language, now_ms) -> MenuShown`.

A page is tiles to choose from or a pad to type on; which ones, only the menu and the terminal's view decide. A PIN
shows as dots. What the console says too is said in the console's words (`Say.console`).
"""

from dataclasses import dataclass, field

from kiosk.core import events as e
from kiosk.core.situation import State
from kiosk.core.view import MatterCard, View
from kiosk.ui import matter_desk, menu_home, menu_leave, menu_visit
from kiosk.ui import menu_values as m
from kiosk.ui.menu_values import Menu
from kiosk.ui.words import Words

Tile = tuple[str, str, str]
"""Its id, its words, and what stands small below them."""
_LONGEST = 24
"""Characters of a number as it stands beside others in a line."""
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
    "slip_unknown": "menu.hint.slip_unknown",
    "slip_matter": "menu.hint.slip_matter",
    "times_odd": "menu.hint.times_odd",
}
_TITLES = {
    "number": "menu.number.title",
    "pin": "menu.pin.title",
    "home": "menu.home.title",
    "pause": "menu.pause.title",
    "until": "menu.until.title",
    "matter": "menu.matter.title",
    "case": "menu.case.title",
    "search": "menu.search.title",
    "visit": "menu.visit.title",
    "slip": "menu.slip.title",
    "times": "menu.times.title",
    "figures": "menu.figures",
    "cancel": "menu.cancel.title",
    "call": "menu.call.title",
    "pair": "menu.pair.title",
    "maintain": "menu.maintain.title",
    "leave": "menu.leave.title",
}
_ENTER = {"pin": "menu.enter.pin", "case": "menu.enter.start", "call": "menu.enter.call"}
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


@dataclass(frozen=True, slots=True)
class Say:
    """The words of the menu in one language, and the console's, which may not have that language."""

    words: Words
    beside: Words
    language: str

    def __call__(self, key: str, **values: object) -> str:
        """The menu's own."""
        return self.words.text(self.language, key, **values)

    def console(self, key: str, **values: object) -> str:
        """The console's."""
        language = self.language if self.language in self.beside.texts else self.beside.home
        return self.beside.text(language, key, **values)


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuShown:
    """What QML reads. `pad`: empty, `digits`, `letters`, or `search` (whose `letters` lead on); `choices`, `labels` and
    `notes` belong together, and of the choices those `on` are; `below`: the line at the foot; `big`: what stands large
    instead of either, `lines`: what stands in several; `more_label`: of a second button beside the one that enters."""

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
    lines: str = ""
    on: tuple[str, ...] = ()
    letters: str = ""
    more_label: str = ""


NOTHING = MenuShown()


def menu_shown(menu: Menu, view: View, say: Say, now_ms: int) -> MenuShown:
    """What stands on the glass for these values."""
    if not menu.step:
        return NOTHING
    tiles = _tiles(menu, view, say)
    waits = menu.step == "pin" and menu.wait_until_ms > now_ms
    pad = _pad(menu, view)
    return MenuShown(
        step=menu.step,
        title=_title(menu, say),
        note=_note(menu, view, say, now_ms),
        hint=_hint(menu, say, now_ms) or _reminder(menu, view, say, now_ms),
        choices=tuple(choice for choice, _, _ in tiles),
        labels=tuple(label for _, label, _ in tiles),
        notes=tuple(note for _, _, note in tiles),
        pad=pad,
        typed="●" * len(menu.typed) if menu.step == "pin" else menu.typed if pad else "",
        can_enter=(bool(menu.typed) or menu.step in m.MAY_BE_EMPTY) and not menu.busy and not waits,
        enter_label=say("menu.enter" if menu.step == "case" and menu.form else _ENTER.get(menu.step, "menu.enter")),
        can_go_back=menu.step not in ("number", "home", "maintain") and (menu.step != "pair" or menu.staff is not None),
        busy=menu.busy,
        below=_below(view, say) if menu.step == "home" else _fingerprint(view, say) if menu.step == "pair" else "",
        big=_code(menu, view, say),
        lines=_figures(menu, say) if menu.step == "figures" else "",
        on=(menu.draft.stage,) if menu.step == "visit" and menu.draft.stage else (),
        letters=matter_desk.leading_on(view.scene.matters, menu.typed) if pad == "search" else "",
        more_label=say("menu.visit.more") if menu.step == "case" and not menu.form else "",
    )


def _title(menu: Menu, say: Say) -> str:
    if menu.step == "pin" and menu.kind == m.TECHNICIAN:
        return say("menu.code.title")
    return " ".join(menu.typed) if menu.step == "search" and menu.typed else say(_TITLES[menu.step])


def _by_name(menu: Menu, view: View) -> bool:
    """Whether clerks are offered by name, rather than a number typed."""
    return 0 < len(view.scene.cards) <= m.TILES and menu.kind != m.TECHNICIAN


def _pad(menu: Menu, view: View) -> str:
    match menu.step:
        case "number":
            return "" if _by_name(menu, view) else "letters"
        case "pin" | "times":
            return "digits"
        case "search":
            return "search"
        case "matter":
            return "" if view.scene.matters else "letters"
        case "case" | "slip" | "call":
            return "letters"
        case _:
            return ""


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


def _matters(menu: Menu, view: View, say: Say) -> tuple[Tile, ...]:
    cards, first, pages = view.scene.matters, menu.page * m.MATTERS, menu_visit.pages_of(view)
    if pages == 1:
        return _cards(cards, say)
    more = ("more", say("menu.matter.more"), f"{menu.page + 1} / {pages}")
    return (*_cards(cards[first : first + m.MATTERS], say), more, ("search", say("matters.search"), ""))


def _cards(cards: tuple[MatterCard, ...], say: Say) -> tuple[Tile, ...]:
    names = matter_desk.labels(cards, chinese=say.language != "en")
    return tuple((card.code, name, "") for card, name in zip(cards, names, strict=True))


def _tiles(menu: Menu, view: View, say: Say) -> tuple[Tile, ...]:
    match menu.step:
        case "number" if _by_name(menu, view):
            clerks = tuple((card.number, card.name, card.number) for card in view.scene.cards.values())
            return (*clerks, (m.TECHNICIAN, say("menu.technician"), ""))
        case "maintain" | "leave":
            return menu_leave.tiles(menu, say)
        case "home":
            return tuple((one.choice, say(one.label), one.note(menu, view)) for one in menu_home.entries(menu, view))
        case "matter":
            return _matters(menu, view, say)
        case "search":
            return _cards(menu_visit.found(menu, view), say)
        case "visit":
            return menu_visit.tiles(menu, _matter_name(menu, view, say), say)
        case "cancel":
            return tuple((reason, say.console(f"cancel.{reason}"), "") for reason in e.CANCEL_REASONS)
        case "pause":
            return tuple((kind, say(_KINDS[kind]), "") for kind in e.PAUSE_KINDS)
        case "until":
            offers = tuple((minutes, say("menu.until.minutes", minutes=minutes), "") for minutes in m.BACK_IN)
            return (*offers, ("none", say("menu.until.none"), ""))
        case _:
            return ()


def _note(menu: Menu, view: View, say: Say, now_ms: int) -> str:
    match menu.step:
        case "pin":
            card = view.scene.cards.get(menu.number)
            return f"{card.name} {card.number}" if card and len(view.scene.cards) <= m.TILES else menu.number
        case "case" | "visit" | "slip" | "times":
            return _matter_name(menu, view, say)
        case "matter":
            return " · ".join(_short(one) for one in (menu.draft.slip, menu.draft.case) if one)
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


def _matter_name(menu: Menu, view: View, say: Say) -> str:
    matter = menu.draft.matter
    if matter is None:
        return ""
    card = next((one for one in view.scene.matters if one.code == matter.code), None)
    return matter.name if card is None else matter_desk.labels((card,), chinese=say.language != "en")[0]


def _short(number: str) -> str:
    return number if len(number) <= _LONGEST else number[: _LONGEST - 1] + "…"


def _reminder(menu: Menu, view: View, say: Say, now_ms: int) -> str:
    """A visit stands open for longer than the hall finds usual."""
    visit, after = view.situation.visit, view.scene.remind_s
    if menu.step != "home" or view.situation.state is not State.SERVING or visit is None or not after:
        return ""
    open_s = (now_ms - (visit.begun_ms if visit.begun_ms is not None else now_ms)) // 1000
    return say.console("reminder.open", n=max(open_s // 60, 1)) if open_s >= after else ""


def _figures(menu: Menu, say: Say) -> str:
    """The clerk's own, in the console's words, or why there are none."""
    own = menu.figures
    if own is None:
        return say.console("figures.away" if menu.figures_known else "figures.asking")
    if not own.since:
        return say.console("figures.too_few") + "\n" + say.console("figures.rule")
    share = "figures.share" if own.good_percent is not None else "figures.no_share"
    return "\n".join((
        say.console("figures.days", since=own.since, until=own.until),
        say.console("figures.visits", count=own.visits),
        say.console("figures.rated", count=own.rated),
        say.console(share, percent=own.good_percent),
        say.console("figures.rule"),
    ))  # fmt: skip


def _hint(menu: Menu, say: Say, now_ms: int) -> str:
    if not menu.hint:
        return ""
    text = say(_HINTS.get(menu.hint, "menu.hint.not_now"), minutes=abs(menu.clock_off_s) // 60)
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
