"""What goes wrong in a week, as one table: how often, what is done, and what a supervisor may be told because of it."""

import random
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from kiosk.custody import JOURNAL_KEY, open_journal
from kiosk.device.secrets import open_vault
from kiosk.journal.keeping import bring_over
from kiosk.journal.quarantine import pending
from tests.simulation.device import Device
from tests.simulation.headquarters import Headquarters
from tests.simulation.strands import World

SECOND, MINUTE, HOUR, DAY = 1_000.0, 60_000.0, 3_600_000.0, 86_400_000.0


@dataclass
class Scene:
    """What a fault can lay hands on."""

    world: World
    headquarters: Headquarters
    device: Device
    draw: random.Random
    scratch: Path
    lost_keys: list[bytes] = field(default_factory=list)
    going_on: "Counter[Act]" = field(default_factory=Counter)


Act = Callable[[Scene], None]


@dataclass(frozen=True)
class Fault:
    """`per_day`: how often on the mean. `alarms`: what central may say of it. `anew`: another journal may begin."""

    name: str
    per_day: float
    act: Act
    alarms: frozenset[str] = frozenset()
    anew: bool = False


def for_a_while(begin: Act, end: Act, least_ms: float, most_ms: float) -> Act:
    """A fault that passes; where it strikes twice, when the last has passed."""

    def act(scene: Scene) -> None:
        def over() -> None:
            scene.going_on[begin] -= 1
            if scene.going_on[begin] == 0:
                end(scene)

        scene.going_on[begin] += 1
        begin(scene)
        scene.world.at(scene.draw.uniform(least_ms, most_ms), over)

    return act


def start_again(scene: Scene) -> None:
    """Somebody, or something, starts the program again after a while."""
    scene.world.at(scene.draw.choice((2 * SECOND, 10 * SECOND, 5 * MINUTE)), scene.device.start)


# -- the program and its power ---------------------------------------------------------------------------------------


def kill(scene: Scene) -> None:
    scene.device.kill()
    start_again(scene)


def power_cut(scene: Scene) -> None:
    scene.device.pull_the_plug()
    start_again(scene)


def power_cut_at_a_write(scene: Scene) -> None:
    """In the middle of whatever is written next, or of the tenth write from now."""
    if scene.device.life is None:
        return
    scene.device.disk.cut_after = scene.draw.randint(0, 12)
    scene.device.when_cut = lambda: start_again(scene)


def update(scene: Scene) -> None:
    """A new version comes: the program ends, and another begins."""
    device = scene.device
    major, minor, patch = device.version.split(".")[:3]
    device.version = f"{major}.{minor}.{int(patch) + 1}"
    device.stop(device.start)


# -- the disk --------------------------------------------------------------------------------------------------------


def disk_full(scene: Scene) -> None:
    scene.device.disk.fill_up()


def disk_has_room(scene: Scene) -> None:
    scene.device.disk.full_at = None


def syncs_fail(scene: Scene) -> None:
    scene.device.disk.syncs_fail = True


def syncs_work(scene: Scene) -> None:
    scene.device.disk.syncs_fail = False


def while_off(harm: Act) -> Act:
    """Pull the plug, do harm to what lies there, and start again."""

    def act(scene: Scene) -> None:
        scene.device.pull_the_plug()
        harm(scene)
        start_again(scene)

    return act


def flip_a_bit(path: Path, draw: random.Random) -> None:
    content = bytearray(path.read_bytes())
    if content:
        place = draw.randrange(len(content))
        content[place] ^= 1 << draw.randrange(8)
        path.write_bytes(content)


def bit_in_the_log(scene: Scene) -> None:
    log = scene.device.home.journal.with_name(scene.device.home.journal.name + "-wal")
    if log.exists():
        flip_a_bit(log, scene.draw)


def bit_in_the_database(scene: Scene) -> None:
    if scene.device.home.journal.exists():
        flip_a_bit(scene.device.home.journal, scene.draw)


def journal_files(device: Device) -> list[Path]:
    journal = device.home.journal
    return [path for path in (journal, journal.with_name(journal.name + "-wal")) if path.exists()]


def old_copy_put_back(scene: Scene) -> None:
    """The journal as it was when a copy was last kept comes back; its mark, and all else, does not."""
    kept = scene.scratch / "old"
    if kept.exists():
        for path in journal_files(scene.device):
            path.unlink()
        for path in kept.iterdir():
            shutil.copyfile(path, scene.device.home.root / path.name)
    shutil.rmtree(kept, ignore_errors=True)
    kept.mkdir()
    for path in journal_files(scene.device):
        shutil.copyfile(path, kept / path.name)


def journal_gone(scene: Scene) -> None:
    for path in journal_files(scene.device):
        path.unlink()


def key_lost(scene: Scene) -> None:
    """The journal's key alone: without its own a terminal cannot speak to central, which is another matter."""
    vault = open_vault(scene.device.home, "file", "file")
    key = vault.get(JOURNAL_KEY)
    if key is not None:
        scene.lost_keys.append(key)
    (scene.device.home.keys / f"{JOURNAL_KEY}.key").unlink(missing_ok=True)


