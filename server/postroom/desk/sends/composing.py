"""From a request to a mail that is ready to be judged: whose, to whom, with which files, in bytes.

What is meant (`Meant`) is settled first. A file that lies elsewhere is a part of it by its URL
alone, and its bytes come later, once nothing else speaks against the mail.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from postroom.clock import Clock
from postroom.desk import door
from postroom.desk.sends import outbox, outgoing, passed_on, replies
from postroom.desk.sends.outbox import Composed
from postroom.desk.sends.outgoing import Recipients
from postroom.desk.sends.replies import Reply
from postroom.desk.threads.attachments import Attachments
from postroom.index import threads
from postroom.index.database import Connection
from postroom.index.ids import new_send_id
from postroom.index.index import Index
from postroom.mime.parse import parse
from postroom.mime.writing.compose import compose
from postroom.mime.writing.said import Said, said
from postroom.model.callers import Caller
from postroom.model.errors import InvalidRequest
from postroom.model.limits import MAX_MESSAGE_BYTES
from postroom.model.mailboxes import Mailbox
from postroom.model.messages import AttachedFile, Draft, ParsedMessage, RemoteFile
from postroom.model.requests import SendRequest
from postroom.policy_file import CurrentPolicy
from postroom.provision.provisioner import Provisioner


@dataclass(frozen=True)
class Meant:
    """What a request means."""

    request: SendRequest
    box: Mailbox
    reply: Reply | None
    recipients: Recipients
    files: tuple[AttachedFile | RemoteFile, ...]
    not_before: float
    """When it may go at the earliest, seconds since 1970; 0 for at once."""

    @property
    def remote(self) -> tuple[RemoteFile, ...]:
        """The files that lie elsewhere."""
        return tuple(file for file in self.files if isinstance(file, RemoteFile))

    @property
    def at_hand(self) -> tuple[AttachedFile, ...]:
        """The files whose bytes are known."""
        return tuple(file for file in self.files if isinstance(file, AttachedFile))


class Composing:
    """Makes mails of requests; it files nothing."""

    def __init__(
        self,
        index: Index,
        clock: Clock,
        attachments: Attachments,
        provisioners: Mapping[str, Provisioner],
        policy: CurrentPolicy,
        held_seconds: float,
        public_url: str,
    ) -> None:
        """A person may take ``held_seconds`` to decide about a mail that is held. ``public_url`` is
        where anybody reaches this post room by https, or ""."""
        self._index = index
        self._clock = clock
        self._attachments = attachments
        self._provisioners = provisioners
        self._policy = policy
        self._held_seconds = held_seconds
        self._public_url = public_url

    async def meant(self, caller: Caller, request: SendRequest, not_before: float) -> Meant:
        """Raises as `Sending.send`."""
        when = not_before or self._clock()
        box, reply = await self._index.read(lambda con: _whence(con, caller, request, when))
        files = await self._attachments.resolve(caller, request.attachments)
        to_whom = outgoing.recipients(request, reply, box.address)
        return Meant(request, box, reply, to_whom, files, not_before)

    async def composed(
        self, caller: Caller, meant: Meant, fetched: tuple[AttachedFile, ...] | None = None
    ) -> Composed:
        """The mail: with all files where they are ``fetched``, else with those at hand."""
        files = meant.at_hand if fetched is None else fetched
        request, box, reply, to_whom = meant.request, meant.box, meant.reply, meant.recipients
        send_id = new_send_id()
        draft = outgoing.draft(
            request,
            box,
            to_whom,
            reply,
            files,
            send_id,
            meant.not_before or self._clock(),
            writer=door.writer(caller),
            with_reply_to=self._may_be_renamed(box),
        )
        raw, parsed, words = await asyncio.to_thread(_write_and_read, draft)
        if len(raw) > MAX_MESSAGE_BYTES:
            raise InvalidRequest(
                "message_too_large",
                f"The mail is larger than {MAX_MESSAGE_BYTES // 2**20} MB.",
                "Send less at once, or in several mails.",
            )
        # Before the transaction, not in it: what came in between nobody has been shown.
        passes_on = await self._index.read(
            lambda con: passed_on.passes_on(con, box, to_whom.addresses(), words, files)
        )
        return Composed(
            send_id,
            request,
            box,
            reply,
            to_whom,
            raw,
            parsed,
            words.words,
            outgoing.content_hash(request, box, meant.files, meant.not_before),
            await self._policy.now(),
            meant.not_before,
            self._held_seconds,
            self._public_url,
            passes_on,
            url_hosts=tuple(dict.fromkeys(file.host for file in meant.remote)),
            lacks_files=bool(meant.remote) and fetched is None,
        )

    def _may_be_renamed(self, box: Mailbox) -> bool:
        provisioner = self._provisioners.get(box.address.rpartition("@")[2])
        return provisioner is not None and provisioner.may_be_renamed


def _whence(
    con: Connection, caller: Caller, request: SendRequest, when: float
) -> tuple[Mailbox, Reply | None]:
    """The mailbox that sends, and is there at that time, and the thread that is answered."""
    if request.thread_id is None:
        return outbox.able(door.mailbox_or_only_one(con, caller, request.mailbox), when), None
    thread_id, box = door.thread(con, caller, request.thread_id)
    if request.mailbox and door.mailbox(con, caller, request.mailbox).id != box.id:
        raise InvalidRequest(
            "thread_in_another_mailbox",
            f"This thread belongs to {box.address}.",
            "Leave `mailbox` out to answer from there.",
        )
    public_id = threads.public_id(con, thread_id)
    return outbox.able(box, when), replies.look_up(con, thread_id, public_id)


def _write_and_read(draft: Draft) -> tuple[bytes, ParsedMessage, Said]:
    """The bytes of a draft, what a reader finds in them, and all that they say: one truth for
    all."""
    raw = compose(draft)
    parsed = parse(raw)
    return raw, parsed, said(raw, parsed)
