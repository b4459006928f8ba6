"""The hall's network beside loopback: who comes in over it, who does not, and what neither can take from the other."""

import http.client
import json
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.view import Pairing
from kiosk.protocol.pinning import PinnedConnection, WrongCertificate, look_at_certificate, shown
from kiosk.station.certificate import make_certificate, read_certificate
from kiosk.station.lan import Lan, LanImpossible
from kiosk.station.limits import LAN_CONNECTIONS, LAN_LISTENERS
from kiosk.station.pairing import PairingDesk
from kiosk.station.peers import Peers
from kiosk.station.rate import Rates
from kiosk.station.tls import server_context
from tests.station.house import ORIGIN, TOKEN, UNHURRIED, VISIT, Answer, House
from tests.station.test_events import Stream
from tests.station.waiting import eventually

ADDRESS = "127.0.0.1"


@dataclass
class Hall:
    """A house with the hall's network switched on, and what stands around it."""

    house: House
    pem: Path
    fingerprint: str
    disk: list[bytes | None]
    screen: list[Pairing | None] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)
    troubles: list[str | None] = field(default_factory=list)
    busy: bool = False
    journal_fails: bool = False

    @property
    def port(self) -> int:
        return eventually(self.house.station.lan_port)

    def record(self, what: str, particulars: Mapping[str, Any]) -> "Future[None]":
        done: Future[None] = Future()
        if self.journal_fails:
            done.set_exception(OSError("no"))
        else:
            self.records.append({"what": what, **particulars})
            done.set_result(None)
        return done

    def line(self) -> PinnedConnection:
        return PinnedConnection(ADDRESS, self.port, self.fingerprint, timeout=20)

    def call(
        self, method: str, path: str, body: Any = None, key: str = "", headers: dict[str, str] | None = None
    ) -> Answer:
        """One call over the hall's network."""
        line = self.line()
        sent = {"Authorization": f"Bearer {key}"} if key else {}
        raw = None if body is None else json.dumps(body).encode()
        if raw is not None:
            sent["Content-Type"] = "application/json"
        try:
            line.request(method, path, raw, sent | (headers or {}))
            answer = line.getresponse()
            return Answer(answer.status, {key.lower(): value for key, value in answer.getheaders()}, answer.read())
        finally:
            line.close()

    def open_pairing(self) -> str:
        """The code that is shown then."""
        answer = self.house.call("POST", "/v1/pairing")
        assert (answer.status, answer.json) == (202, {"expires_in_s": 120})
        assert self.screen[-1] is not None
        assert self.screen[-1].fingerprint == shown(self.fingerprint)
        return self.screen[-1].code

    def pair(self, name: str = "3号窗口") -> tuple[str, str]:
        """Id and key of a new peer."""
        assert self.port  # it is served
        answer = self.call("PUT", "/v1/pairing", {"code": self.open_pairing(), "name": name})
        assert answer.status == 200, answer.body
        return answer.json["peer_id"], answer.json["key"]


def prepared(pem: Path) -> tuple[ssl.SSLContext, str]:
    return server_context(pem), shown(read_certificate(pem.read_bytes()).fingerprint)


@pytest.fixture
def make_hall(make_house: Callable[..., House], tmp_path: Path) -> Iterator[Callable[..., Hall]]:
    made: list[Peers] = []

    def make(content: bytes | None = None, limits: Any = UNHURRIED, **changes: Any) -> Hall:
        pem = tmp_path / "station.pem"
        pem.write_bytes(make_certificate(["hall.example", ADDRESS]))
        hall = Hall(None, pem, read_certificate(pem.read_bytes()).fingerprint, [content])  # type: ignore[arg-type]
        codes = (f"{number:06}" for number in range(271_828, 999_999))
        peers = Peers(lambda: hall.disk[-1], hall.disk.append, lambda: 1_790_000_000_000)
        made.append(peers)
        lan = Lan(
            address=ADDRESS, port=0, names=("Terminal-3",), peers=peers,
            pairing=PairingDesk(lambda: hall.house.terminal.mono_ms(), lambda: next(codes), hall.screen.append),
            prepare=lambda: prepared(pem), record=hall.record, busy=lambda: hall.busy, trouble=hall.troubles.append,
        )  # fmt: skip
        hall.house = make_house(limits, lan=replace(lan, **changes))
        return hall

    yield make
    for peers in made:
        peers.close()


