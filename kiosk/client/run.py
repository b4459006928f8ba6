"""Does one command: calls the station, prints what it said, and gives the exit code that a calling program reads."""

import argparse
import json
import locale
import os
import secrets
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kiosk.client.line import Answer, Away, Misused, Station, Stranger
from kiosk.client.words import refusal, say, state_name

EX_REFUSED = 1
EX_UNAVAILABLE = 69
EX_TEMPFAIL = 75
EX_NOPERM = 77
EX_CONFIG = 78
EX_INTERRUPTED = 130

FINGERPRINT_ENDING = ".sha256"
AGAIN = ("busy", "too_many")
"""Refusals that changed nothing and are over in a moment."""
_CODES = {
    **dict.fromkeys((*AGAIN, "unconfirmed", "pin_paused", "central_away", "too_many_listeners"), EX_TEMPFAIL),
    **dict.fromkeys(("unauthorized", "wrong_host", "wrong_origin"), EX_NOPERM),
    "terminal_away": EX_UNAVAILABLE,
}
_PAUSE_S = 0.1
_RETURN_S = (0.25, 0.5, 1.0, 2.0, 4.0)


class _NoVisit(Exception):
    """None is named, and none runs."""


def run(options: argparse.Namespace, home: Path) -> int:
    """Run one of the client's commands. `home`: of the terminal whose token is used where no file is named."""
    language = options.language or system_language()
    for stream in (sys.stdout, sys.stderr):
        if not stream.isatty():
            stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a pipe's encoding is another everywhere
    path = options.token_file or home / "station.token"
    try:
        token = path.read_text("ascii").strip()
        if not token.isprintable():
            raise ValueError("this is not one line of text")
    except (OSError, ValueError) as fault:
        return _complain(EX_CONFIG, say(language, "no_token", path=path, why=getattr(fault, "strerror", None) or fault))
    client = Client(Station(options.station, token, _fingerprint(options, path)), options, language)
    try:
        return client.run()
    except Misused as fault:
        return _complain(EX_CONFIG, str(fault))
    except Away as fault:
        return _complain(EX_UNAVAILABLE, say(language, "away", why=fault))
    except Stranger as fault:
        return _complain(EX_NOPERM, say(language, "stranger", digest=fault))
    except _NoVisit:
        return _complain(EX_REFUSED, say(language, "no_visit"))
    except KeyboardInterrupt:
        return EX_INTERRUPTED
    except BrokenPipeError:  # whoever read this has had enough
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - for what the interpreter flushes at its end
        return 0


def _fingerprint(options: argparse.Namespace, key_file: Path) -> str:
    """As it was said, else as `kiosk station pair` kept it beside the key."""
    said: str = options.certificate_sha256
    if said or not options.station.startswith("https:"):
        return said
    try:
        return key_file.with_name(key_file.name + FINGERPRINT_ENDING).read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


def system_language() -> str:
    """The language of whoever runs this, as far as the system tells."""
    named = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), None)
    if named is None and sys.platform == "win32":
        named = locale.getlocale()[0]
    return "zh-CN" if (named or "").lower().startswith(("zh", "chinese")) else "en"


