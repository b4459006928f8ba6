"""Several destinations: each has every entry at its own position, and only central has what identifies a citizen."""

import base64
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kiosk.bookkeeping.looking import print_status
from kiosk.core.entry import Draft, Kind, Personal, content_fault
from kiosk.delivery import Delivery, DeliveryImpossible, Listener, open_exchange, pace_of, witness_of
from kiosk.device.clock import SystemClock
from kiosk.device.identity import DEVICE_KEY, Identity, keep_identity, read_identity
from kiosk.device.paths import HomeError, open_home
from kiosk.device.secrets import Vault, open_vault
from kiosk.device.settings import Mirror, Secrets, Settings
from kiosk.enrolment import DONE, EX_CONFIG, FAILED, enroll_here
from kiosk.journal.lane import JournalLane
from kiosk.mirrors import Mirrors
from kiosk.sync.ports import LiveState, Reply
from kiosk.unit import new_id, open_journal
from tests.sync.standins import DEVICE, JSON, KEY, KEY_ID, WITNESS, Central, Seen, Server, problem, raw, serving

PATIENCE_S = 60.0
CLOCK = SystemClock()


class Place:
    """A central or a mirror on loopback."""

    def __init__(self, stack: ExitStack) -> None:
        self.central = Central(CLOCK.wall_ms)
        self.central.signs = True
        self.down = False
        self.texts: list[dict[str, object]] = []
        self.server: Server = stack.enter_context(serving(self.answer))

    def answer(self, seen: Seen) -> bytes:
        if seen.target.endswith("/enrolments"):
            return raw(Reply(201, JSON, json.dumps(ENROLMENT).encode()))
        seen.verify(self.server.url)
        if self.down:
            return raw(problem(503, "storage"))
        if seen.target.endswith("/journal"):
            self.texts.append(json.loads(seen.text))
        return raw(self.central.serve(seen.call()))

    def identity(self) -> Identity:
        url = self.server.url
        return Identity(device_id=DEVICE, key_id=KEY_ID, central_url=url, central_key=CENTRAL_KEY)

    def records(self) -> list[dict[str, object]]:
        return [record for held in self.central.held.values() for record in held]


CENTRAL_KEY = base64.b64encode(WITNESS.key).decode()
ENROLMENT = {"device_id": DEVICE, "credentials": {"key_id": KEY_ID}, "central_key": CENTRAL_KEY}


