"""What the packages say of themselves fits what the program is."""

import re
from pathlib import Path

from tests.end_to_end.caged import environment_of_the_unit

ROOT = Path(__file__).resolve().parents[2]


def test_the_platform_that_the_unit_names_is_in_the_program_and_what_it_needs_is_installed():
    platform = environment_of_the_unit()["QT_QPA_PLATFORM"]
    spec = (ROOT / "kiosk.spec").read_text("utf-8")
    kept = re.search(r'"platforms": \{(.*?)\}', spec)
    assert kept is not None
    assert f'"q{platform}"' in kept[1]
    control = (ROOT / "build" / "packages" / "deb" / "control.in").read_text("utf-8")
    depends = re.search(r"^Depends: (.*)$", control, re.MULTILINE)
    assert depends is not None
    needed = {one.split()[0] for one in depends[1].split(", ")}
    assert {"cage", "xwayland"} <= needed, "xcb behind cage is Xwayland (docs/adr/0020)"
