"""Runs `kiosk …` as a process of its own, as a business system does."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.station.house import TOKEN, House

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Done:
    """What a command left."""

    code: int
    out: str
    words: str


class Desk:
    """A folder with a token, beside a station."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house = house
        self.home = folder
        (folder / "station.token").write_text(TOKEN + "\n", "ascii")

    def command(self, *words: str, station: str | None = None) -> list[str]:
        at = station or f"http://127.0.0.1:{self.house.port}"
        return [sys.executable, "-m", "kiosk", *words, "--station", at]

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "KIOSK"))}
        return {**kept, "KIOSK_HOME": str(self.home), "PYTHONPATH": str(ROOT), **more}

    def run(self, *words: str, station: str | None = None, typed: str = "", **environment: str) -> Done:
        done = subprocess.run(
            self.command(*words, station=station), input=typed.encode(), capture_output=True, timeout=60,
            env=self.environment(**environment), cwd=self.home, check=False,
        )  # fmt: skip
        return Done(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))

    def start(self, *more: str) -> str:
        done = self.run("visit", "start", "--matter", "340100", "--case", "341200202611240178", *more)
        assert done.code == 0, done
        return done.out.strip()

    def shown(self) -> Any:
        return self.house.call("GET", "/v1/state").json
