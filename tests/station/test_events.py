"""The event stream: the state first, then each change, to everyone who listens."""

import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from kiosk.core import events as e
from kiosk.core.levels import Level
from kiosk.station.limits import Limits
from tests.station.house import TOKEN, House
from tests.station.waiting import eventually


class Stream:
    """Reads server-sent events, one block at a time."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.response = response

    def block(self) -> dict[str, str]:
        """The fields of the next block; a comment has the empty name. Empty at the end of the stream."""
        fields = {}
        while line := self.response.readline().decode().rstrip("\n"):
            name, _, value = line.partition(": ")
            fields[name] = value
        return fields

    def state(self) -> dict[str, Any]:
        """The next state."""
        while "data" not in (block := self.block()):
            assert block, "the stream ended"
        return dict(json.loads(block["data"]), id=int(block["id"]))


@contextmanager
def listening(house: House) -> Iterator[Stream]:
    connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=60)
    connection.request("GET", "/v1/events", headers={"Authorization": f"Bearer {TOKEN}"})
    response = connection.getresponse()
    try:
        assert response.status == 200
        assert (response.getheader("content-type") or "").startswith("text/event-stream")
        yield Stream(response)
    finally:
        response.close()
        connection.close()


def test_the_first_event_is_the_state_now_and_each_change_is_one_more(house: House) -> None:
    house.terminal.show_unsent(3, 10)
    with listening(house) as stream:
        first = stream.state()
        assert {key: first[key] for key in first if key != "id"} == house.call("GET", "/v1/state").json
        visit_id = house.start()
        seen = [stream.state()]
        while seen[-1]["state"] != "serving":
            seen.append(stream.state())
        house.call("POST", f"/v1/visits/{visit_id}/invitation")
        house.terminal.submit(e.AskToRate())  # refused, so no change and no event
        assert (after := stream.state())["state"] == "inviting"
        assert [state["id"] for state in (first, *seen, after)] == list(range(first["id"], after["id"] + 1))


def test_what_a_citizen_writes_is_no_change_of_the_state(house: House) -> None:
    visit_id = house.start()
    house.call("POST", f"/v1/visits/{visit_id}/invitation")
    with listening(house) as stream:
        first = stream.state()
        house.terminal.submit(e.TapLevel(Level.VERY_DISSATISFIED))
        assert stream.state()["state"] == "explaining"
        for text in ("慢", "慢了", "太慢了"):
            house.terminal.submit(e.WriteComment(text))
        house.terminal.submit(e.Submit())
        seen = [stream.state()]
        while seen[-1]["state"] != "thanks":
            seen.append(stream.state())
        assert seen[-1]["visit"]["outcome"] == "rated"
        assert seen[-1]["id"] <= first["id"] + 3


def test_the_age_of_what_is_unsent_counts_by_the_minute(house: House) -> None:
    house.terminal.show_unsent(1, 1)
    with listening(house) as stream:
        assert stream.state()["oldest_unsent_s"] == 1
        for age in (2, 30, 59, 61):
            house.terminal.show_unsent(1, age)
        assert stream.state()["oldest_unsent_s"] == 61


def test_a_quiet_stream_shows_that_it_lives(make_house: Callable[..., House]) -> None:
    house = make_house(Limits(heartbeat_s=0.02))
    with listening(house) as stream:
        stream.state()
        assert stream.block() == {"": "still here"}
        assert stream.block() == {"": "still here"}


def test_there_is_room_for_so_many_listeners_and_it_is_given_back(make_house: Callable[..., House]) -> None:
    house = make_house(Limits(listeners=2, heartbeat_s=0.02))
    with listening(house) as one, listening(house) as two:
        assert one.state() == two.state()
        refused = house.call("GET", "/v1/events")
        assert (refused.status, refused.code, refused.headers["retry-after"]) == (503, "too_many_listeners", "5")

    def served_again() -> bool:
        answer = http.client.HTTPConnection("127.0.0.1", house.port, timeout=60)
        answer.request("GET", "/v1/events", headers={"Authorization": f"Bearer {TOKEN}"})
        try:
            return answer.getresponse().status == 200
        finally:
            answer.close()

    assert eventually(served_again)


def test_a_listener_who_does_not_read_holds_nobody_up_and_misses_only_the_past(house: House) -> None:
    with listening(house) as stream:
        stream.state()
        for unsent in range(1, 2001):
            house.terminal.show_unsent(unsent, 0)
        assert house.call("GET", "/v1/state").json["unsent"] == 2000
        while stream.state()["unsent"] != 2000:
            pass


def test_closing_the_station_ends_the_streams_and_the_watching(house: House) -> None:
    with listening(house) as stream:
        stream.state()
        assert house.terminal.watchers == 1
        house.station.close(10)
        assert stream.block() == {}
    assert house.terminal.watchers == 0
    assert house.station.bound_port() is None
    house.terminal.show_unsent(1, 1)  # nobody listens, nothing breaks
