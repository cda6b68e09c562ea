"""send_email: a new mail, or a reply in a thread."""

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from postroom.model.answers import SendAnswer
from postroom.model.callers import Caller
from postroom.model.limits import MAX_ATTACHMENTS, MAX_NOTE_CHARS, MAX_SUBJECT_CHARS, MAX_TEXT_CHARS
from postroom.model.requests import AttachmentRequest, SendRequest
from postroom_tools.inputs import MAX_ID_CHARS, Mailbox, Recipients, ThreadId, listed
from postroom_tools.tool import Arguments, Progress, Tool

if TYPE_CHECKING:
    from postroom.desk.desk import Desk


def _plain_strings(*names: str) -> dict[str, Any]:
    return {name: {"type": "string"} for name in names}


Attachments = Annotated[
    tuple[AttachmentRequest, ...],
    Field(max_length=MAX_ATTACHMENTS),
    BeforeValidator(listed),
    WithJsonSchema(
        {
            "type": "array",
            "items": {
                "type": "object",
                "properties": _plain_strings(*AttachmentRequest.model_fields),
            },
        }
    ),
]


class SendEmail(Arguments):
    text: str = Field(max_length=MAX_TEXT_CHARS, description="Words; may be Markdown.")
    mailbox: Mailbox | None = Field(
        default=None,
        description="Your address; not needed with thread_id, or only one.",
    )
    to: Recipients = Field(
        default=(), description="Address(es). A reply without goes to who wrote last."
    )
    cc: Recipients = Field(default=(), description="Who else gets it.")
    bcc: Recipients = Field(default=(), description="Unseen by the others.")
    subject: str | None = Field(
        default=None, max_length=MAX_SUBJECT_CHARS, description="Replies get one by themselves."
    )
    html: str | None = Field(
        default=None, max_length=2 * MAX_TEXT_CHARS, description="By itself made from text."
    )
    thread_id: ThreadId | None = Field(default=None, description="Makes it a reply there.")
    reply_all: bool = Field(default=False, description="Reply to everybody in the thread.")
    attachments: Attachments = Field(
        default=(),
        description=(
            "Each: filename and one of text, content_base64, path, url, attachment_id (received)."
        ),
    )
    idempotency_key: str | None = Field(
        default=None, max_length=2 * MAX_ID_CHARS, description="The same key never sends twice."
    )
    hold_for_review: str | None = Field(
        default=None, max_length=2 * MAX_NOTE_CHARS, description="Ask a human first: why."
    )
    confirm: bool = Field(
        default=False, description="Send despite thread_moved; read what is new first."
    )


async def run(
    desk: "Desk", caller: Caller, given: SendEmail, progress: Progress | None
) -> SendAnswer:
    return await desk.sending.send(
        caller, SendRequest(**{name: getattr(given, name) for name in SendRequest.model_fields})
    )


TOOL = Tool(
    name="send_email",
    title="Send email",
    description=(
        "Send a mail, or reply with thread_id. Repeating a call does not send twice. Look at"
        " status: sent; queued (goes out by itself); held (a human approves); denied or failed"
        " (see reason); thread_moved (not sent: read new_messages). Next: wait_for_reply with"
        " thread_id and after."
    ),
    arguments=SendEmail,
    answer=SendAnswer,
    run=run,
    scope="send",
    in_one_thread=True,
    spelled_elsewhere=frozenset({"new_messages"}),
    # Not idempotent in MCP's sense: without a key, the same mail after ten minutes is a new one.
    destructive=True,
    open_world=True,
)
