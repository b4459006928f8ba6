"""Writing with the keyboard in the scene, and that it forgets."""

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QLibraryInfo, Qt, QVersionNumber
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from kiosk.core.receipt import receipt_code
from kiosk.core.view import Earlier
from kiosk.ui.keyboard import forget_typing, learnt
from tests.ui.stage import LANDSCAPE, PORTRAIT, Stage, rectangle, until


def text_of(item: QQuickItem) -> str:
    text = item.property("text")
    return text if isinstance(text, str) else ""


def keys(stage: Stage) -> dict[str, QQuickItem]:
    """The keys in view, by what stands on them."""
    found = {}
    for item in stage.all_items():
        face = item.property("displayText")
        if isinstance(face, str) and item.property("keyType") is not None:
            found[face] = item
    return found


def press(stage: Stage, key: str) -> None:
    until(lambda: key in keys(stage), f"the key {key}")
    stage.tap_at(rectangle(keys(stage)[key]).center())


def candidate_view(stage: Stage) -> QQuickItem:
    return next(item for item in stage.all_items() if item.objectName() == "wordCandidateView")


def candidates(stage: Stage) -> list[tuple[str, QQuickItem]]:
    """The words offered, from the left."""
    pending, found = [candidate_view(stage)], []
    while pending:
        item = pending.pop()
        if text_of(item) and item.isVisible():
            found.append((text_of(item), item))
        pending.extend(item.childItems())
    return sorted(found, key=lambda one: rectangle(one[1]).left())


def spell(stage: Stage, pinyin: str, into: str = "comment.field") -> list[str]:
    """Type a spelling and give the words that are offered for it."""
    field = stage.items()[into]
    for letter in pinyin:
        before = field.property("preeditText")
        press(stage, letter)
        until(lambda before=before: field.property("preeditText") != before, "the letter arrived")
    stage.settle()
    until(lambda: candidates(stage), "words are offered")
    stand_still(stage)
    return [word for word, _ in candidates(stage)]


def stand_still(stage: Stage) -> None:
    """The list has made all it makes in the background: Qt grumbles when it is emptied before that."""
    counts: list[int] = []

    def still() -> bool:
        counts.append(len(candidate_view(stage).property("contentItem").childItems()))
        return len(counts) > 12 and len(set(counts[-12:])) == 1

    until(still, "the list of words stands still")


def choose(stage: Stage, word: str) -> None:
    stand_still(stage)
    item = next(item for text, item in candidates(stage) if text == word)
    stage.tap_at(rectangle(item).center())


def write(stage: Stage, panel: str = "comment") -> None:
    if panel == "contact" and not stage.model.shown.contact_offered:
        stage.tap("reason.0")  # a call back is offered once there is something to call about
    stage.tap(panel)
    until(lambda: QGuiApplication.inputMethod().isVisible(), "the keyboard is there")
    until(lambda: keys(stage), "the keys are there")
    stage.settle()


def walk_off(stage: Stage) -> None:
    """Leave in the middle of writing: the screen asks whether somebody is still there, and then the visit ends."""
    while stage.model.shown.page == "explaining":
        stage.terminal.wait(10_000_000)


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT])
def test_nihao_becomes_chinese_in_the_comment(make_stage, size: tuple[int, int]) -> None:
    stage = make_stage(size)
    stage.to("explaining")
    write(stage)
    assert "你好" in spell(stage, "nihao")
    choose(stage, "你好")
    until(lambda: stage.terminal.situation.visit.comment == "你好", "the comment arrived")
    assert stage.model.shown.counter == "2/150"
    stage.tap("panel.done")
    assert stage.model.shown.panel == ""
    stage.tap("submit")
    assert stage.terminal.drafts[-1].personal.fields == {"comment": "你好"}


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT])
@pytest.mark.parametrize("panel", ["comment", "contact"])
def test_the_field_stands_above_the_keyboard(make_stage, size: tuple[int, int], panel: str) -> None:
    stage = make_stage(size)
    stage.to("explaining")
    write(stage, panel)
    top = min(rectangle(key).top() for key in keys(stage).values())
    field = rectangle(stage.items()[f"{panel}.field"])
    assert field.height() > 0
    assert field.top() > 0
    assert field.bottom() < top


def test_a_number_is_typed_with_the_keyboard(stage: Stage) -> None:
    stage.to("explaining")
    write(stage, "contact")
    for digit in "13800138000":
        press(stage, digit)
    until(lambda: stage.terminal.situation.visit.contact == "13800138000", "the number arrived")
    stage.tap("panel.done")
    stage.tap("submit")
    assert stage.terminal.drafts[-1].personal.fields == {"contact": "13800138000"}


def test_an_unclear_number_gets_a_kind_hint(stage: Stage) -> None:
    stage.to("explaining")
    write(stage, "contact")
    press(stage, "1")
    stage.tap("panel.done")
    stage.tap("submit")
    until(lambda: stage.model.shown.hint.startswith("电话号码好像不完整"), "the hint")
    write(stage, "contact")
    stage.tap("panel.clear")
    stage.tap("panel.done")
    stage.tap("submit")
    until(lambda: stage.model.shown.page == "thanks", "the thanks")


def test_the_next_citizen_finds_the_fields_empty(stage: Stage) -> None:
    stage.to("explaining")
    write(stage)
    spell(stage, "nihao")
    choose(stage, "你好")
    spell(stage, "ma")  # walks off in the middle of a word
    QGuiApplication.clipboard().setText("你好")
    walk_off(stage)
    assert QGuiApplication.clipboard().text() == ""
    assert not QGuiApplication.inputMethod().isVisible()
    stage.to("explaining")
    write(stage)
    field = stage.items()["comment.field"]
    assert (field.property("text"), field.property("preeditText")) == ("", "")
    assert not field.property("canUndo")
    assert not field.property("canRedo")
    assert stage.terminal.situation.visit.comment == ""


