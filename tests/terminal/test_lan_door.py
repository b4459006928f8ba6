"""A unit's door to the hall's network: what stands on its screen, what goes on record, what is never made anew."""

import json
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk import peering
from kiosk.client.line import Answer, Station
from kiosk.core.situation import Situation, State
from kiosk.core.view import Pairing, View
from kiosk.device.clock import SystemClock
from kiosk.device.files import write_file
from kiosk.device.paths import Home, assets_folder, open_home
from kiosk.device.settings import Secrets, Settings
from kiosk.device.settings import Station as StationSettings
from kiosk.lan_door import LanDoor, LanParts, kept_certificate, own_certificate, renew_certificate
from kiosk.protocol.pinning import shown
from kiosk.station.certificate import CertificateBroken, read_certificate
from kiosk.unit import Makings, Unit, boot
from tests.terminal.bench import Bench
from tests.terminal.loops import ManualLoop

ADDRESS = "127.0.0.1"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()


def begin(bench: Bench, port: int) -> Unit:
    settings = Settings(secrets=Secrets(store="file"), station=StationSettings(lan_address=ADDRESS, lan_port=0))
    unit = boot(bench.loop, Makings(bench.home, settings, assets_folder(), port, SystemClock()))
    bench.units.append(unit)
    bench.loop.until(lambda: unit.view().situation.state in (State.READY, State.CLOSED))
    return unit


def beside(bench: Bench, work: Callable[[], Any]) -> Any:
    """Do it on a thread of its own, with the unit's loop turning meanwhile."""
    done: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def run() -> None:
        try:
            done.put(work())
        except Exception as fault:
            done.put(fault)

    threading.Thread(target=run, daemon=True).start()
    bench.loop.until(lambda: not done.empty())
    found = done.get_nowait()
    if isinstance(found, Exception):
        raise found
    return found


def maintenance(bench: Bench, unit: Unit) -> list[dict[str, Any]]:
    found = unit._lane.call(lambda journal: journal.read(0, 1000))
    bench.loop.until(found.done)
    return [entry["body"] for entry in found.result() if entry["kind"] == "maintenance.done"]


def test_the_staff_menu_shows_a_code_a_program_pairs_by_it_and_all_is_on_record(bench: Bench, unused_port: int) -> None:
    unit = begin(bench, unused_port)
    lan_port = bench.loop.until(lambda: unit._station and unit._station.lan_port())
    unit.pair()
    pairing: Pairing = bench.loop.until(lambda: unit.view().pairing)
    fingerprint = kept_certificate(bench.home).fingerprint
    assert pairing.fingerprint == shown(fingerprint)
    terminal = Station(f"https://{ADDRESS}:{lan_port}", "", fingerprint)
    said: Answer = beside(bench, lambda: terminal.call("PUT", "/pairing", {"code": pairing.code, "name": "3号窗口"}))
    assert said.status == 200
    bench.loop.until(lambda: unit.view().pairing is None)
    peer = {"peer_id": said.body["peer_id"], "name": "3号窗口"}
    assert maintenance(bench, unit) == [{"what": "peer_paired", **peer}]
    mine = replace(terminal, token=said.body["key"])
    assert beside(bench, lambda: mine.call("GET", "/state")).status == 200
    token = bench.home.station_token.read_text("ascii").strip()
    loopback = Station(f"http://{ADDRESS}:{unused_port}", token)
    assert beside(bench, lambda: loopback.call("DELETE", f"/peers/{said.body['peer_id']}")).status == 200
    assert beside(bench, lambda: mine.call("GET", "/state")).code == "unauthorized"
    assert maintenance(bench, unit)[1:] == [{"what": "peer_revoked", **peer}]
    for file in (bench.home.certificate, bench.home.peers):
        assert file.stat().st_mode & 0o777 == 0o600


def test_without_an_address_in_the_settings_the_menu_shows_no_code(bench: Bench, unused_port: int) -> None:
    unit = bench.ready(unused_port)
    unit.pair()
    bench.loop.until(bench.home.station_token.exists)
    assert unit.view().pairing is None
    assert not bench.home.certificate.exists()


def test_a_spoilt_certificate_is_told_and_left_as_it_is_and_loopback_is_served(bench: Bench, unused_port: int) -> None:
    write_file(bench.home.certificate, b"-----BEGIN NOTHING-----")
    unit = begin(bench, unused_port)
    words = bench.loop.until(lambda: unit.view().troubles.get("lan"))
    assert "kiosk station certificate --renew" in words
    assert bench.home.certificate.read_bytes() == b"-----BEGIN NOTHING-----"
    token = bench.home.station_token.read_text("ascii").strip()
    loopback = Station(f"http://{ADDRESS}:{unused_port}", token)
    assert beside(bench, lambda: loopback.call("POST", "/pairing")).code == "no_lan"
    unit.unpair()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return open_home(tmp_path / "home")


