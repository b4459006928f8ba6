"""What the screen shows, as one pure function: `derive(inputs) -> Properties`. No Qt in here.

`Inputs` is everything the screen knows: the terminal's newest view, the language, and the few facts that are the
screen's own. They are the citizen's: when another citizen's visit begins or this one ends, they are gone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

from kiosk.core.levels import Level
from kiosk.core.options import Option
from kiosk.core.privacy import COMMENT_LIMIT, is_contact, mask_case_number, mask_contact
from kiosk.core.situation import Situation, State, Visit
from kiosk.core.view import Card, NoticeText, Scene, View
from kiosk.ui.around import around_shown, picture_key
from kiosk.ui.hours import hours_table
from kiosk.ui.looks import ORDINARY, Looks
from kiosk.ui.matter_desk import BLANK, MatterDesk, MattersShown, chooses, found, hint_said, labels, leading_on
from kiosk.ui.receipt_desk import NOBODY_AT_THE_DESK, DeskShown, ReceiptDesk, cleared, desk_shown
from kiosk.ui.words import Words

Panel = Literal["", "comment", "contact"]
Sheet = Literal["", "privacy", "languages", "assist", "receipt", "search"]
NOTICES = 3
_IN_A_VISIT = frozenset({State.SERVING, State.INVITING, State.EXPLAINING, State.THANKS, State.HANDED_TO_PHONE})
_HINTS = frozenset({"reason_needed", "contact_unclear", "busy"})


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that is known. `seen_ms`: monotonic ms when `view` came; `citizen` counts those who came and went; `home`:
    how the hall has set the terminal, `looks`: how this citizen has; `resting`: nobody has touched it for a while."""

    view: View
    words: Words
    language: str
    seen_ms: int = 0
    more: bool = False
    panel: Panel = ""
    refusal: str = ""
    citizen: int = 0
    home: Looks = ORDINARY
    looks: Looks = ORDINARY
    sheet: Sheet = ""
    resting: bool = False
    desk: ReceiptDesk = NOBODY_AT_THE_DESK
    matters: MatterDesk = BLANK


def tidied(inputs: Inputs) -> Inputs:
    """The receipt desk is blank whenever its sheet is closed, and so are the letters of the search; the desk of matters
    is blank where nobody chooses."""
    if inputs.sheet != "receipt":
        inputs = replace(inputs, desk=cleared(inputs.desk))
    if inputs.resting or not chooses(inputs.view):
        return replace(inputs, matters=BLANK, sheet="" if inputs.sheet == "search" else inputs.sheet)
    if inputs.sheet != "search" and inputs.matters.typed:
        return replace(inputs, matters=replace(inputs.matters, typed=""))
    return inputs


def saw(inputs: Inputs, view: View, mono_ms: int) -> Inputs:
    """A new moment of the terminal. Whatever is one citizen's does not outlast their visit. Language and looks chosen
    while waiting are the coming citizen's: an untouched screen has long gone home by itself. Not so the curtain: who
    left it drawn a moment ago would leave the next one before a black screen that takes no tap."""
    before = _visit_shown(inputs.view)
    if before != _visit_shown(view):
        waited, home, citizen = before is None, inputs.home, inputs.citizen + 1
        chosen = replace(inputs.looks, curtain=home.curtain)
        language, looks = (inputs.language, chosen) if waited else (inputs.words.home, home)
        return Inputs(view, inputs.words, language, mono_ms, citizen=citizen, home=home, looks=looks)
    if view.situation == inputs.view.situation:
        return replace(inputs, view=view)
    if view.situation.state is not State.READY:
        inputs = replace(inputs, resting=False)
    if view.situation.state is not State.EXPLAINING:
        inputs = replace(inputs, more=False, panel="")
    return replace(inputs, view=view, seen_ms=mono_ms, refusal="")


def visit_over(before: Inputs, after: Inputs) -> bool:
    """Whether a citizen's visit left the screen between the two, so that what it left behind must be wiped."""
    return _visit_shown(before.view) is not None and before.citizen != after.citizen


def _visit_shown(view: View) -> str | None:
    visit = view.situation.visit
    return visit.visit_id if visit and view.situation.state in _IN_A_VISIT else None