@pytest.fixture
def hall(make_hall: Callable[..., Hall]) -> Hall:
    hall = make_hall()
    assert hall.port
    return hall


def test_a_paired_program_does_over_the_network_what_one_at_hand_does(hall: Hall) -> None:
    peer_id, key = hall.pair()
    assert hall.screen[-1] is None
    assert hall.records == [{"what": "peer_paired", "peer_id": peer_id, "name": "3号窗口"}]
    started = hall.call("POST", "/v1/visits", VISIT, key)
    assert started.status == 201
    assert hall.call("POST", f"/v1/visits/{started.json['visit_id']}/invitation", None, key).status == 202
    assert hall.call("GET", "/v1/state", key=key).json == hall.house.call("GET", "/v1/state").json


def test_without_a_key_there_is_the_answer_to_a_pairing_and_nothing_else(hall: Hall) -> None:
    _, key = hall.pair()
    for wrong in ("", TOKEN, key[:-1], key + "x"):
        for method, path in (
            ("GET", "/v1/state"), ("GET", "/v1/events"), ("GET", "/v1/openapi.json"), ("POST", "/v1/visits"),
            ("POST", "/v1/pairing"), ("GET", "/v1/peers"), ("PUT", "/v1/pairing/"), ("GET", "/nothing"),
        ):  # fmt: skip
            answer = hall.call(method, path, VISIT if method == "POST" else None, wrong)
            assert (answer.status, answer.code) == (401, "unauthorized"), (method, path)
            assert key not in answer.body.decode()
    assert hall.house.terminal.kinds == []


def test_the_key_of_a_peer_is_none_at_hand(hall: Hall) -> None:
    _, key = hall.pair()
    assert hall.house.call("GET", "/v1/state", token=key).status == 401


def test_pairing_is_opened_and_peers_are_seen_to_on_loopback_alone(hall: Hall) -> None:
    peer_id, key = hall.pair()
    for method, path in (("POST", "/v1/pairing"), ("GET", "/v1/peers"), ("DELETE", f"/v1/peers/{peer_id}")):
        answer = hall.call(method, path, key=key)
        assert (answer.status, answer.code) == (403, "loopback_only")
    refused = hall.house.call("PUT", "/v1/pairing", {"code": "123456", "name": "x"})
    assert (refused.status, refused.code) == (403, "lan_only")
    (peer,) = hall.house.call("GET", "/v1/peers").json["items"]
    assert (peer["peer_id"], peer["name"], peer["revoked"]) == (peer_id, "3号窗口", False)


def test_three_wrong_codes_lock_and_the_right_one_comes_too_late(hall: Hall) -> None:
    code = hall.open_pairing()
    answers = [hall.call("PUT", "/v1/pairing", {"code": "000000", "name": "x"}) for _ in range(3)]
    assert [answer.code for answer in answers] == ["wrong_code", "wrong_code", "pairing_locked"]
    assert [answer.json["detail"] for answer in answers[:2]] == ["Tries left: 2.", "Tries left: 1."]
    late = hall.call("PUT", "/v1/pairing", {"code": code, "name": "x"})
    assert (late.status, late.code, late.headers["retry-after"]) == (429, "pairing_locked", "30")
    again = hall.house.call("POST", "/v1/pairing")
    assert (again.status, again.code, again.headers["retry-after"]) == (429, "pairing_locked", "30")
    assert hall.records == [{"what": "pairing_locked"}]
    assert hall.house.call("GET", "/v1/peers").json["items"] == []


def test_a_code_pairs_once_and_where_none_is_shown_none_is_right(hall: Hall) -> None:
    first = hall.call("PUT", "/v1/pairing", {"code": "271828", "name": "x"})
    assert (first.status, first.code) == (409, "no_pairing")
    code = hall.open_pairing()
    assert hall.call("PUT", "/v1/pairing", {"code": code, "name": "x"}).status == 200
    assert hall.call("PUT", "/v1/pairing", {"code": code, "name": "x"}).code == "no_pairing"


