"""The signed repository: a folder `metadata/` and a folder `targets/`, as a TUF client reads them.

Every change is written as new files before `timestamp.json` names them, so a terminal that reads meanwhile sees the
repository before or after.
"""

import datetime
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from kiosk.update.metadata import Custom
from publishing.archive import Packed
from publishing.keys import ROLES, Keys

DAYS: Mapping[str, int] = {"root": 3650, "targets": 730, "snapshot": 180, "timestamp": 30}
"""How long each signature holds, unless said otherwise."""


def _utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)


class Repository:
    """A repository in a folder. `now`: the publisher's clock; `days`: see DAYS."""

    def __init__(
        self, folder: Path, keys: Keys, now: Callable[[], datetime.datetime] = _utc_now,
        days: Mapping[str, int] = DAYS,
    ) -> None:  # fmt: skip
        self.folder, self._keys, self._now, self._days = folder, keys, now, days
        self._metadata = folder / "metadata"

    @property
    def first_root(self) -> Path:
        """What terminals are to trust."""
        return self._metadata / "1.root.json"

    def begin(self) -> None:
        """Make the keys and an empty repository. Raises FileExistsError."""
        self._metadata.mkdir(parents=True)
        (self.folder / "targets").mkdir()
        root = Root(version=1, expires=self._ends("root"), consistent_snapshot=True)
        for role in ROLES:
            root.add_key(self._keys.make(role).public_key, role)
        self._write_root(Metadata(root), [self._keys.newest("root")])
        self._publish(Targets(version=1, expires=self._ends("targets")))

    def add(self, packed: Packed, name: str, custom: Custom) -> None:
        """Offer a version. `name`: of its archive; one that is offered already is offered anew, with these words."""
        target = TargetFile.from_file(name, str(packed.file), ["sha256"])
        target.unrecognized_fields["custom"] = {
            "version": custom.version, "system": custom.system, "manifest": packed.manifest,
            "groups": list(custom.groups), "percent": custom.percent, "urgent": custom.urgent,
            "attempt": custom.attempt,
        }  # fmt: skip
        into = self.folder / "targets" / f"{target.hashes['sha256']}.{name}"
        if packed.file != into:
            part = into.with_name(f".{into.name}.part")
            shutil.copyfile(packed.file, part)
            os.replace(part, into)
        targets = self._targets()
        targets.targets[name] = target
        self._publish(targets)

    def withdraw(self, name: str) -> None:
        """Offer a version no more. Raises KeyError."""
        targets = self._targets()
        del targets.targets[name]
        self._publish(targets)

    def refresh(self) -> None:
        """Sign snapshot and timestamp anew, so that what is offered stays alive. Needs neither root nor targets key."""
        self._publish_snapshot(_number(self._newest("targets")))

    def rotate(self, role: str) -> None:
        """Give a role another key, and take the right to sign from the one before. Needs the root's key."""
        root = Metadata[Root].from_bytes(self._newest("root").read_bytes()).signed
        before = self._keys.newest("root")
        for key_id in list(root.roles[role].keyids):
            root.revoke_key(key_id, role)
        root.add_key(self._keys.make(role).public_key, role)
        root.version += 1
        root.expires = self._ends("root")
        self._write_root(Metadata(root), [before, self._keys.newest("root")])
        self._publish(self._targets())

    def offers(self) -> Mapping[str, TargetFile]:
        """What is offered, by the names of archives."""
        return self._targets().targets

    def _publish(self, targets: Targets) -> None:
        """New targets, and what leads to them."""
        targets.version = self._following("targets")
        targets.expires = self._ends("targets")
        signed = Metadata(targets)
        signed.sign(self._keys.newest("targets"))
        self._put(f"{targets.version}.targets.json", signed.to_bytes())
        self._publish_snapshot(targets.version)

    def _publish_snapshot(self, targets_version: int) -> None:
        version = self._following("snapshot")
        meta = {"targets.json": MetaFile(targets_version)}
        snapshot = Metadata(Snapshot(version, None, self._ends("snapshot"), meta))
        snapshot.sign(self._keys.newest("snapshot"))
        self._put(f"{version}.snapshot.json", snapshot.to_bytes())
        file = self._metadata / "timestamp.json"
        before = Metadata[Timestamp].from_bytes(file.read_bytes()).signed.version if file.exists() else 0
        timestamp = Metadata(Timestamp(before + 1, None, self._ends("timestamp"), MetaFile(version)))
        timestamp.sign(self._keys.newest("timestamp"))
        self._put(file.name, timestamp.to_bytes())

    def _targets(self) -> Targets:
        return Metadata[Targets].from_bytes(self._newest("targets").read_bytes()).signed

    def _newest(self, role: str) -> Path:
        return max(self._metadata.glob(f"*.{role}.json"), key=_number)

    def _following(self, role: str) -> int:
        return max((_number(file) for file in self._metadata.glob(f"*.{role}.json")), default=0) + 1

    def _write_root(self, metadata: "Metadata[Root]", signers: Sequence[CryptoSigner]) -> None:
        for signer in signers:
            metadata.sign(signer, append=True)
        self._put(f"{metadata.signed.version}.root.json", metadata.to_bytes())

    def _put(self, name: str, data: bytes) -> None:
        part = self._metadata / f".{name}.part"
        part.write_bytes(data)
        os.replace(part, self._metadata / name)

    def _ends(self, role: str) -> datetime.datetime:
        return self._now() + datetime.timedelta(days=self._days[role])


def _number(file: Path) -> int:
    return int(file.name.partition(".")[0])
