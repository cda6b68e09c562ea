"""Mailboxes: making one, listing one's own, looking into one, taking one away."""

import asyncio
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from postroom.clock import Clock, Stopwatch
from postroom.desk import door, worker_settings
from postroom.desk.mailboxes import created, making
from postroom.desk.once import Once
from postroom.desk.pages import page
from postroom.desk.times import iso, iso_if_any
from postroom.index import journal, mailboxes
from postroom.index.database import Connection
from postroom.index.index import Index, wait_for_event
from postroom.model.agent_names import named
from postroom.model.answers import (
    Credentials,
    MailboxCreated,
    MailboxDetail,
    MailboxList,
    MailboxPage,
    MailboxSummary,
)
from postroom.model.callers import Caller
from postroom.model.errors import InvalidRequest, Refused, Unavailable
from postroom.model.events import EventType
from postroom.model.limits import PROVISION_PATIENCE_SECONDS
from postroom.model.mailboxes import Mailbox, MailboxStatus, Reach
from postroom.provision.provisioner import Provisioner
from postroom.settings import domains_now


class Mailboxes:
    """What is asked about mailboxes."""

    def __init__(
        self,
        index: Index,
        clock: Clock,
        provisioners: Mapping[str, Provisioner],
        default_domain: str,
        username_pattern: str,
        retention_seconds: float,
        unused: str = "",
        *,
        idle: Callable[[], str],
        home: Path,
    ) -> None:
        """``retention_seconds``: how long the mail of an expired mailbox is kept. ``unused``: what
        is said where a mailbox is made on the built-in server though there is an account. ``idle``
        says why no worker runs, or is empty; in ``home`` postroom.toml may have changed."""
        self._index = index
        self._clock = clock
        self._provisioners = provisioners
        self._default_domain = default_domain
        self._pattern = username_pattern
        self._retention = retention_seconds
        self._unused = unused
        self._idle = idle
        self._home = home

    async def create(
        self,
        caller: Caller,
        username: str | None = None,
        display_name: str | None = None,
        domain: str | None = None,
        expires_in: str | None = None,
        agent: str | None = None,
        idempotency_key: str | None = None,
    ) -> MailboxCreated:
        """A mailbox of the caller's own; the same one again where it has this username already, or
        where it was made with this key. ``agent``: for whom an operator makes it.

        Raises:
            InvalidRequest, Refused: the name or another argument is not allowed.
            Conflict: the address is somebody else's, or its old mail is still being removed; the
                key stands for another request.
        """
        door.require(caller, "create")
        asked = json.dumps([username, display_name, domain, expires_in, agent])
        once, who = Once(idempotency_key, "mailbox", asked), door.actor(caller)
        caller = door.acting_for(caller, agent)
        provisioner = await self._provisioner(domain)
        wanted = making.wanted(
            caller, provisioner, username, display_name, expires_in, self._pattern
        )

        def change(con: Connection) -> tuple[Mailbox, Mailbox | None]:
            made = once.made(con, who)
            if made is not None:
                box = door.mailbox(con, caller, made)
                return box, box
            found = making.make(con, self._clock(), wanted, self._pattern, self._retention)
            once.keep(con, self._clock(), who, found[0].address)
            return found

        box, old = await self._index.write(change)
        if box.status is MailboxStatus.PROVISIONING:
            box = await self._wait_until_live(box)
        now = self._clock()
        remarks = created.remarks(box, old, wanted.display_name, wanted.lifetime, now)
        if self._unused and provisioner.reach is Reach.LOCAL:
            remarks.append(self._unused)
        if not box.problem:
            remarks.append(await self._of_the_worker(provisioner.domain))
        return created.answer(box, old, provisioner, remarks)

    async def list(self, caller: Caller) -> MailboxList:
        """The caller's mailboxes, with how many threads in each await an answer."""
        door.require(caller, "read")

        def look(con: Connection) -> tuple[MailboxSummary, ...]:
            return tuple(
                _summary(box, self._status(box), mailboxes.awaiting_us(con, box.id), caller)
                for box in door.own_mailboxes(con, caller)
            )

        return MailboxList(mailboxes=await self._index.read(look), as_of=iso(self._clock()))

    async def page(self, caller: Caller, limit: int, cursor: str | None = None) -> MailboxPage:
        """At most ``limit`` of the same, by address, and where they go on."""
        door.require(caller, "read")

        def look(con: Connection) -> MailboxPage:
            boxes, more = page(
                con,
                "mailboxes",
                limit,
                cursor,
                start=("",),
                some=lambda key, most: door.own_mailboxes_behind(con, caller, str(key[0]), most),
                key=lambda box: (box.address,),
            )
            told = tuple(
                _summary(box, self._status(box), mailboxes.awaiting_us(con, box.id), caller)
                for box in boxes
            )
            return MailboxPage(mailboxes=told, as_of=iso(self._clock()), next_cursor=more)

        return await self._index.read(look)

    async def show(self, caller: Caller, address: str) -> MailboxDetail:
        """Everything about one mailbox but its password."""
        door.require(caller, "read")
        return await self._index.read(lambda con: self._detail(door.mailbox(con, caller, address)))

    async def delete(self, caller: Caller, address: str) -> MailboxDetail:
        """Take a mailbox away: it receives nothing more, and its mail is removed by a worker. The
        address stays taken, so that nobody else inherits its mail. For operators."""
        door.for_operators(caller)

        def change(con: Connection) -> MailboxDetail:
            box = door.mailbox(con, caller, address)
            mailboxes.set_status(con, box.id, MailboxStatus.DELETED)
            journal.append(
                con, self._clock(), EventType.MAILBOX_DELETED, "operator", mailbox_id=box.id
            )
            return self._detail(mailboxes.by_id(con, box.id) or box)

        return await self._index.write(change)

    async def credentials(self, caller: Caller, address: str) -> Credentials:
        """What an ordinary mail program needs to open a mailbox. For operators."""
        door.for_operators(caller)

        def look(con: Connection) -> Credentials:
            box = door.mailbox(con, caller, address)
            provisioner = self._provisioners.get(box.address.rpartition("@")[2])
            if provisioner is None or provisioner.reach is not Reach.LOCAL:
                return _elsewhere(box, provisioner)
            worker = journal.worker(con)
            if worker is None or not worker["imap_port"]:
                raise Unavailable(
                    "server_never_started",
                    "The built-in mail server has not run here yet, so it has no ports.",
                    "Start `postroom serve`, then ask again.",
                )
            return Credentials(
                address=box.address,
                user=box.address,
                password=box.password.get_secret_value(),
                imap_host="127.0.0.1",
                imap_port=worker["imap_port"],
                smtp_host="127.0.0.1",
                smtp_port=worker["smtp_port"],
                security="none (loopback only)",
                note="The server answers while a Postroom process runs, such as `postroom serve`.",
            )

        return await self._index.read(look)

    async def _of_the_worker(self, domain: str) -> str:
        """What to know of the worker, where it has never heard of a domain."""
        idle = self._idle()
        return await self._index.read(lambda con: worker_settings.remark(con, domain, idle))

    async def _provisioner(self, domain: str | None) -> Provisioner:
        asked = (domain or self._default_domain).strip().lower()
        found = self._provisioners.get(asked)
        if found is None:
            if asked in await asyncio.to_thread(domains_now, self._home):
                raise InvalidRequest(
                    "domain_newer",
                    f"postroom.toml names {asked} since this program (process {os.getpid()})"
                    " started, which read it then.",
                    "The operator has to start it anew (where an MCP client runs it, that client),"
                    " and the worker as well.",
                )
            known = ", ".join(sorted(self._provisioners))
            raise InvalidRequest(
                "domain_unknown",
                "This post room makes no addresses in that domain.",
                f"Leave `domain` out, or use one of: {known}. {self._unused}".strip(),
            )
        return found

    def _status(self, box: Mailbox) -> MailboxStatus:
        """Where it stands by the clock: the caretaker comes round a little later, or not at all."""
        over = box.expires_at is not None and box.expires_at <= self._clock()
        live = box.status is MailboxStatus.LIVE
        return MailboxStatus.EXPIRED if live and over else box.status

    def _detail(self, box: Mailbox) -> MailboxDetail:
        return MailboxDetail(
            address=box.address,
            display_name=box.display_name,
            agent=box.agent,
            tenant=box.tenant,
            status=self._status(box).value,
            created_at=iso(box.created_at),
            expires_at=iso_if_any(box.expires_at),
            problem=box.problem or None,
        )

    async def _wait_until_live(self, box: Mailbox) -> Mailbox:
        watch = Stopwatch(self._clock)
        while True:
            changed = self._index.next_change()
            now = await self._index.read(lambda con: mailboxes.by_id(con, box.id))
            left = PROVISION_PATIENCE_SECONDS - watch.elapsed()
            if now is None or now.status is not MailboxStatus.PROVISIONING or left <= 0:
                return now or box
            await wait_for_event(changed, left)


