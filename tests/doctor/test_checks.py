"""Each check, on a machine told from memory: what it finds where all is well, and where one thing is not."""

import json
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from kiosk import __version__
from kiosk.core.renderer import NoPicture
from kiosk.device.identity import Identity
from kiosk.device.settings import Central, Glass, Settings, Speech, Station
from kiosk.doctor import disk, machine, network, upkeep
from kiosk.doctor.finding import Note
from kiosk.doctor.patient import Patient, Running
from kiosk.doctor.round import CHECKS
from kiosk.doctor.system import Said, System, sync_ms
from kiosk.upkeep import Renewed
from tests.doctor.machines import FILES, NOW_S, SCREEN, VOICE, healthy, patient, refuse

Check = Callable[[Patient], Iterator[Note]]
OVERLAY = "21 1 8:1 / / rw - ext4 /dev/sda1 rw\n22 21 0:20 / {home} rw - overlay overlay rw,lowerdir=/l{upper}\n"
FILTER = """\
Current Session Settings for
FILTER SETTINGS
    Filter state:     {state}
VOLUME SETTINGS
Volume a88e [C:]
    File Exclusions
        {excluded}
Next Session Settings for
FILTER SETTINGS
    Filter state:     ON
"""


def codes(check: Check, unit: Patient) -> list[tuple[str, str]]:
    return [(note.code, note.result) for note in check(unit)]


def shown(**changes: object) -> Said:
    return Said(0, json.dumps({"displays": [{**SCREEN, **changes}], "why": "it is the only one"}))


def spoken(**changes: object) -> Said:
    return Said(0, json.dumps({**VOICE, **changes}) + "\n")


def failing(fault: BaseException) -> Callable[..., float]:
    def fail(*_: object) -> float:
        raise fault

    return fail


def disbelieved(code: int) -> Callable[..., float]:
    fault = ssl.SSLCertVerificationError(1, "certificate verify failed")
    fault.verify_code, fault.verify_message = code, "self-signed certificate"
    return failing(fault)


def central_at(url: str) -> Settings:
    return Settings(central=Central(url=url))


HTTPS = central_at("https://central.example")


@pytest.mark.parametrize(
    ("check", "system", "expected"),
    [
        (disk.room, healthy(), "disk.ok"),
        (disk.room, healthy(room_mib=lambda _: 150), "disk.little"),
        (disk.room, healthy(room_mib=lambda _: 3), "disk.full failed"),
        (disk.honesty, healthy(), "disk_sync.ok"),
        (disk.honesty, healthy(sync_ms=lambda _: 0.002), "disk_sync.cheap"),
        (disk.honesty, healthy(sync_ms=lambda _: 900.0), "disk_sync.dear"),
        (disk.file_system, healthy(), "file_system.ok"),
        (disk.file_system, healthy({"/proc/self/mountinfo": None}), "file_system.unknown"),
        (machine.screen, healthy(), "screen.ok"),
        (machine.screen, healthy(commands={"displays": shown(width=800, height=480)}), "screen.small"),
        (machine.screen, healthy(commands={"displays": replace(shown(ours=False), code=1)}), "screen.missing failed"),
        (machine.screen, healthy(commands={"displays": Said(69, "")}), "screen.unreached"),
        (machine.screen, healthy(commands={"displays": Said(-6, "")}), "screen.unreached"),
        (machine.screen, healthy(commands={"displays": Said(1, "[]")}), "screen.unreached"),
        (machine.screen, healthy(commands={"displays": None}), "screen.unreached"),
        (machine.touch, healthy(), "touch.ok"),
        (machine.touch, healthy({"/proc/bus/input/devices": ""}), "touch.none"),
        (machine.touch, healthy({"/proc/bus/input/devices": None}), "touch.unknown"),
        (machine.touch, healthy(platform="win32"), "touch.ok"),
        (machine.touch, healthy(platform="win32", digitizer=lambda: None), "touch.none"),
        (machine.voice, healthy(), "speech.ok sound.ok"),
        (machine.voice, healthy(commands={"voice": spoken(sound=False)}), "speech.ok sound.none"),
        (machine.voice, healthy(commands={"voice": spoken(voices={"zh-CN": "", "en": "x"})}), "speech.some sound.ok"),
        (machine.voice, healthy(commands={"voice": spoken(kind="chime", voices={})}), "speech.chime sound.ok"),
        (machine.voice, healthy(commands={"voice": None}), "speech.none sound.none"),
        (machine.voice, healthy(commands={"voice": Said(0, "Qt says\n")}), "speech.none sound.none"),
        (machine.font, healthy(), "font.ok"),
        (machine.font, healthy(commands={"fc-list": Said(0, "\n")}), "font.none failed"),
        (machine.font, healthy(commands={"fc-list": None}), "font.unknown"),
        (machine.font, healthy(platform="win32"), "font.windows"),
        (machine.clock_source, healthy(), "clock_source.ok"),
        (machine.clock_source, healthy(commands={"timedatectl": Said(0, "no\n")}), "clock_source.none"),
        (machine.clock_source, healthy(commands={"timedatectl": None}), "clock_source.unknown"),
        (machine.clock_source, healthy(platform="win32"), "clock_source.ok"),
        (machine.clock_source, healthy(commands={"w32tm.exe": None}, platform="win32"), "clock_source.none"),
        (machine.time_zone, healthy(), "time_zone.ok"),
        (machine.time_zone, healthy(offset_minutes=lambda: -210), "time_zone.other"),
        (machine.account, healthy(), "account.ok"),
        (machine.account, healthy(user=lambda: 0), "account.root"),
        (machine.service, healthy(), "service.ok"),
        (machine.service, healthy(exists=lambda _: False), "service.unknown"),
        (machine.service, healthy(commands={"systemctl": Said(1, "masked\n")}), "service.disabled"),
        (machine.service, healthy(commands={"systemctl": Said(1, "")}), "service.none"),
        (machine.core_dumps, healthy(), "core_dumps.off"),
        (machine.core_dumps, healthy({"/proc/sys/kernel/core_pattern": "|/opt/ship %p"}), "core_dumps.piped"),
        (machine.core_dumps, healthy({"/proc/sys/kernel/core_pattern": "|/x/systemd-coredump %P"}), "core_dumps.off"),
        (machine.sleep, healthy(), "power.ok"),
        (machine.sleep, healthy(commands={"busctl": Said(0, 's "suspend"\n')}), "power.sleeps"),
        (machine.sleep, healthy(commands={"busctl": None}), ""),
        (machine.terminal, healthy(), "terminal.stopped"),
    ],
)
def test_a_check_says_how_the_machine_is(check: Check, system: System, expected: str, tmp_path: Path) -> None:
    found = codes(check, patient(tmp_path, system))
    wanted = [word for word in expected.split() if word != "failed"]
    assert [code for code, _ in found] == wanted
    assert ("failed" in [result for _, result in found]) == expected.endswith(" failed")


