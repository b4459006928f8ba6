"""What is said: everything shown to whoever asks for it, three prompts to all others, and never which level it was."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest

from kiosk.core.levels import Level
from kiosk.core.view import SpeechHours
from kiosk.device.speech import RecordingVoice
from kiosk.ui.derive import Properties
from kiosk.ui.gallery import stages
from kiosk.ui.key_walk import is_stop, top_layer
from kiosk.ui.sayings import Stop, prompt, said, speakable, stop_said
from kiosk.ui.speaker import ASKED_FOR
from kiosk.ui.words import Words
from tests.ui.stage import LANDSCAPE, PORTRAIT, Stage, until
from tests.ui.test_keys import choose, press, walk_to

ALL_DAY = (SpeechHours("00:00", "12:00", 60), SpeechHours("12:00", "24:00", 40))


class Heard:
    """A stage with a voice that remembers, at a time of day that is told."""

    def __init__(self, stage: Stage, speech: tuple[SpeechHours, ...] = ALL_DAY) -> None:
        self.stage, self.voice, self.time = stage, RecordingVoice(), "09:30"
        stage.terminal.set_scene(replace(stage.terminal.scene, speech=speech))
        stage.window.give_voice(self.voice, local_time=lambda: self.time)

    def rest(self) -> None:
        """All that is to be said now has been said."""
        self.stage.settle()
        QTest.qWait(1)
        QCoreApplication.processEvents()

    def last(self) -> str:
        self.rest()
        return self.voice.said[-1][0] if self.voice.said else ""

    def texts(self) -> list[str]:
        self.rest()
        return [text for text, _, _ in self.voice.said]


@pytest.fixture
def heard(stage: Stage) -> Heard:
    found = Heard(stage)
    stage.to("ready")
    found.rest()
    return found


def asked(heard: Heard) -> Heard:
    """A citizen who has asked to be read to."""
    heard.stage.model.toggleLook("spoken")
    heard.rest()
    return heard


# -- the hall's prompts ------------------------------------------------------------------------------------------


def test_the_hall_greets_asks_and_thanks_and_says_nothing_else(heard: Heard) -> None:
    heard.stage.to("serving")
    assert heard.texts() == ["您好，欢迎光临"]
    heard.stage.tap("rate_now")
    assert heard.texts()[1:] == ["请您对本次服务进行评价"]
    heard.stage.tap("level.dissatisfied")
    heard.stage.tap("reason.0")
    heard.stage.tap("again")
    heard.stage.tap("level.satisfied")
    assert len(heard.texts()) == 2
    heard.stage.tap("submit")
    assert heard.texts()[2:] == ["谢谢"]
    assert {volume for _, _, volume in heard.voice.said} == {60}


def test_prompts_follow_the_hour_and_are_silent_outside_all_hours(make_stage: Callable[..., Stage]) -> None:
    heard = Heard(make_stage(), (SpeechHours("09:00", "17:00", 35),))
    heard.time = "08:59"
    heard.stage.to("ready")
    heard.rest()
    heard.stage.to("serving")
    assert heard.texts() == []
    heard.time = "09:00"
    heard.stage.tap("rate_now")
    heard.rest()
    assert heard.voice.said == [("请您对本次服务进行评价", "zh-CN", 35)]


def test_a_citizen_mutes_the_prompts_for_their_visit(heard: Heard) -> None:
    heard.stage.to("serving")
    heard.rest()
    heard.stage.model.toggleLook("muted")
    heard.stage.tap("rate_now")
    heard.stage.tap("skip")
    assert heard.texts() == ["您好，欢迎光临"]
    heard.stage.terminal.begin_visit()
    assert heard.texts() == ["您好，欢迎光临"] * 2


def test_where_there_is_no_voice_prompts_are_a_chime(heard: Heard) -> None:
    heard.voice.kind = "chime"
    heard.stage.to("inviting")
    heard.rest()
    assert (heard.voice.said, heard.voice.chimes) == ([], [60])


def test_a_step_back_and_a_page_of_rest_have_no_prompt() -> None:
    def page(name: str) -> Properties:
        return Properties(name, "", "", {}, "", "", "", "", "")

    steps = ["ready", "serving", "inviting", "explaining", "inviting", "explaining", "thanks", "ready", "paused"]
    found = [prompt(page(one), page(two)) for one, two in pairwise(steps)]
    assert found == ["say.welcome", "say.please_rate", "", "", "", "say.thanks", "", ""]
    assert prompt(page("serving"), page("serving")) == ""


# -- read aloud --------------------------------------------------------------------------------------------------------


SIGNS = ("✓", "!", "✕", "…")
"""Of what the technician's page has found (`TechnicianRows.qml`)."""


