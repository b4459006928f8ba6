"""Speech: the right voice, a process of its own, and no harm done where there is none."""

import json
import os
import runpy
import subprocess
import sys
import wave
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtTest import QTest

from kiosk.device.mouth import best_voice
from kiosk.device.speech import PROBE_S, RESTART_MS, Found, RecordingVoice, SpokenVoice, command, describe, probe

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).parents[2]
ECHO = """
import json, sys
print(json.dumps({"kind": "voice", "engine": "test", "voices": {"zh-CN": "M", "en": ""}, "sound": True}), flush=True)
for line in sys.stdin:
    open(sys.argv[1], "a").write(line)
    if "die" in line:
        sys.exit(3)
"""


@pytest.fixture(scope="module")
def app() -> QCoreApplication:
    from PySide6.QtGui import QGuiApplication

    return QCoreApplication.instance() or QGuiApplication(["test"])


def until(holds) -> None:
    for _ in range(4000):
        if holds():
            return
        QTest.qWait(2)
    raise AssertionError("never came true")


def told(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_mandarin_is_found_by_its_name_where_it_has_no_locale() -> None:
    voices = [
        ("Klingon", "C"),
        ("Chinese (Cantonese)", "yue_HK"),
        ("Hakka Chinese", "C"),
        ("Chinese (Mandarin, latin as English)+Adam", "C"),
        ("Chinese (Mandarin, latin as English)", "C"),
        ("English (America)", "en_US"),
    ]
    assert best_voice(voices, "zh-CN") == 4
    assert best_voice(voices, "en") == 5


def test_a_locale_of_its_own_comes_before_a_name() -> None:
    voices = [("Microsoft Zira", "en_US"), ("Chinese (Mandarin)", "C"), ("Microsoft Huihui", "zh_CN")]
    assert best_voice(voices, "zh-CN") == 2
    assert best_voice([("A", "en_AU"), ("B", "en_GB")], "en") == 1


def test_cantonese_is_not_taken_for_mandarin_and_a_language_without_a_voice_has_none() -> None:
    assert best_voice([("Chinese (Cantonese)", "yue_HK")], "zh-CN") is None
    assert best_voice([("English (America)", "en_US")], "ug") is None
    assert best_voice([], "en") is None


def test_a_voice_that_the_settings_name_is_taken_for_the_language_it_speaks() -> None:
    voices = [("English (America)", "en_US"), ("English (Scotland)", "en_GB"), ("Chinese (Mandarin)", "C")]
    assert best_voice(voices, "en", "English (Scotland)") == 1
    assert best_voice(voices, "zh-CN", "English (Scotland)") == 2
    assert command("English (Scotland)")[-3:] == ["voice", "--prefer", "English (Scotland)"]


def test_what_is_said_reaches_the_engine_in_order_and_only_when_it_is_wanted(app, tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    voice = SpokenVoice(program=[sys.executable, "-c", ECHO, str(heard)])
    voice.stop()
    assert (voice.kind, voice.speaks("zh-CN"), heard.exists()) == ("", True, False)
    voice.say("您好", "zh-CN", 40)
    voice.say("", "zh-CN", 40)
    voice.say("silent", "en", 0)
    voice.chime(130)
    voice.stop()
    until(lambda: len(told(heard)) == 3)
    assert told(heard) == [
        {"do": "say", "text": "您好", "language": "zh-CN", "volume": 40},
        {"do": "chime", "volume": 100},
        {"do": "stop"},
    ]
    until(lambda: voice.kind == "voice")
    assert (voice.speaks("zh-CN"), voice.speaks("en"), voice.speaks("ug")) == (True, False, False)
    voice.close()


def test_an_engine_that_died_is_started_again_after_a_minute_and_not_before(app, tmp_path: Path) -> None:
    heard, now = tmp_path / "heard", [0]
    voice = SpokenVoice(lambda: now[0], [sys.executable, "-c", ECHO, str(heard)])
    voice.say("die", "en", 50)
    until(lambda: voice._process is None)
    voice.say("too soon", "en", 50)
    now[0] += RESTART_MS
    voice.say("again", "en", 50)
    until(lambda: len(told(heard)) == 2)
    assert [one["text"] for one in told(heard)] == ["die", "again"]
    voice.close()
    voice.say("closed", "en", 50)
    assert voice._process is None


def test_an_engine_that_hangs_is_ended_and_nobody_waits_for_it(app, tmp_path: Path) -> None:
    voice = SpokenVoice(program=[sys.executable, "-c", "import time; time.sleep(60)"])
    for _ in range(300):
        voice.say("x" * 1000, "en", 50)
    until(lambda: voice._process is None)
    voice.close()


def test_a_program_that_is_not_there_is_a_silent_one(app, tmp_path: Path) -> None:
    voice = SpokenVoice(program=[str(tmp_path / "none")])
    voice.warm()
    until(lambda: voice.kind == "none")
    assert not voice.speaks("en")
    assert probe([str(tmp_path / "none")]) == Found("none")
    assert probe([sys.executable, "-c", "print('gibberish')"]) == Found("none")


def test_an_engine_that_never_says_a_word_is_ended(app, tmp_path: Path) -> None:
    now = [0]
    voice = SpokenVoice(lambda: now[0], [sys.executable, "-c", "import time; time.sleep(60)"])
    voice.warm()
    now[0] = PROBE_S * 1000
    voice.stop()
    assert voice._process is not None
    now[0] += 1
    voice.stop()
    until(lambda: voice._process is None)
    voice.close()


def test_where_no_engine_can_be_reached_its_process_says_so_and_ends_with_its_input(tmp_path: Path) -> None:
    alone = {**os.environ, "SPEECHD_ADDRESS": f"unix_socket:{tmp_path}/none", "XDG_RUNTIME_DIR": str(tmp_path)}
    done = subprocess.run(
        command(), input='{"do": "stop"}\nnonsense\n[1]\n{"do": "chime", "volume": 1}\n', timeout=60, check=False,
        capture_output=True, text=True, cwd=ROOT, env=alone,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["kind"] in ("voice", "chime", "none")  # Windows has an engine all the same
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Found("voice", "speechd", {"zh-CN": "M", "en": ""}, True), "speechd (zh-CN: M, en: none, a chime)"),
        (Found("voice", "sapi", {"en": "Z"}, False), "sapi (en: Z); but there is no sound output"),
        (Found("chime", sound=True), "no engine with a voice; a chime only"),
        (Found("none"), "none; the terminal is silent"),
    ],
)
def test_a_technician_reads_what_speaks(found: Found, words: str) -> None:
    assert describe(found) == words


def test_the_chime_is_the_one_its_script_makes(tmp_path: Path) -> None:
    made = tmp_path / "chime.wav"
    runpy.run_path(str(ROOT / "build" / "chime.py"))["write"](made)
    kept = ROOT / "assets" / "sounds" / "chime.wav"
    with wave.open(str(made)) as one, wave.open(str(kept)) as other:
        assert one.getparams() == other.getparams()
        pairs = zip(*(memoryview(w.readframes(w.getnframes())).cast("h") for w in (one, other)), strict=True)
        assert all(abs(a - b) <= 1 for a, b in pairs)  # sines differ by a bit between machines
        assert 0.3 < other.getnframes() / other.getframerate() < 1


def test_the_stand_in_remembers() -> None:
    voice = RecordingVoice(mute_in=frozenset({"ug"}))
    voice.warm()
    voice.say("a", "en", 1)
    voice.chime(2)
    voice.stop()
    voice.close()
    assert (voice.said, voice.chimes, voice.stops, voice.warmed, voice.closed) == ([("a", "en", 1)], [2], 1, True, True)
    assert (voice.speaks("en"), voice.speaks("ug")) == (True, False)
