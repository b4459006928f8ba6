"""The settings a technician may write, `<home>/kiosk.toml`: all optional, taken as a whole or not at all.

Invariant: every fault is told at once, each with its key, its line, what was found and what is allowed; a key that is
not known is a fault, so that a misspelt setting is never silently without effect.
"""

import difflib
import ipaddress
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec
from msgspec import Meta

from kiosk.device.files import read_file
from kiosk.device.toml_lines import key_lines
from kiosk.protocol.address import is_loopback
from kiosk.protocol.pinning import DEFAULT_LAN_PORT
from kiosk.protocol.station import DEFAULT_PORT

DEFAULT_LANGUAGE = "zh-CN"
_LIMIT = 256 * 1024
_SHOWN = 80
_SYNTAX_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")

_USER_IN_ADDRESS = re.compile(r"//[^/@\s]*@")


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Base of the tables. A key's `description` is what a technician reads as allowed."""


_ADDRESS = r"^(https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{{1,5}})?(/[A-Za-z0-9._~/-]*)?){}$"
_ADDRESS_WORDS = 'an address such as "https://central.example", without user, query or fragment'
CaFile = Annotated[str, Meta(description="the path of a PEM file with the authorities to trust, or empty")]
PlainHttp = Annotated[bool, Meta(description="true or false; loopback needs no permission")]
Proxy = Annotated[
    str,
    Meta(
        pattern=r"^(https?://[^\s@/?#]+/?)?$",
        description='an address such as "http://proxy.example:3128", or empty',
    ),
]


class Central(Table, frozen=True, kw_only=True):
    """Where central is and how it is reached."""

    url: Annotated[str, Meta(pattern=_ADDRESS.format("?"), description=_ADDRESS_WORDS)] = ""
    ca_file: CaFile = ""
    allow_plain_http: PlainHttp = False
    proxy: Proxy = ""


class Mirror(Table, frozen=True, kw_only=True):
    """Another place that gets every entry, as an auditor's: without personal data, and enrolled under its name."""

    name: Annotated[
        str,
        Meta(
            pattern=r"^[a-z0-9][a-z0-9-]{0,31}$",
            description='up to 32 lower-case letters, digits and hyphens, such as "auditor"; each once, not "central"',
        ),
    ]
    url: Annotated[str, Meta(pattern=_ADDRESS.format(""), description=_ADDRESS_WORDS)]
    ca_file: CaFile = ""
    allow_plain_http: PlainHttp = False
    proxy: Proxy = ""


_LAN_WORDS = 'one address of this machine such as "192.168.1.20", or empty; not 0.0.0.0, which would be every network'


class Station(Table, frozen=True, kw_only=True):
    """The station API on loopback; port 0 switches it off. `allowed_origins`: web pages that may call it.

    `lan_address`: besides, over TLS and for paired programs, on this address of the machine; empty, as it is unless
    someone writes it, serves nobody beyond loopback. All addresses at once cannot be asked for.
    """

    port: Annotated[int, Meta(ge=0, le=65535, description="a whole number from 0 (none) to 65535")] = DEFAULT_PORT
    allowed_origins: Annotated[
        tuple[Annotated[str, Meta(pattern=r"^https?://[^\s/@?#]+$")], ...],
        Meta(description='a list of origins such as "https://hall.example", without a path'),
    ] = ()
    lan_address: Annotated[str, Meta(max_length=64, description=_LAN_WORDS)] = ""
    lan_port: Annotated[int, Meta(ge=1, le=65535, description="a whole number from 1 to 65535")] = DEFAULT_LAN_PORT


OnOff = Annotated[bool, Meta(description="true or false")]


