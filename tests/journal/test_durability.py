"""What was answered is on the disk: the retry of an entry whose commit failed is no exception."""

import threading
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from kiosk.journal.lane import JournalLane
from kiosk.journal.store import Journal
from tests.journal.conftest import KEY, began, draft

NAME = "synced"
VFS = f"multipleciphers-{NAME}"
PATIENCE_S = 20.0


class Platter:
    """What a power cut would leave of each file: its content at the last sync that did not fail."""

    def __init__(self) -> None:
        self.synced: dict[str, bytes] = {}
        self.fail_syncs = 0

    def after_a_power_cut(self, folder: Path) -> Path:
        for name, content in self.synced.items():
            (folder / Path(name).name).write_bytes(content)
        return folder / "journal.db"


PLATTER = Platter()


class SyncedFile(apsw.VFSFile):
    def __init__(self, name: apsw.URIFilename | str | None, flags: list[int]) -> None:
        super().__init__("unix", name, flags)
        self._name = name.filename() if isinstance(name, apsw.URIFilename) else str(name)

    def xSync(self, flags: int) -> None:
        if PLATTER.fail_syncs:
            PLATTER.fail_syncs -= 1
            raise apsw.IOError("sync failed")
        super().xSync(flags)
        PLATTER.synced[self._name] = Path(self._name).read_bytes()


class SyncedDisk(apsw.VFS):
    def __init__(self) -> None:
        super().__init__(NAME, "unix")

    def xOpen(self, name: apsw.URIFilename | str | None, flags: list[int]) -> SyncedFile:
        return SyncedFile(name, flags)

    def xDelete(self, name: str, sync_folder: bool) -> None:
        super().xDelete(name, sync_folder)
        PLATTER.synced.pop(name, None)


DISK = SyncedDisk()


@pytest.fixture
def platter() -> Iterator[Platter]:
    PLATTER.synced.clear()
    PLATTER.fail_syncs = 0
    yield PLATTER
    PLATTER.fail_syncs = 0


@pytest.mark.parametrize("failures", [0, 1, 2, 3, 4, 5, 8])
def test_an_answered_entry_survives_a_power_cut_however_many_syncs_failed_before(
    path: Path, tmp_path: Path, platter: Platter, failures: int
) -> None:
    lane = JournalLane(
        lambda: Journal.open(path, KEY, began, vfs=VFS),
        trouble=lambda _words: None, well=lambda: None, pauses_s=(0.001,),
    )  # fmt: skip
    lane.start()
    lane.append(draft()).result(PATIENCE_S)
    held = threading.Event()
    lane.call(lambda _journal: held.wait(PATIENCE_S))
    tap = lane.append(draft("visit.level_tapped", body={"level": "very_dissatisfied"}))
    frozen: list[Path] = []

    def cut(_journal: Journal) -> None:
        folder = tmp_path / "after"
        folder.mkdir()
        frozen.append(platter.after_a_power_cut(folder))

    lane.call(cut)
    platter.fail_syncs = failures
    held.set()
    place = tap.result(PATIENCE_S)
    assert lane.close(PATIENCE_S)
    with Journal.open(frozen[0], KEY, began) as survivor:
        assert survivor.head() == place
