"""Approval by mail: the approver is asked about what is held, and decides by answering.

    held ─► a question, once, from a mailbox that no agent has
    an answer there ─► verified, from the approver, with a token that was not used yet, for the very
                       mail that the question showed ─► approved or denied

An agent can neither write as the approver (their mail must be verified, and their address is none
of this post room's) nor read what was asked. What does not count decides nothing and says nothing:
whoever tries tokens learns nothing from it. It is told in the log.
"""

import asyncio
import logging
import secrets
from datetime import UTC, datetime
from functools import partial

from postroom.accounts.approvals import Approvals
from postroom.index import asked, hanging, held, journal, mail, mailboxes, reading, sends
from postroom.index.database import Connection, Row
from postroom.index.ids import new_send_id
from postroom.index.index import wait_for_event
from postroom.index.mail import NewMail
from postroom.index.reading import Scope
from postroom.index.sends import NewSend
from postroom.mime.parse import parse
from postroom.mime.writing.compose import compose, new_salt
from postroom.model.agent_names import OPERATORS_TENANT
from postroom.model.events import EventType
from postroom.model.mailboxes import Mailbox
from postroom.model.messages import (
    Direction,
    Draft,
    MessageKind,
    ParsedMessage,
    Person,
    SenderVerdict,
    Writer,
)
from postroom.model.sends import SendStatus
from postroom.model.verdicts import Action, Verdict
from postroom.provision.provisioner import Provisioner
from postroom.work.deciding import Answering, Decide
from postroom.work.question import Asked, new_token, question, said_in, tokens_in
from postroom.work.term import Term

log = logging.getLogger("postroom.work")

AT_A_TIME = 20

MOST_OPEN = 10
"""Questions about one agent's mail that wait for an answer; the others are asked as those end, or
decided at the command line. An agent must not fill the approver's mailbox."""

LOOK_SECONDS = 60.0

RULE = "asks-the-approver"


class MailApprovals:
    """Asks the approver, and reads the answers."""

    def __init__(
        self, term: Term, settings: Approvals, provisioner: Provisioner, answering: Answering
    ) -> None:
        """``provisioner``: where mailboxes of the asking mailbox's domain come from."""
        self._answering = answering
        assert settings.approver is not None
        assert settings.mailbox is not None
        self._term = term
        self._approver = settings.approver
        self._address = settings.mailbox.lower()
        self._provisioner = provisioner

    async def run(self) -> None:
        """Ask and read until cancelled."""
        while True:
            changed = self._term.index.next_change()
            await self.round()
            await wait_for_event(changed, LOOK_SECONDS)

    async def round(self) -> None:
        """Ask about what is newly held, and decide what was answered."""
        index = self._term.index
        box = await index.read(lambda con: mailboxes.by_address(con, self._address))
        if box is None:
            box = await self._term.write(self._open)
        if box.tenant != OPERATORS_TENANT:
            log.error("Nobody is asked by mail: %s is an agent's mailbox.", self._address)
            return
        if not box.receives(index.clock()):
            return
        next_one = partial(asked.to_ask, mailbox_id=box.id, most_open=MOST_OPEN)
        for _ in range(AT_A_TIME):
            if (send := await index.read(next_one)) is None:
                break
            await self._ask(box, send["id"])
        if await index.read(lambda con: _answers(con, box, 1)):
            decide = await self._answering()
            await self._term.write(lambda con: self._decide_all(con, box, decide))

    def _open(self, con: Connection) -> Mailbox:
        """The mailbox that asks, made where it is not there."""
        owner = mailboxes.owner_or_new(con, OPERATORS_TENANT, "approvals")
        now, password = self._term.index.clock(), secrets.token_urlsafe(18)
        live = self._provisioner.live_at_commit
        id = mailboxes.open_new(
            con, self._address, "Postroom", owner, password, now, None, live=live, actor="worker"
        )
        made = mailboxes.by_id(con, id)
        assert made is not None
        return made

    async def _ask(self, box: Mailbox, send_id: int) -> None:
        token = new_token()
        about = await self._term.index.read(lambda con: _asked(con, send_id))
        written = question(about, token) if about else None
        if written is None:  # too long to be read in a mail, or its bytes have gone
            await self._term.write(lambda con: _leave(con, self._term.index.clock(), send_id))
            return
        public_id, now = new_send_id(), self._term.index.clock()
        draft = Draft(
            sender=Person(address=box.address, name=box.display_name),
            to=(Person(address=self._approver),),
            subject=written[0],
            text=written[1],
            message_id=f"{public_id}@{box.address.partition('@')[2]}",
            date=datetime.fromtimestamp(int(now), UTC),
            writer=Writer.PROGRAM,
            salt=new_salt(),
        )
        raw = await asyncio.to_thread(compose, draft)
        parsed = await asyncio.to_thread(parse, raw)
        hash = about.hash if about else ""

        def change(con: Connection) -> None:
            send = sends.by_id(con, send_id)
            if send is None or send["status"] != SendStatus.HELD or send["asked_at"] is not None:
                return
            if held.hash_now(con, send) == hash:
                question_id = _file(con, now, box, self._approver, public_id, raw, parsed)
                hanging.hang(con, question_id, send["mail_id"])
                asked.ask(con, now, send, hash, token)

        await self._term.write(change)

    def _decide_all(self, con: Connection, box: Mailbox, decide: Decide) -> None:
        for row in _answers(con, box, AT_A_TIME):
            _hang(con, row)
            why = self._decide(con, row, decide)
            if why:
                log.warning("The answer %s decides nothing: %s.", row["public_id"], why)
            asked.set_read_up_to(con, row["position"])

    def _decide(self, con: Connection, row: Row, decide: Decide) -> str:
        """Why an answer decides nothing; "" where it does."""
        if row["from_address"].lower() != self._approver.lower():
            return "it is not from the approver"
        if row["verdict"] != SenderVerdict.VERIFIED:
            return "its sender is not verified"
        if mailboxes.by_address(con, self._approver.lower()) is not None:
            return "the approver's address is a mailbox of this post room"
        if row["kind"] != MessageKind.MESSAGE or row["by_agent"]:
            return "a program wrote it"
        known = {token: about for token in _tokens(row) if (about := asked.question(con, token))}
        if len(known) != 1:
            return "it names no token that was given out, or several"
        ((token, about),) = known.items()
        if about["answered_at"] is not None:
            return "its token was used already"
        said = said_in(row["text"] if row["new_text"] is None else row["new_text"])
        if said is None:
            return "it begins with neither of the two words"
        asked.use(con, self._term.index.clock(), token)
        return decide(
            con, about["public_id"], about["hash"], approves=said.approves, note=said.note
        )


