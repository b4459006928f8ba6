"""All that the console's window shows, from everything it knows: one pure function.

Here the citizen's screen is a face and nothing finer. To be asked and to be writing reasons is one face, for how long
the second lasts depends on what was tapped; thanks and every other end of a visit is the ready window, so that it does
not show whether the citizen rated at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kiosk.clerk import model as m
from kiosk.clerk.inputs import (
    CALLABLE,
    CANCELLABLE,
    PAUSE_KINDS,
    RUNNING,
    SIGNABLE,
    STARTABLE,
    Inputs,
    Link,
)
from kiosk.clerk.keys import KEYS
from kiosk.clerk.matters import name_of
from kiosk.core.events import CANCEL_REASONS

_FACES = {"inviting": "rating", "explaining": "rating", "thanks": "ready"}
_SECONDS = (("days", 86_400), ("hours", 3_600), ("minutes", 60))


@dataclass(frozen=True, slots=True)
class Properties:
    """All that the window shows. `attention`: the reminder that the taskbar shows once, by the visit it is about."""

    words: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=lambda: KEYS)
    next_language: str = ""
    window_text: str = ""
    banner: str = ""
    away: bool = True
    reminder: str = ""
    attention: str = ""
    folded: bool = False
    on_top: bool = False
    large: bool = False
    hot_keys: bool = False
    hot_keys_text: str = ""
    hot_key_names: tuple[str, ...] = ()
    hot_key_texts: tuple[str, ...] = ()
    face: str = "unknown"
    state_text: str = ""
    state_detail: str = ""
    signed_in: bool = False
    staff_name: str = ""
    staff_line: str = ""
    number: str = ""
    pin: str = field(default="", repr=False)
    matter_text: str = ""
    match_names: tuple[str, ...] = ()
    match_codes: tuple[str, ...] = ()
    list_open: bool = False
    highlighted: int = 0
    case_number: str = ""
    service_number: str = ""
    stage: str = ""
    slip_text: str = ""
    panel: str = "form"
    running_matter: str = ""
    running_case: str = ""
    next_case: str = ""
    pause_text: str = ""
    sheet: str = ""
    sheet_title: str = ""
    choices: tuple[str, ...] = ()
    chosen: int = -1
    reason: str = ""
    pause_until: str = ""
    call_number: str = ""
    call_note: str = ""
    figures: tuple[str, ...] = ()
    can_sign: bool = False
    can_start: bool = False
    can_invite: bool = False
    can_call: bool = False
    can_cancel: bool = False
    can_pause: bool = False
    can_resume: bool = False
    unsent_text: str = ""
    unsent: bool = False
    trouble_place: str = ""
    trouble_text: str = ""


def derive(inputs: Inputs) -> Properties:
    """Everything the window shows."""

    def say(key: str, **values: object) -> str:
        return inputs.words.text(inputs.language, key, **values)

    state, up = inputs.state, inputs.link is Link.UP
    name = state.state if state is not None else "unknown"
    face = _FACES.get(name, name)
    if not inputs.words.has(f"state.{face}"):
        name = face = "unknown"
    staff = state.staff if state else None
    window = state.window if state else None
    free = up and not inputs.under_way
    found = m.matches(inputs) if inputs.list_open else ()
    unsent = state.unsent if state else 0
    held = inputs.hot_key_report.standing == "held"
    reminder = _reminder(inputs)
    choices = _choices(inputs)
    return Properties(
        words=inputs.words.texts[inputs.language],
        next_language=inputs.words.text(inputs.words.after(inputs.language), "language.name"),
        window_text=say("window.line", number=window.number, name=window.name) if window else say("window.none"),
        banner="" if up else say(f"banner.{inputs.link.name.lower()}"),
        away=not up,
        reminder=reminder,
        attention=inputs.open_since[0] if reminder and inputs.open_since else "",
        folded=inputs.folded,
        on_top=inputs.on_top,
        large=inputs.large,
        hot_keys=inputs.hot_keys,
        hot_keys_text=say(f"hot_keys.{inputs.hot_key_report.standing}"),
        hot_key_names=tuple(say(f"hot_key.{one}") for one in inputs.hot_key_names if held),
        hot_key_texts=tuple(
            say("hot_key.taken", name=key) if one in inputs.hot_key_report.taken else key
            for one, key in inputs.hot_key_names.items()
        ),
        face=face,
        state_text=say(f"state.{face}"),
        state_detail=say(f"detail.{_detail(inputs, face)}"),
        signed_in=staff is not None,
        staff_name=staff.name if staff else say("staff.none"),
        staff_line=say("staff.by_card" if inputs.by_card else "staff.line", number=staff.number) if staff else "",
        number=inputs.number,
        pin=inputs.pin,
        matter_text=inputs.matter_text,
        match_names=tuple(_listed(inputs, matter.name_en, name_of(matter)) for matter in found),
        match_codes=tuple("  ".join(filter(None, (matter.code, matter.initials))) for matter in found),
        list_open=bool(found),
        highlighted=inputs.highlighted,
        case_number=inputs.case_number,
        service_number=inputs.service_number,
        stage=inputs.stage or "",
        slip_text=say("visit.slip", number=inputs.slip) if inputs.slip else "",
        panel="paused" if name == "paused" else "running" if name in RUNNING else "form",
        running_matter=inputs.running.matter if inputs.running else say("visit.elsewhere"),
        running_case=inputs.running.case_number if inputs.running else "",
        next_case=say("visit.next", number=inputs.case_number) if inputs.case_number else "",
        pause_text=_pause_text(inputs),
        sheet=inputs.sheet,
        sheet_title=say(f"sheet.{inputs.sheet}") if inputs.sheet else "",
        choices=choices,
        chosen=_chosen(inputs, choices),
        reason=inputs.reason,
        pause_until=inputs.pause_until,
        call_number=inputs.call_number,
        call_note=say("call.note") if name == "serving" else "",
        figures=_figures(inputs) if inputs.sheet == "figures" else (),
        can_sign=free and name in SIGNABLE,
        can_start=free and name in STARTABLE and inputs.matters is not None,
        can_invite=free and name == "serving",
        can_call=free and name in CALLABLE,
        can_cancel=free and name in CANCELLABLE,
        can_pause=free and name in STARTABLE,
        can_resume=free and name == "paused",
        unsent_text=say("unsent.some", count=unsent, age=_age(inputs, state.oldest_unsent_s))
        if state is not None and unsent
        else say("unsent.none")
        if state is not None
        else "",
        unsent=unsent > 0,
        trouble_place=inputs.trouble.place if inputs.trouble else "",
        trouble_text=_trouble(inputs),
    )


def _detail(inputs: Inputs, face: str) -> str:
    """What comes next, or what to heed."""
    state = inputs.state
    if face == "ready" and state is not None and state.visit is not None:
        return "last_finished"
    return face


def _listed(inputs: Inputs, english: str, name: str) -> str:
    return english if inputs.language == "en" and english else name


def _reminder(inputs: Inputs) -> str:
    """A visit that stands open for long, unless the clerk has put the reminder away."""
    state, since = inputs.state, inputs.open_since
    if state is None or since is None or not state.remind_s or inputs.dismissed == since[0]:
        return ""
    open_s = (inputs.now_ms - since[1]) // 1000
    if open_s < state.remind_s:
        return ""
    return inputs.words.text(inputs.language, "reminder.open", n=max(open_s // 60, 1))


def _pause_text(inputs: Inputs) -> str:
    """Why the service is paused, and until when."""
    pause = inputs.state.pause if inputs.state else None
    if pause is None:
        return ""
    known = f"pause.kind.{pause.reason}"
    words = [inputs.words.text(inputs.language, known) if inputs.words.has(known) else pause.reason]
    if pause.expected_return:
        words.append(inputs.words.text(inputs.language, "pause.until", time=pause.expected_return))
    return " · ".join(words)


def _choices(inputs: Inputs) -> tuple[str, ...]:
    keys = {
        "pause": [f"pause.kind.{kind}" for kind in PAUSE_KINDS],
        "cancel": [f"cancel.{reason}" for reason in CANCEL_REASONS],
    }
    return tuple(inputs.words.text(inputs.language, key) for key in keys.get(inputs.sheet, ()))


def _chosen(inputs: Inputs, choices: tuple[str, ...]) -> int:
    """Which of the choices stands; -1 for none."""
    if inputs.sheet == "pause":
        return PAUSE_KINDS.index(inputs.pause_kind) if inputs.pause_kind else -1
    return choices.index(inputs.reason) if inputs.reason in choices else -1


def _figures(inputs: Inputs) -> tuple[str, ...]:
    """The figures, or why there are none."""

    def say(key: str, **values: object) -> str:
        return inputs.words.text(inputs.language, key, **values)

    figures = inputs.figures
    if figures is None:
        known = f"figures.{inputs.figures_code}"
        return (say(known if inputs.words.has(known) else "figures.away"),)
    if not figures.since:
        return (say("figures.too_few"), say("figures.rule"))
    share = "figures.share" if figures.good_percent is not None else "figures.no_share"
    return (
        say("figures.days", since=figures.since, until=figures.until),
        say("figures.visits", count=figures.visits),
        say("figures.rated", count=figures.rated),
        say(share, percent=figures.good_percent),
        say("figures.rule"),
    )


def _trouble(inputs: Inputs) -> str:
    """What did not work, with the seconds that are left where it is a matter of waiting."""
    trouble = inputs.trouble
    if trouble is None:
        return ""
    seconds = -(-max(trouble.until_ms - inputs.now_ms, 0) // 1000)
    over = trouble.until_ms and not seconds
    return inputs.words.text(inputs.language, "trouble.waited" if over else f"trouble.{trouble.code}", seconds=seconds)


def _age(inputs: Inputs, seconds: int) -> str:
    for unit, length in _SECONDS:
        if seconds >= length:
            return inputs.words.text(inputs.language, f"age.{unit}", n=seconds // length)
    return inputs.words.text(inputs.language, "age.now")
