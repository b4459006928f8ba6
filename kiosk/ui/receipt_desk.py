"""The desk of "my earlier rating": with a receipt, one sees how it stands, adds a word or withdraws. No Qt in here.

A value and its transitions. The same is offered for every rating, so nothing here can tell which level it was. What is
said of an act follows its commit, and a desk that was closed is blank: its next `turn` takes no answer meant for it.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from kiosk.core import events as e
from kiosk.core.privacy import COMMENT_LIMIT
from kiosk.core.receipt import ALPHABET, normalise
from kiosk.core.view import Accepted, Earlier, Refused
from kiosk.ui.words import Words

Step = Literal["code", "asking", "answer", "writing", "confirm", "sending", "kept"]
Act = Literal["", "add", "withdraw"]
CODE_LENGTH = 12


@dataclass(frozen=True, slots=True)
class ReceiptDesk:
    """`typed`: the code's characters so far; `code`: it, normalised, once asked for; `words`: in the citizen's own
    words, why they withdraw or what they add; `hint`: what to look at again; `turn` counts those who came."""

    turn: int = 0
    step: Step = "code"
    typed: str = field(default="", repr=False)
    code: str = field(default="", repr=False)
    hint: str = ""
    earlier: Earlier | None = None
    act: Act = ""
    words: str = field(default="", repr=False)


NOBODY_AT_THE_DESK = ReceiptDesk()


def cleared(desk: ReceiptDesk) -> ReceiptDesk:
    """As for the next one; the same value where nothing was begun."""
    return ReceiptDesk(desk.turn + 1) if desk != ReceiptDesk(desk.turn) else desk


def typed(desk: ReceiptDesk, character: str) -> ReceiptDesk:
    """One more character of the code. The last one tells whether the code can be one."""
    if desk.step != "code" or character not in ALPHABET or len(desk.typed) >= CODE_LENGTH:
        return desk
    code = desk.typed + character
    wrong = len(code) == CODE_LENGTH and normalise(code) is None
    return replace(desk, typed=code, hint="code_unclear" if wrong else "")


def erased(desk: ReceiptDesk) -> ReceiptDesk:
    """Without the last character."""
    return replace(desk, typed=desk.typed[:-1], hint="") if desk.step == "code" else desk


def asked(desk: ReceiptDesk) -> ReceiptDesk:
    """Central is to be asked, for the first time or again. Only `asking` says that it really is."""
    if desk.step in ("answer", "kept"):
        return replace(desk, step="asking", earlier=None, act="", words="", hint="")
    if desk.step != "code":
        return desk
    code = normalise(desk.typed)
    if code is None:
        return replace(desk, hint="code_unclear" if len(desk.typed) == CODE_LENGTH else "code_short")
    return replace(desk, step="asking", code=code, hint="")


def answered(desk: ReceiptDesk, earlier: Earlier) -> ReceiptDesk:
    """What central says, or that it cannot be asked now."""
    return replace(desk, step="answer", earlier=earlier) if desk.step == "asking" else desk


def begun(desk: ReceiptDesk, act: Act) -> ReceiptDesk:
    """Begin to write, to add a word or to withdraw."""
    if desk.step != "answer" or not act:
        return desk
    return replace(desk, step="writing", act=act, words="", hint="")


def written(desk: ReceiptDesk, words: str) -> ReceiptDesk:
    """The words as they stand."""
    return replace(desk, words=words[:COMMENT_LIMIT], hint="") if desk.step == "writing" else desk


def pressed_on(desk: ReceiptDesk) -> ReceiptDesk:
    """Done with writing: an addition needs words and goes; a withdrawal asks once more, then goes."""
    match desk.step, desk.act:
        case "writing", "add" if not desk.words.strip():
            return replace(desk, hint="words_needed")
        case "writing", "add":
            return replace(desk, step="sending", hint="")
        case "writing", "withdraw":
            return replace(desk, step="confirm", hint="")
        case "confirm", _:
            return replace(desk, step="sending", hint="")
        case _:
            return desk


def act_of(desk: ReceiptDesk) -> e.AddWords | e.Withdraw:
    """The event of a desk that is `sending`."""
    return (e.AddWords if desk.act == "add" else e.Withdraw)(desk.code, desk.words)


def settled(desk: ReceiptDesk, answer: Accepted | Refused) -> ReceiptDesk:
    """The terminal has committed the act, or refused it; what was written is then still there."""
    if desk.step != "sending":
        return desk
    if isinstance(answer, Accepted):
        return replace(desk, step="kept", words="")
    return replace(desk, step="writing", hint="words_needed" if answer.code == "words_needed" else "not_now")


def stepped_back(desk: ReceiptDesk) -> ReceiptDesk:
    """One step back; what was begun there is dropped, but for a withdrawal's words while it is being confirmed."""
    match desk.step:
        case "confirm":
            return replace(desk, step="writing")
        case "writing":
            return replace(desk, step="answer", act="", words="", hint="")
        case "answer" | "kept":
            return ReceiptDesk(desk.turn)
        case _:
            return desk


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskShown:
    """What the sheet reads, ready to show. `desk_found`: central's `Earlier.state`; empty before it was asked."""

    desk_step: str = "code"
    desk_typed: str = field(default="", repr=False)
    desk_code: str = field(default="", repr=False)
    desk_hint: str = ""
    desk_found: str = ""
    desk_received: str = ""
    desk_follow_up: str = ""
    desk_reply: str = field(default="", repr=False)
    desk_added: str = ""
    desk_withdrawn: bool = False
    desk_act: str = ""
    desk_words: str = field(default="", repr=False)
    desk_counter: str = ""


def desk_shown(desk: ReceiptDesk, words: Words, language: str) -> DeskShown:
    """What the sheet shows of the desk."""
    earlier = desk.earlier
    found = earlier if earlier and earlier.state == "found" else None
    return DeskShown(
        desk_step=desk.step,
        desk_typed=desk.typed,
        desk_code=desk.code,
        desk_hint=words.text(language, f"receipt.hint.{desk.hint}") if desk.hint else "",
        desk_found=earlier.state if earlier else "",
        desk_received=_moment(found.received_at, words, language) if found else "",
        desk_follow_up=found.follow_up if found else "",
        desk_reply=found.reply if found and found.follow_up == "answered" else "",
        desk_added=words.text(language, "receipt.added", count=found.additions) if found and found.additions else "",
        desk_withdrawn=bool(found and found.withdrawn),
        desk_act=desk.act,
        desk_words=desk.words,
        desk_counter=words.text(language, "comment.counter", count=len(desk.words), limit=COMMENT_LIMIT),
    )


def _moment(rfc3339: str, words: Words, language: str) -> str:
    """A time as the hall's clock shows it; empty if it is none."""
    try:
        local = datetime.fromisoformat(rfc3339).astimezone()
    except ValueError:
        return ""
    date = words.text(language, "receipt.date", year=local.year, month=local.month, day=local.day)
    return f"{date} {local:%H:%M}"
