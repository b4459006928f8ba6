"""The settings: every fault at once, by key, line, what was found and what is allowed."""

from pathlib import Path

import pytest

from kiosk.device.paths import languages_in
from kiosk.device.settings import (
    Settings,
    SettingsFault,
    SettingsRefused,
    known_keys,
    read_settings,
)

LANGUAGES = ("zh-CN", "en")
GOOD = """\
language = "en"
[central]
url = "https://central.example:8443/base"
ca_file = "/etc/kiosk/ca.pem"
proxy = "http://proxy.example:3128"
[station]
port = 0
allowed_origins = ["https://hall.example", "http://10.0.0.1:8080"]
lan_address = "192.168.1.20"
lan_port = 7900
[screen]
name = "HDMI-1"
windowed = "1280x800"
diagonal_inches = 15.6
lower_edge_mm = 1100
large = true
[speech]
enabled = false
[secrets]
store = "file"
fallback = "refuse"
[sync]
heartbeat_s = 30
"""

BAD = """\
langauge = "en"
port = 7801
language = "de"

[central]
url = "ftp://central.example"
ca_file = 7
allow_plain_http = "yes"
proxy = "http://user:secret@proxy.example"

[station]
port = 70000
allowed_origins = [
  "https://hall.example/with/path",
]
token = "x"
screen.name = "x"

[screen]
windowed = "fullscreen"
diagonal_inches = -1
name = [1, true]

[sync]
heartbeat_s = 1.5
"""


def refused(tmp_path: Path, text: str | bytes) -> tuple[SettingsFault, ...]:
    file = tmp_path / "kiosk.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(SettingsRefused) as found:
        read_settings(file, LANGUAGES)
    assert all(str(fault) in str(found.value) for fault in found.value.faults)
    return found.value.faults


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "kiosk.toml", LANGUAGES) == Settings()


@pytest.mark.parametrize("text", ["", "\ufeff# Notepad\r\n[central]\r\nurl = ''\r\n", "[central]\n[station]\n"])
def test_a_file_that_sets_nothing_changes_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "kiosk.toml").write_text(text, "utf-8", newline="")
    assert read_settings(tmp_path / "kiosk.toml", LANGUAGES) == Settings()


def test_every_setting_is_taken(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text(GOOD)
    found = read_settings(tmp_path / "kiosk.toml", LANGUAGES)
    assert found.language == "en"
    assert found.central.url == "https://central.example:8443/base"
    assert found.central.proxy == "http://proxy.example:3128"
    assert found.station.port == 0
    assert found.station.allowed_origins == ("https://hall.example", "http://10.0.0.1:8080")
    assert (found.station.lan_address, found.station.lan_port) == ("192.168.1.20", 7900)
    assert (found.screen.name, found.screen.windowed, found.screen.diagonal_inches) == ("HDMI-1", "1280x800", 15.6)
    assert (found.screen.lower_edge_mm, found.screen.large, found.screen.left) == (1100, True, False)
    assert (found.speech.enabled, found.speech.voice) == (False, "")
    assert (found.secrets.store, found.secrets.fallback) == ("file", "refuse")
    assert found.sync.heartbeat_s == 30


def test_nobody_beyond_loopback_is_served_unless_an_address_is_written(tmp_path: Path) -> None:
    assert read_settings(tmp_path / "kiosk.toml", LANGUAGES).station.lan_address == ""


@pytest.mark.parametrize(
    "address", ["0.0.0.0", "::", "*", "hall.example", "224.0.0.1", "255.255.255.255", "10.0.0.1:7802", "fe80::1%eth0"]
)
def test_the_halls_network_is_served_on_one_address_of_this_machine(tmp_path: Path, address: str) -> None:
    (fault,) = refused(tmp_path, f'[station]\nlan_address = "{address}"\n')
    assert (fault.key, fault.line) == ("station.lan_address", 2)
    assert "not 0.0.0.0" in fault.allowed


def test_a_whole_number_of_inches_is_a_number(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text("[screen]\ndiagonal_inches = 15\n")
    assert read_settings(tmp_path / "kiosk.toml", LANGUAGES).screen.diagonal_inches == 15.0


def test_every_fault_is_told_at_once_with_key_line_found_and_allowed(tmp_path: Path) -> None:
    faults = {fault.key: fault for fault in refused(tmp_path, BAD)}
    assert {key: fault.line for key, fault in faults.items()} == {
        "langauge": 1,
        "port": 2,
        "language": 3,
        "central.url": 6,
        "central.ca_file": 7,
        "central.allow_plain_http": 8,
        "central.proxy": 9,
        "station.port": 12,
        "station.allowed_origins": 13,
        "station.token": 16,
        "station.screen": 17,
        "screen.windowed": 20,
        "screen.diagonal_inches": 21,
        "screen.name": 22,
        "sync.heartbeat_s": 25,
    }
    assert faults["langauge"].allowed == "a known key; did you mean language?"
    assert faults["port"].allowed == "a known key; did you mean station.port?"
    assert faults["station.screen"].allowed == "a known key; did you mean screen?"
    assert faults["station.token"].allowed == (
        "one of station.port, station.allowed_origins, station.lan_address, station.lan_port"
    )
    assert faults["language"] == SettingsFault("language", 3, '"de"', '"zh-CN" or "en"')
    assert str(faults["station.port"]) == (
        "line 12: station.port: found 70000; allowed is a whole number from 0 (none) to 65535"
    )
    assert faults["central.proxy"].found == '"http://…@proxy.example"'
    assert faults["central.allow_plain_http"].found == '"yes"'
    assert faults["station.allowed_origins"].found == 'a list of "https://hall.example/with/path"'
    assert faults["screen.name"].found == "a list of 1, true"


def test_the_faults_stand_in_the_order_of_their_lines(tmp_path: Path) -> None:
    lines = [fault.line for fault in refused(tmp_path, BAD)]
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = \n", 2),
        ("[central\n", 1),
        ("\n\n[x]\n[x]\n", 4),
        ("a = 1\na = 2", 2),
        ('a = """\n\n', 3),
        ("= 1", 1),
    ],
)
def test_a_fault_of_writing_is_told_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    (fault,) = refused(tmp_path, text)
    assert (fault.key, fault.line) == ("", line)
    assert fault.found.startswith("a fault of writing (")
    assert "(at" not in fault.found


