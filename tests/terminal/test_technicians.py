"""One-time codes: the window, once only, growing pauses, a clock astray, and nothing of a secret anywhere."""

import json
from pathlib import Path

import pytest
from pyotp import TOTP

from kiosk.core.events import Technician
from kiosk.core.view import CodeAnswer
from kiosk.device.clock import ManualClock
from kiosk.device.secrets import VaultLost
from kiosk.pins import FIRST_PAUSE_S, FREE_TRIES
from kiosk.protocol.technicians import Roster, Secret
from kiosk.technicians import ASTRAY, Technicians

LI, WANG = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
ROSTER = Roster(
    version="1",
    technicians=(Secret(number="T1", name="李工", secret=LI), Secret(number="T2", name="王工", secret=WANG)),
)
WHO = Technician("T1", "李工")


class Gate:
    """The same persons before one program after another. `phone`: how far their phones are ahead of the unit (s)."""

    def __init__(self, path: Path) -> None:
        self.path, self.phone, self.roster = path, 0, ROSTER
        self.clock = ManualClock(1_795_000_000_000, 50_000, "a" * 32)
        self.restart()

    def restart(self, boot: bool = False) -> None:
        if boot:
            self.clock.mono, self.clock.boot = 3_000, "b" * 32
        self.gate = Technicians(lambda: self.roster, self.clock, self.path)

    def wait(self, seconds: int) -> None:
        self.clock.wall += seconds * 1000
        self.clock.mono += seconds * 1000

    def code(self, ahead_s: int = 0, secret: str = LI) -> str:
        return TOTP(secret).at(self.clock.wall // 1000 + self.phone + ahead_s)

    def check(self, code: str, number: str = "T1") -> CodeAnswer:
        return self.gate.check(number, code).result(20)

    def wrong(self, times: int) -> CodeAnswer:
        return [self.check("12345x") for _ in range(times)][-1]


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate(tmp_path / "codes.json")


@pytest.mark.parametrize("ahead_s", [-30, 0, 30])
def test_the_code_of_now_or_of_a_step_beside_it_lets_in(gate: Gate, ahead_s: int) -> None:
    assert gate.check(gate.code(ahead_s)) == CodeAnswer("right", technician=WHO)


@pytest.mark.parametrize("ahead_s", [-60, 60])
def test_one_of_two_steps_away_does_not(gate: Gate, ahead_s: int) -> None:
    assert gate.check(gate.code(ahead_s)).state == "clock"


def test_rfc_6238_itself(gate: Gate) -> None:
    gate.clock.wall = 1_111_111_109_000
    assert gate.check("081804", "T2").state == "right"  # its appendix B, in six digits


def test_a_code_lets_in_once_whichever_program_is_asked_and_after_a_restart(gate: Gate, tmp_path: Path) -> None:
    code = gate.code()
    assert gate.check(code).state == "right"
    assert gate.check(code).state == "used"
    beside = Technicians(lambda: ROSTER, gate.clock, gate.path)
    assert beside.check_now("T1", code).state == "used"
    gate.restart(boot=True)
    assert gate.check(code).state == "used"
    assert gate.check(gate.code(-30)).state == "used"  # nor does an older one that was never typed
    assert gate.check(gate.code(30)).state == "right"


def test_anothers_code_does_not_let_in(gate: Gate) -> None:
    assert gate.check(gate.code(secret=WANG)).state == "wrong"
    assert gate.check(gate.code(secret=WANG), "T2").state == "right"


def test_five_wrong_ones_bring_a_pause_that_a_pulled_plug_does_not_end(gate: Gate) -> None:
    assert gate.wrong(FREE_TRIES - 1) == CodeAnswer("wrong")
    assert gate.wrong(1) == CodeAnswer("wrong", FIRST_PAUSE_S)
    gate.wait(10)
    gate.restart(boot=True)
    assert gate.check(gate.code()) == CodeAnswer("paused", 20)
    gate.wait(20)
    assert gate.wrong(1) == CodeAnswer("wrong", 2 * FIRST_PAUSE_S)
    gate.wait(60)
    assert gate.check(gate.code()).state == "right"
    assert gate.wrong(1) == CodeAnswer("wrong")


def test_a_clock_set_back_makes_no_pause_longer(gate: Gate) -> None:
    gate.wrong(FREE_TRIES)
    gate.clock.wall -= 86_400_000
    gate.restart(boot=True)
    assert gate.check("000000") == CodeAnswer("paused", FIRST_PAUSE_S)


def test_a_clock_astray_is_named_and_the_next_code_lets_in(gate: Gate) -> None:
    gate.phone = 8 * 3600
    first = gate.code()
    assert gate.check(first) == CodeAnswer("clock", clock_off_s=8 * 3600)
    assert gate.check(first).state == "wrong"  # what was shown once is worth nothing, and the row is broken
    gate.wait(30)
    assert gate.check(gate.code()).state == "clock"
    gate.wait(30)
    assert gate.check(gate.code()) == CodeAnswer("right", technician=WHO, clock_off_s=8 * 3600)
    gate.wait(30)
    gate.clock.wall += 8 * 3_600_000  # the clock is put right
    gate.phone = 0
    assert gate.check(gate.code()) == CodeAnswer("right", technician=WHO)


def test_a_code_that_named_the_clock_lets_in_no_more_when_its_time_comes(gate: Gate) -> None:
    overheard = gate.code(600)
    assert gate.check(overheard).state == "clock"
    gate.wait(600)
    assert gate.check(overheard).state == "used"


def test_beyond_half_a_day_a_code_is_only_wrong(gate: Gate) -> None:
    assert gate.check(gate.code((ASTRAY + 2) * 30)).state == "wrong"


def test_a_spoilt_file_lets_no_used_code_in_again(gate: Gate, caplog: pytest.LogCaptureFixture) -> None:
    code = gate.code()
    assert gate.check(code).state == "right"
    gate.path.write_bytes(b"{")
    assert gate.check(code).state == "used"
    gate.wait(60)
    assert gate.check(gate.code()).state == "right"
    assert "cannot be read" in caplog.text


def test_where_the_disk_takes_nothing_a_code_lets_in_once_all_the_same(tmp_path: Path) -> None:
    gate = Gate(tmp_path / "missing" / "codes.json")
    assert gate.check(gate.code()).state == "right"
    assert gate.check(gate.code()).state == "used"


def test_who_is_not_known_or_no_longer_is_not_let_in(gate: Gate) -> None:
    assert gate.check(gate.code(), "T9").state == "unknown"
    gate.roster = Roster(version="2", technicians=ROSTER.technicians[1:])
    assert gate.check(gate.code()).state == "unknown"
    gate.roster = Roster()
    assert gate.check(gate.code()).state == "nobody"


def test_a_lost_key_store_lets_nobody_in(gate: Gate, tmp_path: Path) -> None:
    def lost() -> Roster:
        raise VaultLost("gone")

    assert Technicians(lost, gate.clock, gate.path).check_now("T1", gate.code()).state == "unreadable"


def test_neither_a_secret_nor_a_code_is_in_the_file_or_the_log(gate: Gate, caplog: pytest.LogCaptureFixture) -> None:
    code = gate.code()
    gate.check(code)
    gate.check("971386")
    gate.check(gate.code(3600))
    kept = gate.path.read_text()
    assert list(json.loads(kept)) == ["T1"]
    for secret in (LI, code, "971386", gate.code(3600)):
        assert secret not in kept + caplog.text
    assert LI not in repr(ROSTER)
    assert gate.path.stat().st_mode & 0o777 == 0o600