class Screen(Table, frozen=True, kw_only=True):
    """Which screen, how large, how high. `name`, `size`, `position`: which of several is the citizen's, as
    `kiosk displays` lists them; what is set must all fit. `windowed` is for a desk; empty means fullscreen. Diagonal 0:
    as the system measures; `lower_edge_mm`: of the glass above the floor, 0: not known. `large` to `spoken`: how it
    looks to everyone who comes, until they choose otherwise."""

    name: Annotated[
        str,
        Meta(max_length=200, description="the name, model or serial number that the system gives a screen, or empty"),
    ] = ""
    size: Annotated[
        str,
        Meta(
            pattern=r'^([1-9]\d{2,4}x[1-9]\d{2,4}|[1-9]\d{1,3}x[1-9]\d{1,3} ?mm|[1-9]\d?(\.\d)? ?(in|"))?$',
            description='a size such as "1280x800", "217x136mm" or "10.1in", or empty',
        ),
    ] = ""
    position: Annotated[
        Literal["", "left", "right", "second", "primary", "not primary"],
        Meta(description='"left", "right", "second", "primary", "not primary", or empty'),
    ] = ""
    windowed: Annotated[
        str, Meta(pattern=r"^([1-9][0-9]{2,4}x[1-9][0-9]{2,4})?$", description='a size such as "1280x800", or empty')
    ] = ""
    diagonal_inches: Annotated[
        float, Meta(ge=0, le=200, description="a number of inches from 0 (as measured) to 200")
    ] = 0.0
    lower_edge_mm: Annotated[
        int, Meta(ge=0, le=2500, description="a whole number of millimetres from 0 (not known) to 2500")
    ] = 0
    large: OnOff = False
    contrast: OnOff = False
    still: OnOff = False
    low: OnOff = False
    left: OnOff = False
    spoken: OnOff = False


class Speech(Table, frozen=True, kw_only=True):
    """Whether the terminal may speak, and with which of the system's voices; empty: the first that fits."""

    enabled: OnOff = True
    voice: Annotated[str, Meta(max_length=200, description="a voice's name as the system gives it, or empty")] = ""


class Secrets(Table, frozen=True, kw_only=True):
    """Where secrets are kept, and what to do where the machine has no key store."""

    store: Annotated[Literal["auto", "keyring", "file"], Meta(description='"auto", "keyring" or "file"')] = "auto"
    fallback: Annotated[Literal["file", "refuse"], Meta(description='"file" or "refuse"')] = "file"


class Sync(Table, frozen=True, kw_only=True):
    """How often the terminal reports to central, how long it waits at most before it tries again, and over how long the
    terminals of its city spread their return after an outage; in seconds."""

    heartbeat_s: Annotated[int, Meta(ge=10, le=3600, description="a whole number of seconds from 10 to 3600")] = 60
    retry_max_s: Annotated[int, Meta(ge=2, le=3600, description="a whole number of seconds from 2 to 3600")] = 300
    spread_s: Annotated[int, Meta(ge=1, le=3600, description="a whole number of seconds from 1 to 3600")] = 120


class Journal(Table, frozen=True, kw_only=True):
    """How long the terminal keeps what central has countersigned."""

    keep_days: Annotated[int, Meta(ge=1, le=3650, description="a whole number of days from 1 to 3650")] = 90


class Memory(Table, frozen=True, kw_only=True):
    """Above so much of it the terminal begins anew as soon as nobody is before it; 0: never. It has some 170 MiB
    at the start, and stays below 250 however many visits there are."""

    ceiling_mib: Annotated[
        int, Meta(ge=0, le=65536, description="a whole number of MiB from 0 (no ceiling) to 65536")
    ] = 1024


class Glass(Table, frozen=True, kw_only=True):
    """The screen while nobody is before it. `dark`: outside the hall's hours, `dark_after_min` minutes after they ended
    and until `wake_before_min` before they begin; a touch wakes it. `shift_every_min`: how often the page moves by two
    pixels, so that it does not burn in; 0: never. `brightness`: by the hour, where the screen's light can be set."""

    dark: OnOff = True
    dark_after_min: Annotated[int, Meta(ge=0, le=1440, description="a whole number of minutes from 0 to 1440")] = 30
    wake_before_min: Annotated[int, Meta(ge=0, le=1440, description="a whole number of minutes from 0 to 1440")] = 15
    shift_every_min: Annotated[
        int, Meta(ge=0, le=1440, description="a whole number of minutes from 0 (never) to 1440")
    ] = 10
    brightness: Annotated[
        tuple[
            Annotated[
                str,
                Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d ([5-9]|[1-9]\d|100)$"),
            ],
            ...,
        ],
        Meta(description='a list of times and percents (5 to 100) such as "18:00-08:00 40"; the first that fits holds'),
    ] = ()


