"""The technician's settings hold as a whole or not at all; what is remembered is worth no trouble."""

from pathlib import Path

import pytest

from kiosk.clerk.keys import HOT_KEYS, KEYS, Chord, read_chord
from kiosk.clerk.settings import Memory, Settings, SettingsRefused, read_settings, recall, remember


def test_without_a_file_the_usual_settings_hold(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == Settings()
    assert Settings().chords().keys() == HOT_KEYS.keys()


def test_settings_are_read_from_the_file(tmp_path: Path) -> None:
    (tmp_path / "console.toml").write_text(
        'hot_keys = false\ncard_prefixes = ["STAFF:"]\n[keys]\nshow = "Alt+K"\ncall = ""\n', "utf-8"
    )
    settings = read_settings(tmp_path)
    assert not settings.hot_keys
    assert settings.card_prefixes == ("STAFF:",)
    assert settings.chords()["show"] == Chord(frozenset({"Alt"}), "K")
    assert "call" not in settings.names()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hot_keys = 1", "hot_keys"),
        ("sound = true", "sound"),
        ("hot_keys = ", "Invalid value"),
        ('[keys]\nsing = "Ctrl+S"', "keys.sing"),
        ('[keys]\nshow = "Hyper+S"', "Hyper"),
        ('[keys]\nshow = "S"', "taken away"),
        ('[keys]\nshow = "Shift+S"', "taken away"),
        ('[keys]\nshow = "Ctrl+Enter"', "must be a letter"),
        ('[keys]\nshow = "Ctrl+Shift+F2"', "show's"),
    ],
)
def test_settings_that_do_not_hold_are_refused_and_said_where(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "console.toml").write_text(text, "utf-8")
    with pytest.raises(SettingsRefused, match=said):
        read_settings(tmp_path)


def test_settings_in_another_encoding_are_refused(tmp_path: Path) -> None:
    (tmp_path / "console.toml").write_bytes("card_prefixes = ['工号']".encode("gb18030"))
    with pytest.raises(SettingsRefused):
        read_settings(tmp_path)


def test_what_is_remembered_comes_back(tmp_path: Path) -> None:
    memory = Memory(place=(10, 20, 360, 580), folded=True, large=True, language="en", recent=("340100",))
    remember(tmp_path / "new" / "folder", memory)
    assert recall(tmp_path / "new" / "folder") == memory


def test_what_cannot_be_read_is_forgotten_with_a_word_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert recall(tmp_path) == Memory()
    assert caplog.text == ""
    (tmp_path / "console.json").write_bytes(b'{"place": [1,')
    assert recall(tmp_path) == Memory()
    assert "begins anew" in caplog.text


def test_a_disk_that_refuses_harms_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_bytes(b"")
    remember(tmp_path / "file" / "folder", Memory())
    assert "cannot be remembered" in caplog.text


def test_a_key_does_one_thing() -> None:
    assert len(set(KEYS.values())) == len(KEYS)


def test_a_chord_is_read_however_it_is_written() -> None:
    assert read_chord("ctrl + shift + f2") == Chord(frozenset({"Ctrl", "Shift"}), "F2")
    assert read_chord("Ctrl+Alt+k") == Chord(frozenset({"Ctrl", "Alt"}), "K")
