"""Questions of others to central, in the order they came. Each is answered, or cancelled when the lane ends; none waits
for ever."""

import queue
import threading
from concurrent.futures import Future

from kiosk.sync.ports import Call, NoReply, Reply

Answered = Reply | NoReply
Question = tuple[Call, "Future[Answered]"]


class Questions:
    """From any thread to the sync lane's."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[Question] = queue.SimpleQueue()
        self._closed = False
        self._lock = threading.Lock()

    def put(self, call: Call) -> "Future[Answered]":
        """Hand in a question. The future is cancelled if the lane has ended, or ends first."""
        future: Future[Answered] = Future()
        with self._lock:
            if self._closed:
                future.cancel()
            else:
                self._waiting.put((call, future))
        return future

    def take(self) -> Question | None:
        """The next question that its asker still wants answered; None if there is none."""
        while (question := self._next()) is not None:
            if question[1].set_running_or_notify_cancel():
                return question
        return None

    def any(self) -> bool:
        """Whether one waits."""
        return not self._waiting.empty()

    def close(self) -> None:
        """Cancel what waits, and whatever comes."""
        with self._lock:
            self._closed = True
        while (question := self._next()) is not None:
            question[1].cancel()

    def _next(self) -> Question | None:
        try:
            return self._waiting.get_nowait()
        except queue.Empty:
            return None
