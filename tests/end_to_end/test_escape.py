"""Whoever wants to get out of the terminal stays in it."""

from pathlib import Path

from tests.end_to_end.escape import locked_up, random_hands, try_everything


def test_forty_ways_out_lead_nowhere(tmp_path: Path):
    with locked_up(tmp_path) as prison:
        assert try_everything(prison) == []
        assert random_hands(prison, 2.0, 1) == []
