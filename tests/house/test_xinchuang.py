"""UOS and Kylin desktops: their lock, what the screens may use of Qt, their package and the rules it is held to."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "build"))

from developer import asked_of_the_system, locks, packages, qt_versions, steps, uos, uos_rules, xinchuang  # noqa: E402

QT = ("pyside6", "shiboken6")
RESERVED = (
    *("abstract", "boolean", "byte", "char", "double", "final", "float", "goto", "int", "long", "native", "short"),
    *("synchronized", "throws", "transient", "volatile"),
)
"""Words that the QML of Qt 6.9 and older does not take for names of ours, though the newest does."""
LACKING = re.compile(
    rf"^\s*id:\s*(?:{'|'.join(RESERVED)})\s*$|\bproperty\s+\S+\s+(?:{'|'.join(RESERVED)})\b"
    rf"|\b(?:const|let)\s+(?:{'|'.join(RESERVED)})\b|\.click\(\)",  # AbstractButton.click() came with Qt 6.8
    re.MULTILINE,
)
quick = ("-Zgzip", "-z1")


def pins(name: str) -> dict[str, str]:
    """Each pin of a lock that is not Qt's, with its hashes."""
    lines = (ROOT / "build" / "locks" / name).read_text("utf-8").split("\n")
    heads = [line for line in lines if "==" in line and not line.startswith(QT)]
    return {line: line for line in heads}


def test_the_two_locks_differ_in_qt_alone():
    assert pins("current.txt") == pins("xinchuang.txt")


def test_the_lock_of_the_halls_pins_the_last_qt_that_their_glibc_loads():
    text = xinchuang.LOCK.read_text("utf-8")
    for part in qt_versions.QT:
        assert f"{part}==6.7.3 ; platform_machine == 'aarch64'" in text
        assert f"{part}==6.9.3 ; platform_machine != 'aarch64'" in text


def test_a_pin_without_a_wheel_for_the_halls_stops_the_locking(monkeypatch: pytest.MonkeyPatch):
    said = steps.Outcome(1, "has no wheels with a matching platform tag (e.g., `manylinux_2_28_x86_64`)", 0.1)
    monkeypatch.setattr(xinchuang, "watch", lambda *_: said)
    with pytest.raises(steps.Trouble, match=r"does not run on x86_64 with glibc 2\.28"):
        xinchuang.check_wheels()
    assert locks.check_wheels is xinchuang.check_wheels


def test_any_pinned_qt_makes_a_lock_of_its_own():
    lock = qt_versions.lock_with("6.7.3")
    for part in qt_versions.QT:
        assert re.findall(rf"^{part}==.*$", lock, re.MULTILINE) == [f"{part}==6.7.3 \\"]
    assert lock.count("--hash=") > 300
    with pytest.raises(steps.Trouble, match=r"No lock pins PySide6 6\.8\.0"):
        qt_versions.lock_with("6.8.0")


def test_a_qt_that_aborts_under_this_python_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(qt_versions.sys, "version_info", (3, 11, 7))
    newest = [version for version in qt_versions.versions() if version.startswith("6.12")]
    with pytest.raises(steps.Trouble, match=r"not used before Python 3\.12"):
        qt_versions.lock_with(newest[0])


def test_the_screens_use_nothing_that_the_oldest_qt_lacks():
    found = [
        f"{path.relative_to(ROOT)}: {match[0].strip()}"
        for path in sorted((ROOT / "kiosk").rglob("*.qml"))
        for match in LACKING.finditer(path.read_text("utf-8"))
    ]
    assert not found, found


@pytest.fixture
def deb(tmp_path: Path) -> Path:
    """The application's package around a program of one line."""
    program = tmp_path / "program"
    (program / "_internal").mkdir(parents=True)
    (program / "kiosk").write_text("#!/bin/sh\n")
    (program / "kiosk").chmod(0o755)
    (program / "_internal" / "data").write_text("something")
    return uos.application(program, tmp_path, "1.2.3.0", "amd64", 1_700_000_000, "libc6 (>= 2.28)", quick)


def test_the_package_keeps_the_rules(deb: Path):
    assert uos_rules.broken_by(deb) == []


def altered(deb: Path, change: Callable[[Path], object]) -> list[str]:
    """What the rules say of the package after this change of its unpacked tree."""
    tree = deb.parent / "tree"
    subprocess.run(["dpkg-deb", "-R", deb, tree], check=True)
    change(tree)
    broken = deb.parent / "broken.deb"
    command = ["dpkg-deb", "--root-owner-group", *quick, "--build", tree, broken]
    subprocess.run(command, check=True, capture_output=True)
    return uos_rules.broken_by(broken)


HOME = f"opt/apps/{uos.APPID}"
DESKTOP = f"{HOME}/entries/applications/{uos.APPID}.desktop"


def write(name: str, text: str, mode: int = 0o644) -> Callable[[Path], object]:
    def change(tree: Path) -> None:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text, "utf-8")
        (tree / name).chmod(mode)

    return change


