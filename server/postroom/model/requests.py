"""What is asked at the desk, where it is more than a few words."""

from typing import Any

from pydantic import ConfigDict, Field

from postroom.model.messages import Frozen


class AttachmentRequest(Frozen):
    """A file to send: exactly one of text, content_base64, path, url and attachment_id."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    filename: str | None = Field(default=None, max_length=255)
    content_type: str | None = Field(default=None, max_length=255)
    text: str | None = None
    content_base64: str | None = None
    path: str | None = Field(default=None, max_length=4096)
    url: str | None = Field(default=None, max_length=8192)
    attachment_id: str | None = Field(default=None, max_length=32)


class SendRequest(Frozen):
    """A mail to send; ``thread_id`` makes it a reply."""

    text: str
    mailbox: str | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    subject: str | None = None
    html: str | None = None
    thread_id: str | None = None
    reply_all: bool = False
    attachments: tuple[AttachmentRequest, ...] = ()
    idempotency_key: str | None = None
    confirm: bool = False
    hold_for_review: str | None = None
    """Why a person should look first. It only tightens: what policy denies stays denied."""


class Edit(Frozen):
    """What a person changes in a held mail; None leaves it as it is."""

    subject: str | None = None
    text: str | None = None
    html: str | None = None
    """Left out where ``text`` is given, it is made from that."""
    to: tuple[str, ...] | None = None
    cc: tuple[str, ...] | None = None
    bcc: tuple[str, ...] | None = None
    without_files: tuple[str, ...] = ()
    """Names of files that do not go along."""


class StateChange(Frozen):
    """What becomes different of a thread's labels and metadata; the rest stays."""

    labels: tuple[str, ...] | None = None
    """All of them; None for those there are."""
    add_labels: tuple[str, ...] = ()
    remove_labels: tuple[str, ...] = ()
    metadata: dict[str, Any] | None = None
    """A merge patch (RFC 7396): a key with None goes."""
    clear_metadata: bool = False
    """Whether all of it goes, before the patch."""