def test_text_that_is_not_utf8_is_told_with_its_line_and_byte(tmp_path: Path) -> None:
    (fault,) = refused(tmp_path, "# 中\n".encode() + "# 中".encode("gbk"))
    assert str(fault) == "line 2: found the byte 0xd6; allowed is text in UTF-8"


def test_a_value_where_a_table_belongs_is_a_fault_and_so_is_the_reverse(tmp_path: Path) -> None:
    faults = refused(tmp_path, 'station = 7801\nlanguage = { code = "en" }\n')
    assert [(fault.key, fault.found, fault.allowed) for fault in faults] == [
        ("station", "7801", "a table [station]"),
        ("language", "a table", 'the tag of a language that has a file in assets/translations, such as "zh-CN"'),
    ]


@pytest.mark.parametrize("tag", ["ug", "zh-Hant-TW"])
def test_a_language_more_is_one_file_more(tmp_path: Path, tag: str) -> None:
    (tmp_path / "translations").mkdir()
    for each in ("en", "zh-CN", tag):
        (tmp_path / "translations" / f"{each}.json").write_text("{}")
    languages = languages_in(tmp_path)
    (tmp_path / "kiosk.toml").write_text(f'language = "{tag}"\n')
    assert languages[0].startswith("zh")
    assert read_settings(tmp_path / "kiosk.toml", languages).language == tag
    (tmp_path / "translations" / f"{tag}.json").unlink()
    with pytest.raises(SettingsRefused) as found:
        read_settings(tmp_path / "kiosk.toml", languages_in(tmp_path))
    assert found.value.faults == (SettingsFault("language", 1, f'"{tag}"', '"zh-CN" or "en"'),)


@pytest.mark.parametrize("tag", ["", "zh", "ZH-CN", "../translations/en", "clerk/en", "en.json"])
def test_a_tag_is_a_files_name_and_no_path(tmp_path: Path, tag: str) -> None:
    (fault,) = refused(tmp_path, f'language = "{tag}"\n')
    assert (fault.key, fault.allowed) == ("language", '"zh-CN" or "en"')


def test_a_long_value_is_shown_in_part(tmp_path: Path) -> None:
    (fault,) = refused(tmp_path, f'language = "{"x" * 5000}"')
    assert len(fault.found) < 100


