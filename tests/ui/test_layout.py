import shutil
from pathlib import Path

import kiosk.ui
from kiosk.ui.layout import layout_digest
from kiosk.ui.looks import Looks
from kiosk.ui.screen_model import ScreenModel
from kiosk.ui.words import Words

QML = Path(kiosk.ui.__file__).parent / "qml"


def test_one_byte_or_one_name_makes_another_layout(tmp_path: Path) -> None:
    copy = tmp_path / "qml"
    shutil.copytree(QML, copy)
    before = layout_digest(copy)
    assert before == layout_digest(QML)
    file = next(copy.rglob("*.qml"))
    file.write_bytes(file.read_bytes() + b" ")
    changed = layout_digest(copy)
    file.rename(file.with_name("Other.qml"))
    assert len({before, changed, layout_digest(copy)}) == 3


def test_what_was_seen_is_told_by_language_looks_words_and_layout(words: Words) -> None:
    model = ScreenModel(words, lambda: 0, lambda work: work(), lambda: None, Looks(large=True, low=True), "f" * 64)
    seen = model.seen()
    assert (seen.language, seen.look, seen.wording, seen.layout) == (
        "zh-CN", "large low", words.digest("zh-CN"), "f" * 64
    )  # fmt: skip
    model.toggleLook("contrast")
    assert model.seen().look == "large contrast low"