class Settings(Table, frozen=True, kw_only=True):
    """The whole of `kiosk.toml`. `language`: the screen comes home to it; which there are, the translations say."""

    language: Annotated[
        str, Meta(description='the tag of a language that has a file in assets/translations, such as "zh-CN"')
    ] = DEFAULT_LANGUAGE
    central: Central = Central()
    station: Station = Station()
    screen: Screen = Screen()
    speech: Speech = Speech()
    secrets: Secrets = Secrets()
    sync: Sync = Sync()
    journal: Journal = Journal()
    memory: Memory = Memory()
    glass: Glass = Glass()
    mirror: tuple[Mirror, ...] = ()


@dataclass(frozen=True, slots=True)
class SettingsFault:
    """One fault. `key`: dotted, empty for the file as a whole; `line`: from 1, or 0 where none can be named."""

    key: str
    line: int
    found: str
    allowed: str

    def __str__(self) -> str:
        """The fault as one line for a technician."""
        where = f"line {self.line}: " if self.line else ""
        name = f"{self.key}: " if self.key else ""
        return f"{where}{name}found {self.found}; allowed is {self.allowed}"


class SettingsRefused(Exception):
    """The settings do not hold; `faults` has every reason, by line. The caller starts nothing and exits with 78."""

    def __init__(self, path: Path, faults: tuple[SettingsFault, ...]) -> None:
        super().__init__("\n".join([f"{path} is refused:", *(f"  {fault}" for fault in faults)]))
        self.path = path
        self.faults = faults


def read_settings(path: Path, languages: Sequence[str] = (DEFAULT_LANGUAGE,)) -> Settings:
    """The settings in this file; the defaults if there is no file. `languages`: which the screen has words in.

    Raises SettingsRefused.
    """
    try:
        raw = read_file(path, _LIMIT)
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError) as fault:
        raise SettingsRefused(path, (SettingsFault("", 0, str(fault), "a readable file"),)) from fault
    return _parse(path, raw, languages)


def _parse(path: Path, raw: bytes, languages: Sequence[str]) -> Settings:
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        found = tomllib.loads(text)
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        byte = f"the byte 0x{raw[fault.start]:02x}"
        raise SettingsRefused(path, (SettingsFault("", line, byte, "text in UTF-8"),)) from fault
    except tomllib.TOMLDecodeError as fault:
        raise SettingsRefused(path, (_syntax_fault(str(fault), text),)) from fault
    faults = _table_faults(found, Settings, ())
    language = found.get("language", DEFAULT_LANGUAGE)
    if isinstance(language, str) and language not in languages:
        faults.append((("language",), _shown(language), _one_of(languages)))
    if not faults:
        settings = msgspec.convert(found, Settings, strict=True)
        faults = list(_joint_faults(settings))
        if not faults:
            return settings
    lines = key_lines(text)
    placed = [SettingsFault(_dotted(key), _line(lines, key), shown, allowed) for key, shown, allowed in faults]
    raise SettingsRefused(path, tuple(sorted(placed, key=lambda fault: fault.line)))


_Fault = tuple[tuple[str, ...], str, str]


def _table_faults(found: dict[str, Any], table: type[Table], above: tuple[str, ...]) -> list[_Fault]:
    fields = {each.name: each for each in msgspec.structs.fields(table)}
    faults: list[_Fault] = []
    for name, value in found.items():
        key = (*above, name)
        if name not in fields:
            faults.append((key, "an unknown key", _nearest(key)))
        elif (within := _table_of(fields[name].type)) is not None:
            faults += _faults_within(value, within, key, listed=within is not fields[name].type)
        else:
            kind = fields[name].type
            try:
                msgspec.convert(value, kind, strict=True)
            except msgspec.ValidationError:
                faults.append((key, _shown(value), _allowed(kind)))
    missing = [each for name, each in fields.items() if each.required and name not in found]
    return [*faults, *(((*above, each.name), "nothing", _allowed(each.type)) for each in missing)]


