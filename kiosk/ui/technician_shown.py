"""What the technician's page shows, as one pure function of its value, of how the unit stands and of the words.

A page is tiles to choose from, or rows that each have a sign, a word for that sign, what was found
and what to do about it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kiosk.core.technician import CheckLine, Facts, LevelTrip, Trip
from kiosk.ui import technician as t
from kiosk.ui.technician import Page
from kiosk.ui.words import Words

Say = Callable[..., str]
Row = tuple[str, str, str, str]
"""Its sign (`ok`, `warning`, `failed`, `wait`, or empty), its name, what was found, and the remedy."""
_TITLES = {
    "home": "technician.home.title",
    "checks": "technician.checks",
    "touch": "technician.touch",
    "speaker": "technician.speaker",
    "trip": "technician.trip",
    "sheet": "technician.sheet",
}
_PARTS = {
    "checks": "technician.checks",
    "touch": "technician.touch",
    "speaker": "technician.speaker",
    "trip": "technician.trip",
    "sheet": "technician.sheet",
}
_ACTS = {
    "checks": "technician.checks.again",
    "touch": "technician.touch.begin",
    "trip": "technician.trip.begin",
    "sheet": "technician.sheet.make",
}
_NOTES = {
    "touch": "technician.touch.text",
    "speaker": "technician.speaker.text",
    "trip": "technician.trip.text",
    "sheet": "technician.sheet.text",
}
_PHASES = {"still": "technician.touch.still", "painting": "technician.touch.painting"}
_HINTS = {
    "doctor": "technician.hint.doctor",
    "trip": "technician.hint.trip",
    "sheet.failed": "technician.hint.sheet",
    "sheet.not_enrolled": "technician.hint.not_enrolled",
}
_SIGNS = {
    "ok": "technician.sign.ok",
    "warning": "technician.sign.warning",
    "failed": "technician.sign.failed",
    "wait": "technician.sign.wait",
}
_WHY = {
    "stopped": "technician.trip.stopped",
    "visit": "technician.trip.visit",
    "silence": "technician.trip.silence",
    "journal": "technician.trip.journal",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TechnicianShown:
    """What QML reads; the lists of tiles belong together, and those of rows do. `covering`: the page lies on the glass,
    which it does not while a round trip is tapped; then `band` says so. `grid_hits`: a `1` for each cell hit."""

    step: str = ""
    title: str = ""
    note: str = ""
    hint: str = ""
    facts: str = ""
    busy: bool = False
    can_go_back: bool = False
    covering: bool = False
    act_label: str = ""
    choices: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    sign_words: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    founds: tuple[str, ...] = ()
    remedies: tuple[str, ...] = ()
    grid_columns: int = 0
    grid_rows: int = 0
    grid_hits: str = ""
    grid_phase: str = ""
    grid_words: str = ""
    band: str = ""
    band_stop: str = ""


NOTHING = TechnicianShown()


def technician_shown(page: Page, facts: Facts, words: Words, language: str) -> TechnicianShown:
    """What stands on the glass for these values."""
    if not page.step:
        return NOTHING

    def say(key: str, **values: object) -> str:
        return words.text(language, key, **values)

    tiles = _tiles(page, say)
    rows = _rows(page, say)
    grid = page.grid
    return TechnicianShown(
        step=page.step,
        title=say(_TITLES[page.step]),
        note=_note(page, facts, say),
        hint=say(_HINTS[page.hint]) if page.hint else "",
        facts=facts_in_words(facts, say) if page.step == "home" else "",
        busy=page.busy,
        can_go_back=page.step != "home",
        covering=not page.tapping,
        act_label=say(_ACTS[page.step]) if page.step in _ACTS and not page.busy else "",
        choices=tuple(choice for choice, _, _ in tiles),
        labels=tuple(label for _, label, _ in tiles),
        notes=tuple(note for _, _, note in tiles),
        signs=tuple(sign for sign, *_ in rows),
        sign_words=tuple(say(_SIGNS[sign]) if sign else "" for sign, *_ in rows),
        names=tuple(name for _, name, _, _ in rows),
        founds=tuple(found for _, _, found, _ in rows),
        remedies=tuple(remedy for *_, remedy in rows),
        grid_columns=grid.columns,
        grid_rows=grid.rows,
        grid_hits="".join("1" if cell in grid.hit else "0" for cell in range(grid.cells)),
        grid_phase=grid.phase if page.step == "touch" else "",
        grid_words=say(_PHASES[grid.phase]) if grid.phase in _PHASES else "",
        band=_band(page, say),
        band_stop=say("technician.trip.stop") if page.tapping else "",
    )


def facts_in_words(facts: Facts, say: Say) -> str:
    """Which unit it is, which version, what is unsent, and when central was heard."""
    unsent = (
        say("technician.facts.unsent", count=facts.unsent, minutes=-(-facts.oldest_unsent_s // 60))
        if facts.unsent
        else say("menu.unsent.none")
    )
    heard = (
        say("technician.facts.heard", at=datetime.fromtimestamp(facts.heard_wall_ms / 1000).strftime("%m-%d %H:%M:%S"))
        if facts.heard_wall_ms is not None
        else say("technician.facts.never")
    )
    device = facts.device_id or say("technician.facts.not_enrolled")
    return "\n".join((f"kiosk {facts.version} · {device}", f"{unsent} · {heard}"))


def _note(page: Page, facts: Facts, say: Say) -> str:
    if page.step == "home":
        return " · ".join(filter(None, (page.name, facts.hall, facts.window)))
    if page.step == "checks":
        failed = sum(line.sign == "failed" for line in page.lines)
        warned = sum(line.sign == "warning" for line in page.lines)
        key = "technician.checks.running" if page.busy else "technician.checks.done"
        return say(key, count=len(page.lines), failed=failed, warned=warned)
    if page.step == "sheet" and page.busy:
        return say("technician.sheet.making")
    if page.step == "speaker" and not page.sounded and (tried := page.result("speaker")) is not None:
        sign = say("technician.sign.ok" if tried.passed else "technician.sign.failed")
        at = say("technician.speaker.at", volume=tried.numbers["volume"])
        remedy = "" if tried.passed else " → " + say("technician.speaker.remedy")
        return f"{sign}, {at}{remedy}"
    return say(_NOTES[page.step]) if page.step in _NOTES else ""


def _tiles(page: Page, say: Say) -> list[tuple[str, str, str]]:
    if page.step == "home":
        return [(part, say(_PARTS[part]), _result(page, part, say)) for part in t.PARTS]
    if page.step == "speaker":
        tiles = [
            ("quieter", say("technician.speaker.quieter"), ""),
            ("louder", say("technician.speaker.louder"), f"{page.volume} %"),
            ("chime", say("technician.speaker.chime"), ""),
            ("voice", say("technician.speaker.voice"), ""),
        ]
        if page.sounded:
            tiles += [("heard", say("technician.speaker.heard"), ""), ("silent", say("technician.speaker.silent"), "")]
        return tiles
    return []


def _result(page: Page, part: str, say: Say) -> str:
    """What came of this part, small on its tile."""
    if part == "checks":
        if not page.examined:
            return ""
        failed = any(line.sign == "failed" for line in page.lines)
        return say("technician.sign.failed" if failed else "technician.sign.ok")
    if part == "sheet":
        return say("technician.sheet.made") if page.made is not None and page.made.path else ""
    tried = page.result("round_trip" if part == "trip" else part)
    return "" if tried is None else say("technician.sign.ok" if tried.passed else "technician.sign.failed")


def _rows(page: Page, say: Say) -> list[Row]:
    match page.step:
        case "checks":
            return [_check(line) for line in sorted(page.lines, key=_urgency)]
        case "touch" if page.grid.phase == "done":
            return _touch(page, say)
        case "trip" if page.trip is not None:
            return _trip(page.trip, say)
        case "sheet" if page.made is not None and page.made.path:
            rows: list[Row] = [("ok", say("technician.sheet.made"), page.made.path, "")]
            rows += [("ok", say("technician.sheet.copy"), copy, "") for copy in page.made.copies]
            return [*rows, ("", "SHA-256", page.made.sha256, "")]
        case _:
            return []


def _urgency(line: CheckLine) -> int:
    return ("failed", "warning", "ok").index(line.sign)


def _check(line: CheckLine) -> Row:
    return line.sign, line.check, line.found, line.remedy


def _touch(page: Page, say: Say) -> list[Row]:
    grid = page.grid
    missed = "failed" if grid.missed else "ok"
    ghosts = "failed" if grid.ghosts else "ok"
    remedy = say("technician.touch.remedy")
    return [
        (missed, say("technician.touch.cells"), say("technician.touch.hit", hit=len(grid.hit), of=grid.cells),
         remedy if grid.missed else ""),
        (ghosts, say("technician.touch.ghosts"), str(grid.ghosts), remedy if grid.ghosts else ""),
        ("", say("technician.touch.fingers"), str(grid.most), ""),
    ]  # fmt: skip


def _trip(trip: Trip, say: Say) -> list[Row]:
    rows: list[Row] = [_level(one, trip, say) for one in trip.levels]
    if not trip.reached and trip.at != "over":
        rows.insert(0, ("warning", say("technician.trip.central"), say("technician.trip.offline"), ""))
    if trip.why:
        rows.insert(0, ("failed", say("technician.trip"), say(_WHY[trip.why]), say("technician.trip.remedy")))
    return rows


def _level(one: LevelTrip, trip: Trip, say: Say) -> Row:
    label = say(f"level.{one.level}")
    if not one.tapped:
        return "failed" if trip.at == "over" or trip.why else "wait", label, say("technician.trip.untapped"), ""
    steps = [say("technician.trip.tapped"), say("technician.trip.journal_ms", ms=max(one.journal_ms, 0))]
    if one.central in ("held", "changed"):
        steps.append(say("technician.trip.central_s", seconds=f"{one.central_ms / 1000:.1f}"))
    found = " → ".join(steps)
    match one.central:
        case "held":
            return "ok", label, found, ""
        case "changed":
            return "failed", label, found, say("technician.trip.changed")
        case "missing":
            return "failed", label, found, say("technician.trip.missing")
        case _:
            return "wait", label, found, ""


def _band(page: Page, say: Say) -> str:
    """What lies over the citizen's pages while they are tapped as a test; for both who may read it."""
    if not page.tapping:
        return ""
    left = [] if page.trip is None else [say(f"level.{one.level}") for one in page.trip.levels if not one.tapped]
    return say("technician.trip.band", levels=" · ".join(left))
