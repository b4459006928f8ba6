"""In which ways a unit breaks, what is told of each, and how its remedy is carried out: the cases of `broken_units`."""

import contextlib
import io
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from kiosk.acceptance_book import Kept
from kiosk.acceptance_book import keep as keep_result
from kiosk.bookkeeping.recovery import recover
from kiosk.core.situation import State
from kiosk.custody import JOURNAL_KEY
from kiosk.demo.programs import Central, ProgramFailed
from kiosk.device.clock import SystemClock
from kiosk.device.identity import DEVICE_KEY
from kiosk.device.paths import Home, assets_folder, open_home
from kiosk.device.secrets import Vault, open_vault
from kiosk.device.settings import Settings, read_settings
from kiosk.doctor import Finding, findings_of
from kiosk.doctor import system as machine
from kiosk.doctor.handover import TESTS
from kiosk.doctor.system import System
from kiosk.enrolment import enroll_here
from kiosk.protocol.technicians import Roster, Secret
from kiosk.roster import ROSTER, keep_roster
from kiosk.unit import Makings, Unit, boot
from tests.doctor.machines import FILES, healthy
from tests.end_to_end.tls_door import TlsDoor
from tests.terminal.bench import ThreadLoop

SETTINGS = """\
[secrets]
store = "file"

[station]
port = {port}

[central]
url = "{central}"
ca_file = "{authority}"
"""


@dataclass
class Broken:
    """One home, the machine it stands on, and what it needs: central, the door before it, a port that nobody uses."""

    root: Path
    central: Central
    door: TlsDoor
    mute_port: int
    held: ExitStack
    system: System = field(default_factory=lambda: real_network())

    @property
    def home(self) -> Home:
        return Home(self.root)

    @property
    def settings(self) -> Settings:
        return read_settings(self.home.settings)

    def write_settings(self, port: int | None = None, over_tls: bool = False) -> None:
        url = f"https://127.0.0.1:{self.door.port}" if over_tls else self.central.url
        authority = self.door.authority if over_tls else ""
        text = SETTINGS.format(port=self.mute_port if port is None else port, central=url, authority=authority)
        self.home.settings.write_text(text, "utf-8")

    def look(self) -> dict[str, Finding]:
        """The doctor's findings that are not well, by check; of several of one check the worst."""
        found: dict[str, Finding] = {}
        for finding in findings_of(self.root, "en", self.system):
            if finding.result != "ok" and (finding.check not in found or finding.result == "failed"):
                found[finding.check] = finding
        return found

    def enroll(self) -> None:
        code = self.central.code(self.central.sample["windows"][0])
        with contextlib.redirect_stdout(io.StringIO()):
            done = enroll_here(open_home(self.root), self.settings, self.central.url, code)
        if done != 0:
            raise ProgramFailed(f"enrolment ended with {done}")

    def run_until(self, ready: Callable[[Unit], bool]) -> None:
        """Start the terminal without a screen, and end it when this holds."""
        loop = ThreadLoop()
        unit = boot(loop, Makings(open_home(self.root), self.settings, assets_folder(), 0, SystemClock()))
        try:
            loop.until(lambda: ready(unit))
        finally:
            unit.close()


def real_network() -> System:
    """A machine told from memory, but for its network, its clock and its disk's room."""
    return healthy(
        resolve=machine.resolve, connect=machine.connect, certificate_end=machine.certificate_end,
        wall_s=time.time, room_mib=machine.room_mib, exists=machine.exists,
        commands={"systemctl": machine.Said(0, "enabled\n")},
    )  # fmt: skip


Act = Callable[[Broken], None]


@dataclass(frozen=True)
class Case:
    """What breaks, what is to be told (the first is the cause, the others follow from it), and the remedy's act."""

    spoil: Act
    mend: Act
    told: tuple[str, ...]
    result: str = "failed"
    word: str = ""
    """Something of the remedy that the act does."""


def in_service(unit: Unit) -> bool:
    return unit.view().situation.state in (State.READY, State.CLOSED)


def keep(path: Callable[[Home], Path], spoilt: Callable[[Path], object]) -> tuple[Act, Act]:
    """Spoil one file; put it back as it was."""

    def aside(unit: Broken) -> Path:
        return unit.root.parent / "as-it-was"

    def spoil(unit: Broken) -> None:
        shutil.copy2(path(unit.home), aside(unit))
        spoilt(path(unit.home))

    def mend(unit: Broken) -> None:
        shutil.copy2(aside(unit), path(unit.home))

    return spoil, mend


