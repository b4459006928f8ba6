"""What the service manager of this system is told (sd_notify): that we are ready, and that we are alive.

Where there is none, nothing happens. The protocol is one datagram; systemd's own library is not needed for it.
"""

import os
import socket


class ServiceHost:
    """The service manager that started this process, if one did."""

    def __init__(self, address: str | None = None) -> None:
        named = os.environ.pop("NOTIFY_SOCKET", "") if address is None else address
        self._address = "\0" + named[1:] if named.startswith("@") else named

    def tell(self, *lines: str) -> bool:
        """Say `READY=1`, `WATCHDOG=1`, `STATUS=…`; False where nobody listens."""
        if not self._address:
            return False
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as wire:
            try:
                wire.sendto("\n".join(lines).encode(), self._address)
            except OSError:
                return False
        return True
