import socket
from collections.abc import Iterator

import pytest

from tests.terminal.custody_bench import Hall


@pytest.fixture
def unused_port() -> int:
    """A port of loopback that was free a moment ago."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
    return port


@pytest.fixture(scope="session")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A real central with two technicians."""
    hall = Hall(tmp_path_factory.mktemp("hall"))
    yield hall
    hall.central.program.stop()