def no_home(unit: Broken) -> None:
    kept = unit.home.settings.read_text("utf-8")
    shutil.rmtree(unit.root)
    unit.root.parent.joinpath("kiosk.toml").write_text(kept, "utf-8")


def enrol_anew(unit: Broken) -> None:
    home = open_home(unit.root)
    if not home.settings.exists():
        shutil.copy2(unit.root.parent / "kiosk.toml", home.settings)
    unit.enroll()


def not_enrolled(unit: Broken) -> None:
    no_home(unit)
    open_home(unit.root)
    unit.write_settings()


def linked(unit: Broken) -> None:
    unit.root.rename(unit.root.with_name("elsewhere"))
    unit.root.symlink_to(unit.root.with_name("elsewhere"))


def unlinked(unit: Broken) -> None:
    unit.root.unlink()
    unit.root.with_name("elsewhere").rename(unit.root)


def settings_broken(unit: Broken) -> None:
    unit.home.settings.write_text(unit.home.settings.read_text("utf-8") + '\nlangauge = "zh-CN"\n', "utf-8")


def damaged(unit: Broken) -> None:
    data = unit.home.journal.read_bytes()
    unit.home.journal.write_bytes(os.urandom(4096) + data[4096:])


def key_store_lost(unit: Broken) -> None:
    """And the terminal started since: it has set its journal aside, which only the hall's key opens now."""
    device_key = open_vault(unit.home, "file", "file").get(DEVICE_KEY)
    assert device_key is not None
    unit.home.vault.unlink()
    (unit.home.keys / f"{JOURNAL_KEY}.key").unlink()
    open_vault(unit.home, "file", "file").put(DEVICE_KEY, device_key)
    unit.run_until(in_service)


def recovered(unit: Broken) -> None:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
        done = recover(unit.home, unit.settings, unit.central.data / "recovery.key")
    if done != 0:
        raise ProgramFailed(f"recovery ended with {done}: {said.getvalue()}")


def profile_removed(unit: Broken) -> None:
    unit.home.profile.unlink()
    unit.run_until(lambda running: in_service(running) and unit.home.profile.exists())


def over_tls(show: Callable[[TlsDoor], None]) -> tuple[Act, Act]:
    def spoil(unit: Broken) -> None:
        unit.write_settings(over_tls=True)
        show(unit.door)

    return spoil, lambda unit: unit.door.show()


def central_stops(unit: Broken) -> None:
    unit.central.program.stop()


def central_starts(unit: Broken) -> None:
    again = Central(unit.central.folder, unit.central.port)
    unit.central.program = again.program


def clock_ahead(unit: Broken) -> None:
    unit.system = replace(unit.system, wall_s=lambda: time.time() + 3_600)


def as_it_is(unit: Broken) -> None:
    unit.system = real_network()


def disk_full(unit: Broken) -> None:
    unit.system = replace(unit.system, room_mib=lambda _: 2)


def port_taken(unit: Broken) -> None:
    other = unit.held.enter_context(socket.create_server(("127.0.0.1", 0)))
    unit.write_settings(port=int(other.getsockname()[1]))


def in_memory(unit: Broken) -> None:
    """On a real tmpfs where this machine has one for everybody, else on one that it is told to have."""
    memory = Path("/dev/shm")
    mounts = machine.read("/proc/self/mountinfo") or ""
    if f" {memory} " in mounts and os.access(memory, os.W_OK):
        place = Path(unit.held.enter_context(tempfile.TemporaryDirectory(dir=memory))) / "home"
        shutil.copytree(unit.root, place)
        shutil.rmtree(unit.root)
        unit.root = place
    else:
        mounts = FILES["/proc/self/mountinfo"] + f"30 21 0:9 / {unit.root} rw - tmpfs x rw\n"
    read = healthy({"/proc/self/mountinfo": mounts}).read
    unit.system = replace(unit.system, read=read)


def to_the_disk(unit: Broken) -> None:
    place = Path(unit.held.enter_context(tempfile.TemporaryDirectory())) / "moved"
    shutil.copytree(unit.root, place)
    unit.root = place
    unit.system = real_network()