def _elsewhere(box: Mailbox, provisioner: Provisioner | None) -> Credentials:
    """What a mail program needs for a mailbox that is not on the built-in server."""
    if provisioner is None or provisioner.servers is None:
        raise Refused(
            "no_own_login",
            f"{box.address} has no login of its own: it is one of the addresses of an account.",
            "Open that account with a mail program; postroom.toml names it.",
        )
    imap, smtp = provisioner.servers
    return Credentials(
        address=box.address,
        user=box.address,
        password=box.password.get_secret_value(),
        imap_host=imap.host,
        imap_port=imap.port,
        smtp_host=smtp.host,
        smtp_port=smtp.port,
        security=f"IMAP {imap.security}, SMTP {smtp.security}",
        note="Any mail program can open it; the server is not Postroom's own.",
    )


def _summary(box: Mailbox, status: MailboxStatus, awaiting: int, caller: Caller) -> MailboxSummary:
    return MailboxSummary(
        address=box.address,
        display_name=box.display_name,
        status=status.value,  # type: ignore[arg-type]  # deleted ones are never listed
        awaiting_answer=awaiting,
        expires_at=iso_if_any(box.expires_at),
        problem=box.problem or None,
        agent=named(box.tenant, box.agent) if door.sees_all(caller) else None,
    )
