"""When a question is asked again, and when that is given up.

    not connected                    nothing was heard: asked again
    connection lost, no answer       heard or not: asked again where that changes nothing more, by
                                     its kind or by its idempotency key
    429, 503 with Retry-After        not done: asked again after that time, where it is short
    anything else                    the answer

How often and how long is bounded; what is left then is raised.
"""

import random
import ssl

import httpx2

from postroom.client.problems import error_of
from postroom.client.question import Question
from postroom.model.errors import ConnectionLost, PeerTimeout, PostroomError

MOST_TRIES = 5

FIRST_PAUSE_SECONDS = 0.25
"""Doubled each time: four pauses are about four seconds, enough for a server to start anew."""

LONGEST_PAUSE_SECONDS = 30.0
"""Whoever is told to wait longer is not kept here: their program may have better to do."""

BUSY = frozenset({429, 503})

UNHEARD = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
"""With these nobody has heard the question."""


class Tries:
    """All tries of one question."""

    def __init__(self, question: Question, most: int = MOST_TRIES) -> None:
        self._question = question
        self._left = most - 1
        self._pause = FIRST_PAUSE_SECONDS

    def lost(self, error: httpx2.TransportError) -> float:
        """How long to pause before the next try.

        Raises:
            ConnectionLost, PeerTimeout: there is none.
        """
        unheard = isinstance(error, UNHEARD)
        if not (unheard or self._question.repeats) or not self._left:
            raise failure_of(error, settled=unheard or self._question.repeats) from error
        return self._next(self._pause * random.uniform(0.5, 1))

    def answered(self, response: httpx2.Response) -> float | None:
        """How long to pause before the next try; None where this is the answer.

        Raises:
            PostroomError: it is one, and there is no other try.
        """
        if response.is_success:
            return None
        told = response.headers.get("retry-after", "")
        is_busy = response.status_code in BUSY and told.isdecimal()
        if not is_busy or not self._left or int(told) > LONGEST_PAUSE_SECONDS:
            raise error_of(response)
        return self._next(float(told))

    def _next(self, pause: float) -> float:
        self._left -= 1
        self._pause *= 2
        return pause


def failure_of(error: httpx2.TransportError, *, settled: bool = True) -> PostroomError:
    """The connection's error as one of ours; ``settled``: asking again does no harm."""
    then = "Ask again." if settled else "It may be done, or not: look before you ask again."
    if isinstance(error, httpx2.TimeoutException):
        return PeerTimeout("answer_late", "The post room did not answer in time.", then)
    if isinstance(error, UNHEARD) and (untrusted := _certificate_fault(error)) is not None:
        return ConnectionLost(
            "server_untrusted",
            "The certificate that the post room shows is not trusted"
            f" ({untrusted.verify_message.rstrip('.')}).",
            "Pass `web`, a client of httpx2 that knows it, or its authority:"
            " httpx2.Client(verify=ssl.create_default_context(cafile=FILE)).",
        )
    if isinstance(error, UNHEARD):
        return ConnectionLost(
            "server_unreachable",
            "The post room cannot be reached.",
            "See whether `postroom serve` runs, and whether the URL is its own.",
        )
    return ConnectionLost("connection_lost", "The connection ended before the answer.", then)


def _certificate_fault(error: BaseException) -> ssl.SSLCertVerificationError | None:
    fault: BaseException | None = error
    while fault is not None and not isinstance(fault, ssl.SSLCertVerificationError):
        fault = fault.__cause__ or fault.__context__
    return fault
