import shutil
from pathlib import Path

import kiosk.ui
from kiosk.ui.layout import layout_digest, seen_at_home
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


def test_what_stands_at_home_is_what_a_citizen_has_seen_who_chose_nothing(words: Words) -> None:
    model = ScreenModel(words, lambda: 0, lambda work: work(), lambda: None, Looks(large=True, low=True), "f" * 64)
    assert seen_at_home(words, Looks(large=True, low=True), "f" * 64) == model._seen()
    model.toggleLook("contrast")
    assert seen_at_home(words, Looks(large=True, low=True), "f" * 64) != model._seen()
