"""One mail's way into the index, in its batch's transaction.

whose is it?       the mailbox whose folder it lies in; in a shared login, whom it is routed to
known already?     by its UID; by its bytes, moved or renumbered; in Sent, by its Message-ID
kept out?          where a rule of the operator's says so: put aside (turned_away.py)
otherwise          received (or sent by a person, in Sent): kept, placed in its conversation, told
"""

from collections.abc import Collection
from dataclasses import dataclass

from postroom.conversations import routing
from postroom.conversations.identifiers import message_ids, own_id
from postroom.imap.mail import FetchedMail
from postroom.index import (
    carrying,
    folders,
    journal,
    mail,
    mailboxes,
    quarantine,
    removal,
    threads,
)
from postroom.index import unsubscribing as unsubscribed
from postroom.index.database import Connection
from postroom.index.folders import Folder, Progress, StrayWords
from postroom.index.mail import NewMail
from postroom.index.quarantine import Caught
from postroom.mime.bounce_addresses import parted
from postroom.mime.senders.verdict import Judged
from postroom.model.events import EventType
from postroom.model.mailboxes import Mailbox
from postroom.model.messages import Direction, ParsedMessage, SenderVerdict
from postroom.policy.rules import REFUSE, Policy
from postroom.work import reports, suppressing, turned_away, unsubscribing
from postroom.work.places import Place, Role

CLOCK_SECONDS = 60.0
"""How far a server's clock may be off from ours: what seems older by less is not old."""

WRONG_CLOCK_SECONDS = 3600.0
"""The same for mail of which we know that it came since: it may still be old where a person moved
it there, with its date."""

AFTER_SECONDS = 0.001
"""How much later than what it answers an answer is, at least."""

MAX_FROM_CHARS = 254
MAX_SUBJECT_CHARS = 200
MAX_ADDRESSES_CHARS = 1_000
"""What is kept of a stranger's words, characters: enough to know a mail by, in a folder that may
hold a hundred thousand of them."""

NOBODYS = "for none of our mailboxes"