@pytest.mark.parametrize(
    ("url", "extra", "taken"),
    [
        ("http://127.0.0.1:7800", "", True),
        ("http://localhost", "", True),
        ("http://[::1]:7800/x", "", True),
        ("http://central.example", "allow_plain_http = true", True),
        ("http://central.example", "", False),
        ("http://localhost.example", "", False),
        ("http://127.0.0.1.example", "", False),
        ("https://central.example", "", True),
    ],
)
def test_plain_http_leaves_the_machine_only_with_permission(tmp_path: Path, url: str, extra: str, taken: bool) -> None:
    text = f'[central]\nurl = "{url}"\n{extra}\n'
    if taken:
        (tmp_path / "kiosk.toml").write_text(text)
        assert read_settings(tmp_path / "kiosk.toml", LANGUAGES).central.url == url
    else:
        (fault,) = refused(tmp_path, text)
        assert (fault.key, fault.line) == ("central.url", 2)
        assert "allow_plain_http" in fault.allowed


@pytest.mark.parametrize(
    "url", ["https://user:pw@central.example", "https://c.example/?q=1", "https://", "central.example"]
)
def test_an_address_with_user_query_or_without_host_is_refused(tmp_path: Path, url: str) -> None:
    (fault,) = refused(tmp_path, f"[central]\nurl = '{url}'\n")
    assert fault.key == "central.url"


def test_a_file_that_cannot_be_read_is_a_fault_and_not_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").mkdir()
    with pytest.raises(SettingsRefused) as found:
        read_settings(tmp_path / "kiosk.toml", LANGUAGES)
    assert found.value.faults[0].allowed == "a readable file"
    (tmp_path / "kiosk.toml").rmdir()
    (fault,) = refused(tmp_path, b"#" * 300_000)
    assert "longer than" in fault.found


def test_every_key_says_what_is_allowed(tmp_path: Path) -> None:
    for key in known_keys():
        table, _, name = key.rpartition(".")
        if key in ("central", "station", "screen", "speech", "secrets", "sync", "mirror"):
            continue
        header = f"[{table}]\n" if table else ""
        if table == "mirror":
            needed = {"name": 'name = "a"\n', "url": 'url = "https://a.example"\n'}
            header = "[[mirror]]\n" + "".join(line for field, line in needed.items() if field != name)
        (fault,) = refused(tmp_path, f"{header}{name} = 1979-05-27\n")
        assert fault.found == "1979-05-27"
        assert fault.allowed


MIRRORS = """\
[[mirror]]
name = "auditor"
url = "https://auditor.example"

[[mirror]]
name = "city-2"
url = "http://10.0.0.1:7800"
allow_plain_http = true
"""


def test_mirrors_are_taken_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text(MIRRORS)
    found = read_settings(tmp_path / "kiosk.toml", LANGUAGES).mirror
    assert [(each.name, each.url, each.ca_file) for each in found] == [
        ("auditor", "https://auditor.example", ""),
        ("city-2", "http://10.0.0.1:7800", ""),
    ]


BAD_MIRRORS = """\
[[mirror]]
name = "Auditor"
url = "https://auditor.example"
ca_fiel = "x"

[[mirror]]
url = "auditor.example"

[[mirror]]
name = "a"
"""


def test_faults_of_a_list_of_tables_are_told_by_number_and_line(tmp_path: Path) -> None:
    faults = {fault.key: fault for fault in refused(tmp_path, BAD_MIRRORS)}
    assert {key: fault.line for key, fault in faults.items()} == {
        "mirror[1].name": 2,
        "mirror[1].ca_fiel": 4,
        "mirror[2].name": 6,
        "mirror[2].url": 7,
        "mirror[3].url": 9,
    }
    assert faults["mirror[1].ca_fiel"].allowed == "a known key; did you mean mirror.ca_file?"
    assert faults["mirror[2].name"].found == "nothing"


def test_a_mirror_has_a_name_of_its_own_and_leaves_in_plain_only_with_permission(tmp_path: Path) -> None:
    central = MIRRORS.replace('auditor"', 'central"').replace("allow_plain_http = true", "")
    assert [(fault.key, fault.line) for fault in refused(tmp_path, central)] == [
        ("mirror[1].name", 2),
        ("mirror[2].url", 7),
    ]
    (fault,) = refused(tmp_path, MIRRORS.replace("city-2", "auditor"))
    assert (fault.key, fault.line, fault.found) == ("mirror[2].name", 6, '"auditor"')


@pytest.mark.parametrize("text", ["mirror = 1", "[mirror]\nname = 'a'", "mirror = ['a']"])
def test_what_is_no_list_of_tables_is_a_fault(tmp_path: Path, text: str) -> None:
    (fault,) = refused(tmp_path, text)
    assert (fault.key, fault.line, fault.allowed) == ("mirror", 1, "tables [[mirror]]")
