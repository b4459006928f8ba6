"""The installer for Windows is compiled here, and its program's version resource read, where neither can run."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "build"))

from developer import packages, signing, steps, version_resource  # noqa: E402

SOURCE = ROOT / "build" / "packages" / "windows" / "kiosk-terminal.nsi"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A stand-in for the program's folder: the installer takes what is there."""
    folder = tmp_path / "kiosk"
    (folder / "_internal").mkdir(parents=True)
    (folder / "kiosk.exe").write_bytes(b"MZ")
    (folder / "_internal" / "a.dll").write_bytes(b"MZ" * 50_000)
    return folder


def test_the_installer_compiles_without_a_warning_and_twice_the_same(program: Path, tmp_path: Path):
    made = [packages.windows_installer(program, tmp_path / f"{name}_x64.exe", "0.1.0", 1_700_000_000) for name in "ab"]
    first, second = (file.read_bytes() for file in made)
    assert first == second
    assert first.startswith(b"MZ")
    assert "KioskTerminal".encode("utf-16-le") not in first, "its script is compressed, not a script beside a stub"


def test_a_mistake_in_the_installer_is_a_trouble(program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    broken = tmp_path / "windows"
    broken.mkdir()
    text = SOURCE.read_text("utf-8")
    (broken / SOURCE.name).write_text(text.replace("Call EndTerminal", "Call EndTerminl"), "utf-8")
    monkeypatch.setattr(packages, "SOURCES", tmp_path)
    with pytest.raises(steps.Trouble, match="EndTerminl"):
        packages.windows_installer(program, tmp_path / "c.exe", "0.1.0", 1_700_000_000)


def test_every_sentence_of_the_installer_is_there_in_both_languages():
    lines = [line.split()[1:3] for line in SOURCE.read_text("utf-8").splitlines() if line.startswith("LangString")]
    said = {language: {name for name, spoken in lines if spoken == language} for _, language in lines}
    chinese, english = said.values()
    assert chinese == english


def test_nothing_is_removed_before_it_was_asked_twice_whether_anything_is_unsent():
    text = SOURCE.read_text("utf-8")
    uninstall = text[text.index('Section "Uninstall"') :]
    asked = [at for at in range(len(uninstall)) if uninstall.startswith("removal check", at)]
    assert len(asked) == 2
    assert asked[0] < uninstall.index("Call un.EndTerminal") < asked[1] < uninstall.index("RMDir /r")


def test_an_upgrade_touches_the_old_version_only_when_the_new_one_has_passed_its_test():
    text = SOURCE.read_text("utf-8")
    assert (
        text.index("selftest")
        < text.index('Rename "$INSTDIR" "$INSTDIR.old"')
        < text.index('RMDir /r "$INSTDIR.old"\n\n')
    )
    assert "$Home" not in text[: text.index("; 3.")].split("Section", 1)[1], "the state is not touched before"


@pytest.mark.parametrize(
    ("version", "expected"), [("0.1.0", (0, 1, 0, 0)), ("1.2.3.4", (1, 2, 3, 4)), ("2.0rc1", (2, 0, 0, 0))]
)
def test_windows_knows_four_numbers(version: str, expected: tuple[int, ...]):
    assert version_resource.four_numbers(version) == expected


def test_the_version_resource_is_one_expression_with_this_version(tmp_path: Path):
    text = Path(version_resource.version_resource(tmp_path)).read_text("utf-8")
    assert isinstance(ast.parse(text, mode="eval").body, ast.Call)
    assert text.count(version_resource.program_version()) == 4


def test_the_sums_are_signed_so_that_openssl_alone_can_tell(tmp_path: Path):
    key, sums = tmp_path / "maker.pem", tmp_path / "SHA256SUMS"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True, capture_output=True)
    sums.write_text("0" * 64 + "  kiosk.deb\n")
    signature, public = signing.sign(sums, key)

    def holds() -> bool:
        command = [
            "openssl",
            "pkeyutl",
            "-verify",
            "-pubin",
            "-inkey",
            public,
            "-rawin",
            "-in",
            sums,
            "-sigfile",
            signature,
        ]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    assert holds()
    sums.write_text("1" * 64 + "  kiosk.deb\n")
    assert not holds()


def test_a_key_that_will_not_do_is_a_trouble(tmp_path: Path):
    (tmp_path / "key.pem").write_text("no key")
    (tmp_path / "SHA256SUMS").write_text("")
    with pytest.raises(steps.Trouble, match="openssl pkey failed"):
        signing.sign(tmp_path / "SHA256SUMS", tmp_path / "key.pem")
