"""The publisher's tool: `python3 build/dev.py release init|add|refresh|rotate|withdraw|list REPOSITORY …`.

The root's key belongs on a medium that lies in a safe; it is needed for `init` and `rotate` alone. `refresh` is for a
timer on the machine that serves: it needs the keys of snapshot and timestamp and no others.
"""

import argparse
import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT)]

from publishing.archive import pack  # noqa: E402 - the path comes first
from publishing.keys import ROLES, Keys  # noqa: E402
from publishing.repository import DAYS, Repository  # noqa: E402

from kiosk.core.release import read_version  # noqa: E402
from kiosk.update.metadata import Custom  # noqa: E402
from kiosk.update.slots import this_system  # noqa: E402


def main(arguments: Sequence[str] | None = None) -> int:
    """Do one thing with a repository; 1 where it cannot be done."""
    options = _parser().parse_args(arguments)
    passphrase = options.passphrase_file.read_bytes().strip() if options.passphrase_file else None
    days = {**DAYS, **({"timestamp": options.days} if options.days else {})}
    repository = Repository(options.repository, Keys(options.keys, passphrase), days=days)
    try:
        return int(globals()["_" + options.what](repository, options))
    except (OSError, ValueError, KeyError, TypeError) as fault:
        print(f"nothing is published: {fault}", file=sys.stderr)
        return 1


def _init(repository: Repository, options: argparse.Namespace) -> int:
    repository.begin()
    digest = hashlib.sha256(repository.first_root.read_bytes()).hexdigest()
    print(f"keys in {options.keys}: take root-*.pem away to a safe place now")
    print(f"terminals trust {repository.first_root}; its fingerprint: {digest}")
    return 0


def _add(repository: Repository, options: argparse.Namespace) -> int:
    if read_version(options.version) is None or not 0 <= options.percent <= 100:
        raise ValueError("a version is such as 1.2.3, a share is from 0 to 100")
    if options.system == this_system():
        starts = options.program / "kiosk"
        said = subprocess.run([starts, "--version"], capture_output=True, text=True, check=True).stdout.strip()
        if said != f"kiosk {options.version}":
            raise ValueError(f"{starts} says of itself that it is {said}")
    name = f"kiosk-terminal_{options.version}_{options.system}.tar.gz"
    with tempfile.TemporaryDirectory() as folder:
        packed = pack(options.program, options.version, options.system, Path(folder) / name)
        custom = Custom(
            options.version, options.system, packed.manifest, tuple(options.groups), options.percent, options.urgent,
            options.attempt,
        )  # fmt: skip
        repository.add(packed, name, custom)
        print(f"{name}: {packed.file.stat().st_size / 1e6:.1f} MB, files as listed in {packed.manifest}")
    return 0


def _withdraw(repository: Repository, options: argparse.Namespace) -> int:
    repository.withdraw(options.name)
    return 0


def _refresh(repository: Repository, _options: argparse.Namespace) -> int:
    repository.refresh()
    return 0


def _rotate(repository: Repository, options: argparse.Namespace) -> int:
    repository.rotate(options.role)
    return 0


def _list(repository: Repository, _options: argparse.Namespace) -> int:
    for name, target in sorted(repository.offers().items()):
        print(f"{name}: {target.length / 1e6:.1f} MB {target.unrecognized_fields.get('custom')}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="build/dev.py release", description=(__doc__ or "").partition("\n")[0])
    what = parser.add_subparsers(dest="what", required=True, metavar="WHAT")

    def about(name: str, words: str) -> argparse.ArgumentParser:
        part = what.add_parser(name, help=words, description=words)
        part.add_argument("repository", type=Path, help="the folder that central serves or a stick carries")
        part.add_argument("--keys", type=Path, required=True, help="the folder of the publisher's keys")
        part.add_argument("--passphrase-file", type=Path, help="of the root's key")
        part.add_argument("--days", type=int, default=0, help=f"how long the timestamp holds ({DAYS['timestamp']})")
        return part

    about("init", "make keys and an empty repository")
    add = about("add", "offer a version; the same one again with other words, such as a larger share")
    add.add_argument("program", type=Path, help="the built program, such as dist/kiosk")
    add.add_argument("--version", required=True)
    add.add_argument("--system", default=this_system())
    add.add_argument("--groups", nargs="*", default=[], help="halls, HALL/WINDOW or modes; everyone if none")
    add.add_argument("--percent", type=int, default=100, help="of those, how many")
    add.add_argument("--urgent", action="store_true", help="does not wait for the hall to close")
    add.add_argument("--attempt", type=int, default=0, help="higher than before: again where it was returned")
    about("withdraw", "offer a version no more").add_argument("name", help="as `list` has it")
    about("refresh", "sign snapshot and timestamp anew, so that they do not expire")
    about("rotate", "another key for a role").add_argument("role", choices=ROLES)
    about("list", "what is offered")
    return parser


if __name__ == "__main__":
    sys.exit(main())
