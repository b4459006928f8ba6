"""Whether a number that was noted of each visit tells one kind of visit from the other, or is no better than chance.

The judge is the permutation test on ranks, and exact: of all the ways in which the labels might have fallen within each
block, the share of those that part the ranks at least as far. Nothing is assumed of the numbers, ties among them are
kept as they are, and one that is the same at every visit tells nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np


@dataclass(frozen=True)
class Block:
    """Visits of one desk among which the labels were dealt out at random: of each, whether it was of the first kind,
    and what was noted of it, by name."""

    labels: Sequence[bool]
    numbers: Mapping[str, Sequence[float]]


def judged(blocks: Sequence[Block]) -> dict[str, float]:
    """By name, how likely the labels part the number so far by chance: corrected for how many numbers are judged, so
    that the least of them is below any `alpha` by chance in no more than that share of all runs. Each number is judged
    twice: whether it is larger, and whether it is stranger (`odd …`)."""
    names = list(blocks[0].numbers)
    tried = {name: [block.numbers[name] for block in blocks] for name in names}
    tried |= {f"odd {name}": [_strangeness(block.numbers[name]) for block in blocks] for name in names}
    labels = [block.labels for block in blocks]
    return {name: min(1.0, len(tried) * parted_by_chance(labels, values)) for name, values in tried.items()}


def parted_by_chance(labels: Sequence[Sequence[bool]], values: Sequence[Sequence[float]]) -> float:
    """Two-sided, exact, over all blocks together."""
    sums, seen = np.ones(1), 0
    for of_block, in_block in zip(labels, values, strict=True):
        ranks = doubled_ranks(in_block)
        seen += sum(rank for rank, label in zip(ranks, of_block, strict=True) if label)
        sums = np.convolve(sums, _distribution(ranks, sum(of_block)))
    middle = float(sums @ np.arange(len(sums)))
    far = np.abs(np.arange(len(sums)) - middle) >= abs(seen - middle) - 1e-6
    return min(1.0, float(sums[far].sum()))


def doubled_ranks(values: Sequence[float]) -> list[int]:
    """Ranks from the smallest on, equal values sharing theirs; doubled, so that they are whole."""
    ordered = sorted(values)
    first = {value: ordered.index(value) for value in set(values)}
    count = {value: ordered.count(value) for value in set(values)}
    return [2 * first[value] + count[value] + 1 for value in values]


def _distribution(ranks: Sequence[int], chosen: int) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """How likely each sum of so many ranks is, if any choice of them is as likely as any other."""
    most = sum(sorted(ranks)[-chosen:]) if chosen else 0
    ways = np.zeros((chosen + 1, most + 1))
    ways[0, 0] = 1.0
    for number, rank in enumerate(ranks, 1):
        taken = np.zeros_like(ways)
        taken[1:, rank:] = ways[:-1, : most + 1 - rank]
        # As a share at each step, for the number of ways itself soon has more digits than a float.
        for count in range(min(number, chosen) + 1):
            ways[count] = ways[count] * (number - count) / number + taken[count] * count / number
    return ways[chosen]


def _strangeness(values: Sequence[float]) -> list[float]:
    middle = median(values)
    return [abs(value - middle) for value in values]
