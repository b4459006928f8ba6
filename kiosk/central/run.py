"""The server as a process: its folder, its token and keys, its socket, its end."""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import stat
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import uvicorn

from kiosk.central.app import ASSETS, alarm_words, create_app, national_options
from kiosk.central.countersign import open_countersigner
from kiosk.central.desk import Desk
from kiosk.central.imports import import_journal
from kiosk.central.keys import recovery_key
from kiosk.central.limiter import GuessLimiter
from kiosk.central.phone_limits import PhoneLimits
from kiosk.central.private import write_private
from kiosk.central.problems import Refusal
from kiosk.central.sample import fill_sample
from kiosk.central.silence import watch_silence
from kiosk.central.store import StoreError, open_store, sqlite_url
from kiosk.central.technicians import technician_key

TOKEN_FILE = "admin.token"
DATABASE_FILE = "central.sqlite3"
CANNOT_START = 78
REFUSED = 1
_GRACE_S = 2


def run(
    data: Path, database: str | None, host: str, port: int, sample: bool, public_url: str | None = None,
    updates: Path | None = None,
) -> int:  # fmt: skip
    """Serve until SIGTERM or SIGINT. See `kiosk.central.serve`."""
    if updates is not None and not (updates / "metadata" / "timestamp.json").is_file():
        sys.stderr.write(f"central cannot start: {updates} holds no repository of updates\n")
        return CANNOT_START
    with contextlib.ExitStack() as held:
        try:
            sock = held.enter_context(_listen(host, port))
            prepare_folder(data)
            token = admin_token(data)
            countersigner = open_countersigner(data)
            roster_key = technician_key(data)
            store = held.enter_context(contextlib.closing(open_store(database or sqlite_url(data / DATABASE_FILE))))
        except (OSError, OverflowError, StoreError) as fault:
            sys.stderr.write(f"central cannot start: {fault}\n")
            return CANNOT_START
        if sample:
            with store.transaction() as connection:
                fill_sample(connection, ASSETS / "sample-hall.json", data, public_url=public_url or _url(sock))
        desk = Desk(
            store,
            national_options(),
            token,
            _now_ms,
            GuessLimiter(time.monotonic),
            PhoneLimits(time.monotonic),
            countersigner,
            alarm_words(),
            lambda: recovery_key(data),
            roster_key,
        )
        config = uvicorn.Config(
            create_app(desk, updates),
            log_level="warning",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            ws="none",
            lifespan="off",
            timeout_graceful_shutdown=_GRACE_S,
        )
        asyncio.run(_serve(_Server(config), sock, desk))
    return 0


def run_import(data: Path, database: str | None, file: Path) -> int:
    """Take an exported journal in, with the server stopped. See `kiosk.central.import_file`."""
    try:
        content = file.read_bytes()
        with contextlib.closing(open_store(database or sqlite_url(data / DATABASE_FILE))) as store:
            found = import_journal(store, national_options(), lambda: recovery_key(data), _now_ms, content)
    except (OSError, StoreError) as fault:
        sys.stderr.write(f"the journal cannot be imported: {fault}\n")
        return CANNOT_START
    except Refusal as fault:
        sys.stderr.write(f"the journal is refused: {fault.problem.title}. {fault.problem.detail}\n")
        return REFUSED
    sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
    return 0


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def prepare_folder(data: Path) -> None:
    """Make the folder, for its owner alone. One that holds other people's files keeps its mode."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not any(data.iterdir()):
        data.chmod(0o700)


def admin_token(data: Path) -> str:
    """The hall's token, made once."""
    path = data / TOKEN_FILE
    if not path.exists():
        write_private(path, secrets.token_urlsafe(32).encode() + b"\n")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        os.chmod(path, 0o600)
    token = path.read_text(encoding="ascii", errors="replace").strip()
    if len(token) < 32:
        raise OSError(f"{path} holds no token; remove it, and a new one is made")
    return token


def _listen(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    # With its protocol named: asyncio turns Nagle's algorithm off for such sockets only, and it costs 40 ms an answer.
    sock = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
    except OSError as fault:
        sock.close()
        raise OSError(f"cannot listen on {host}:{port}: {fault.strerror}") from fault
    return sock


def _url(sock: socket.socket) -> str:
    """Where this socket listens."""
    host, port = sock.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


async def _serve(server: "_Server", sock: socket.socket, desk: Desk) -> None:
    watch = asyncio.create_task(watch_silence(desk))
    try:
        await server.serve(sockets=[sock])
    finally:
        watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watch


class _Server(uvicorn.Server):
    """uvicorn's, which says where it listens, and for which a signal is an end and not a death."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started and sockets:
            sys.stdout.write(f"central listening on {_url(sockets[0])}\n")
            sys.stdout.flush()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the loop on SIGTERM and SIGINT; uvicorn's own raises them once more at the end."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        wanted = (signal.SIGTERM, signal.SIGINT)
        before = {number: signal.signal(number, self.handle_exit) for number in wanted}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
