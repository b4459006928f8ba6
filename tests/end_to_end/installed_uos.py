"""`python -m tests.end_to_end.installed_uos --deb FILE --lockdown FILE`: the packages for UOS in a root of their age.

As root, with debootstrap. The application held against the published rules, installed into a clean Debian 11 (glibc
2.31), started as its desktop entry says by a user without rights, enrolled, a rating made on its screen and found at
central; then the lock-down package: its account, its units, its X server with the terminal alone on it, its guard.
"""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from kiosk.demo.citizen import Citizen, learn_targets
from kiosk.demo.programs import Central, Program, ProgramFailed, Terminal, until
from kiosk.demo.screen import VirtualScreen
from tests.end_to_end.desk import SIZE
from tests.end_to_end.installed import Root, Walk, levels, made_root

sys.path.append(str(Path(__file__).resolve().parents[2] / "build"))

from developer import uos_rules

LOCKDOWN = "kiosk-terminal-lockdown"
USER = "clerk"
KEPT = ["etc", "usr/bin", "usr/lib/systemd", "usr/share/applications", "var/lib/kiosk"]


class OnADesktop(Terminal):
    """The application, started in its root by a user of the desktop as the desktop entry does, seen on a screen."""

    def __init__(self, root: Root, screen: VirtualScreen, appid: str) -> None:
        super().__init__(
            root.folder / "home" / USER / ".local/share" / appid, f"{SIZE[0]}x{SIZE[1]}", screen.environment
        )
        self.root = root
        entry = root.folder / f"opt/apps/{appid}/entries/applications/{appid}.desktop"
        line = next(line for line in entry.read_text("utf-8").splitlines() if line.startswith("Exec="))
        self.starts = shlex.split(line.removeprefix("Exec="))

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return self.root.run(*self._as_user(self.starts[0], *arguments), check=False)

    def run(self) -> Program:
        arguments = [*self.starts, "--windowed", self._size, "--station-port", str(self.port)]
        log = self.root.folder / "tmp" / "terminal.log"
        return Program("terminal", ["chroot", str(self.root.folder), *self._as_user(*arguments)], log)

    def _as_user(self, *command: str) -> list[str]:
        more = {name: value for name, value in self.more.items() if name != "KIOSK_HOME"}
        environment = [f"{name}={value}" for name, value in {**more, "HOME": f"/home/{USER}"}.items()]
        return ["runuser", "-u", USER, "--", "env", "-u", "KIOSK_HOME", "-u", "XDG_DATA_HOME", *environment, *command]


class LockedDown(Terminal):
    """The terminal of the lock-down package, its unit's own lines run in the root by hand, for there is no systemd."""

    def __init__(self, root: Root, screen: "OwnScreen") -> None:
        super().__init__(root.folder / "var/lib/kiosk/home", "", {})
        self.root, self.screen = root, screen

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return self.root.run("kiosk-terminal", *arguments, check=False)

    def run(self) -> Program:
        unit = (self.root.folder / "usr/lib/systemd/system/kiosk-terminal.service").read_text("utf-8")
        lines = dict(line.split("=", 1) for line in unit.splitlines() if "=" in line and not line.startswith("#"))
        before, starts = shlex.split(lines["ExecStartPre"]), shlex.split(lines["ExecStart"])
        environment = [*shlex.split(lines["Environment"]), f"DISPLAY={self.screen.name}"]
        as_user = ["runuser", "-u", lines["User"], "--", "env", *environment]
        self.root.run(*as_user, *before)
        log = self.root.folder / "tmp" / "terminal.log"
        command = [*as_user, "QT_QUICK_BACKEND=software", *starts, "--station-port", str(self.port)]
        return Program("terminal", ["chroot", str(self.root.folder), *command], log)


