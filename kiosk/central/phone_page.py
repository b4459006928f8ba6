"""The pages on which a phone rates, as HTML. They need no script, load nothing, and say the same after any level.

What stands behind a level is padded to one length, so that nobody learns from the size of an answer which it was.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from kiosk import __version__
from kiosk.core.levels import Level
from kiosk.core.options import OptionList
from kiosk.core.privacy import COMMENT_LIMIT

LANGUAGES = ("zh-CN", "en")
LETTERS: Mapping[str, Level] = dict(zip("abcde", Level, strict=True))
"""What a level is called in a form: one letter each, for their names differ in length."""
_ASSETS = Path(__file__).parents[2] / "assets"
_STYLE = (_ASSETS / "phone" / "page.css").read_text(encoding="utf-8")
_WORDS: Mapping[str, Mapping[str, str]] = {
    language: json.loads((_ASSETS / "translations" / "phone" / f"{language}.json").read_text(encoding="utf-8"))
    for language in LANGUAGES
}
_FACES = {level: (_ASSETS / "faces" / f"{level}.svg").read_text(encoding="utf-8").strip() for level in Level}
_ROOM = 256
"""Pages are padded to a multiple of so many bytes."""
POLICY = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason on offer: its code, and its words in each language."""

    code: str
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """What is rated. Names by language; `matter` is empty as long as central does not know the visit."""

    hall: Mapping[str, str]
    window: Mapping[str, str]
    matter: str = ""
    local_reasons: Mapping[Level, tuple[Reason, ...]] | None = None
    callbacks: bool = True


@dataclass(frozen=True, slots=True)
class Written:
    """What a form holds that comes back for a reason. `hint`: the key of what is said about it."""

    reasons: tuple[str, ...] = ()
    comment: str = ""
    contact: str = ""
    hint: str = ""


NOTHING_WRITTEN = Written()


def begin_page(language: str, place: Place) -> bytes:
    """Before anything is bound to this phone: programs that look at links press no button."""
    t = _WORDS[language]
    form = _form(language, "begin", f'<button class="go">{escape(t["begin.start"])}</button>')
    notes = f'<p class="note">{escape(t["begin.privacy"])}<br>{escape(t["begin.text"])}</p>'
    return _page(language, t["begin.title"], _said(language, place) + form + notes)


def level_page(language: str, place: Place, options: OptionList) -> bytes:
    """The five levels: of one size, none chosen, and nothing above them that would push the last ones out of sight."""
    t = _WORDS[language]
    buttons = "".join(
        f'<button name="level" value="{letter}">{_face(level)}<span>{escape(_label(language, options, level))}</span>'
        "</button>"
        for letter, level in LETTERS.items()
    )
    note = f'<p class="note">{escape(t["level.privacy"])}</p>'
    return _page(language, t["level.title"], _form(language, "level", buttons) + note + _said(language, place))


def why_page(
    language: str, place: Place, options: OptionList, level: Level, written: Written = NOTHING_WRITTEN
) -> bytes:
    """Reasons, a word, a number to call. As long as that of any other level with as much written on it."""
    longest = max(
        len(_why(language, place, options, other, Written(comment=written.comment, contact=written.contact, hint=hint)))
        for other in Level
        for hint in ("", "why.reason_needed", "why.contact_unclear")
    )
    chosen = len(written.reasons) * len(_CHECKED)
    return _padded(_why(language, place, options, level, written), longest + chosen)


def thanks_page(language: str, receipt: str) -> bytes:
    """The same after any level."""
    t = _WORDS[language]
    body = (
        f"<p>{escape(t['thanks.text'])}</p><h2>{escape(t['thanks.receipt'])}</h2>"
        f'<p class="receipt">{escape(receipt)}</p><p class="note">{escape(t["thanks.use"])}</p>'
    )
    return _page(language, t["thanks.title"], body)


def plain_page(language: str, name: str) -> bytes:
    """A page that says one thing: `elsewhere`, `used`, `closed`, `expired`, `invalid`, `many`, `busy`."""
    t = _WORDS[language]
    return _page(language, t[f"{name}.title"], f"<p>{escape(t[f'{name}.text'])}</p>")


def seen_on(language: str, options: OptionList) -> str:
    """What stands before a citizen who taps a level, as a terminal's entries say it (JSON)."""
    nowhere = Place(dict.fromkeys(LANGUAGES, ""), dict.fromkeys(LANGUAGES, ""))
    reasons = [_why(language, nowhere, options, level, NOTHING_WRITTEN) for level in Level]
    seen = {
        "language": language,
        "layout": hashlib.sha256(b"\n".join([level_page(language, nowhere, options), *reasons])).hexdigest(),
        "look": "phone",
        "options": options.digest,
        "version": __version__,
        "wording": hashlib.sha256(json.dumps(_WORDS[language], sort_keys=True).encode()).hexdigest(),
    }
    return json.dumps(seen, sort_keys=True, separators=(",", ":"))