def owned_by_another(unit: Broken) -> None:
    os.chown(unit.home.profile, 1, -1)


def owned_again(unit: Broken) -> None:
    os.chown(unit.home.profile, os.geteuid(), -1)


def _vault(unit: Broken) -> Vault:
    return open_vault(unit.home, unit.settings.secrets.store, unit.settings.secrets.fallback)


def technicians_spoilt(unit: Broken) -> None:
    _vault(unit).put(ROSTER, b"{")


def technicians_fetched(unit: Broken) -> None:
    keep_roster(_vault(unit), Roster(version="1", technicians=(Secret(number="T1", name="x", secret="A"),)))


def touch_failed(unit: Broken) -> None:
    keep_result(unit.home, Kept("touch", False, 0, "T1"))


def all_passed(unit: Broken) -> None:
    for test in TESTS:
        keep_result(unit.home, Kept(test, True, 0, "T1"))


def _cases() -> dict[str, Case]:
    settings_back = keep(lambda home: home.settings, lambda _: None)
    identity = keep(lambda home: home.identity, lambda path: path.write_bytes(b"{"))
    journal_key = keep(lambda home: home.keys / f"{JOURNAL_KEY}.key", Path.unlink)
    device_key = keep(lambda home: home.keys / f"{DEVICE_KEY}.key", Path.unlink)
    vault = keep(lambda home: home.vault, lambda path: path.write_bytes(b"{"))

    def settings_spoilt(unit: Broken) -> None:
        settings_back[0](unit)
        settings_broken(unit)

    cases = {
        "no-home": Case(no_home, enrol_anew, ("home", "identity"), word="kiosk enroll"),
        "home-is-a-link": Case(linked, unlinked, ("home",), word="symlink"),
        "open-to-others": Case(lambda u: u.home.profile.chmod(0o644), lambda _: None, ("modes",), "warning"),
        "settings": Case(settings_spoilt, settings_back[1], ("settings",), word="mend"),
        "journal-damaged": Case(damaged, lambda u: u.run_until(in_service), ("journal",), word="started"),
        "journal-key-gone": Case(*journal_key, ("journal",)),
        "device-key-gone": Case(*device_key, ("central",), word="put the key store back"),
        "key-store-spoilt": Case(*vault, ("key store", "journal"), word="vault.json"),
        "quarantine-waits": Case(key_store_lost, recovered, ("quarantine",), "warning", "kiosk journal recover"),
        "identity": Case(*identity, ("identity",), word="restore"),
        "profile": Case(lambda u: u.home.profile.write_bytes(b"{}"), profile_removed, ("profile",), word="remove"),
        "not-enrolled": Case(not_enrolled, enrol_anew, ("identity", "profile"), word="kiosk enroll"),
        "certificate-expired": Case(
            *over_tls(lambda door: door.show(days_from=-30, days_to=-1)), ("certificate", "central"), word="renewed"
        ),
        "certificate-early": Case(
            *over_tls(lambda door: door.show(days_from=30)), ("certificate", "central"), word="clock"
        ),
        "certificate-of-another": Case(
            *over_tls(lambda door: door.show("192.0.2.1")), ("certificate", "central"), word="made out"
        ),
        "certificate-of-a-stranger": Case(
            *over_tls(lambda door: door.show(by_itself=True)), ("certificate", "central"), word="ca_file"
        ),
        "certificate-ends-soon": Case(
            *over_tls(lambda door: door.show(days_to=9)), ("certificate",), "warning", "renewed"
        ),
        "clock": Case(clock_ahead, as_it_is, ("clock",), word="timedatectl"),
        "disk-full": Case(disk_full, as_it_is, ("disk",), word="make room"),
        "port-taken": Case(port_taken, Broken.write_settings, ("station",), word="station.port"),
        "home-in-memory": Case(in_memory, to_the_disk, ("file system",), word="move"),
        "technicians-unreadable": Case(
            technicians_spoilt, technicians_fetched, ("technicians",), "warning", "fetch them anew"
        ),
        "touch-not-passed": Case(touch_failed, all_passed, ("acceptance",), "warning", "repeat it there"),
        "central-away": Case(central_stops, central_starts, ("connection", "central"), word="central runs"),
    }
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # nobody else may give a file away
        cases["owned-by-another"] = Case(owned_by_another, owned_again, ("home",), word="chown")
    return cases


CASES = _cases()
