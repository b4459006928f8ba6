"""Every command that docs/TECHNICIAN.md has one type is one of this program, and both languages have the same."""

import re
import shlex
from pathlib import Path

import pytest

from kiosk.__main__ import _parser

PAGE = (Path(__file__).parents[2] / "docs" / "TECHNICIAN.md").read_text("utf-8")
CHINESE, ENGLISH = PAGE.split("\n# English\n")
FENCED = re.compile(r"```sh\n(.*?)```", re.S)
TYPED = re.compile(r"```sh\n.*?```|`[^`\n]+`", re.S)
OURS = ("kiosk", "kiosk-terminal")


def lines(part: str) -> list[str]:
    """What is typed, in the order of the page, in blocks and within the text."""
    return [line for found in TYPED.findall(part) for line in found.removeprefix("```sh\n").strip("`\n").splitlines()]


def commands(part: str) -> list[list[str]]:
    """Those of this program, as words. A name of one word is no command."""
    found = (shlex.split(line) for line in lines(part) if line.startswith("kiosk"))
    return [words for words in found if words[0] in OURS and len(words) > 1]


def tongueless(part: str) -> list[str]:
    """The lines to copy, but for the language that a command is to speak."""
    found = [line for block in FENCED.findall(part) for line in block.splitlines()]
    return [re.sub(r"--language (zh-CN|en)$", "--language", line) for line in found]


@pytest.mark.parametrize("words", commands(PAGE), ids=" ".join)
def test_a_command_is_understood(words: list[str]) -> None:
    _parser().parse_args(words[1:])


def test_both_languages_name_the_same_commands_in_the_same_order() -> None:
    assert tongueless(CHINESE) == tongueless(ENGLISH)
    assert len(tongueless(CHINESE)) > 30
    assert [words[:2] for words in commands(CHINESE)] == [words[:2] for words in commands(ENGLISH)]
    assert "--language en" not in CHINESE
    assert "--language zh-CN" not in ENGLISH


def test_both_languages_have_the_same_steps() -> None:
    chinese, english = (re.findall(r"^\*\*(\d+)\.|^(\d+)\. \*\*|^(##) ", part, re.M) for part in (CHINESE, ENGLISH))
    assert chinese == english
    assert [step for step, _, _ in chinese if step] == [str(number) for number in range(1, 11)]
