"""/v1/messages: sent, waited for, shown, and as they came."""

from collections.abc import Sequence

from postroom.client.asking import Subject, W, asks
from postroom.client.calls import Call, Download
from postroom.client.question import once, part, reading
from postroom.model.answers import MessageView, SendAnswer, WaitAnswer
from postroom.model.limits import DEFAULT_WAIT_SECONDS
from postroom.model.requests import AttachmentRequest


class Messages(Subject[W]):
    """Mail."""

    @asks
    def send(
        self,
        *,
        mailbox: str | None = None,
        to: str | Sequence[str] = (),
        cc: str | Sequence[str] = (),
        bcc: str | Sequence[str] = (),
        subject: str | None = None,
        text: str = "",
        html: str | None = None,
        thread_id: str | None = None,
        reply_all: bool = False,
        attachments: Sequence[AttachmentRequest] = (),
        hold_for_review: str | None = None,
        at: str | None = None,
        confirm: bool = False,
        idempotency_key: str | None = None,
    ) -> Call[SendAnswer]:
        """Send a mail from ``mailbox``, or with ``thread_id`` answer there. Look at the answer's
        ``status``: sent, queued, held (a person must approve), denied, failed.

        ``at`` is a time before which it does not go; it should name one, as "2h" is another time
        when a lost request is repeated, which is refused then. ``hold_for_review`` says why a
        person should look first.

        Raises:
            ThreadMoved: something new has come in the thread; read it, then send with ``confirm``.
            PostroomError: as everywhere.
        """
        asked = once(
            "/messages/send",
            idempotency_key,
            mailbox=mailbox,
            to=to,
            cc=cc,
            bcc=bcc,
            subject=subject,
            text=text,
            html=html,
            thread_id=thread_id,
            reply_all=reply_all,
            attachments=attachments,
            hold_for_review=hold_for_review,
            at=at,
            confirm=confirm,
        )
        return Call(asked, SendAnswer)

    @asks
    def wait(
        self,
        *,
        thread_id: str | None = None,
        mailbox: str | None = None,
        after: str | None = None,
        sender: str | None = None,
        has_code: bool = False,
        timeout_seconds: float = DEFAULT_WAIT_SECONDS,
    ) -> Call[WaitAnswer]:
        """What is new in a thread or mailbox, at once or when it comes, at most 240 seconds later.

        With ``after`` of the latest answer, what lies before it counts as dealt with. Running out
        of time is the outcome ``timeout``, and no error.
        """
        asked = reading(
            "/messages/wait",
            timeout_seconds,
            thread_id=thread_id,
            mailbox=mailbox,
            after=after,
            sender=sender,
            has_code=has_code,
            timeout_seconds=timeout_seconds,
        )
        return Call(asked, WaitAnswer)

    @asks
    def get(self, message_id: str, *, include_quoted: bool = False) -> Call[MessageView]:
        """One message, with all its new words."""
        asked = reading(f"/messages/{part(message_id)}", include_quoted=include_quoted)
        return Call(asked, MessageView)

    @asks
    def raw(self, message_id: str) -> Download:
        """A message's source (RFC 5322), with all that a reader is not shown."""
        return Download(reading(f"/messages/{part(message_id)}/raw"))
