"""`kiosk hall …`: the hall's own work at central from a command line: technicians, codes, replacements, revocations.

A client of central's API with the admin token. What is shown once is shown here, as text and as a QR code of text.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kiosk.answers import code_text
from kiosk.sync.client import HttpExchange, PlainHttpRefused, Route
from kiosk.sync.ports import Call, NoReply

DONE, REFUSED, EX_UNAVAILABLE, EX_CONFIG = 0, 1, 69, 78
_DAY_S = 86_400


class HallRefused(Exception):
    """Central refuses, or cannot be asked; the message says why. `code`: the exit code."""

    def __init__(self, words: str, code: int) -> None:
        super().__init__(words)
        self.code = code


class Desk:
    """Central, as the bearer of this token sees it. Raises PlainHttpRefused."""

    def __init__(self, url: str, token: str, ca_file: str = "", plain_http: bool = False) -> None:
        self.url = url
        self._token = token
        self._exchange = HttpExchange(Route(url, ca_file, "", plain_http), None)

    def ask(self, method: Any, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """One call's answer. Raises HallRefused."""
        headers = {"Authorization": f"Bearer {self._token}"}
        content = b"" if body is None else json.dumps(body).encode()
        reply = self._exchange.call(Call(method, path, content, headers=headers), 0)
        if isinstance(reply, NoReply):
            raise HallRefused(f"central cannot be reached: {reply.why}", EX_UNAVAILABLE)
        try:
            answer = json.loads(reply.body)
        except ValueError:
            raise HallRefused(f"what answered ({reply.status}) is not central", EX_UNAVAILABLE) from None
        if reply.status >= 400:
            raise HallRefused(f"{answer.get('title', reply.status)}. {answer.get('detail', '')}".strip(), REFUSED)
        return answer

    def all(self, path: str) -> Iterator[Any]:
        """Every item of a list."""
        after = ""
        while after is not None:
            page = self.ask("GET", f"{path}?limit=500{after and '&after=' + after}")
            yield from page["items"]
            after = page["next"]


def work(options: Any) -> int:
    """One command of `kiosk hall`."""
    try:
        token = Path(options.token_file).read_text("ascii").strip()
        desk = Desk(options.central.rstrip("/"), token, options.ca_file, options.allow_plain_http)
        _do(desk, options)
    except HallRefused as fault:
        print(fault, file=sys.stderr)
        return fault.code
    except (OSError, ValueError, PlainHttpRefused) as fault:
        print(fault, file=sys.stderr)
        return EX_CONFIG
    return DONE


def _do(desk: Desk, options: Any) -> None:
    match options.what:
        case "technician":
            body = {"hall": options.hall, "number": options.number, "name": options.name, "role": options.role}
            issued = desk.ask("POST", "/technicians", body)
            _show_once(issued["uri"], "Scan it with the technician's app now; it is never shown again.")
            print(f"for typing it in: {issued['secret']}")
        case "code":
            body = {
                "hall": options.hall, "window": options.window, "mode": options.mode,
                "valid_s": options.days * _DAY_S or 3600,
            }  # fmt: skip
            _show_code(desk, desk.ask("POST", "/enrolment-codes", body))
        case "replace":
            made = desk.ask("POST", f"/devices/{options.id}/replacement", {"valid_s": options.days * _DAY_S or 3600})
            _show_code(desk, made)
        case "revoke":
            print(json.dumps(_revoked(desk, options.kind, options.id), ensure_ascii=False))
        case _:
            for item in desk.all({"technicians": "/technicians", "codes": "/enrolment-codes"}[options.what]):
                print(json.dumps(item, ensure_ascii=False))


def _revoked(desk: Desk, kind: str, id_: str) -> Any:
    if kind == "device":
        return desk.ask("POST", f"/devices/{id_}/revocation")
    return desk.ask("DELETE", f"/{'technicians' if kind == 'technician' else 'enrolment-codes'}/{id_}")


def _show_code(desk: Desk, made: Mapping[str, Any]) -> None:
    _show_once(code_text(desk.url, made["code"]), f"One use, until {made['expires_at']}.")
    print(f"code: {made['code']}  id: {made['code_id']}")


def _show_once(text: str, words: str) -> None:
    import segno

    segno.make(text, error="m", micro=False).terminal(sys.stdout, compact=True)
    print(text)
    print(words)
