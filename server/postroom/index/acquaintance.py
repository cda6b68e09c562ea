"""What an owner's mail knows of an address that a draft is for. Each question is a look-up."""

import json
from collections.abc import Iterator

from postroom.index import met, search
from postroom.index.database import Connection, Row
from postroom.index.queries import named
from postroom.mime.senders.domains import unicode_domain
from postroom.model.mailboxes import without_detail

sql = named("acquaintance")

NEWEST_IN_THREAD = 200
"""Messages of a thread in which an address may have been named."""

NEWEST_MET_IN = 10_000
"""Mails of an owner in which an address may have been met. A look costs as much as its commonest
word is common, and it is in the transaction that files a send."""

NEWEST_REDIRECTING = 500
"""Messages of a mailbox that ask for answers elsewhere: older ones nobody answers any more."""


def written_to(con: Connection, owner: int, address: str) -> str | None:
    """Who of ours last wrote to an address (``agent:…``, ``operator``, ``person``), or None.
    What was held or denied was not written."""
    found: str | None = sql.written_to(con, owner=owner, address=address)
    return found


def has_written(con: Connection, owner: int, address: str) -> bool:
    """Whether a verified mail ever came from an address."""
    return sql.has_written(con, owner=owner, address=address) is not None


def named_in_thread(con: Connection, thread_id: int, address: str) -> list[str]:
    """Who named an address among the recipients of a message of a thread, verified."""
    return [
        str(row["from_address"])
        for pattern in _in_people(address)
        for row in sql.named_in_thread(
            con, thread_id=thread_id, pattern=pattern, most=NEWEST_IN_THREAD
        )
    ]


def met_in_mail(con: Connection, owner: int, mailbox_id: int, address: str) -> bool:
    """Whether an address (`plain_address`) stands in mail that came in: in its words or its
    header. The words of mail that was read before addresses were kept are looked for."""
    if met.is_met(con, owner, address) or met.is_met(con, owner, without_detail(address)):
        return True
    expression = search.match(address, None)
    if expression is None:
        return False
    first, end = search.newest(con, owner, NEWEST_MET_IN)
    found = sql.met_in_mail(con, match=expression, first=first, end=end)
    return found is not None or _asked_for(con, mailbox_id, address)


def _asked_for(con: Connection, mailbox_id: int, address: str) -> bool:
    asked = {"mailbox_id": mailbox_id, "most": NEWEST_REDIRECTING}
    patterns = _in_people(address)
    return any(sql.asked_for(con, pattern=each, **asked) is not None for each in patterns)


def received_with(con: Connection, among: tuple[int, int], phrase: str, most: int) -> list[Row]:
    """The newest messages of a range (`search.newest`) that came in and hold a phrase: who wrote,
    to whom, and what they carry."""
    expression = search.phrase(phrase)
    if expression is None:
        return []
    first, end = among
    return list(sql.received_with(con, match=expression, first=first, end=end, most=most))


def sent_with(
    con: Connection, among: tuple[int, int], phrase: str, before: int, most: int
) -> list[Row]:
    """The newest messages of a range that went out before a mail came in, and hold a phrase."""
    expression = search.phrase(phrase)
    if expression is None:
        return []
    first, end = among
    end = min(end, first - _mail_id(first) + before)
    return list(sql.sent_with(con, match=expression, first=first, end=end, most=most))


def text_of(con: Connection, mail_id: int) -> str:
    """The words of a message, as far as they are compared."""
    return str(sql.text_of(con, mail_id=mail_id) or "")


def received_with_codes(con: Connection, owner: int, among: tuple[int, int]) -> Iterator[Row]:
    """An owner's messages of a range (`search.newest`) that came in and carry a code."""
    yield from sql.received_with_codes(con, owner=owner, first=_mail_id(among[0]))


def received_with_files(
    con: Connection, owner: int, among: tuple[int, int], size: int, most: int
) -> list[Row]:
    """Those that carry a file of so many bytes."""
    listed = f'"size": {size}}}'  # at the end of an entry of `mail.fields`
    return list(
        sql.received_with_files(
            con, owner=owner, first=_mail_id(among[0]), listed=listed, most=most
        )
    )


def _mail_id(row_id: int) -> int:
    return row_id % search.OWNER


def turns(con: Connection, thread_id: int, most: int) -> int:
    """How many of the ``most`` newest messages of a thread are mails of ours."""
    return int(sql.turns(con, thread_id=thread_id, most=most))


def _in_people(address: str) -> set[str]:
    """How an address begins an entry of a message's people (`threads.people_json`), lower case: in
    either form of its domain."""
    local, _, domain = address.rpartition("@")
    forms = (address, f"{local}@{unicode_domain(domain)}")
    return {f"[{json.dumps(form, ensure_ascii=False)}".lower() for form in forms}
