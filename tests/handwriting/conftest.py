"""The model, loaded once."""

import pytest

from kiosk import handwriting
from kiosk.handwriting.recogniser import Recogniser
from tests.handwriting.hands import Strokes, load_strokes


@pytest.fixture(scope="session")
def recogniser() -> Recogniser:
    model = handwriting.model_path()
    assert model is not None, "the model is not here: `python3 build/dev.py setup` fetches it"
    return Recogniser(model)


@pytest.fixture(scope="session")
def characters() -> dict[str, Strokes]:
    return load_strokes()