@pytest.mark.parametrize(
    "body",
    [
        {"code": "12345", "name": "x"},
        {"code": 123456, "name": "x"},
        {"code": "123456"},
        {"code": "123456", "name": "\u202e\u200b"},
        {"code": "123456", "name": ""},
    ],
)
def test_what_is_no_answer_to_a_pairing_costs_no_try(hall: Hall, body: dict[str, Any]) -> None:
    code = hall.open_pairing()
    for _ in range(4):
        assert hall.call("PUT", "/v1/pairing", body).code == "invalid"
    assert hall.call("PUT", "/v1/pairing", {"code": code, "name": "x"}).status == 200


def test_no_code_is_shown_while_a_citizen_has_the_screen(hall: Hall) -> None:
    hall.busy = True
    answer = hall.house.call("POST", "/v1/pairing")
    assert (answer.status, answer.code) == (409, "visit_running")
    assert hall.screen == []


def test_a_pairing_that_is_not_on_record_or_not_on_the_disk_gives_no_key(hall: Hall) -> None:
    hall.journal_fails = True
    code = hall.open_pairing()
    answer = hall.call("PUT", "/v1/pairing", {"code": code, "name": "x"})
    assert (answer.status, answer.code) == (503, "not_kept")
    assert hall.call("PUT", "/v1/pairing", {"code": code, "name": "x"}).code == "no_pairing"
    assert hall.house.call("GET", "/v1/peers").json["items"] == []


@contextmanager
def following(hall: Hall, key: str) -> Iterator[Stream]:
    line = hall.line()
    line.request("GET", "/v1/events", headers={"Authorization": f"Bearer {key}"})
    answer = line.getresponse()
    try:
        assert answer.status == 200
        yield Stream(answer)
    finally:
        answer.close()
        line.close()


def ended(hall: Hall, stream: Stream) -> bool:
    """Whether the stream is at its end, properly or broken off: it tells of no change that comes now."""
    hall.house.terminal.show_unsent(hall.house.terminal.view().unsent + 1, 0)
    with suppress(OSError, http.client.HTTPException, ValueError):
        while line := stream.response.readline():
            if line.startswith(b"data:"):
                return False
    return True


def test_a_revoked_key_is_refused_at_once_and_its_stream_ends_and_nobody_elses(hall: Hall) -> None:
    first, key = hall.pair("one")
    _, other = hall.pair("other")
    with following(hall, key) as stream, following(hall, other) as staying:
        assert (stream.state()["state"], staying.state()["state"]) == ("ready", "ready")
        items = hall.house.call("DELETE", f"/v1/peers/{first}").json["items"]
        assert [(peer["name"], peer["revoked"]) for peer in items] == [("one", True), ("other", False)]
        assert ended(hall, stream)
        assert hall.call("GET", "/v1/state", key=key).status == 401
        assert staying.state()["unsent"] == 1
    assert hall.records[-1] == {"what": "peer_revoked", "peer_id": first, "name": "one"}
    assert hall.house.call("DELETE", "/v1/peers/000000000000").code == "unknown_peer"


def test_a_key_that_the_disk_could_not_revoke_is_refused_all_the_same(hall: Hall) -> None:
    peer_id, key = hall.pair()

    def refuse(_text: bytes) -> None:
        raise OSError(28, "no space")

    assert hall.house.lan is not None
    hall.house.lan.peers._write_file = refuse  # type: ignore[method-assign]
    with following(hall, key) as stream:
        stream.state()
        answer = hall.house.call("DELETE", f"/v1/peers/{peer_id}")
        assert (answer.status, answer.code) == (503, "not_kept")
        assert ended(hall, stream)
    assert hall.call("GET", "/v1/state", key=key).status == 401


def test_another_certificate_is_seen_before_anything_is_said(hall: Hall) -> None:
    line = PinnedConnection(ADDRESS, hall.port, "0" * 64, timeout=20)
    with pytest.raises(WrongCertificate) as found:
        line.request("GET", "/v1/state", headers={"Authorization": "Bearer secret"})
    assert found.value.found == hall.fingerprint == look_at_certificate(ADDRESS, hall.port)


def test_plain_http_and_old_tls_get_no_answer(hall: Hall) -> None:
    with socket.create_connection((ADDRESS, hall.port), 20) as wire:
        wire.sendall(f"GET /v1/state HTTP/1.1\r\nHost: {ADDRESS}:{hall.port}\r\n\r\n".encode())
        with suppress(ConnectionError):
            assert not wire.recv(100).startswith(b"HTTP")
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with socket.create_connection((ADDRESS, hall.port), 20) as wire, pytest.raises((ssl.SSLError, OSError)):
        old.wrap_socket(wire, server_hostname="x")


