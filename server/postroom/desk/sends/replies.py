"""What a reply is made of: to whom, under which subject, following which messages."""

import json
from dataclasses import dataclass

from postroom.desk import door
from postroom.desk.threads.views import reply_to_differs
from postroom.index import reading, threads
from postroom.index.database import Connection, Row
from postroom.index.threads import people_of
from postroom.model.mailboxes import goes_to
from postroom.model.messages import Direction, Person, SenderVerdict


@dataclass(frozen=True)
class Reply:
    """The thread that is answered, as it stood when it was looked at."""

    thread_id: int
    public_id: str
    answers: Row | None
    """The newest message received, of those that people wrote where there are any: an answer to a
    bounce helps nobody. None in a thread where nobody has written to us yet."""
    latest: Row
    """The message whose subject and ids the reply follows."""

    def recipients(
        self, own: str, everybody: bool
    ) -> tuple[tuple[Person, ...], tuple[Person, ...]]:
        """(to, cc) of a reply: the From of the message that is answered, or everybody there.

        A Reply-To that differs is not followed: it is how a stranger redirects an answer unseen.
        Where nobody has written yet, the mail goes to whom ours went before.
        """
        row = self.latest
        to, cc = people_of(row["to_people"]), people_of(row["cc_people"])
        if row["direction"] == Direction.SENT:
            return to, cc if everybody else ()
        sender = Person(address=row["from_address"], name=row["from_name"])
        first = (sender,) if sender.address else ()
        if not everybody:
            return first, ()
        # A mail to oneself is answered to oneself.
        return _without((*first, *to), own) or first, _without(cc, own)

    def subject(self) -> str:
        """The subject of the message that is answered, with one "Re: "."""
        subject: str = self.latest["subject"].strip()
        return subject if subject[:3].lower() == "re:" else f"Re: {subject}".strip()

    def in_reply_to(self) -> str:
        """The Message-ID of the message that is answered; "" where it has none."""
        id = str(self.latest["message_id"])
        return id if _writable(id) else ""

    def references(self) -> tuple[str, ...]:
        """What the answered message followed, and itself (RFC 5322 §3.6.4)."""
        followed = [i for i in json.loads(self.latest["follows"]) if _writable(i)]
        own = self.in_reply_to()
        return tuple(dict.fromkeys([*followed, *([own] if own else [])]))

    def reply_to_differs(self) -> str | None:
        """A Reply-To of the answered message that is not followed."""
        return reply_to_differs(self.answers) if self.answers is not None else None

    def is_to_forged(self) -> bool:
        """Whether the answered message is not from who it claims to be."""
        return self.answers is not None and self.answers["verdict"] == SenderVerdict.FORGED


def _writable(id: str) -> bool:
    """Whether a header may hold a stranger's id: another kind must not stop us from answering."""
    return id.isascii() and id.isprintable() and " " not in id


def look_up(con: Connection, thread_id: int, public_id: str) -> Reply:
    """The thread as it stands now, to be answered."""
    received = reading.newest_from_people(con, thread_id) or reading.newest_received(con, thread_id)
    latest = received or reading.newest_sent(con, thread_id)
    if latest is None:
        raise door.no_thread()  # its mail has gone by retention
    return Reply(thread_id, public_id, received, latest)


def of_send(con: Connection, send: Row) -> Reply | None:
    """What a send of ours answers; None where it answers nothing that is still there."""
    answered = send["answers_mail"]
    row = reading.one_message(con, answered) if answered is not None else None
    if row is None:
        return None
    return Reply(row["thread_id"], threads.public_id(con, row["thread_id"]), row, row)


def _without(people: tuple[Person, ...], own: str) -> tuple[Person, ...]:
    kept = {p.address.lower(): p for p in people if not goes_to(p.address, own)}
    return tuple(kept.values())
