"""A mail as it lies in a correspondent's mailbox."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from functools import cached_property


@dataclass(frozen=True)
class Received:
    """What came, as its bytes say."""

    raw: bytes
    at: float
    """When it was read, seconds since 1970, by the clock of the test."""

    @cached_property
    def message(self) -> EmailMessage:
        """The mail as the standard library reads it."""
        read = message_from_bytes(self.raw, policy=SMTP)
        assert isinstance(read, EmailMessage)
        return read

    @property
    def sender(self) -> str:
        """The address that it is from."""
        return parseaddr(str(self.message.get("From", "")))[1]

    @property
    def subject(self) -> str:
        return str(self.message.get("Subject", ""))

    @property
    def message_id(self) -> str:
        """With its brackets."""
        return str(self.message.get("Message-ID", "")).strip()

    @property
    def references(self) -> str:
        """The ids of the mails that it follows, in one line."""
        return " ".join(str(self.message.get("References", "")).split())

    @property
    def text(self) -> str:
        """Its words, with quotes."""
        body = self.message.get_body(("plain",))
        return str(body.get_content()).replace("\r\n", "\n") if body is not None else ""

    @property
    def is_automatic(self) -> bool:
        """Whether it says that a program wrote it (RFC 3834 §5)."""
        said = str(self.message.get("Auto-Submitted", "no")).strip().lower()
        return not said.startswith("no")
