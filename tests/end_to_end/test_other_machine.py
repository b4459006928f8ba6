"""A program on another machine of the hall: what may come in over the network does, and nothing else."""

from pathlib import Path

import pytest

from tests.end_to_end.other_machine import opened, play


def test_a_program_on_another_machine_is_let_in_once_it_is_paired_and_until_it_is_revoked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def say(words: str) -> None:
        if words.startswith("ok"):
            print(words)
        else:  # what could not be tried as it should be is never quiet
            with capsys.disabled():
                print(f"\n{words}", flush=True)

    with opened(tmp_path, say) as scene:
        play(scene)
