"""The station: a server on loopback in a thread of its own, with a way in for the composition root.

Nothing heavy is imported before its thread runs; whatever goes wrong here, the terminal goes on.
"""

import logging
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from kiosk.core.view import PinAnswer, TerminalPort, View
from kiosk.protocol.profile import Profile
from kiosk.station.limits import USUAL, Limits
from kiosk.station.listening import listen_at
from kiosk.station.ports import NOBODY, Ports

if TYPE_CHECKING:
    from kiosk.station.lan import Lan

ADDRESS = "127.0.0.1"
_log = logging.getLogger(__name__)


class Station:
    """Serves the station API on `127.0.0.1:port` (0: any free port).

    `token`: what callers must bear. `allowed_origins`: web pages that may call, as `scheme://host[:port]`. `new_id`
    gives 32 fresh hex digits. `check_pin`: as `CitizenPort` has it. `on_failed` is told, on the station's thread,
    in words why nothing is served; the station never raises into the terminal. `ports`: what it asks of others. `lan`:
    the hall's network, which is served besides; None unless it was switched on.
    """

    def __init__(
        self,
        port_to_terminal: TerminalPort,
        *,
        profile: Callable[[], Profile | None],
        token: str,
        port: int,
        allowed_origins: tuple[str, ...] = (),
        new_id: Callable[[], str],
        on_failed: Callable[[str], None],
        check_pin: Callable[[str, str], "Future[PinAnswer]"],
        limits: Limits = USUAL,
        ports: Ports = NOBODY,
        lan: "Lan | None" = None,
    ) -> None:
        if not token:
            raise ValueError("the station needs a token")
        self._terminal = port_to_terminal
        self._profile = profile
        self._token = token
        self._port = port
        self._allowed_origins = allowed_origins
        self._new_id = new_id
        self._on_failed = on_failed
        self._check_pin = check_pin
        self._limits = limits
        self._ports = ports
        self._lan = lan
        self._lan_port: int | None = None
        self._bound_port: int | None = None
        self._end: Callable[[], None] | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="station", daemon=True)

    def start(self) -> None:
        """Begin serving; returns at once."""
        self._thread.start()

    def bound_port(self) -> int | None:
        """The port served, None as long as none is."""
        return self._bound_port

    def lan_port(self) -> int | None:
        """The port served over the hall's network, None as long as none is."""
        return self._lan_port

    def close(self, timeout: float = 5.0) -> None:
        """End serving, waiting `timeout` seconds at most."""
        self._closing.set()
        if self._end is not None:
            with suppress(RuntimeError):  # it has ended by itself meanwhile
                self._end()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _run(self) -> None:
        try:
            listening = listen_at(ADDRESS, self._port)
        except OSError as fault:
            self._on_failed(
                f"The station API is not served: port {self._port} of {ADDRESS} cannot be used ({fault.strerror}). "
                "Another program may hold it; give the terminal another station port, or end that program."
            )
            return
        import asyncio

        try:
            with listening:
                asyncio.run(self._serve(listening))
        except Exception as fault:
            _log.exception("the station failed")
            self._on_failed(f"The station API is no longer served: {type(fault).__name__}.")
        finally:
            self._bound_port = None

    async def _serve(self, listening: socket.socket) -> None:
        import asyncio

        from uvicorn import Config, Server

        from kiosk.station.app import build_app
        from kiosk.station.connections import Connection
        from kiosk.station.desk import Desk
        from kiosk.station.guard import App, bearers_of, guarded, loopback_hosts
        from kiosk.station.lan import Network, room_of, serve_lan
        from kiosk.station.listeners import Listeners, Newest

        port = int(listening.getsockname()[1])
        listeners = Listeners(self._terminal, self._ports.clock.mono_ms, self._limits)
        desk = Desk(
            self._terminal, self._profile, self._check_pin, self._new_id, self._limits, self._ports, self._token
        )
        clock = self._ports.clock
        network = Network(self._lan, self._limits, clock)
        app = guarded(
            build_app(desk, listeners, network),  # type: ignore[arg-type]  # litestar has its own names for ASGI's types
            hosts=loopback_hosts(port),
            admit=bearers_of(self._token, self._limits, clock),
            allowed_origins=self._allowed_origins,
            limits=self._limits,
        )
        room = room_of(self._limits)
        afar = Listeners(self._terminal, clock.mono_ms, room)

        def app_afar(hosts: frozenset[bytes]) -> App:
            return guarded(
                build_app(desk, afar, network, afar=True),  # type: ignore[arg-type]
                hosts=hosts,
                admit=network.admit,
                allowed_origins=self._allowed_origins,
                limits=room,
            )

        def tell(view: View) -> None:
            listeners.publish(view)
            afar.publish(view)

        server = Server(
            Config(
                app,
                http=partial(Connection, limits=self._limits),  # type: ignore[arg-type]  # it only calls it
                ws="none",
                lifespan="off",
                loop="asyncio",
                interface="asgi3",
                access_log=False,
                log_config=None,
                log_level="error",
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=1,
            )
        )
        loop = asyncio.get_running_loop()

        def end() -> None:
            listeners.close()
            afar.close()
            server.should_exit = True

        def end_soon() -> None:
            loop.call_soon_threadsafe(end)

        self._end = end_soon
        stop_watching = self._terminal.watch(Newest(loop, tell).give)
        beyond = (
            None if self._lan is None else loop.create_task(serve_lan(self._lan, network, app_afar, room, self._afar))
        )
        try:
            if not self._closing.is_set():
                self._bound_port = port
                await server.serve(sockets=[listening])
        finally:
            stop_watching()
            if beyond is not None:
                beyond.cancel()
                with suppress(asyncio.CancelledError):
                    await beyond

    def _afar(self, port: int | None) -> None:
        self._lan_port = port
