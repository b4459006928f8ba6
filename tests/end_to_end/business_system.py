"""A stand-in for a hall's business system: a program of its own, of the standard library alone, that knows the terminal
by its station's HTTP and by nothing else. `python3 -I business_system.py URL TOKEN_FILE`.

It is told what to do by one JSON object a line and answers each with one: what came of it. What it knows of a visit's
end it has from the event stream, which it follows all the while and takes up again when it breaks.
"""

import contextlib
import http.client
import json
import sys
import threading
import time
import urllib.parse

PATIENCE_S = 180.0
SILENCE_S = 45.0
"""The stream shows that it lives every 15 s; one that is silent for longer is broken."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 2.0


class WentWrong(Exception):
    """The station did not do what was asked of it; the message says what it answered."""


class Station:
    """Calls of the station, each repeated until it is answered: a start bears a key, so that it begins one visit only,
    and whatever else is said twice means the same."""

    def __init__(self, url, token_file):
        parts = urllib.parse.urlsplit(url)
        self.address, self.base = (parts.hostname, parts.port), parts.path
        self._token_file = token_file

    def connect(self, timeout_s):
        return http.client.HTTPConnection(*self.address, timeout=timeout_s)

    def head(self):
        with open(self._token_file, encoding="ascii") as file:
            return {"Authorization": f"Bearer {file.read().strip()}"}

    def ask(self, method, path, body=None, key=None):
        """Status and content of the answer. Raises WentWrong where none comes."""
        end, pause_s = time.monotonic() + PATIENCE_S, FIRST_PAUSE_S
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException):
                status, content, wait_s = self._once(method, path, body, key)
                if status not in (429, 503) or not wait_s:
                    return status, content
                pause_s = wait_s
            if time.monotonic() > end:
                raise WentWrong(f"{method} {path} was never answered")
            threading.Event().wait(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def must(self, method, path, body=None, key=None):
        """The content of a good answer. Raises WentWrong for any other."""
        status, content = self.ask(method, path, body, key)
        if status >= 300:
            raise WentWrong(f"{method} {path} was answered with {status}: {content}")
        return content

    def _once(self, method, path, body, key):
        head = self.head()
        if body is not None:
            head["Content-Type"] = "application/json"
        if key is not None:
            head["Idempotency-Key"] = key
        connection = self.connect(PATIENCE_S)
        try:
            connection.request(method, self.base + path, None if body is None else json.dumps(body).encode(), head)
            answer = connection.getresponse()
            text = answer.read()
            retry = answer.getheader("Retry-After")
            return answer.status, json.loads(text) if text else None, float(retry) if retry else 0.0
        finally:
            connection.close()


class Events:
    """Follows the stream on a thread of its own. `ended`: outcome by visit; `order`: visits as they were first seen;
    `calls`: the queue numbers that were shown as called; `broken`: how often the stream had to be taken up again."""

    def __init__(self, station):
        self._station = station
        self._news = threading.Condition()
        self._connection = None
        self.state, self.ended, self.order, self.calls, self.broken = None, {}, [], [], 0
        threading.Thread(target=self._follow, daemon=True).start()

    def wait(self, what, holds):
        """Until `holds()` is true, looked at whenever there is news; gives what it gave."""
        end = time.monotonic() + PATIENCE_S
        with self._news:
            while not (found := holds()):
                if not self._news.wait(end - time.monotonic()):
                    raise WentWrong(f"the stream did not show {what}; it shows {self.state}")
            return found

    def drop(self):
        """Lose the connection, as a switch does that is begun anew."""
        connection = self._connection
        if connection is not None and connection.sock is not None:
            with contextlib.suppress(OSError):
                connection.sock.shutdown(2)

    def _follow(self):
        pause_s = FIRST_PAUSE_S
        while True:
            with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
                if self._read():
                    pause_s = FIRST_PAUSE_S
            with self._news:
                self.broken += 1
            threading.Event().wait(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    def _read(self):
        """Read until the stream ends; whether it brought a state."""
        self._connection = connection = self._station.connect(SILENCE_S)
        brought = False
        try:
            connection.request("GET", self._station.base + "/events", headers=self._station.head())
            answer = connection.getresponse()
            if answer.status != 200:
                return False
            while line := answer.readline():
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name == "data":
                    self._take(json.loads(value))
                    brought = True
        finally:
            connection.close()
        return brought

    def _take(self, state):
        with self._news:
            self.state = state
            visit = state["visit"]
            if visit is not None:
                if visit["visit_id"] not in self.order:
                    self.order.append(visit["visit_id"])
                if visit["outcome"] is not None:
                    self.ended[visit["visit_id"]] = visit["outcome"]
            if state.get("called") and state["called"] not in self.calls[-1:]:
                self.calls.append(state["called"])
            self._news.notify_all()


class BusinessSystem:
    """What the clerk's work makes it do. Each method is an order, by its name."""

    def __init__(self, station, events):
        self._station, self._events = station, events

    def sign_in(self, number, pin):
        """A clerk sits down."""
        return self._station.must("PUT", "/staff", {"number": number, "pin": pin})["staff"]

    def start(self, key, body, twice=False):
        """Begin a visit; `twice`: as if the answer had been lost, which must begin no second one."""
        visit = self._station.must("POST", "/visits", body, key)
        if twice:
            again = self._station.must("POST", "/visits", body, key)
            if again["visit_id"] != visit["visit_id"]:
                raise WentWrong(f"the same start began {visit['visit_id']} and {again['visit_id']}")
        return visit["visit_id"]

    def start_refused(self, key, body):
        """Try to begin one over a visit that runs; the status."""
        return self._station.ask("POST", "/visits", body, key)[0]

    def invite(self, visit_id):
        """The service is over."""
        return self._station.must("POST", f"/visits/{visit_id}/invitation")["state"]

    def call(self, number):
        """The next one, please."""
        return self._station.must("POST", "/calls", {"number": number})["state"]

    def cancel(self, visit_id, reason):
        """End it without a rating; the status."""
        return self._station.ask("POST", f"/visits/{visit_id}/cancellation", {"reason": reason})[0]

    def pause(self, body):
        """Away from the window, and back again; the states that the stream showed."""
        self._station.must("PUT", "/pause", body)
        paused = self._events.wait("a pause", lambda: self._events.state["state"] == "paused" and self._events.state)
        self._station.must("DELETE", "/pause")
        rest = self._events.wait("an end of it", lambda: self._events.state["state"] != "paused" and self._events.state)
        return [paused["state"], rest["state"]]

    def until_ended(self, visit_id):
        """The outcome, when the stream has shown it."""
        return self._events.wait(f"an end of {visit_id}", lambda: self._events.ended.get(visit_id))

    def until_state(self, states):
        """One of these states, when the stream shows it."""
        return self._events.wait(f"one of {states}", lambda: (s := self._events.state) and s["state"] in states and s)

    def until_new(self, known):
        """The visit that somebody else has begun, when the stream shows it: the first that is not `known`."""
        return self._events.wait("a new visit", lambda: next((v for v in self._events.order if v not in known), None))

    def drop(self):
        """Lose the stream, and have it again; how often that has been so."""
        before = self._events.broken
        self._events.drop()
        return self._events.wait("a broken stream", lambda: self._events.broken > before and self._events.broken)

    def report(self):
        """What the stream has told so far."""
        return {"ended": self._events.ended, "calls": self._events.calls, "broken": self._events.broken}


def main():
    url, token_file = sys.argv[1:]
    station = Station(url, token_file)
    system = BusinessSystem(station, Events(station))
    for line in sys.stdin:
        order = json.loads(line)
        try:
            answer = {"answer": getattr(system, order.pop("do"))(**order)}
        except WentWrong as fault:
            answer = {"fault": str(fault)}
        print(json.dumps(answer), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