def put_together(stage: Stage) -> str:
    """Make a name the dictionary does not have, character by character: this is what the engine learns."""
    spell(stage, "wangmin")
    choose(stage, "王")
    field = stage.items()["comment.field"]
    until(lambda: "王" in str(field.property("preeditText")), "the first character was taken")
    until(lambda: any(word == "抿" for word, _ in candidates(stage)), "the second is offered")
    choose(stage, "抿")
    until(lambda: not field.property("preeditText"), "the name was taken")
    return "王抿"


def the_next_citizen_is_offered(stage: Stage) -> list[str]:
    stage.tap("panel.done")
    stage.tap("submit")
    stage.tap("leave")
    assert [path.stat().st_size for path in learnt().rglob("*") if path.is_file()] == [0]
    stage.to("explaining")
    write(stage)
    return spell(stage, "wangmin")


def test_the_keyboard_learns_nothing_from_one_citizen_to_the_next(stage: Stage) -> None:
    stage.to("explaining")
    write(stage)
    name = put_together(stage)
    assert name not in spell(stage, "wangmin")
    choose(stage, "王")
    assert name not in the_next_citizen_is_offered(stage)


def test_without_our_hint_the_engine_would_offer_the_name_to_the_next(stage: Stage) -> None:
    """The mutant that shows that the test above bites, and that wiping the files alone would not do: seen with Qt 6.11,
    while the engines of 6.7 and 6.9 do not offer it even so.
    """
    stage.to("explaining")
    write(stage)
    field = stage.items()["comment.field"]
    hints = field.property("inputMethodHints")
    stage.tap("panel.done")
    field.setProperty("inputMethodHints", Qt.InputMethodHint.ImhNone)
    write(stage)
    name = put_together(stage)
    learns = QLibraryInfo.version() >= QVersionNumber(6, 10)
    assert (name in the_next_citizen_is_offered(stage)) == learns
    field.setProperty("inputMethodHints", hints)


def test_what_was_learnt_all_the_same_is_wiped_with_the_visit(stage: Stage) -> None:
    stage.to("explaining")
    write(stage)
    secret = learnt() / "pinyin" / "usr_dict.dat"
    secret.write_text("你好")
    (learnt() / "hunspell").mkdir()
    (learnt() / "hunspell" / "words.dic").write_text("secret")
    walk_off(stage)
    assert secret.read_bytes() == b""
    assert not (learnt() / "hunspell").exists()


def test_what_the_keyboard_learns_lies_in_the_scratch_folder(app: QGuiApplication) -> None:
    forget_typing()
    assert learnt().parent.name.startswith("kiosk-ui-")
    assert Path.home() / ".config" not in learnt().parents


def test_a_comment_ends_at_150_characters_and_never_in_half_a_character(stage: Stage) -> None:
    stage.to("explaining")
    write(stage)
    field = stage.items()["comment.field"]
    field.setProperty("text", "好" * 149 + "𠮷")
    until(lambda: len(stage.terminal.situation.visit.comment) >= 149, "the comment arrived")
    stage.terminal.situation.visit.comment.encode("utf-8")
    assert field.property("length") == 150


def test_the_enter_key_is_done_and_adds_no_line(stage: Stage) -> None:
    stage.to("explaining")
    write(stage)
    QTest.keyClick(stage.window, Qt.Key.Key_Return)
    QCoreApplication.processEvents()
    assert stage.model.shown.panel == ""
    assert stage.terminal.situation.visit.comment == ""


def test_typing_gives_time(stage: Stage) -> None:
    stage.to("explaining")
    write(stage)
    stage.terminal.now_ms += 50_000
    spell(stage, "n")  # a letter that is not yet a word
    assert stage.terminal.situation.deadline_ms == stage.terminal.now_ms + stage.terminal.situation.terms.explaining_ms


def test_digits_and_english_are_one_key_away(stage: Stage) -> None:
    stage.to("explaining")
    write(stage)
    field = stage.items()["comment.field"]
    press(stage, "&123")
    press(stage, "7")
    until(lambda: field.property("text") == "7", "the digit arrived")
    press(stage, "ABC")
    press(stage, "zh")
    until(lambda: "en" in keys(stage), "the keyboard is English")
    press(stage, "q")
    until(lambda: "".join([field.property("text"), field.property("preeditText")]) == "7q", "the letter arrived")
    stage.tap("panel.done")
    until(lambda: stage.terminal.situation.visit.comment == "7q", "the comment arrived")


def test_a_word_still_being_spelt_is_taken_when_the_citizen_is_done(stage: Stage) -> None:
    stage.to("explaining")
    write(stage)
    spell(stage, "nihao")
    stage.answer_later()
    stage.tap("panel.done")
    stage.rest()
    assert stage.terminal.situation.visit.comment == "你好"


def test_a_word_still_being_spelt_for_an_earlier_rating_is_sent_with_it(stage: Stage) -> None:
    stage.to("ready")
    stage.terminal.answer = Earlier("found")
    stage.model.openSheet("receipt")
    for character in receipt_code("0" * 64).replace("-", ""):
        stage.model.deskType(character)
    stage.model.deskAsk()
    until(lambda: stage.model.shown.desk_step == "answer", "the answer")
    stage.model.deskBegin("add")
    until(lambda: QGuiApplication.inputMethod().isVisible(), "the keyboard is there")
    until(lambda: keys(stage), "the keys are there")
    stage.settle()
    spell(stage, "nihao", "desk.field")
    stage.tap("desk.go")
    until(lambda: stage.model.shown.desk_step == "kept", "it is kept")
    assert stage.terminal.drafts[-1].personal.fields == {"words": "你好"}
