"""A profile that does not validate, from a central that holds it and from one that is newer than this terminal."""

import gzip
import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from kiosk.demo.citizen import Targets
from kiosk.demo.programs import Central, Terminal, until
from tests.end_to_end.desk import Desk, opened_desk


class NewerCentral(ThreadingHTTPServer):
    """Speaks as central does, but for a profile of format 2. `beats`: the heartbeats it was sent."""

    def __init__(self, port: int, profile: dict[str, Any]) -> None:
        super().__init__(("127.0.0.1", port), _Answers)
        self.profile = json.dumps({**profile, "format": 2, "version": "newer", "faces": "animated"}).encode()
        self.beats: list[dict[str, Any]] = []


class _Answers(BaseHTTPRequestHandler):
    server: NewerCentral

    def do_GET(self) -> None:
        self._say(self.server.profile, {"ETag": '"newer"'})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        content = json.loads(body)
        answer: dict[str, Any] = {"server_time": time.time_ns() // 1_000_000}
        if self.path.endswith("/heartbeat"):
            self.server.beats.append(content)
            answer |= {"acknowledged": content["sequence"] - content["unsent"]}
        else:
            last = content["entries"][-1]
            answer |= {"acknowledged": last["sequence"], "epoch": last["epoch"], "quarantined": []}
            answer |= {"digest": hashlib.sha256(body).hexdigest()}
        self._say(json.dumps(answer).encode(), {})

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""

    def _say(self, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(200)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving(central: NewerCentral) -> Iterator[NewerCentral]:
    thread = threading.Thread(daemon=True, target=central.serve_forever)
    thread.start()
    try:
        yield central
    finally:
        central.shutdown()
        central.server_close()
        thread.join(60)


def spoil(data: Path) -> None:
    """Let the hall show its thanks for a quarter of an hour; 30 s is the most a profile may say."""
    with closing(sqlite3.connect(data / "central.sqlite3")) as database, database:
        assert database.execute("UPDATE halls SET thanks_s = 900").rowcount >= 1


def finding(terminal: Terminal, check: str) -> dict[str, str]:
    """What the doctor says of this check; it must find the unit not in order."""
    done = terminal.command("doctor", "--json")
    assert done.returncode == 1, done.stdout
    return next(found for found in json.loads(done.stdout) if found["check"] == check)


def last_good_one_is_in_force(desk: Desk, profile: bytes) -> bool:
    """The file is untouched, its matters are offered, and a citizen can rate."""
    desk.visit("satisfied")
    offered = [matter["code"] for matter in desk.terminal.ask("GET", "/matters")["items"]]
    assert offered == [matter["code"] for matter in json.loads(profile)["matters"]]
    return (desk.terminal.home / "profile.json").read_bytes() == profile


def test_a_refused_profile_leaves_the_last_good_one_in_force_and_everyone_says_why(
    tmp_path: Path, targets: Targets
) -> None:
    with opened_desk(tmp_path, targets) as desk:
        profile = (desk.terminal.home / "profile.json").read_bytes()
        desk.central.program.stop()
        spoil(desk.central.data)
        desk.central = Central(tmp_path, desk.central.port)
        desk.terminal.start()
        (device,) = until("a heartbeat", lambda: [d for d in desk.central.pages("/devices") if d["last_seen_at"]])
        assert "$.timings.thanks_s" in device["refused_profile"]
        found = finding(desk.terminal, "central")
        assert "409" in found["found"]
        assert "$.timings.thanks_s" in found["found"]
        assert last_good_one_is_in_force(desk, profile)
        desk.settle()

        desk.terminal.stop()
        desk.central.program.stop()
        with serving(NewerCentral(desk.central.port, json.loads(profile))) as newer:
            desk.terminal.start()
            until("the refusal", lambda: any("format 2" in beat["refused_profile"] for beat in newer.beats))
            assert newer.beats[-1]["profile_version"] == json.loads(profile)["version"]
            found = finding(desk.terminal, "new profile")
            assert found["result"] == "failed"
            assert "the profile has format 2; this program reads format 1 at most" in found["found"]
            assert last_good_one_is_in_force(desk, profile)
            desk.terminal.stop()