def test_the_certificate_is_made_once_and_holds_key_names_and_time(home: Home) -> None:
    made = own_certificate(home, "192.168.1.20")
    assert own_certificate(home, "10.0.0.7") == made
    assert made.names[0] == "192.168.1.20"
    assert "PRIVATE" not in made.text
    assert "PRIVATE" in home.certificate.read_text("ascii")


def test_one_that_is_gone_or_spoilt_is_not_made_anew_but_by_a_person(home: Home) -> None:
    first = own_certificate(home, ADDRESS)
    whole = home.certificate.read_bytes()
    other = renew_certificate(home, ADDRESS)
    assert other.fingerprint != first.fingerprint
    key, mark, _ = home.certificate.read_bytes().partition(b"-----BEGIN CERTIFICATE")
    for spoilt in (b"", whole[:-200], whole[:300], key + mark + whole.partition(mark)[2]):
        write_file(home.certificate, spoilt)
        with pytest.raises(CertificateBroken, match="--renew"):
            own_certificate(home, ADDRESS)
        assert home.certificate.read_bytes() == spoilt
    write_file(home.peers, b'{"format":1,"peers":[]}')
    home.certificate.unlink()
    with pytest.raises(CertificateBroken, match="is gone"):
        own_certificate(home, ADDRESS)
    assert not home.certificate.exists()


def test_the_commands_about_the_certificate_say_what_is_there(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert peering.show_certificate(home, False) == 1
    assert peering.renew(home, Settings()) == 0
    fingerprint = kept_certificate(home).fingerprint
    assert fingerprint in capsys.readouterr().out
    assert peering.show_certificate(home, True) == 0
    text = capsys.readouterr().out
    assert "PRIVATE" not in text
    assert read_certificate(home.certificate.read_bytes()).text == text


class Screen:
    """A terminal as the door sees it."""

    def __init__(self) -> None:
        self.pairing: Pairing | None = None
        self.watchers: list[Callable[[Any], None]] = []

    def set_pairing(self, pairing: Pairing | None) -> None:
        self.pairing = pairing

    def watch(self, callback: Callable[[Any], None]) -> Callable[[], None]:
        self.watchers.append(callback)
        return lambda: self.watchers.remove(callback)


def test_a_code_leaves_the_screen_when_its_time_is_over_or_a_citizen_needs_it(home: Home) -> None:
    loop, screen = ManualLoop(), Screen()
    settings = Settings(station=StationSettings(lan_address=ADDRESS))
    parts = LanParts(loop, home, settings, loop, screen, lambda body: Future(), lambda code, words: None)  # type: ignore[arg-type]
    door = LanDoor(parts)
    lan = door.lan()
    assert lan is not None
    lan.pairing.serve("3F2A")
    door.pair()
    loop.run()
    assert screen.pairing is not None
    first = screen.pairing.code
    loop.advance(119_000)
    assert screen.pairing is not None
    loop.advance(1_000)
    assert (screen.pairing, loop.armed) == (None, 0)

    door.pair()
    loop.run()
    screen.watchers[0](View(Situation(state=State.INVITING), pairing=screen.pairing))
    loop.run()
    assert screen.pairing is None

    door.pair()
    for _ in range(3):
        lan.pairing.attempt("x" if first else "")
    loop.run()
    assert screen.pairing == Pairing("", loop.now_ms + 30_000, "3F2A")
    loop.advance(30_000)
    assert screen.pairing is None
    door.close()
    assert screen.watchers == []


def test_a_key_is_asked_for_with_the_fingerprint_and_to_an_empty_place_only(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    key_file = home.root / "terminal.key"
    assert peering.pair_with("https://127.0.0.1:1", "12345", "pc", "", key_file) == 78
    assert peering.pair_with("http://127.0.0.1:1", "123456", "pc", "", key_file) == 78
    assert peering.pair_with("https://127.0.0.1:1", "123456", "pc", "", key_file) == 69
    write_file(key_file, b"a key\n")
    assert peering.pair_with("https://127.0.0.1:1", "123456", "pc", "", key_file) == 78
    assert key_file.read_bytes() == b"a key\n"
    assert json.dumps(capsys.readouterr().err).count("\\n") == 4
