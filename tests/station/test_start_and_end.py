"""The station comes and goes without the terminal noticing."""

import socket
import subprocess
import sys
import time

import pytest

from kiosk.pins import Pins
from kiosk.station.server import Station
from tests.station.house import House
from tests.station.running_terminal import RunningTerminal
from tests.station.waiting import eventually


def station(terminal: RunningTerminal, port: int, failures: list[str]) -> Station:
    return Station(
        terminal,
        profile=lambda: None,
        token="t",
        port=port,
        new_id=terminal.fresh_id,
        on_failed=failures.append,
        check_pin=Pins(lambda: None, time.monotonic).check,
    )


def test_a_port_in_use_is_said_in_words_and_the_terminal_goes_on() -> None:
    terminal, failures = RunningTerminal(), list[str]()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = station(terminal, port, failures)
        refused.start()
        eventually(lambda: failures)
    assert str(port) in failures[0]
    assert "station port" in failures[0]
    assert refused.bound_port() is None
    refused.close(5)
    assert terminal.watchers == 0


def test_only_loopback_is_listened_on(house: House) -> None:
    with socket.socket() as elsewhere:
        elsewhere.bind(("127.0.0.2", house.port))  # free, so the station holds 127.0.0.1 alone


def test_closing_before_or_while_starting_ends_it() -> None:
    for _ in range(3):
        terminal, failures = RunningTerminal(), list[str]()
        never = station(terminal, 0, failures)
        never.start()
        never.close(20)
        assert never.bound_port() is None
        assert terminal.watchers == 0
        assert failures == []


def test_a_port_can_be_taken_again_at_once() -> None:
    terminal, failures = RunningTerminal(), list[str]()
    first = station(terminal, 0, failures)
    first.start()
    port = eventually(first.bound_port)
    with socket.create_connection(("127.0.0.1", port), 5):
        first.close(10)
    second = station(terminal, port, failures)
    second.start()
    assert eventually(second.bound_port) == port
    second.close(10)
    assert failures == []


def test_an_empty_token_is_no_token() -> None:
    with pytest.raises(ValueError, match="token"):
        Station(
            RunningTerminal(), profile=lambda: None, token="", port=0, new_id=lambda: "0" * 32,
            on_failed=lambda _: None, check_pin=Pins(lambda: None, time.monotonic).check,
        )  # fmt: skip


def test_importing_the_station_imports_nothing_heavy() -> None:
    heavy = "{'litestar', 'uvicorn', 'argon2', 'asyncio', 'anyio', 'h11'}"
    code = f"import kiosk.station.server, sys; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
