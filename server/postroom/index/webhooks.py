"""Endpoints that events are posted to, how far each was told, and the last attempts."""

import base64
import json
import secrets as randomness
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import SecretStr

from postroom.index import journal
from postroom.index.database import Connection, Row
from postroom.index.ids import new_webhook_id
from postroom.index.queries import named
from postroom.model.callers import Caller, operator
from postroom.model.event_filters import Wanted
from postroom.model.events import EventType
from postroom.model.webhooks import (
    Attempt,
    Hears,
    Lane,
    SigningSecret,
    Standing,
    Webhook,
    WebhookStatus,
)

sql = named("webhooks")

KEPT_ATTEMPTS = 100
"""Of each endpoint. Who must know of every delivery keeps a log at the receiver."""

SECRET_BYTES = 32
"""The specification asks for 24 to 64."""

PREFIX = "whsec_"


@dataclass(frozen=True)
class NewEndpoint:
    """What an endpoint is to be."""

    url: str
    hears: Hears
    note: str


def add(con: Connection, now: float, new: NewEndpoint, who: str) -> tuple[Webhook, SecretStr]:
    """A new endpoint, told of what happens from now on, and its secret."""
    public_id, hears = new_webhook_id(), new.hears
    everybody = hears.owner.is_operator
    sql.add(
        con,
        public_id=public_id,
        url=new.url,
        tenant="" if everybody else hears.owner.tenant,
        agent="" if everybody else hears.owner.agent,
        reach_mailboxes=json.dumps(hears.owner.mailboxes),
        reach_thread=hears.owner.thread,
        mailboxes=json.dumps(hears.mailboxes),
        thread=hears.wanted.thread,
        types=json.dumps(hears.wanted.types),
        note=new.note,
        now=now,
        status=str(WebhookStatus.ACTIVE),
        position=journal.last_position(con),
    )
    made = one(con, public_id)
    assert made is not None
    secret = _add_secret(con, made.id)
    _changed(con, now, EventType.WEBHOOK_CREATED, made, who)
    return made, secret


def one(con: Connection, public_id: str) -> Webhook | None:
    row = sql.one(con, public_id=public_id)
    return _webhook(row) if row is not None else None


def every(con: Connection) -> list[Webhook]:
    """All of them, the newest last."""
    return [_webhook(row) for row in sql.every(con)]


def some(con: Connection, after: int, most: int, standing: Standing | None = None) -> list[Webhook]:
    """The next behind a row id, the newest last; of those that stand so alone where it
    is named."""
    return [_webhook(row) for row in sql.some(con, after=after, most=most, standing=standing)]


def of_owner(con: Connection, tenant: str, agent: str) -> list[Webhook]:
    return [_webhook(row) for row in sql.of_owner(con, tenant=tenant, agent=agent)]


def parked(con: Connection) -> list[Webhook]:
    return [_webhook(row) for row in sql.parked(con)]


def secrets(con: Connection, id: int, now: float) -> list[SigningSecret]:
    """What an endpoint's deliveries are signed with now, the newest first."""
    found = [
        SigningSecret(value=SecretStr(r["secret"]), until=r["until"])
        for r in sql.secrets(con, id=id)
    ]
    return [each for each in found if each.until is None or each.until > now]


def rotate(con: Connection, now: float, hook: Webhook, until: float, who: str) -> SecretStr:
    """Another secret; those before it sign ``until`` then beside it."""
    sql.end_secrets(con, id=hook.id, until=until)
    sql.drop_old_secrets(con, id=hook.id, now=now)
    secret = _add_secret(con, hook.id)
    _changed(con, now, EventType.WEBHOOK_ROTATED, hook, who)
    return secret


def pause(con: Connection, now: float, hook: Webhook, who: str) -> None:
    """Tell it nothing more for now."""
    sql.set_status(con, id=hook.id, status=str(WebhookStatus.PAUSED), now=now, reason="")
    _changed(con, now, EventType.WEBHOOK_PAUSED, hook, who)


def resume(con: Connection, now: float, hook: Webhook, who: str) -> None:
    """Go on where it stopped, at once and with a whole day to succeed."""
    _begin_anew(con, now, hook, WebhookStatus.ACTIVE, hook.position)
    sql.retry_lanes(con, id=hook.id, now=now)
    _changed(con, now, EventType.WEBHOOK_RESUMED, hook, who)


def rests(con: Connection, hook: Webhook) -> bool:
    """Whether something of it has failed, and waits for its next try."""
    return hook.failures > 0 or any(lane.failures for lane in lanes(con, hook.id))


def standing(con: Connection, hook: Webhook) -> Standing:
    """How an endpoint stands, as it is told."""
    found: Standing = sql.standing(con, id=hook.id)
    return found


def replay(con: Connection, now: float, hook: Webhook, position: int, who: str) -> None:
    """Tell again what happened behind a position. One that is stopped stays so."""
    lanes_of = lanes(con, hook.id)
    place = min([position, hook.position, *(lane.position - 1 for lane in lanes_of)])
    sql.drop_lanes(con, id=hook.id)
    _begin_anew(con, now, hook, hook.status, place)
    _changed(con, now, EventType.WEBHOOK_REPLAYED, hook, who)