class OwnScreen(VirtualScreen):
    """The X server of the lock-down package, on a display that is not there; watched with its own key."""

    def __init__(self, root: Root, folder: Path) -> None:
        self.width, self.height, self.folder = *SIZE, folder
        number = free_display()
        self.name = f":{number}"
        width, height = SIZE
        (root.folder / "etc/X11/dummy.conf").write_text(
            'Section "Device"\n Identifier "d"\n Driver "dummy"\nEndSection\n'
            f'Section "Screen"\n Identifier "s"\n Device "d"\n DefaultDepth 24\n SubSection "Display"\n'
            f'  Virtual {width} {height}\n  Modes "{width}x{height}"\n EndSubSection\nEndSection\n'
        )
        place = "vt1 -novtswitch -sharevts -config dummy.conf"
        (root.folder / "run/kiosk-terminal").mkdir(mode=0o755, exist_ok=True)
        self._key = root.folder / "run/kiosk-terminal/key"
        log = folder / "own-screen.log"
        command = [
            "chroot",
            str(root.folder),
            "env",
            f"KIOSK_SCREEN_PLACE={place}",
            f"KIOSK_DISPLAY={number}",
            "/usr/lib/kiosk-terminal/screen",
        ]
        self.server_program = Program("X server", command, log)
        socket = root.folder / f"tmp/.X11-unix/X{number}"
        with self.server_program.or_ended():
            until("the X server", socket.exists, alive=self.server_program)
        self._link = Path(f"/tmp/.X11-unix/X{number}")
        self._link.parent.mkdir(exist_ok=True)
        self._link.symlink_to(socket)

    @property
    def environment(self) -> Mapping[str, str]:
        return {**super().environment, "XAUTHORITY": str(self._key)}

    def close(self) -> None:
        self.server_program.stop()
        self._link.unlink(missing_ok=True)


def rate(central: Central, terminal: Terminal, citizen: Citizen, level: str, number: int) -> None:
    """One visit from its start to the thanks, and its way to central."""
    body = {"matter": central.sample["matters"][0], "case_number": f"34120000{number}"}
    visit = terminal.ask("POST", "/visits", body)["visit_id"]
    terminal.ask("POST", f"/visits/{visit}/invitation")
    citizen.rate(level, reasons=1)
    citizen.leave()
    until("delivery", lambda: terminal.journal()["unsent"] == 0)


def application(said: Walk, root: Root, deb: Path, central: Central, held: ExitStack, folder: Path) -> str:
    """The application's own life; its name."""
    broken = uos_rules.broken_by(deb)
    said.see(f"keeps the published rules: {deb.name} {broken or ''}", not broken)
    before = {str(path) for place in KEPT for path in (root.folder / place).rglob("*")}
    appid = subprocess.run(
        ["dpkg-deb", "-f", deb, "Package"], capture_output=True, text=True, check=True
    ).stdout.strip()
    root.install(deb)
    libc = root.run("getconf", "GNU_LIBC_VERSION").stdout.strip()
    said.see(f"installed into a clean Debian 11, {libc}", libc == "glibc 2.31")
    ours = {str(path) for place in KEPT for path in (root.folder / place).rglob("*") if "kiosk" in path.name.lower()}
    said.see("and laid nothing outside /opt/apps", not ours - before)
    root.run("useradd", "--create-home", USER)
    screen = VirtualScreen(*SIZE, folder)
    held.callback(screen.close)
    terminal = OnADesktop(root, screen, appid)
    held.callback(terminal.stop)
    terminal.enroll(central, central.sample["windows"][0])
    said.see(f"enrolled, its state in ~/.local/share/{appid}", (terminal.home / "identity.json").exists())
    terminal.start()
    terminal.wait_for("ready")
    rate(central, terminal, Citizen(terminal, screen, learn_targets(*SIZE)), "dissatisfied", 1)
    screen.photograph(folder / "application.png")
    said.see("a rating made on its screen is at central", levels(central) == ["dissatisfied"])
    versions = terminal.command("versions").stdout
    said.see(f"with {next(line for line in versions.splitlines() if 'qt' in line.lower()).strip()}", versions)
    terminal.stop()
    return appid


