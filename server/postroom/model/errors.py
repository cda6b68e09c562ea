"""What can go wrong, as one tree.

    PostroomError                a stable code, a sentence, what to do next
    ├── InvalidRequest           the caller's words are off; nothing was done
    │   └── TooLarge             it has more bytes than are taken
    ├── NotFound                 no such thing, or not the caller's: the two look alike
    ├── Conflict                 it exists already, or means something else
    │   └── KeyReused            an idempotency key that stands for another request
    ├── Refused                  understood, and not allowed
    ├── Unavailable              cannot be done now (no worker, another version, a lock)
    └── PeerError                the other side broke its protocol
        ├── ConnectionLost       also a ConnectionError
        └── PeerTimeout          also a TimeoutError

Codes are lower_snake_case and never change meaning. Text that a stranger wrote never appears in
an error: errors are read by models, and an error would lend such words our own voice.
"""


class PostroomError(Exception):
    """One failure: ``code`` for programs, ``message`` a sentence, ``next_step`` what to do."""

    def __init__(self, code: str, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.code}: {self.message}" + (f" {self.next_step}" if self.next_step else "")


class InvalidRequest(PostroomError):
    """The caller's words are off; nothing was done."""


class TooLarge(InvalidRequest):
    """It has more bytes than are taken."""


class NotFound(PostroomError):
    """No such thing, or it is somebody else's. The caller cannot tell which, on purpose."""


class Conflict(PostroomError):
    """It exists already, or the same key means something else."""


class KeyReused(Conflict):
    """An idempotency key that stands for another request."""


class Refused(PostroomError):
    """Understood, and not allowed."""


class Unavailable(PostroomError):
    """It cannot be done now; the next step says when or how."""


class PeerError(PostroomError):
    """The other side broke its protocol, or said no in a way we cannot act on."""


class ConnectionLost(PeerError, ConnectionError):
    """The connection ended before the answer was whole."""


class PeerTimeout(PeerError, TimeoutError):
    """The other side did not answer in time."""
