"""/v1/mailboxes"""

from postroom.client.asking import Subject, W, asks, each
from postroom.client.calls import Call
from postroom.client.question import once, part, reading, removing
from postroom.model.answers import MailboxCreated, MailboxDetail, MailboxPage


class Mailboxes(Subject[W]):
    """Addresses of an agent's own."""

    @asks
    def create(
        self,
        *,
        username: str | None = None,
        display_name: str | None = None,
        domain: str | None = None,
        expires_in: str | None = None,
        agent: str | None = None,
        idempotency_key: str | None = None,
    ) -> Call[MailboxCreated]:
        """An address; the same one again where you have it already. ``username`` left out, a
        readable one is made up; ``expires_in`` ("2h") makes it disposable; ``agent`` is for whom an
        operator makes it."""
        asked = once(
            "/mailboxes",
            idempotency_key,
            username=username,
            display_name=display_name,
            domain=domain,
            expires_in=expires_in,
            agent=agent,
        )
        return Call(asked, MailboxCreated)

    @asks
    def list(self, *, limit: int | None = None, cursor: str | None = None) -> Call[MailboxPage]:
        """A page of your own mailboxes, by address; an operator's are everybody's."""
        return Call(reading("/mailboxes", limit=limit, cursor=cursor), MailboxPage)

    iterate = each(list, lambda page: page.mailboxes)

    @asks
    def show(self, address: str) -> Call[MailboxDetail]:
        """Everything about one mailbox but its password."""
        return Call(reading(f"/mailboxes/{part(address)}"), MailboxDetail)

    @asks
    def delete(self, address: str) -> Call[MailboxDetail]:
        """Take a mailbox away, with its mail; its address stays taken. For operators."""
        return Call(removing(f"/mailboxes/{part(address)}"), MailboxDetail)
