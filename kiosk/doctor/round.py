"""One round of all checks: at once, each with its own limit, and all of them within twenty seconds.

Invariant: a check that hangs or breaks is a finding and keeps no other from being made.
"""

import platform
import threading
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future
from pathlib import Path

from kiosk import __version__
from kiosk.device.paths import HomeError, assets_folder, languages_in, open_home
from kiosk.device.settings import Settings, SettingsRefused, read_settings
from kiosk.doctor import disk, handover, machine, network, stores, upkeep, versions
from kiosk.doctor.finding import Note, failed, ok
from kiosk.doctor.patient import Patient, Running, running_of
from kiosk.doctor.system import System
from kiosk.protocol.profile import FORMAT

ALL_S = 20.0
Check = Callable[[Patient], Iterator[Note]]
CHECKS: tuple[tuple[str, float, Check], ...] = (
    ("disk", 3, disk.room),
    ("disk_sync", 8, disk.honesty),
    ("file_system", 3, disk.file_system),
    ("write_filter", 12, disk.write_filter),
    ("terminal", 3, machine.terminal),
    ("update", 3, versions.version),
    ("troubles", 3, stores.troubles),
    ("quarantine", 3, stores.quarantine),
    ("journal", 16, stores.journal),
    ("profile", 5, stores.profile),
    ("route", 10, network.network),
    ("certificate", 10, network.certificate),
    ("central", 16, network.central),
    ("station", 6, network.station),
    ("lan", 6, network.lan),
    ("screen", 14, machine.screen),
    ("touch", 3, machine.touch),
    ("speech", 14, machine.voice),
    ("font", 6, machine.font),
    ("clock_source", 6, machine.clock_source),
    ("time_zone", 3, machine.time_zone),
    ("account", 3, machine.account),
    ("service", 6, machine.service),
    ("core_dumps", 3, machine.core_dumps),
    ("lock_down", 3, handover.lock_down),
    ("technicians", 5, handover.technicians),
    ("acceptance", 3, handover.acceptance),
    ("power", 6, machine.sleep),
    ("memory", 3, upkeep.memory),
    ("graphics", 3, upkeep.graphics),
    ("screen_schedule", 3, upkeep.screen_schedule),
)
"""Their codes, the seconds that each may take, and who makes them."""


def notes_of(root: Path, system: System, only: Collection[str] = ()) -> Iterator[Note]:
    """Every note, in the order of the checks. `only`: of the checks of these codes, besides those of home and settings.

    Where the home itself cannot be used, the checks end there.
    """
    yield ok(
        "program.ok", version=__version__, python=platform.python_version(), system=platform.platform(), format=FORMAT
    )
    if not root.exists():
        yield failed("home.none", home=root)
        yield failed("identity.none")
        return
    loose = disk.loose_files(root)
    try:
        home = open_home(root)
    except HomeError as fault:
        yield failed("home.refused", fault=fault, home=root)
        return
    yield ok("home.ok", home=home.root)
    yield disk.modes(loose)
    settings = Settings()
    try:
        settings = read_settings(home.settings, languages_in(assets_folder()))
        yield ok("settings.ok") if home.settings.exists() else ok("settings.none")
    except SettingsRefused as fault:
        yield failed("settings.refused", fault=fault, file=home.settings)
    vault, of_vault = stores.vault_of(home, settings)
    yield of_vault
    identity, of_identity = stores.identity_of(home)
    yield of_identity
    running = Running(False)
    try:
        running = running_of(home, system)
    except OSError as fault:
        yield failed("lock.fault", fault=fault, file=home.lock)
    patient = Patient(home, settings, system, identity, vault, running)
    yield from made_at_once(patient, [check for check in CHECKS if not only or check[0] in only])


def made_at_once(
    patient: Patient, checks: Collection[tuple[str, float, Check]], all_s: float = ALL_S
) -> Iterator[Note]:
    """The notes of these checks, in their order. Threads that hang are left behind; they die with the process."""
    began = time.monotonic()
    started = [(code, limit_s, _started(check, patient)) for code, limit_s, check in checks]
    for code, limit_s, future in started:
        left = min(limit_s, all_s) - (time.monotonic() - began)
        try:
            yield from future.result(max(left, 0.0))
        except Exception as fault:
            if not future.done():
                yield Note("check.slow", "warning", {"seconds": round(min(limit_s, all_s))}, code)
                continue
            yield Note("check.broken", "failed", {"fault": f"{type(fault).__name__}: {fault}"}, code)


def _started(check: Check, patient: Patient) -> "Future[list[Note]]":
    future: Future[list[Note]] = Future()

    def work() -> None:
        try:
            future.set_result(list(check(patient)))
        except BaseException as fault:
            future.set_exception(fault)

    threading.Thread(target=work, name=f"check {check.__name__}", daemon=True).start()
    return future
