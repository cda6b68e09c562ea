"""Whether the From address really wrote a message, as far as a server that we trust says so."""

from postroom.mime.authentication import Result, read_results
from postroom.mime.parse import SEVERAL_SENDERS
from postroom.model.mailboxes import without_detail
from postroom.model.messages import ParsedMessage, SenderVerdict


def sender_verdict(message: ParsedMessage, trusted: frozenset[str]) -> SenderVerdict:
    """How far the From address of ``message`` can be believed.

    Only the topmost Authentication-Results field of a server named in ``trusted`` counts: a
    server writes above what came in (RFC 8601 §5), so one below it may be the sender's own work.
    A server that takes mail from its own people says ``auth=pass`` (RFC 4954 §7); one that takes
    it from strangers says ``dmarc=pass`` (RFC 7489 §11). Forged are two senders that disagree, and
    an address at the server's own domain that is not the one that logged in.
    """
    if message.sender is None:
        return SenderVerdict.UNVERIFIED
    if SEVERAL_SENDERS in message.defects:
        return SenderVerdict.FORGED
    results = _believed(message.authentication_results, trusted)
    address = message.sender.address.casefold()
    domain = address.rpartition("@")[2]
    if any(result.method == "dmarc" and result.value == "fail" for result in results):
        return SenderVerdict.FORGED
    if any(_was_another(result, address) for result in results):
        return SenderVerdict.FORGED
    for result in results:
        if result.value != "pass":
            continue
        if result.method == "auth" and result.of("smtp.auth") in _logins(address):
            return SenderVerdict.VERIFIED
        if result.method == "dmarc" and result.of("header.from") == domain:
            return SenderVerdict.VERIFIED
    return SenderVerdict.UNVERIFIED


def _was_another(result: Result, address: str) -> bool:
    """Whether the From address is another one's at the very domain whose server took the mail: that
    server knows who logged in."""
    login = result.of("smtp.auth")
    return (
        (result.method, result.value) == ("auth", "pass")
        and login.rpartition("@")[2] == address.rpartition("@")[2]
        and without_detail(login) != without_detail(address)
    )


def _believed(fields: tuple[str, ...], trusted: frozenset[str]) -> tuple[Result, ...]:
    """The results of the topmost field whose server is trusted; none where no server is."""
    known = {name.casefold() for name in trusted}
    for field in fields:
        server, results = read_results(field)
        if server in known:
            return results
    return ()


def _logins(address: str) -> tuple[str, ...]:
    """The logins that may send as ``address``: itself, and itself without ``+detail``."""
    return (address, without_detail(address))
