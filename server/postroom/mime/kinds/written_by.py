"""What a mail of ours says of who wrote it (RFC 3834 §5).

    Auto-Submitted: auto-generated      a program wrote it of its own accord
    Auto-Submitted: auto-replied        … in answer to another mail
    Postroom-Writer: agent              … and it reads answers: it is no vacation notice

Vacation programs, and whatever else answers by itself, leave mail alone that bears the first. Two
agents would leave one another alone as well, so that an agent's mail says what else it is: where it
comes in it is a message like a person's. That grants nothing that a mail without any of these does
not have, so that it need not be true; and a thread with it is one between agents, which has its
end (`turns-between-agents` in policy/builtin.toml).
"""

from postroom.mime.header.fields import Fields
from postroom.model.messages import Writer

_WRITER = "postroom-writer"


def writer_fields(writer: Writer, *, answers: bool) -> list[str]:
    """The fields that say who wrote a mail; ``answers`` another one or not."""
    if writer is Writer.PERSON:
        return []
    fields = [f"Auto-Submitted: {'auto-replied' if answers else 'auto-generated'}"]
    return fields + (["Postroom-Writer: agent"] if writer is Writer.AGENT else [])


def is_by_agent(fields: Fields) -> bool:
    """Whether a header says that an agent wrote the mail."""
    return fields.raw(_WRITER).strip().lower() == Writer.AGENT


def writer_of(fields: Fields) -> Writer:
    """Who wrote a mail of ours."""
    if is_by_agent(fields):
        return Writer.AGENT
    return Writer.PROGRAM if fields.has("auto-submitted") else Writer.PERSON
