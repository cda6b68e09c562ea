"""Mail that goes outside, by the domain it is from: how much, what came back, and what is paused.

Outside is every recipient that was no mailbox of this post room as the mail was filed. All of it is
counted in the outbox itself, as limits are (sent_rates.py): by when a send went, or is to go.

    running ──► paused     a threshold was crossed: mail that goes outside stays queued
    paused ───► running    a person said so; what went before says nothing any more
"""

import math
from collections import defaultdict
from dataclasses import dataclass

from postroom.index import journal, sends
from postroom.index.database import Connection, Row
from postroom.index.queries import named
from postroom.model.events import EventType
from postroom.policy.reputation import Against, Cause, Reputation, Tally, fewest, said
from postroom.policy.warmup import BY_DOMAIN, IDLE, Plan

sql = named("reputation")

PAUSED = (
    "Sending from {domain} to people outside is paused: {why}. This mail waits, and goes out by"
    " itself once the operator lets the domain go on; tell the user."
)


@dataclass(frozen=True)
class Pause:
    """Why a domain's sending is paused, and since when."""

    domain: str
    at: float
    cause: Cause
    recipients: int
    against: int

    @property
    def why(self) -> str:
        """In words, such as "mail to 7 of 120 recipients came back for good (5.83%)"."""
        return said(self.cause, self.recipients, self.against)

    @property
    def tells(self) -> str:
        """What a send's answer says that it keeps."""
        return PAUSED.format(domain=self.domain, why=self.why)


class Outside:
    """What goes outside beside one more mail of a mailbox: `policy.warmup.OutsideHistory`."""

    def __init__(self, con: Connection, mailbox_id: int, since: float = 0.0) -> None:
        """``since``: days before that moment are those on which something really went."""
        self._con = con
        self._mailbox_id = mailbox_id
        self._since = since

    def outside(self, plan: Plan, first: float, end: float) -> int:
        """To how many recipients, from a moment on and before another."""
        count = sql.outside_of_domain if plan.limit == BY_DOMAIN else sql.outside_of_mailbox
        return int(count(self._con, whose=self._whose(plan), first=first, end=end))

    def number(self, plan: Plan, begins: float) -> int:
        """Which day of a plan it is that begins then; one more than it has where it is over."""
        number = sql.day_of_domain if plan.limit == BY_DOMAIN else sql.day_of_mailbox
        asked = {"begins": begins, "idle": IDLE, "days": len(plan.volumes), "since": self._since}
        return int(number(self._con, whose=self._whose(plan), **asked))

    def ahead(self, plan: Plan, first: float, end: float, place: float, send_id: int) -> int:
        """To how many it went between two moments, or goes ahead of a send that is queued there."""
        count = sql.ahead_in_domain if plan.limit == BY_DOMAIN else sql.ahead_in_mailbox
        where = {"first": first, "end": end, "place": place, "id": send_id}
        return int(count(self._con, whose=self._whose(plan), **where))

    def _whose(self, plan: Plan) -> str | int:
        return plan.whose if plan.limit == BY_DOMAIN else self._mailbox_id


def any_lost(con: Connection) -> bool:
    """Whether anything at all speaks against a domain."""
    return sql.any_lost(con) is not None


def tallies(con: Connection, now: float, rules: Reputation, domain: str = "") -> dict[str, Tally]:
    """What became of the mail of each domain of which anything came back or is called unwanted, or
    of one, within the window and since a person let it go on."""
    after = now - rules.window
    lost: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in sql.lost(con, domain=domain, after=after, upto=now):
        lost[row["domain"], row["cause"]].append(row)
    names = {name: None for name, _ in lost} | ({domain: None} if domain else {})
    return {
        name: Tally(
            recipients=_went(con, now, name, after),
            bounces=_against(con, lost[name, Cause.BOUNCES]),
            complaints=_against(con, lost[name, Cause.COMPLAINTS]),
        )
        for name in names
    }


def _against(con: Connection, lost: list[Row]) -> Against:
    """What mails of a domain come to that something speaks against."""
    return Against(
        sum(row["recipients"] for row in lost), fewest(_voices(con, row) for row in lost)
    )


def _voices(con: Connection, lost: Row) -> frozenset[str]:
    """Of whom one may have said what speaks against a mail."""
    if lost["refused"]:
        return frozenset({lost["refused"]})
    found = sql.people_of(con, send_id=lost["send_id"])
    return frozenset(row["person"] for row in found)


