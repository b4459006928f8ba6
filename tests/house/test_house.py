"""The house rules that no linter knows: what stands where, what is pinned, what is never written down."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import kiosk

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKS = sorted((ROOT / "build" / "locks").glob("*.txt"))
PARTS = ("bench", "handwriting-model")  # what the benchmark measures against; a wheel out of which one file is taken
ENVIRONMENTS = [lock for lock in LOCKS if lock.stem not in PARTS]

TOP_LEVEL = {
    *("kiosk", "assets", "tests", "build", "docs", ".ci"),
    *("pyproject.toml", "kiosk.spec", "README.md", "CHANGELOG.md", "LICENSE", ".gitignore", ".gitattributes"),
}
REQUIREMENT = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^\s;]+)")

REGISTRIES = (
    r"pypi\.org",
    r"pythonhosted\.org",
    r"npmjs\.(?:org|com)",
    r"deb\.debian\.org",
    r"mirrors?\.[a-z]+\.(?:edu|com)",
)
PLACES = (r"(?<![\w.])/(?:work|root|home/\w+|Users/\w+)/", r"file:///opt")
ADDRESS = re.compile("|".join([*REGISTRIES, *PLACES, "index-url", "find-links"]))


def git(*arguments: str) -> list[str]:
    said = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if said.returncode not in (0, 1):
        pytest.skip(f"not a git checkout: {said.stderr.strip()}")
    return said.stdout.splitlines()


def tracked_texts() -> dict[str, str]:
    texts = {}
    for name in git("ls-files"):
        path = ROOT / name
        if path.is_file():
            data = path.read_bytes()
            if b"\0" not in data[:8000]:
                texts[name] = data.decode("utf-8")
    return texts


def blocks(lock: Path) -> dict[str, list[str]]:
    """Each requirement line of a lock with the lines that belong to it."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lock.read_text("utf-8").splitlines():
        if REQUIREMENT.match(line):
            current = found.setdefault(line, [])
        elif line.startswith("    "):
            current.append(line)
        else:
            assert not line or line.startswith("#"), f"{lock.name}: neither a requirement nor a comment: {line}"
    return found


def test_the_top_level_holds_exactly_what_the_design_names():
    top = {name.split("/")[0] for name in git("ls-files")}
    assert top <= TOP_LEVEL, f"does not belong there: {sorted(top - TOP_LEVEL)}"
    missing = TOP_LEVEL - {".gitattributes"} - top
    assert not missing, f"missing: {sorted(missing)}"


def test_nothing_names_a_package_registry_or_a_place_on_somebodys_disk():
    itself = str(Path(__file__).resolve().relative_to(ROOT))
    found = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in tracked_texts().items()
        if name not in (itself, "build/developer/locks.py")  # names the flags that keep addresses out
        for number, line in enumerate(text.splitlines(), 1)
        if ADDRESS.search(line)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_locked_requirement_is_exact_and_has_hashes(lock: Path):
    requirements = blocks(lock)
    assert len(requirements) > (50 if lock in ENVIRONMENTS else 0)
    bare = [line for line, below in requirements.items() if not any("--hash=sha256:" in part for part in below)]
    assert not bare, f"{lock.name}: no hash for {bare}"


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_holds_no_address(lock: Path):
    assert not re.findall(r".*(?:://|@ ).*", lock.read_text("utf-8"))


def test_the_locks_agree_and_only_one_has_qt():
    full, headless = (set(blocks(ROOT / "build" / "locks" / name)) for name in ("current.txt", "headless.txt"))
    assert headless < full
    assert not [line for line in headless if line.startswith(("pyside6", "shiboken6", "pyinstaller"))]
    assert [line for line in full if line.startswith("pyside6-essentials")]


def test_the_environment_without_qt_has_no_handwriting_either():
    assert not locked_names(ROOT / "build" / "locks" / "headless.txt") & {"numpy", "onnxruntime"}


def test_every_dependency_of_the_project_is_locked():
    assert dependency_names() <= locked_names(ROOT / "build" / "locks" / "current.txt")


@pytest.mark.parametrize("lock", ENVIRONMENTS, ids=lambda lock: lock.stem)
def test_the_two_packages_with_a_module_apsw_never_meet(lock: Path):
    assert ("apsw-sqlite3mc" in locked_names(lock), "apsw" in locked_names(lock)) == (True, False)


def test_the_architecture_page_says_why_for_every_dependency():
    page = (ROOT / "docs" / "ARCHITECTURE.md").read_text("utf-8").lower()
    silent = sorted(name for name in dependency_names() if not re.search(rf"(?<![\w-]){name}(?![\w-])", page))
    assert not silent, f"docs/ARCHITECTURE.md does not say why: {silent}"


def test_the_version_stands_in_one_place():
    assert PROJECT["project"]["dynamic"] == ["version"]
    assert PROJECT["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "kiosk.__version__"}
    written = [name for name, text in tracked_texts().items() if f'version__ = "{kiosk.__version__}"' in text]
    assert written == ["kiosk/__init__.py"]


def test_the_changelog_knows_this_version_or_says_it_is_unreleased():
    log = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert f"## [{kiosk.__version__}]" in log or "## [Unreleased]" in log


@pytest.mark.parametrize("source", ["build/dev.py", "build/locks/new.txt", "build/new.py", "kiosk.spec", ".ci/run"])
def test_git_ignores_no_source(source: str):
    assert git("check-ignore", "--no-index", source) == []


@pytest.mark.parametrize("work", ["out/x", "dist/kiosk/kiosk", ".venv/x", ".venv-headless/x", "a/__pycache__/b.pyc"])
def test_git_ignores_what_is_made(work: str):
    assert git("check-ignore", "--no-index", work) == [work]


def dependency_names() -> set[str]:
    project = PROJECT["project"]
    extras = [
        *(requirement for extra in project["optional-dependencies"].values() for requirement in extra),
        *PROJECT["dependency-groups"]["dev"],
    ]
    wanted = [*project["dependencies"], *extras]
    return {re.split(r"[\[><=!~; ]", requirement, maxsplit=1)[0].lower() for requirement in wanted}


def locked_names(lock: Path) -> set[str]:
    return {match["name"] for line in blocks(lock) if (match := REQUIREMENT.match(line))}


def test_no_thread_of_a_test_keeps_the_run_from_ending() -> None:
    """A test that fails joins nothing; what it started must not outlive it."""
    staying = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if "Thread(" in (text := path.read_text("utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("Thread", "threading.Thread")
        and not any(one.arg == "daemon" for one in node.keywords)
    ]
    assert staying == []