@pytest.mark.parametrize(
    ("settings", "system", "expected"),
    [
        (HTTPS, healthy(), ["route.ok", "name.ok", "connection.ok"]),
        (HTTPS, healthy({"/proc/net/route": "Iface\n"}), ["route.none", "name.ok", "connection.ok"]),
        (HTTPS, healthy(resolve=failing(OSError("no such name"))), ["route.ok", "name.unknown"]),
        (HTTPS, healthy(connect=refuse), ["route.ok", "name.ok", "connection.none"]),
        (central_at("http://127.0.0.1:7800"), healthy(), ["connection.ok"]),
        (Settings(), healthy(), []),
    ],
)
def test_the_way_to_central_is_walked_as_far_as_it_goes(
    settings: Settings, system: System, expected: list[str], tmp_path: Path
) -> None:
    assert [code for code, _ in codes(network.network, patient(tmp_path, system, settings))] == expected


@pytest.mark.parametrize(
    ("settings", "system", "expected"),
    [
        (HTTPS, healthy(), "certificate.ok"),
        (HTTPS, healthy(certificate_end=lambda *_: NOW_S + 9 * 86_400), "certificate.soon"),
        (HTTPS, healthy(certificate_end=disbelieved(10)), "certificate.expired failed"),
        (HTTPS, healthy(certificate_end=disbelieved(9)), "certificate.early failed"),
        (HTTPS, healthy(certificate_end=disbelieved(62)), "certificate.name failed"),
        (HTTPS, healthy(certificate_end=disbelieved(18)), "certificate.stranger failed"),
        (HTTPS, healthy(certificate_end=failing(ConnectionResetError("reset"))), "certificate.unseen"),
        (central_at("http://127.0.0.1:1"), healthy(), "certificate.here"),
        (central_at("http://central.example"), healthy(), "certificate.plain"),
        (Settings(central=Central(url="https://c.example", proxy="http://p:1")), healthy(), "certificate.proxy"),
    ],
)
def test_the_certificate_of_central_is_held_against_the_day(
    settings: Settings, system: System, expected: str, tmp_path: Path
) -> None:
    ((code, result),) = codes(network.certificate, patient(tmp_path, system, settings))
    assert f"{code} {'failed' if result == 'failed' else ''}".strip() == expected


