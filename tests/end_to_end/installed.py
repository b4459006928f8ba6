"""`python -m tests.end_to_end.installed --deb FILE --newer FILE`: the Debian package in a clean root made for it.

As root, with debootstrap. Installed, enrolled, a rating made on its screen; upgraded and downgraded with ratings
unsent; removal refused, then removed and purged: nothing lost, nothing left. Central and the screen are outside.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pyotp import TOTP

from kiosk.demo.citizen import Citizen, learn_targets
from kiosk.demo.programs import Central, Program, ProgramFailed, Terminal, until
from kiosk.demo.screen import VirtualScreen
from tests.end_to_end.desk import SIZE

PACKAGE = "kiosk-terminal"
HOME = "var/lib/kiosk/home"
_QUIET = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
_OURS = ("opt/kiosk-terminal", "var/lib/kiosk", "usr/bin/kiosk-terminal", "usr/share/doc/kiosk-terminal")
_UNITS = ("usr/lib/systemd/system", "usr/lib/systemd/logind.conf.d", "usr/lib/sysctl.d", "etc/systemd/system")


class Root:
    """A Debian system in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *command: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """A command in it."""
        done = subprocess.run(
            ["chroot", str(self.folder), *command],
            capture_output=True, text=True, check=False, env={**os.environ, **_QUIET},
        )  # fmt: skip
        if check and done.returncode != 0:
            raise ProgramFailed(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def install(self, deb: Path, *options: str) -> None:
        """Install this file, with what it depends on."""
        shutil.copy(deb, self.folder / "tmp" / deb.name)
        self.run("apt-get", "install", "-y", "--no-install-recommends", *options, f"/tmp/{deb.name}")

    def left(self) -> list[str]:
        """What of ours lies in it."""
        found = [place for place in _OURS if (self.folder / place).exists()]
        for folder in _UNITS:
            found += [str(path.relative_to(self.folder)) for path in (self.folder / folder).rglob("*kiosk*")]
        for file in ("etc/passwd", "etc/group"):
            found += [file for line in (self.folder / file).read_text().splitlines() if line.startswith("kiosk:")]
        return found


class Installed(Terminal):
    """The installed program, run in its root as its account, shown on a screen outside."""

    def __init__(self, root: Root, screen: VirtualScreen) -> None:
        super().__init__(root.folder / HOME, f"{SIZE[0]}x{SIZE[1]}", screen.environment)
        self.root = root

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return self.root.run(PACKAGE, *arguments, check=False)

    def run(self) -> Program:
        environment = [f"{name}={value}" for name, value in {**self.more, "KIOSK_HOME": f"/{HOME}"}.items()]
        arguments = ["supervise", "--windowed", self._size, "--station-port", str(self.port)]
        inside = ["runuser", "-u", "kiosk", "--", "env", *environment, f"/opt/{PACKAGE}/kiosk", *arguments]
        return Program(
            "terminal", ["chroot", str(self.root.folder), *inside], self.root.folder / "tmp" / "terminal.log"
        )


@contextmanager
def made_root(folder: Path, suite: str, mirror: str) -> Iterator[Root]:
    """A minimal system of this suite; what was mounted in it is let go afterwards."""
    subprocess.run(
        ["debootstrap", "--variant=minbase", suite, str(folder), mirror], check=True, stdout=subprocess.DEVNULL
    )
    shutil.copy("/etc/resolv.conf", folder / "etc/resolv.conf")
    (folder / "usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n")
    (folder / "usr/sbin/policy-rc.d").chmod(0o755)
    root = Root(folder)
    with ExitStack() as held:
        for kind, place in (("proc", "proc"), ("devpts", "dev/pts")):
            subprocess.run(["mount", "-t", kind, kind, str(folder / place)], check=True)
            held.callback(subprocess.run, ["umount", "-l", str(folder / place)], check=False)
        root.run("apt-get", "update")
        yield root


class Walk:
    """The steps, each told as it holds."""

    def __init__(self) -> None:
        self.failed = 0

    def see(self, what: str, holds: object) -> None:
        self.failed += not holds
        print(f"{'ok' if holds else 'FAILED':<7} {what}", flush=True)


def walk(root: Root, deb: Path, newer: Path, folder: Path) -> int:
    """From the first installation to the last trace; how many steps did not hold."""
    said = Walk()
    targets = learn_targets(*SIZE)
    with ExitStack() as held:
        screen = VirtualScreen(*SIZE, folder)
        held.callback(screen.close)
        central = Central(folder)
        held.callback(lambda: central.program.stop())
        before = root.left()
        root.install(deb)
        said.see(f"installed into a clean root: {deb.name}", before == [] and root.left())
        terminal = Installed(root, screen)
        held.callback(terminal.stop)
        hall = central.sample["hall"]
        secrets = {
            one: central.ask("POST", "/technicians", {"hall": hall, "number": one, "name": one})["secret"]
            for one in ("T1", "T2")
        }
        terminal.enroll(central, central.sample["windows"][0])
        said.see("enrolled", (terminal.home / "identity.json").exists())
        citizen = Citizen(terminal, screen, targets)

        def rate(level: str, number: int) -> None:
            body = {"matter": central.sample["matters"][0], "case_number": f"34120000{number}"}
            visit = terminal.ask("POST", "/visits", body)["visit_id"]
            terminal.ask("POST", f"/visits/{visit}/invitation")
            citizen.rate(level, reasons=1)
            citizen.leave()

        terminal.start()
        terminal.wait_for("ready")
        rate("dissatisfied", 1)
        screen.photograph(folder / "installed.png")
        until("delivery", lambda: terminal.journal()["unsent"] == 0)
        said.see("a rating made on its screen is at central", levels(central) == ["dissatisfied"])
        central.program.stop()
        rate("very_dissatisfied", 2)
        unsent = terminal.journal()["unsent"]
        terminal.stop()
        said.see(f"{unsent} entries unsent, central being away", unsent > 0)
        for step, file in (("upgraded", newer), ("downgraded", deb)):
            root.install(file, "--allow-downgrades")
            said.see(f"{step} with them: {file.name}", terminal.journal()["unsent"] >= unsent)
        refused = root.run("dpkg", "--remove", PACKAGE, check=False)
        said.see("removal is refused, in words", refused.returncode != 0 and "not reached central" in refused.stderr)
        said.see("and nothing was changed by it", terminal.journal()["unsent"] >= unsent)
        said.see("the refusal names the way of two persons", "removal allow" in refused.stderr)
        again = Central(folder, port=central.port)
        held.callback(again.program.stop)
        terminal.start()
        until("delivery", lambda: terminal.journal()["unsent"] == 0)
        said.see("central has both", levels(again) == ["dissatisfied", "very_dissatisfied"])
        again.program.stop()
        rate("basically_satisfied", 3)
        terminal.stop()
        export = "/var/tmp/kiosk-unsent.export"
        codes = [word for one, key in secrets.items() for word in ("--technician", one, "--code", TOTP(key).now())]
        alone = terminal.command("removal", "allow", *codes[:4], "--export", export)
        said.see("one technician alone lets nothing go", alone.returncode != 0)
        until("the next code", lambda: TOTP(secrets["T1"]).now() != codes[3])
        codes = [word for one, key in secrets.items() for word in ("--technician", one, "--code", TOTP(key).now())]
        allowed = terminal.command("removal", "allow", *codes, "--export", export)
        said.see("two let it go with a rating unsent, which is in the file", allowed.returncode == 0)
        removed = root.run("dpkg", "--remove", PACKAGE, check=False)
        said.see("then it may be removed", removed.returncode == 0)
        kept = root.folder / export.lstrip("/")
        last = Central(folder, port=central.port)
        held.callback(last.program.stop)
        bring(last, kept)
        said.see("central has the last one out of the file", levels(last)[-1] == "basically_satisfied")
        kept.unlink()
        root.run("dpkg", "--purge", PACKAGE)
        said.see(f"purged: nothing is left {root.left() or ''}", root.left() == [])
    return said.failed


def bring(central: Central, file: Path) -> None:
    """An exported journal, by hand."""
    headers = {"Authorization": f"Bearer {central.token}", "Content-Type": "application/octet-stream"}
    request = urllib.request.Request(f"{central.url}/api/v1/journal-imports", file.read_bytes(), headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200


def levels(central: Central) -> list[str]:
    """What central has, oldest first."""
    return [rating["level"] for rating in sorted(central.ratings(), key=lambda rating: rating["sequence"])]


def main(arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.end_to_end.installed")
    parser.add_argument("--deb", type=Path, required=True)
    parser.add_argument("--newer", type=Path, required=True, help="the same program as a package of a higher version")
    parser.add_argument("--suite", default="bookworm")
    parser.add_argument("--mirror", default=environment.get("KIOSK_MIRROR", ""), help="default: debootstrap's own")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="installed-") as folder, ExitStack() as held:
        place = Path(folder)
        (place / "outside").mkdir()
        root = held.enter_context(made_root(place / "root", options.suite, options.mirror))
        try:
            failed = walk(root, options.deb, options.newer, place / "outside")
        except ProgramFailed:
            log = root.folder / "tmp" / "terminal.log"
            print(log.read_text("utf-8", "replace")[-4000:] if log.exists() else "the terminal said nothing")
            raise
    print("all held" if not failed else f"{failed} did not hold")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