def _went(con: Connection, now: float, domain: str, after: float) -> int:
    """To how many recipients outside mail of a domain went since a moment that counts."""
    row = sql.standing(con, domain=domain)
    after = max(after, row["counted_from"] if row else 0.0)
    behind, beyond = math.nextafter(after, math.inf), math.nextafter(now, math.inf)
    return int(sql.outside_of_domain(con, whose=domain, first=behind, end=beyond))


def sending_domains(con: Connection, after: float) -> list[str]:
    """Every domain from which mail went outside behind a moment."""
    return [str(row["domain"]) for row in sql.sending_domains(con, after=after)]


def paused(con: Connection, domain: str) -> Pause | None:
    """Why a domain's sending is paused; None where it is not."""
    row = sql.standing(con, domain=domain)
    return _pause(row) if row is not None else None


def standings(con: Connection) -> dict[str, Pause | None]:
    """Every domain that ever was paused, and why it is now."""
    return {row["domain"]: _pause(row) for row in sql.standings(con)}


def counted_from(con: Connection, domain: str) -> float:
    """From when on a domain's mail is counted, as a person let it go on then; 0 for always."""
    row = sql.standing(con, domain=domain)
    return float(row["counted_from"]) if row is not None else 0.0


def pause(con: Connection, at: float, domain: str, tally: Tally, cause: Cause) -> bool:
    """Pause a domain's sending, with its event; False where it is paused already."""
    against = tally.of(cause).recipients
    asked = {"domain": domain, "at": at, "cause": str(cause)}
    if not sql.pause(con, **asked, recipients=tally.recipients, against=against):
        return False
    detail = f"{domain} {cause} {against} of {tally.recipients}"
    journal.append(con, at, EventType.DOMAIN_PAUSED, "worker", detail=detail)
    return True


def resume(con: Connection, at: float, domain: str, actor: str) -> int | None:
    """How many sends go on, with a domain that was paused; None where it was not."""
    if not sql.resume(con, domain=domain, at=at):
        return None
    went = int(sql.let_go(con, domain=domain, at=at))
    detail = f"{domain} {went} sends go on"
    journal.append(con, at, EventType.DOMAIN_RESUMED, actor, detail=detail)
    return went


def kept(con: Connection, domain: str) -> int:
    """How many sends a pause keeps."""
    return int(sql.count_kept(con, domain=domain))


def to_keep_back(con: Connection, now: float) -> list[Pause]:
    """The pauses that have to keep mail which is due."""
    found = (paused(con, row["domain"]) for row in sql.to_keep_back(con, now=now))
    return [each for each in found if each is not None]


def keep_back(con: Connection, now: float, why: Pause, most: int) -> None:
    """Let what is due wait for the end of its domain's pause: ``most`` of it, an event each."""
    kept = sql.keep_back(con, domain=why.domain, now=now, reason=why.tells, most=most)
    for send_id in sorted(row["id"] for row in kept):
        _tell(con, now, send_id, "paused")


def count_gone(con: Connection, send_id: int) -> None:
    """Count of a send that is sent or failed those outside whom it went to: what our own server
    refuses for reasons of its own never left."""
    sql.count_gone(con, id=send_id)
    sql.time_gone(con, id=send_id)


def put_off(con: Connection, at: float, send_id: int, until: float, reason: str) -> None:
    """Let a queued send go later than it was to, with its event."""
    sql.put_off(con, id=send_id, until=until, reason=reason)
    _tell(con, at, send_id, "warm-up")


def count_at(con: Connection, send_id: int, at: float) -> None:
    """Let a queued send that is late count when it goes: the next one is asked beside it."""
    sql.count_at(con, id=send_id, at=at)


def _tell(con: Connection, at: float, send_id: int, detail: str) -> None:
    row = sends.by_id(con, send_id)
    assert row is not None
    journal.append(
        con,
        at,
        EventType.SEND_DEFERRED,
        "worker",
        mailbox_id=row["mailbox_id"],
        thread_id=row["thread_id"],
        mail_id=row["mail_id"],
        send_id=send_id,
        detail=detail,
    )


def _pause(row: Row) -> Pause | None:
    if row["paused_at"] is None:
        return None
    cause = Cause(row["cause"])
    return Pause(row["domain"], row["paused_at"], cause, row["recipients"], row["against"])
