"""What a clerk can get tells negative ratings from others no better than chance; a build that tells is found out."""

import random
from itertools import combinations
from pathlib import Path

from kiosk.demo.citizen import Targets
from tests.end_to_end.blindness import listen_to_all, show
from tests.end_to_end.chance import Block, doubled_ranks, judged, parted_by_chance

VISITS = 16
"""At each of two desks: parted by their labels altogether, they are so by chance once in 80 million times."""
NEVER, HARDLY = 1e-6, 1e-4
"""How often an honest build is accused; and how sure it must be of one that tells, of whose visits some may be spoilt
on a machine that has too much to do."""
TELLS = "late:1500,log"


def test_a_clerk_can_tell_nothing_and_a_build_that_tells_is_found_out(tmp_path: Path, targets: Targets) -> None:
    seed = random.randrange(10**6)
    one, other, late, later = listen_to_all(["", "", TELLS, TELLS], VISITS, seed, tmp_path, targets)
    blind, telling = judged([*one, *other]), judged([*late, *later])
    show("as it is", blind)
    show(TELLS, telling)
    assert sum(len(block.labels) for block in (*one, *other)) >= VISITS, "hardly a tap was heard in time"
    assert min(blind.values()) >= NEVER, (seed, blind)
    assert telling["terminal lines"] < HARDLY, (seed, telling)
    assert telling["from the levels to the reasons"] < HARDLY, (seed, telling)


def test_the_chance_is_that_of_all_ways_in_which_the_labels_might_have_fallen() -> None:
    chance = random.Random(5)
    for _ in range(30):
        count = chance.randrange(3, 10)
        values = [float(chance.randrange(4)) for _ in range(count)]
        labels = [chance.random() < 0.5 for _ in range(count - 2)] + [True, False]
        ranks = doubled_ranks(values)
        middle = sum(ranks) * sum(labels) / count
        seen = abs(sum(rank for rank, label in zip(ranks, labels, strict=True) if label) - middle)
        ways = [abs(sum(way) - middle) for way in combinations(ranks, sum(labels))]
        assert abs(parted_by_chance([labels], [values]) - sum(way >= seen - 1e-6 for way in ways) / len(ways)) < 1e-9


def test_what_parts_the_visits_is_found_and_what_does_not_is_not() -> None:
    chance = random.Random(7)
    labels = [n % 2 == 0 for n in range(VISITS)]
    numbers = {
        "the same": [3.0] * VISITS,
        "any": [chance.random() for _ in labels],
        "larger": [chance.random() + label for label in labels],
        "stranger": [
            (2.0 + chance.random()) * chance.choice((-1, 1)) if label else chance.random() for label in labels
        ],
    }
    chances = judged([Block(labels, numbers)] * 2)
    assert [name for name, found in chances.items() if found < NEVER] == ["larger", "odd stranger"]
    assert chances["the same"] == chances["odd the same"] == 1.0