def everything_written(stage: Stage) -> list[str]:
    """Every text one can see, of a sheet where one lies over the page. Not what stands on something that can be
    pressed: that is said when keys come by; and not a sign whose word stands beside it."""

    def on_a_stop(item) -> bool:
        key = item is not None and item.property("keyType") is not None  # of the keyboard in the scene
        return item is not None and (key or is_stop(item) or on_a_stop(item.parentItem()))

    return [
        item.property("text")
        for item in top_layer(stage.root)
        if item.inherits("QQuickText")
        and item.property("text")
        and item.width() > 0
        and not on_a_stop(item)
        and item.property("text") not in SIGNS
    ]


PAGES = ("ready", "serving", "inviting", "explaining", "comment", "contact", "thanks")


def go(stage: Stage, place: str) -> None:
    if place in ("comment", "contact"):
        stage.to("explaining")
        stage.model.toggleReason(stage.model.shown.reasons[0])
        stage.model.openPanel(place)
    else:
        stage.to(place)


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("place", PAGES)
def test_every_text_is_said_or_stands_where_keys_come_by(
    make_stage: Callable[..., Stage], size: tuple[int, int], language: str, place: str
) -> None:
    heard = Heard(make_stage(size))
    go(heard.stage, place)
    heard.stage.model.chooseLanguage(language)
    asked(heard)
    text, spoken_language, _ = heard.voice.said[-1]
    assert spoken_language == language
    missing = [
        one for one in everything_written(heard.stage) if speakable(one, heard.stage.model.shown.words) not in text
    ]
    assert missing == []


def test_the_five_levels_are_told_in_their_order(heard: Heard) -> None:
    heard.stage.to("serving")
    asked(heard)
    heard.stage.tap("rate_now")
    assert "非常满意，满意，基本满意，不满意，非常不满意" in heard.last()


def test_the_receipt_is_said_character_by_character_in_its_groups(heard: Heard) -> None:
    heard.stage.to("explaining")
    asked(heard)
    heard.stage.tap("submit")
    until(lambda: heard.stage.model.shown.receipt, "a receipt")
    groups = heard.stage.model.shown.receipt.split("-")
    assert "，".join(" ".join(group) for group in groups) in heard.last()


@pytest.mark.parametrize("spoken", [False, True])
def test_what_is_said_is_the_same_after_each_of_the_five_levels(heard: Heard, spoken: bool) -> None:
    heard.stage.to("ready")
    found = []
    for level in Level:
        heard.stage.to("serving")
        if spoken:
            asked(heard)
        heard.rest()
        heard.voice.said.clear()
        heard.stage.tap("rate_now")
        heard.stage.tap(f"level.{level}")
        heard.rest()
        heard.stage.model.toggleReason(heard.stage.model.shown.reasons[0])
        heard.stage.tap("submit")
        until(lambda: heard.stage.model.shown.page == "thanks", "thanks")
        receipt = heard.stage.model.shown.receipt
        texts = heard.texts()
        spelt = speakable(receipt, heard.stage.model.shown.words)
        found.append([text.replace(spelt, "RECEIPT") for text in texts])
        heard.stage.tap("leave")
    assert all(one == found[0] for one in found)
    assert len(found[0]) >= 2
    names = set(heard.stage.model.shown.level_labels)
    if spoken:
        after = found[0][-2:]
        assert not any(name in text for name in names for text in after)


def test_what_keys_come_to_is_said_with_its_kind_and_how_it_stands(heard: Heard) -> None:
    heard.stage.to("explaining")
    asked(heard)
    walk_to(heard.stage, "reason.0")
    name = heard.stage.model.shown.reason_labels[0]
    assert heard.last() == f"{name}，未选。"
    press(heard.stage, Qt.Key.Key_Return)
    assert heard.last() == f"{name}，已选。"
    walk_to(heard.stage, "submit")
    assert heard.last() == "提交，按钮。"


def test_a_level_is_said_when_keys_come_to_it_and_not_when_it_is_chosen(heard: Heard) -> None:
    heard.stage.to("inviting")
    asked(heard)
    walk_to(heard.stage, "level.dissatisfied")
    assert heard.last() == "不满意，按钮。"
    press(heard.stage, Qt.Key.Key_Return)
    assert heard.stage.model.shown.page == "explaining"
    assert "不满意" not in heard.last()


