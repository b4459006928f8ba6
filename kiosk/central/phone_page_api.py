"""The address that a phone opens, `/p/{token}`: no login, no script, and one cookie by which the first phone that
begins keeps the link to itself.

Each step is a form that is answered with a way back to the page, which shows how far the visit is: reloading, going
back and sending twice change nothing. Whoever has no right to a link learns nothing of why.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import sqlalchemy as sa
from litestar import Response, Router, get, post
from litestar.params import FromPath

from kiosk.central import problems
from kiosk.central.desk import AtDesk
from kiosk.central.desk import Desk as DeskValue
from kiosk.central.phone_asking import Asking, address_of, form_of, language_of, text_of
from kiosk.central.phone_links import (
    Standing,
    Visit,
    bound,
    end,
    find_link,
    is_bound_to,
    look_at,
    open_visit,
    standing_of,
)
from kiosk.central.phone_page import (
    LETTERS,
    POLICY,
    Place,
    Written,
    begin_page,
    level_page,
    plain_page,
    seen_on,
    thanks_page,
    why_page,
)
from kiosk.central.phone_place import phone_page_of, place_of
from kiosk.central.phone_ratings import PhoneRating, Words, finish, tap_level
from kiosk.central.receipts import add_words
from kiosk.core.levels import Level
from kiosk.core.phone_link import PATH, PhoneLink
from kiosk.core.privacy import COMMENT_LIMIT, is_contact

FORM_LIMIT = 8_192
"""Bytes of a form at most."""
COOKIE = "kiosk_phone"
_COOKIE_S = 86_400
_HEADERS = {
    "content-security-policy": POLICY,
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow",
    "x-frame-options": "DENY",
}
_STATUS = {"elsewhere": 409, "used": 410, "closed": 410, "expired": 410, "invalid": 404, "many": 429, "busy": 503}
_DATABASE = (sa.exc.OperationalError, sa.exc.TimeoutError)
Page = Response[bytes]


def phone_router() -> Router:
    """The pages, with their own way of saying that something failed."""
    return Router(
        "/",
        route_handlers=[show_page, take_form],
        include_in_schema=False,
        exception_handlers=dict.fromkeys((*_DATABASE, Exception), _failed),
    )


@get(PATH + "{token:str}", sync_to_thread=True)
def show_page(token: FromPath[str], request: Asking, desk: AtDesk) -> Page:
    """How far the visit is to which this link leads. Nothing is bound by looking, and nobody waits for who looks."""
    with _looked(token, request, desk) as seen:
        if not isinstance(seen, Seen):
            return seen
        if not (seen.mine and seen.standing.is_due):
            return _shown(seen.connection, request, desk, seen.visit, seen.standing, seen.mine)
    with desk.store.transaction() as connection:  # once in a visit, by the phone that has it: its time is over
        standing = standing_of(connection, seen.visit, desk.now_ms(), seen.link)
        return _shown(connection, request, desk, seen.visit, standing, mine=True)


@post(PATH + "{token:str}", status_code=200, sync_to_thread=True)
def take_form(token: FromPath[str], request: Asking, desk: AtDesk) -> Page:
    """One step: begin, a level, or why."""
    language, form, now_ms = language_of(request), form_of(request), desk.now_ms()
    with _looked(token, request, desk) as found:
        if not isinstance(found, Seen):
            return found
    visit, link, step = found.visit, found.link, form.get("step", [""])[0]
    if not found.mine and (step, found.standing.state) != ("begin", "unopened"):
        return _back(language)
    with desk.store.transaction() as connection:
        standing = standing_of(connection, visit, now_ms, link)
        mine = is_bound_to(standing, request.cookies.get(COOKIE, ""))
        rating = standing.rating
        match step, standing.state:
            case "begin", "unopened":
                return _begin(connection, request, visit, link, now_ms)
            case "level", "opened" if mine and (level := LETTERS.get(form.get("level", [""])[0])):
                seen = seen_on(language, desk.options)
                tap_level(connection, visit.device, visit.visit_id, level, desk.options.version, seen, now_ms)
            case "why", "opened" if mine and rating is not None:
                place = place_of(connection, visit)
                words, hint = _words(form, rating.level, place, desk)
                if hint:
                    chosen = words.reasons + words.local_reasons
                    written = Written(chosen, words.comment, words.contact, hint)
                    return _html(why_page(language, place, desk.options, rating.level, written), 422)
                finish(connection, rating, words, now_ms)
                end(connection, visit, standing.bound_to, now_ms)
            case "why", "rated" if mine and rating is not None and not rating.finished:
                _add_late(connection, form, rating, place_of(connection, visit), desk, now_ms)
            case _:
                pass
    return _back(language)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a link leads to, at a glance. `mine`: whether who asks is the phone that has the visit."""

    connection: sa.Connection
    visit: Visit
    link: PhoneLink
    standing: Standing
    mine: bool


