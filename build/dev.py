#!/usr/bin/env python3
"""The one developer script: `python3 build/dev.py setup|demo|test|bench|package|lock`.

Needs nothing but Python; this file stays readable for old ones, because it is what tells that a Python is too old.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

GOOD = ("3.11", "3.12", "3.13")
"""The Pythons for which every locked dependency has a wheel."""

VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"


def main() -> int:
    """Run the task under a Python that will do, this one or another on the path."""
    here = ".".join(map(str, sys.version_info[:2]))
    if here in GOOD:
        from developer import tasks

        return tasks.main(sys.argv[1:])
    better = another_python()
    if better is None:
        print(
            f"This is Python {here} ({sys.executable}); the project needs one of {', '.join(GOOD)}.\n"
            f"Looked on the path for {', '.join('python' + version for version in GOOD)}: none is there that starts.\n"
            "Install one (on Debian 12: apt-get install python3), then run this again with it.",
            file=sys.stderr,
        )
        return 1
    print(f"This is Python {here}; going on with {better}", flush=True)
    return subprocess.call([better, os.path.abspath(__file__), *sys.argv[1:]])


def another_python() -> str | None:
    """The path of an interpreter that is good and starts. A name on the path may be a shim that does not."""
    for version in GOOD:
        found = shutil.which("python" + version)
        if found:
            said = subprocess.run(
                [found, "-c", VERSION], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False
            )
            if said.stdout.decode().strip() == version:
                return found
    return None


if __name__ == "__main__":
    sys.exit(main())
