"""A package for a batch of terminals of one hall: the hall's answer file, by which each enrols by itself.

A small second package beside `kiosk-terminal`, so that the program stays the one that was tried. No secret is in it but
codes of one use that expire; whoever installs it on a machine that is enrolled changes nothing.
"""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from developer.steps import OUT, ROOT, Trouble, say

PLACE = "usr/share/kiosk-terminal-site/enrol.toml"
SOURCES = ROOT / "build" / "packages" / "site"


def make(answers: Path, target: Path, check: Sequence[str], made_s: int) -> Path:
    """The package of this answer file, in the folder `target`. `check`: the command that says whether the file holds,
    without its name.

    Raises Trouble.
    """
    checked = subprocess.run([*check, str(answers)], capture_output=True, text=True, check=False)
    if checked.returncode != 0:
        raise Trouble(f"The answer file does not hold:\n{checked.stderr}", str(answers), "mend what it says.")
    if not shutil.which("dpkg-deb"):
        raise Trouble("dpkg-deb is not here.", "a Debian package", "make it on a Debian-like system.")
    content = answers.read_bytes()
    version = f"1.{made_s}.{hashlib.sha256(content).hexdigest()[:8]}"
    root = OUT / "site"
    shutil.rmtree(root, ignore_errors=True)
    file = root / PLACE
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    file.chmod(0o600)
    control = root / "DEBIAN"
    control.mkdir()
    text = (SOURCES / "control.in").read_text("utf-8").replace("@VERSION@", version)
    (control / "control").write_text(text, "utf-8")
    shutil.copyfile(SOURCES / "postinst", control / "postinst")
    (control / "postinst").chmod(0o755)
    for path in root.rglob("*"):
        if path.is_dir():
            path.chmod(0o755)
        os.utime(path, (made_s, made_s))
    target.mkdir(parents=True, exist_ok=True)
    made = target / f"kiosk-terminal-site_{version}_all.deb"
    env = {**os.environ, "SOURCE_DATE_EPOCH": str(made_s)}
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(root), str(made)]
    built = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    shutil.rmtree(root)
    if built.returncode != 0:
        raise Trouble(f"dpkg-deb failed:\n{built.stderr}", str(made), "mend what it says.")
    made.chmod(0o600)  # its codes let a machine into the hall
    say(f"  {made.name}: install it beside kiosk-terminal on each unit of the batch, then delete it")
    return made