def locked_down(
    said: Walk, root: Root, lockdown: Path, appid: str, central: Central, held: ExitStack, folder: Path
) -> None:
    """The lock-down package upon it, until both are gone."""
    root.install(lockdown)
    root.run("apt-get", "install", "-y", "--no-install-recommends", "xserver-xorg-video-dummy")
    default = root.folder / "etc/systemd/system/default.target"
    said.see("the machine starts as a terminal", os.readlink(default).endswith("kiosk-terminal.target"))
    units = ("kiosk-terminal.target", "kiosk-screen.service", "kiosk-terminal.service")
    complaints = complaints_of(root, units)
    said.see(f"its units hold before systemd-analyze {complaints or ''}", not complaints)
    wrong = root.folder / "usr/lib/systemd/system/kiosk-wrong.service"
    wrong.write_text("[Service]\nExecStart=/nowhere/kiosk-wrong\nRestrt=always\n")
    said.see("which finds what is wrong with another", complaints_of(root, [wrong.name]))
    wrong.unlink()
    screen = OwnScreen(root, folder)
    held.callback(screen.close)
    let_in = {key: on_the_screen(screen, key) for key in (screen.environment["XAUTHORITY"], "/dev/null")}
    said.see("only the key lets anybody onto its X server", list(let_in.values()) == [True, False])
    terminal = LockedDown(root, screen)
    held.callback(terminal.stop)
    terminal.enroll(central, central.sample["windows"][1])
    terminal.start()
    terminal.wait_for("ready")
    citizen = Citizen(terminal, screen, learn_targets(*SIZE))
    rate(central, terminal, citizen, "very_dissatisfied", 2)
    screen.photograph(folder / "locked-down.png")
    said.see("a rating made on its own X server is at central", "very_dissatisfied" in levels(central))
    central.program.stop()
    body = {"matter": central.sample["matters"][0], "case_number": "341200003"}
    visit = terminal.ask("POST", "/visits", body)["visit_id"]
    terminal.ask("POST", f"/visits/{visit}/invitation")
    citizen.rate("dissatisfied", reasons=1)
    citizen.leave()
    terminal.stop()
    refused = root.run("apt-get", "remove", "-y", appid, check=False)
    words = refused.stdout + refused.stderr
    said.see("the application is not removed while a rating is unsent", refused.returncode and "not removed" in words)
    said.see("and it is all there", (root.folder / f"opt/apps/{appid}/files/program/kiosk").exists())
    again = Central(folder, port=central.port)
    held.callback(again.program.stop)
    terminal.start()
    until("delivery", lambda: terminal.journal()["unsent"] == 0)
    said.see("central has all three", len(levels(again)) == 3)
    terminal.stop()
    screen.close()
    root.run("apt-get", "purge", "-y", LOCKDOWN, appid)
    said.see("then both go, and the desktop starts again", not os.readlink(default).endswith("kiosk-terminal.target"))
    ours = (f"opt/apps/{appid}", "var/lib/kiosk", "usr/bin/kiosk-terminal", "usr/lib/kiosk-terminal")
    left = [place for place in ours if (root.folder / place).exists()]
    said.see(f"nothing is left {left or ''}", not left)


def free_display() -> int:
    """The number of a display that nobody has on this machine, in this root or outside."""
    taken = Path("/proc/net/unix").read_text()
    sockets = {number: f"/tmp/.X11-unix/X{number}" for number in range(70, 170)}
    return next(n for n, name in sockets.items() if f"{name}\n" not in taken and not Path(name).exists())


def complaints_of(root: Root, units: Sequence[str]) -> list[str]:
    """What systemd-analyze, outside, has against these units of the root, but that their programs are in there."""
    paths = [str(root.folder / "usr/lib/systemd/system" / unit) for unit in units]
    command = ["systemd-analyze", "verify", "--man=no", *paths]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = (said.stdout + said.stderr).splitlines()
    return [line for line in lines if "kiosk" in line and "is not executable" not in line]


def on_the_screen(screen: OwnScreen, key: str) -> bool:
    """Whether a program with this key file gets onto the X server, even as root."""
    environment = {**os.environ, **screen.environment, "XAUTHORITY": key}
    asked = subprocess.run(["xdotool", "getmouselocation"], env=environment, capture_output=True, check=False)
    return asked.returncode == 0


def main(arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.end_to_end.installed_uos")
    parser.add_argument("--deb", type=Path, required=True)
    parser.add_argument("--lockdown", type=Path, help="the lock-down package of the same build")
    parser.add_argument("--suite", default="bullseye")
    parser.add_argument("--mirror", default=environment.get("KIOSK_MIRROR", ""), help="default: debootstrap's own")
    parser.add_argument("--pictures", type=Path, help="keep what the screens showed in this folder")
    options = parser.parse_args(arguments)
    said = Walk()
    with tempfile.TemporaryDirectory(prefix="installed-uos-") as place, ExitStack() as held:
        folder = Path(place) / "outside"
        folder.mkdir()
        root = held.enter_context(made_root(Path(place) / "root", options.suite, options.mirror))
        central = Central(folder)
        held.callback(lambda: central.program.stop())
        try:
            appid = application(said, root, options.deb, central, held, folder)
            if options.lockdown:
                locked_down(said, root, options.lockdown, appid, central, held, folder)
        except ProgramFailed:
            for log in (root.folder / "tmp" / "terminal.log", folder / "own-screen.log"):
                print(log.read_text("utf-8", "replace")[-4000:] if log.exists() else f"{log.name}: nothing said")
            raise
        finally:
            if options.pictures:
                options.pictures.mkdir(parents=True, exist_ok=True)
                for picture in folder.glob("*.png"):
                    shutil.copy(picture, options.pictures)
    print("all held" if not said.failed else f"{said.failed} did not hold")
    return int(bool(said.failed))


if __name__ == "__main__":
    sys.exit(main())
