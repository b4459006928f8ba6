"""A grid of cells over the whole glass, to be touched one by one: what was hit, what missed, what touched by itself.

First nobody touches for a while: whatever touches then is a ghost. Then every cell is to be touched; it ends by itself
when all are, or when nobody has touched for a while. No Qt in here.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

CELL_MM = 14.0
"""About the width of a fingertip with what lies around it."""
STILL_MS = 4_000
IDLE_MS = 8_000
Phase = Literal["", "still", "painting", "done"]
Point = tuple[float, float]
"""Where on the glass, from 0 to 1 each way."""


@dataclass(frozen=True, slots=True)
class Grid:
    """`hit`: numbers of cells, row by row; `ghosts`: touches while nobody was to touch; `most`: fingers at once;
    `since_ms`: when the phase began, or a finger was last there."""

    columns: int = 0
    rows: int = 0
    phase: Phase = ""
    hit: frozenset[int] = frozenset()
    ghosts: int = 0
    most: int = 0
    since_ms: int = 0

    @property
    def cells(self) -> int:
        """How many there are."""
        return self.columns * self.rows

    @property
    def missed(self) -> int:
        """How many were not touched."""
        return self.cells - len(self.hit)

    @property
    def passed(self) -> bool:
        """Every cell was touched, and nothing by itself."""
        return self.phase == "done" and self.missed == 0 and self.ghosts == 0


BLANK = Grid()


def laid(width_mm: float, height_mm: float, now_ms: int) -> Grid:
    """A grid over a glass of this size; it begins with nobody touching."""
    columns, rows = (max(4, math.ceil(side / CELL_MM)) for side in (width_mm, height_mm))
    return Grid(columns, rows, "still", since_ms=now_ms)


def touched(grid: Grid, points: Iterable[Point], pressed: int, now_ms: int) -> Grid:
    """Fingers are at these points, so many of them newly."""
    there = tuple(points)
    if grid.phase == "still":
        return replace(grid, ghosts=grid.ghosts + pressed)
    if grid.phase != "painting":
        return grid
    hit = grid.hit | {_cell(grid, point) for point in there}
    phase: Phase = "done" if len(hit) == grid.cells else "painting"
    return replace(grid, hit=hit, phase=phase, most=max(grid.most, len(there)), since_ms=now_ms)


def passed_by(grid: Grid, now_ms: int) -> Grid:
    """Time has passed."""
    waited = now_ms - grid.since_ms
    if grid.phase == "still" and waited >= STILL_MS:
        return replace(grid, phase="painting", since_ms=now_ms)
    if grid.phase == "painting" and waited >= IDLE_MS:
        return replace(grid, phase="done")
    return grid


def _cell(grid: Grid, point: Point) -> int:
    across, down = point
    column = min(max(int(across * grid.columns), 0), grid.columns - 1)
    row = min(max(int(down * grid.rows), 0), grid.rows - 1)
    return row * grid.columns + column