def test_the_same_door_stands_before_it(hall: Hall) -> None:
    _, key = hall.pair()
    port = hall.port
    for host in ("evil.example", f"evil.example:{port}", ADDRESS, f"{ADDRESS}:{port + 1}", f"localhost:{port}"):
        assert hall.call("GET", "/v1/state", key=key, headers={"Host": host}).code == "wrong_host"
    for host in (f"{ADDRESS}:{port}", f"terminal-3:{port}"):
        assert hall.call("GET", "/v1/state", key=key, headers={"Host": host}).status == 200
    assert hall.call("GET", "/v1/state", key=key, headers={"Origin": "https://evil.example"}).code == "wrong_origin"
    assert hall.call("GET", "/v1/state", key=key, headers={"Origin": ORIGIN}).status == 200
    assert hall.call("PUT", "/v1/pairing", {"code": "123456", "name": "x" * 70_000}).code == "too_large"


def test_pairings_without_end_take_nobodys_turn(make_hall: Callable[..., Hall]) -> None:
    hall = make_hall(limits=replace(UNHURRIED, requests_per_s=50, burst=50, strange_per_s=5, strange_burst=10))
    _, key = hall.pair()
    said = [hall.call("PUT", "/v1/pairing", {"code": "000000", "name": "x"}).code for _ in range(60)]
    assert said[-1] == "too_many"
    assert hall.call("GET", "/v1/state", key=key).status == 200


def test_a_paired_program_that_floods_keeps_no_other_from_its_work(make_hall: Callable[..., Hall]) -> None:
    hall = make_hall(limits=replace(UNHURRIED, requests_per_s=20, burst=40, own_per_s=1, own_burst=5))
    _, noisy = hall.pair("噪声")
    _, window = hall.pair("3号窗口")
    with flooding(hall, noisy) as said:
        assert said.count(429) > 20
        started = hall.call("POST", "/v1/visits", VISIT, window)
        assert started.status == 201
        visit = f"/v1/visits/{started.json['visit_id']}"
        assert hall.call("POST", f"{visit}/invitation", None, window).status == 202
        assert hall.call("POST", f"{visit}/cancellation", {"reason": "left"}, window).status == 200
        assert hall.call("GET", "/v1/state", key=noisy).code == "too_many"
    assert hall.house.call("GET", "/v1/state").status == 200


def test_a_paired_program_alone_has_what_all_have_together(make_hall: Callable[..., Hall]) -> None:
    hall = make_hall(limits=replace(UNHURRIED, requests_per_s=1, burst=20, own_per_s=1, own_burst=5))
    _, key = hall.pair()
    with flooding(hall, key) as said:
        assert said[:25] == [200] * 25
        assert set(said[25:]) == {429}


def test_keys_without_end_wait_and_whoever_has_one_comes_in_from_the_same_address(
    make_hall: Callable[..., Hall],
) -> None:
    hall = make_hall(limits=replace(UNHURRIED, strange_per_s=1, strange_burst=4))
    _, key = hall.pair()
    with flooding(hall, "guess") as said:
        assert said[:4] == [401] * 4
        assert set(said[4:]) == {429}
    assert hall.call("GET", "/v1/state", key=key).status == 200
    assert hall.call("PUT", "/v1/pairing", {"code": "1", "name": "x"}).code != "too_many"


def test_each_address_has_its_own_turns_and_memory_is_bounded() -> None:
    now = [0]
    rates = Rates(1, 2, lambda: now[0], remembered=10)
    assert [rates.take("noisy") for _ in range(4)] == [True, True, False, False]
    assert rates.take("another")
    now[0] += 1000
    assert [rates.take("noisy"), rates.take("noisy")] == [True, False]
    for number in range(100):
        rates.take(f"192.0.2.{number}")
    assert len(rates._rates) == 10


@contextmanager
def flooding(hall: Hall, key: str, calls: int = 80) -> Iterator[list[int]]:
    """What became of so many calls with this key over one connection."""
    line = hall.line()
    said: list[int] = []
    try:
        for _ in range(calls):
            line.request("GET", "/v1/state", None, {"Authorization": f"Bearer {key}"})
            answer = line.getresponse()
            answer.read()
            said.append(answer.status)
        yield said
    finally:
        line.close()


