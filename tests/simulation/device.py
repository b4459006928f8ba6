"""One terminal: its home on a simulated disk, its clock, and the program that starts, dies and starts again there."""

import base64
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import kiosk
import kiosk.delivery
import kiosk.unit
from kiosk.core.view import Mode, View
from kiosk.device.identity import DEVICE_KEY, Identity, keep_identity
from kiosk.device.paths import Home, assets_folder, open_home
from kiosk.device.secrets import open_vault
from kiosk.device.settings import Secrets, Settings, Sync
from tests.simulation.disk import DISKS, Disk
from tests.simulation.headquarters import Headquarters
from tests.simulation.line import Line
from tests.simulation.strands import World

DISKS_FOLDER = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
"""Where the simulated disks lie: in memory, where the machine offers that."""
SETTINGS = Settings(secrets=Secrets(store="file"), sync=Sync(heartbeat_s=3600, retry_max_s=300))


class Clock:
    """`off_ms`: how wrong the wall clock is. A boot begins the monotonic one anew."""

    def __init__(self, world: World, start_ms: int) -> None:
        self._world, self._start_ms = world, start_ms
        self.off_ms = 0
        self.boots = 0
        self._booted_ms = 0.0

    def wall_ms(self) -> int:
        return self._start_ms + int(self._world.now_ms) + self.off_ms

    def mono_ms(self) -> int:
        return int(self._world.now_ms - self._booted_ms)

    def boot_id(self) -> str:
        return f"{self.boots:032x}"

    def boot(self) -> None:
        self.boots += 1
        self._booted_ms = self._world.now_ms


class Life:
    """One process on the device; strands, timers and posted work die with it."""

    def __init__(self, device: "Device") -> None:
        self.device = device
        self.unit: kiosk.unit.Unit | None = None


class UnitLoop:
    """The loop of a unit: the world's own."""

    def __init__(self, world: World, life: Life) -> None:
        self._world, self._life = world, life

    def post(self, work: Callable[[], None]) -> None:
        self._world.at(0, work, self._life)

    def call_later(self, delay_ms: int, work: Callable[[], None]) -> Callable[[], None]:
        return self._world.at(delay_ms, work, self._life)


class Device:
    """A terminal of the hall."""

    def __init__(
        self, world: World, headquarters: Headquarters, folder: Path, window: str, seed: str, start_ms: int,
        say: Callable[[str], None], slow_ms: float = 14_000.0, mode: Mode = "window",
    ) -> None:  # fmt: skip
        self.world, self.window, self.say, self.mode = world, window, say, mode
        self.draw = random.Random(f"{seed}/{window}/device")
        self.clock = Clock(world, start_ms)
        self.home: Home = open_home(folder)
        self.disk = Disk(folder, random.Random(f"{seed}/{window}/disk"), self._cut)
        DISKS.append(self.disk)
        self.line = Line(world, headquarters, random.Random(f"{seed}/{window}/line"), slow_ms)
        self.line.seen = lambda what: self.say(f"{self.window}: {what}")
        self.life: Life | None = None
        self.when_cut: Callable[[], None] = lambda: None
        self.watch: Callable[[View], None] = lambda _view: None
        self.version = kiosk.__version__
        key = Ed25519PrivateKey.from_private_bytes(self.draw.randbytes(32))
        answer = headquarters.enrol(window, key.public_key().public_bytes_raw(), mode)
        self.device_id, self.key_id = str(answer["device_id"]), str(answer["credentials"]["key_id"])
        self.identity = Identity(
            device_id=self.device_id, key_id=self.key_id, central_url="http://central.example",
            central_key=answer.get("central_key", ""), recovery_key=base64.b64encode(bytes(range(32))).decode(),
        )  # fmt: skip
        self._private = key.private_bytes_raw()
        self.become_known()

    def become_known(self) -> None:
        """Keep the identity and the key, as an enrolment does."""
        open_vault(self.home, "file", "file").put(DEVICE_KEY, self._private)
        keep_identity(self.home, self.identity)

    @property
    def unit(self) -> "kiosk.unit.Unit | None":
        """The program, while it runs."""
        return self.life.unit if self.life else None

    def start(self) -> None:
        """The program begins, if it does not run."""
        if self.life is not None:
            return
        life = self.life = Life(self)
        self.disk.power_on()
        self.say(f"{self.window}: starts, version {self.version}")

        def boot() -> None:
            kiosk.unit.__version__ = kiosk.delivery.__version__ = self.version
            makings = kiosk.unit.Makings(self.home, SETTINGS, assets_folder(), 0, self.clock)
            life.unit = kiosk.unit.boot(UnitLoop(self.world, life), makings)
            life.unit.watch(self.watch)

        self.world.at(0, boot, life)

    def kill(self) -> None:
        """The process is gone; the machine goes on, and with it what it has in its memory of the disk."""
        if self.life is not None:
            self.say(f"{self.window}: killed")
            life, self.life = self.life, None
            self.world.end(life)
            self.disk.let_go()

    def pull_the_plug(self) -> None:
        """The machine is gone, and what was not synced with it, or part of it."""
        if self.life is not None:
            life, self.life = self.life, None
            self.world.end(life)
        gone = self.disk.power_cut()
        self.clock.boot()
        self.say(f"{self.window}: power cut, {gone} writes gone")

    def stop(self, then: Callable[[], None] = lambda: None) -> None:
        """The program ends properly, and `then`."""
        life = self.life
        if life is None or life.unit is None:
            then()
            return
        unit = life.unit

        def end() -> None:
            unit.close()
            self.world.at(0, ended)

        def ended() -> None:
            if self.life is life:
                self.life = None
                self.world.end(life)
                self.disk.let_go()
                self.say(f"{self.window}: stopped")
            then()

        self.world.spawn(end, life)

    def keep_copy(self, folder: Path) -> None:
        """Copy the whole home, as whoever has the disk can."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.home.root, folder)

    def put_back(self, folder: Path) -> None:
        """Put a copy of the whole home in its place."""
        shutil.rmtree(self.home.root)
        shutil.copytree(folder, self.home.root)

    def _cut(self) -> None:
        """The power is gone in the middle of a write; the world hears of it when this write has failed."""

        def gone() -> None:
            self.pull_the_plug()
            self.when_cut()

        self.world.at(0, gone)
