"""A unit's door to the hall's network: makes its certificate, peers and pairing, and hands them to the station.

Made whether or not the network is served; where it is not switched on, no code is ever shown and nothing listens.
"""

import logging
import secrets
import socket
import ssl
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kiosk.core.situation import State
from kiosk.core.view import Pairing, View
from kiosk.device.clock import Clock
from kiosk.device.files import create_file, read_file, write_file
from kiosk.device.paths import Home
from kiosk.device.settings import Settings
from kiosk.protocol.pinning import shown
from kiosk.station.certificate import Certificate, CertificateBroken, make_certificate, read_certificate
from kiosk.station.pairing import PairingDesk
from kiosk.station.peers import LIMIT, Peers
from kiosk.terminal import Loop, Terminal

if TYPE_CHECKING:
    from kiosk.station.lan import Lan

log = logging.getLogger(__name__)

TROUBLE = "lan"
_CERTIFICATE_LIMIT = 64 * 1024
_BUSY = {State.INVITING, State.EXPLAINING, State.THANKS, State.HANDED_TO_PHONE}
"""A citizen has the screen: no code belongs there."""


@dataclass(frozen=True, slots=True)
class LanParts:
    """What the door is made of. `record`: something for the journal, done when it is committed; `trouble`: as
    everywhere, from any thread."""

    loop: Loop
    home: Home
    settings: Settings
    clock: Clock
    terminal: Terminal
    record: Callable[[Mapping[str, Any]], "Future[Any]"]
    trouble: Callable[[str, str | None], None]


class LanDoor:
    """Made and closed on the loop's thread; `pair` and `unpair` from any."""

    def __init__(self, parts: LanParts) -> None:
        self._p = parts
        self._peers = Peers(lambda: read_peers_file(parts.home), self._write_peers, parts.clock.wall_ms)
        self._pairing = PairingDesk(parts.clock.mono_ms, _six_digits, self._show)
        self._disarm: Callable[[], None] = lambda: None
        self._stop_watching = parts.terminal.watch(self._see)

    def lan(self) -> "Lan | None":
        """For the station; None unless the settings name an address."""
        address = self._p.settings.station.lan_address
        if not address:
            return None
        from kiosk.station.lan import Lan

        return Lan(
            address=address,
            port=self._p.settings.station.lan_port,
            names=(socket.gethostname(),),
            peers=self._peers,
            pairing=self._pairing,
            prepare=self._prepare,
            record=lambda what, particulars: self._p.record({"what": what, **particulars}),
            busy=lambda: self._p.terminal.view().situation.state in _BUSY,
            trouble=lambda words: self._p.trouble(TROUBLE, words),
        )

    def pair(self) -> None:
        """Show a code, or until when there is none after too many wrong ones; nothing where nobody is served."""
        self._pairing.open()

    def unpair(self) -> None:
        """Show it no longer; the code is void."""
        self._pairing.close()

    def close(self) -> None:
        """Pair nobody any more."""
        self._stop_watching()
        self._disarm()
        self._pairing.serve("")
        self._peers.close()

    # -- on the station's thread -------------------------------------------------------------------------------------

    def _prepare(self) -> tuple[ssl.SSLContext, str]:
        from kiosk.station.lan import LanImpossible
        from kiosk.station.tls import server_context

        home = self._p.home
        try:
            certificate = own_certificate(home, self._p.settings.station.lan_address)
            return server_context(home.certificate), shown(certificate.fingerprint)
        except CertificateBroken as fault:
            raise LanImpossible(str(fault)) from fault
        except OSError as fault:
            raise LanImpossible(f"the certificate can be neither read nor made: {fault}") from fault

    def _write_peers(self, text: bytes) -> None:
        write_file(self._p.home.peers, text)

    # -- what stands on the screen -----------------------------------------------------------------------------------

    def _show(self, pairing: Pairing | None) -> None:
        self._p.loop.post(lambda: self._shown(pairing))

    def _shown(self, pairing: Pairing | None) -> None:
        self._p.terminal.set_pairing(pairing)
        self._disarm()
        if pairing is not None:
            self._tidy_in(pairing.until_ms - self._p.clock.mono_ms())

    def _tidy_in(self, delay_ms: int) -> None:
        self._disarm = self._p.loop.call_later(max(delay_ms, 0), self._tidy)

    def _tidy(self) -> None:
        left_ms = self._pairing.tidy()
        if left_ms:
            self._tidy_in(left_ms)

    def _see(self, view: View) -> None:
        if view.pairing is not None and view.situation.state in _BUSY:
            self._pairing.close()


def own_certificate(home: Home, address: str) -> Certificate:
    """The terminal's certificate, made if there never was one.

    Raises CertificateBroken where it does not hold, or where it is gone and programs were paired that pin it: making
    another is for a person to decide. Raises OSError.
    """
    try:
        return kept_certificate(home)
    except FileNotFoundError:
        if home.peers.exists():
            raise CertificateBroken(
                f"{home.certificate} is gone, and programs were paired that know the terminal by it. Put it back, or "
                "make another with `kiosk station certificate --renew` and pair them anew"
            ) from None
    create_file(home.certificate, make_certificate(names_of(address)))
    return kept_certificate(home)


def kept_certificate(home: Home) -> Certificate:
    """The certificate on the disk.

    Raises CertificateBroken, FileNotFoundError if there is none, and OSError.
    """
    try:
        return read_certificate(read_file(home.certificate, _CERTIFICATE_LIMIT))
    except (CertificateBroken, ValueError) as fault:
        raise CertificateBroken(
            f"{home.certificate} does not hold: {fault}. Put it back as it was, or make another with "
            "`kiosk station certificate --renew` and pair all programs anew"
        ) from fault


def renew_certificate(home: Home, address: str) -> Certificate:
    """Another certificate in place of whatever is there; whoever pinned that one comes in no more. Raises OSError."""
    text = make_certificate(names_of(address))
    write_file(home.certificate, text)
    return read_certificate(text)


def names_of(address: str) -> tuple[str, ...]:
    """Whom a certificate of this machine is made out to."""
    return tuple(filter(None, (address, _dns_name(socket.gethostname()), "localhost")))


def read_peers_file(home: Home) -> bytes | None:
    """As `Peers` reads it: None if there is no file. Raises OSError and ValueError."""
    try:
        return read_file(home.peers, LIMIT)
    except FileNotFoundError:
        return None


def _dns_name(name: str) -> str:
    """The machine's name if it can stand in a certificate, which takes ASCII only."""
    return name.lower() if name.isascii() else ""


def _six_digits() -> str:
    return f"{secrets.randbelow(1_000_000):06}"
