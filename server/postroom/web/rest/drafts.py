"""A mail as a body says it: what is sent, and what policy is asked about."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from postroom.model.limits import (
    MAX_ATTACHMENTS,
    MAX_NOTE_CHARS,
    MAX_SUBJECT_CHARS,
    MAX_TEXT_CHARS,
)
from postroom.model.requests import AttachmentRequest, SendRequest
from postroom.web.rest.problems import MALFORMED, Malformed
from postroom.web.rest.strict_route import Given

MAX_MAIL_BYTES = 64 * 1024 * 1024
"""A body with a mail, bytes: 25 MB of attachments in base64, and its words."""

MAX_ADDRESSES = 1_000


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Addresses = Annotated[
    tuple[Annotated[str, Field(max_length=10_000)], ...] | str,
    BeforeValidator(_listed),
    Field(max_length=MAX_ADDRESSES),
]
"""One or several: "a@b", "Name <a@b>", or a list of such."""


class NewAttachment(Given):
    """A file to send: exactly one of content, text, path, url and attachment_id."""

    filename: str | None = Field(default=None, max_length=255, examples=["report.pdf"])
    content_type: str | None = Field(
        default=None, max_length=255, description="Left out, it is found by the name."
    )
    content: str | None = Field(default=None, description="Its bytes in base64.")
    content_base64: str | None = Field(default=None, description="The same, as tools call it.")
    text: str | None = Field(default=None, description="Its text, in UTF-8.")
    path: str | None = Field(
        default=None, max_length=4096, description="On the server, in a folder that it lists."
    )
    url: str | None = Field(
        default=None, max_length=8192, description="Fetched by https, from a host that it lists."
    )
    attachment_id: str | None = Field(
        default=None, max_length=32, description="A file that came with a mail, or an upload."
    )

    def asked(self) -> AttachmentRequest:
        """As the desk is asked. Raises `Malformed` where its bytes are said twice."""
        if self.content is not None and self.content_base64 is not None:
            raise Malformed(
                MALFORMED,
                "request_malformed",
                "body.attachments: content and content_base64 are the same thing.",
                "Leave one of them out.",
            )
        return AttachmentRequest(
            filename=self.filename,
            content_type=self.content_type,
            text=self.text,
            content_base64=self.content if self.content is not None else self.content_base64,
            path=self.path,
            url=self.url,
            attachment_id=self.attachment_id,
        )


NO_WORDS = "The agent asked that a person looks first."
"""What a person reads where the agent says no more than that."""


class NewDraft(Given):
    """A mail, or with thread_id an answer."""

    from_: str | None = Field(
        default=None,
        alias="from",
        max_length=320,
        description="Your mailbox; not needed with thread_id, or with only one.",
        examples=["support-agent-01@agents.localhost"],
    )
    mailbox: str | None = Field(
        default=None, max_length=320, description="The same, as tools call it."
    )
    to: Addresses = Field(
        default=(),
        description="An address, or a list. An answer without goes to who wrote last.",
        examples=["ben@example.com"],
    )
    cc: Addresses = Field(default=(), description="Who else gets it.")
    bcc: Addresses = Field(default=(), description="Unseen by the others.")
    subject: str | None = Field(
        default=None, max_length=MAX_SUBJECT_CHARS, description="Answers get one by themselves."
    )
    text: str = Field(
        default="", max_length=MAX_TEXT_CHARS, description="The words; may be Markdown."
    )
    html: str | None = Field(
        default=None,
        max_length=2 * MAX_TEXT_CHARS,
        description="Left out, it is made from the text.",
    )
    thread_id: str | None = Field(
        default=None, max_length=32, description="Makes it an answer there."
    )
    reply_all: bool = Field(default=False, description="Answer everybody in the thread.")
    attachments: tuple[NewAttachment, ...] = Field(default=(), max_length=MAX_ATTACHMENTS)
    hold_for_review: Annotated[str, Field(max_length=2 * MAX_NOTE_CHARS)] | bool | None = Field(
        default=None, description="Why a person looks first, in words; true without any."
    )

    def asked(self, key: str | None = None, *, confirm: bool = False) -> SendRequest:
        """As the desk is asked. Raises `Malformed` where it says two mailboxes."""
        return SendRequest(
            text=self.text,
            mailbox=self._from(),
            to=tuple(self.to),
            cc=tuple(self.cc),
            bcc=tuple(self.bcc),
            subject=self.subject,
            html=self.html,
            thread_id=self.thread_id,
            reply_all=self.reply_all,
            attachments=tuple(each.asked() for each in self.attachments),
            idempotency_key=key,
            confirm=confirm,
            hold_for_review=self._held(),
        )

    def _held(self) -> str | None:
        if isinstance(self.hold_for_review, bool):
            return NO_WORDS if self.hold_for_review else None
        return self.hold_for_review

    def _from(self) -> str | None:
        named = {each.strip().lower() for each in (self.from_, self.mailbox) if each is not None}
        if len(named) > 1:
            raise Malformed(
                MALFORMED, "request_malformed", "body: from and mailbox name two mailboxes."
            )
        if any("<" in each for each in named):
            raise Malformed(
                MALFORMED,
                "request_malformed",
                "body.from: an address alone; who writes is called as the mailbox is.",
                "Pass it without a name, such as support-agent-01@agents.localhost.",
            )
        return next(iter(named), None)