class Bench:
    """One terminal's journal, its central and its mirror."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.home = open_home(folder / "home")
        self.vault: Vault = open_vault(self.home, "file", "file")
        self.vault.put(DEVICE_KEY, KEY)
        self.place, self.mirror = Place(stack), Place(stack)
        mirror = Mirror(name="auditor", url=self.mirror.server.url)
        self.settings = Settings(secrets=Secrets(store="file"), mirror=(mirror,))
        self.troubles: list[tuple[str, str | None]] = []
        self.moved = threading.Condition()
        self.lane = JournalLane(lambda: open_journal(self.home, self.vault, CLOCK), trouble=self.say, well=lambda: None)
        self.lane.start()
        stack.callback(self.lane.close, PATIENCE_S)
        self.stack = stack

    def say(self, words: str) -> None:
        raise AssertionError(words)

    def append(self, comment: str = "") -> None:
        personal = Personal(secrets.token_hex(16), {"comment": comment}) if comment else None
        times = CLOCK.wall_ms(), CLOCK.mono_ms(), CLOCK.boot_id()
        self.lane.append(Draft(new_id(), Kind.VISIT_ENDED, *times, new_id(), {}, personal)).result(PATIENCE_S)

    def live(self) -> LiveState:
        return LiveState("1", "ready", "p1", '"p1"')

    def start_central(self) -> Delivery:
        identity = self.place.identity()
        delivery = Delivery(
            open_exchange(self.settings, identity, self.vault), self.lane, CLOCK, pace_of(self.settings, identity),
            self.live, Listener(lambda: None, lambda _text: None, self.tell), witness_of(identity),
        )  # fmt: skip
        self.stack.callback(delivery.close)
        delivery.start()
        return delivery

    def start_mirrors(self) -> Mirrors:
        mirrors = Mirrors(self.home, self.settings, self.vault, self.lane, CLOCK, self.live, self.tell)
        self.stack.callback(mirrors.close)
        mirrors.start()
        return mirrors

    def tell(self, code: str, words: str | None) -> None:
        with self.moved:
            self.troubles.append((code, words))
            self.moved.notify_all()

    def until(self, look: Callable[[], bool]) -> None:
        with self.moved:
            for _ in range(int(PATIENCE_S / 0.02)):
                if look():
                    return
                self.moved.wait(0.02)
        raise AssertionError("it never came")

    def positions(self) -> dict[str, int]:
        return self.lane.call(lambda journal: journal.positions()).result(PATIENCE_S)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with ExitStack() as stack:
        yield Bench(tmp_path, stack)


def test_a_mirror_gets_every_entry_without_what_identifies_a_citizen(bench: Bench) -> None:
    bench.append("等了两个小时")
    keep_identity(bench.home, bench.mirror.identity(), "auditor")
    bench.start_mirrors()
    bench.until(lambda: bench.positions() == {"central": 0, "auditor": 2})
    assert [text["personal"] for text in bench.mirror.texts] == ["withheld"]
    assert all("personal" not in record for record in bench.mirror.records())
    assert [content_fault(record) for record in bench.mirror.records()] == [None, None]
    assert bench.lane.read(1, 1).result(PATIENCE_S)[0]["personal"]["comment"] == "等了两个小时"
    bench.start_central()
    bench.until(lambda: bench.positions() == {"central": 2, "auditor": 2})
    assert "personal" in bench.place.records()[1]
    assert "personal" not in bench.lane.read(1, 1).result(PATIENCE_S)[0]
    assert bench.mirror.central.beats == [] or "faults" in bench.mirror.central.beats[0]
    assert not any(seen.target.endswith("/profile") for seen in bench.mirror.server.seen)


def test_a_mirror_gets_what_was_done_with_a_receipt_without_the_words(bench: Bench) -> None:
    for kind, words in ((Kind.RECEIPT_ADDITION, "又等了一天"), (Kind.RECEIPT_WITHDRAWAL, "已经解决")):
        times = CLOCK.wall_ms(), CLOCK.mono_ms(), CLOCK.boot_id()
        personal = Personal(secrets.token_hex(16), {"words": words})
        said = Draft(new_id(), kind, *times, None, {"receipt": "8H14-JMFF-F1AP"}, personal)
        bench.lane.append(said).result(PATIENCE_S)
    keep_identity(bench.home, bench.mirror.identity(), "auditor")
    bench.start_mirrors()
    bench.until(lambda: bench.positions() == {"central": 0, "auditor": 3})
    assert all("personal" not in record for record in bench.mirror.records())
    assert [record["body"] for record in bench.mirror.records()[1:]] == [{"receipt": "8H14-JMFF-F1AP"}] * 2
    bench.start_central()
    bench.until(lambda: bench.positions() == {"central": 3, "auditor": 3})
    assert ["personal" in record for record in bench.place.records()] == [False, True, True]
    assert not any("personal" in record for record in bench.lane.read(0, 9).result(PATIENCE_S))


def test_a_mirror_that_is_down_is_told_and_holds_nothing_up(bench: Bench) -> None:
    bench.mirror.down = True
    keep_identity(bench.home, bench.mirror.identity(), "auditor")
    mirrors = bench.start_mirrors()
    central = bench.start_central()
    bench.until(lambda: [code for code, _ in bench.troubles] == ["mirror.auditor"])
    for _ in range(3):
        bench.append("x")
        central.nudge()
        mirrors.nudge()
    bench.until(lambda: bench.positions() == {"central": 4, "auditor": 0})
    bench.mirror.down = False
    bench.until(lambda: bench.positions() == {"central": 4, "auditor": 4})
    bench.until(lambda: bench.troubles[-1] == ("mirror.auditor", None))
    assert all("personal" not in record for record in bench.mirror.records())


def test_a_mirror_at_which_this_terminal_is_not_enrolled_is_told(bench: Bench) -> None:
    bench.start_mirrors()
    ((code, words),) = bench.troubles
    assert code == "mirror.auditor"
    assert "kiosk enroll --as auditor" in str(words)


def test_a_terminal_enrols_with_a_mirror_beside_its_central(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    url = bench.mirror.server.url
    assert enroll_here(bench.home, bench.settings, url, "K7QM4-2HWC9", "auditor") == DONE
    assert read_identity(bench.home, "auditor") == bench.mirror.identity()
    assert read_identity(bench.home) is None
    assert not bench.home.profile.exists()
    assert "profile" not in capsys.readouterr().out
    assert bench.vault.get(DEVICE_KEY) == KEY
    assert enroll_here(bench.home, bench.settings, url, "K7QM4-2HWC9", "auditor") == FAILED
    assert enroll_here(bench.home, bench.settings, url, "K7QM4-2HWC9", "audit") == EX_CONFIG
    assert "[[mirror]] 'audit'" in capsys.readouterr().err
    bench.home.identity_at("auditor").chmod(0o666)
    assert open_home(bench.home.root).identity_at("auditor").stat().st_mode & 0o777 == 0o600


def test_a_mirrors_identity_behind_a_symlink_is_refused(bench: Bench, tmp_path: Path) -> None:
    keep_identity(bench.home, bench.mirror.identity(), "auditor")
    bench.home.identity_at("auditor").rename(tmp_path / "elsewhere")
    bench.home.identity_at("auditor").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(HomeError):
        open_home(bench.home.root)


def test_the_journals_status_shows_each_destination(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.append()
    bench.lane.call(lambda journal: journal.advance("auditor", journal.head().epoch, 1, b"{}")).result(PATIENCE_S)
    bench.lane.close(PATIENCE_S)
    assert print_status(bench.home, bench.settings, as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["destinations"] == {"central": 0, "auditor": 1}
    assert print_status(bench.home, bench.settings, as_json=False) == 0
    assert "  auditor     1" in capsys.readouterr().out


@pytest.mark.parametrize("key", ["?", "AAAA", "中"])
def test_an_identity_with_a_spoilt_key_of_central_is_refused(key: str) -> None:
    with pytest.raises(DeliveryImpossible):
        witness_of(Identity(device_id=DEVICE, key_id=KEY_ID, central_url="", central_key=key))
    assert witness_of(Identity(device_id=DEVICE, key_id=KEY_ID, central_url="")) is None
