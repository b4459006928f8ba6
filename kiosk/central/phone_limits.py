"""How often phones may call, an address and a link: so much that no hall's phones ever notice, and no flood has more.

A rating takes about ten requests. A hall behind one address with a hundred windows that all hand over to a phone in the
same minute makes a thousand in it, some 17 a second; an address has twenty a second, and six hundred at once. A link
has one a second and forty at once from each address, so that a stranger elsewhere who has seen the code takes nobody's
turn. Loopback is a proxy on this machine, behind which all phones are: how many there may be is the proxy's to say.
"""

import hashlib
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field

from kiosk.central.limiter import CallLimiter, network_of

ADDRESS_BURST, ADDRESS_PER_S = 600, 20.0
LINK_BURST, LINK_PER_S = 40, 1.0


@dataclass(slots=True)
class PhoneLimits:
    """`now_s`: monotonic seconds. Memory is bounded; a link is kept as its digest."""

    now_s: Callable[[], float]
    _addresses: CallLimiter = field(init=False)
    _links: CallLimiter = field(init=False)

    def __post_init__(self) -> None:
        """Both begin empty."""
        self._addresses = CallLimiter(self.now_s, ADDRESS_BURST, ADDRESS_PER_S)
        self._links = CallLimiter(self.now_s, LINK_BURST, LINK_PER_S)

    def wait_for_address_s(self, address: str) -> int:
        """Seconds that this address must wait; 0: its call is counted and may go on."""
        return 0 if _is_loopback(address) else self._addresses.take(network_of(address))

    def wait_for_link_s(self, address: str, token: str, cookie: str = "") -> int:
        """The same of this link from this address. `cookie`: of the phone that has the visit, and which has a turn of
        its own there, whoever else calls from the same address."""
        of = hashlib.sha256("\n".join((network_of(address), token, cookie)).encode("utf-8", "replace")).hexdigest()
        return self._links.take(of)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