def _answers(con: Connection, box: Mailbox, most: int) -> list[Row]:
    """What came into the asking mailbox and was not read yet, oldest first."""
    return reading.received_after(con, Scope(box.id), asked.read_up_to(con), most)


def _asked(con: Connection, send_id: int) -> Asked | None:
    send = sends.by_id(con, send_id)
    raw = mail.raw(con, send["mail_id"]) if send is not None else None
    if send is None or raw is None:
        return None
    until = send["expires_at"]
    return Asked(
        sender=send["sender"],
        recipients=[(row["field"], row["address"]) for row in sends.recipients(con, send_id)],
        asked_by=send["actor"],
        reason=send["reason"],
        agents_reason=send["review"],
        until=f"{datetime.fromtimestamp(until, UTC):%Y-%m-%d %H:%M} UTC" if until else "",
        hash=held.hash_of(con, send_id, send["sender"], raw),
        raw=raw,
    )


def _leave(con: Connection, now: float, send_id: int) -> None:
    send = sends.by_id(con, send_id)
    if send is not None:
        asked.nothing_to_ask(con, now, send)


def _file(
    con: Connection,
    now: float,
    box: Mailbox,
    to: str,
    public_id: str,
    raw: bytes,
    parsed: ParsedMessage,
) -> int:
    """Put the question into the outbox, and give the row id of its mail. It is the post room's own,
    and no agent's: policy is not asked about it."""
    new = NewMail(box.id, Direction.SENT, raw, parsed, SenderVerdict.VERIFIED, now)
    kept = mail.keep(con, now, new)
    send_id = sends.add(
        con,
        NewSend(
            public_id=public_id,
            mailbox_id=box.id,
            mail_id=kept.mail_id,
            actor="worker",
            status=SendStatus.QUEUED,
            sender=box.address,
            recipients=((to, "to"),),
            answers_mail=None,
            content_hash=mail.fingerprint(raw),
            idempotency_key=None,
            verdict=Verdict(action=Action.ALLOW, rule=RULE),
            at=now,
            goes_on=True,  # without it nobody would be asked
        ),
    )
    position = journal.append(
        con,
        now,
        EventType.SEND_QUEUED,
        "worker",
        mailbox_id=box.id,
        thread_id=kept.thread_id,
        mail_id=kept.mail_id,
        send_id=send_id,
        digest=journal.digest(con, raw),
    )
    mail.describe(con, kept, new, position)
    return kept.mail_id


def _hang(con: Connection, row: Row) -> None:
    """An answer goes with the mail that it is about, whoever wrote it, also where the question has
    gone already that it would have followed (`hanging.follow`)."""
    for token in sorted(_tokens(row)):
        if (about := asked.question(con, token)) is not None:
            hanging.hang(con, row["mail_id"], about["mail_id"])


def _tokens(row: Row) -> set[str]:
    return tokens_in(f"{row['subject']}\n{row['text']}")
