"""Every word of the console stands in its translation files, the same keys in each, and none unused."""

import re
from pathlib import Path

from kiosk.clerk.inputs import PAUSE_KINDS, Link
from kiosk.clerk.keys import HOT_KEYS, KEYS
from kiosk.core.events import CANCEL_REASONS
from kiosk.station.refusals import REFUSALS
from kiosk.ui.words import load_words

ROOT = Path(__file__).parents[2]
WORDS = load_words(ROOT / "assets" / "translations" / "clerk")
QML = sorted((ROOT / "kiosk" / "clerk" / "qml").rglob("*.qml"))
PYTHON = sorted((ROOT / "kiosk" / "clerk").glob("*.py"))
COMPOSED = {
    *(f"banner.{link.name.lower()}" for link in Link if link is not Link.UP),
    *(
        f"{about}.{face}"
        for about in ("state", "detail")
        for face in (
            "unknown", "closed", "ready", "serving", "rating", "handed_to_phone", "paused", "out_of_order"
        )
    ),
    *(f"sheet.{sheet}" for sheet in ("pause", "cancel", "call", "shift", "figures", "settings")),
    *(f"pause.kind.{kind}" for kind in PAUSE_KINDS),
    *(f"cancel.{reason}" for reason in CANCEL_REASONS),
    *(f"hot_key.{name}" for name in HOT_KEYS),
    *(f"hot_keys.{standing}" for standing in ("off", "held", "wayland", "unsupported", "failed")),
    *(f"age.{unit}" for unit in ("days", "hours", "minutes")),
    *(f"trouble.{code}" for code in REFUSALS),
    "detail.last_finished",
}  # fmt: skip


def test_the_console_speaks_chinese_first_and_english() -> None:
    assert WORDS.languages == ("zh-CN", "en")


def test_every_key_used_in_qml_exists() -> None:
    text = "\n".join(path.read_text("utf-8") for path in QML)
    assert set(re.findall(r'words\["([^"]+)"\]', text)) <= WORDS.texts["zh-CN"].keys()
    assert set(re.findall(r'keys\["([^"]+)"\]', text)) == KEYS.keys()  # each key does what it is for, and is shown


def test_every_composed_key_exists() -> None:
    assert COMPOSED - WORDS.texts["zh-CN"].keys() == set()


def test_every_key_is_used() -> None:
    text = "\n".join(path.read_text("utf-8") for path in (*QML, *PYTHON))
    said = {f"trouble.{code}" for code in re.findall(r'"([a-z_]+)"', text)}
    said |= {f"figures.{code}" for code in (*REFUSALS, "asking", "away")}
    unused = [key for key in WORDS.texts["zh-CN"] if f'"{key}"' not in text and key not in COMPOSED | said]
    assert unused == []


def test_no_words_stand_in_qml() -> None:
    for path in QML:
        code = re.sub(r"//.*", "", path.read_text("utf-8"))
        assert not re.search(r"[\u4e00-\u9fff]", code), path.name
        spoken = re.findall(r'\b(?:text|label|title|note): "([^"]*[A-Za-z]{2}[^"]*)"', code)
        assert spoken == [], path.name