def test_silent_strangers_keep_neither_a_peer_out_nor_whoever_is_at_hand(make_hall: Callable[..., Hall]) -> None:
    hall = make_hall(limits=replace(UNHURRIED, silence_s=60, handshake_s=60))  # so that it is the number that counts
    _, key = hall.pair()
    with ExitStack() as crowd:
        for _ in range(120):
            crowd.enter_context(socket.create_connection((ADDRESS, hall.port), 20))
        lines = [crowd.enter_context(_silent(hall)) for _ in range(LAN_CONNECTIONS)]
        assert len(lines) == LAN_CONNECTIONS
        assert hall.call("GET", "/v1/state", key=key).status == 200
        assert hall.house.call("GET", "/v1/state").status == 200


@contextmanager
def _silent(hall: Hall) -> Iterator[PinnedConnection]:
    line = hall.line()
    line.connect()
    try:
        yield line
    finally:
        line.close()


def test_a_handshake_that_does_not_come_about_is_given_up(make_hall: Callable[..., Hall]) -> None:
    hall = make_hall(limits=replace(UNHURRIED, handshake_s=0.1))
    with socket.create_connection((ADDRESS, hall.port), 20) as wire:
        assert wire.recv(1) == b""


def test_listeners_from_afar_take_no_place_at_hand(make_hall: Callable[..., Hall]) -> None:
    hall = make_hall(limits=replace(UNHURRIED, heartbeat_s=60))
    _, key = hall.pair()
    with ExitStack() as afar:
        for _ in range(LAN_LISTENERS):
            afar.enter_context(following(hall, key)).state()
        assert hall.call("GET", "/v1/events", key=key).code == "too_many_listeners"
        line = http.client.HTTPConnection(ADDRESS, hall.house.port, timeout=20)
        line.request("GET", "/v1/events", headers={"Authorization": f"Bearer {TOKEN}"})
        assert Stream(line.getresponse()).state()["state"] == "ready"
        line.close()


def test_closing_the_station_ends_what_comes_from_afar(hall: Hall) -> None:
    _, key = hall.pair()
    port = hall.port
    with following(hall, key) as stream:
        stream.state()
        hall.house.station.close(20)
        assert ended(hall, stream)
    assert hall.house.station.lan_port() is None
    with pytest.raises(OSError, match=r"."):
        socket.create_connection((ADDRESS, port), 5)


def test_where_it_is_not_switched_on_nothing_listens_and_the_calls_say_so(house: House) -> None:
    assert house.station.lan_port() is None
    for method, path in (("POST", "/v1/pairing"), ("GET", "/v1/peers"), ("DELETE", "/v1/peers/000000000000")):
        answer = house.call(method, path)
        assert (answer.status, answer.code) == (409, "no_lan")


@pytest.mark.parametrize("broken", ["certificate", "peers"])
def test_a_spoilt_file_closes_the_network_and_not_loopback_and_is_told(
    make_hall: Callable[..., Hall], broken: str
) -> None:
    def refuse() -> tuple[ssl.SSLContext, str]:
        raise LanImpossible("the certificate does not hold")

    hall = make_hall(b"{") if broken == "peers" else make_hall(prepare=refuse)
    words = eventually(lambda: hall.troubles and hall.troubles[-1])
    assert ("paired programs" if broken == "peers" else "does not hold") in str(words)
    answer = hall.house.call("POST", "/v1/pairing")
    assert (answer.code, answer.json["detail"]) == ("no_lan", words)
    assert hall.screen[-1:] in ([], [None])
    assert hall.house.station.lan_port() is None
    assert hall.house.call("GET", "/v1/state").status == 200
    assert len(hall.disk) == 1


def test_an_address_that_comes_up_late_is_served_then(make_hall: Callable[..., Hall]) -> None:
    with socket.create_server((ADDRESS, 0)) as taken:
        hall = make_hall(limits=replace(UNHURRIED, bind_again_s=0.05), port=taken.getsockname()[1])
        assert "cannot be used yet" in str(eventually(lambda: hall.troubles and hall.troubles[-1]))
        assert hall.house.call("POST", "/v1/pairing").code == "no_lan"
    eventually(hall.house.station.lan_port)
    hall.pair()
    assert hall.troubles[-1] is None