def swap(name: str, old: str, new: str) -> Callable[[Path], object]:
    def change(tree: Path) -> None:
        text = (tree / name).read_text("utf-8")
        assert old in text
        (tree / name).write_text(text.replace(old, new), "utf-8")

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (write("DEBIAN/postinst", "#!/bin/sh\n", 0o755), "DEBIAN/postinst"),
        (write("DEBIAN/triggers", "interest-noawait /opt\n"), "DEBIAN/triggers"),
        (write("usr/bin/kiosk", "#!/bin/sh\n", 0o755), "outside"),
        (write(f"{HOME}/lib/thing", "x"), "lib has no place there"),
        (write(f"{HOME}/entries/units/thing", "x"), "no such kind of entry"),
        (write(f"{HOME}/files/bin/extra", "x"), "md5sums does not have"),
        (swap("DEBIAN/control", "Version: 1.2.3.0", "Version: 1.2.3"), "not of four numbers"),
        (swap("DEBIAN/control", "Architecture: amd64", "Architecture: all"), "not an architecture of the store"),
        (swap("DEBIAN/control", "Package: local", "Package: local-x"), "no reversed domain"),
        (swap(f"{HOME}/info", '"camera": false,', ""), "nine permissions"),
        (swap(f"{HOME}/info", '"camera": false', '"camera": "no"'), "neither true nor false"),
        (swap(f"{HOME}/info", '"version": "1.2.3.0"', '"version": "1.2.4.0"'), "another version"),
        (swap(f"{HOME}/info", '["amd64"]', '["arm64"]'), "does not list the package's architecture"),
        (swap(f"{HOME}/info", '"permissions": {', '"permissions": {,'), "no JSON"),
        (swap(DESKTOP, f"Icon={uos.APPID}", "Icon=/usr/share/pixmaps/x.png"), "icon must be named"),
        (swap(DESKTOP, "files/bin/kiosk-terminal", "files/bin/other"), "starts nothing"),
        (swap(DESKTOP, "Exec=", "Exec=pkexec "), "becomes root"),
        (swap(DESKTOP, "Terminal=false\n", ""), "no Terminal"),
        (write(f"{HOME}/entries/autostart/{uos.APPID}.desktop", "[Desktop Entry]\n"), "starts by itself"),
        (write(f"{HOME}/entries/icons/hicolor/48x48/apps/{uos.APPID}.png", "GIF89a"), "no PNG"),
        (lambda tree: (tree / HOME / "files/bin/kiosk-terminal").chmod(0o4755), "becomes another user"),
        (lambda tree: (tree / HOME / "files/out").symlink_to("/etc"), "leads outside"),
        (lambda tree: shutil.rmtree(tree / HOME / "entries/icons"), "no icon"),
    ],
)  # fmt: skip
def test_a_package_that_breaks_a_rule_is_told_which(deb: Path, change: Callable[[Path], object], said: str):
    broken = altered(deb, change)
    assert any(said in line for line in broken), broken


def test_versions_become_four_numbers_or_are_refused():
    assert [uos.version(ours) for ours in ("1.2.3", "0.1", "1.2.3.4")] == ["1.2.3.0", "0.1.0.0", "1.2.3.4"]
    with pytest.raises(steps.Trouble):
        uos.version("1.2.3rc1")
    assert uos.version(packages.version())


def test_what_a_program_asks_of_the_system_is_read_from_its_files(tmp_path: Path):
    shutil.copy(Path("/bin/true").resolve(), tmp_path / "true")
    asked = asked_of_the_system.by(tmp_path)
    assert "libc.so.6" in asked.libraries
    assert asked.glibc >= (2, 17)
    assert asked.depends("fontconfig") == f"fontconfig, libc6 (>= {asked.glibc[0]}.{asked.glibc[1]})"
    with pytest.raises(steps.Trouble, match=r"libfancy\.so\.1"):
        asked_of_the_system.Asked(frozenset({"libfancy.so.1"}), (2, 28), "").depends()


def test_the_lockdown_starts_the_application_and_guards_its_removal(tmp_path: Path):
    made = uos.lockdown(tmp_path, "1.2.3.0", 1_700_000_000)
    tree = tmp_path / "tree"
    subprocess.run(["dpkg-deb", "-R", made, tree], check=True)
    program = f"/opt/apps/{uos.APPID}/files/program/kiosk"
    texts = {path: path.read_text("utf-8") for path in tree.rglob("*") if path.is_file()}
    assert not [path for path, text in texts.items() if re.search("@[A-Z]+@", text)]
    assert f"ExecStart={program} supervise" in (tree / "usr/lib/systemd/system/kiosk-terminal.service").read_text()
    assert f"{program} removal check" in (tree / "DEBIAN/prerm").read_text()
    assert f"Depends: {uos.APPID} (>= 1.2.3.0)" in (tree / "DEBIAN/control").read_text()
    for script in ("postinst", "prerm", "postrm"):
        assert subprocess.run(["sh", "-n", tree / "DEBIAN" / script], check=False).returncode == 0
