"""What a terminal says of itself."""

from collections.abc import Iterable

import msgspec

from kiosk.protocol.central import Heartbeat, StatedClocks
from kiosk.sync.ports import Call, JournalStatus, LiveState, Trouble


def heartbeat(live: LiveState, status: JournalStatus, clocks: StatedClocks, troubles: Iterable[Trouble]) -> Call:
    """The heartbeat of this moment. `troubles`: those of the way to central itself."""
    wall_ms = clocks.wall_ms
    oldest_ms = wall_ms if status.oldest_unsent_wall_ms is None else status.oldest_unsent_wall_ms
    beat = Heartbeat(
        version=live.version,
        state=live.state,
        epoch=status.head.epoch,
        sequence=status.head.sequence,
        hash=status.head.hash,
        unsent=status.unsent,
        oldest_unsent_s=max(wall_ms - oldest_ms, 0) // 1000,
        profile_version=live.profile_version,
        refused_profile=live.refused_profile,
        key_store=live.key_store,
        wall_ms=wall_ms,
        faults=(*live.faults, *sorted({f"sync.{trouble.kind}" for trouble in troubles})),
        clocks=clocks,
    )
    return Call("POST", "/device/heartbeat", msgspec.json.encode(beat))
