"""Tokens: what an operator gives to whoever comes in by the network, and whose a token is."""

import json

from postroom.clock import Clock
from postroom.desk import door
from postroom.desk.identities.known_bearers import Bearer as Bearer
from postroom.desk.identities.known_bearers import KnownBearers
from postroom.desk.mailbox_patterns import checked_patterns
from postroom.desk.notes import checked_note
from postroom.desk.once import Once
from postroom.desk.pages import page
from postroom.desk.times import iso, iso_if_any, to_come
from postroom.index import threads, tokens
from postroom.index.database import Connection, Row
from postroom.index.index import Index
from postroom.index.tokens import NewToken
from postroom.model.agent_names import is_name, named
from postroom.model.callers import AGENT_SCOPES, INBOUND, METRICS, OPERATOR, Caller, agent, operator
from postroom.model.errors import Conflict, InvalidRequest, NotFound
from postroom.model.mailboxes import Mailbox
from postroom.model.token_answers import NewSecret, TokenList, TokenView

SCOPES = AGENT_SCOPES | {INBOUND, METRICS, OPERATOR}

MOST = 500
"""Tokens on one page, unless fewer are asked for."""

GRACE_SECONDS = 86_400.0
"""For how long the secret before a rotation is good, unless the operator says otherwise."""


class Tokens:
    """What is asked about tokens."""

    def __init__(self, index: Index, clock: Clock) -> None:
        self._index = index
        self._clock = clock
        self._known = KnownBearers()

    async def create(
        self,
        caller: Caller,
        agent_name: str,
        scopes: tuple[str, ...] | None = None,
        mailboxes: tuple[str, ...] = (),
        thread_id: str | None = None,
        expires: str | None = None,
        note: str = "",
        idempotency_key: str | None = None,
    ) -> NewSecret:
        """A token for an agent, or with the scope ``operator`` for a person. Its secret is told
        once, here. ``scopes`` are by themselves all that an agent's may have there.

        Raises:
            InvalidRequest: a scope, a pattern or a time means nothing, or they do not go together.
            NotFound: the agent has no such conversation.
            Conflict: it was made with this key already, or the key stands for another request.
        """
        door.for_operators(caller)
        if scopes is None:
            scopes = tuple(sorted(AGENT_SCOPES - ({"create"} if thread_id else set())))
        asked = json.dumps([agent_name, sorted(scopes), mailboxes, thread_id, expires, note])
        once = Once(idempotency_key, "token", asked)
        who, said = _caller(agent_name, scopes, mailboxes), checked_note(note)
        now = self._clock()
        until = to_come(expires, now, "expires") if expires else None
        if until is not None and until <= now:
            raise InvalidRequest("time_malformed", "`expires` is over already.", 'Such as "30d".')

        def change(con: Connection) -> NewSecret:
            once.require_untold(con, door.actor(caller), "token")
            kept = _kept_to(con, who, thread_id)
            id, secret = tokens.add(con, now, NewToken(kept, said, until), door.actor(caller))
            once.keep(con, now, door.actor(caller), id)
            row = tokens.one(con, id)
            assert row is not None
            return NewSecret(token=_view(row, now), secret=secret)

        return await self._index.write(change)

    async def list(self, caller: Caller, limit: int = MOST, cursor: str | None = None) -> TokenList:
        """Every token, without its secret, at most ``limit``; those that are good no more too."""
        door.for_operators(caller)

        def look(con: Connection) -> TokenList:
            now = self._clock()
            rows, more = page(
                con,
                "tokens",
                limit,
                cursor,
                start=(0,),
                some=lambda key, most: tokens.some(con, int(key[0]), most),
                key=lambda row: (row["id"],),
            )
            return TokenList(tokens=tuple(_view(row, now) for row in rows), next_cursor=more)

        return await self._index.read(look)

    async def rotate(
        self,
        caller: Caller,
        token_id: str,
        grace_seconds: float = GRACE_SECONDS,
        idempotency_key: str | None = None,
    ) -> NewSecret:
        """A new secret for a token; the one before is good for ``grace_seconds`` yet.

        Raises:
            NotFound, Conflict: there is no such token, it is good no more, it was rotated with this
                key already, or the key stands for another request.
        """
        door.for_operators(caller)
        once = Once(idempotency_key, "secret", json.dumps([token_id, grace_seconds]))

        def change(con: Connection) -> NewSecret:
            now = self._clock()
            row = _good(con, now, token_id)
            once.require_untold(con, door.actor(caller), "token")
            until, id = now + grace_seconds, row["public_id"]
            secret = tokens.rotate(con, now, id, until, door.actor(caller))
            once.keep(con, now, door.actor(caller), id)
            return NewSecret(token=_view(_one(con, id), now), secret=secret)

        return await self._index.write(change)

    async def revoke(self, caller: Caller, token_id: str) -> TokenView:
        """Let a token be good no more, from the next request on. Raises as ``rotate``."""
        door.for_operators(caller)

        def change(con: Connection) -> TokenView:
            now = self._clock()
            row = _good(con, now, token_id)
            tokens.revoke(con, now, row["public_id"], door.actor(caller))
            return _view(_one(con, row["public_id"]), now)

        return await self._index.write(change)

    async def is_good(self, token_id: str) -> bool:
        """Whether whoever came in by a token some time ago may be answered yet."""
        now = self._clock()
        row = await self._index.read(lambda con: tokens.one(con, token_id))
        return row is not None and _status(row, now) == "good"

    async def bearer(self, secret: str) -> Bearer | None:
        """Whose a secret is; None where it is nobody's, or good no more. Asked by the faces before
        there is a caller."""
        now, digest = self._clock(), tokens.hash_of(secret)
        version = self._index.version()  # before it is read
        known = self._known.get(digest, version, now)
        if known is not None:
            return known
        row = await self._index.read(lambda con: tokens.live(con, now, digest))
        if row is None:
            return None
        if (row["used_at"] or 0.0) < now - tokens.USED_EVERY_SECONDS:
            self._index.note(lambda con: tokens.used(con, now, row["id"]))
        found = Bearer(row["public_id"], tokens.caller_of(row), row["expires_at"])
        self._known.keep(digest, found, version, _good_until(row, digest, now))
        return found


