"""The support bundle: what a helper needs is in it, and nothing of a citizen and no secret, wherever one looks."""

import json
import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.device.identity import DEVICE_KEY, Identity, keep_identity, station_token
from kiosk.device.logbook import logged_to
from kiosk.device.secrets import open_vault
from kiosk.support import bundle, make_bundle, masked
from kiosk.unit import JOURNAL_KEY
from tests.doctor.machines import healthy
from tests.terminal.bench import Bench

COMMENT, CONTACT, CITIZEN, CASE = "办事员态度不好", "13800138000", "李小明", "341200198001019999"
PASSWORD = "hunter2-in-an-address"


@pytest.fixture
def bench(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Bench]:
    """A unit that served a citizen, was enrolled, and said in its log what it should never have said."""
    caplog.set_level(logging.INFO)
    bench = Bench(tmp_path)
    vault = open_vault(bench.home, "file", "file")
    vault.put(DEVICE_KEY, bytes(range(200, 232)))
    with logged_to(bench.home.logs):
        unit = bench.ready()
        bench.do(unit, e.StartVisit("6" * 32, e.Matter("0101", "证明"), CASE, citizen_name=CITIZEN))
        bench.do(unit, e.Invite("6" * 32))
        bench.do(unit, e.TapLevel(Level.VERY_DISSATISFIED))
        bench.do(unit, e.WriteComment(COMMENT))
        bench.do(unit, e.WriteContact(CONTACT))
        bench.do(unit, e.Submit())
        token = station_token(bench.home)
        logging.getLogger("kiosk").error("the way is https://clerk:%s@proxy.example, token=%s", PASSWORD, token)
        logging.getLogger("kiosk").error("by itself: %s", token)
    bench.close()
    keep_identity(bench.home, Identity(device_id="d", key_id="0" * 32, central_url="http://127.0.0.1:9"))
    (bench.home.logs / "stacks.txt").write_text("Thread 1\n  File kiosk/x.py, line 3\n", "utf-8")
    yield bench
    bench.close()


def everything(path: Path) -> str:
    with zipfile.ZipFile(path) as file:
        return "\n".join(f"{name}\n{file.read(name).decode()}" for name in file.namelist())


def test_the_bundle_holds_no_citizen_no_key_and_no_token(bench: Bench, tmp_path: Path) -> None:
    target = tmp_path / "out.zip"
    assert make_bundle(bench.home.root, target, healthy()) == 0
    text = everything(target)
    vault = open_vault(bench.home, "file", "file")
    keys = [key for name in (JOURNAL_KEY, DEVICE_KEY) if (key := vault.get(name))]
    assert len(keys) == 2
    planted = [COMMENT, CONTACT, CITIZEN, CASE, PASSWORD, station_token(bench.home), "dissatisfied"]
    planted += [key.hex() for key in keys]
    pieces = [line for path in bench.home.keys.iterdir() for line in path.read_text("latin-1").split()]
    planted += [
        line for line in pieces if len(line) > 8
    ]  # a key may hold a blank, and what is left of it be one letter
    for secret in planted:
        assert secret not in text, secret
        assert secret.encode() not in target.read_bytes()
    assert "by itself: …" in text


def test_the_bundle_holds_what_a_helper_needs(bench: Bench, tmp_path: Path) -> None:
    target = tmp_path / "out.zip"
    assert make_bundle(bench.home.root, target, healthy()) == 0
    with zipfile.ZipFile(target) as file:
        names = set(file.namelist())
        checks = {one["check"] for one in json.loads(file.read("doctor.json"))}
        journal = json.loads(file.read("journal.json"))
        assert json.loads(file.read("versions.json"))["kiosk"]
        assert json.loads(file.read("settings.json"))["language"] == "zh-CN"
        assert "kiosk/x.py" in file.read("logs/stacks.txt").decode()
    assert names >= {"doctor.json", "versions.json", "settings.json", "home.json", "journal.json", "logs/kiosk.log"}
    assert {"journal", "screen", "central"} <= checks
    assert set(journal) == {"entries", "acknowledged", "unsent", "head", "destinations"}
    assert target.stat().st_mode & 0o077 == 0


def test_nothing_is_left_where_it_cannot_be_written(
    bench: Bench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "folder.zip"
    (folder / "within").mkdir(parents=True)
    before = sorted(tmp_path.iterdir())
    assert make_bundle(bench.home.root, folder, healthy()) == 1
    assert make_bundle(bench.home.root, tmp_path / "gone" / "out.zip", healthy()) == 1
    assert "was not written" in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == before
    assert not list(bench.home.scratch.iterdir())


def test_a_home_that_is_broken_still_gives_a_bundle(bench: Bench, tmp_path: Path) -> None:
    bench.home.settings.write_text(
        f'[central]\nurl = "https://u:{PASSWORD}@c.example"\ntoken = "{PASSWORD}"\n', "utf-8"
    )
    bench.home.journal.write_bytes(b"\0" * 4096)
    (tmp_path / "one.zip").write_bytes(bundle(bench.home.root, healthy()))
    text = everything(tmp_path / "one.zip")
    assert PASSWORD not in text
    assert "settings.refused.txt" in text
    assert "journal.fault.txt" in text
    (tmp_path / "two.zip").write_bytes(bundle(tmp_path / "nowhere", healthy()))
    assert "home.none" in everything(tmp_path / "two.zip")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ('"station_token": "abc"', '"station_token": "…"'),
        ("password=x y", "password=… y"),
        ("see https://a:b@c.example/d", "see https://…@c.example/d"),
        (f"id {'a1' * 16} and {'b' * 43}", f"id {'a1' * 16} and …"),
        ("/var/lib/kiosk/home/quarantine/20260105-100000-of-a-long-name", None),
    ],
)
def test_what_looks_like_a_secret_is_masked_and_a_path_is_not(said: str, shown: str | None) -> None:
    assert masked(said) == (shown or said)
