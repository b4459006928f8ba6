"""The terminal as its package shows it: behind `cage`, within Xwayland, as an account that may do little.

The machine has no virtual terminal, so cage itself stands in a virtual screen, where it is always of one size.
The program is the built one (`build/dev.py package`), for the sources' Python may lie where that account cannot go.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from kiosk.demo.programs import Central, Program, ProgramFailed, Terminal, until
from kiosk.demo.screen import VirtualScreen
from tests.end_to_end.escape import Prison

SIZE = (1024, 768)
"""What cage takes of the screen that it stands in."""
NOBODY = 65534
UNIT = Path(__file__).parents[2] / "build" / "packages" / "deb" / "kiosk-terminal.service"
_NEEDED = ("cage", "Xwayland", "setpriv", "dbus-run-session")


def environment_of_the_unit() -> dict[str, str]:
    """What the package's own unit gives the program, but for its home."""
    lines = [line for line in UNIT.read_text("utf-8").splitlines() if line.startswith("Environment=")]
    given = dict(one.split("=", 1) for line in lines for one in line.removeprefix("Environment=").split())
    given.pop("KIOSK_HOME")
    return given


class CagedTerminal(Terminal):
    """A terminal behind cage. `binary`: the built program."""

    def __init__(self, home: Path, screen: VirtualScreen, binary: Path) -> None:
        super().__init__(home, "", {})
        self.binary = binary
        self.runtime = home.parent / "runtime"
        self.runtime.mkdir(mode=0o700)
        os.chown(self.runtime, NOBODY, NOBODY)
        self.more |= {
            **environment_of_the_unit(), "DISPLAY": screen.name, "XDG_RUNTIME_DIR": str(self.runtime),
            "HOME": str(self.runtime), "WLR_BACKENDS": "x11", "WLR_RENDERER": "pixman",
            "QT_QUICK_BACKEND": "software",
        }  # fmt: skip

    def run(self) -> Program:
        subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", str(self.home)], check=True)
        account = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "dbus-run-session", "--"]
        command = [*account, "cage", "-d", "-s", "--", str(self.binary), "run", "--station-port", str(self.port)]
        return Program("cage", command, self.home.parent / f"{self.home.name}.log", self.more)

    def inside(self) -> tuple[int, str]:
        """The process of the terminal itself, and the name of the X display that it stands on."""
        home = f"KIOSK_HOME={self.home}".encode()
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes().split(b"\0")
                variables = (folder / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if words[0] == os.fsencode(self.binary) and b"run" in words and home in variables:
                return int(folder.name), next(one[8:].decode() for one in variables if one.startswith(b"DISPLAY="))
        raise ProgramFailed("the terminal does not run behind cage")


class Cage(Prison):
    """Hands on the screen without, eyes on the display within."""

    size = SIZE

    def __init__(self, screen: VirtualScreen, terminal: CagedTerminal) -> None:
        super().__init__(screen, terminal)
        self.pid, self.within = terminal.inside()

    def eyes(self, *arguments: str) -> str:
        account = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        return subprocess.run(
            [*account, "xdotool", *arguments], env={**os.environ, "DISPLAY": self.within},
            capture_output=True, text=True, check=False, timeout=60,
        ).stdout.strip()  # fmt: skip

    def fault(self) -> str:
        if not Path(f"/proc/{self.pid}").exists():
            return "the program is another one, or none"
        return super().fault()


@contextmanager
def behind_cage(folder: Path, binary: Path) -> Iterator[Cage]:
    """The terminal, enrolled, behind cage. Raises ProgramFailed where that cannot be."""
    missing = [name for name in _NEEDED if shutil.which(name) is None]
    if missing or os.geteuid() != 0 or not binary.exists():
        raise ProgramFailed(f"this needs root, {', '.join(_NEEDED)} and {binary} (missing: {missing or binary})")
    folder.chmod(0o755)
    with ExitStack() as held:
        screen = VirtualScreen(*SIZE, folder)
        held.callback(screen.close)
        central = Central(folder)
        held.callback(central.program.stop)
        terminal = CagedTerminal(folder / "home", screen, binary)
        terminal.enroll(central, central.sample["windows"][0])
        held.callback(terminal.stop)
        terminal.start()
        terminal.wait_for("ready")
        cage = Cage(screen, terminal)
        until("the whole screen", lambda: cage.fault() == "", alive=terminal.program)
        rate_once(central, terminal, screen, folder)
        yield cage


def rate_once(central: Central, terminal: Terminal, screen: VirtualScreen, folder: Path) -> None:
    """A visit, a tap on the glass, and the rating at central: what stands behind cage is drawn, and feels fingers."""
    matter = central.sample["matters"][0]
    visit = terminal.ask("POST", "/visits", {"matter": matter, "case_number": "CAGE-1"})["visit_id"]
    terminal.ask("POST", f"/visits/{visit}/invitation")
    terminal.wait_for("inviting")
    end = time.monotonic() + 30
    while terminal.state() == "inviting":
        if time.monotonic() > end:
            screen.photograph(folder.parent / "caged.png")
            raise ProgramFailed(f"no tap arrived in 30 s; see {folder.parent / 'caged.png'}")
        screen.tap(SIZE[0] // 2, SIZE[1] // 2)
        time.sleep(0.5)
    terminal.wait_for("thanks", "ready", patience_s=120)
    found = until("the rating at central", central.ratings, 60)
    print(f"behind cage: rated {found[0]['level']} by a tap on the glass, and central has it", flush=True)
    terminal.wait_for("ready", patience_s=60)
