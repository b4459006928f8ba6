"""The first page of the staff menu: a list, a line for each entry. What can be done now stands there, nothing else."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from kiosk.core import events as e
from kiosk.core.situation import State
from kiosk.core.slip import next_number
from kiosk.core.view import View
from kiosk.ui.menu_values import (
    AT_REST,
    NO_DRAFT,
    OFFERED,
    Around,
    AskFigures,
    Menu,
    Moved,
    ShowPairing,
    Step,
    asking,
    at,
)

Does = Callable[[Menu, Around], Moved]
_OPEN = frozenset({State.READY, State.CLOSED})
_SERVING = frozenset({State.SERVING})


@dataclass(frozen=True, slots=True)
class Entry:
    """`choice`: its id; `label`: the key of its words; `states`: in which it stands there; `does`: what a touch on it
    does; `when`: what else must hold; `note`: what stands small below it."""

    choice: str
    label: str
    states: frozenset[State]
    does: Does
    when: Callable[[Menu, View], bool] = lambda _menu, _view: True
    note: Callable[[Menu, View], str] = lambda _menu, _view: ""


def entries(menu: Menu, view: View) -> tuple[Entry, ...]:
    """Those that stand there now."""
    state = view.situation.state
    return tuple(entry for entry in HOME if state in entry.states and entry.when(menu, view))


def chosen(menu: Menu, choice: str, around: Around) -> Moved:
    """One of them was touched."""
    entry = next((one for one in entries(menu, around.view) if one.choice == choice), None)
    return (menu, None) if entry is None else entry.does(menu, around)


def page(step: Step) -> Does:
    """An entry that leads to another page."""
    return lambda menu, _around: (at(menu, step), None)


def _start(menu: Menu, _around: Around) -> Moved:
    return replace(at(menu, "matter"), draft=NO_DRAFT, form=False), None


def _invite(menu: Menu, around: Around) -> Moved:
    visit = around.situation.visit
    return (menu, None) if visit is None else asking(menu, e.Invite(visit.visit_id, by="menu"))


def _call(menu: Menu, around: Around) -> Moved:
    following = next_number(around.situation.called or "")
    return replace(at(menu, "call"), typed=following, kind=OFFERED if following else ""), None


def _sign_in(menu: Menu, _around: Around) -> Moved:
    return (menu, None) if menu.staff is None else asking(menu, e.SignIn(menu.staff))


def _figures(menu: Menu, _around: Around) -> Moved:
    if menu.staff is None:
        return menu, None
    return replace(at(menu, "figures"), figures=None, figures_known=False), AskFigures(menu.staff.number)


def _pair(menu: Menu, _around: Around) -> Moved:
    return replace(at(menu, "pair"), kind="asked"), ShowPairing(True)


def _another(menu: Menu, view: View) -> bool:
    """Whoever opened it is not signed in here."""
    here = view.situation.staff
    return menu.staff is not None and (here is None or here.number != menu.staff.number)


def _relieves(menu: Menu, view: View) -> bool:
    return _another(menu, view) and view.situation.staff is not None


def _me(menu: Menu, _view: View) -> str:
    return menu.staff.name if menu.staff else ""


def _here(_menu: Menu, view: View) -> str:
    return view.situation.staff.name if view.situation.staff else ""


def _shift(menu: Menu, view: View) -> str:
    return f"{_here(menu, view)} → {_me(menu, view)}"


HOME: tuple[Entry, ...] = (
    Entry("invite", "menu.invite", _SERVING, _invite),
    Entry("cancel", "menu.cancel", _SERVING, page("cancel")),
    Entry("start", "menu.start", _OPEN, _start),
    Entry("call", "menu.call", _OPEN | _SERVING, _call, note=lambda _menu, view: view.situation.called or ""),
    Entry("sign_in", "menu.sign_in", AT_REST, _sign_in, lambda m, v: _another(m, v) and not _relieves(m, v), _me),
    Entry("relieve", "menu.relieve", AT_REST, _sign_in, _relieves, _shift),
    Entry("sign_out", "menu.sign_out", AT_REST, lambda menu, _around: asking(menu, e.SignOut()),
          lambda _menu, view: view.situation.staff is not None, _here),
    Entry("resume", "menu.resume", frozenset({State.PAUSED}), lambda menu, _around: asking(menu, e.Resume())),
    Entry("pause", "menu.pause", _OPEN, page("pause")),
    Entry("figures", "menu.figures", AT_REST, _figures, lambda menu, _view: menu.staff is not None, _me),
    Entry("pair", "menu.pair", AT_REST, _pair),
)  # fmt: skip
"""In the order in which they stand."""
