"""A phone rates while the terminal or central is killed at the worst moment: each visit has one counted rating all the
same, and the terminal goes on.

The real central, a real terminal in a real window, and a phone that speaks HTTP. `python -m tests.end_to_end.phones_cut
--times 10` plays every cut so often; the test command plays each once.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from kiosk.demo.citizen import LEVELS, Targets, learn_targets
from kiosk.demo.programs import Central
from tests.end_to_end.desk import SIZE, Desk, opened_desk
from tests.end_to_end.handset import Handset, Page, give_a_code, link_of
from tests.end_to_end.phones import vouched

Cut = Callable[[Desk, str], str]
"""Plays one visit with a cut; gives the visit. The level is the one that somebody taps."""


def opened(desk: Desk) -> tuple[str, Handset]:
    """A visit whose page a phone has opened, the terminal having seen it."""
    visit_id = desk.begin()
    phone = Handset(link_of(desk, visit_id))
    expect("level", phone.begin())
    desk.terminal.wait_for("handed_to_phone")
    return visit_id, phone


def expect(kind: str, page: Page) -> Page:
    """The phone shows this."""
    assert page.kind == kind, (kind, page)
    return page


def rated(desk: Desk, phone: Handset, level: str) -> None:
    """The phone rates to the end, and reading the page again shows the same thanks."""
    why = expect("why", phone.tap(level))
    expect("thanks", phone.finish(why.reasons[:1]))
    expect("thanks", phone.look())


def restart_central(desk: Desk) -> None:
    """Central is killed, and comes back at the same address."""
    desk.central.program.kill()
    central_again(desk)


def central_again(desk: Desk) -> None:
    """Central comes back at the same address."""
    desk.central = Central(desk.central.folder, desk.central.port)


# -- the cuts --------------------------------------------------------------------------------------------------------


def terminal_killed_before_the_tap(desk: Desk, level: str) -> str:
    """The phone goes on without it; the terminal, when it is back, moves nothing."""
    visit_id, phone = opened(desk)
    desk.program.kill()
    rated(desk, phone, level)
    desk.terminal.start()
    return visit_id


def terminal_killed_between_tap_and_reasons(desk: Desk, level: str) -> str:
    """The tap is a rating; the terminal takes the visit back when it starts, and the reasons come or do not."""
    visit_id, phone = opened(desk)
    why = expect("why", phone.tap(level))
    desk.program.kill()
    desk.terminal.start()
    desk.wait_until_delivered()
    expect("thanks", phone.finish(why.reasons[:1]))
    return visit_id


def terminal_killed_after_the_tap(desk: Desk, level: str) -> str:
    """Whether or not it had heard of the rating."""
    visit_id, phone = opened(desk)
    rated(desk, phone, level)
    desk.program.kill()
    desk.terminal.start()
    return visit_id


def central_killed_before_the_tap(desk: Desk, level: str) -> str:
    """The link outlives the process, and so does who opened it."""
    visit_id, phone = opened(desk)
    desk.central.program.kill()
    expect("away", phone.tap(level))
    central_again(desk)
    rated(desk, phone, level)
    desk.terminal.wait_for("ready")
    return visit_id


def central_killed_after_its_answer(desk: Desk, level: str) -> str:
    """What was answered is kept, and the terminal hears of it from the next process."""
    visit_id, phone = opened(desk)
    rated(desk, phone, level)
    restart_central(desk)
    expect("thanks", phone.look())
    desk.terminal.wait_for("ready")
    return visit_id


def central_away_while_the_glass_rates(desk: Desk, level: str) -> str:
    """A code was shown, and then central was gone: the glass takes the rating, and the link is worth nothing after."""
    visit_id = desk.begin()
    phone = Handset(link_of(desk, visit_id))
    desk.central.program.kill()
    expect("away", phone.look())
    desk.citizen.rate(level, reasons=1)
    desk.citizen.leave()
    central_again(desk)
    desk.wait_until_delivered()
    expect("refused", phone.begin())
    return visit_id


CUTS: dict[str, Cut] = {
    cut.__name__: cut
    for cut in (
        terminal_killed_before_the_tap,
        terminal_killed_between_tap_and_reasons,
        terminal_killed_after_the_tap,
        central_killed_before_the_tap,
        central_killed_after_its_answer,
        central_away_while_the_glass_rates,
    )
}


def cut(times: int, seed: int, folder: Path, targets: Targets, say: Callable[[str], None] = print) -> list[str]:
    """Play every cut so often; what is wrong with what central has then."""
    chance = random.Random(seed)
    with opened_desk(folder, targets) as desk:
        give_a_code(desk)
        desk.terminal.start()
        tapped: dict[str, tuple[str, str]] = {}
        for name, play in list(CUTS.items()) * times:
            level = chance.choice(LEVELS)
            say(f"{name}: {level}")
            tapped[play(desk, level)] = level, name
            desk.terminal.wait_for("ready")
        ratings = vouched(desk)
        faults = []
        for visit_id, (level, name) in tapped.items():
            mine = [rating for rating in ratings if rating["visit_id"] == visit_id]
            if [(rating["level"], rating["second"]) for rating in mine] != [(level, False)]:
                faults.append(f"{name}: {level} was tapped, and central has {mine}")
        faults += [
            f"{rating['visit_id']} was rated by nobody" for rating in ratings if rating["visit_id"] not in tapped
        ]
        faults += [f"{alarm['kind']}: {alarm['detail']}" for alarm in desk.central.pages("/alarms")]
        (device,) = desk.central.pages("/devices")
        if device["chain"] != "whole" or device["quarantined"]:
            faults.append(f"chain {device['chain']}, {device['quarantined']} in quarantine")
        say(f"seed {seed}: {len(tapped)} visits, {len(ratings)} ratings, {faults}")
        return faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return 1 if cut(options.times, options.seed, Path(folder), learn_targets(*SIZE)) else 0


if __name__ == "__main__":
    sys.exit(main())
