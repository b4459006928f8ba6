"""The answer file of an enrolment: where central is, how it is reached, by which code, and the unit's settings.

Taken as a whole or not at all. Its codes are its only secrets: one use each, for a time; the one that was used is wiped
from it. The keys: `central`, an address; `code`, or `codes`, of which the first that is not used yet is taken, or
tables `[[unit]]`, each a machine's own `code` by its `mac`, `serial` or `host`; `ca_pem`, the authorities to trust;
`proxy`; `allow_plain_http`; `kiosk_toml`, the settings as text, but for `[central]`.
"""

import platform
import re
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from kiosk.device.files import create_file, read_file, write_file
from kiosk.device.paths import Home
from kiosk.device.settings import SettingsRefused, read_settings

_LIMIT = 1_000_000
_TEXT = r"kiosk-enrol:1;(?P<url>https?://[^;\s]{1,200});(?P<code>[A-Za-z0-9-]{1,40})"
USED = "used-code"
"""What stands in the file where a code was."""
Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9 -]{8,40}$")]


class _Shape(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Unknown keys are refused by name."""


class Machine(_Shape, frozen=True):
    """One unit of a batch: all of these that are given must be this machine's."""

    code: Code
    mac: str = ""
    serial: str = ""
    host: str = ""


class Answers(_Shape, frozen=True):
    """The file. See above."""

    central: Annotated[str, Meta(pattern=r"^https?://[^\s?#]{1,200}$")]
    code: Code | None = None
    codes: tuple[Code, ...] = ()
    unit: tuple[Machine, ...] = ()
    ca_pem: str = ""
    proxy: str = ""
    allow_plain_http: bool = False
    kiosk_toml: str = ""


class Facts(msgspec.Struct, frozen=True):
    """By what a machine is known."""

    macs: frozenset[str] = frozenset()
    serial: str = ""
    host: str = ""


class AnswersRefused(Exception):
    """The file does not hold; the message says where, and names no code."""


def read_answers(path: Path, languages: Sequence[str]) -> Answers:
    """The file, checked as a whole, with the settings in it. Raises AnswersRefused, OSError."""
    try:
        answers = msgspec.convert(tomllib.loads(read_file(path, _LIMIT).decode()), Answers, strict=True)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as fault:
        raise AnswersRefused(f"{path}: {fault}") from None
    if not (answers.code or answers.codes or answers.unit):
        raise AnswersRefused(f"{path}: there is no code in it: code, codes or [[unit]]")
    if any(not (one.mac or one.serial or one.host) for one in answers.unit):
        raise AnswersRefused(f"{path}: a [[unit]] needs a mac, a serial or a host")
    if answers.ca_pem and "-----BEGIN CERTIFICATE-----" not in answers.ca_pem:
        raise AnswersRefused(f"{path}: ca_pem holds no certificate")
    if re.search(r"^\s*\[+\s*central\b", answers.kiosk_toml, re.MULTILINE):
        raise AnswersRefused(f"{path}: what [central] says is said by central, ca_pem, proxy and allow_plain_http")
    draft = path.with_name(f".{path.name}.settings")
    try:
        write_file(draft, _settings_text(answers, path.with_name("central-ca.pem")).encode())
        read_settings(draft, languages)
    except SettingsRefused as fault:
        raise AnswersRefused(f"{path}: the settings do not hold: {fault}") from None
    finally:
        draft.unlink(missing_ok=True)
    return answers


def read_code_text(text: str) -> tuple[str, str]:
    """Central's address and the code, out of the one line that a QR code of central holds. Raises AnswersRefused."""
    found = re.fullmatch(_TEXT, text.strip())
    if found is None:
        raise AnswersRefused("that is no enrolment line: it begins with kiosk-enrol:1;")
    return found["url"], found["code"]


def code_text(url: str, code: str) -> str:
    """The line, for a QR code or for typing."""
    return f"kiosk-enrol:1;{url};{code}"


def lay_out_settings(home: Home, answers: Answers) -> None:
    """Write the settings and the authorities. Raises AnswersRefused: there are others already, which nobody overwrites;
    OSError."""
    ca_file = home.root / "central-ca.pem"
    text = _settings_text(answers, ca_file).encode()
    if answers.ca_pem:
        write_file(ca_file, answers.ca_pem.encode())
    if not create_file(home.settings, text) and read_file(home.settings, _LIMIT) != text:
        raise AnswersRefused(f"{home.settings} is there already and says something else; remove one of the two")


def codes_for(answers: Answers, machine: Facts) -> tuple[str, ...]:
    """The codes that are this machine's to try, in order."""
    own = next((one.code for one in answers.unit if _is(one, machine)), None)
    found = (own,) if own is not None else (*((answers.code,) if answers.code else ()), *answers.codes)
    return tuple(code for code in found if code != USED)


def wipe(path: Path, code: str) -> None:
    """Take the used code out of the file: what stands there then is used. Raises OSError."""
    write_file(path, read_file(path, _LIMIT).replace(code.encode(), USED.encode()))


def this_machine(system: Path = Path("/sys")) -> Facts:
    """What this one says of itself; empty where it does not, or only to root."""

    def said(path: Path) -> str:
        try:
            return path.read_text("ascii").strip()
        except (OSError, ValueError):
            return ""

    macs = frozenset(filter(None, (said(path).lower() for path in (system / "class/net").glob("*/address"))))
    return Facts(macs, said(system / "class/dmi/id/product_serial"), platform.node())


def _is(one: Machine, machine: Facts) -> bool:
    given: list[tuple[str, Callable[[str], bool]]] = [
        (one.mac, lambda mac: mac.lower().replace("-", ":") in machine.macs),
        (one.serial, lambda serial: serial == machine.serial),
        (one.host, lambda host: host == machine.host),
    ]
    return all(holds(value) for value, holds in given if value)


def _settings_text(answers: Answers, ca_file: Path) -> str:
    def quoted(text: str) -> str:
        return msgspec.json.encode(text).decode()  # a JSON string is a TOML one

    lines = [answers.kiosk_toml.strip(), "", "[central]", f"url = {quoted(answers.central)}"]
    if answers.ca_pem:
        lines.append(f"ca_file = {quoted(str(ca_file))}")
    if answers.proxy:
        lines.append(f"proxy = {quoted(answers.proxy)}")
    if answers.allow_plain_http:
        lines.append("allow_plain_http = true")
    return "\n".join(lines).lstrip() + "\n"