# -- the parts -------------------------------------------------------------------------------------------------------

_CHECKED = " checked"


def _why(language: str, place: Place, options: OptionList, level: Level, written: Written) -> bytes:
    t = _WORDS[language]
    national = [Reason(option.code, {"zh-CN": option.zh, "en": option.en}) for option in options.by_level[level]]
    local = (place.local_reasons or {}).get(level, ())
    own = _picks(language, t["why.local"], "local", local, written.reasons) if local else ""
    form = (
        _picks(language, t["why.reasons"], "reason", national, written.reasons) + own
        + f'<label for="comment">{escape(t["why.comment"])}</label>'
        f'<textarea id="comment" name="comment" rows="3" maxlength="{COMMENT_LIMIT}">'
        f"{escape(written.comment)}</textarea>"
        + (_contact(t, written.contact) if place.callbacks else "")
        + f'<button class="go">{escape(t["why.submit"])}</button>'
    )  # fmt: skip
    hint = f'<p class="hint" role="alert">{escape(t[written.hint])}</p>' if written.hint else ""
    body = (
        f"<p>{escape(t['why.text'])}</p>{hint}"
        f"<p>{escape(t['why.chosen'])} <strong>{escape(_label(language, options, level))}</strong> · "
        f'<a class="again" href="?lang={language}&amp;again=1">{escape(t["why.again"])}</a></p>'
    )
    return _page(language, t["why.title"], body + _form(language, "why", form))


def _picks(language: str, legend: str, name: str, offered: Sequence[Reason], chosen: tuple[str, ...]) -> str:
    rows = "".join(
        f'<label class="pick"><input type="checkbox" name="{name}" value="{escape(reason.code)}"'
        f"{_CHECKED if reason.code in chosen else ''}>{escape(reason.words[language])}</label>"
        for reason in offered
    )
    return f"<fieldset><legend>{escape(legend)}</legend>{rows}</fieldset>"


def _contact(t: Mapping[str, str], contact: str) -> str:
    return (
        f'<label for="contact">{escape(t["why.contact"])}</label>'
        '<input class="line" id="contact" name="contact" type="tel" maxlength="20" autocomplete="tel" '
        f'aria-describedby="of-contact" value="{escape(contact)}">'
        f'<p class="note" id="of-contact">{escape(t["why.contact_note"])}</p>'
    )


def _said(language: str, place: Place) -> str:
    """What is rated."""
    t = _WORDS[language]
    matter = place.matter or t["visit.unknown"]
    return (
        f"<dl><dt>{escape(t['visit.hall'])}</dt><dd>{escape(place.hall[language])}</dd>"
        f"<dt>{escape(t['visit.window'])}</dt><dd>{escape(place.window[language])}</dd>"
        f"<dt>{escape(t['visit.matter'])}</dt><dd>{escape(matter)}</dd></dl>"
    )


def _label(language: str, options: OptionList, level: Level) -> str:
    return options.labels[level][LANGUAGES.index(language)]


def _face(level: Level) -> str:
    return _FACES[level].replace('xmlns="http://www.w3.org/2000/svg"', 'aria-hidden="true" focusable="false"', 1)


def _form(language: str, step: str, inside: str) -> str:
    """The form goes to the page's own address, wherever that lies, and names the step that it ends."""
    return (
        f'<form method="post" action="?lang={language}" autocomplete="off">'
        f'<input type="hidden" name="step" value="{step}">{inside}</form>'
    )


def _page(language: str, title: str, body: str) -> bytes:
    t = _WORDS[language]
    other = next(name for name in LANGUAGES if name != language)
    text = (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f'<header><a href="?lang={other}" lang="{other}" hreflang="{other}">{escape(t["page.switch"])}</a>'
        f"<b>{escape(t['page.title'])}</b></header>\n"
        f"<main><h1>{escape(title)}</h1>{body}</main>\n</body>\n</html>\n"
    )
    return text.encode()


def _padded(page: bytes, longest: int) -> bytes:
    """As long as the longest of its kind, in steps, with a comment at its end."""
    length = -(-(longest + len(b"<!---->")) // _ROOM) * _ROOM
    return page + b"<!--" + b"." * (length - len(page) - len(b"<!---->")) + b"-->"
