"""A publisher, a terminal's home, and tiny programs that live, fall, hang or stay blind as a version may."""

import datetime
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from kiosk.core.release import Standing
from kiosk.core.trial import Slot, Slots
from kiosk.update.choice import Choice
from kiosk.update.metadata import Custom
from kiosk.update.slots import this_system
from kiosk.update.source import Folder, Source
from kiosk.update.staging import Staging, fault_of_slot, running_version
from kiosk.update.state import Place, changing, read_state

sys.path.append(str(Path(__file__).parents[2] / "build"))
from publishing.archive import pack
from publishing.keys import Keys
from publishing.repository import DAYS, Repository

PACKAGE = "1.0.0"
LIFE = """#!{python}
import os, sys, time
home, here = sys.argv[sys.argv.index("--home") + 1], os.path.dirname(os.path.abspath(__file__))
version, how = open(os.path.join(here, "version")).read(), open(os.path.join(here, "how")).read().split()
with open(os.path.join(home, "lives"), "a") as lives:
    lives.write(f"{{version}} {{time.monotonic()}} {{'safe' if '--safe' in sys.argv else 'usual'}}\\n")
word, began, told = os.environ.get("KIOSK_TRIAL", ""), time.monotonic(), False
if how[0] == "falls":
    sys.exit(int(how[1]))
while True:
    time.sleep(0.02)
    if how[0] == "blind":
        continue
    try:
        os.write(1, b"\x06")  # a frame was painted
    except OSError:
        sys.exit(3)
    if word and not told and how[0] != "unwell":
        told = True
        with open(os.path.join(home, "update", "well"), "w") as well:
            well.write(word)
    if how[0] == "dies" and time.monotonic() - began > float(how[1]):
        os._exit(1)
    if how[0] == "leaves" and os.path.exists(os.path.join(home, "leave")):
        os.unlink(os.path.join(home, "leave"))
        sys.exit(0)
"""


def program(folder: Path, version: str, how: str = "lives", padding: int = 0) -> Path:
    """A version that starts with `kiosk`. `how`: lives, falls CODE, blind, unwell, dies SECONDS, leaves."""
    (folder / "_internal" / "assets").mkdir(parents=True)
    starts = folder / "kiosk"
    starts.write_text(LIFE.format(python=sys.executable), "utf-8")
    starts.chmod(0o755)
    (folder / "version").write_text(version)
    (folder / "how").write_text(how)
    (folder / "_internal" / "library").write_bytes(version.encode() * (100 + padding))
    (folder / "_internal" / "library.so").symlink_to("library")
    (folder / "_internal" / "assets" / "words").write_text(f"words of {version}")
    return folder


class Publisher:
    """Signs versions. `ahead_days`: how far its clock is from ours; `days`: how long each signature holds."""

    def __init__(self, folder: Path, ahead_days: float = 0, days: dict[str, int] | None = None) -> None:
        self.folder = folder
        self.ahead = datetime.timedelta(days=ahead_days)
        self.repository = Repository(
            folder / "repository", Keys(folder / "keys"),
            lambda: datetime.datetime.now(datetime.UTC) + self.ahead, {**DAYS, **(days or {})},
        )  # fmt: skip
        self.repository.begin()

    @property
    def root(self) -> bytes:
        return self.repository.first_root.read_bytes()

    def offer(self, version: str, how: str = "lives", padding: int = 0, **more: object) -> Path:
        """Publish a tiny program; its folder."""
        made = self.folder / "programs" / f"{version}-{time.monotonic_ns()}"
        program(made, version, how, padding)
        packed = pack(made, version, this_system(), self.folder / f"{made.name}.tar.gz", level=1)
        custom = replace_custom(Custom(version, this_system(), packed.manifest), **more)
        self.repository.add(packed, f"kiosk-{version}.tar.gz", custom)
        return made


def replace_custom(custom: Custom, **more: object) -> Custom:
    import msgspec

    return msgspec.structs.replace(custom, **more)


@dataclass
class Unit:
    """A terminal's home that trusts this publisher; its package is version 1.0.0."""

    home: Path
    root: bytes
    source: Source
    ours_ms: Callable[[], int] = lambda: int(time.time() * 1000)
    ask_time: Callable[[], int | None] = lambda: None

    def __post_init__(self) -> None:
        self.home.mkdir(exist_ok=True)
        self.place = Place(self.home)

    @property
    def slots(self) -> Slots:
        return read_state(self.place)

    def staging(self, told: bool = True, standing: Standing | None = None) -> Staging:
        slots = self.slots
        usual = Standing(running_version(slots, PACKAGE), this_system(), "device", frozenset(), slots.returned)
        return Staging(self.place, self.root, self.source, standing or usual, self.ours_ms, self.ask_time, told)

    def fetch(self, told: bool = True) -> Slot | None:
        return self.staging(told).fetch(lambda *_: None)

    def wish(self, wish: str = "forward") -> None:
        with changing(self.place) as change:
            change.slots = replace(change.slots, wish=wish)

    def bring(self) -> None:
        """Fetch what there is, and have it begin."""
        assert self.fetch() is not None
        self.wish()

    def check(self, slot: Slot) -> str | None:
        return fault_of_slot(self.place, self.root, slot.name, slot.version)

    def choice(self, package: list[str] | None = None) -> Choice:
        return Choice(self.place, package or ["the package"], PACKAGE, self.check)


def unit_of(publisher: Publisher, folder: Path, **more: object) -> Unit:
    source = more.pop("source", None) or Folder(publisher.folder / "repository")
    return Unit(folder / "home", publisher.root, source, **more)  # type: ignore[arg-type]
