"""Questions asked by a thread that waits for the answer."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2

from postroom.client.question import Question
from postroom.client.sending import Addressed
from postroom.client.tries import Tries, failure_of


class Blocking:
    """Asks, waits, and asks again where that is right."""

    def __init__(self, to: Addressed, web: httpx2.Client) -> None:
        self._to = to
        self._web = web

    def ask(self, question: Question, *, whole: bool = True) -> httpx2.Response:
        """What was answered, read; with ``whole`` false its body is yet to come."""
        tries = Tries(question)
        while True:
            try:
                response = self._web.send(self._to.request(self._web, question), stream=True)
                if whole or not response.is_success:
                    response.read()
            except httpx2.TransportError as error:
                pause = tries.lost(error)
            else:
                after = tries.answered(response)
                if after is None:
                    return response
                pause = after
            self.pause(pause)

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)

    @contextmanager
    def open(self, question: Question) -> Iterator[httpx2.Response]:
        """An answer that is read piece by piece."""
        response = self.ask(question, whole=False)
        try:
            yield response
        except httpx2.TransportError as error:
            raise failure_of(error) from error
        finally:
            response.close()
