"""A station without a line: its journal travels by hand, and arrives once however often it is brought."""

import json
import subprocess
import sys
from pathlib import Path

from kiosk.demo.citizen import Targets
from kiosk.demo.programs import PATIENCE_S, Central, kiosk_command
from tests.end_to_end.desk import compare, opened_desk


def test_an_exported_journal_brought_by_hand_twice_is_there_once(tmp_path: Path, targets: Targets) -> None:
    with opened_desk(tmp_path, targets) as desk:
        desk.terminal.start()
        desk.central.program.stop()
        desk.visit("very_dissatisfied")
        desk.program.stop()
        file = tmp_path / "stick.kiosk"
        done = desk.terminal.command("journal", "export", str(file))
        assert done.returncode == 0, done.stderr
        takings = [brought_to(desk.central, file) for _ in range(2)]
        assert takings[0]["taken"] > 0
        assert (takings[1]["taken"], takings[1]["already_held"]) == (0, takings[0]["taken"])
        desk.central = Central(tmp_path, desk.central.port)
        assert compare(desk.truth, desk.central.ratings()).good
        desk.terminal.start()  # and a line after all
        ratings = desk.settle()
        assert [rating["level"] for rating in ratings] == ["very_dissatisfied"]
        assert [alarm["kind"] for alarm in desk.central.pages("/alarms")] == []


def brought_to(central: Central, file: Path) -> dict[str, int]:
    command = kiosk_command("central", "--data", str(central.data), "--import", str(file))
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    assert done.returncode == 0, done.stderr
    print(done.stdout, file=sys.stderr)
    return json.loads(done.stdout)
