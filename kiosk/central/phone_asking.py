"""What a phone's request says: its fields, its language, and from where it comes."""

from typing import Any
from urllib.parse import parse_qs

from litestar import Request

from kiosk.central.access import wire_of
from kiosk.central.phone_page import LANGUAGES

_MOST_FIELDS = 64
Asking = Request[Any, Any, Any]


def address_of(request: Asking) -> str:
    """Who asks."""
    return request.client.host if request.client else ""


def text_of(form: dict[str, list[str]], name: str) -> str:
    """What was written in a field, as a database can keep it."""
    text = form.get(name, [""])[0].replace("\r\n", "\n").replace("\0", "\ufffd")
    return "".join(character for character in text if not "\ud800" <= character <= "\udfff").strip()


def form_of(request: Asking) -> dict[str, list[str]]:
    """The fields of a form; none, if it is none."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        return {}
    try:
        return parse_qs(wire_of(request).plain.decode("ascii", "replace"), max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}


def language_of(request: Asking) -> str:
    """As asked for, or as the browser prefers; Chinese otherwise."""
    asked = request.query_params.get("lang")
    if asked in LANGUAGES:
        return str(asked)
    found: list[tuple[float, str]] = []
    for part in request.headers.get("accept-language", "")[:200].split(","):
        tag, _, weight = part.strip().partition(";q=")
        match = next((name for name in LANGUAGES if tag.lower()[:2] == name[:2]), None)
        if match is not None:
            found.append((_weight(weight), match))
    return max(found, key=lambda one: one[0])[1] if found else LANGUAGES[0]


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
