"""What a name server says no with, and what to do about each (RFC 2136 §2.2, RFC 8945 §5.3)."""

from collections.abc import Sequence

from postroom.model.errors import PeerError, PostroomError, Refused, Unavailable

_OF_KEYS = {
    "PeerBadKey": (
        "does not know the key, or that key may not do this",
        "Compare the key's name and algorithm with the server's, and let it change this zone there"
        " (Knot: an acl with the key and `action: update`; BIND: update-policy).",
    ),
    "PeerBadSignature": (
        "found that the signature does not fit: the secret is another one",
        "Compare the secret of publish.secret with the server's, character by character.",
    ),
    "PeerBadTime": (
        "has another time than this machine",
        "Set both clocks (NTP): they may differ by five minutes.",
    ),
    "PeerBadTruncation": (
        "wants a longer signature",
        "Take an algorithm of publish.algorithm that it lists.",
    ),
}

_OF_ANSWERS = {
    "REFUSED": (
        "refuses the change",
        "Let the key, or this address, change the zone there (Knot: acl, BIND: update-policy).",
    ),
    "NOTAUTH": (
        "does not hold this zone as its primary, or takes no key of ours for it",
        "Name the primary server in publish.server, and its key in publish.key.",
    ),
    "NOTZONE": ("holds the name in another zone", "Take publish.zone out: then it is found."),
    "NOTIMP": ("takes no updates", "Name the primary server in publish.server."),
    "FORMERR": ("did not understand the update", "Look into its log."),
    "SERVFAIL": ("could not change the zone", "Look into its log: its files may be read-only."),
}


def fault(error: Exception, which: str) -> PostroomError:
    """Why a server could not be asked; ``which`` says where it is."""
    kind = type(error).__name__
    if kind in _OF_KEYS:
        says, then = _OF_KEYS[kind]
        return Refused("dns_key_refused", f"The name server {which} {says}.", then)
    if kind in ("BadSignature", "BadKey", "BadTime", "BadAlgorithm"):
        return PeerError(
            "dns_answer_forged",
            f"The answer of the name server {which} does not bear the key's signature.",
            "Compare the secret on both sides; somebody in between may answer in its place.",
        )
    if isinstance(error, OSError | EOFError):
        why = (isinstance(error, OSError) and error.strerror) or "the connection ended"
        return Unavailable(
            "dns_unavailable",
            f"Nothing answers {which}: {why}.",
            "Check the server's address, and that it listens for TCP as well.",
        )
    return PeerError(
        "dns_answer_unreadable",
        f"The name server {which} answered what nobody can read ({kind}).",
        "Check that a name server listens there.",
    )


def refused(rcode: str, zone: str, which: str) -> PostroomError:
    """An update that was not made."""
    says, then = _OF_ANSWERS.get(rcode, (f"answered {rcode}", "Look into its log."))
    return Refused(
        "dns_update_refused",
        f"The name server {which} {says} ({rcode}, zone {zone}). Nothing was changed in it.",
        then,
    )


def hides(domain: str, zone: str, kinds: Sequence[str]) -> PostroomError:
    """A change that would take away what a wildcard says."""
    return Refused(
        "publish_hides_wildcard",
        f"A wildcard of {zone} answers for {domain} ({', '.join(kinds)}), and stops to as soon as"
        " any record is at that name or below it. Nothing was changed.",
        f"Put the wildcard's records at {domain} first, those that are to go on; of MX,"
        " --replace-mx puts yours in their place.",
    )


def silent(which: str) -> Unavailable:
    """Nobody answered in time."""
    return Unavailable(
        "dns_unavailable",
        f"The name server {which} did not answer.",
        "Check the network and the server's address, then run it again.",
    )
