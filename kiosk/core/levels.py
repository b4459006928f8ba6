"""The five levels of satisfaction (满意度). Symbolic inside; numbers exist only at a boundary.

Two national codings run in opposite directions, so a number never travels without the name of its coding.
"""

from enum import StrEnum


class Level(StrEnum):
    """The five fixed levels, best first. The last two are negative (差评)."""

    VERY_SATISFIED = "very_satisfied"
    SATISFIED = "satisfied"
    BASICALLY_SATISFIED = "basically_satisfied"
    DISSATISFIED = "dissatisfied"
    VERY_DISSATISFIED = "very_dissatisfied"

    @property
    def negative(self) -> bool:
        """True for 不满意 and 非常不满意 (差评)."""
        return self in NEGATIVE

    @property
    def satisfaction(self) -> int:
        """The `satisfaction` number of 好差评 interfaces: 5 is best."""
        return 5 - _ORDER.index(self)

    @property
    def gbt39046(self) -> int:
        """The number of GB/T 39046-2020 table A.8: 1 is best."""
        return 1 + _ORDER.index(self)


_ORDER = tuple(Level)
NEGATIVE = frozenset({Level.DISSATISFIED, Level.VERY_DISSATISFIED})
