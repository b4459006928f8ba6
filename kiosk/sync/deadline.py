"""Sockets that share one deadline, so that a call ends on time whatever drips from the other side: name look-up,
connection, handshake, each header and each byte of the body count against the same bound.

A plain socket timeout begins anew with every byte, which is how one byte each five seconds holds a program for hours.
"""

import contextlib
import socket
import threading
import time
import weakref
from collections.abc import Callable, Iterable
from typing import Any

Address = tuple[Any, ...]
Found = tuple[int, int, int, str, Address]
Resolve = Callable[[str, int], list[Found]]


class Deadline:
    """When the running call must end. `begin` before each call; `abort` from any thread ends it now and for good."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._at = now()
        self._aborted = False
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._lock = threading.Lock()

    def begin(self, seconds: float) -> None:
        """From now on, this long."""
        self._at = self._now() + seconds

    def remaining(self) -> float:
        """Seconds left.

        Raises TimeoutError when there are none.
        """
        left = self._at - self._now()
        if self._aborted or left <= 0:
            raise TimeoutError("the call's time is over")
        return left

    def watch(self, bound: socket.socket) -> None:
        """Have `abort` end what waits on this socket."""
        with self._lock:
            self._sockets.add(bound)
        self.remaining()

    def abort(self) -> None:
        """End whatever runs; no call after this one gets any time."""
        with self._lock:
            self._aborted = True
            for bound in tuple(self._sockets):
                with contextlib.suppress(OSError):
                    bound.shutdown(socket.SHUT_RDWR)


class BoundSocket(socket.socket):
    """A socket each of whose operations ends at the deadline."""

    deadline: Deadline

    def recv_into(self, *args: Any) -> int:
        """As the plain one, within what is left."""
        self.settimeout(self.deadline.remaining())
        return super().recv_into(*args)

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        """As the plain one, within what is left."""
        self.settimeout(self.deadline.remaining())
        return super().sendall(data, flags)


def bound_tls_context(deadline: Deadline, ca_file: str | None) -> Any:
    """An `ssl.SSLContext` that verifies, and whose sockets end at the deadline.

    It trusts the authorities in `ca_file` alone; without one, those of the operating system and of `certifi`. Raises
    OSError if the file cannot be read.
    """
    import ssl

    class BoundTLSSocket(ssl.SSLSocket):
        def do_handshake(self, block: bool = False) -> None:
            deadline.watch(self)
            self.settimeout(deadline.remaining())
            return super().do_handshake(block)

        def read(self, len: int = 1024, buffer: Any = None) -> Any:
            self.settimeout(deadline.remaining())
            return super().read(len, buffer)

        def send(self, data: Any, flags: int = 0) -> int:
            self.settimeout(deadline.remaining())
            return super().send(data, flags)

    context = ssl.create_default_context(cafile=ca_file)
    if ca_file is None:
        import certifi

        context.load_verify_locations(certifi.where())
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = BoundTLSSocket
    return context


def look_up(host: str, port: int) -> list[Found]:
    """The operating system's name look-up."""
    return [(int(a), int(b), c, d, e) for a, b, c, d, e in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def connect(
    host: str,
    port: int,
    deadline: Deadline,
    connect_s: float,
    options: Iterable[tuple[int, int, int | bytes]] = (),
    resolve: Resolve = look_up,
) -> BoundSocket:
    """A connection to the first address that takes one, none of them given more than `connect_s`.

    Raises OSError, of which TimeoutError is one.
    """
    fault: OSError = OSError(f"{host} has no address")
    for family, kind, protocol, _, address in _resolve_in_time(host, port, deadline, resolve):
        bound = BoundSocket(family, kind, protocol)
        bound.deadline = deadline
        try:
            deadline.watch(bound)
            for option in options:
                bound.setsockopt(*option)
            bound.settimeout(min(connect_s, deadline.remaining()))
            bound.connect(address)
        except OSError as refused:
            bound.close()
            fault = refused
        else:
            return bound
    raise fault


def _resolve_in_time(host: str, port: int, deadline: Deadline, resolve: Resolve) -> list[Found]:
    """A look-up cannot be interrupted, so one that hangs is left behind on a thread of its own."""
    found: list[Found] = []
    faults: list[OSError] = []

    def run() -> None:
        try:
            found.extend(resolve(host, port))
        except OSError as fault:
            faults.append(fault)

    asking = threading.Thread(target=run, name="kiosk-resolve", daemon=True)
    asking.start()
    asking.join(deadline.remaining())
    if faults:
        raise faults[0]
    if asking.is_alive():
        raise TimeoutError(f"the name {host} was not found in time")
    return found
