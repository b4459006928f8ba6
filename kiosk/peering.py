"""`kiosk station pair|peers|revoke|certificate`: the technician's side of the hall's network.

At the terminal it asks the running terminal over loopback. On another machine `pair --terminal` looks at the
certificate first, has a person or the command line say that it is the one the terminal shows, and only then says the
code: a man in the middle would have it otherwise.
"""

import json
import platform
import sys
from pathlib import Path

from kiosk.client.line import Answer, Away, Misused, Station, Stranger
from kiosk.device.files import write_file
from kiosk.device.instance import AlreadyRunning, hold_lock
from kiosk.device.paths import Home
from kiosk.device.settings import Settings
from kiosk.lan_door import kept_certificate, renew_certificate
from kiosk.protocol.pinning import begins_so, lan_address_of, look_at_certificate, shown
from kiosk.station.certificate import Certificate, CertificateBroken

DONE, REFUSED, EX_UNAVAILABLE, EX_CONFIG = 0, 1, 69, 78
KEY_FILE = "terminal.key"
FINGERPRINT_ENDING = ".sha256"


def open_pairing(home: Home, settings: Settings, station: str | None) -> int:
    """Have the terminal of this machine show a code."""
    answer = _at_hand(home, settings, station, "POST", "/pairing")
    if isinstance(answer, int):
        return answer
    print(f"the terminal shows a code of six digits for {answer.body['expires_in_s']} s, and its fingerprint beside it")
    return DONE


def pair_with(terminal: str, code: str, name: str, fingerprint: str, key_file: Path) -> int:
    """Pair this machine with a terminal, and keep its key and its certificate's fingerprint in two files."""
    pin_file = key_file.with_name(key_file.name + FINGERPRINT_ENDING)
    for file in (key_file, pin_file):
        if file.exists():
            return _say(f"{file} is there already; remove it, or name another place with --key-file", EX_CONFIG)
    if not (len(code) == 6 and code.isascii() and code.isdigit()):
        return _say(f"{code!r} is no code: the terminal shows six digits", EX_CONFIG)
    try:
        host, port = lan_address_of(terminal)
        found = look_at_certificate(host, port)
    except ValueError as fault:
        return _say(str(fault), EX_CONFIG)
    except OSError as fault:
        return _say(f"{terminal} does not answer: {fault}", EX_UNAVAILABLE)
    if not _confirmed(found, fingerprint):
        return _say("nothing was sent: this is not known to be the terminal", REFUSED)
    try:
        key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        answer = Station(terminal, "", found).call("PUT", "/pairing", {"code": code, "name": name or platform.node()})
        if answer.status >= 400:
            return _refused(answer)
        write_file(pin_file, found.encode() + b"\n")
        write_file(key_file, str(answer.body["key"]).encode() + b"\n")
    except (Away, Misused) as fault:
        return _say(f"{terminal} does not answer: {fault}", EX_UNAVAILABLE)
    except Stranger:
        return _say("another certificate than a moment ago: somebody is between; nothing was sent", REFUSED)
    except OSError as fault:
        return _say(f"paired, but the key cannot be kept: {fault}. Revoke it at the terminal and pair again", REFUSED)
    print(f"paired as {answer.body['peer_id']}; the key is in {key_file}, the fingerprint in {pin_file}")
    print(f"use: --station {terminal} --key-file {key_file} --certificate-sha256 {found}")
    return DONE


def list_peers(home: Home, settings: Settings, station: str | None, as_json: bool) -> int:
    """Print which programs were paired."""
    answer = _at_hand(home, settings, station, "GET", "/peers")
    if isinstance(answer, int):
        return answer
    _print_peers(answer, as_json)
    return DONE


def revoke(home: Home, settings: Settings, station: str | None, peer_id: str) -> int:
    """Let a program in no more."""
    if not (peer_id.isascii() and peer_id.isalnum()):
        return _say(f"{peer_id!r} is no id; `kiosk station peers` tells them", EX_CONFIG)
    answer = _at_hand(home, settings, station, "DELETE", f"/peers/{peer_id}")
    if isinstance(answer, int):
        return answer
    print(f"{peer_id} is revoked")
    return DONE


def show_certificate(home: Home, as_pem: bool) -> int:
    """Print by what a program knows this terminal."""
    try:
        certificate = kept_certificate(home)
    except FileNotFoundError:
        return _say("there is none yet; it is made when the hall's network is served for the first time", REFUSED)
    except (CertificateBroken, OSError) as fault:
        return _say(str(fault), REFUSED)
    if as_pem:
        print(certificate.text, end="")
    else:
        _print_certificate(certificate)
    return DONE


def renew(home: Home, settings: Settings) -> int:
    """Make another certificate, while the terminal is stopped: it would go on showing the old one."""
    try:
        with hold_lock(home.lock):
            certificate = renew_certificate(home, settings.station.lan_address)
    except AlreadyRunning:
        return _say("stop the terminal first: it goes on with the certificate that it began with", REFUSED)
    except OSError as fault:
        return _say(f"the certificate cannot be written: {fault}", REFUSED)
    _print_certificate(certificate)
    print("every program that was paired must be paired anew; revoke the old keys with `kiosk station revoke`")
    return DONE


def _confirmed(found: str, fingerprint: str) -> bool:
    if fingerprint:
        if begins_so(found, fingerprint):
            return True
        print(f"the certificate is another one: {shown(found)}", file=sys.stderr)
        return False
    if not sys.stdin.isatty():
        print("say with --fingerprint what the terminal shows beside the code", file=sys.stderr)
        return False
    print(f"the certificate that answers: {shown(found)}")
    return input("does the terminal show the same beside the code? [y/N] ").strip().lower() in ("y", "yes", "是")


def _at_hand(home: Home, settings: Settings, station: str | None, method: str, path: str) -> Answer | int:
    """A good answer of the terminal on this machine, or the exit code."""
    try:
        token = home.station_token.read_text("ascii").strip()
        answer = Station(station or f"http://127.0.0.1:{settings.station.port}", token).call(method, path)
    except (OSError, ValueError) as fault:
        return _say(f"the station's token cannot be read: {fault}; start the terminal once", EX_CONFIG)
    except Misused as fault:
        return _say(str(fault), EX_CONFIG)
    except Away as fault:
        return _say(f"the terminal of this machine does not answer ({fault}); start it", EX_UNAVAILABLE)
    return answer if answer.status < 400 else _refused(answer)


def _print_peers(answer: Answer, as_json: bool) -> None:
    if as_json:
        print(json.dumps(answer.body, ensure_ascii=False))
        return
    for peer in answer.body["items"]:
        seen = "revoked" if peer["revoked"] else f"last seen {peer['last_seen_at'] or 'never'}"
        print(f"{peer['peer_id']}  paired {peer['paired_at']}  {seen}  {peer['name']}")


def _print_certificate(certificate: Certificate) -> None:
    print(f"shown:   {shown(certificate.fingerprint)}")
    print(f"SHA-256: {certificate.fingerprint}")
    print(f"names:   {', '.join(certificate.names)}")


def _refused(answer: Answer) -> int:
    problem = answer.body if isinstance(answer.body, dict) else {}
    words = " ".join(str(problem[part]) for part in ("title", "detail") if problem.get(part))
    return _say(f"refused: {words} [{answer.code}]", REFUSED)


def _say(words: str, code: int) -> int:
    print(words, file=sys.stderr)
    return code
