"""`kiosk enroll`: makes this machine a known terminal.

The private key is made here, kept before central hears of its public half, and used again if the answer was lost.
"""

import platform
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from kiosk.answers import AnswersRefused, Facts, codes_for, lay_out_settings, read_answers, this_machine, wipe
from kiosk.delivery import find_mirror, route_of
from kiosk.device.clock import SystemClock
from kiosk.device.files import write_file
from kiosk.device.identity import DEVICE_KEY, Identity, IdentityBroken, keep_identity, read_identity
from kiosk.device.paths import Home
from kiosk.device.secrets import Vault, VaultError, open_vault
from kiosk.device.settings import Settings, SettingsRefused, read_settings
from kiosk.roster import RosterRefused, ask_for_roster, keep_roster
from kiosk.sync.client import HttpExchange, PlainHttpRefused, Signer
from kiosk.sync.enrol import EnrolmentFailed, enrol, make_device_key

DONE, FAILED, EX_UNAVAILABLE, EX_CONFIG = 0, 1, 69, 78


def enroll_by_answers(home: Home, path: Path, languages: Sequence[str], machine: Facts | None = None) -> int:
    """Enrol as an answer file says: its settings are laid out, the first of its codes that is not used yet is taken,
    and wiped from it. Nothing is changed where the file does not hold as a whole."""
    try:
        answers = read_answers(path, languages)
        codes = codes_for(answers, machine or this_machine())
        if not codes:
            return _say(f"{path} has no code for this machine", EX_CONFIG)
        lay_out_settings(home, answers)
        settings = read_settings(home.settings, languages)
    except (AnswersRefused, SettingsRefused, OSError) as fault:
        return _say(f"not enrolled, and nothing was changed: {fault}", EX_CONFIG)
    done = FAILED
    for code in codes:
        refused: list[str] = []
        done = _enroll(home, settings, answers.central, code, None, refused.append)
        if "enrolment_code_used" not in refused:  # else another unit of the batch has taken it
            break
    if done == DONE:
        try:
            wipe(path, code)
        except OSError as fault:
            print(f"{path} cannot be written, and still holds the code that is used now: {fault}")
    return done


def enroll_here(home: Home, settings: Settings, central_url: str, code: str, mirror: str | None = None) -> int:
    """Enrol, keep the identity and the first profile, and say so. `mirror`: with the mirror that the settings so name,
    which gives no profile."""
    return _enroll(home, settings, central_url, code, mirror, lambda _problem: None)


def _enroll(
    home: Home, settings: Settings, central_url: str, code: str, mirror: str | None, refused: Callable[[str], None]
) -> int:
    """The exit code. `refused`: told central's code for why it refuses."""
    place = settings.central if mirror is None else find_mirror(settings, mirror)
    if place is None:
        return _say(f"{home.settings} names no [[mirror]] {mirror!r}; write it there first", EX_CONFIG)
    try:
        known = read_identity(home, mirror)
    except IdentityBroken as fault:
        return _say(f"there is an identity that cannot be read ({fault}); move it away to enrol anew", EX_CONFIG)
    if known is not None:
        return _say(
            f"this terminal is already enrolled as {known.device_id} with {known.central_url}; nothing was changed. "
            "To enrol it anew, retire it first or use another home",
            FAILED,
        )
    clock = SystemClock()
    try:
        vault = open_vault(home, settings.secrets.store, settings.secrets.fallback)
        key = vault.get(DEVICE_KEY)
        if key is None:
            key = make_device_key()
            vault.put(DEVICE_KEY, key)
        route = route_of(place, central_url)
        unsigned = HttpExchange(route, None)
        private_key = key
        hardware = {"system": platform.system(), "machine": platform.machine(), "node": platform.node()}
        done = enrol(
            unsigned, lambda key_id: HttpExchange(route, Signer(key_id, private_key)), code, key, hardware,
            clock.wall_ms,
        )  # fmt: skip
        unsigned.close()
        if done.profile is not None and mirror is None:
            write_file(home.profile, done.profile)
        identity = Identity(
            device_id=done.device_id, key_id=done.key_id, central_url=central_url,
            central_key=done.central_key, recovery_key=done.recovery_key,
        )  # fmt: skip
        keep_identity(home, identity, mirror)
        if mirror is None:
            _keep_technicians(HttpExchange(route, Signer(done.key_id, private_key)), identity, vault, clock)
    except EnrolmentFailed as fault:
        refused(fault.problem)
        hint = "the same code may be tried again later" if fault.again else "ask the hall for another code"
        return _say(f"not enrolled: {fault}; {hint}", EX_UNAVAILABLE if fault.again else FAILED)
    except PlainHttpRefused as fault:
        return _say(f"{fault}; use https, or set allow_plain_http = true for it in {home.settings}", EX_CONFIG)
    except (VaultError, OSError) as fault:
        return _say(f"not enrolled: {fault}", FAILED)
    print(f"enrolled as {done.device_id} with {central_url}")
    print(f"secrets: {vault.describe()}")
    if done.profile is None and mirror is None:
        print(f"the profile is still missing and will be fetched when the terminal runs: {done.profile_fault}")
    return DONE


def _keep_technicians(exchange: HttpExchange, identity: Identity, vault: Vault, clock: SystemClock) -> None:
    """Who may look after this terminal, so that it is known before the line is gone. An enrolment holds without."""
    asking = ask_for_roster(identity)
    try:
        keep_roster(vault, asking.opened(exchange.call(asking.call(), clock.wall_ms() // 1000)))
    except RosterRefused as fault:
        print(f"who may look after it will be fetched when the terminal runs: {fault}")
    finally:
        exchange.close()


def _say(words: str, code: int) -> int:
    print(words, file=sys.stderr)
    return code