@dataclass(frozen=True, slots=True)
class Properties(MattersShown):
    """Everything QML reads, ready to show. Times are milliseconds; lists that belong together have the same length."""

    page: str
    language: str
    home_language: str
    words: Mapping[str, str]
    next_language: str
    next_language_name: str
    hall: str
    window_number: str
    window_name: str
    staff_name: str = ""
    staff_number: str = ""
    staff_post: str = ""
    party_member: bool = False
    photo: str = field(default="", repr=False)
    photo_key: str = ""
    notice_titles: tuple[str, ...] = ()
    notice_texts: tuple[str, ...] = ()
    matter: str = ""
    case_number: str = ""
    levels: tuple[str, ...] = tuple(str(level) for level in Level)
    level_labels: tuple[str, ...] = ()
    level_beside: tuple[str, ...] = ()
    level: str = ""
    level_label: str = ""
    reasons: tuple[str, ...] = ()
    reason_labels: tuple[str, ...] = ()
    reason_chosen: tuple[bool, ...] = ()
    more: bool = False
    panel: str = ""
    comment: str = field(default="", repr=False)
    counter: str = ""
    contact_masked: str = ""
    hint: str = ""
    busy: bool = False
    receipt: str = ""
    receipt_content: str = ""
    receipt_key: str = ""
    pause_reason: str = ""
    pause_kind: str = ""
    hour_days: tuple[str, ...] = ()
    hour_times: tuple[str, ...] = ()
    fault_text: str = ""
    deadline: float = 0.0
    time_left: int = 0
    time_total: int = 0
    citizen: int = 0
    large: bool = False
    contrast: bool = False
    still: bool = False
    low: bool = False
    left: bool = False
    spoken: bool = False
    curtain: bool = False
    muted: bool = False
    sheet: str = ""
    asking: bool = False
    languages: tuple[str, ...] = ()
    language_names: tuple[str, ...] = ()
    local_reasons: tuple[str, ...] = ()
    local_labels: tuple[str, ...] = ()
    local_chosen: tuple[bool, ...] = ()
    contact_offered: bool = False
    contact_complete: bool = False
    notice_picture_keys: tuple[str, ...] = ()
    notice_pictures: tuple[str, ...] = field(default=(), repr=False)
    crest: str = field(default="", repr=False)
    crest_key: str = ""
    accent: str = ""
    background: str = ""
    help_text: str = ""
    pause_until: str = ""
    keep_days: int = 90


def derive(inputs: Inputs) -> Properties:
    """What the screen shows for these inputs. Nothing but the inputs decides; in THANKS the level cannot."""
    words, language = inputs.words, inputs.language
    scene, situation = inputs.view.scene, inputs.view.situation
    chinese = words.text(language, "language.columns") == "zh"
    visit = situation.visit if _visit_shown(inputs.view) else None
    card = _card(scene, situation)
    shown = scene.notices[:NOTICES]
    after, beside = words.after(language), words.beside(language)
    days, times = hours_table(scene.hours, words, language)
    level = visit.level if visit and situation.state is State.EXPLAINING else None
    options = _options(scene, level, inputs.more)
    local = tuple(one for one in situation.terms.local_reasons if level in one.levels) if level else ()
    explaining = visit if level else None
    receipt = (visit.receipt or "") if visit and situation.state is State.THANKS else ""
    deadline, time_left, time_total = _time(inputs)
    desk, around = desk_shown(inputs.desk, words, language), around_shown(inputs.view, words, language)
    content = scene.receipt_page + receipt.replace("-", "") if receipt and scene.receipt_page else receipt
    return Properties(
        page=_page(inputs.view, inputs.resting),
        language=language,
        home_language=words.home,
        words=words.texts[language],
        next_language=after,
        next_language_name=words.text(after, "language.name"),
        hall=_pick(chinese, scene.hall, scene.hall_en),
        window_number=scene.window_number,
        window_name=_pick(chinese, scene.window, scene.window_en),
        staff_name=card.name if card else "",
        staff_number=words.text(language, "staff.number", number=card.number) if card else "",
        staff_post=_pick(chinese, card.post, card.post_en) if card else "",
        party_member=bool(card and card.party_member),
        photo=card.photo if card else "",
        photo_key=picture_key(card.photo) if card else "",
        notice_titles=tuple(_pick(chinese, n.title, n.title_en) for n in shown),
        notice_texts=tuple(_notice_text(chinese, n) for n in shown),
        matter=_matter(chinese, scene, visit) if visit else "",
        case_number=words.text(language, "serving.case", number=mask_case_number(visit.case_number)) if visit else "",
        level_labels=tuple(words.text(language, f"level.{one}") for one in Level),
        level_beside=tuple(words.text(beside, f"level.{one}") for one in Level),
        level=str(level) if level else "",
        level_label=words.text(language, f"level.{level}") if level else "",
        reasons=tuple(option.code for option in options),
        reason_labels=tuple(_pick(chinese, option.zh, option.en) for option in options),
        reason_chosen=tuple(bool(explaining and option.code in explaining.reasons) for option in options),
        more=inputs.more,
        panel=inputs.panel if explaining else "",
        comment=explaining.comment if explaining else "",
        counter=words.text(
            language, "comment.counter", count=len(explaining.comment) if explaining else 0, limit=COMMENT_LIMIT
        ),
        contact_masked=mask_contact(explaining.contact).replace("•", "*") if explaining else "",
        hint=words.text(language, f"hint.{inputs.refusal}") if inputs.refusal in _HINTS and explaining else "",
        busy=situation.awaiting is not None,
        receipt=receipt,
        receipt_content=content,
        receipt_key=picture_key(content),
        pause_reason=_pause_reason(words, language, situation.pause_reason or ""),
        pause_kind=_pause_kind(words, situation.pause_reason or ""),
        hour_days=days,
        hour_times=times,
        fault_text=_fault_text(words, language, situation.faults),
        deadline=deadline,
        time_left=time_left,
        time_total=time_total,
        citizen=inputs.citizen,
        large=inputs.looks.large,
        contrast=inputs.looks.contrast,
        still=inputs.looks.still,
        low=inputs.looks.low,
        left=inputs.looks.left,
        spoken=inputs.looks.spoken,
        curtain=inputs.looks.curtain,
        muted=inputs.looks.muted,
        sheet=inputs.sheet,
        asking=situation.asking,
        languages=words.languages,
        language_names=tuple(words.text(one, "language.name") for one in words.languages),
        local_reasons=tuple(one.code for one in local),
        local_labels=tuple(_pick(chinese, one.zh, one.en) for one in local),
        local_chosen=tuple(bool(explaining and one.code in explaining.local_reasons) for one in local),
        contact_offered=bool(scene.callbacks and explaining and _said_something(explaining)),
        contact_complete=bool(explaining and is_contact(explaining.contact)),
        notice_picture_keys=tuple(picture_key(n.picture) for n in shown),
        notice_pictures=tuple(n.picture for n in shown),
        crest=scene.look.crest,
        crest_key=picture_key(scene.look.crest),
        accent=scene.look.accent,
        background=scene.look.background,
        help_text=_pick(chinese, scene.help, scene.help_en),
        pause_until=words.text(language, "pause.until", time=situation.pause_until) if situation.pause_until else "",
        keep_days=scene.keep_days,
        **{**_values(around), **_values(desk), **_matters(inputs, chinese)},
    )