def _faults_within(value: Any, table: type[Table], key: tuple[str, ...], listed: bool) -> list[_Fault]:
    """Of one table, or of a list of tables, which are numbered from 1."""
    if not listed:
        return (
            _table_faults(value, table, key)
            if isinstance(value, dict)
            else [(key, _shown(value), f"a table [{_dotted(key)}]")]
        )
    if not (isinstance(value, list) and all(isinstance(each, dict) for each in value)):
        return [(key, _shown(value), f"tables [[{_dotted(key)}]]")]
    return [
        fault for number, each in enumerate(value, 1) for fault in _table_faults(each, table, (*key, f"[{number}]"))
    ]


def _table_of(kind: Any) -> type[Table] | None:
    """The table that a key holds, or holds a list of; None for a plain value."""
    if get_origin(kind) is tuple:
        kind = get_args(kind)[0]
    return kind if isinstance(kind, type) and issubclass(kind, Table) else None


def _joint_faults(settings: Settings) -> list[_Fault]:
    faults: list[_Fault] = []
    names = ["central"]
    for number, mirror in enumerate(settings.mirror, 1):
        if mirror.name in names:
            faults.append((("mirror", f"[{number}]", "name"), _shown(mirror.name), "a name that no other place has"))
        names.append(mirror.name)
    if settings.station.lan_address and not _is_one_address(settings.station.lan_address):
        faults.append((("station", "lan_address"), _shown(settings.station.lan_address), _LAN_WORDS))
    placed: list[tuple[tuple[str, ...], Central | Mirror]] = [(("central",), settings.central)]
    placed += [(("mirror", f"[{number}]"), mirror) for number, mirror in enumerate(settings.mirror, 1)]
    for key, place in placed:
        if place.url.startswith("http:") and not (place.allow_plain_http or is_loopback(place.url)):
            allowed = "https, a loopback address, or allow_plain_http = true beside it"
            faults.append(((*key, "url"), _shown(place.url), allowed))
    return faults


def _is_one_address(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not (address.is_unspecified or address.is_multicast or "%" in text or text == "255.255.255.255")


def known_keys() -> tuple[str, ...]:
    """Every key there is, dotted."""
    return tuple(_keys(Settings, ""))


def _keys(table: type[Table], above: str) -> list[str]:
    keys: list[str] = []
    for each in msgspec.structs.fields(table):
        within = _table_of(each.type)
        keys += [f"{above}{each.name}", *(_keys(within, f"{above}{each.name}.") if within else [])]
    return keys


def _nearest(key: tuple[str, ...]) -> str:
    """What may have been meant: the nearest name in the same table, else the same name in another."""
    above = ".".join(part for part in key[:-1] if not part.startswith("["))
    beside = {name: each for each in known_keys() for table, _, name in [each.rpartition(".")] if table == above}
    if close := difflib.get_close_matches(key[-1], beside, n=1, cutoff=0.7):
        return f"a known key; did you mean {beside[close[0]]}?"
    for each in known_keys():
        if each.rpartition(".")[2] == key[-1]:
            return f"a known key; did you mean {each}?"
    return f"one of {', '.join(beside.values())}"


def _allowed(kind: Any) -> str:
    if get_origin(kind) is Annotated:
        for note in get_args(kind)[1:]:
            if isinstance(note, Meta) and note.description:
                return note.description
    raise AssertionError(f"a setting without a description of what is allowed: {kind}")


def _one_of(values: Sequence[str]) -> str:
    *most, last = (_shown(value) for value in values)
    return f"{', '.join(most)} or {last}" if most else last


def _shown(value: Any) -> str:
    match value:
        case bool():
            text = "true" if value else "false"
        case str():
            text = f'"{_USER_IN_ADDRESS.sub("//…@", value)}"'
        case dict():
            text = "a table"
        case list():
            text = "a list of " + (", ".join(_shown(item) for item in value) or "nothing")
        case _:
            text = str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _dotted(key: tuple[str, ...]) -> str:
    return ".".join(key).replace(".[", "[")


def _line(lines: dict[tuple[str, ...], int], key: tuple[str, ...]) -> int:
    while key:
        if key in lines:
            return lines[key]
        key = key[:-1]
    return 0


def _syntax_fault(words: str, text: str) -> SettingsFault:
    place = _SYNTAX_LINE.search(words)
    line = int(place[1]) if place and place[1] else text.count("\n") + 1
    return SettingsFault("", line, f"a fault of writing ({_SYNTAX_LINE.sub('', words)})", "TOML")
