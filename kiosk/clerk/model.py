"""How each thing that comes in changes what the console knows: heard, typed, or asked of the station. Pure.

What is shown is derived from it (`kiosk.clerk.derive`).
"""

import re
from collections.abc import Mapping
from dataclasses import replace

import msgspec

from kiosk.clerk.inputs import CALLABLE, CANCELLABLE, SIGNABLE, STARTABLE, Attempt, Inputs, Link, Running, Trouble
from kiosk.clerk.matters import found, name_of, with_recent
from kiosk.core.slip import next_number, read_slip
from kiosk.protocol.station import MatterRef, MatterView, Stage, StationState, VisitStart, VisitStarted, VisitView

REPEAT_MS = 60_000
"""For so long after the key press a start whose answer was lost is sent again; later the clerk is asked."""
_PLACES = {
    "$.number": "number",
    "$.pin": "pin",
    "$.matter.code": "matter",
    "$.matter.name": "matter",
    "$.case_number": "case_number",
    "$.service_number": "service_number",
    "$.reason": "reason",
    "$.expected_return": "until",
}
_SHEETS: Mapping[str, frozenset[str]] = {
    "pause": STARTABLE,
    "cancel": CANCELLABLE,
    "call": CALLABLE,
    "shift": SIGNABLE,
}
"""Sheets that make sense in some states only."""
_AT_SIGN_IN = frozenset({"number", "pin", "staff"})


# -- what is heard ---------------------------------------------------------------------------------------------------


def heard(inputs: Inputs, state: StationState) -> Inputs:
    """The station told its state."""
    visit = state.visit
    kept = inputs.running if visit and inputs.running and visit.visit_id == inputs.running.visit_id else None
    sheet = inputs.sheet if state.state in _SHEETS.get(inputs.sheet, {state.state}) else ""
    clerk = state.staff.number if state.staff else ""
    changed = clerk != (inputs.state.staff.number if inputs.state and inputs.state.staff else "")
    return replace(
        inputs,
        link=Link.UP,
        state=state,
        running=kept,
        sheet=sheet,
        called=state.called or inputs.called,
        number="" if changed else inputs.number,
        pin="" if changed else inputs.pin,
        by_card=inputs.by_card if inputs.by_card == clerk else "",
        open_since=_open_since(inputs, state),
        trouble=None if changed and inputs.trouble and inputs.trouble.place in _AT_SIGN_IN else inputs.trouble,
        figures=None if changed else inputs.figures,
        figures_code="" if changed else inputs.figures_code,
    )


def lost(inputs: Inputs, link: Link) -> Inputs:
    """The station is not heard any more. What was typed stays."""
    return replace(inputs, link=link)


def listed(inputs: Inputs, matters: tuple[MatterView, ...]) -> Inputs:
    """The station told which matters this window handles."""
    chosen = inputs.matter if inputs.matter and inputs.matter.code in {matter.code for matter in matters} else None
    return replace(inputs, matters=matters, matter=chosen)


def ticked(inputs: Inputs, now_ms: int) -> Inputs:
    """Time has passed."""
    return replace(inputs, now_ms=now_ms)


def _open_since(inputs: Inputs, state: StationState) -> tuple[str, int] | None:
    """Since when the visit stands open; told by the station, and else from when it was first heard of."""
    if state.visit is None or state.state != "serving":
        return None
    since = inputs.now_ms - 1000 * state.visit.open_s
    known = inputs.open_since
    if known is not None and known[0] == state.visit.visit_id:
        since = min(since, known[1])
    return state.visit.visit_id, since


# -- what is typed and chosen ----------------------------------------------------------------------------------------


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
    shown = matches(inputs)
    if not 0 <= index < len(shown):
        return replace(inputs, list_open=False)
    return _with_matter(inputs, shown[index])


def matches(inputs: Inputs) -> tuple[MatterView, ...]:
    """The matters that fit what is typed; all of them where nothing is typed or one is chosen."""
    return found(inputs.matters or (), "" if inputs.matter else inputs.matter_text, inputs.recent)


def chose_stage(inputs: Inputs, stage: Stage) -> Inputs:
    """How far the case is; the same again takes it back."""
    return replace(inputs, stage=None if inputs.stage == stage else stage)


def scanned(inputs: Inputs, text: str) -> Inputs:
    """A scanner typed: the code on a queue slip, or else a case number. Both are for the next visit."""
    slip = read_slip(text)
    if slip is None:
        return replace(inputs, case_number=text[:64], list_open=False, trouble=_past(inputs, "case_number"))
    inputs = replace(inputs, slip=slip.slip, case_number=slip.case[:64] or inputs.case_number, list_open=False)
    matter = next((one for one in inputs.matters or () if one.code == slip.matter), None)
    if matter is not None:
        return _with_matter(inputs, matter)
    if slip.matter and inputs.matters:
        return troubled(inputs, "matter", "unknown_matter")
    return inputs


def opened(inputs: Inputs, sheet: str) -> Inputs:
    """A sheet is asked for; its fields are empty, but for the queue number that comes next."""
    if sheet == "shift":
        inputs = replace(inputs, number="", pin="")
    return replace(
        inputs,
        sheet=sheet,
        reason="",
        pause_kind=None,
        pause_until="",
        call_number=next_number(inputs.called),
        trouble=None,
        list_open=False,
        folded=False,
    )


