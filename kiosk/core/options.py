"""The national list of reasons (评价内容), loaded once and checked as a whole.

Options are matched by code, never by text. A list that is not exactly the national shape is refused: five levels,
eight live options each, three of them core, no code twice, no retired code alive (DOMAIN: options are version-managed
and may not be added to or removed without permission).
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kiosk.core.levels import Level

CORE_PER_LEVEL = 3
OPTIONS_PER_LEVEL = 8


class OptionListError(ValueError):
    """The option list is not the national one; the message names the fault."""


@dataclass(frozen=True, slots=True)
class Option:
    """One reason: its national code, its words in both languages, and whether it is one of the three core ones."""

    code: str
    zh: str
    en: str
    core: bool


@dataclass(frozen=True, slots=True)
class OptionList:
    """The live options of every level, in the list's own order, and the codes that were retired. `digest`: SHA-256
    (hex) of the list as it was read, which a rating carries as part of what was seen."""

    version: str
    by_level: dict[Level, tuple[Option, ...]]
    labels: dict[Level, tuple[str, str]]
    retired: frozenset[str]
    digest: str = ""

    def core_of(self, level: Level) -> tuple[Option, ...]:
        """The three options shown first."""
        return tuple(option for option in self.by_level[level] if option.core)

    def extended_of(self, level: Level) -> tuple[Option, ...]:
        """The five options behind "more"."""
        return tuple(option for option in self.by_level[level] if not option.core)

    def unknown(self, level: Level, codes: Iterable[str]) -> tuple[str, ...]:
        """The codes that this level does not offer, retired ones among them, in the order given."""
        offered = {option.code for option in self.by_level[level]}
        return tuple(code for code in codes if code not in offered)


def load_options(text: str | bytes) -> OptionList:
    """Read and check the national option list.

    Raises OptionListError with the first fault found.
    """
    try:
        raw = json.loads(text)
    except ValueError as fault:
        raise OptionListError(f"the option list is not JSON: {fault}") from fault
    try:
        digest = hashlib.sha256(text if isinstance(text, bytes) else text.encode()).hexdigest()
        return _check(raw, digest)
    except (KeyError, TypeError) as fault:
        raise OptionListError(f"the option list lacks or garbles {fault}") from fault


def _check(raw: dict[str, Any], digest: str) -> OptionList:
    retired = frozenset(str(code) for code in raw["retired_codes"])
    by_level: dict[Level, tuple[Option, ...]] = {}
    labels: dict[Level, tuple[str, str]] = {}
    seen: set[str] = set()
    for item in raw["levels"]:
        try:
            level = Level(item["id"])
        except ValueError as fault:
            raise OptionListError(f"unknown level {item['id']!r}") from fault
        if level in by_level:
            raise OptionListError(f"level {level} stands twice")
        if item["satisfaction"] != level.satisfaction or item["gbt39046_a8"] != level.gbt39046:
            raise OptionListError(f"level {level} carries a wrong number; the two codings run in opposite directions")
        if bool(item["negative"]) is not level.negative:
            raise OptionListError(f"level {level} says the wrong thing about being negative")
        options = tuple(Option(str(o["code"]), str(o["zh"]), str(o["en"]), bool(o["core"])) for o in item["options"])
        for option in options:
            if option.code in retired:
                raise OptionListError(f"code {option.code} is retired")
            if option.code in seen:
                raise OptionListError(f"code {option.code} stands twice")
            if not option.zh or not option.en:
                raise OptionListError(f"code {option.code} has no words")
            seen.add(option.code)
        core = sum(option.core for option in options)
        if len(options) != OPTIONS_PER_LEVEL or core != CORE_PER_LEVEL:
            raise OptionListError(
                f"level {level} has {len(options)} options, {core} of them core; "
                f"the national list has {OPTIONS_PER_LEVEL} and {CORE_PER_LEVEL}"
            )
        by_level[level] = options
        labels[level] = (str(item["zh"]), str(item["en"]))
    missing = [str(level) for level in Level if level not in by_level]
    if missing:
        raise OptionListError(f"levels missing: {', '.join(missing)}")
    return OptionList(str(raw["version"]), by_level, labels, retired, digest)