def test_a_hint_is_said_when_it_comes(heard: Heard) -> None:
    heard.stage.to("explaining", "dissatisfied")
    asked(heard)
    choose(heard.stage, "submit")
    until(lambda: heard.stage.model.shown.hint, "the hint")
    assert any("请至少选择一项原因" in text for text in heard.texts()[-2:])


def test_what_is_typed_is_not_said(heard: Heard) -> None:
    heard.stage.to("explaining")
    asked(heard)
    choose(heard.stage, "comment")
    until(lambda: heard.stage.window.activeFocusItem().objectName() == "comment.field", "the field is open")
    assert heard.last().endswith("写一句话，输入框。")
    before = len(heard.voice.said)
    for letter in "abc":
        QTest.keyClick(heard.stage.window, letter)
        heard.rest()
    assert len(heard.voice.said) == before


def test_whoever_asks_is_read_to_at_any_hour_and_nobody_else(make_stage: Callable[..., Stage]) -> None:
    heard = Heard(make_stage(), speech=())
    heard.stage.to("serving")
    assert heard.texts() == []
    asked(heard)
    assert {volume for _, _, volume in heard.voice.said} == {ASKED_FOR}
    heard.stage.model.toggleLook("spoken")
    count = len(heard.texts())
    assert heard.voice.stops > 0
    heard.stage.tap("rate_now")
    assert len(heard.texts()) == count


def test_the_next_citizen_is_not_read_to_and_nothing_is_said_on(heard: Heard) -> None:
    heard.stage.to("inviting")
    asked(heard)
    stops = heard.voice.stops
    heard.stage.tap("skip")
    heard.rest()
    assert not heard.stage.model.shown.spoken
    assert heard.voice.stops > stops


def test_with_the_curtain_drawn_keys_and_voice_lead_to_a_rating(heard: Heard) -> None:
    heard.stage.to("serving")
    heard.rest()
    heard.stage.model.toggleLook("curtain")
    assert "画面已关闭" in heard.last()
    picture = heard.stage.picture()
    assert {picture.pixelColor(x, y).lightness() for x in range(0, 1280, 9) for y in range(0, 500, 9)} == {0}
    for name in ("rate_now", "level.very_dissatisfied", "reason.1", "submit"):
        choose(heard.stage, name)
    until(lambda: heard.stage.model.shown.page == "thanks", "the rating is taken")
    assert heard.stage.terminal.drafts[-1].body["level"] == "very_dissatisfied"
    assert "谢谢您" in heard.last()


# -- words -------------------------------------------------------------------------------------------------------------


def test_numbers_masks_and_receipts_are_said_as_they_are_read(words: Words) -> None:
    zh, en = words.texts["zh-CN"], words.texts["en"]
    assert speakable("3412•••••0178", zh) == "3412，中间几位不读，0178"
    assert speakable("办件编号 34120****", zh) == "办件编号 3 4 1 2 0，中间几位不读，"
    assert speakable("8FMY-7MW1-9S7B", en) == "8 F M Y, 7 M W 1, 9 S 7 B"
    assert speakable("09:00–12:00", zh) == "09:00至12:00"
    assert said(["谢谢您", "", "再见。"], zh) == "谢谢您。再见。"
    assert said(["Thank you", "Welcome?"], en) == "Thank you. Welcome?"


def test_a_stop_is_said_with_what_it_is(words: Words) -> None:
    en = words.texts["en"]
    found = [
        stop_said(Stop("A", role, on), en) for role in ("button", "choice", "switch", "field") for on in (False, True)
    ]
    assert found[::2] == ["A, button", "A, not chosen", "A, off", "A, text field"]
    assert found[1::2] == ["A, button", "A, chosen", "A, on", "A, text field"]


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT])
def test_on_every_screen_there_is_everything_written_is_said(
    make_stage: Callable[..., Stage], size: tuple[int, int]
) -> None:
    heard = Heard(make_stage(size), speech=())
    stage, missing = heard.stage, {}
    for place in stages(stage.terminal, stage.window):
        sheet = stage.model.shown.sheet
        heard.rest()
        if stage.model.shown.spoken:
            stage.model.toggleLook("spoken")
            heard.rest()
        asked(heard)
        assert stage.model.shown.sheet == sheet
        words, (text, _, _) = stage.model.shown.words, heard.voice.said[-1]
        found = [one for one in everything_written(stage) if speakable(one, words) not in text]
        if found:
            missing[place] = found
    assert missing == {}
