"""The tasks of `build/dev.py`. Each does its own set-up first."""

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from developer import batch, bundle, checks, environments, handwriting, locks, machine, packages, qt_versions, uos
from developer.environments import FULL, HEADLESS
from developer.steps import OUT, ROOT, Trouble, say, show


def main(arguments: Sequence[str]) -> int:
    """Run one task and answer its exit code."""
    options, rest = _parse(arguments)
    try:
        return TASKS[options.task](options, rest)
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. What was half made is made anew next time.", file=sys.stderr)
        return 130


def _setup(_options: argparse.Namespace, _rest: Sequence[str]) -> int:
    _prepare("everything that demo and test need", machine.testing_needs())
    environments.ensure(HEADLESS)
    say("Ready. Try: .venv/bin/kiosk --help")
    return 0


def _demo(_options: argparse.Namespace, rest: Sequence[str]) -> int:
    screen = {} if machine.has_screen() else machine.VIRTUAL_SCREEN
    _prepare("what the demo needs", machine.program_needs(screen))
    return show([FULL.program("kiosk"), "demo", *rest])


def _test(options: argparse.Namespace, rest: Sequence[str]) -> int:
    if options.qt:
        return qt_versions.test(options.qt)
    _prepare("what the tests need", machine.testing_needs())
    if rest:
        return checks.some_tests(rest)
    if options.fast:
        return checks.fast()
    return checks.everything()


def _bench(_options: argparse.Namespace, rest: Sequence[str]) -> int:
    needs = machine.program_needs({**machine.VIRTUAL_SCREEN, **machine.BROWSER, **machine.TRACER})
    _prepare("what the benchmark needs", needs)
    environments.ensure_bench_packages()
    return show([FULL.python, ROOT / "build" / "bench.py", *rest])


def _gallery(_options: argparse.Namespace, rest: Sequence[str]) -> int:
    _prepare("what the gallery needs", machine.program_needs({}))
    out = OUT / "gallery"
    environment = {"QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"}
    return show([FULL.python, "-m", "kiosk.ui.gallery", out, *rest], environment)


def _package(options: argparse.Namespace, _rest: Sequence[str]) -> int:
    if options.answers is not None:
        _prepare("what checking the answers needs", [])
        check = [str(FULL.python), "-m", "kiosk", "enroll", "--only-check", "--answers"]
        batch.make(options.answers, packages.DIST, check, int(time.time()))
        return 0
    _prepare("what packaging needs", machine.packaging_needs())
    if options.kind == "uos":
        return uos.make(bundle.last_commit_s(), options.sign)
    return bundle.make(options.handwriting, options.twice, options.compare, options.sign)


def _release(_options: argparse.Namespace, rest: Sequence[str]) -> int:
    _prepare("what publishing needs", [])
    return show([FULL.python, ROOT / "build" / "release.py", *rest])


def _lock(options: argparse.Namespace, _rest: Sequence[str]) -> int:
    _prepare("what locking needs", [])
    return locks.make(upgrade=options.upgrade)


def _prepare(title: str, needs: Sequence[machine.Need]) -> None:
    say(f"Set-up: {title}")
    machine.ensure([*machine.base_needs(), *needs])
    environments.ensure(FULL)
    handwriting.ensure_model(FULL)


TASKS: Mapping[str, Callable[[argparse.Namespace, Sequence[str]], int]] = {
    "setup": _setup,
    "demo": _demo,
    "test": _test,
    "bench": _bench,
    "gallery": _gallery,
    "package": _package,
    "release": _release,
    "lock": _lock,
}


def _parse(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(prog="build/dev.py", description="The developer script of the rating terminal.")
    tasks = parser.add_subparsers(dest="task", required=True, metavar="TASK")
    tasks.add_parser("setup", help="the virtual environments and the system libraries; demo and test do it themselves")
    tasks.add_parser("demo", help="central, terminal and console on this machine; what follows goes to `kiosk demo`")
    test = tasks.add_parser("test", help="every check and every test; `test -- ARGUMENTS` runs pytest alone with them")
    test.add_argument("--fast", action="store_true", help="ruff and the tests in one environment, nothing else")
    test.add_argument("--qt", metavar="VERSION", help="what draws, with another Qt that a lock pins, in out/qt")
    tasks.add_parser("bench", help="the benchmark; what follows goes to it")
    tasks.add_parser("gallery", help="every screen as a picture in out/gallery, with contact sheets; sizes may follow")
    package = tasks.add_parser("package", help="the one-dir program in dist/, its self-test, and packages of it")
    package.add_argument("--answers", type=Path, metavar="FILE", help="only a package of these answers, for a batch")
    package.add_argument(
        "--for", dest="kind", choices=["debian", "uos"], default="debian",
        help="uos: for UOS and Kylin, in a root of their age (by root; the first time takes some minutes)",
    )  # fmt: skip
    package.add_argument("--handwriting", action="store_true", help="with the pad to write on, some 140 MB more")
    package.add_argument("--twice", action="store_true", help="build it twice; the two must be the same bit by bit")
    package.add_argument("--compare", action="store_true", help="tell its size against an unpruned one")
    package.add_argument("--sign", type=Path, metavar="KEY.pem", help="sign the sums with this private key (Ed25519)")
    tasks.add_parser("release", help="sign a version for terminals; what follows goes to it", add_help=False)
    lock = tasks.add_parser("lock", help="remake the lock files from pyproject.toml")
    lock.add_argument("--upgrade", action="store_true", help="take the newest of everything that pyproject.toml allows")
    split = arguments.index("--") if "--" in arguments else len(arguments)
    options, rest = parser.parse_known_args(arguments[:split])
    if rest and options.task not in ("demo", "bench", "gallery", "release"):
        parser.error(f"{options.task} does not know: {' '.join(rest)}")
    return options, [*rest, *arguments[split + 1 :]]
