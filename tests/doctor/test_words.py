"""The doctor's words: the same keys in both languages, none missing, none unused, a remedy for whatever is not well."""

import re
from pathlib import Path

from kiosk.device.paths import assets_folder
from kiosk.doctor.finding import LANGUAGES, Note, doctors_words, in_words

SOURCES = Path(__file__).resolve().parents[2] / "kiosk" / "doctor"
MADE = re.compile(r'\b(ok|warning|failed)\(\s*"([a-z_]+\.[a-z_]+)"|Note\("([a-z_]+\.[a-z_]+)"')


def said() -> tuple[set[str], set[str]]:
    """Every code in the sources, and those of them that are not in order."""
    every, wrong = set(), set()
    for path in SOURCES.glob("*.py"):
        for result, code, other in MADE.findall(path.read_text("utf-8")):
            every.add(code or other)
            if result != "ok":
                wrong.add(code or other)
    return every, wrong


def test_every_code_has_words_and_every_fault_a_remedy_and_nothing_else_stands_there() -> None:
    every, wrong = said()
    assert len(every) > 100
    wanted = every | {f"{code}.remedy" for code in wrong} | {f"result.{one}" for one in ("ok", "warning", "failed")}
    words = doctors_words(assets_folder())
    assert words.languages == LANGUAGES
    for language in LANGUAGES:
        assert set(words.texts[language]) == wanted
        assert all(text.strip() for text in words.texts[language].values())


def test_a_remedy_is_said_in_the_language_asked_for() -> None:
    words = doctors_words(assets_folder())
    note = Note("font.none", "failed")
    assert "fonts-noto-cjk" in in_words(note, words, "zh-CN").remedy
    assert in_words(note, words, "zh-CN").found != in_words(note, words, "en").found
    assert in_words(Note("clock_source.ok", "ok"), words, "en").check == "clock source"
