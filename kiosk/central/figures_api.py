"""The call by which a terminal fetches what its clerk may know of their own ratings."""

from typing import Annotated, Any

from litestar import Request, get
from litestar.params import QueryParameter

from kiosk.central.access import for_terminals, signed_of
from kiosk.central.desk import AtDesk
from kiosk.central.figures import clerk_figures
from kiosk.central.problems import invalid
from kiosk.protocol.phone import ClerkFigures


@get("/device/figures", guards=[for_terminals], sync_to_thread=True)
def show_figures(
    staff: Annotated[str, QueryParameter(min_length=1, max_length=200, description="The clerk's number.")],
    request: Request[Any, Any, Any],
    desk: AtDesk,
) -> ClerkFigures:
    """Figures of one clerk of this terminal's hall: the last whole week, told from the Tuesday after it on."""
    if "\0" in staff:
        raise invalid("A NUL character is in none of them.", "?staff")
    with desk.store.transaction() as connection:
        return clerk_figures(connection, signed_of(request).signer.device, staff, desk.now_ms())
