"""Whether an address may be connected to, at that port, for that host. Pure."""

from postroom.guarded.addresses import CAN_BE_LISTED, Address, kind_of
from postroom.guarded.listed import USUAL_PORT, Listed
from postroom.model.errors import Refused

NEVER = "Nobody is sent there, and no list opens it."


def judge(allowed: Listed, host: str, address: Address, port: int) -> None:
    """Nothing where it may be.

    Raises:
        Refused: ``url_address_refused``, ``url_port_refused``.
    """
    kind = kind_of(address)
    if kind is not None and not allowed.opens(host, address, port):
        if kind not in CAN_BE_LISTED:
            raise Refused(
                "url_address_refused", f"The host of that URL leads to a {kind} address.", NEVER
            )
        raise Refused(
            "url_address_refused",
            f"The host of that URL leads to a {kind} address.",
            "Nobody is sent there; an operator can list a host of their own.",
        )
    if port != USUAL_PORT and not (allowed.names(host, port) or allowed.holds(address, port)):
        raise port_refused(port)


def port_refused(port: int) -> Refused:
    """What is said of a port that nobody listed."""
    return Refused(
        "url_port_refused",
        f"Nobody is asked at port {port}.",
        "Give an https URL without a port, or let the operator list that host with its port.",
    )