def _caller(agent_name: str, scopes: tuple[str, ...], mailboxes: tuple[str, ...]) -> Caller:
    if not is_name(agent_name):
        raise InvalidRequest(
            "agent_malformed",
            "An agent's name is letters, digits, - and _, at most 64 of them.",
            "Name one of a tenant as TENANT/NAME.",
        )
    asked = frozenset(scopes)
    if not asked or not asked <= SCOPES:
        raise InvalidRequest(
            "scope_unknown",
            f"There is no scope {', '.join(sorted(asked - SCOPES)) or 'at all'}.",
            f"Scopes are {', '.join(sorted(SCOPES))}.",
        )
    if INBOUND in asked and (len(asked) > 1 or not mailboxes):
        raise InvalidRequest(
            "inbound_scope",
            "A token that hands mail in has no other scope, and names the mailboxes it is for.",
            "Such as --scope inbound --mailbox '*@example.com'.",
        )
    patterns = checked_patterns(mailboxes)
    if OPERATOR in asked and patterns:
        raise InvalidRequest(
            "operator_confined",
            "An operator sees every mailbox: a token with the scope operator has no patterns.",
            "Leave one of them out.",
        )
    asked = asked | AGENT_SCOPES if OPERATOR in asked else asked
    return agent(agent_name).model_copy(update={"scopes": asked, "mailboxes": patterns})


def _kept_to(con: Connection, who: Caller, thread_id: str | None) -> Caller:
    if thread_id is None:
        return who
    if who.is_operator or "create" in who.scopes:
        raise InvalidRequest(
            "thread_scopes",
            "A token for one conversation has no scope but read and send.",
            "Pass --scope read,send.",
        )
    row_id, _ = _thread_of(con, who, thread_id)
    return who.model_copy(update={"thread": threads.public_id(con, row_id)})


def _thread_of(con: Connection, who: Caller, thread_id: str) -> tuple[int, Mailbox]:
    """A conversation of whoever the token is for. An operator, who makes it, may know that another
    agent has it."""
    try:
        return door.thread(con, who, thread_id)
    except NotFound:
        _, box = door.thread(con, operator(), thread_id)
    raise NotFound(
        "thread_of_another",
        f"That conversation is in the mailbox {box.address} of"
        f" {named(box.tenant, box.agent)}, which this token would not reach.",
        "Make it for that agent and mailbox, or name another conversation.",
    )


def _good_until(row: Row, digest: bytes, now: float) -> float:
    """Until when a secret is good if nobody changes that, and at most until its use is noted
    again."""
    ends: list[float | None] = [now + tokens.USED_EVERY_SECONDS, row["expires_at"]]
    ends += [row["replaced_until"]] if row["replaced"] == digest else []
    return min(each for each in ends if each is not None)


def _one(con: Connection, token_id: str) -> Row:
    row = tokens.one(con, token_id.strip())
    if row is None:
        raise NotFound(
            "token_not_found", "There is no such token.", "`postroom tokens list` tells them."
        )
    return row


def _good(con: Connection, now: float, token_id: str) -> Row:
    row = _one(con, token_id)
    if (status := _status(row, now)) != "good":
        raise Conflict("token_over", f"It is {status} already.", "Make another one.")
    return row


def _status(row: Row, now: float) -> str:
    if row["revoked_at"] is not None:
        return "revoked"
    return "expired" if row["expires_at"] is not None and row["expires_at"] <= now else "good"


def _view(row: Row, now: float) -> TokenView:
    replaced = row["replaced_until"]
    return TokenView(
        token_id=row["public_id"],
        agent=named(row["tenant"], row["agent"]),
        status=_status(row, now),
        scopes=tuple(json.loads(row["scopes"])),
        mailboxes=tuple(json.loads(row["mailboxes"])) or None,
        thread_id=row["thread"],
        note=row["note"] or None,
        created_at=iso(row["created_at"]),
        expires_at=iso_if_any(row["expires_at"]),
        revoked_at=iso_if_any(row["revoked_at"]),
        used_at=iso_if_any(row["used_at"]),
        old_secret_until=iso(replaced) if replaced is not None and replaced > now else None,
    )
