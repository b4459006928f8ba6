"""The phone's page in a real browser of a phone's size, without script: whole ways, and the ways that lead nowhere."""

import base64
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.core.phone_link import PATH, PhoneLink, write_token
from kiosk.protocol.phone import LINK_AGE_S
from tests.central.browser import LIMIT_S, SIZE, Browser, phone_browser, settled

ROOT = Path(__file__).parents[2]
WORDS = {
    language: json.loads((ROOT / "assets" / "translations" / "phone" / f"{language}.json").read_text(encoding="utf-8"))
    for language in ("zh-CN", "en")
}


START = "input[value=begin] ~ button"
LEVELS = "button[name=level]"
"""What tells the first two pages apart, whose heading is the same."""


@dataclass
class Hall:
    """A real central on a real socket, and a terminal of it that signs links."""

    address: str
    token: str
    device_id: str
    key: Ed25519PrivateKey

    def link(self, age_s: int = 0) -> str:
        """The address that a terminal would show of a new visit."""
        link = PhoneLink(self.device_id, uuid.uuid4().hex, int(time.time()) - age_s)
        return self.address + PATH + write_token(link, self.key.sign(link.signed()))

    def ratings(self) -> list[dict[str, object]]:
        """Newest first."""
        asked = Request(f"{self.address}/api/v1/ratings?limit=1000", headers={"authorization": f"Bearer {self.token}"})
        with urlopen(asked, timeout=LIMIT_S) as answer:
            return list(reversed(json.load(answer)["items"]))


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    data = tmp_path_factory.mktemp("central")
    arguments = ["central", "--data", str(data), "--port", "0", "--sample"]
    with subprocess.Popen(
        [sys.executable, "-m", "kiosk", *arguments], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as server:
        try:
            assert server.stdout is not None
            address = server.stdout.readline().rpartition(" ")[2].strip()
            yield _enrolled(address, (data / "admin.token").read_text(encoding="ascii").strip())
        finally:
            server.terminate()


def _enrolled(address: str, token: str) -> Hall:
    key = Ed25519PrivateKey.generate()
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}

    def post(path: str, body: object) -> dict[str, str]:
        asked = Request(f"{address}/api/v1{path}", json.dumps(body).encode(), headers)
        with urlopen(asked, timeout=LIMIT_S) as answer:
            return dict(json.load(answer))

    code = post("/enrolment-codes", {"hall": "FY-ZWZX", "window": "A01", "mode": "hall"})["code"]
    return Hall(address, token, post("/enrolments", {"code": code, "public_key": public})["device_id"], key)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with phone_browser(tmp_path_factory.mktemp("browser")) as found:
        yield found


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where pictures go: KIOSK_PICTURES, for somebody to look at them."""
    found = Path(os.environ.get("KIOSK_PICTURES") or tmp_path)
    found.mkdir(parents=True, exist_ok=True)
    return found


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_citizen_rates_reloads_and_goes_back_and_has_rated_once(
    hall: Hall, browser: Browser, pictures: Path, language: str
) -> None:
    words, link, before = WORDS[language], hall.link(), len(hall.ratings())
    browser.open(f"{link}?lang={language}")
    browser.has(START, 1)
    browser.shows("h1", words["begin.title"])
    browser.picture(pictures / f"begin-{language}.png")
    browser.press("button.go")
    browser.has(LEVELS, 5)
    _five_alike(browser)
    browser.picture(pictures / f"level-{language}.png")
    browser.reload()
    browser.has(LEVELS, 5)

    browser.press("button", 4)
    browser.shows("h1", words["why.title"])
    browser.press("button.go")
    browser.shows(".hint", words["why.reason_needed"])
    browser.picture(pictures / f"hint-{language}.png")
    browser.press("a.again")
    browser.has(LEVELS, 5)
    browser.press("button", 3)
    browser.shows("h1", words["why.title"])
    browser.picture(pictures / f"why-{language}.png")
    browser.press("label.pick")
    browser.write("textarea", "等了两个小时 & <b>")
    browser.picture(pictures / f"written-{language}.png")
    browser.press("button.go")
    browser.shows("h1", words["thanks.title"])
    receipt = browser.texts(".receipt")
    browser.picture(pictures / f"thanks-{language}.png")

    browser.reload()
    browser.shows("h1", words["thanks.title"])
    browser.back()
    browser.reload()
    browser.shows("h1", words["thanks.title"])
    browser.open(link)
    browser.shows(".receipt", *receipt)
    found = hall.ratings()
    assert len(found) == before + 1
    assert (found[0]["level"], found[0]["comment"]) == ("dissatisfied", "等了两个小时 & <b>")
    assert len(found[0]["reasons"]) == 1  # type: ignore[arg-type]

    browser.as_another_phone()
    browser.open(f"{link}?lang={language}")
    browser.shows("h1", words["used.title"])
    browser.picture(pictures / f"used-{language}.png")
    assert len(hall.ratings()) == before + 1


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_link_that_another_phone_has_or_that_is_too_old_leads_nowhere(
    hall: Hall, browser: Browser, pictures: Path, language: str
) -> None:
    words, link, before = WORDS[language], hall.link(), len(hall.ratings())
    browser.open(f"{link}?lang={language}")
    browser.press("button.go")
    browser.has(LEVELS, 5)
    browser.as_another_phone()
    browser.reload()
    browser.shows("h1", words["elsewhere.title"])
    browser.picture(pictures / f"elsewhere-{language}.png")
    for address, name in ((hall.link(LINK_AGE_S + 660), "expired"), (f"{hall.address}{PATH}nothing", "invalid")):
        browser.open(f"{address}?lang={language}")
        browser.shows("h1", words[f"{name}.title"])
        assert browser.elements("button") == []
        browser.picture(pictures / f"{name}-{language}.png")
    assert len(hall.ratings()) == before


def test_the_language_is_one_tap_away(hall: Hall, browser: Browser) -> None:
    browser.open(f"{hall.link()}?lang=zh-CN")
    browser.shows("header a", "English")
    browser.press("header a")
    browser.has(START, 1)
    browser.shows("h1", WORDS["en"]["begin.title"])
    browser.press("button.go")
    browser.has(LEVELS, 5)
    browser.shows("h1", WORDS["en"]["level.title"])
    browser.press("header a")
    browser.shows("h1", WORDS["zh-CN"]["level.title"])


def _five_alike(browser: Browser) -> None:
    """Five of one size under each other, each large enough for a thumb, none beyond the edge, and all of them in
    sight where the browser's own bars take an eighth of the glass."""
    places = settled(lambda: [browser.rectangle(browser.element("button", index)) for index in range(5)])
    assert len(browser.elements("button")) == 5
    assert len({(place["x"], place["width"], place["height"]) for place in places}) == 1
    assert places[0]["height"] >= 48
    assert places[0]["x"] >= 0
    assert places[0]["x"] + places[0]["width"] <= SIZE["width"]
    assert places[-1]["y"] + places[-1]["height"] <= SIZE["height"] * 7 / 8
    steps = {round(below["y"] - above["y"], 1) for above, below in pairwise(places)}
    assert len(steps) == 1
