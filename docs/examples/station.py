"""The station API with the standard library alone. Tried with every test run.

python3 station.py ~/.local/share/kiosk/station.token A104 340100 341200202611240178
"""

import json
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Refused(Exception):
    """The terminal said no. `code` is stable; `wait_s` is what it asks to wait before another try, else 0."""

    def __init__(self, code: str, title: str, wait_s: int) -> None:
        super().__init__(f"{title} [{code}]")
        self.code, self.wait_s = code, wait_s


class Station:
    """The terminal of this window."""

    def __init__(self, token: str, url: str = "http://127.0.0.1:7801") -> None:
        self._token, self._url = token, url
        # A proxy of the system's must not get the token.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def call(self, method: str, path: str, body: Any = None, key: str = "") -> Any:
        """One call. Raises Refused, and OSError where the terminal is away."""
        try:
            with self._open(method, path, body, key, 10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            problem = json.load(refusal)
            code = problem["type"].removeprefix("urn:kiosk:problem:")
            raise Refused(code, problem["title"], int(refusal.headers.get("Retry-After") or 0)) from None

    def start(self, matter: str, case_number: str, patience_s: float = 30, **more: Any) -> str:
        """Start a visit and give its id. Tried again under one key, so that it is one visit whatever is lost."""
        key, until = str(uuid.uuid4()), time.monotonic() + patience_s
        body = {"matter": {"code": matter}, "case_number": case_number, **more}
        while True:
            try:
                return str(self.call("POST", "/visits", body, key)["visit_id"])
            except Refused as refusal:
                if refusal.code not in ("busy", "unconfirmed", "too_many") or time.monotonic() > until:
                    raise
            except OSError:
                if time.monotonic() > until:
                    raise
            time.sleep(0.5)

    def states(self) -> Iterator[Any]:
        """The state now and each change of it, for ever: a line that is lost is taken up again."""
        while True:
            try:
                with self._open("GET", "/events", None, "", 40) as stream:  # it shows every 15 s that it lives
                    for line in stream:
                        if line.startswith(b"data: "):
                            yield json.loads(line[6:])
            except OSError:
                pass
            time.sleep(1)

    def _open(self, method: str, path: str, body: Any, key: str, timeout_s: float) -> Any:
        request = urllib.request.Request(f"{self._url}/v1{path}", method=method)
        request.add_header("Authorization", f"Bearer {self._token}")
        if key:
            request.add_header("Idempotency-Key", key)
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(body).encode()
        return self._opener.open(request, timeout=timeout_s)


def main() -> None:
    """One visit: sign in, start, invite, and wait for its end."""
    token_file, staff, matter, case_number, *url = sys.argv[1:]
    station = Station(Path(token_file).read_text("ascii").strip(), *url)
    station.call("PUT", "/staff", {"number": staff})
    visit = station.start(matter, case_number, service_number=1, stage="accepted")
    print("started", visit, flush=True)
    station.call("POST", f"/visits/{visit}/invitation")
    for state in station.states():
        print(state["state"], flush=True)
        if state["visit"] and state["visit"]["visit_id"] == visit and state["visit"]["outcome"]:
            print("ended", state["visit"]["outcome"])  # that it was rated, and never how
            return


if __name__ == "__main__":
    main()
