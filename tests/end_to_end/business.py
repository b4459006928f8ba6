"""A business system that is a program of its own drives visits in one of the three set-ups, citizens answer on the real
window, and what central has of every visit is held against what was driven: exactly.

`python -m tests.end_to_end.business --visits 200 --mode window` runs it long; the test command runs it small.
"""

import argparse
import json
import random
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from kiosk.core.entry import Kind
from kiosk.core.view import Mode
from kiosk.demo.citizen import Targets, learn_targets
from kiosk.demo.programs import Central
from tests.end_to_end.business_stories import Came, Story, Work, programme
from tests.end_to_end.desk import SIZE, opened_hall
from tests.end_to_end.handset import tell_of_code
from tests.end_to_end.running_system import RunningSystem

SHORT_WAITS, WAITS = "6000,6000,1500", "20000,8000,1500"
"""Milliseconds for inviting, explaining and "are you still there?" (`tests.end_to_end.altered`): a profile's would be
minutes of nothing, and a hand on a busy machine still has time enough; the longer ones are for a phone as well."""
Say = Callable[[str], None]


@dataclass(frozen=True)
class Held:
    """What central holds of one terminal: its visits, the ratings by visit, numbers called and pauses, in order."""

    visits: dict[str, Came]
    ratings: dict[str, tuple[str, int, bool]]
    calls: list[str]
    pauses: list[str]


def play(
    stories: Sequence[Story], mode: Mode, seed: int, folder: Path, targets: Targets, waits: str = SHORT_WAITS,
    say: Say = print,
) -> Work:  # fmt: skip
    """Drive these visits; the work, once central has everything and all programs have ended."""
    with opened_hall(folder, targets, 1, mode=mode) as (desk,):
        desk.terminal.module = "tests.end_to_end.altered"
        desk.terminal.more["KIOSK_WAITS"] = waits
        tell_of_code(desk)
        desk.terminal.start()
        system = RunningSystem(desk.terminal, folder / "business_system.log")
        work = Work(desk, system, random.Random(seed), mode)
        try:
            work.sit_down()
            for number, story in enumerate(stories, 1):
                story(work)
                if number % 20 == 0:
                    say(f"{mode}: {number} of {len(stories)} visits")
            report = system.ask("report")
        finally:
            system.close()
        assert report["broken"] >= sum(story.__name__ in ("out_of_earshot", "begun_anew") for story in stories)
        assert report["ended"].items() >= work.told.items()
        desk.wait_until_delivered()
        (device,) = desk.central.pages("/devices")
        assert (device["chain"], device["quarantined"]) == ("whole", 0)
        return work


def differences(work: Work) -> list[str]:
    """Each thing in which central, the stream and what was driven do not agree. Central must have ended."""
    held = held_by(work.desk.central)
    ratings: dict[str, Any] = {visit: (c.level, c.reasons, c.whole) for visit, c in work.driven.items() if c.level}
    outcomes = {visit: came.outcome for visit, came in work.driven.items()}
    pairs: list[tuple[str, Any, Any]] = [
        *_each("visit", work.driven, held.visits), *_each("rating", ratings | work.phoned, held.ratings),
        *_each("outcome on the stream", outcomes, work.told),
        ("calls", work.calls, held.calls), ("pauses", work.pauses, held.pauses),
    ]  # fmt: skip
    return [f"{what}: driven {driven}, found {found}" for what, driven, found in pairs if driven != found]


def _each(what: str, driven: dict[str, Any], found: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    return [(f"{what} {visit}", driven.get(visit), found.get(visit)) for visit in {**driven, **found}]


def held_by(central: Central) -> Held:
    """Read in its database, for a hall's calls give ratings alone, and every outcome counts here."""
    with closing(sqlite3.connect(f"file:{central.data / 'central.sqlite3'}?mode=ro", uri=True)) as database:
        rows = database.execute("SELECT record FROM entries WHERE quarantined IS NULL ORDER BY epoch, sequence")
        records = [json.loads(text) for (text,) in rows]
        rated = database.execute("SELECT visit_id, level, reasons, finished FROM ratings WHERE NOT canary").fetchall()
    of_visits: dict[str, dict[str, list[Any]]] = {}
    for record in records:
        if record.get("visit_id") is not None:
            of_visits.setdefault(record["visit_id"], {}).setdefault(record["kind"], []).append(record["body"])
    return Held(
        {visit: _came(bodies) for visit, bodies in of_visits.items() if Kind.VISIT_STARTED in bodies},
        {visit: (level, len(json.loads(reasons)), bool(whole)) for visit, level, reasons, whole in rated},
        [record["body"]["number"] for record in records if _called(record)],
        [record["body"]["reason"] for record in records if record["kind"] == Kind.SERVICE_PAUSED],
    )


def _called(record: dict[str, Any]) -> bool:
    """A number is an entry of its own where nobody was being served, and else stands in the invitation it brought."""
    body = record["body"]
    return record["kind"] == Kind.NUMBER_CALLED or (record["kind"] == Kind.VISIT_INVITED and "number" in body)


def _came(bodies: dict[str, list[Any]]) -> Came:
    """What a visit's entries say, of which there may be one start, one end and one invitation at most."""
    (start,), (end,) = bodies[Kind.VISIT_STARTED], bodies[Kind.VISIT_ENDED]
    (invitation,) = bodies.get(Kind.VISIT_INVITED, [{"by": start["invited_by"]}])
    return Came(
        start["matter"]["code"], start["case_number"], start["service_number"], start["stage"], start["slip"],
        start["staff"]["number"] if start["staff"] else "", start["window"], start["by"], end["outcome"],
        invitation["by"], end["cause"], end.get("level"), len(end.get("reasons", ())), end.get("finished"),
    )  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=200)
    parser.add_argument("--mode", choices=get_args(Mode), default="window")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    stories = programme(options.mode, options.visits, random.Random(options.seed))
    with tempfile.TemporaryDirectory() as folder:
        work = play(stories, options.mode, options.seed, Path(folder), learn_targets(*SIZE), WAITS)
        found = differences(work)
    counts = Counter(came.outcome for came in work.driven.values())
    levels = Counter(came.level for came in work.driven.values() if came.level)
    print(f"{options.mode}, seed {options.seed}: {len(work.driven)} visits driven: {dict(counts)}; {dict(levels)}")
    print("\n".join(found) or "central and the stream have each of them, as it was driven, and nothing else")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
