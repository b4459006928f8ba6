"""Questions to central and their answers as values: about an earlier rating, about a clerk's own figures.

Each is answered in any case: one that is not put in time, for central has told us to hold off, is taken back.
"""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar
from urllib.parse import quote

from kiosk.core.receipt import normalise
from kiosk.core.view import Earlier, OwnFigures
from kiosk.delivery import earlier_of
from kiosk.protocol.phone import ClerkFigures
from kiosk.sync.answers import decode_answer
from kiosk.sync.ports import Call, NoReply, Reply
from kiosk.terminal import Loop

ASKING_MS = 20_000

Answer = Reply | NoReply
T = TypeVar("T")


class Enquiries:
    """From any thread. `ask`: puts a question; `loop`: on which one that waits too long is taken back."""

    def __init__(self, ask: Callable[[Call], "Future[Answer]"], loop: Loop) -> None:
        self._ask = ask
        self._loop = loop

    def earlier(self, receipt: str) -> "Future[Earlier]":
        """What central says of the rating with this receipt, in its one spelling."""
        if normalise(receipt) != receipt:
            return _known(Earlier("unknown"))
        return self._put(Call("GET", f"/receipts/{receipt}"), lambda reply: earlier_of(reply, receipt))

    def figures(self, staff: str) -> "Future[ClerkFigures | None]":
        """What the clerk of this number may see of their own; None where central cannot be asked, or does not say."""
        if not staff:
            return _known(None)
        path = f"/device/figures?staff={quote(staff, safe='')}"
        return self._put(Call("GET", path), lambda reply: figures_of(reply, staff))

    def own_figures(self, staff: str) -> "Future[OwnFigures | None]":
        """The same, for the terminal's own glass."""
        answer: Future[OwnFigures | None] = Future()
        answer.set_running_or_notify_cancel()

        def answered(done: "Future[ClerkFigures | None]") -> None:
            told = None if done.exception() is not None else done.result()
            answer.set_result(None if told is None else _own(told))

        self.figures(staff).add_done_callback(answered)
        return answer

    def _put(self, call: Call, read: Callable[[Answer], T]) -> "Future[T]":
        answer: Future[T] = Future()
        answer.set_running_or_notify_cancel()

        def answered(done: "Future[Answer]") -> None:
            failed = done.cancelled() or done.exception() is not None
            answer.set_result(read(NoReply("unreachable", "not asked") if failed else done.result()))

        question = self._ask(call)
        question.add_done_callback(answered)
        self._loop.post(lambda: self._give_up_later(question))
        return answer

    def _give_up_later(self, question: "Future[Answer]") -> None:
        self._loop.call_later(ASKING_MS, lambda: _take_back(question))


def figures_of(reply: Answer, asked: str) -> ClerkFigures | None:
    """What central's answer about the clerk `asked` means; None for whatever is not understood or is about another."""
    found = decode_answer(reply, ClerkFigures) if isinstance(reply, Reply) else None
    return found if found is not None and found.staff == asked else None


def _own(told: ClerkFigures) -> OwnFigures:
    return OwnFigures(told.since, told.until, told.visits, told.rated, told.good_percent)


def _known(value: T) -> "Future[T]":
    answer: Future[T] = Future()
    answer.set_result(value)
    return answer


def _take_back(question: "Future[Answer]") -> None:
    question.cancel()  # one that is under way ends by its own deadline
