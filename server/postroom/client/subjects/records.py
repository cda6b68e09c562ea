"""/v1/trace, /v1/audit: what happened to a mail, and the journal as it stands. For operators."""

from postroom.client.asking import Subject, W, asks
from postroom.client.calls import Call, Lines
from postroom.client.question import reading
from postroom.model.answers import Trace
from postroom.model.audit_answers import AuditCheck, AuditLine


class Records(Subject[W]):
    """What happened."""

    @asks
    def trace(self, about: str) -> Call[Trace]:
        """The whole way of a mail (a send, a message, a Message-ID), or of a mailbox."""
        return Call(reading("/trace", about=about), Trace)

    @asks
    def check(self, *, head: str | None = None) -> Call[AuditCheck]:
        """Whether every event of the journal is what was written, and where it first is not.
        ``head`` was noted earlier and must be there."""
        return Call(reading("/audit/check", head=head), AuditCheck)

    @asks
    def export(self, *, after: int | None = None, since: str | None = None) -> Lines[AuditLine]:
        """The journal, event by event, each chained to the one before."""
        return Lines(reading("/audit", after=after, since=since), AuditLine)
