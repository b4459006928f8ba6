"""A socket on which the station listens, on one address of this machine and on no other."""

import socket
import sys


def listen_at(address: str, port: int) -> socket.socket:
    """Listen on this address.

    Raises OSError where this machine does not have it, or another program holds the port.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # By name, for asyncio turns Nagle off only where the socket says that it is TCP: 40 ms a call otherwise.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if sys.platform == "win32":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # on Windows this would share the port
        listening.bind((address, port))
        listening.listen(128)
        listening.setblocking(False)
    except OSError:
        listening.close()
        raise
    return listening
