"""Six ways to make ratings disappear, by someone who has the terminal's disk and its keys, between two contacts.

The attacker is as good as can be: where an entry is taken out or changed, the chain is closed again behind it and the
mark beside the journal is made to fit. Each is found at the next contact all the same, for central has seen the head.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from kiosk.core.entry import GENESIS, Head, Kind, canonical, record_hash
from kiosk.custody import JOURNAL_KEY
from kiosk.device.paths import open_home
from kiosk.device.secrets import open_vault
from kiosk.journal.connection import connect
from kiosk.journal.mark import Mark, MarkFile
from tests.simulation.device import Device
from tests.simulation.faults import HOUR, MINUTE
from tests.simulation.people import Window
from tests.simulation.verdict import kinds
from tests.simulation.week import Hall, hall

Rewrite = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]


@dataclass(frozen=True)
class Attack:
    """`act(hall, device)`: while the terminal is off. `found`: what central says of it, at least one of these."""

    name: str
    act: Callable[[Hall, Device], None]
    found: frozenset[str]


def rewrite(device: Device, change: Rewrite, *, tidy: bool = True) -> None:
    """Change the entries of the journal in place. `tidy`: close the chain again, and make the mark fit."""
    key = open_vault(device.home, "file", "file").get(JOURNAL_KEY)
    assert key is not None
    device.disk.power_on()
    connection = connect(device.home.journal, key)
    triggers = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    rows = connection.execute("SELECT record, personal FROM entry ORDER BY sequence").fetchall()
    epoch = int(connection.execute("SELECT epoch FROM journal").get)
    records = [dict(msgspec.json.decode(str(record)), personal=personal) for record, personal in rows]
    head = Head(epoch)
    with connection:
        for name, _ in triggers:
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("DELETE FROM entry")
        for record in change(records):
            personal = record.pop("personal")
            if tidy:
                record |= {"sequence": head.sequence + 1, "previous": head.hash if head.sequence else GENESIS}
                record["hash"] = record_hash(record)
            head = Head(epoch, record["sequence"], record["hash"])
            connection.execute(
                "INSERT INTO entry (sequence, entry_id, kind, visit_id, wall_ms, hash, record, personal) "
                "VALUES (?,?,?,?,?,?,?,?)",
                (
                    record["sequence"], record["entry_id"], record["kind"], record["visit_id"], record["wall_ms"],
                    record["hash"], canonical(record).decode(), personal,
                ),
            )  # fmt: skip
        connection.execute("UPDATE position SET sequence = min(sequence, ?)", (head.sequence,))
        for _, sql in triggers:
            connection.execute(str(sql))
    acknowledged = int(connection.execute("SELECT coalesce(max(sequence), 0) FROM position").get)
    connection.close()
    if tidy:
        marks = MarkFile(device.home.mark)
        marks.write(Mark(head, acknowledged))
        marks.close()


def newest_dropped(_hall: Hall, device: Device) -> None:
    """The last dissatisfied citizen never was: the newest seven entries are gone."""
    rewrite(device, lambda records: records[:-7])


def one_removed(_hall: Hall, device: Device) -> None:
    """One tap in the middle is taken out, and all after it moves up."""

    def without(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        taps = [n for n, record in enumerate(records) if record["kind"] == Kind.LEVEL_TAPPED]
        return [record for n, record in enumerate(records) if n != taps[len(taps) // 2]]

    rewrite(device, without)


def level_edited(_hall: Hall, device: Device) -> None:
    """The last levels become the best one."""
    rewrite(device, flatter)


def flatter(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every level of the newest twenty entries becomes the best."""
    for record in records[-20:]:
        if record["body"].get("level"):
            record["body"]["level"] = "very_satisfied"
    return records


def level_edited_clumsily(_hall: Hall, device: Device) -> None:
    """The same, and the chain is left as it was."""
    rewrite(device, flatter, tidy=False)


def yesterdays_image(made: Hall, device: Device) -> None:
    """The whole home as it was before the last visits."""
    device.put_back(made.folder / "yesterday")


def stores_swapped(made: Hall, device: Device) -> None:
    """The journals of two windows change places, each with its key and its mark; who they are stays."""
    other = next(each for each in made.devices if each is not device)
    other.pull_the_plug()
    for name in ("journal.db", "journal.db-wal", device.home.mark.name, f"keys/{JOURNAL_KEY}.key"):
        mine, theirs, between = device.home.root / name, other.home.root / name, made.folder / "between"
        for source, target in ((mine, between), (theirs, mine), (between, theirs)):
            if source.exists():
                shutil.move(source, target)
    other.start()


def reimaged(_hall: Hall, device: Device) -> None:
    """A fresh installation under the old identity: nobody had to enrol it again."""
    shutil.rmtree(device.home.root)
    open_home(device.home.root)
    device.become_known()


ATTACKS: tuple[Attack, ...] = (
    Attack("newest dropped", newest_dropped, frozenset({"rewound", "equivocation"})),
    Attack("one removed", one_removed, frozenset({"rewound", "equivocation", "altered_head", "chain_broken"})),
    Attack("level edited", level_edited, frozenset({"altered_head", "equivocation", "chain_broken"})),
    Attack("level edited clumsily", level_edited_clumsily, frozenset({"new_epoch", "altered_head", "chain_broken"})),
    Attack("yesterday's image", yesterdays_image, frozenset({"rewound", "equivocation"})),
    Attack("stores swapped", stores_swapped, frozenset({"swapped"})),
    Attack("re-imaged", reimaged, frozenset({"reimaged"})),
)


@dataclass(frozen=True)
class Found:
    """What central said, before the attack and after the next contact, and how long after it (ms of simulated time)."""

    before: dict[str, int]
    after: dict[str, int]
    later_ms: float


def attacked(attack: Attack, seed: str = "1", say: Callable[[str], None] = lambda _line: None) -> Found:
    """Two windows in service; one of them is switched off, attacked, and switched on again."""
    with hall(seed, say) as made:
        world = made.world
        device = made.device("A01", 5_000.0)
        for each in (device, made.device("A02", 5_000.0)) if attack.act is stores_swapped else (device,):
            Window(world, each, seed, made.options, 0.4 * MINUTE, day_and_night=True).open_until(12 * HOUR)
            each.clock.boot()
            each.start()
        world.run(12 * MINUTE)
        device.pull_the_plug()
        device.keep_copy(made.folder / "yesterday")
        device.start()
        world.run(20 * MINUTE)
        device.pull_the_plug()
        before = dict(kinds(made.headquarters.alarms()))
        attack.act(made, device)
        made.log(f"attack: {attack.name}")
        began = world.now_ms
        device.start()
        while world.now_ms < began + HOUR and not attack.found & set(kinds(made.headquarters.alarms())):
            world.run(world.now_ms + MINUTE / 4)
        return Found(before, dict(kinds(made.headquarters.alarms())), world.now_ms - began)
