"""The hall's calls about its own settings."""

from litestar import get, put
from litestar.params import FromPath, JSONBody

from kiosk.central.access import for_the_hall
from kiosk.central.body import JsonBody
from kiosk.central.desk import AtDesk
from kiosk.central.halls import hall_fault, read_hall, set_hall
from kiosk.central.problems import refusal
from kiosk.protocol.hall import HallSettings, HallView


@get("/halls/{code:str}", guards=[for_the_hall], sync_to_thread=True)
def show_hall(code: FromPath[str], desk: AtDesk) -> HallView:
    """How a hall is set, and who changed what when, newest first."""
    _check(code)
    with desk.store.transaction() as connection:
        return read_hall(connection, code)


@put("/halls/{code:str}", guards=[for_the_hall], dto=JsonBody, return_dto=None, sync_to_thread=True)
def put_hall(code: FromPath[str], data: JSONBody[HallSettings], desk: AtDesk) -> HallView:
    """Set a hall, all of it at once. Its terminals have it with their next profile."""
    _check(code)
    fault = hall_fault(data)
    if fault is not None:
        raise fault
    with desk.store.transaction() as connection:
        return set_hall(connection, code, data, desk.now_ms())


def _check(code: str) -> None:
    if "\0" in code:
        raise refusal(404, "unknown_hall", "There is no hall with this code")
