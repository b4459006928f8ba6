"""Central serves a repository of updates as it lies, and nothing beside it."""

import socket
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from kiosk.demo.programs import Program, until
from kiosk.sync.client import Route
from kiosk.update.source import Central, NotReached, NotThere
from tests.update.lab import Publisher, Unit


@pytest.fixture
def served(tmp_path: Path):
    publisher = Publisher(tmp_path / "publisher")
    publisher.offer("1.1.0", padding=400_000)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = ["--data", str(tmp_path / "central"), "--updates", str(publisher.folder / "repository")]
    command = [sys.executable, "-m", "kiosk", "central", "--port", str(port), *folders]
    program = Program("central", command, tmp_path / "central.log", {})
    try:
        until("central", lambda: "listening" in (tmp_path / "central.log").read_text("utf-8"))
        yield publisher, f"http://127.0.0.1:{port}"
    finally:
        program.stop()


def test_a_terminal_updates_from_central(served: tuple[Publisher, str], tmp_path: Path):
    publisher, url = served
    source = Central(Route(url))
    unit = Unit(tmp_path / "home", publisher.root, source)
    slot = unit.fetch()
    assert slot is not None
    assert unit.check(slot) is None
    assert abs((source.server_ms() or 0) - unit.ours_ms()) < 60_000
    unit.ours_ms = lambda: 86_400_000  # a clock that was lost with its battery
    assert unit.staging().look().offered
    for name in ("metadata/9.root.json", "metadata", "", "targets/.x.part"):
        with pytest.raises(NotThere):
            list(source.chunks(name))
    climbing = (
        "../keys/targets-1.pem",
        "..%2fkeys%2ftargets-1.pem",
        "metadata/../../keys/targets-1.pem",
        "%2e%2e/keys",
    )
    for path in climbing:
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"{url}/api/v1/updates/{path}", timeout=10)
        assert caught.value.code in (400, 404)
        caught.value.close()


def test_nobody_there_is_said_to_be_so():
    with pytest.raises(NotReached):
        list(Central(Route("http://127.0.0.1:9")).chunks("metadata/timestamp.json"))
