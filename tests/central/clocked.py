"""A terminal in time: its wall clock is off by so much, its boot began at some moment, central's clock is the truth."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kiosk.central.app import national_options
from kiosk.core import events as e
from kiosk.core.canary import Flight, canary_drafts, newest_flight
from kiosk.core.levels import Level
from kiosk.core.visit import Record, fold
from tests.central.stand_in import Answer, Central, Terminal

DAY_MS = 86_400_000
MATTER = e.Matter("11341200MB1A00011X2000119001001", "转移登记")
TERMS = e.Terms(window="A01", options=national_options(), options_version=national_options().version)
SEEN = e.Seen("zh-CN", "", "a" * 64, "b" * 64, "1")


@dataclass
class Clocked(Terminal):
    """`off_ms`: add it to the true time to get the wall clock's. `began_ms`: the true time at which this boot began."""

    off_ms: int = 0
    began_ms: int = 0
    boot: str = "b" * 32

    @property
    def wall(self) -> int:
        return self.central.now_ms + self.off_ms

    @property
    def mono(self) -> int:
        return self.central.now_ms - self.began_ms

    def reboot(self, name: str) -> None:
        self.boot, self.began_ms = name * 32, self.central.now_ms

    def do(self, *events: e.Event) -> None:
        for event in events:
            now = e.Now(self.wall, self.mono, self.boot, self.fresh(), "5a" * 16)
            self.situation, effects = fold(self.situation, event, now)
            for effect in effects:
                assert isinstance(effect, Record), effect
                record = self._append(effect.draft)
                recorded = e.Recorded(effect.draft.entry_id, record["sequence"], record["hash"])
                self.situation, _ = fold(self.situation, recorded, now)

    def visit(self) -> str:
        visit_id = self.fresh()
        self.do(e.StartVisit(visit_id, MATTER, "FY2026-0001", 2), e.Invite(visit_id))
        return visit_id

    def rated(self, level: Level = Level.SATISFIED) -> str:
        """A whole rated visit, now; its rating's id."""
        self.visit()
        self.do(e.TapLevel(level, SEEN))
        tap = self.records[-1]["body"]["rating_id"]
        reasons = [e.ToggleReason(TERMS.options.core_of(level)[0].code)] if level.negative and TERMS.options else []
        self.do(*reasons, e.Submit())
        return str(tap)

    def night(self) -> Flight:
        """One night's canaries, now."""
        for draft in canary_drafts(TERMS, self.wall, self.mono, self.boot, self.fresh, SEEN):
            self._append(draft)
        flight = newest_flight(self.records)
        assert flight is not None
        return flight

    def bring(self, records: Sequence[Any] | None = None, clocks: bool = True) -> Answer:
        """Bring what central has not yet heard of, or these records, and say what the clocks show."""
        if records is None:
            records = self.records[self.brought :]
            self.brought = len(self.records)
        body: dict[str, Any] = {"entries": list(records)}
        if clocks:
            body["clocks"] = {"wall_ms": self.wall, "mono_ms": self.mono, "boot_id": self.boot}
        answer = self.call("POST", "/api/v1/device/journal", json.dumps(body).encode())
        assert answer.status == 200, answer.body
        return answer

    brought: int = 0

    def ask(self, rating_ids: Sequence[str]) -> Any:
        """What central reads back of these canaries, by rating id."""
        answer = self.call("POST", "/api/v1/device/canaries", json.dumps({"rating_ids": list(rating_ids)}).encode())
        assert answer.status == 200, answer.body
        return {item["rating_id"]: item for item in answer.json["canaries"]}


def clocked(terminal: Terminal) -> Clocked:
    """The same terminal, with its journal begun an hour after it was switched on."""
    made = Clocked(terminal.central, terminal.key, terminal.key_id, terminal.device_id)
    made.began_ms = terminal.central.now_ms
    terminal.central.now_ms += 3_600_000
    made.add("journal.began", {"version": "0.1.0"}, wall_ms=made.wall)
    return made


def alarms_of(central: Central, *kinds: str) -> list[tuple[str, str]]:
    """Kinds and details of the alarms, oldest first; of these kinds, or all."""
    rows = central.rows("SELECT kind, detail FROM alarms ORDER BY id")
    return [(kind, detail) for kind, detail in rows if not kinds or kind in kinds]
