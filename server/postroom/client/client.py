"""A post room by the network, for programs that wait and for programs that await."""

from types import TracebackType
from typing import Generic, Self

import httpx2

from postroom.client.asking import W
from postroom.client.awaiting import Awaiting
from postroom.client.blocking import Blocking
from postroom.client.sending import Addressed
from postroom.client.subjects.approvals import Approvals
from postroom.client.subjects.attachments import Attachments
from postroom.client.subjects.domains import Domains
from postroom.client.subjects.events import Events
from postroom.client.subjects.inbound import Inbound
from postroom.client.subjects.mailboxes import Mailboxes
from postroom.client.subjects.messages import Messages
from postroom.client.subjects.outbox import Outbox
from postroom.client.subjects.policy import Policy
from postroom.client.subjects.quarantine import Quarantine
from postroom.client.subjects.records import Records
from postroom.client.subjects.suppressions import Suppressions
from postroom.client.subjects.threads import Threads
from postroom.client.subjects.tokens import Tokens
from postroom.client.subjects.webhooks import Webhooks

TIMEOUT_SECONDS = 30.0
"""For an answer, beyond what is waited for there: a send takes up to eight seconds by itself."""


class Subjects(Generic[W]):
    """All that can be asked."""

    def __init__(self, way: W, url: str) -> None:
        self._url = url
        self.mailboxes: Mailboxes[W] = Mailboxes(way)
        self.messages: Messages[W] = Messages(way)
        self.threads: Threads[W] = Threads(way)
        self.attachments: Attachments[W] = Attachments(way)
        self.outbox: Outbox[W] = Outbox(way)
        self.approvals: Approvals[W] = Approvals(way)
        self.suppressions: Suppressions[W] = Suppressions(way)
        self.tokens: Tokens[W] = Tokens(way)
        self.policy: Policy[W] = Policy(way)
        self.quarantine: Quarantine[W] = Quarantine(way)
        self.domains: Domains[W] = Domains(way)
        self.records: Records[W] = Records(way)
        self.events: Events[W] = Events(way)
        self.webhooks: Webhooks[W] = Webhooks(way)
        self.inbound: Inbound[W] = Inbound(way)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._url!r})"


class Postroom(Subjects[Blocking]):
    """A post room at ``url`` (such as ``http://127.0.0.1:8765``), by a bearer token.

    ``web`` is for certificates, proxies and the like; it is the caller's to close. Threads may
    share one client.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        timeout: float = TIMEOUT_SECONDS,
        web: httpx2.Client | None = None,
    ) -> None:
        self._web = httpx2.Client() if web is None else web
        self._is_own = web is None
        super().__init__(Blocking(Addressed(url, token, timeout), self._web), url)

    def close(self) -> None:
        """Let its connections go."""
        if self._is_own:
            self._web.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class AsyncPostroom(Subjects[Awaiting]):
    """The same for tasks: what `Postroom` answers, this one's methods are awaited for."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        timeout: float = TIMEOUT_SECONDS,
        web: httpx2.AsyncClient | None = None,
    ) -> None:
        self._web = httpx2.AsyncClient() if web is None else web
        self._is_own = web is None
        super().__init__(Awaiting(Addressed(url, token, timeout), self._web), url)

    async def close(self) -> None:
        """Let its connections go."""
        if self._is_own:
            await self._web.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()
