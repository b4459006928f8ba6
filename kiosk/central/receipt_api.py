"""The calls of whoever holds a receipt: how it stands, a word more, a withdrawal. No token: the code is the right, and
wrong ones are counted."""

from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath, JSONBody

from kiosk.central.access import may_guess
from kiosk.central.body import JsonBody
from kiosk.central.desk import AtDesk
from kiosk.central.desk import Desk as DeskValue
from kiosk.central.problems import Refusal, invalid, refusal
from kiosk.central.receipts import add_words, read_receipt, withdraw
from kiosk.core.receipt import normalise
from kiosk.protocol.central import ReceiptAddition, ReceiptState, ReceiptWithdrawal


@get("/receipts/{code:str}", sync_to_thread=True)
def show_receipt(code: FromPath[str], request: Request[Any, Any, Any], desk: AtDesk) -> ReceiptState:
    """That the rating with this receipt is recorded, in which place, and how far the hall is. Never what it says."""
    address, receipt = _receipt(code, request, desk)
    with desk.store.transaction() as connection:
        found = read_receipt(connection, receipt, desk.countersigner, desk.now_ms())
    return _known(found, address, desk)


@post("/receipts/{code:str}/addition", status_code=200, dto=JsonBody, return_dto=None, sync_to_thread=True)
def add_to_receipt(
    code: FromPath[str], data: JSONBody[ReceiptAddition], request: Request[Any, Any, Any], desk: AtDesk
) -> ReceiptState:
    """Add a word to the rating with this receipt. The same words again change nothing."""
    address, receipt = _receipt(code, request, desk)
    words = _words(data.words)
    if not words:
        raise invalid("Words are needed.", "$.words")
    with desk.store.transaction() as connection:
        refused = add_words(connection, receipt, words, desk.now_ms())
        found = read_receipt(connection, receipt, desk.countersigner, desk.now_ms())
    if refused is not None:
        raise refused
    return _known(found, address, desk)


@post("/receipts/{code:str}/withdrawal", status_code=200, dto=JsonBody, return_dto=None, sync_to_thread=True)
def withdraw_by_receipt(
    code: FromPath[str], data: JSONBody[ReceiptWithdrawal], request: Request[Any, Any, Any], desk: AtDesk
) -> ReceiptState:
    """Withdraw the rating with this receipt, whatever it says. The hall still has it, marked as withdrawn. A second
    withdrawal is answered as the first."""
    address, receipt = _receipt(code, request, desk)
    words = _words(data.words)
    with desk.store.transaction() as connection:
        withdraw(connection, receipt, words, desk.now_ms())
        found = read_receipt(connection, receipt, desk.countersigner, desk.now_ms())
    return _known(found, address, desk)


def _receipt(code: str, request: Request[Any, Any, Any], desk: DeskValue) -> tuple[str, str]:
    """Who asks, and the receipt in its one spelling. Raises Refusal."""
    address = may_guess(request, desk.guesses)
    receipt = normalise(code)
    if receipt is None:
        desk.guesses.missed(address)
        raise refusal(
            422,
            "receipt_malformed",
            "This cannot be a receipt",
            "Its length, letters or check character are wrong.",
            field="code",
        )
    return address, receipt


def _known(found: ReceiptState | None, address: str, desk: DeskValue) -> ReceiptState:
    if found is None:
        desk.guesses.missed(address)
        raise _unknown()
    return found


def _unknown() -> Refusal:
    return refusal(
        404,
        "receipt_unknown",
        "Central has no rating with this receipt",
        "It may still be on its way.",
        field="code",
    )


def _words(text: str) -> str:
    if "\0" in text:
        raise invalid("A NUL character cannot be kept.", "$.words")
    return text.strip()
