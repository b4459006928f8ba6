"""The checks of the ways out and in: the network, central and its certificate, the station and the hall's network."""

import http.client
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import msgspec

from kiosk.delivery import DeliveryImpossible, open_exchange
from kiosk.device.files import read_file
from kiosk.device.secrets import VaultError
from kiosk.doctor.finding import Note, failed, ok, warning
from kiosk.doctor.patient import Patient
from kiosk.lan_door import kept_certificate
from kiosk.protocol.address import is_loopback
from kiosk.protocol.profile import QUESTION, ProfileRefused, read_profile
from kiosk.station.certificate import CertificateBroken
from kiosk.sync.ports import Call, Exchange, NoReply, Reply

SOON_DAYS = 30
"""A certificate that ends within so many days is a warning."""
CLOCK_WARNING_S, CLOCK_FAILED_S = 10, 240
"""At five minutes central refuses what is signed; the terminal then signs by its time, and yet hours are wrong."""
_TOKEN_LIMIT = 64 * 1024
_STATION_S = 4.0
_DAY_S = 86_400
_UNAUTHORIZED = 401
_EXPIRED, _TOO_EARLY, _OTHER_NAME = 10, 9, (62, 64)


@dataclass(frozen=True, slots=True)
class Goal:
    """Where a connection has to get to first: central, or the proxy on the way there."""

    host: str
    port: int


def goal_of(address: str) -> Goal | None:
    """None where the address names no machine."""
    try:
        parts = urlsplit(address)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return None
    return Goal(parts.hostname, port) if parts.hostname else None


def network(patient: Patient) -> Iterator[Note]:
    """The way to central as far as a connection: route, name, answer."""
    goal = goal_of(patient.settings.central.proxy or patient.central)
    if goal is None:
        return
    if not is_loopback(patient.settings.central.proxy or patient.central):
        yield from _route(patient)
        try:
            found = patient.system.resolve(goal.host, goal.port)
        except (OSError, UnicodeError) as fault:
            yield failed("name.unknown", host=goal.host, fault=fault)
            return
        yield ok("name.ok", host=goal.host, addresses=", ".join(found[:3]))
    try:
        patient.system.connect(goal.host, goal.port)
    except OSError as fault:
        yield failed("connection.none", host=goal.host, port=goal.port, fault=fault.strerror or fault)
    else:
        yield ok("connection.ok", host=goal.host, port=goal.port)


def _route(patient: Patient) -> Iterator[Note]:
    text = patient.system.read("/proc/net/route")
    if text is None:
        return
    rows = [line.split() for line in text.splitlines()[1:]]
    named = [row[0] for row in rows if len(row) > 7 and row[1] == row[7] == "00000000"]
    sixth = (patient.system.read("/proc/net/ipv6_route") or "").splitlines()
    named += [line.split()[-1] for line in sixth if line.startswith(f"{'0' * 32} 00 ") and not line.endswith(" lo")]
    yield ok("route.ok", through=named[0]) if named else warning("route.none")


