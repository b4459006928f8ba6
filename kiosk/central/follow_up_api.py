"""The hall's calls about what came of negative ratings."""

from typing import Annotated, get_args

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from kiosk.central.access import for_the_hall
from kiosk.central.body import JsonBody
from kiosk.central.desk import AtDesk
from kiosk.central.follow_ups import read_follow_ups, take_up
from kiosk.central.hall_api import After, Id, Limit
from kiosk.central.problems import Refusal, invalid
from kiosk.core.receipt import normalise
from kiosk.protocol.central import FollowUpState, Page
from kiosk.protocol.follow_up import FollowUp, FollowUpRequest

_STATES: dict[str, FollowUpState] = {state: state for state in get_args(FollowUpState)}


@get("/follow-ups", guards=[for_the_hall], sync_to_thread=True)
def list_follow_ups(
    desk: AtDesk,
    limit: Limit = 100,
    after: After = "0",
    wanted: Annotated[str | None, QueryParameter(name="state", schema_extra={"enum": list(_STATES)})] = None,
    receipt: Annotated[
        str | None, QueryParameter(max_length=64, description="The code that a citizen has come with.")
    ] = None,
) -> Page:
    """Negative ratings in order of arrival, and others that the hall has taken up, with what was done about each."""
    code = None if receipt is None else normalise(receipt)
    if receipt is not None and code is None:
        raise invalid("This cannot be a receipt.", "?receipt")
    state = None if wanted is None else _STATES.get(wanted)
    if wanted is not None and state is None:
        raise invalid(f"One of {', '.join(_STATES)}.", "?state")
    with desk.store.transaction() as connection:
        return read_follow_ups(connection, limit, int(after), state, code)


@post(
    "/follow-ups/{rating_id:str}",
    status_code=200,
    guards=[for_the_hall],
    dto=JsonBody,
    return_dto=None,
    sync_to_thread=True,
)
def add_follow_up(
    rating_id: FromPath[str], data: JSONBody[FollowUpRequest], desk: AtDesk, device_id: Id = None
) -> FollowUp:
    """Say how far the hall is with a rating, of whatever level, and answer whoever holds its receipt."""
    data = msgspec.structs.replace(data, reply=data.reply.strip())
    for field, text in (("rating_id", rating_id), ("$.reply", data.reply)):
        if "\0" in text:
            raise invalid("A NUL character cannot be kept.", field)
    with desk.store.transaction() as connection:
        answer = take_up(connection, rating_id, device_id, data, desk.now_ms())
    if isinstance(answer, Refusal):
        raise answer
    return answer
