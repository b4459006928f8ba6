"""The recogniser: one image or two of what was written, one run of the model, one ranked list.

The strokes are looked at as a picture, so neither their order nor where the pen was lifted matters.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # it brings no types
from numpy.typing import NDArray

from kiosk.handwriting import CANDIDATES, LINE, Stroke
from kiosk.handwriting.characters import weight
from kiosk.handwriting.drawing import Image, box, draw_line, draw_one
from kiosk.handwriting.reading import Opinions, Reading, count, read_line, read_one

_ONE_AT_MOST = 2.0
"""Ink wider than this many times its height, and in parts, is not one character. (一 is wide, and in one part.)"""
_LINE_AT_LEAST = 1.25
"""Ink narrower than this many times its height is one character."""
_GAP = 0.04
"""White between two parts of the ink, as a part of its height, from which on they may be two characters."""


class Recogniser:
    """Loads the model when made (some 200 ms), reads from then on. Not for two threads at once."""

    def __init__(self, model: Path, threads: int = 2) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # a terminal at rest computes nothing
        onnxruntime.disable_telemetry_events()
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        listed = self._session.get_modelmeta().custom_metadata_map["character"].split("\n")
        self._characters = [*listed, " "]
        self._weights = np.array([weight(character) for character in self._characters], dtype=np.float32)

    def read(self, strokes: Sequence[Stroke], most: int = CANDIDATES) -> list[Reading]:
        """What the strokes may be, likeliest first: one character, or a line of up to `LINE`. Empty where nothing was
        written."""
        strokes = [stroke for stroke in strokes if len(stroke)]
        if not strokes:
            return []
        _, _, width, height = box(strokes)
        readings: list[Reading] = []
        if width >= _LINE_AT_LEAST * height:
            readings += self._read_line(strokes, most)
        if width <= _ONE_AT_MOST * height or not _falls_apart(strokes, height):
            readings += self._read_one(strokes, most, beside_a_line=bool(readings))
        if not readings:  # the model sees nothing in it; then it is at least a sign
            readings = self._read_one(strokes, most, beside_a_line=False)
        ranked: dict[str, Reading] = {}
        for reading in sorted(readings, key=lambda reading: -reading.likely):
            ranked.setdefault(reading.text, reading)
        return list(ranked.values())[:most]

    def read_each(self, characters: Sequence[Sequence[Stroke]], most: int = CANDIDATES) -> list[list[Reading]]:
        """What each of many characters may be, in one run of the model."""
        opinions = self._opinions([draw_one(strokes) for strokes in characters])
        return [read_one(one, self._characters, self._weights, most) for one in opinions]

    def _read_one(self, strokes: Sequence[Stroke], most: int, beside_a_line: bool) -> list[Reading]:
        [opinions] = self._opinions([draw_one(strokes)])
        if beside_a_line and count(opinions) > 1:
            return []
        return read_one(opinions, self._characters, self._weights, most)

    def _read_line(self, strokes: Sequence[Stroke], most: int) -> list[Reading]:
        [opinions] = self._opinions([draw_line(strokes, LINE)])
        found = read_line(opinions, self._characters, self._weights, most)
        # By the mean of its characters, so that a line can be held against a single character.
        return [replace(reading, likely=reading.likely ** (1 / len(reading.text))) for reading in found]

    def _opinions(self, images: Sequence[Image]) -> NDArray[np.float32] | Sequence[Opinions]:
        batch = np.repeat(np.stack(images)[:, None], 3, axis=1)
        outcome = self._session.run(None, {self._input: batch})[0]
        return np.asarray(outcome, dtype=np.float32)


def _falls_apart(strokes: Sequence[Stroke], height: float) -> bool:
    """Whether some upright line of white parts the ink."""
    spans = sorted((min(x for x, _ in stroke), max(x for x, _ in stroke)) for stroke in strokes)
    reach = spans[0][1]
    for left, right in spans[1:]:
        if left > reach + _GAP * height:
            return True
        reach = max(reach, right)
    return False
