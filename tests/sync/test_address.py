"""What cannot leave the machine, by its address."""

import pytest

from kiosk.protocol.address import is_loopback


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1", "http://127.1.2.3:80/x", "https://localhost:7800", "http://[::1]:7800/", "http://localhost?x"],
)
def test_loopback_is_known_by_its_address(url: str) -> None:
    assert is_loopback(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1",
        "ftp://127.0.0.1",
        "http://localhost.example",
        "http://127.0.0.1.example",
        "http://127.0.0.1@evil.example",
        "http://localhost:80@evil.example",
        "http://evil.example/?http://127.0.0.1",
        "http://10.0.0.1",
    ],
)
def test_what_only_looks_like_loopback_is_not(url: str) -> None:
    assert not is_loopback(url)