def _with_matter(inputs: Inputs, matter: MatterView) -> Inputs:
    return replace(inputs, matter=matter, matter_text=name_of(matter), list_open=False, trouble=_past(inputs, "matter"))


# -- what is asked of the station ------------------------------------------------------------------------------------


def began(inputs: Inputs, call: str) -> Inputs:
    """A call is under way; the trouble of the last one is past."""
    return replace(inputs, under_way=inputs.under_way | {call}, trouble=None, list_open=False)


def ended(inputs: Inputs, call: str) -> Inputs:
    """A call was answered, or never will be."""
    return replace(inputs, under_way=inputs.under_way - {call})


def to_start(inputs: Inputs) -> Inputs:
    """The form made ready to be sent: a search with one match is a choice. See `trouble` for what is missing."""
    inputs = replace(inputs, list_open=False, trouble=None)
    if inputs.matter is None:
        text = inputs.matter_text.strip()
        shown = matches(inputs)
        if len(shown) == 1 and text:
            inputs = chose(inputs, 0)
        elif not inputs.matters and text:
            inputs = replace(inputs, matter=MatterView(code=text, name=""))
        else:
            return troubled(inputs, "matter", "matter_needed")
    if not inputs.case_number.strip():
        return troubled(inputs, "case_number", "case_number_needed")
    times = inputs.service_number.strip()
    if times and not (times.isdecimal() and 1 <= int(times) <= 1_000_000):
        return troubled(inputs, "service_number", "service_number_odd")
    return inputs


def attempted(inputs: Inputs, fresh_key: str) -> Inputs:
    """The start that the complete form stands for. The same form as in one whose answer was lost has the same key."""
    matter = inputs.matter
    assert matter is not None, "see to_start"
    times = inputs.service_number.strip()
    body = VisitStart(
        matter=MatterRef(code=matter.code, name=matter.name or None),
        case_number=inputs.case_number.strip(),
        service_number=int(times) if times else None,
        stage=inputs.stage,
        slip=inputs.slip or None,
    )
    again = inputs.attempt
    key = again.key if again is not None and again.lost and again.body == body else fresh_key
    return replace(inputs, attempt=Attempt(key, body, matter, inputs.now_ms))


def to_repeat(inputs: Inputs) -> Attempt | None:
    """The start that is to be sent again by itself, now that the station is heard again."""
    again = inputs.attempt
    if again is None or not again.lost or "visit" in inputs.under_way or inputs.link is not Link.UP:
        return None
    return again if inputs.now_ms - again.at_ms < REPEAT_MS else None


def started(inputs: Inputs, answer: VisitStarted) -> Inputs:
    """The visit has begun: the next case is another one, the next matter and stage may well be the same."""
    attempt = inputs.attempt
    if attempt is None:
        return moved(inputs, answer)
    inputs = replace(
        inputs,
        attempt=None,
        recent=with_recent(inputs.recent, attempt.matter.code),
        running=Running(answer.visit_id, name_of(attempt.matter), attempt.body.case_number),
    )
    if inputs.case_number.strip() == attempt.body.case_number:
        inputs = replace(inputs, case_number="", service_number="", slip="")
    return moved(inputs, answer)


def moved(inputs: Inputs, answer: VisitStarted) -> Inputs:
    """A call has moved the visit on; the stream will say the same a moment later."""
    if inputs.state is None:
        return inputs
    visit = inputs.state.visit
    if visit is None or visit.visit_id != answer.visit_id:
        visit = VisitView(visit_id=answer.visit_id, outcome=None)
    running = inputs.running
    inputs = heard(inputs, msgspec.structs.replace(inputs.state, state=answer.state, visit=visit))
    return replace(inputs, running=running)


def troubled(inputs: Inputs, place: str, code: str, at: str = "", seconds: int = 0) -> Inputs:
    """Something did not work. `at`: the path of the field the station complains of, which knows the place better."""
    key = code if inputs.words.has(f"trouble.{code}") else "refused"
    until = inputs.now_ms + 1000 * seconds if seconds else 0
    place = _PLACES.get(at, place) if place not in _SHEETS_PLACES else place
    if key in ("wrong_pin", "pin_paused") and until:
        key = "pin_paused"
        inputs = replace(inputs, paused_pin=(inputs.number.strip(), until))
    return replace(inputs, trouble=Trouble(place, key, until))


_SHEETS_PLACES = frozenset({"call"})
"""Places that are right whatever field the station names: a called number is no staff number."""


def pin_wait_ms(inputs: Inputs) -> int:
    """How long the PIN of the clerk whose number is typed will not be heard yet."""
    if inputs.paused_pin is None or inputs.paused_pin[0] != inputs.number.strip():
        return 0
    return max(inputs.paused_pin[1] - inputs.now_ms, 0)


def return_time(text: str) -> str | None:
    """A time of day as the station takes it, from `1040`, `9:05` or `10：40`; None if it is none."""
    plain = re.fullmatch(r"(\d{1,2})[:：.]?(\d{2})", text.strip())
    if plain is None or int(plain[1]) > 23 or int(plain[2]) > 59:
        return None
    return f"{int(plain[1]):02}:{plain[2]}"


def _past(inputs: Inputs, place: str) -> Trouble | None:
    return None if inputs.trouble and inputs.trouble.place == place else inputs.trouble
