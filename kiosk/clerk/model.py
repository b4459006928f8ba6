"""The console's view model without Qt: what was typed and heard in one frozen value, and all that is shown derived from
it by one pure function. Nothing here can hold a level, and every outcome is shown as "finished" alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto

import msgspec

from kiosk.protocol.station import MatterView, StationState, VisitStarted, VisitView
from kiosk.ui.words import Words

MATCH_LIMIT = 30
_PLACES = {
    "$.number": "number",
    "$.pin": "pin",
    "$.matter.code": "matter",
    "$.matter.name": "matter",
    "$.case_number": "case_number",
    "$.reason": "reason",
}
_STARTABLE = frozenset({"ready", "closed", "thanks"})
_SIGNABLE = _STARTABLE | {"paused"}
_CANCELLABLE = frozenset({"serving", "inviting"})
_RUNNING = frozenset({"serving", "inviting", "explaining", "handed_to_phone"})


class Link(Enum):
    """How things stand between the console and the station."""

    CONNECTING = auto()
    UP = auto()
    AWAY = auto()
    REFUSED = auto()


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that did not work: near which field it is shown, and the key of its words."""

    place: str
    code: str
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Running:
    """What this console started; another program's visits are not known here by name."""

    visit_id: str
    matter: str
    case_number: str


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything the console knows. `matters`: None until the station has told them, empty where it lists none.
    `under_way`: the calls not answered yet. `sheet`: empty, `pause` or `cancel`."""

    words: Words
    language: str
    link: Link = Link.CONNECTING
    state: StationState | None = None
    matters: tuple[MatterView, ...] | None = None
    number: str = ""
    pin: str = ""
    matter_text: str = ""
    matter: MatterView | None = None
    list_open: bool = False
    highlighted: int = 0
    case_number: str = ""
    sheet: str = ""
    reason: str = ""
    running: Running | None = None
    under_way: frozenset[str] = frozenset()
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Properties:
    """All that the window shows."""

    words: Mapping[str, str] = field(default_factory=dict)
    next_language: str = ""
    window_text: str = ""
    banner: str = ""
    away: bool = True
    state: str = "unknown"
    state_text: str = ""
    state_detail: str = ""
    signed_in: bool = False
    staff_name: str = ""
    staff_line: str = ""
    number: str = ""
    pin: str = ""
    matter_text: str = ""
    match_names: tuple[str, ...] = ()
    match_codes: tuple[str, ...] = ()
    list_open: bool = False
    highlighted: int = 0
    case_number: str = ""
    panel: str = "form"
    running_matter: str = ""
    running_case: str = ""
    sheet: str = ""
    sheet_title: str = ""
    presets: tuple[str, ...] = ()
    reason: str = ""
    can_sign: bool = False
    can_start: bool = False
    can_invite: bool = False
    can_cancel: bool = False
    can_pause: bool = False
    can_resume: bool = False
    unsent_text: str = ""
    unsent: bool = False
    trouble_place: str = ""
    trouble_text: str = ""


# -- fold: what comes in ---------------------------------------------------------------------------------------------


def heard(inputs: Inputs, state: StationState) -> Inputs:
    """The station told its state."""
    visit = state.visit
    kept = inputs.running if visit and inputs.running and visit.visit_id == inputs.running.visit_id else None
    sheet = inputs.sheet if inputs.sheet in _sheets(state) else ""
    return replace(inputs, link=Link.UP, state=state, running=kept, sheet=sheet)


def lost(inputs: Inputs, link: Link) -> Inputs:
    """The station is not heard any more. What was typed stays."""
    return replace(inputs, link=link)


def listed(inputs: Inputs, matters: tuple[MatterView, ...]) -> Inputs:
    """The station told which matters this window handles."""
    chosen = inputs.matter if inputs.matter and inputs.matter.code in {matter.code for matter in matters} else None
    return replace(inputs, matters=matters, matter=chosen)


def typed_matter(inputs: Inputs, text: str) -> Inputs:
    """The clerk types what is to be searched; what was chosen is chosen no longer."""
    return replace(
        inputs, matter_text=text, matter=None, list_open=True, highlighted=0, trouble=_past(inputs, "matter")
    )


def highlighted(inputs: Inputs, step: int) -> Inputs:
    """Up or down in the list, which opens for it."""
    if not inputs.list_open:
        return replace(inputs, list_open=True, highlighted=0)
    last = max(len(matches(inputs)) - 1, 0)
    return replace(inputs, highlighted=min(max(inputs.highlighted + step, 0), last))


def chose(inputs: Inputs, index: int) -> Inputs:
    """The clerk takes one of the matches."""
    found = matches(inputs)
    if not 0 <= index < len(found):
        return replace(inputs, list_open=False)
    matter = found[index]
    return replace(inputs, matter=matter, matter_text=name_of(matter), list_open=False, trouble=_past(inputs, "matter"))


def began(inputs: Inputs, call: str) -> Inputs:
    """A call is under way; the trouble of the last one is past."""
    return replace(inputs, under_way=inputs.under_way | {call}, trouble=None, list_open=False)


def ended(inputs: Inputs, call: str) -> Inputs:
    """A call was answered, or never will be."""
    return replace(inputs, under_way=inputs.under_way - {call})


def started(inputs: Inputs, answer: VisitStarted, matter: str, case_number: str) -> Inputs:
    """The visit has begun: the next case number is another one, the next matter may well be the same."""
    inputs = replace(inputs, case_number="", running=Running(answer.visit_id, matter, case_number))
    return moved(inputs, answer)


def moved(inputs: Inputs, answer: VisitStarted) -> Inputs:
    """A call has moved the visit on; the stream will say the same a moment later."""
    if inputs.state is None:
        return inputs
    visit = inputs.state.visit
    if visit is None or visit.visit_id != answer.visit_id:
        visit = VisitView(visit_id=answer.visit_id, outcome=None)
    return heard(inputs, msgspec.structs.replace(inputs.state, state=answer.state, visit=visit))


def troubled(inputs: Inputs, place: str, code: str, at: str = "", seconds: int = 0) -> Inputs:
    """Something did not work. `at`: the path of the field the station complains of, which knows the place better."""
    key = code if inputs.words.has(f"trouble.{code}") else "refused"
    return replace(inputs, trouble=Trouble(_PLACES.get(at, place), key, seconds))


def to_start(inputs: Inputs) -> Inputs:
    """The form made ready to be sent: a search with one match is a choice. See `trouble` for what is missing."""
    inputs = replace(inputs, list_open=False, trouble=None)
    if inputs.matter is None:
        text = inputs.matter_text.strip()
        found = matches(inputs)
        if len(found) == 1 and text:
            inputs = chose(inputs, 0)
        elif not inputs.matters and text:
            inputs = replace(inputs, matter=MatterView(code=text, name=""))
        else:
            return troubled(inputs, "matter", "matter_needed")
    if not inputs.case_number.strip():
        return troubled(inputs, "case_number", "case_number_needed")
    return inputs


# -- derive: what is shown -------------------------------------------------------------------------------------------


def derive(inputs: Inputs) -> Properties:
    """Everything the window shows, from everything the console knows."""

    def say(key: str, **values: object) -> str:
        return inputs.words.text(inputs.language, key, **values)

    state, up = inputs.state, inputs.link is Link.UP
    name = state.state if state is not None and inputs.words.has(f"state.{state.state}") else "unknown"
    staff = state.staff if state else None
    window = state.window if state else None
    finished = state is not None and state.visit is not None and state.visit.outcome is not None
    detail = "last_finished" if name == "ready" and finished else name
    free = up and not inputs.under_way
    found = matches(inputs) if inputs.list_open else ()
    unsent = state.unsent if state else 0
    trouble = inputs.trouble
    return Properties(
        words=inputs.words.texts[inputs.language],
        next_language=inputs.words.text(inputs.words.after(inputs.language), "language.name"),
        window_text=say("window.line", number=window.number, name=window.name) if window else say("window.none"),
        banner="" if up else say(f"banner.{inputs.link.name.lower()}"),
        away=not up,
        state=name,
        state_text=say(f"state.{name}"),
        state_detail=say(f"detail.{detail}"),
        signed_in=staff is not None,
        staff_name=staff.name if staff else say("staff.none"),
        staff_line=say("staff.line", number=staff.number) if staff else "",
        number=inputs.number,
        pin=inputs.pin,
        matter_text=inputs.matter_text,
        match_names=tuple(name_of(matter) for matter in found),
        match_codes=tuple(matter.code for matter in found),
        list_open=bool(found),
        highlighted=inputs.highlighted,
        case_number=inputs.case_number,
        panel="paused" if name == "paused" else "running" if name in _RUNNING else "form",
        running_matter=inputs.running.matter if inputs.running else say("visit.elsewhere"),
        running_case=inputs.running.case_number if inputs.running else "",
        sheet=inputs.sheet,
        sheet_title=say(f"sheet.{inputs.sheet}") if inputs.sheet else "",
        presets=tuple(say(f"preset.{inputs.sheet}").split("|")) if inputs.sheet else (),
        reason=inputs.reason,
        can_sign=free and name in _SIGNABLE,
        can_start=free and name in _STARTABLE and inputs.matters is not None,
        can_invite=free and name == "serving",
        can_cancel=free and name in _CANCELLABLE,
        can_pause=free and name in _STARTABLE,
        can_resume=free and name == "paused",
        unsent_text=say("unsent.some", count=unsent, age=_age(inputs, state.oldest_unsent_s))
        if state is not None and unsent
        else say("unsent.none")
        if state is not None
        else "",
        unsent=unsent > 0,
        trouble_place=trouble.place if trouble else "",
        trouble_text=say(f"trouble.{trouble.code}", seconds=trouble.seconds) if trouble else "",
    )


def matches(inputs: Inputs) -> tuple[MatterView, ...]:
    """The matters whose code or name holds every word typed; all of them where nothing is typed or one is chosen."""
    words = [] if inputs.matter else inputs.matter_text.casefold().split()
    found = (m for m in inputs.matters or () if all(word in f"{m.code}\n{name_of(m)}".casefold() for word in words))
    return tuple(found)[:MATCH_LIMIT]


def name_of(matter: MatterView) -> str:
    """The matter's name, or its code where it has none."""
    return matter.name or matter.code


def _sheets(state: StationState) -> frozenset[str]:
    """Which reasons may be asked for in this state."""
    return frozenset(
        sheet for sheet, states in (("pause", _STARTABLE), ("cancel", _CANCELLABLE)) if state.state in states
    )


def _past(inputs: Inputs, place: str) -> Trouble | None:
    return None if inputs.trouble and inputs.trouble.place == place else inputs.trouble


def _age(inputs: Inputs, seconds: int) -> str:
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= length:
            return inputs.words.text(inputs.language, f"age.{unit}", n=seconds // length)
    return inputs.words.text(inputs.language, "age.now")
