"""A comment and a contact, from the citizen's keyboard to central, and what is left of them on the terminal."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kiosk.bookkeeping.looking import look_at_journal
from kiosk.demo.citizen import Targets
from kiosk.demo.programs import Central
from kiosk.device.paths import open_home
from kiosk.device.settings import Settings
from tests.end_to_end.desk import opened_desk

TYPED, SPELT, CONTACT = "no sign at the lift", "你好", "13805580178"
CITIZEN, CASE_NUMBER = "欧阳望舒", "341299887766554433"
LEVELS = ("dissatisfied", "satisfied")
SECRETS = (TYPED, SPELT, CONTACT, CITIZEN, CASE_NUMBER, *LEVELS)
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")


def readable(home: Path, words: tuple[str, ...] = SECRETS) -> list[tuple[str, str]]:
    """Which of these words lie readable in which file of the home. The hall's profile may name levels, for it says at
    which its own reasons are offered; it knows nothing of a citizen."""
    needles = {(word, word.encode(encoding)) for word in words for encoding in ENCODINGS}
    files = [path for path in home.rglob("*") if path.is_file()]
    found = [(path.name, word) for path in files for word, needle in needles if needle in path.read_bytes()]
    return [each for each in found if not (each[0] == "profile.json" and each[1] in LEVELS)]


@dataclass(frozen=True)
class Story:
    """What was found at each step. `wiped`: the journal's records after central acknowledged them."""

    files: frozenset[str]
    while_writing: list[tuple[str, str]]
    while_unsent: list[tuple[str, str]]
    after_delivery: list[tuple[str, str]]
    held: list[dict[str, Any]]
    wiped: list[dict[str, Any]]
    said: str
    sqlite_says: str
    ratings: dict[str, dict[str, Any]]
    in_central: bytes
    typed: str
    spelt: str


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, targets: Targets) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("words")
    with opened_desk(folder, targets) as desk:
        desk.terminal.start()
        home = desk.terminal.home
        desk.wait_until_delivered()
        desk.central.program.kill()
        typed = desk.begin(case_number=CASE_NUMBER, citizen_name=CITIZEN)
        desk.citizen.tap_level("dissatisfied")
        desk.citizen.write("comment", TYPED)
        desk.citizen.write("contact", CONTACT)
        while_writing = readable(home)
        desk.citizen.submit()
        spelt = desk.begin()
        desk.citizen.tap_level("very_satisfied")
        desk.citizen.spell("nihao")
        desk.citizen.submit()
        files = frozenset(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())
        while_unsent = readable(home)
        with look_at_journal(open_home(home), Settings()) as journal:
            held = journal.read(0, 1000)
        sqlite_says = read_with_sqlite(home / "journal.db", folder)
        desk.central = Central(folder, desk.central.port)
        ratings = {rating["visit_id"]: rating for rating in desk.settle()}
        after_delivery = readable(home)
        desk.terminal.stop()
        with look_at_journal(open_home(home), Settings()) as journal:
            wiped = journal.read(0, 1000)
        desk.central.program.stop()
        in_central = b"".join(path.read_bytes() for path in (folder / "central").iterdir() if path.is_file())
        yield Story(
            files, while_writing, while_unsent, after_delivery, held, wiped, desk.program.words(), sqlite_says,
            ratings, in_central, typed, spelt,
        )  # fmt: skip


def read_with_sqlite(journal: Path, folder: Path) -> str:
    """What Python's own SQLite says of a copy of the journal with its write-ahead log; empty if it can read it."""
    for name in (journal.name, journal.name + "-wal"):
        (folder / name).write_bytes((journal.parent / name).read_bytes())
    try:
        with sqlite3.connect(folder / journal.name) as connection:
            connection.execute("SELECT * FROM sqlite_master").fetchall()
    except sqlite3.DatabaseError as fault:
        return str(fault)
    finally:
        connection.close()
    return ""


def personal(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The personal data that is still with the entries, without the salts."""
    return [{key: value for key, value in r["personal"].items() if key != "salt"} for r in records if "personal" in r]


def test_a_comment_typed_and_one_spelt_in_pinyin_reach_central(story: Story) -> None:
    assert story.ratings[story.typed]["comment"] == TYPED
    assert story.ratings[story.spelt]["comment"] == SPELT
    assert story.ratings[story.typed]["case_number"] == CASE_NUMBER


def test_the_contact_and_the_name_reach_central_and_are_not_read_out_with_the_ratings(story: Story) -> None:
    assert CONTACT.encode() in story.in_central
    assert CITIZEN.encode() in story.in_central
    assert CONTACT not in str(story.ratings)
    assert CITIZEN not in str(story.ratings)


def test_no_file_of_the_home_has_a_readable_word_of_it(story: Story) -> None:
    assert any(name.startswith("journal.db") for name in story.files)
    assert any(name.startswith("scratch") for name in story.files)
    assert story.while_writing == []
    assert story.while_unsent == []
    assert story.after_delivery == []


def test_the_scan_finds_what_lies_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    (tmp_path / "scratch" / "usr_dict.dat").write_bytes("x你好y".encode("utf-16-le"))
    assert readable(tmp_path) == [("usr_dict.dat", SPELT)]


def test_what_the_terminal_says_has_no_word_of_it(story: Story) -> None:
    assert story.said
    assert [word for word in (TYPED, SPELT, CONTACT, CITIZEN, CASE_NUMBER, "dissatisfied") if word in story.said] == []


def test_sqlite_cannot_read_the_journal(story: Story) -> None:
    assert story.sqlite_says == "file is not a database"


def test_the_journal_holds_what_was_written_until_central_has_it_and_then_no_more(story: Story) -> None:
    assert personal(story.held) == [
        {"citizen_name": CITIZEN},
        {"comment": TYPED, "contact": CONTACT},
        {"comment": SPELT},
    ]
    assert personal(story.wiped) == []
    assert len(story.wiped) > len(story.held)
