"""The policy files for the hall's PCs are well-formed, and say the same to every browser."""

import json
import re
from pathlib import Path

POLICIES = Path(__file__).parents[2] / "assets" / "policies"
PAGE = "https://business.hall.example"
NAMES = {"LocalNetworkAccessAllowedForUrls", "LoopbackNetworkAllowedForUrls"}
"""The first since Chrome 139 and Edge 140; the second, which goes before it, since 146 of both."""


def test_chromium_and_its_kin_let_the_halls_page_and_no_other_reach_loopback() -> None:
    told = json.loads((POLICIES / "chromium.json").read_text("utf-8"))
    assert told == {name: [PAGE] for name in NAMES}


def test_the_registry_file_says_the_same_to_chrome_and_edge() -> None:
    raw = (POLICIES / "windows.reg").read_bytes()
    assert raw.count(b"\n") == raw.count(b"\r\n")
    first, blank, *lines = raw.decode("ascii").split("\r\n")
    assert (first, blank) == ("Windows Registry Editor Version 5.00", "")
    found: dict[str, list[str]] = {}
    key = ""
    for line in filter(None, lines):
        if head := re.fullmatch(r"\[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\(.+)\]", line):
            key = head[1]
        elif value := re.fullmatch(r'"(\d+)"="([^"\\]+)"', line):
            found.setdefault(key, []).append(value[2])
            assert int(value[1]) == len(found[key])
        else:
            raise AssertionError(line)
    assert found == {
        f"{browser}\\{name}": [PAGE] for browser in (r"Google\Chrome", r"Microsoft\Edge") for name in NAMES
    }


def test_firefox_lets_the_same_page() -> None:
    told = json.loads((POLICIES / "firefox.json").read_text("utf-8"))
    assert told == {"policies": {"LocalNetworkAccess": {"SkipDomains": [PAGE.removeprefix("https://")]}}}
