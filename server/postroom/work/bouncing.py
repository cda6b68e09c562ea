"""The envelope sender of a send: the mailbox's own, or with a tag that names the send (VERP).

    a mail host with a table (directory)    with a tag: name+detail is name there
    addresses of an account                 plain, until the operator says that its provider lets
                                            mail go out from, and takes it in for, such an address
    … each in a folder of its own           plain: the tag would become a folder
    the built-in server                     plain: its mail never leaves this machine

One tag is for all recipients of a send, as they share one envelope. Whom a report means, it says
itself; where there was one recipient, it need not.
"""

from collections.abc import Mapping

from postroom.accounts.domains import AccountDomain, AddressForm, BuiltinDomain, Domain
from postroom.accounts.own_domain import BounceAddresses, OwnDomain
from postroom.index import bounce_addresses, domains
from postroom.index.carrying import Waiting
from postroom.index.database import Connection
from postroom.mime.bounce_addresses import marked

DETAIL = "+"
"""What a mail host with a table cuts addresses at, and whoever has a catch-all may."""


class BounceSenders:
    """What mail goes out from."""

    def __init__(self, own: Mapping[str, OwnDomain], served: Mapping[str, Domain]) -> None:
        """``own``: what is said of domains of one's own; ``served``: where the mailboxes of domains
        come from."""
        self._own = own
        self._served = served

    def of(self, con: Connection, send: Waiting) -> str:
        """The envelope sender of a send; the same at each attempt."""
        domain = send.sender.rpartition("@")[2].lower()
        served, said = self._served.get(domain), self._own.get(domain)
        separator = _separator(said or OwnDomain(), served) if served is not None else ""
        if not separator or not (said is not None or domains.is_here(con, domain)):
            return send.sender
        return marked(send.sender, separator, bounce_addresses.tag_of(con, send.id))


def _separator(said: OwnDomain, domain: Domain) -> str:
    """What stands before the tag; "" where there is none."""
    if isinstance(domain, BuiltinDomain) or said.bounce_addresses is BounceAddresses.PLAIN:
        return ""
    if not isinstance(domain, AccountDomain):
        return DETAIL
    if said.bounce_addresses is None or domain.addresses is AddressForm.FOLDER:
        return ""
    return DETAIL if domain.addresses is AddressForm.CATCH_ALL else domain.separator


PLAIN = BounceSenders({}, {})
"""All mail goes out from the mailbox's own address."""