def certificate(patient: Patient) -> Iterator[Note]:
    """Whether central shows a certificate that is believed, and for how long it still will."""
    address = patient.central
    goal = goal_of(address)
    if goal is None:
        return
    if not address.startswith("https:"):
        yield ok("certificate.here") if is_loopback(address) else warning("certificate.plain")
        return
    if patient.settings.central.proxy:
        yield ok("certificate.proxy")
        return
    try:
        ends = patient.system.certificate_end(goal.host, goal.port, patient.settings.central.ca_file)
    except ssl.SSLCertVerificationError as fault:
        yield _disbelieved(fault, goal)
        return
    except (OSError, ValueError, KeyError) as fault:
        yield warning("certificate.unseen", fault=fault)
        return
    days = int((ends - patient.system.wall_s()) // _DAY_S)
    yield warning("certificate.soon", days=days) if days < SOON_DAYS else ok("certificate.ok", days=days)


def _disbelieved(fault: ssl.SSLCertVerificationError, goal: Goal) -> Note:
    if fault.verify_code == _EXPIRED:
        return failed("certificate.expired")
    if fault.verify_code == _TOO_EARLY:
        return failed("certificate.early")
    if fault.verify_code in _OTHER_NAME:
        return failed("certificate.name", host=goal.host)
    return failed("certificate.stranger", why=fault.verify_message)


def central(patient: Patient) -> Iterator[Note]:
    """Whether central knows this terminal, what its newest profile is, and whose clock is off."""
    if patient.identity is None or patient.vault is None:
        return
    address = patient.central
    try:
        exchange = open_exchange(patient.settings, patient.identity, patient.vault)
    except (DeliveryImpossible, VaultError) as fault:
        yield failed("central.no_key", fault=fault)
        return
    reply, off = _call(exchange, patient)
    if off is not None and abs(off) >= CLOCK_FAILED_S and isinstance(reply, Reply) and reply.status == _UNAUTHORIZED:
        reply, _ = _call(exchange, patient, off)  # as the terminal does: sign by central's time
    exchange.close()
    if isinstance(reply, NoReply):
        yield failed("central.away", address=address, why=reply.why)
        return
    if reply.status == 200:
        yield ok("central.ok", address=address)
        yield _latest_profile(reply.body)
    else:
        yield failed("central.refuses", address=address, status=reply.status, problem=_problem(reply.body))
    if off is not None:
        yield _clock(off)


def _call(exchange: Exchange, patient: Patient, off: int = 0) -> tuple[Reply | NoReply, int | None]:
    """Ask for the profile, signed `off` seconds back; the answer, and by how many seconds our clock is ahead."""
    began = patient.system.wall_s()
    reply = exchange.call(Call("GET", QUESTION), int(began) - off)
    if isinstance(reply, NoReply):
        return reply, None
    try:
        there = parsedate_to_datetime(reply.headers["date"]).timestamp()
    except (KeyError, ValueError):
        return reply, None
    return reply, round((began + patient.system.wall_s()) / 2 - there)


def _latest_profile(text: bytes) -> Note:
    try:
        profile = read_profile(text)
    except ProfileRefused as fault:
        return failed("new_profile.refused", fault=fault)
    return ok("new_profile.ok", version=profile.version[:12])


def _clock(off: int) -> Note:
    if abs(off) >= CLOCK_FAILED_S:
        return failed("clock.off", seconds=f"{off:+}")
    return warning("clock.drifts", seconds=f"{off:+}") if abs(off) >= CLOCK_WARNING_S else ok("clock.ok")


def _problem(body: bytes) -> str:
    try:
        found = msgspec.json.decode(body)
        return f"{found['title']} {found.get('detail', '')}".strip()
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError):
        return "no words of central's"


def station(patient: Patient) -> Iterator[Note]:
    """Whether the window's programs are served, or could be."""
    port = patient.station_port
    if port == 0:
        yield ok("station.off")
        return
    token = _token(patient)
    if not patient.running.runs:
        try:
            patient.system.connect("127.0.0.1", port)
        except OSError:
            yield warning("station.token") if token == "" else ok("station.free", port=port)
        else:
            yield failed("station.taken", port=port)
        return
    status = _asked(port, token or "")
    if status == 200:
        yield ok("station.ok", port=port)
    elif status in (401, 403):
        yield failed("station.refuses", port=port)
    elif status is None:
        yield failed("station.silent", port=port)
    else:
        yield failed("station.stranger", port=port, status=status)


def _token(patient: Patient) -> str | None:
    """None where none was made yet, empty where it is spoilt."""
    try:
        found = read_file(patient.home.station_token, _TOKEN_LIMIT).decode("ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return ""
    return found if re.fullmatch(r"[!-~]{43,}", found) else ""


def _asked(port: int, token: str) -> int | None:
    """How the station on loopback answers; None where nobody does."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=_STATION_S)
    try:
        line.request("GET", "/v1/state", headers={"Authorization": f"Bearer {token}"})
        return line.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        line.close()


def lan(patient: Patient) -> Iterator[Note]:
    """Whether the hall's network is served, where that was asked for."""
    address, port = patient.settings.station.lan_address, patient.settings.station.lan_port
    if not address:
        yield ok("lan.off")
        return
    try:
        kept_certificate(patient.home)
    except FileNotFoundError:
        if patient.home.peers.exists():
            yield failed("lan.certificate_gone")
            return
    except (CertificateBroken, OSError) as fault:
        yield failed("lan.certificate", fault=fault)
        return
    if not patient.running.runs:
        yield ok("lan.waits", address=address, port=port)
        return
    try:
        patient.system.connect(address, port)
    except OSError as fault:
        yield failed("lan.silent", address=address, port=port, fault=fault.strerror or fault)
    else:
        yield ok("lan.ok", address=address, port=port)
