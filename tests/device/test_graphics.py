"""What a machine is drawn with, and what of that is remembered."""

import os
from pathlib import Path

import pytest

from kiosk.device.graphics import choose_renderer, read_no_picture, remember


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QUICK_BACKEND", "")


def test_no_picture_is_remembered_until_a_life_with_the_card_has_one(tmp_path: Path):
    file = tmp_path / "graphics.json"
    assert not choose_renderer(file, "1", told=False)
    assert os.environ["QT_QUICK_BACKEND"] == ""
    assert choose_renderer(file, "1", told=True)
    remember(file, "1", told=True, software=True)
    since = read_no_picture(file)
    os.environ["QT_QUICK_BACKEND"] = ""
    assert choose_renderer(file, "1", told=False)
    assert os.environ["QT_QUICK_BACKEND"] == "software"
    remember(file, "1", told=False, software=True)
    assert read_no_picture(file) == since
    assert not choose_renderer(file, "2", told=False)
    remember(file, "2", told=False, software=False)
    assert read_no_picture(file) is None


@pytest.mark.parametrize("words", [b"", b"{}", b"nonsense", b'{"since_s": "x", "version": 3}'])
def test_what_cannot_be_read_is_nothing(tmp_path: Path, words: bytes):
    (tmp_path / "graphics.json").write_bytes(words)
    assert read_no_picture(tmp_path / "graphics.json") is None
    assert not choose_renderer(tmp_path / "graphics.json", "1", told=False)