def find_lost_keys(scene: Scene) -> None:
    """What the hall does with its recovery key: journals set aside for want of a key are opened with it after all."""
    device = scene.device
    if not scene.lost_keys:
        return

    def recover() -> None:
        device.disk.power_on()
        with open_journal(device.home, open_vault(device.home, "file", "file"), device.clock) as journal:
            for key in scene.lost_keys:
                for folder, _ in pending(device.home.quarantine):
                    brought = bring_over(journal, folder, key)
                    device.say(f"{device.window}: {brought.count} entries came over with a key that was lost")
        device.start()

    device.stop(recover)


# -- the line and central --------------------------------------------------------------------------------------------


def line_down(scene: Scene) -> None:
    scene.device.line.down = True


def line_up(scene: Scene) -> None:
    scene.device.line.down = False


def portal(scene: Scene) -> None:
    scene.device.line.portal = True


def no_portal(scene: Scene) -> None:
    scene.device.line.portal = False


def answers_cut(scene: Scene) -> None:
    scene.device.line.cuts, scene.device.line.twice = 0.5, 0.1


def answers_whole(scene: Scene) -> None:
    scene.device.line.cuts, scene.device.line.twice = 0.0, 0.0


def central_down(scene: Scene) -> None:
    scene.headquarters.down = True


def central_again(scene: Scene) -> None:
    if scene.headquarters.down:
        scene.headquarters.down = False
        scene.headquarters.restart()


def central_busy(scene: Scene) -> None:
    scene.headquarters.busy_s = scene.draw.choice((1, 60, 10**9))


def central_free(scene: Scene) -> None:
    scene.headquarters.busy_s = None


# -- the clock -------------------------------------------------------------------------------------------------------


def clock_jumps(scene: Scene) -> None:
    scene.device.clock.off_ms += int(scene.draw.choice((-HOUR, -MINUTE, MINUTE, HOUR)))


def clock_years_off(scene: Scene) -> None:
    scene.device.clock.off_ms = int(scene.draw.choice((-10, 10)) * 365 * DAY)


def clock_right(scene: Scene) -> None:
    scene.device.clock.off_ms = 0


BEGUN = frozenset({"new_epoch"})
LOST = BEGUN | {"entries_lost", "rewound"}

UNHEARD = frozenset({"canary_missing", "silent"})
OTHER_NIGHTS = UNHEARD | {"canary_excess"}
"""By a clock that is years off it is another night; central counts by the true day."""
"""Where nothing came for days, or the nights fell elsewhere, nobody has seen the canaries."""

FAULTS: tuple[Fault, ...] = (
    Fault("killed", 1.5, kill),
    Fault("power cut", 1.0, power_cut),
    Fault("power cut at a write", 1.5, power_cut_at_a_write),
    Fault("update", 0.3, update),
    Fault("disk full", 0.15, for_a_while(disk_full, disk_has_room, 10 * MINUTE, 2 * HOUR)),
    Fault("syncs fail", 0.3, for_a_while(syncs_fail, syncs_work, 1 * SECOND, 3 * MINUTE)),
    Fault("line down", 7.0, for_a_while(line_down, line_up, 1 * MINUTE, 2 * HOUR)),
    Fault("line down for days", 0.08, for_a_while(line_down, line_up, 1 * DAY, 2.5 * DAY), UNHEARD),
    Fault("portal", 0.4, for_a_while(portal, no_portal, 5 * MINUTE, 3 * HOUR)),
    Fault("answers cut", 0.6, for_a_while(answers_cut, answers_whole, 10 * MINUTE, 5 * HOUR)),
    Fault("central down", 0.5, for_a_while(central_down, central_again, 10 * SECOND, 1 * HOUR)),
    Fault("central busy", 0.4, for_a_while(central_busy, central_free, 10 * SECOND, 1 * HOUR)),
    Fault("clock jumps", 0.6, clock_jumps),
    Fault("clock years off", 0.15, for_a_while(clock_years_off, clock_right, 1 * HOUR, 1 * DAY), OTHER_NIGHTS),
)

DAMAGE: tuple[Fault, ...] = (
    Fault("bit in the log", 0.2, while_off(bit_in_the_log), LOST, anew=True),
    Fault("bit in the database", 0.2, while_off(bit_in_the_database), LOST, anew=True),
    Fault("old copy put back", 0.15, while_off(old_copy_put_back), LOST, anew=True),
    Fault("journal gone", 0.05, while_off(journal_gone), LOST, anew=True),
    Fault("key lost", 0.07, while_off(key_lost), LOST, anew=True),
)


def harder(faults: tuple[Fault, ...], times: float) -> tuple[Fault, ...]:
    """The same, that many times as often."""
    return tuple(replace(fault, per_day=fault.per_day * times) for fault in faults)


def heal(scene: Scene) -> None:
    """All that is wrong is put right."""
    for mend in (
        disk_has_room,
        syncs_work,
        line_up,
        no_portal,
        answers_whole,
        central_again,
        central_free,
        clock_right,
    ):
        mend(scene)
    scene.device.disk.cut_after = None
    scene.device.start()
