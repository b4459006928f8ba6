"""The files that `kiosk run` leaves its words in: whole lines, bounded, ours alone, nothing of what a citizen did."""

import json
import logging
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.levels import Level
from kiosk.device.logbook import FILES, NAME, line_of, log_files, logged_to
from tests.terminal.bench import Bench

COMMENT, CONTACT = "服务太慢了，等了一个上午", "13800138000"


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for path in log_files(folder) if path.exists() for line in path.read_bytes().splitlines()]


@pytest.fixture(autouse=True)
def everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


def test_a_line_has_its_time_urgency_place_and_words(tmp_path: Path) -> None:
    with logged_to(tmp_path):
        logging.getLogger("kiosk.x").warning("the disk has %d MiB", 3)
    logging.getLogger("kiosk.x").warning("after it was closed")
    (line,) = lines(tmp_path)
    assert (line["level"], line["place"], line["words"]) == ("warning", "kiosk.x", "the disk has 3 MiB")
    assert line["time"][10] == "T"
    assert line["time"][-6] in "+-"


def test_files_turn_and_only_five_are_kept(tmp_path: Path) -> None:
    with logged_to(tmp_path, bytes_each=2_000):
        for number in range(200):
            logging.getLogger("kiosk").info("line %04d", number)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in log_files(tmp_path))
    assert len(log_files(tmp_path)) == FILES
    assert all(path.stat().st_size <= 2_000 for path in log_files(tmp_path))
    newest = [json.loads(line)["words"] for line in (tmp_path / NAME).read_bytes().splitlines()]
    assert newest[-1] == "line 0199"
    told = [line["words"] for line in lines(tmp_path)]
    assert len(told) == len(set(told))


def test_a_second_start_goes_on_in_the_same_file(tmp_path: Path) -> None:
    for words in ("first", "second"):
        with logged_to(tmp_path):
            logging.getLogger("kiosk").info(words)
    assert [line["words"] for line in lines(tmp_path)] == ["first", "second"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_the_files_are_ours_alone_and_no_symlink_is_followed(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with logged_to(tmp_path):
            logging.getLogger("kiosk").info("one")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / NAME).replace(elsewhere)
    (tmp_path / NAME).symlink_to(elsewhere)
    with logged_to(tmp_path):
        logging.getLogger("kiosk").info("two")
    assert b"two" not in elsewhere.read_bytes()


def test_a_folder_that_cannot_be_written_costs_nobody_anything(tmp_path: Path) -> None:
    with logged_to(tmp_path / "gone"):
        logging.getLogger("kiosk").info("one")
        (tmp_path / "gone").mkdir()
    with logged_to(tmp_path):
        logging.getLogger("kiosk").info("two")
    assert lines(tmp_path)[-1]["words"] == "two"


def test_a_line_keeps_no_level_and_of_an_exception_no_words() -> None:
    try:
        raise ValueError(COMMENT)
    except ValueError:
        record = logging.LogRecord("k", logging.ERROR, "", 1, "told %s", ("VERY_dissatisfied",), sys.exc_info())
    line = line_of(record).decode()
    assert COMMENT not in line
    assert json.loads(line)["fault"] == "ValueError"
    assert "test_logbook.py" in json.loads(line)["at"]
    assert json.loads(line)["words"] == "told …"


def test_a_whole_visit_leaves_no_level_no_comment_and_no_contact_in_the_log(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    try:
        with logged_to(bench.home.logs):
            bench.rated(bench.ready(), COMMENT, CONTACT)
            logging.getLogger("kiosk").info("the visit is over")
            bench.close()
    finally:
        bench.close()
    text = b"".join(path.read_bytes() for path in log_files(bench.home.logs) if path.exists()).decode()
    assert "the visit is over" in text
    for planted in (COMMENT, CONTACT, "341200198001019999", *(level.value for level in Level)):
        assert planted not in text
