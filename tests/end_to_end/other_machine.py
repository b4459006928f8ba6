"""`python -m tests.end_to_end.other_machine`: a real terminal, and a program on another machine of its network, which
is a network namespace of its own. What may come in does, and what may not is refused, a line each.

Where namespaces cannot be made the other machine is 127.0.0.2, and that is said.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.demo.programs import Terminal, kiosk_command, until

OFF_SCREEN = {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"}
SIZE = "1280x800"


@dataclass(frozen=True)
class Place:
    """Where the other machine is: `before` its commands, the terminal's `address` as seen from there, and `why` it is
    no namespace, empty if it is one."""

    before: tuple[str, ...]
    address: str
    why: str = ""


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True, timeout=60)


@contextmanager
def other_place() -> Iterator[Place]:
    """A namespace with a wire to this one; taken down by name afterwards, whatever happened."""
    number = os.getpid()
    name, here, there = f"kiosk-far-{number}", f"kf{number}a", f"kf{number}b"
    net = f"10.213.{number >> 6 & 255}.{(number & 63) * 4}"
    ours, theirs = (f"{net.rsplit('.', 1)[0]}.{(number & 63) * 4 + last}" for last in (1, 2))
    with ExitStack() as made:
        why = ""
        try:
            _ip("netns", "add", name)
            made.callback(_take_down, "netns", "del", name)
            _ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", name)
            made.callback(_take_down, "link", "del", here)
            _ip("addr", "add", f"{ours}/30", "dev", here)
            _ip("link", "set", here, "up")
            for words in (("addr", "add", f"{theirs}/30", "dev", there), ("link", "set", there, "up"),
                          ("link", "set", "lo", "up")):  # fmt: skip
                _ip("-n", name, *words)
            subprocess.run(["ip", "netns", "exec", name, "true"], check=True, capture_output=True, timeout=60)
        except (OSError, subprocess.SubprocessError) as fault:
            why = str(getattr(fault, "stderr", "") or fault).strip()
        if why:
            made.close()
            yield Place((), "127.0.0.2", why)
        else:
            yield Place(("ip", "netns", "exec", name), ours)


def _take_down(*arguments: str) -> None:
    with contextlib.suppress(OSError, subprocess.SubprocessError):  # with the namespace its end of the wire goes too
        _ip(*arguments)


class Far:
    """The program over there."""

    def __init__(self, place: Place, port: int) -> None:
        self._place, self._port = place, port
        command = [*place.before, sys.executable, "-m", "tests.end_to_end.far_client"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, do: str, **more: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"do": do, "host": self._place.address, "port": self._port, **more}
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def call(self, method: str, path: str, pin: str, key: str = "", body: Any = None, follow: bool = False) -> Any:
        """Status and the problem's code, or the fault's name."""
        said = self.ask("call", method=method, path=path, pin=pin, key=key, body=body, follow=follow)
        if "fault" in said:
            return said["fault"]
        code = (said.get("body") or {}).get("type", "").removeprefix("urn:kiosk:problem:")
        return (said["status"], code) if said["status"] >= 400 else said["status"]

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()


class Scene:
    """The terminal here, the program there, and what is held of them."""

    def __init__(self, folder: Path, place: Place, say: Callable[[str], None]) -> None:
        self.folder, self.place, self._say = folder, place, say
        with socket.socket() as probe:
            probe.bind((place.address, 0))
            self.lan_port = int(probe.getsockname()[1])
        self.told = folder / "told.json"
        environment = {**OFF_SCREEN, "KIOSK_TOLD_CODE": str(self.told)}
        self.terminal = Terminal(folder / "home", SIZE, environment, "tests.end_to_end.told_code")
        self.terminal.home.mkdir(mode=0o700)
        self.far = Far(place, self.lan_port)
        self.settings(False)

    @property
    def url(self) -> str:
        return f"https://{self.place.address}:{self.lan_port}"

    def settings(self, lan: bool) -> None:
        lines = ['[secrets]\nstore = "file"\n']
        if lan:
            lines.append(f'[station]\nlan_address = "{self.place.address}"\nlan_port = {self.lan_port}\n')
        (self.terminal.home / "kiosk.toml").write_text("".join(lines), "utf-8")

    def begin(self) -> None:
        """Start the terminal and wait until it is reached from over there."""
        self.terminal.start()
        until("the hall's network", lambda: self.far.ask("connect") == {}, alive=self.terminal.program)

    def here(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """`kiosk station …` at the terminal."""
        more = () if arguments[0] == "certificate" else ("--station", f"http://127.0.0.1:{self.terminal.port}")
        done = self.terminal.command("station", *arguments, *more)
        assert done.returncode == 0, done.stderr
        return done

    def there(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """`kiosk …` on the other machine, in a home of its own."""
        command = [*self.place.before, *kiosk_command("--home", str(self.folder / "far"), *arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    def code(self) -> dict[str, Any]:
        """Have the terminal show a code, and read it."""
        self.told.unlink(missing_ok=True)
        self.here("pair")
        shown: dict[str, Any] = until("a code", lambda: self.told.exists() and json.loads(self.told.read_text("utf-8")))
        return shown

    def pair(self, code: str, fingerprint: str, name: str) -> "subprocess.CompletedProcess[str]":
        return self.there(
            "station", "pair", "--terminal", self.url, "--code", code, "--fingerprint", fingerprint,
            "--name", name, "--key-file", str(self.folder / f"{name}.key"),
        )  # fmt: skip

    def holds(self, words: str, found: Any, expected: Any) -> None:
        """Say it, and end here if it is not so."""
        assert found == expected, f"{words}: {found!r} is not {expected!r}"
        self._say(f"ok  {words}")

    def close(self) -> None:
        self.far.close()
        self.terminal.stop()


def play(scene: Scene) -> None:
    """Everything, in one go."""
    off(scene)
    pin, key = pairing(scene)
    refusals(scene, pin, key)
    revoking(scene, pin, key)
    locking(scene, pin)
    another_certificate(scene, pin)


def off(scene: Scene) -> None:
    scene.terminal.start()
    scene.holds("switched off, nothing listens", scene.far.ask("connect"), {"fault": "ConnectionRefusedError"})
    scene.terminal.stop()
    scene.settings(True)


def pairing(scene: Scene) -> tuple[str, str]:
    scene.begin()
    shown = scene.code()
    wrong = scene.pair(shown["code"], "0000 " * 8, "spy")
    scene.holds("another fingerprint than the one shown: the code is not said", wrong.returncode, 1)
    done = scene.pair(shown["code"], shown["fingerprint"], "pc")
    scene.holds("the right code works", (done.returncode, done.stderr), (0, ""))
    key = (scene.folder / "pc.key").read_text("ascii").strip()
    pin = (scene.folder / "pc.key.sha256").read_text("ascii").strip()
    scene.holds("the fingerprint is the terminal's", pin in scene.here("certificate").stdout, True)
    modes = {(scene.folder / name).stat().st_mode & 0o777 for name in ("pc.key", "pc.key.sha256")}
    scene.holds("the key and its pin are for this account alone", modes, {0o600})
    scene.holds("a call with the key is answered", scene.far.call("GET", "/state", pin, key), 200)
    asked = ("--station", scene.url, "--key-file", str(scene.folder / "pc.key"), "--certificate-sha256", pin)
    scene.holds("`kiosk state` from there is answered", scene.there("state", *asked).returncode, 0)
    entries = (scene.terminal.home / "peers.json").read_text("utf-8")
    scene.holds("the key is nowhere on the terminal's disk", key in entries, False)
    return pin, key


def refusals(scene: Scene, pin: str, key: str) -> None:
    token = (scene.terminal.home / "station.token").read_text("ascii").strip()
    scene.holds("the token of loopback is refused", scene.far.call("GET", "/state", pin, token), (401, "unauthorized"))
    scene.holds("no key is refused", scene.far.call("GET", "/state", pin), (401, "unauthorized"))
    peers = json.loads(scene.here("peers", "--json").stdout)["items"]
    for method, path in (("POST", "/pairing"), ("GET", "/peers"), ("DELETE", f"/peers/{peers[0]['peer_id']}")):
        scene.holds(f"{method} {path.split('/')[1]} is loopback's alone", scene.far.call(method, path, pin, key),
                    (403, "loopback_only"))  # fmt: skip
    scene.holds("plain HTTP is refused", "fault" in scene.far.ask("plain"), True)


def revoking(scene: Scene, pin: str, key: str) -> None:
    scene.holds("its event stream is open", scene.far.call("GET", "/events", pin, key, follow=True), 200)
    (peer,) = json.loads(scene.here("peers", "--json").stdout)["items"]
    scene.here("revoke", peer["peer_id"])
    scene.holds("the stream of a revoked key ends", scene.far.ask("ended"), {"ended": True})
    scene.holds("a revoked key is refused", scene.far.call("GET", "/state", pin, key), (401, "unauthorized"))


def locking(scene: Scene, pin: str) -> None:
    shown = scene.code()
    wrong = {"code": f"{(int(shown['code']) + 1) % 1_000_000:06}", "name": "spy"}
    said = [scene.far.call("PUT", "/pairing", pin, body=wrong)[1] for _ in range(3)]
    scene.holds("three wrong codes lock", said, ["wrong_code", "wrong_code", "pairing_locked"])
    late = scene.far.call("PUT", "/pairing", pin, body={**wrong, "code": shown["code"]})
    scene.holds("the right code comes too late", late, (429, "pairing_locked"))
    told = until("the pause on the screen", lambda: (told := json.loads(scene.told.read_text("utf-8"))) and told)
    scene.holds("the code is gone from the screen", told["code"], "")


def another_certificate(scene: Scene, pin: str) -> None:
    scene.terminal.stop()
    kept = scene.terminal.verify()
    scene.holds("the journal holds", kept["fault"], None)
    scene.here("certificate", "--renew")
    scene.begin()
    scene.holds("another certificate is refused before a word is said",
                scene.far.call("GET", "/state", pin, "a key"), "WrongCertificate")  # fmt: skip
    found = scene.far.ask("certificate")["found"]
    scene.holds("a key that was revoked stays revoked after a restart",
                scene.far.call("GET", "/state", found, (scene.folder / "pc.key").read_text("ascii").strip()),
                (401, "unauthorized"))  # fmt: skip


@contextmanager
def opened(folder: Path, say: Callable[[str], None]) -> Iterator[Scene]:
    """The scene, with whatever it started ended afterwards."""
    with other_place() as place:
        if place.why:
            say(f"NO NETWORK NAMESPACE COULD BE MADE HERE ({place.why}): the other machine is {place.address} instead")
        scene = Scene(folder, place, say)
        try:
            yield scene
        finally:
            scene.close()


def main(_arguments: Sequence[str] = ()) -> int:
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder), lambda words: print(words, flush=True)) as scene:
        play(scene)
    return 0


if __name__ == "__main__":
    sys.exit(main())
