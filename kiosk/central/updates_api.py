"""The signed repository of updates, read only: as files, piece by piece, to whoever asks."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import anyio
from litestar import Router, get
from litestar.response import Stream

from kiosk.central.problems import refusal
from kiosk.protocol.repository import UPDATES, is_name

_PIECE = 256 * 1024


def updates_router(path: str, folder: Path) -> Router:
    """The files of this folder below `path`."""

    @get("/{name:path}", include_in_schema=False)
    async def show_file(name: str) -> Stream:
        """404 for whatever is no file of a repository."""
        name = name.lstrip("/")
        file = folder / name
        if not is_name(name) or not await anyio.to_thread.run_sync(file.is_file):
            raise refusal(404, "not_found", "There is no such file")
        size = (await anyio.to_thread.run_sync(os.stat, file)).st_size
        return Stream(_pieces(file), media_type="application/octet-stream", headers={"content-length": str(size)})

    return Router(path + UPDATES, route_handlers=[show_file])


async def _pieces(file: Path) -> AsyncIterator[bytes]:
    async with await anyio.open_file(file, "rb") as opened:
        while piece := await opened.read(_PIECE):
            yield piece
