"""A terminal's link to a phone, and phones without script: they keep a cookie, follow ways back, press buttons."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

from kiosk.core.phone_link import PATH, PhoneLink, write_token
from tests.central.stand_in import Answer, Central, Terminal

VISIT = "5e" * 16
FORM = {"content-type": "application/x-www-form-urlencoded"}


def token_of(terminal: Terminal, visit_id: str = VISIT, issued_s: int | None = None, device_id: str = "") -> str:
    """The link that this terminal shows of a visit."""
    link = PhoneLink(
        device_id or terminal.device_id, visit_id, terminal.central.now_ms // 1000 if issued_s is None else issued_s
    )
    return write_token(link, terminal.key.sign(link.signed()))


@dataclass
class Phone:
    """A browser with a jar of its own."""

    central: Central
    token: str
    language: str = "zh-CN"
    jar: dict[str, str] = field(default_factory=dict)
    said: list[Answer] = field(default_factory=list)

    def open(self, query: str = "", token: str = "", **headers: str) -> Answer:
        """Open the link, or load the page again."""
        return self._call("GET", f"{PATH}{token or self.token}{query}", headers, b"")

    def press(self, step: str, **fields: str | list[str]) -> Answer:
        """Send a form; the page to which the answer leads, or the answer itself if it is a page."""
        body = urlencode({"step": step, **fields}, doseq=True).encode()
        answer = self._call("POST", f"{PATH}{self.token}?lang={self.language}", FORM, body)
        if answer.status != 303:
            return answer
        assert answer.headers["location"] == f"?lang={self.language}"
        return self.open(answer.headers["location"])

    def rate(self, letter: str = "b", **why: str | list[str]) -> Answer:
        """All steps, from a link that nobody has opened."""
        self.press("begin")
        self.press("level", level=letter)
        return self.press("why", **why)

    def _call(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        cookies = {"cookie": "; ".join(f"{name}={value}" for name, value in self.jar.items())} if self.jar else {}
        answer = self.central.call(method, path, {"accept-language": self.language, **headers, **cookies}, body)
        if "set-cookie" in answer.headers:
            name, _, value = answer.headers["set-cookie"].partition(";")[0].partition("=")
            self.jar[name] = value
        self.said.append(answer)
        return answer


def title(answer: Answer) -> str:
    """The heading of a page."""
    found = re.search(r"<h1>([^<]*)</h1>", answer.body.decode())
    assert found is not None, answer.body
    return found[1]


def receipt_on(answer: Answer) -> str:
    """The receipt that the last page shows."""
    found = re.search(r'class="receipt">([^<]*)<', answer.body.decode())
    assert found is not None, title(answer)
    return found[1]


def phone_visit(terminal: Terminal, visit_id: str = VISIT) -> Answer:
    """What central tells the terminal."""
    return terminal.call("GET", f"/api/v1/device/phone-visits/{visit_id}")


def close(terminal: Terminal, visit_id: str = VISIT) -> Answer:
    """The terminal takes the visit back."""
    return terminal.call("POST", f"/api/v1/device/phone-visits/{visit_id}/closure", b"{}")
