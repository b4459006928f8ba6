"""Draws strokes the way the model has seen writing: black on white, aspect kept, with a margin, in a round pen.

An image is an array of `HEIGHT` rows, 1 for paper and -1 for ink.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from kiosk.handwriting import Stroke

Image = NDArray[np.float32]
Points = NDArray[np.float64]

HEIGHT = 48
PADDING = 0.10
PEN = 0.045
"""The width of the pen as a part of the height."""
_FINE = 4
"""Each pixel is drawn as this many squared, and then averaged."""


def box(strokes: Sequence[Stroke]) -> tuple[float, float, float, float]:
    """Left, top, width and height of the ink, none of them negative."""
    points = _points(strokes)
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return float(left), float(top), float(right - left), float(bottom - top)


def draw_one(strokes: Sequence[Stroke]) -> Image:
    """One character in the middle of a square."""
    left, top, width, height = box(strokes)
    scale = _room() / max(width, height, 1e-6)
    return _draw(strokes, left + width / 2, top + height / 2, scale, HEIGHT)


def draw_line(strokes: Sequence[Stroke], most: int) -> Image:
    """Up to `most` characters in a row; the image is as wide as they need, in steps of `HEIGHT`."""
    left, top, width, height = box(strokes)
    scale = _room() / max(height, width / most, 1e-6)
    squares = -int(-(width * scale + HEIGHT * PADDING) // HEIGHT)
    return _draw(strokes, left + width / 2, top + height / 2, scale, HEIGHT * max(squares, 1))


def _room() -> float:
    return HEIGHT * (1 - 2 * PADDING)


def _draw(strokes: Sequence[Stroke], middle_x: float, middle_y: float, scale: float, width: int) -> Image:
    fine = np.zeros((HEIGHT * _FINE, width * _FINE), dtype=bool)
    middle = np.array([middle_x, middle_y])
    centre = np.array([width, HEIGHT]) * _FINE / 2
    for stroke in strokes:
        path = _dense((np.array(stroke, dtype=np.float64) - middle) * scale * _FINE + centre)
        spots = path[:, None, :].round().astype(np.intp) + _disc()
        x = spots[..., 0].ravel().clip(0, fine.shape[1] - 1)
        y = spots[..., 1].ravel().clip(0, fine.shape[0] - 1)
        fine[y, x] = True
    ink = fine.reshape(HEIGHT, _FINE, width, _FINE).mean(axis=(1, 3), dtype=np.float32)
    image: Image = (1 - 2 * ink).astype(np.float32)
    return image


def _points(strokes: Sequence[Stroke]) -> Points:
    return np.array([point for stroke in strokes for point in stroke], dtype=np.float64)


def _dense(points: Points) -> Points:
    """The same path with a point at least every pixel."""
    if len(points) == 1:
        return points
    steps = np.abs(np.diff(points, axis=0)).max(axis=1)
    along = np.concatenate(([0.0], np.cumsum(steps)))
    wanted = np.arange(0.0, along[-1] + 1.0)
    return np.stack([np.interp(wanted, along, points[:, axis]) for axis in (0, 1)], axis=1)


@cache
def _disc() -> NDArray[np.intp]:
    """The offsets of the pixels under the pen."""
    radius = HEIGHT * PEN * _FINE / 2
    reach = int(radius) + 1
    grid = np.mgrid[-reach : reach + 1, -reach : reach + 1].reshape(2, -1).T
    disc: NDArray[np.intp] = grid[(grid**2).sum(axis=1) <= radius**2]
    return disc