@contextmanager
def _looked(token: str, request: Asking, desk: DeskValue) -> Iterator[Seen | Page]:
    """Look at a link without holding anybody up; or the page for who comes too often, or with a link that is none. The
    phone that has the visit has a turn of its own, which nobody can take by calling as often."""
    address, language = address_of(request), language_of(request)
    cookie, limits = request.cookies.get(COOKIE, ""), desk.phone_limits
    wait_s = limits.wait_for_address_s(address)
    if wait_s:
        yield _many(language, wait_s)
        return
    wait_s = limits.wait_for_link_s(address, token)
    if wait_s and not cookie:
        yield _many(language, wait_s)
        return
    with desk.store.reading() as connection:
        found = find_link(connection, token)
        if found is None:
            yield _invalid(request, desk, language)
            return
        visit, link = found
        standing = look_at(connection, visit, desk.now_ms(), link)
        mine = is_bound_to(standing, cookie)
        if wait_s and mine:
            wait_s = limits.wait_for_link_s(address, token, cookie)
        yield _many(language, wait_s) if wait_s else Seen(connection, visit, link, standing, mine)


def _shown(
    connection: sa.Connection, request: Asking, desk: DeskValue, visit: Visit, standing: Standing, mine: bool
) -> Page:
    language = language_of(request)
    match standing.state:
        case "unopened":
            return _html(begin_page(language, place_of(connection, visit)))
        case "opened" if mine:
            place = place_of(connection, visit)
            if standing.rating is None or "again" in request.query_params:
                return _html(level_page(language, place, desk.options))
            return _html(why_page(language, place, desk.options, standing.rating.level))
        case "rated" if mine and standing.rating is not None:
            return _html(thanks_page(language, standing.rating.receipt))
        case "opened":
            return _plain(language, "elsewhere")
        case "rated":
            return _plain(language, "used")
        case state:
            return _plain(language, state)


def _begin(connection: sa.Connection, request: Asking, visit: Visit, link: PhoneLink, now_ms: int) -> Page:
    key = secrets.token_urlsafe(32)
    open_visit(connection, visit, link, bound(key), now_ms)
    page = urlsplit(phone_page_of(connection, visit))
    path = page.path.rstrip("/") + request.url.path
    secure = "; Secure" if "https" in (page.scheme, request.url.scheme) else ""
    cookie = f"{COOKIE}={key}; Path={path}; Max-Age={_COOKIE_S}; HttpOnly; SameSite=Strict{secure}"
    return _back(language_of(request), {"set-cookie": cookie})


def _words(form: dict[str, list[str]], level: Level, place: Place, desk: DeskValue) -> tuple[Words, str]:
    """What was said, of what the level offers, and the key of a hint if that is not enough."""
    offered = {option.code for option in desk.options.by_level[level]}
    own = {reason.code for reason in (place.local_reasons or {}).get(level, ())}
    words = Words(
        tuple(dict.fromkeys(code for code in form.get("reason", []) if code in offered)),
        tuple(dict.fromkeys(code for code in form.get("local", []) if code in own)),
        text_of(form, "comment")[:COMMENT_LIMIT],
        text_of(form, "contact")[:20] if place.callbacks else "",
    )
    if level.negative and not (words.reasons or words.local_reasons or words.comment):
        return words, "why.reason_needed"
    if words.contact and not is_contact(words.contact):
        return words, "why.contact_unclear"
    return words, ""


def _add_late(
    connection: sa.Connection,
    form: dict[str, list[str]],
    rating: PhoneRating,
    place: Place,
    desk: DeskValue,
    now_ms: int,
) -> None:
    """The level was sealed before the citizen had done with the reasons: what they say now is added in words."""
    words, _ = _words(form, rating.level, place, desk)
    national = [option.zh for option in desk.options.by_level[rating.level] if option.code in words.reasons]
    own = (place.local_reasons or {}).get(rating.level, ())
    local = [reason.words["zh-CN"] for reason in own if reason.code in words.local_reasons]
    said = "；".join([*([words.comment] if words.comment else []), *national, *local])[:COMMENT_LIMIT]
    if said:
        add_words(connection, rating.receipt, said, now_ms)


def _invalid(request: Asking, desk: DeskValue, language: str) -> Page:
    """Malformed, unknown, revoked, retired, forged: one page for all. Addresses that bring too many wait; a link that
    holds is served all the same."""
    address = address_of(request)
    wait_s = desk.guesses.wait_s(address)
    if wait_s:
        return _many(language, wait_s)
    desk.guesses.missed(address)
    return _plain(language, "invalid")


def _many(language: str, wait_s: int) -> Page:
    return _plain(language, "many", {"retry-after": str(wait_s)})


def _failed(request: Asking, fault: Exception) -> Page:
    """What went wrong is in the log; a citizen reads no exception."""
    answer = problems.answer_database if isinstance(fault, _DATABASE) else problems.answer_bug
    answer(request, fault)  # type: ignore[arg-type]
    return _plain(language_of(request), "busy", {"retry-after": "10"})


def _back(language: str, headers: dict[str, str] | None = None) -> Page:
    return Response(b"", status_code=303, headers={**_HEADERS, "location": f"?lang={language}", **(headers or {})})


def _plain(language: str, name: str, headers: dict[str, str] | None = None) -> Page:
    return _html(plain_page(language, name), _STATUS[name], headers)


def _html(page: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Page:
    return Response(
        page, status_code=status, media_type="text/html; charset=utf-8", headers={**_HEADERS, **(headers or {})}
    )
