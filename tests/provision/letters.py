"""Mails and mailboxes for the tests of mail hosts."""

import secrets
import time
from collections.abc import Callable

from pydantic import SecretStr
from servers.daemons import until
from servers.mail_host import MailHost

from postroom.model.mailboxes import Mailbox, MailboxStatus

GENEROUS = 20.0
"""Seconds that anything here may take on a machine that is busy with other things."""


def letter(sender: str, to: str, subject: str = "Hello") -> tuple[str, bytes]:
    """A Message-ID that nobody else has, and a mail with it."""
    message_id = f"<{secrets.token_hex(8)}@agents.test>"
    raw = (
        f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: {message_id}\r\n"
        "\r\nSome words.\r\n"
    )
    return message_id, raw.encode()


def holds(host: MailHost, address: str, words: str, folder: str = "INBOX") -> bool:
    """Whether a mail in that folder has these words in it."""
    return any(words.encode() in raw for raw in host.mail(address, folder))


def arrived(host: MailHost, address: str, words: str, folder: str = "INBOX") -> None:
    """Come back once such a mail lies there; fail with the servers' logs where none comes."""
    try:
        until(lambda: holds(host, address, words, folder), f"{words} in {folder}", GENEROUS)
    except TimeoutError as error:
        raise AssertionError(f"{error}\n{host.logs()}") from error


def seconds_until(look: Callable[[], bool]) -> float:
    """How long it takes until ``look`` is true."""
    begun = time.monotonic()
    until(look, "it", GENEROUS)
    return time.monotonic() - begun


def mailbox(address: str, password: str) -> Mailbox:
    """A mailbox as the index has it."""
    return Mailbox(
        id=1,
        address=address,
        display_name="",
        owner=1,
        agent="ada",
        tenant="",
        status=MailboxStatus.PROVISIONING,
        password=SecretStr(password),
        created_at=0,
        expires_at=None,
        problem="",
    )
