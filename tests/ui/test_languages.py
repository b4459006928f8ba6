"""A language more is one file more; and one that nobody speaks shows that nothing is cut and nothing untranslated."""

import dataclasses
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtQuick import QQuickItem

from kiosk.ui.gallery import COMMENT, CONTACT, stages
from kiosk.ui.key_walk import is_stop, top_layer
from kiosk.ui.words import Words, load_words
from tests.ui.conftest import ASSETS
from tests.ui.pseudo import pseudo, write_pseudo
from tests.ui.stage import LANDSCAPE, PORTRAIT, Stage, rectangle, written

TAG = "x-pseudo"
CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4})+")
BRACKETED = re.compile(r"⟦[^⟦⟧]*⟧")


@pytest.fixture(scope="session")
def three_languages(tmp_path_factory: pytest.TempPathFactory) -> Words:
    folder = tmp_path_factory.mktemp("translations")
    for path in (ASSETS / "translations").glob("*.json"):
        shutil.copy(path, folder)
    write_pseudo(ASSETS / "translations" / "en.json", folder, TAG)
    return load_words(folder)


def texts(stage: Stage) -> Iterator[QQuickItem]:
    """Every text in view, and what stands on it; the keys of Qt's keyboard are its own."""
    for item in stage.all_items():
        text = item.property("text")
        if isinstance(text, str) and text and item.property("truncated") is not None and not _of_the_keyboard(item):
            yield item


def _of_the_keyboard(item: QQuickItem | None) -> bool:
    return item is not None and (
        item.metaObject().className().startswith(("InputPanel", "Keyboard_QMLTYPE"))
        or _of_the_keyboard(item.parentItem())
    )


def walked(stage: Stage) -> Iterator[str]:
    for name in stages(stage.terminal, stage.window):
        if name.startswith("technician-"):
            continue  # for technicians alone, whose doctor speaks two languages; test_technician measures it
        shown = stage.model.shown
        if shown.language != TAG:
            stage.model.chooseLanguage(TAG)
            stage.model.openSheet(shown.sheet)
        QCoreApplication.processEvents()
        stage.settle()
        yield name


def strings(value: object) -> Iterator[str]:
    """Every string in the profile's scene and in the terminal's situation."""
    match value:
        case str():
            yield value
        case Mapping():
            for key, one in value.items():
                yield from (*strings(key), *strings(one))
        case tuple() | list() | frozenset():
            for one in value:
                yield from strings(one)
        case _ if dataclasses.is_dataclass(value):
            for one in dataclasses.fields(value):
                yield from strings(getattr(value, one.name))


def foreign(stage: Stage, words: Words) -> list[str]:
    """What may stand there unbracketed: the hall's own words, the citizen's, other languages' names and levels."""
    found = {*strings(stage.terminal.scene), *strings(stage.terminal.situation), COMMENT, CONTACT}
    found |= {text for one in stage.terminal.technicians.values() for text in (one.name, one.number)}
    found |= {stage.terminal.answer.reply, words.text("zh-CN", "language.name"), words.text("en", "language.name")}
    found |= {words.text("zh-CN", key) for key in words.texts["zh-CN"] if key.startswith("level.")}
    found |= {"A018", "A019"}  # typed by a clerk
    found |= {one for text in found for one in text.splitlines()}
    return sorted((one for one in found if one), key=len, reverse=True)


def untranslated(text: str, known: list[str]) -> str:
    """What of it is neither in brackets nor known."""
    rest = BRACKETED.sub("", CODE.sub("", text))
    for one in known:
        rest = rest.replace(one, "")
    return rest if any(sign.isalpha() for sign in rest) and len(rest.strip()) > 1 else ""


def beside_the_console(text: str) -> str:
    """Without the lines that the staff menu has from the console, whose words may lack a language of the screen."""
    said = load_words(ASSETS / "translations" / "clerk").texts["zh-CN"]
    ours = [one for key, one in said.items() if key.startswith(("cancel.", "figures.", "reminder."))]
    shapes = [re.sub(r"\\\{\w+\\\}", ".+", re.escape(one)) for one in ours]
    return "\n".join(line for line in text.splitlines() if not any(re.fullmatch(shape, line) for shape in shapes))


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT])
def test_no_screen_shows_a_text_that_is_not_in_the_file(
    make_stage: Callable[..., Stage], three_languages: Words, size: tuple[int, int]
) -> None:
    stage = make_stage(size, words=three_languages)
    wrong = {}
    for place in walked(stage):
        known = foreign(stage, three_languages)
        seen = {beside_the_console(item.property("text")) for item in texts(stage)}
        found = sorted(text for text in seen if untranslated(text, known))
        if found:
            wrong[place] = found
    assert wrong == {}


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT])
def test_a_third_longer_and_yet_nothing_is_cut(
    make_stage: Callable[..., Stage], three_languages: Words, size: tuple[int, int]
) -> None:
    stage = make_stage(size, words=three_languages)
    whole = stage.root.mapRectToScene(stage.root.boundingRect()).toRect()
    wrong = {}
    for place in walked(stage):
        layer = set(top_layer(stage.root))
        found = [item for item in texts(stage) if item in layer and "⟦" in item.property("text")]
        cut = [item.property("text") for item in found if item.property("truncated")]
        cut += [item.property("text") for item in found if not whole.contains(written(item))]
        cut += [item.property("text") for item in found if _beyond_its_button(item)]
        if cut:
            wrong[place] = cut
    assert wrong == {}


def _beyond_its_button(item: QQuickItem) -> bool:
    around = item.parentItem()
    while around is not None and not is_stop(around):
        around = around.parentItem()
    return around is not None and not rectangle(around).adjusted(-1, -1, 1, 1).contains(written(item))


def test_a_third_language_is_chosen_from_a_list_and_comes_home_after_the_visit(
    make_stage: Callable[..., Stage], three_languages: Words
) -> None:
    stage = make_stage(words=three_languages)
    stage.to("inviting")
    stage.tap("language")
    assert stage.model.shown.sheet == "languages"
    stage.tap(f"language.{TAG}")
    assert (stage.model.shown.language, stage.model.shown.sheet) == (TAG, "")
    assert stage.model.shown.level_labels[0] == pseudo("Very satisfied")
    stage.tap("skip")
    assert stage.model.shown.language == "zh-CN"


def test_a_third_language_shows_the_hall_s_words_in_the_column_its_file_names(
    make_stage: Callable[..., Stage], three_languages: Words
) -> None:
    stage = make_stage(words=three_languages)
    stage.to("ready")
    stage.model.chooseLanguage(TAG)
    assert stage.model.shown.hall == stage.terminal.scene.hall_en
    stage.terminal.set_scene(dataclasses.replace(stage.terminal.scene, hall_en=""))
    assert stage.model.shown.hall == stage.terminal.scene.hall


def test_a_third_language_can_be_home(tmp_path: Path) -> None:
    for path in (ASSETS / "translations").glob("*.json"):
        shutil.copy(path, tmp_path)
    write_pseudo(ASSETS / "translations" / "en.json", tmp_path, TAG)
    words = load_words(tmp_path, home=TAG)
    assert (words.home, words.beside("en")) == (TAG, TAG)


def test_the_language_nobody_speaks_keeps_places_and_grows_by_a_third() -> None:
    assert pseudo("Case {number}") == "⟦Çäšé {number}··⟧".replace("··", "·" * (round(13 * 1.35) - 15))
    assert pseudo("{count}/{limit}") == "{count}/{limit}"
    assert len(pseudo("Please choose a reason")) >= round(22 * 1.35)
