"""Every word of the screen stands in a translation file, the same keys in each."""

import json
import re
from pathlib import Path

import pytest

from kiosk.core.levels import Level
from kiosk.core.options import load_options
from kiosk.ui.looks import NAMES
from kiosk.ui.words import WordsError, load_words

ROOT = Path(__file__).parents[2]
TRANSLATIONS = ROOT / "assets" / "translations"
QML = sorted((ROOT / "kiosk" / "ui" / "qml").rglob("*.qml"))
PYTHON = sorted((ROOT / "kiosk" / "ui").glob("*.py"))


def test_every_key_used_in_qml_exists() -> None:
    words = load_words(TRANSLATIONS)
    used = {key for path in QML for key in re.findall(r'words\["([^"]+)"\]', path.read_text("utf-8"))}
    assert len(used) > 20
    assert used <= words.texts["zh-CN"].keys()


def test_every_key_is_used() -> None:
    text = "\n".join(path.read_text("utf-8") for path in (*QML, *PYTHON))
    families = (
        "level.",
        "hint.",
        "pause.",
        "fault.",
        "day.",
        "paused.text.",
        "attract.how.",
        "receipt.hint.",
        "receipt.step.",
        "receipt.kept.",
        "matters.",
    )
    composed = {f"assist.{name}{part}" for name in NAMES for part in ("", ".text")}
    composed |= {f"privacy.{about}{part}" for about in ("what", "long", "who", "receipt") for part in ("", ".text")}
    composed |= {f"receipt.{act}.{part}" for act in ("add", "withdraw") for part in ("title", "placeholder")}
    composed |= {f"receipt.{state}{part}" for state in ("unknown", "unreachable") for part in ("", ".text")}
    unused = [
        key
        for key in load_words(TRANSLATIONS).texts["zh-CN"]
        if f'"{key}"' not in text and not key.startswith(families) and key not in composed
    ]
    assert unused == []


def test_no_words_stand_in_qml() -> None:
    for path in QML:
        code = re.sub(r"//.*", "", path.read_text("utf-8"))
        assert not re.search(r"[\u4e00-\u9fff]", code), path.name
        spoken = re.findall(r'\b(?:text|label|title|note): "([^"]*[A-Za-z]{2}[^"]*)"', code)
        assert spoken == [], path.name


def test_the_levels_are_called_as_the_national_list_calls_them() -> None:
    words = load_words(TRANSLATIONS)
    options = load_options((ROOT / "assets" / "national-options.json").read_bytes())
    for level in Level:
        assert (words.text("zh-CN", f"level.{level}"), words.text("en", f"level.{level}")) == options.labels[level]


def test_a_language_more_is_one_file_more(tmp_path: Path) -> None:
    for path in TRANSLATIONS.glob("*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "ug.json").write_bytes((TRANSLATIONS / "en.json").read_bytes())
    words = load_words(tmp_path)
    assert words.languages == ("zh-CN", "en", "ug")
    assert [words.after(one) for one in words.languages] == ["en", "ug", "zh-CN"]
    assert [words.beside(one) for one in words.languages] == ["en", "zh-CN", "zh-CN"]


def test_files_that_differ_are_refused_by_the_key(tmp_path: Path) -> None:
    (tmp_path / "zh-CN.json").write_text(json.dumps({"a": "1", "b": "2"}))
    (tmp_path / "en.json").write_text(json.dumps({"a": "1"}))
    with pytest.raises(WordsError, match=r"en\.json and zh-CN\.json differ in b"):
        load_words(tmp_path)


def test_a_broken_or_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(WordsError, match=r"no zh-CN\.json"):
        load_words(tmp_path)
    (tmp_path / "en.json").write_text("{")
    with pytest.raises(WordsError, match=r"en\.json is not JSON"):
        load_words(tmp_path)


def test_places_that_nobody_fills_are_refused_by_the_key(tmp_path: Path) -> None:
    (tmp_path / "zh-CN.json").write_text(json.dumps({"a": "{count}", "b": "2"}))
    (tmp_path / "en.json").write_text(json.dumps({"a": "{cuont}", "b": "2"}))
    with pytest.raises(WordsError, match=r"have other {places} in a"):
        load_words(tmp_path)
    (tmp_path / "en.json").write_text(json.dumps({"a": "{count:02}", "b": "{"}))
    with pytest.raises(WordsError, match=r"en\.json: b cannot be filled"):
        load_words(tmp_path)


@pytest.mark.parametrize("broken", ["{", "[]", '{"a": 1}', '{"b": "1"}', '{"a": "{x}"}', '{"a": "}"}'])
def test_a_language_that_does_not_hold_is_left_out_where_someone_is_told(tmp_path: Path, broken: str) -> None:
    (tmp_path / "zh-CN.json").write_text(json.dumps({"a": "1"}))
    (tmp_path / "en.json").write_text(json.dumps({"a": "2"}))
    (tmp_path / "ug.json").write_text(broken)
    told: list[str] = []
    assert load_words(tmp_path, "zh-CN", told.append).languages == ("zh-CN", "en")
    assert len(told) == 1
    assert told[0].startswith("ug.json")
    with pytest.raises(WordsError):
        load_words(tmp_path, "ug", told.append)