class Refused(Exception):
    """A rule of the operator's refuses a mail: nothing of it is stored."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.reason = reason


@dataclass(frozen=True)
class Read:
    fetched: FetchedMail
    parsed: ParsedMessage
    judged: Judged
    fields: ParsedMessage | None = None
    """What is kept of it in the place of ``parsed``."""


@dataclass(frozen=True)
class Taking:
    """One mail being taken; ``before`` is the newest mail that was there before this batch."""

    con: Connection
    now: float
    place: Place
    one: Read
    before: int
    progress: Progress
    first_look: bool
    policy: Policy | None = None
    """The operator's rules; None where there are none about mail that comes in."""
    may_refuse: bool = False
    """Whether whoever hands it in waits for the answer, and can be told that it is refused."""

    def take(self) -> None:
        uid = self.one.fetched.uid
        owner = self.place.folder.mailbox_id
        if self._may_be_ours() and self._is_ours():
            return
        boxes = self._owned(owner) if owner else self._routed()
        if (
            not (owner or boxes)
            and not (self.first_look and self._is_old(self.place.since))
            and self.place.role is not Role.SENT
        ):
            folders.leave(self.con, self.place.folder, uid, self.now, NOBODYS, self._words())
        for box in sorted(boxes):
            self._take_for(box)

    def _words(self) -> StrayWords:
        """What a person is shown of it, to know it by."""
        parsed, sender = self.one.parsed, self.one.parsed.sender
        return StrayWords(
            addresses=" ".join(routing.header_addresses(parsed)[:10])[:MAX_ADDRESSES_CHARS],
            from_name=sender.name[:MAX_FROM_CHARS] if sender else "",
            from_address=sender.address[:MAX_FROM_CHARS] if sender else "",
            subject=parsed.subject[:MAX_SUBJECT_CHARS],
            arrived_at=self.one.fetched.internal_date,
            mark=folders.mark_of(own_id(parsed.message_id)),
        )

    def _owned(self, owner: int) -> Collection[int]:
        """The mailbox whose folder it is; of an account's, only mail from its own time."""
        return () if self.place.way.shared and self._came_before(owner) else (owner,)

    def _may_be_ours(self) -> bool:
        """What we wrote lies in Sent, and in INBOX where somebody has copied it there: no server
        has handed such a copy on."""
        if self.place.role is Role.SENT:
            return True
        own = bool(self.place.folder.mailbox_id) and not self.place.way.shared
        return own and not self.one.parsed.handed_on

    def _is_ours(self) -> bool:
        """Whether it is a copy of a mail that we sent, which a provider may have renamed."""
        owner = self.place.folder.mailbox_id
        own = own_id(self.one.parsed.message_id)
        former = [i for field in self.one.parsed.original_ids for i in message_ids(field)]
        known = [
            row
            for row in folders.sent_as(self.con, [i for i in (own, *former) if i])
            if owner in (0, row["mailbox_id"]) and self._carries(row["mailbox_id"])
        ]
        for row in known:
            self._lies_here(row["mailbox_id"], row["mail_id"])
            if self.place.role is Role.SENT:
                carrying.copy_met(self.con, self.now, row["mail_id"])
            if own and former:
                mail.also_known_as(self.con, row["mail_id"], own)
        return bool(known)

    def _routed(self) -> Collection[int]:
        """The mailboxes that a mail in a shared login is for."""
        parsed = self.one.parsed
        if self.place.role is not Role.SENT:
            found = routing.route(parsed, self._sent_by, self._mailbox_of, self._is_nobodys)
        else:  # a person wrote it: where its conversation is, else as whom they wrote
            found = frozenset(
                box
                for box in folders.mentioned_in(self.con, routing.followed_ids(parsed))
                if self._carries(box)
            )
            writer = self._mailbox_of(parsed.sender.address.lower()) if parsed.sender else None
            found = found or frozenset({writer} if writer is not None else ())
        return [box for box in found if not self._came_before(box)]

    def _sent_by(self, ids: Collection[str]) -> frozenset[int]:
        found = {row["mailbox_id"] for row in folders.sent_as(self.con, ids)}
        return frozenset(box for box in found if self._carries(box))

    def _mailbox_of(self, address: str) -> int | None:
        if address.rpartition("@")[2] not in self.place.way.domains:
            return None
        box = self._named(address)
        return box.id if box and mailboxes.keeps_mail(self.con, box.id) else None

    def _named(self, address: str) -> Mailbox | None:
        """The mailbox of an address, also where the address is that of a bounce (bouncing.py)."""
        exact = mailboxes.by_address(self.con, address)
        return exact or mailboxes.by_address(self.con, parted(address)[0])

    def _is_nobodys(self, address: str) -> bool:
        """Whether an address is that of a mailbox that is gone, or of none that was ever made."""
        if address.rpartition("@")[2] not in self.place.way.domains:
            return False
        gone = self._named(address) is not None
        return gone or bool(self.place.way.detail_of(address))

    def _carries(self, box_id: int) -> bool:
        """Whether a mailbox's mail goes this way and is kept."""
        box = mailboxes.by_id(self.con, box_id)
        ours = box is not None and box.address.rpartition("@")[2] in self.place.way.domains
        return ours and mailboxes.keeps_mail(self.con, box_id)

    def _came_before(self, box_id: int) -> bool:
        """Whether it came before a mailbox was made: such mail was for somebody else."""
        box = mailboxes.by_id(self.con, box_id)
        if box is None:
            return True
        newest = self.place.newest_box
        if newest is not None and box_id > newest:
            return True
        came_since = not self.first_look and box.created_at <= self.place.read_at
        return self._is_old(box.created_at, WRONG_CLOCK_SECONDS if came_since else CLOCK_SECONDS)

    def _is_old(self, since: float, off: float = CLOCK_SECONDS) -> bool:
        at = self.one.fetched.internal_date
        return at is not None and at < since - off

    def _arrived_at(self) -> float:
        """When it arrived: now, but for what lay there when we first looked at much mail, which is
        not read in its order. A server tells whole seconds: it came before that one was over."""
        at = self.one.fetched.internal_date
        if at is None or not self.first_look or self.progress.ids_from is None:
            return self.now
        return min(at + 1.0, self.now)

    def _written_at(self, box_id: int) -> float:
        """When a person's answer was written, which we hear of later: what came meanwhile is not
        answered by it. By its server's clock, in whole seconds; after what it answers in any case.
        """
        at = self.one.fetched.internal_date
        if at is None:
            return self.now
        answered = threads.time_of(self.con, box_id, message_ids(self.one.parsed.in_reply_to))
        return min(self.now, at if answered is None else max(at, answered + AFTER_SECONDS))

    def _take_for(self, box_id: int) -> None:
        folder = self.place.folder.of(box_id)
        uid, raw = self.one.fetched.uid, self.one.fetched.raw
        if folders.is_known(self.con, folder, uid):
            return
        same = self._with_these_bytes(folder, mail.fingerprint(raw))
        if same is not None:
            self._lies_here(box_id, same)
            return
        if quarantine.knows(self.con, box_id, mail.fingerprint(raw)):
            quarantine.met_again(self.con, box_id, mail.fingerprint(raw))
            return
        again = self._delivered_again(box_id)
        if again is not None:
            self._lies_here(box_id, again)
            return
        who = self._left(box_id)
        if not self._is_kept_out(box_id):
            self._keep(box_id, who)
        elif who:
            unsubscribed.take(self.con, self.now, who, None, None)

    def _left(self, box_id: int) -> unsubscribed.Left | None:
        """Who unsubscribes by it."""
        if self.place.role is Role.SENT:
            return None
        return unsubscribing.left(self.con, box_id, self.one.parsed, self.one.judged.verdict)

    def _is_kept_out(self, box_id: int) -> bool:
        """Whether a rule of the operator's keeps it from a mailbox; then it is put aside."""
        one, in_spam = self.one, self.place.role is Role.JUNK
        raw, size = one.fetched.raw, len(one.fetched.raw)
        if self.place.role is Role.SENT:
            return False
        rule = turned_away.rule_against(
            self.con, self.policy, box_id, one.parsed, one.judged, size, in_spam
        )
        if rule is None or self.policy is None:
            return False
        if rule.then == REFUSE and self.may_refuse:
            raise Refused(rule.name, rule.reason)
        caught = Caught(
            folder=self.place.folder.of(box_id),
            uid=one.fetched.uid,
            fingerprint=mail.fingerprint(raw),
            raw=None if rule.then in turned_away.WITHOUT_BYTES else raw,
            size=size,
            parsed=one.fields or one.parsed,
            verdict=one.judged.verdict,
            evidence=one.judged.evidence,
            at=one.fetched.internal_date or self.now,
            old=self.first_look and self._is_old(self.place.since),
            in_spam=in_spam,
            rule=rule.name,
            policy=self.policy.version,
        )
        turned_away.keep_out(self.con, self.now, caught, journal.digest(self.con, raw))
        return True

    def _goes_to_who_wrote(self, thread_id: int) -> bool:
        """Whether it goes to anybody who wrote in its conversation; what a person only passed on
        answers nobody."""
        people = (*self.one.parsed.to, *self.one.parsed.cc)
        return threads.has_writer(self.con, thread_id, [person.address for person in people])

    def _delivered_again(self, box_id: int) -> int | None:
        """The mail that this one is, delivered once for each address of its mailbox."""
        if self.place.role is Role.SENT:
            return None
        one = self.one
        return folders.same_letter(
            self.con, box_id, one.parsed, one.fetched.raw, one.judged.verdict
        )

    def _with_these_bytes(self, folder: Folder, content: bytes) -> int | None:
        """The mail that this one is, under another UID or in another folder."""
        if not folders.knows_content(self.con, folder.mailbox_id, content):
            return None
        same = folders.known_by_content(self.con, folder, content, self.before)
        if same is None:
            same = folders.known_elsewhere(self.con, folder, content)
        return same if same is not None else folders.gone(self.con, folder.mailbox_id, content)

    def _lies_here(self, box_id: int, mail_id: int) -> None:
        """A known mail was found in this folder: renumbered, moved, or filed after it was sent."""
        folder = self.place.folder.of(box_id)
        if not folders.is_known(self.con, folder, self.one.fetched.uid):
            folders.found_again(self.con, folder, self.one.fetched.uid, mail_id)
            mail.set_in_spam(self.con, mail_id, self.place.role is Role.JUNK)
            removal.met_again(self.con, mail_id)

    def _keep(self, box_id: int, who: unsubscribed.Left | None) -> None:
        sent = self.place.role is Role.SENT
        old = self.first_look and self._is_old(self.place.since)
        fetched = self.one.fetched
        aside = self.progress.ids_from if self.first_look else None
        if old and fetched.internal_date:
            at = fetched.internal_date
        else:
            at = self._written_at(box_id) if sent else self._arrived_at()
        told = None if sent else self._about(box_id)
        about = told or who
        new = NewMail(
            mailbox_id=box_id,
            direction=Direction.SENT if sent else Direction.RECEIVED,
            raw=fetched.raw,
            parsed=self.one.fields or self.one.parsed,
            verdict=SenderVerdict.VERIFIED if sent else self.one.judged.verdict,
            evidence=None if sent else self.one.judged.evidence,
            at=at,
            old=old or who is not None,
            in_spam=self.place.role is Role.JUNK,
            id=None if aside is None else aside + fetched.uid,
            about=about.ids if about else ("", ""),
        )
        kept = mail.keep(self.con, self.now, new)
        folders.add_copy(self.con, self.place.folder.of(box_id), fetched.uid, kept.mail_id)
        position = journal.append(
            self.con,
            self.now,
            _event(sent, new.old),
            "person" if sent else "worker",
            mailbox_id=box_id,
            thread_id=kept.thread_id,
            mail_id=kept.mail_id,
            digest=journal.digest(self.con, fetched.raw),
        )
        mail.describe(self.con, kept, new, position)
        if who:
            unsubscribed.take(self.con, self.now, who, kept.mail_id, kept.thread_id)
        if not (sent or old):
            suppressing.heal(self.con, self.now, box_id, new.parsed, new.verdict)
        if told and not old:
            reports.mark(self.con, self.now, told, self.one.parsed, kept.mail_id)
        if sent and not old and self._goes_to_who_wrote(kept.thread_id):
            threads.answered_at(self.con, kept.thread_id, at)

    def _about(self, box_id: int) -> reports.About | None:
        """The send that it reports of, if it is a report."""
        return reports.about(self.con, self.now, box_id, self.one.parsed, self.one.judged.verdict)


def _event(sent: bool, old: bool) -> EventType:
    if old:
        return EventType.MESSAGE_INDEXED
    return EventType.MESSAGE_SENT if sent else EventType.MESSAGE_RECEIVED
