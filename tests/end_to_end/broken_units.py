"""Real homes, each broken in one way: the doctor's right line fails and no other, and its remedy, carried out, makes
the unit whole.

`python -m tests.end_to_end.broken_units [NAME …]` breaks all of them, or these. Homes, journals, keys and central are
real; the machine's screen, sound and locks are told from memory (tests/doctor/machines.py).
"""

import argparse
import contextlib
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from kiosk.demo.programs import Central
from kiosk.device.paths import open_home
from tests.end_to_end.breakages import CASES, Broken, in_service, real_network
from tests.end_to_end.tls_door import TlsDoor


@contextlib.contextmanager
def opened_ward(folder: Path) -> Iterator[Callable[[str], list[str]]]:
    """Central, and a unit that was enrolled and ran. Gives what breaks one copy of it by name, and says what was not as
    it must be: nothing, if all is well."""
    with ExitStack() as held:
        central = Central(folder)
        held.callback(lambda: central.program.stop())
        door = held.enter_context(TlsDoor(folder, central.port))
        mute = held.enter_context(socket.socket())
        mute.bind(("127.0.0.1", 0))  # and does not listen: nobody else can
        port = int(mute.getsockname()[1])
        whole = Broken(folder / "whole" / "home", central, door, port, held)
        open_home(whole.root)
        whole.write_settings()
        whole.enroll()
        whole.run_until(lambda unit: in_service(unit) and whole.home.sealed_key.exists())
        yield lambda name: _one(name, whole, folder)


def _one(name: str, whole: Broken, folder: Path) -> list[str]:
    with ExitStack() as held:
        root = folder / name / "home"
        shutil.copytree(whole.root, root, symlinks=True)
        unit = replace(whole, root=root, held=held, system=real_network())
        case = CASES[name]
        wrong = []
        before = unit.look()
        case.spoil(unit)
        broken = unit.look()
        for check in case.told:
            if check not in broken or broken[check].result != case.result or not broken[check].remedy:
                wrong.append(f"{name}: {check} was not told as {case.result}: {broken.get(check)}")
        failing = {check for check, finding in broken.items() if finding.result == "failed"}
        if failing - set(case.told):
            wrong.append(f"{name}: {sorted(failing - set(case.told))} failed as well")
        if case.told[0] in broken and case.word not in " ".join(broken[one].remedy for one in case.told):
            wrong.append(f"{name}: the remedy does not say {case.word!r}: {broken[case.told[0]].remedy}")
        case.mend(unit)
        after = unit.look()
        if left := [f"{one.check}: {one.found}" for one in after.values() if one.result == "failed"]:
            wrong.append(f"{name}: not whole after the remedy: {left}")
        if still := set(case.told) & set(after) - set(before):
            wrong.append(f"{name}: {sorted(still)} still told after the remedy")
        return wrong


def main() -> int:
    """Break them, one line each; 1 if one was not told, or not mended."""
    parser = argparse.ArgumentParser(description="Units broken in one way each, before the doctor.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(CASES)}; by default all")
    names = parser.parse_args().names or list(CASES)
    failed = 0
    with tempfile.TemporaryDirectory() as folder, opened_ward(Path(folder)) as break_one:
        for name in names:
            began = time.monotonic()
            wrong = break_one(name)
            failed += bool(wrong)
            told = ", ".join(CASES[name].told)
            print(f"{'NOT TOLD' if wrong else 'told':<8} {name:<26} {told:<26} {time.monotonic() - began:5.1f} s")
            for words in wrong:
                print(f"         {words}")
    print(f"{len(names) - failed} of {len(names)} units told and mended")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
