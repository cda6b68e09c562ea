"""What goes wrong at the other side, in words that hold none of its own."""

import ssl

from postroom.certificates import fault_of
from postroom.model.errors import PeerError, PeerTimeout, Unavailable


def slow() -> PeerTimeout:
    """It does not answer, or does not come to an end."""
    return PeerTimeout(
        "peer_slow", "The server at that URL does not answer in time.", "Try again later."
    )


def too_large(octets: int) -> PeerError:
    """Its answer is larger than is read."""
    return PeerError(
        "peer_too_large",
        f"What lies at that URL is larger than {octets} bytes.",
        "Give a smaller one.",
    )


def compressed() -> PeerError:
    """A few octets could become any number: it was asked for none such."""
    return PeerError(
        "peer_compressed",
        "The server answers with a compressed body, which it was asked not to.",
        "Give a URL whose server sends the file as it is.",
    )


def too_many_redirects() -> PeerError:
    """More than are followed."""
    return PeerError(
        "peer_redirects",
        "The URL leads to another one, and that on and on.",
        "Give the one at which the file lies.",
    )


def broken_off() -> PeerError:
    """The connection ended, or what came is not HTTP."""
    return PeerError(
        "peer_garbage",
        "The server at that URL broke off, or does not speak HTTP.",
        "Try again later, or check the URL.",
    )


def unreachable(error: BaseException) -> Unavailable:
    """No connection; a certificate that is not believed says so."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    if cause is not None:
        return Unavailable(
            "peer_untrusted",
            f"The server at that URL {fault_of(cause)}",
            "Give a URL of a server with a certificate that is trusted.",
        )
    return Unavailable(
        "peer_unreachable", "The server at that URL cannot be reached.", "Try again later."
    )