@pytest.mark.parametrize(
    ("upper", "mounts", "expected"),
    [
        (",upperdir=/seen/u", "23 21 8:2 / /seen rw - ext4 /dev/sda2 rw\n", "file_system.ok"),
        (",upperdir=/seen/u", "23 21 0:9 / /seen rw - tmpfs tmpfs rw\n", "file_system.filter"),
        (",upperdir=/unseen/u", "", "file_system.layer"),
        ("", "", "file_system.read_only"),
    ],
)
def test_a_home_behind_a_write_filter_fails_and_one_in_a_container_is_a_warning(
    upper: str, mounts: str, expected: str, tmp_path: Path
) -> None:
    unit = patient(tmp_path, healthy())
    text = OVERLAY.format(home=unit.home.root, upper=upper) + mounts
    system = healthy({"/proc/self/mountinfo": text}, exists=lambda path: path.startswith("/seen"))
    assert [code for code, _ in codes(disk.file_system, replace(unit, system=system))] == [expected]


@pytest.mark.parametrize(("kind", "expected"), [("tmpfs", "file_system.memory"), ("nfs4", "file_system.elsewhere")])
def test_a_home_in_memory_or_on_another_machine_is_told(kind: str, expected: str, tmp_path: Path) -> None:
    unit = patient(tmp_path, healthy())
    text = FILES["/proc/self/mountinfo"] + f"30 21 0:9 / {unit.home.root} rw - {kind} x rw\n"
    found = codes(disk.file_system, replace(unit, system=healthy({"/proc/self/mountinfo": text})))
    assert [code for code, _ in found] == [expected]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (FILTER.format(state="OFF", excluded=""), "write_filter.off"),
        (FILTER.format(state="ON", excluded="C:\\Other"), "write_filter.on"),
        (FILTER.format(state="ON", excluded="\\kiosk"), "write_filter.excluded"),
        (FILTER.format(state="ON", excluded="C:\\Kiosk\\home"), "write_filter.excluded"),
        ("筛选器", "write_filter.unread"),
        (None, "write_filter.none"),
    ],
)
def test_the_write_filter_of_windows_fails_unless_the_home_is_excluded(
    said: str | None, expected: str, tmp_path: Path
) -> None:
    answer = None if said is None else Said(0, said)
    unit = patient(tmp_path, healthy(commands={"uwfmgr.exe": answer}, platform="win32"))
    unit = replace(unit, home=replace(unit.home, root="c:\\kiosk\\home"))  # type: ignore[arg-type]
    assert [code for code, _ in codes(disk.write_filter, unit)] == [expected]


def running(pid: int = 77, *words: str) -> Running:
    return Running(True, pid, words)


@pytest.mark.parametrize(("parent", "expected"), [("supervise", "supervisor.ok"), ("bash", "supervisor.none")])
def test_a_running_terminal_should_be_watched_over(parent: str, expected: str, tmp_path: Path) -> None:
    files = {"/proc/77/status": "Name:\tkiosk\nPPid:\t12\n", "/proc/12/cmdline": f"kiosk\0{parent}\0"}
    unit = replace(patient(tmp_path, healthy(files)), running=running())
    assert [code for code, _ in codes(machine.terminal, unit)] == ["terminal.ok", expected]


def test_a_running_terminal_that_would_leave_its_memory_is_told(tmp_path: Path) -> None:
    files = {"/proc/77/limits": "Max core file size        unlimited            unlimited            bytes\n"}
    unit = replace(patient(tmp_path, healthy(files)), running=running())
    assert codes(machine.core_dumps, unit) == [("core_dumps.on", "warning")]


def test_the_station_of_a_terminal_that_does_not_run_needs_a_free_port(tmp_path: Path) -> None:
    free = patient(tmp_path, healthy(connect=refuse))
    assert codes(network.station, free) == [("station.free", "ok")]
    assert codes(network.station, replace(free, system=healthy())) == [("station.taken", "failed")]
    off = replace(free, settings=Settings(station=Station(port=0)))
    assert codes(network.station, off) == [("station.off", "ok")]
    free.home.station_token.write_text("short")
    assert codes(network.station, free) == [("station.token", "warning")]


def test_a_running_station_that_nobody_answers_for_fails(tmp_path: Path) -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))  # and does not listen, so nobody else can
        port = mute.getsockname()[1]
        unit = replace(patient(tmp_path, healthy()), running=running(77, "run", "--station-port", str(port)))
        assert unit.station_port == port
        assert codes(network.station, unit) == [("station.silent", "failed")]
    assert codes(network.station, replace(unit, running=running(77, "run", "--safe"))) == [("station.off", "ok")]


