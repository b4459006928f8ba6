"""Every state of the console is photographed, in both languages and in both sizes of type, without a word of Qt's."""

from pathlib import Path

from PySide6.QtGui import QGuiApplication, QImage

from kiosk.clerk.gallery import photograph


def test_every_state_is_on_the_contact_sheet(
    application: QGuiApplication, qt_messages: list[str], tmp_path: Path
) -> None:
    photograph(tmp_path, "en", tmp_path / "scratch", settle_ms=0)
    names = {path.name.removesuffix("-en-large.png") for path in tmp_path.glob("*-en-large.png")}
    assert len(names) >= 30
    assert names == {path.name.removesuffix("-en-ordinary.png") for path in tmp_path.glob("*-en-ordinary.png")}
    assert not QImage(str(tmp_path / "sheet-en.png")).isNull()
    assert {"rating", "finished", "reminder", "slip", "shift", "figures", "chip", "stranger"} <= names
