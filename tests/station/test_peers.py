"""Who was paired: what the file holds, and that what was revoked stays revoked whatever the disk does."""

import json
import threading

import pytest

from kiosk.station.peers import MOST, Peers, PeersBroken, TooManyPeers, read_peers
from tests.station.waiting import eventually

NOW_MS = 1_790_000_000_000


class Disk:
    """A file in memory that can refuse, or be slow."""

    def __init__(self, content: bytes | None = None) -> None:
        self.content, self.full, self.writes = content, False, 0
        self.wait = threading.Event()
        self.wait.set()

    def read(self) -> bytes | None:
        return self.content

    def write(self, text: bytes) -> None:
        self.writes += 1
        assert self.wait.wait(20)
        if self.full:
            raise OSError(28, "no space left")
        self.content = text


@pytest.fixture
def disk() -> Disk:
    return Disk()


def loaded(disk: Disk, now_ms: int = NOW_MS) -> Peers:
    peers = Peers(disk.read, disk.write, lambda: now_ms)
    peers.load()
    return peers


def paired(peers: Peers, name: str = "pc") -> tuple[str, bytes]:
    peer, told = peers.draw(name)
    assert peers.admit(told.key.encode()) is None  # not before it is on the disk
    peers.add(peer)
    return told.peer_id, told.key.encode()


def test_a_key_lets_in_also_after_a_restart_and_is_nowhere_on_the_disk(disk: Disk) -> None:
    peer_id, key = paired(loaded(disk))
    again = loaded(disk)
    assert again.admit(key) == peer_id
    assert again.admit(key[:-1]) is None
    assert again.admit(b"") is None
    assert disk.content is not None
    assert key not in disk.content


def test_a_revoked_key_is_refused_at_once_and_after_a_restart(disk: Disk) -> None:
    peers = loaded(disk)
    one, first = paired(peers)
    other, second = paired(peers)
    assert peers.revoke(one)
    for now in (peers, loaded(disk)):
        assert (now.admit(first), now.admit(second)) == (None, other)
        assert [peer.revoked for peer in now.listed().items] == [True, False]
    assert not peers.revoke("0" * 12)


def test_what_is_revoked_is_refused_even_where_the_disk_refuses_and_revoking_again_writes_it(disk: Disk) -> None:
    peers = loaded(disk)
    peer_id, key = paired(peers)
    disk.full = True
    with pytest.raises(OSError, match="no space"):
        peers.revoke(peer_id)
    assert peers.admit(key) is None
    disk.full = False
    assert peers.revoke(peer_id)
    assert loaded(disk).admit(key) is None


def test_a_writing_that_began_before_never_brings_a_revoked_key_back(disk: Disk) -> None:
    peers = loaded(disk)
    one, key = paired(peers)
    disk.wait.clear()
    adding = threading.Thread(daemon=True, target=paired, args=(peers, "second"))  # its writing holds `one` as it was
    adding.start()
    while disk.writes < 2:
        threading.Event().wait(0.001)
    revoking = threading.Thread(daemon=True, target=peers.revoke, args=(one,))
    revoking.start()
    while peers.admit(key) is not None:
        threading.Event().wait(0.001)
    disk.wait.set()
    adding.join(20)
    revoking.join(20)
    peers.close()
    assert loaded(disk).admit(key) is None
    assert [peer.name for peer in loaded(disk).listed().items] == ["pc", "second"]


def test_a_pairing_that_the_disk_refuses_lets_nobody_in(disk: Disk) -> None:
    peers = loaded(disk)
    peer, told = peers.draw("pc")
    disk.full = True
    with pytest.raises(OSError, match="no space"):
        peers.add(peer)
    assert peers.admit(told.key.encode()) is None
    assert peers.listed().items == ()


def test_when_a_peer_was_last_seen_is_written_once_an_hour(disk: Disk) -> None:
    peer_id, key = paired(loaded(disk))
    peers = loaded(disk)
    before = disk.writes
    for _ in range(50):
        assert peers.admit(key) == peer_id
    eventually(lambda: disk.writes > before)
    peers.close()
    assert disk.writes == before + 1
    (seen,) = loaded(disk).listed().items
    assert (seen.last_seen_at, seen.paired_at) == ("2026-09-21T14:00:00Z", "2026-09-21T14:13:20Z")


def test_there_is_room_for_so_many_and_a_revoked_one_gives_its_place(disk: Disk) -> None:
    peers = loaded(disk)
    ids = [paired(peers, f"pc {n}")[0] for n in range(MOST)]
    with pytest.raises(TooManyPeers):
        peers.add(peers.draw("one more")[0])
    peers.revoke(ids[0])
    paired(peers, "one more")
    peers.revoke(ids[1])
    for _ in range(MOST + 3):
        peers.revoke(paired(peers, "again")[0])
    assert disk.content is not None
    assert sum(bool(peer.revoked_at) for peer in read_peers(disk.content)) == MOST


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"format":2,"peers":[]}', b'{"format":1,"peers":[{}]}', b"\xff"]
)
def test_a_file_that_does_not_hold_lets_nobody_in_and_is_not_touched(content: bytes) -> None:
    disk = Disk(content)
    with pytest.raises(PeersBroken):
        loaded(disk)
    assert (disk.content, disk.writes) == (content, 0)


def test_a_file_with_the_same_peer_twice_does_not_hold(disk: Disk) -> None:
    paired(loaded(disk))
    assert disk.content is not None
    found = json.loads(disk.content)
    twice = {**found, "peers": found["peers"] * 2}
    with pytest.raises(PeersBroken, match="twice"):
        read_peers(json.dumps(twice).encode())