def test_the_halls_network_needs_its_certificate_and_an_answer(tmp_path: Path) -> None:
    unit = patient(tmp_path, healthy(), Settings(station=Station(lan_address="192.0.2.9")))
    assert codes(network.lan, unit) == [("lan.waits", "ok")]
    assert codes(network.lan, replace(unit, running=running())) == [("lan.ok", "ok")]
    silent = replace(unit, running=running(), system=healthy(connect=refuse))
    assert codes(network.lan, silent) == [("lan.silent", "failed")]
    unit.home.peers.write_text("{}")
    assert codes(network.lan, unit) == [("lan.certificate_gone", "failed")]
    unit.home.certificate.write_text("none")
    assert codes(network.lan, unit) == [("lan.certificate", "failed")]
    assert codes(network.lan, replace(unit, settings=Settings())) == [("lan.off", "ok")]


def test_speech_that_is_turned_off_starts_no_engine(tmp_path: Path) -> None:
    unit = patient(tmp_path, healthy(run=failing(AssertionError())), Settings(speech=Speech(enabled=False)))
    assert codes(machine.voice, unit) == [("speech.off", "ok")]


def test_measuring_the_disk_leaves_nothing(tmp_path: Path) -> None:
    assert sync_ms(tmp_path) > 0
    assert not list(tmp_path.iterdir())


def test_there_are_some_25_checks_each_with_a_name_of_its_own() -> None:
    names = [code for code, _, _ in CHECKS]
    assert len(names) == len(set(names)) >= 24


def test_central_is_not_asked_by_a_terminal_that_it_never_met(tmp_path: Path) -> None:
    unit = patient(tmp_path, healthy(), HTTPS)
    assert codes(network.central, unit) == []
    identity = Identity(device_id="d", key_id="0" * 32, central_url="https://elsewhere.example")
    assert replace(unit, settings=Settings(), identity=identity).central == "https://elsewhere.example"


RAN = Running(True, 77, ("kiosk", "run"))
HELD = "Name:\tkiosk\nVmRSS:\t  {kib} kB\n"


@pytest.mark.parametrize(
    ("held", "renewed", "code"),
    [
        (HELD.format(kib=300 * 1024), None, "memory.ok"),
        (None, None, "memory.unknown"),
        (HELD.format(kib=1025 * 1024), None, "memory.above"),
        (HELD.format(kib=300 * 1024), int(NOW_S) - 60, "memory.renewed"),
        (HELD.format(kib=300 * 1024), int(NOW_S) - 8 * 86_400, "memory.ok"),
    ],
)
def test_memory(tmp_path: Path, held: str | None, renewed: int | None, code: str) -> None:
    unit = replace(patient(tmp_path, healthy({"/proc/77/status": held})), running=RAN)
    if renewed is not None:
        unit.home.renewed.write_bytes(msgspec.json.encode(Renewed(renewed, 1100)))
    assert [one for one, _ in codes(upkeep.memory, unit)] == [code]


@pytest.mark.parametrize(
    ("since", "version", "code"),
    [(60, __version__, "software"), (8 * 86_400, __version__, "ok"), (60, "0.0.0", "ok"), (None, "", "ok")],
)
def test_graphics(tmp_path: Path, since: int | None, version: str, code: str) -> None:
    unit = patient(tmp_path, healthy())
    if since is not None:
        unit.home.graphics.write_bytes(msgspec.json.encode(NoPicture(int(NOW_S) - since, version)))
    assert [one for one, _ in codes(upkeep.graphics, unit)] == [f"graphics.{code}"]


HOURS = b'{"hours":[{"weekday":1,"opens":"09:00","closes":"17:00"}],"mode":"%s"}'
DIMMED = Settings(glass=Glass(brightness=("18:00-08:00 40",)))


@pytest.mark.parametrize(
    ("profile", "light", "settings", "code"),
    [
        (HOURS % b"window", ("backlight", "DPMS"), Settings(), "ok"),
        (HOURS % b"window", (), Settings(), "black"),
        (HOURS % b"window", (), Settings(glass=Glass(dark=False)), "never"),
        (HOURS % b"self_service", ("DPMS",), Settings(), "never"),
        (b"", ("DPMS",), Settings(), "never"),
        (b"", ("DPMS",), DIMMED, "no_light"),
        (HOURS % b"window", ("backlight",), DIMMED, "ok"),
    ],
)
def test_screen_schedule(tmp_path: Path, profile: bytes, light: tuple[str, ...], settings: Settings, code: str) -> None:
    unit = patient(tmp_path, healthy(light=lambda: light), settings)
    unit.home.profile.write_bytes(profile)
    assert [one for one, _ in codes(upkeep.screen_schedule, unit)] == [f"screen_schedule.{code}"]
