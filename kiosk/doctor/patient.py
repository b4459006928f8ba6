"""The unit that is looked at: what could be read of it before the checks began."""

from dataclasses import dataclass, field

from kiosk.device.identity import Identity
from kiosk.device.instance import AlreadyRunning, hold_lock
from kiosk.device.paths import Home
from kiosk.device.secrets import Vault
from kiosk.device.settings import Settings
from kiosk.doctor.system import System


@dataclass(frozen=True, slots=True)
class Running:
    """Whether its terminal runs, as which process (0: not known), and started by which words."""

    runs: bool
    pid: int = 0
    words: tuple[str, ...] = ()

    def option(self, name: str) -> str | None:
        """What it was given for an option."""
        for index, word in enumerate(self.words):
            if word == name:
                return next(iter(self.words[index + 1 :]), None)
            if word.startswith(f"{name}="):
                return word.partition("=")[2]
        return None


@dataclass(frozen=True, slots=True)
class Patient:
    """`identity` and `vault` are None where there is none, or none that can be used."""

    home: Home
    settings: Settings
    system: System = field(default_factory=System)
    identity: Identity | None = None
    vault: Vault | None = None
    running: Running = Running(False)

    @property
    def central(self) -> str:
        """Central's address; the settings' wins over the one it was enrolled at. Empty where neither says."""
        return self.settings.central.url or (self.identity.central_url if self.identity else "")

    @property
    def station_port(self) -> int:
        """Where the station is or would be served; 0: nowhere."""
        if "--safe" in self.running.words:
            return 0
        said = self.running.option("--station-port")
        return int(said) if said and said.isdigit() else self.settings.station.port


def running_of(home: Home, system: System) -> Running:
    """Whether this home's terminal runs. Raises OSError where its lock cannot be tried."""
    try:
        with hold_lock(home.lock):
            return Running(False)
    except AlreadyRunning as fault:
        pid = fault.pid or 0
        return Running(True, pid, command_line(system, pid))


def command_line(system: System, pid: int) -> tuple[str, ...]:
    """By which words this process was started; empty where the system does not tell."""
    return tuple((system.read(f"/proc/{pid}/cmdline") or "").strip("\0").split("\0")) if pid else ()
