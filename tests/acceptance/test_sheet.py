"""The acceptance sheet: made without a screen, signed by the unit, and good to nobody once a byte of it is changed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.acceptance.command import verify
from kiosk.acceptance.making import gathered, kept, public_key_of, sheet_words, signer_of
from kiosk.acceptance.signature import ENDING
from kiosk.acceptance_book import Kept, Note, keep, leave_note, notes, read_book, taken
from kiosk.device.identity import DEVICE_KEY, Identity, keep_identity
from kiosk.device.paths import Home, open_home
from kiosk.device.secrets import open_vault
from kiosk.device.settings import Secrets, Settings
from kiosk.doctor.finding import Finding

SETTINGS = Settings(secrets=Secrets(store="file", fallback="file"))
FINDINGS = [
    Finding("program", "ok", "kiosk 0.1.0"),
    Finding("touch", "warning", "no touch screen <b>found</b>", "plug it in"),
]
TRIED = (
    Kept("touch", True, 1_795_000_000_000, "T1",
         {"cells": 160, "columns": 16, "rows": 10, "missed": 0, "ghosts": 0, "fingers": 10}),
    Kept("speaker", True, 1_795_000_000_000, "T1", {"volume": 70}),
    Kept("round_trip", True, 1_795_000_000_000, "T1", {"held": 5, "of": 5, "slowest_ms": 1700}),
)  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = open_home(tmp_path / "home")
    keep_identity(made, Identity(device_id="d" * 32, key_id="k1", central_url="http://127.0.0.1:1"))
    open_vault(made, SETTINGS.secrets.store, SETTINGS.secrets.fallback).put(DEVICE_KEY, b"\7" * 32)
    for one in TRIED:
        keep(made, one)
    return made


def test_what_was_tried_and_found_stands_on_it_and_passes_only_as_a_whole(home: Home) -> None:
    sheet = gathered(home, signer_of(home, SETTINGS).identity, "en", "T1", FINDINGS)
    assert sheet.passed
    assert sheet.code == f"KA1;{'d' * 32};{sheet.digest}"
    keep(home, Kept("touch", False, 1, "T1", TRIED[0].numbers))
    other = gathered(home, signer_of(home, SETTINGS).identity, "en", "T1", FINDINGS)
    assert not other.passed
    assert other.digest != sheet.digest
    failed = [*FINDINGS, Finding("disk", "failed", "full", "make room")]
    assert not gathered(home, signer_of(home, SETTINGS).identity, "en", "T1", failed).passed


@pytest.mark.parametrize("spoil", ["", "pdf", "sig", "device", "key"])
def test_only_what_the_unit_signed_is_good(home: Home, tmp_path: Path, spoil: str) -> None:
    signer = signer_of(home, SETTINGS)
    pdf = tmp_path / "sheet.pdf"
    kept(b"%PDF-1.4 a sheet", signer, pdf)
    beside = pdf.with_name(pdf.name + ENDING)
    key = public_key_of(signer.key)
    if spoil == "pdf":
        pdf.write_bytes(b"%PDF-1.4 a sheeT")
    if spoil == "sig":
        beside.unlink()
    if spoil == "device":
        beside.write_text(json.dumps({**json.loads(beside.read_text()), "device_id": "e" * 32}))
    if spoil == "key":
        key = public_key_of(b"\10" * 32)
    assert verify(None, SETTINGS, pdf, key, "", "") == (1 if spoil else 0)
    if not spoil:
        assert verify(home, SETTINGS, pdf, "", "", "") == 0, "the unit itself needs no key named"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_pdf_is_made_without_a_screen_and_names_the_unit(home: Home, tmp_path: Path, language: str) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.acceptance.test_sheet import *\n"
        "home = open_home(Path(sys.argv[1])); from kiosk.acceptance.making import drawn\n"
        "sheet = gathered(home, signer_of(home, SETTINGS).identity, sys.argv[2], 'T1', FINDINGS)\n"
        "Path(sys.argv[3]).write_bytes(drawn(sheet, b''))"
    )
    target = tmp_path / "sheet.pdf"
    environment = {**os.environ, "QT_QPA_PLATFORM": "nonsense"}  # it chooses for itself
    subprocess.run([sys.executable, "-c", code, str(home.root), language, str(target)], check=True, env=environment)
    pdf = target.read_bytes()
    assert pdf.startswith(b"%PDF-1.")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert b"/FontFile" in pdf, "whoever opens it needs none of our fonts"


def test_its_words_are_the_same_in_every_language() -> None:
    assert set(sheet_words().texts) == {"zh-CN", "en"}


def test_a_note_waits_for_the_terminal_once(home: Home) -> None:
    leave_note(home, Note("ab" * 32, "T1"))
    ((path, note),) = notes(home)
    assert note == Note("ab" * 32, "T1")
    taken(path)
    assert notes(home) == []
    assert set(read_book(home)) == {"touch", "speaker", "round_trip"}