class Client:
    """One command at one station."""

    def __init__(self, station: Station, options: argparse.Namespace, language: str) -> None:
        self._station = station
        self._options = options
        self._language = language

    def run(self) -> int:
        """The exit code."""
        options = self._options
        match options.command, getattr(options, "what", None):
            case "visit", "start":
                return self._start()
            case "visit", "invite":
                return self._do("POST", f"/visits/{self._visit()}/invitation")
            case "visit", _:
                return self._do("POST", f"/visits/{self._visit()}/cancellation", {"reason": options.reason})
            case "staff", "in":
                return self._sign_in()
            case "staff", _:
                return self._do("DELETE", "/staff")
            case "pause", _:
                told = {"reason": options.reason, "kind": options.kind, "expected_return": options.until}
                return self._do("PUT", "/pause", told)
            case "resume", _:
                return self._do("DELETE", "/pause")
            case "call", _:
                return self._do("POST", "/calls", {"number": options.number})
            case _:
                return self._follow() if options.follow else self._print_state()

    def _start(self) -> int:
        options = self._options
        told = {
            "matter": _given({"code": options.matter, "name": options.matter_name}),
            "case_number": options.case,
            "service_number": options.service_number,
            "stage": options.stage,
            "slip": options.slip,
            "citizen_name": options.citizen_name,
            "invite": options.invite,
        }
        key = options.key if options.key is not None else secrets.token_hex(16)
        if not (0 < len(key) <= 128 and key.isascii() and all("!" <= character <= "~" for character in key)):
            raise Misused("--key takes 1 to 128 visible ASCII characters")
        answer = self._ask("POST", "/visits", told, {"Idempotency-Key": key}, (*AGAIN, "unconfirmed"))
        return self._tell(answer, answer.body["visit_id"] if answer.status < 400 else "")

    def _sign_in(self) -> int:
        told = {"number": self._options.number}
        if self._options.pin:
            pin = self._read_pin()
            if not pin:
                return _complain(EX_CONFIG, say(self._language, "no_pin"))
            told["pin"] = pin
        return self._do("PUT", "/staff", told)

    def _read_pin(self) -> str:
        """Never from the command line, which every program of the machine may read."""
        if sys.stdin.isatty():
            import getpass

            return getpass.getpass(say(self._language, "pin"))
        return sys.stdin.readline().rstrip("\r\n")

    def _visit(self) -> str:
        if self._options.visit:
            return quote(self._options.visit, safe="")
        answer = self._ask("GET", "/state")
        visit = answer.body.get("visit") if answer.status == 200 else None
        if answer.status == 200 and (not visit or visit["outcome"] is not None):
            raise _NoVisit
        return str(visit["visit_id"]) if visit else "-"  # refused here as there: the same words

    def _do(self, method: str, path: str, body: dict[str, Any] | None = None) -> int:
        answer = self._ask(method, path, body)
        return self._tell(answer, self._done(answer) if answer.status < 400 else "")

    def _ask(
        self, method: str, path: str, body: dict[str, Any] | None = None, headers: Mapping[str, str] | None = None,
        again: tuple[str, ...] = AGAIN,
    ) -> Answer:  # fmt: skip
        until = time.monotonic() + self._options.wait
        while True:
            answer = self._station.call(method, path, None if body is None else _given(body), headers)
            if answer.code not in again or time.monotonic() >= until:
                return answer
            time.sleep(_PAUSE_S)

    def _done(self, answer: Answer) -> str:
        return say(self._language, "done", state=state_name(self._language, str(answer.body.get("state"))))

    def _tell(self, answer: Answer, words: str) -> int:
        """Print what the station answered, and give the exit code."""
        if self._options.json:
            _print(json.dumps(answer.body, ensure_ascii=False))
        elif answer.status < 400:
            _print(words)
        if answer.status < 400:
            return 0
        told = refusal(self._language, answer.code, answer.body)
        if answer.wait_s:
            told += " " + say(self._language, "wait", seconds=answer.wait_s)
        return _complain(_CODES.get(answer.code, EX_REFUSED), told)

    def _print_state(self) -> int:
        answer = self._ask("GET", "/state")
        return self._tell(answer, self._line(answer.body) if answer.status < 400 else "")

    def _follow(self) -> int:
        """Print each state until the reader has had enough; a line that is lost is taken up again."""
        failures = 0
        while True:
            try:
                for state in self._station.follow():
                    if isinstance(state, Answer):
                        if state.code not in ("too_many_listeners", *AGAIN):
                            return self._tell(state, "")
                        break
                    failures = 0
                    _print(json.dumps(state, ensure_ascii=False) if self._options.json else self._line(state))
            except Away as fault:
                _complain(EX_UNAVAILABLE, say(self._language, "away", why=fault))
            time.sleep(_RETURN_S[min(failures, len(_RETURN_S) - 1)])
            failures += 1

    def _line(self, state: dict[str, Any]) -> str:
        language, visit, staff = self._language, state.get("visit"), state.get("staff")
        parts = [state_name(language, str(state.get("state")))]
        if visit and visit["outcome"] is None:
            parts.append(say(language, "visit", visit=visit["visit_id"]))
            if visit.get("open_s"):
                parts.append(say(language, "open", seconds=visit["open_s"]))
        who = f"{staff['number']} {staff['name']}" if staff else ""
        parts.append(say(language, "staff", staff=who) if staff else say(language, "nobody"))
        if state.get("called"):
            parts.append(say(language, "called", number=state["called"]))
        parts.append(say(language, "unsent", entries=state.get("unsent", 0)))
        return " · ".join(parts)


def _given(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value is not None and value is not False}


def _print(text: str) -> None:
    print(text, flush=True)


def _complain(code: int, words: str) -> int:
    print(words, file=sys.stderr, flush=True)
    return code