def _matters(inputs: Inputs, chinese: bool) -> dict[str, Any]:
    cards, desk = inputs.view.scene.matters, inputs.matters
    if inputs.resting or not chooses(inputs.view):
        return {}
    searched = found(cards, desk.typed) if inputs.sheet == "search" else ()
    return {
        "matters": tuple(card.code for card in cards),
        "matter_labels": labels(cards, chinese),
        "matters_leaf": desk.leaf,
        "matters_hint": hint_said(desk, inputs.words, inputs.language),
        "choosing": desk != BLANK,
        "search_typed": desk.typed,
        "search_letters": leading_on(cards, desk.typed) if inputs.sheet == "search" else "",
        "found": tuple(card.code for card in searched),
        "found_labels": labels(searched, chinese),
    }


def _said_something(visit: Visit) -> bool:
    """A call back makes sense once there is something to call about, whatever the level."""
    return bool(visit.reasons or visit.local_reasons or visit.comment.strip() or visit.contact)


def _page(view: View, resting: bool) -> str:
    situation = view.situation
    if situation.state is State.READY and (resting or chooses(view)):
        return "attract" if resting else "matters"
    starting = situation.state is State.OUT_OF_ORDER and situation.faults == frozenset({"starting"})
    return "splash" if starting else str(situation.state)


def _pick(chinese: bool, zh: str, en: str) -> str:
    return zh if chinese or not en else en


def _notice_text(chinese: bool, notice: NoticeText) -> str:
    if chinese or not notice.title_en:
        return notice.text
    return notice.text_en


def _card(scene: Scene, situation: Situation) -> Card | None:
    """Who serves: in a visit the clerk it began with, else the one signed in; unknown to the profile, the name."""
    visit = situation.visit
    staff = visit.staff if visit and situation.state in _IN_A_VISIT else situation.staff
    return None if staff is None else scene.cards.get(staff.number, Card(staff.number, staff.name))


def _matter(chinese: bool, scene: Scene, visit: Visit) -> str:
    return _pick(chinese, visit.matter.name, scene.matters_en.get(visit.matter.code, ""))


def _options(scene: Scene, level: Level | None, more: bool) -> tuple[Option, ...]:
    if level is None or scene.options is None:
        return ()
    core = scene.options.core_of(level)
    return core + scene.options.extended_of(level) if more else core


def _pause_reason(words: Words, language: str, reason: str) -> str:
    return words.texts[language].get(f"pause.{reason}", reason)


def _pause_kind(words: Words, reason: str) -> str:
    """Its word, if the pause is of one of the kinds that have a sign and a sentence of their own."""
    return reason if words.has(f"paused.text.{reason}") else ""


def _fault_text(words: Words, language: str, faults: frozenset[str]) -> str:
    texts = words.texts[language]
    known = [texts[f"fault.{code}"] for code in sorted(faults) if f"fault.{code}" in texts]
    return known[0] if known else texts["fault.text"]


def _time(inputs: Inputs) -> tuple[float, int, int]:
    """The deadline (monotonic), what was left of it when the view came, and how long it was in all."""
    situation = inputs.view.situation
    waits = {
        State.INVITING: situation.terms.inviting_ms,
        State.EXPLAINING: situation.terms.explaining_ms,
        State.THANKS: situation.terms.thanks_ms,
        State.HANDED_TO_PHONE: situation.terms.phone_ms,
    }
    deadline, total = situation.deadline_ms, waits.get(situation.state, 0)
    total = situation.terms.asking_ms if situation.asking else total
    if deadline is None or total <= 0:
        return 0.0, 0, 0
    return float(deadline), min(max(deadline - inputs.seen_ms, 0), total), total


def _values(shown: DeskShown) -> dict[str, Any]:
    return {one.name: getattr(shown, one.name) for one in fields(shown)}
