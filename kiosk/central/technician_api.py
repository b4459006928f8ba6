"""The calls about technicians: the hall adds, lists and revokes them; a terminal asks who they are."""

from typing import Annotated, Any

from litestar import Request, delete, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from kiosk.central.access import for_terminals, for_the_hall, signed_of
from kiosk.central.body import JsonBody
from kiosk.central.desk import AtDesk
from kiosk.central.devices import hall_of_device
from kiosk.central.problems import Refusal, invalid, refusal
from kiosk.central.technicians import issue, on_duty, read_technicians, revoke, sealed_roster
from kiosk.protocol.central import Page
from kiosk.protocol.technicians import (
    RosterQuestion,
    SealedRoster,
    Technician,
    TechnicianIssued,
    TechnicianRequest,
)


@post("/technicians", guards=[for_the_hall], dto=JsonBody, return_dto=None, sync_to_thread=True)
def add_technician(data: JSONBody[TechnicianRequest], desk: AtDesk) -> TechnicianIssued:
    """Add a person who looks after a hall's terminals. The answer shows the secret, this once."""
    for field, text in (("$.hall", data.hall), ("$.name", data.name)):
        if "\0" in text:
            raise invalid("A NUL character cannot be kept.", field)
    with desk.store.transaction() as connection:
        answer = issue(connection, data, desk.technician_key, desk.now_ms())
    if isinstance(answer, Refusal):
        raise answer
    return answer


@get("/technicians", guards=[for_the_hall], sync_to_thread=True)
def list_technicians(
    desk: AtDesk,
    limit: Annotated[int, QueryParameter(ge=1, le=1000)] = 100,
    after: Annotated[str, QueryParameter(pattern=r"^[0-9]{1,18}$", description="The cursor `next`.")] = "0",
) -> Page:
    """Who they are and were; no secret."""
    with desk.store.transaction() as connection:
        return read_technicians(connection, limit, int(after))


@delete("/technicians/{technician_id:str}", status_code=200, guards=[for_the_hall], sync_to_thread=True)
def revoke_technician(technician_id: FromPath[str], desk: AtDesk) -> Technician:
    """Let a person in no more. A terminal without a line lets them in until it hears of it."""
    with desk.store.transaction() as connection:
        found = None if "\0" in technician_id else revoke(connection, technician_id, desk.now_ms())
    if found is None:
        raise refusal(404, "technician_unknown", "Central knows no such technician")
    return found


@post(
    "/device/technicians", status_code=200, guards=[for_terminals], dto=JsonBody, return_dto=None, sync_to_thread=True
)
def show_roster(data: JSONBody[RosterQuestion], request: Request[Any, Any, Any], desk: AtDesk) -> SealedRoster:
    """Who may look after this terminal, with their secrets, sealed for the key in the question."""
    signer = signed_of(request).signer
    with desk.store.transaction() as connection:
        rows = on_duty(connection, hall_of_device(connection, signer.device))
    try:
        return sealed_roster(rows, signer.device_id, data.sealing_key, desk.technician_key, desk.countersigner)
    except ValueError:
        raise invalid("This is no X25519 key.", "$.sealing_key") from None
