import shutil
from pathlib import Path

import kiosk.ui
from kiosk.ui.layout import layout_digest

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