def _begin_anew(
    con: Connection, now: float, hook: Webhook, status: WebhookStatus, position: int
) -> None:
    sql.begin_anew(con, id=hook.id, status=str(status), now=now, position=position)


def remove(con: Connection, now: float, hook: Webhook, who: str) -> None:
    """An endpoint goes, with its secrets and all that was kept of it."""
    for drop in (sql.drop_secrets, sql.drop_lanes, sql.drop_log, sql.drop_tests):
        drop(con, id=hook.id)
    sql.remove(con, id=hook.id)
    _changed(con, now, EventType.WEBHOOK_DELETED, hook, who)


def park(con: Connection, now: float, hook: Webhook, reason: str) -> None:
    """Try it no more until somebody says so; it keeps its place."""
    if sql.park(con, id=hook.id, generation=hook.generation, now=now, reason=reason):
        _changed(con, now, EventType.WEBHOOK_PARKED, hook, "worker")


def moved(con: Connection, hook: Webhook) -> bool:
    """Keep how far an endpoint was told; False where it began anew, or went, meanwhile."""
    return bool(
        sql.moved(
            con,
            id=hook.id,
            generation=hook.generation,
            position=hook.position,
            failures=hook.failures,
            failing_since=hook.failing_since,
            next_at=hook.next_at,
            delivered_at=hook.delivered_at,
            attempts=hook.attempts,
        )
    )


def lanes(con: Connection, id: int) -> list[Lane]:
    """Where an endpoint is behind, by position."""
    return [
        Lane(
            name=row["lane"],
            mailbox=row["mailbox"],
            position=row["position"],
            failures=row["failures"],
            failing_since=row["failing_since"],
            next_at=row["next_at"],
        )
        for row in sql.lanes(con, id=id)
    ]


def put_lane(con: Connection, id: int, lane: Lane) -> None:
    sql.put_lane(
        con,
        id=id,
        lane=lane.name,
        mailbox=lane.mailbox,
        position=lane.position,
        failures=lane.failures,
        failing_since=lane.failing_since,
        next_at=lane.next_at,
    )


def drop_lane(con: Connection, id: int, name: str) -> None:
    sql.drop_lane(con, id=id, lane=name)


def log(con: Connection, id: int, attempts: Iterable[Attempt]) -> None:
    """Keep what became of attempts, each in the place of an older one."""
    for each in attempts:
        sql.log(con, id=id, place=each.number % KEPT_ATTEMPTS, **each.model_dump())


def logged(con: Connection, id: int, most: int) -> list[Attempt]:
    """The last attempts, the newest first."""
    return [_attempt(row) for row in sql.logged(con, id=id, most=most)]


def logged_one(con: Connection, id: int, message_id: str) -> Attempt | None:
    row = sql.logged_one(con, id=id, message_id=message_id)
    return _attempt(row) if row is not None else None


def arrived_at(con: Connection, id: int) -> float | None:
    """When the last attempt arrived, of those that are kept; None where none did."""
    found: float | None = sql.arrived_at(con, id=id)
    return found


def ask_test(con: Connection, now: float, hook: Webhook) -> str:
    """The message id of a delivery that is to be tried."""
    message_id = f"test_{randomness.token_hex(8)}"
    sql.ask_test(con, message_id=message_id, id=hook.id, now=now)
    sql.revise(con)
    return message_id


def tests(con: Connection) -> list[tuple[str, int]]:
    """(message id, endpoint's row) of all that are asked for."""
    return [(row["message_id"], row["webhook_id"]) for row in sql.tests(con)]


def tested(con: Connection, id: int, message_id: str) -> None:
    sql.drop_test(con, id=id, message_id=message_id)


def revision(con: Connection) -> int:
    """Another number, whenever endpoints changed otherwise than by deliveries."""
    return int(sql.revision(con))


def position_at(con: Connection, at: float) -> int:
    """The newest position that is older than a moment."""
    return int(sql.position_at(con, at=at))


def _add_secret(con: Connection, id: int) -> SecretStr:
    secret = PREFIX + base64.b64encode(randomness.token_bytes(SECRET_BYTES)).decode()
    sql.add_secret(con, id=id, secret=secret)
    return SecretStr(secret)


def _changed(con: Connection, now: float, type: EventType, hook: Webhook, who: str) -> None:
    journal.append(con, now, type, who, detail=hook.public_id)
    sql.revise(con)


def _webhook(row: Row) -> Webhook:
    return Webhook(
        hears=Hears(
            owner=_owner(row),
            mailboxes=tuple(json.loads(row["mailboxes"])),
            wanted=Wanted(thread=row["thread"], types=tuple(json.loads(row["types"]))),
        ),
        **{name: row[name] for name in Webhook.model_fields if name != "hears"},
    )


def _owner(row: Row) -> Caller:
    if not row["agent"]:
        return operator()
    return Caller(
        tenant=row["tenant"],
        agent=row["agent"],
        mailboxes=tuple(json.loads(row["reach_mailboxes"])),
        thread=row["reach_thread"],
    )


def _attempt(row: Row) -> Attempt:
    return Attempt(**{name: row[name] for name in Attempt.model_fields})
