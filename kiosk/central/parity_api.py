"""The calls that show whether every level travels alike: a terminal's canaries read back, the hall's figures."""

from datetime import date
from typing import Annotated, Any

from litestar import Request, get, post
from litestar.params import JSONBody, QueryParameter

from kiosk.central.access import for_terminals, for_the_hall, signed_of
from kiosk.central.body import JsonBody
from kiosk.central.canaries import answer_canaries
from kiosk.central.desk import AtDesk
from kiosk.central.problems import invalid
from kiosk.central.rating_statistics import rating_statistics
from kiosk.central.statistics import delivery_statistics
from kiosk.protocol.central import CanaryAnswer, CanaryQuestion
from kiosk.protocol.statistics import DeliveryStatistics, RatingStatistics

_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
First = Annotated[str | None, QueryParameter(name="from", pattern=_DATE, description="The first date of the hall.")]
Last = Annotated[str | None, QueryParameter(name="to", pattern=_DATE, description="The last date of the hall.")]


@post("/device/canaries", status_code=200, guards=[for_terminals], dto=JsonBody, return_dto=None, sync_to_thread=True)
def show_canaries(data: JSONBody[CanaryQuestion], request: Request[Any, Any, Any], desk: AtDesk) -> CanaryAnswer:
    """What central has of these ratings, which are this terminal's own canaries. Of any others, nothing."""
    ids = tuple(rating_id.replace("\0", "\ufffd") for rating_id in data.rating_ids)
    with desk.store.transaction() as connection:
        return answer_canaries(connection, signed_of(request).signer.device_id, ids, desk.now_ms())


@get("/statistics/delivery", guards=[for_the_hall], sync_to_thread=True)
def show_delivery(desk: AtDesk, first: First = None, last: Last = None) -> DeliveryStatistics:
    """For each level, what reached central, what came of it, and how long that took: in all and by day."""
    _check_days(first, last)
    with desk.store.transaction() as connection:
        return delivery_statistics(connection, first, last)


@get("/statistics/ratings", guards=[for_the_hall], sync_to_thread=True)
def show_rating_statistics(desk: AtDesk, first: First = None, last: Last = None) -> RatingStatistics:
    """How many ratings came by each channel, and how many bear which flag at each window."""
    _check_days(first, last)
    with desk.store.transaction() as connection:
        return rating_statistics(connection, first, last)


def _check_days(first: str | None, last: str | None) -> None:
    for field, text in (("?from", first), ("?to", last)):
        if text is not None:
            try:
                date.fromisoformat(text)
            except ValueError:
                raise invalid("There is no such day.", field) from None
