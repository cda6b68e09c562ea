"""What is asked about endpoints that events are posted to."""

import asyncio
import json
import re
from collections.abc import Callable
from typing import get_args

from postroom.accounts.webhooks import Webhooks as Allowed
from postroom.desk import door, worker_settings
from postroom.desk.mailbox_patterns import checked_patterns
from postroom.desk.notes import checked_note
from postroom.desk.once import Once
from postroom.desk.pages import MAX_PAGE, page
from postroom.desk.times import moment
from postroom.desk.webhooks.view import delivery, view
from postroom.index import events, journal, webhooks
from postroom.index.database import Connection
from postroom.index.index import Index, wait_for_event
from postroom.index.webhooks import NewEndpoint
from postroom.model.agent_names import is_name
from postroom.model.callers import Caller
from postroom.model.callers import agent as agent_named
from postroom.model.errors import Conflict, InvalidRequest, Refused
from postroom.model.event_filters import Wanted, wanted
from postroom.model.webhook_answers import (
    DeliveryList,
    NewWebhook,
    Replayed,
    TestDelivery,
    WebhookList,
    WebhookView,
)
from postroom.model.webhooks import Hears, Standing, WebhookStatus

GRACE_SECONDS = 86_400.0
"""For how long the secrets before a rotation sign beside the new one, unless somebody says so."""

KEPT_ATTEMPTS = webhooks.KEPT_ATTEMPTS

LONGEST_GRACE_SECONDS = 30 * 86_400.0

MOST_OF_AN_AGENT = 20
"""Endpoints that an agent may make: each event of its mail goes to all of them."""

MOST_SECRETS = 5
"""That sign at a time: each is a signature in the header of every delivery."""

TEST_PATIENCE_SECONDS = 20.0

_LISTED_HELPS = frozenset({"url_address_refused", "url_port_refused", "url_scheme_refused"})
"""What is refused as long as nobody lists it."""

_EVENT_ID = re.compile(r"[0-9a-f]{4}-\d{1,18}")


class WebhookDesk:
    """The desk for endpoints."""

    def __init__(
        self, index: Index, allowed: Allowed, idle: Callable[[], str], said: str = ""
    ) -> None:
        """``allowed``: what the operator set. ``idle`` says why nobody posts, or is empty;
        ``said`` is the digest of postroom.toml."""
        self._index = index
        self._allowed = allowed
        self._idle = idle
        self._said = said

    async def create(
        self,
        caller: Caller,
        url: str,
        agent_name: str | None = None,
        mailboxes: tuple[str, ...] = (),
        thread_id: str | None = None,
        types: tuple[str, ...] = (),
        note: str = "",
        idempotency_key: str | None = None,
    ) -> NewWebhook:
        """An endpoint that is told of what happens from now on. Its secret is told once, here. An
        operator's hears everybody's events, or as ``agent_name`` does; an agent's its own.

        Raises:
            InvalidRequest, Refused: the URL is none that may be posted to; a pattern, a type or an
                agent's name means nothing.
            NotFound, Conflict: there is no such conversation; the agent has as many as it may; it
                was made with this key already.
        """
        self._may_make(caller)
        if agent_name is not None:
            door.for_operators(caller)  # an agent's hears as itself
        request = json.dumps([url, agent_name, mailboxes, thread_id, types, note])
        once = Once(idempotency_key, "webhook", request)
        patterns, said, asked = checked_patterns(mailboxes), checked_note(note), wanted(types=types)
        owner = door.heard_by(caller, _agent(agent_name))
        await asyncio.to_thread(_judge, self._allowed.allow, url)

        def change(con: Connection) -> NewWebhook:
            now = self._index.clock()
            once.require_untold(con, door.actor(caller), "webhook")
            if not door.sees_all(caller):
                _check_count(len(door.own_webhooks(con, caller)))
            if thread_id is not None:
                door.thread(con, owner, thread_id)
            kept = Wanted(thread=thread_id and thread_id.strip(), types=asked.types)
            hears = Hears(owner=owner, mailboxes=patterns, wanted=kept)
            new = NewEndpoint(url, hears, said)
            made, secret = webhooks.add(con, now, new, door.actor(caller))
            once.keep(con, now, door.actor(caller), made.public_id)
            return NewWebhook(
                webhook=view(con, made, now, whole=True), secret=secret.get_secret_value()
            )

        return await self._index.write(change)

    async def list(
        self,
        caller: Caller,
        limit: int = MAX_PAGE,
        cursor: str | None = None,
        status: str | None = None,
    ) -> WebhookList:
        """The caller's endpoints, the oldest first, at most ``limit``; for operators all. Those of
        one ``status`` alone where it is named.

        Raises:
            InvalidRequest: the limit is out of range, the cursor is another list's, or there is no
                such status.
        """
        door.require(caller, "read")
        kept = _standing(status)

        def look(con: Connection) -> WebhookList:
            now, whole = self._index.clock(), door.sees_all(caller)
            found, more = page(
                con,
                f"webhooks {kept}" if kept else "webhooks",
                limit,
                cursor,
                start=(0,),
                some=lambda key, most: door.own_webhooks(con, caller, int(key[0]), most, kept),
                key=lambda hook: (hook.id,),
            )
            changed = self._changed(con)
            told = tuple(view(con, each, now, whole=whole, changed=changed) for each in found)
            return WebhookList(webhooks=told, next_cursor=more)

        return await self._index.read(look)

    async def show(self, caller: Caller, webhook_id: str) -> WebhookView:
        """One of them.

        Raises:
            NotFound: the caller has no such endpoint.
        """
        door.require(caller, "read")
        return await self._index.read(lambda con: self._view(con, caller, webhook_id))

    async def deliveries(self, caller: Caller, webhook_id: str, most: int = 20) -> DeliveryList:
        """The last attempts, the newest first; a hundred are kept. Raises as ``show``."""
        door.require(caller, "read")

        def look(con: Connection) -> DeliveryList:
            hook = door.webhook(con, caller, webhook_id)
            found = webhooks.logged(con, hook.id, max(most, 0))
            return DeliveryList(deliveries=tuple(delivery(each) for each in found))

        return await self._index.read(look)

    async def rotate(
        self,
        caller: Caller,
        webhook_id: str,
        grace_seconds: float = GRACE_SECONDS,
        idempotency_key: str | None = None,
    ) -> NewWebhook:
        """Another secret, told once; those before it sign for ``grace_seconds`` yet, so that a
        receiver can be given the new one meanwhile.

        Raises:
            NotFound, Conflict: there is no such endpoint, too many secrets sign already, or it was
                rotated with this key.
        """
        self._may_make(caller)
        if not 0 <= grace_seconds <= LONGEST_GRACE_SECONDS:
            raise InvalidRequest(
                "grace_malformed",
                "The time is from 0 seconds to 30 days.",
                "Pass another one, or leave it out for a day.",
            )

        once = Once(idempotency_key, "webhook_secret", json.dumps([webhook_id, grace_seconds]))

        def change(con: Connection) -> NewWebhook:
            now, hook = self._index.clock(), door.webhook(con, caller, webhook_id)
            once.require_untold(con, door.actor(caller), "webhook")
            if grace_seconds and len(webhooks.secrets(con, hook.id, now)) >= MOST_SECRETS:
                raise Conflict(
                    "secrets_too_many",
                    f"{MOST_SECRETS} secrets sign already.",
                    "Wait until the time of one is over, or rotate with a grace of 0.",
                )
            secret = webhooks.rotate(con, now, hook, now + grace_seconds, door.actor(caller))
            once.keep(con, now, door.actor(caller), hook.public_id)
            told = self._view(con, caller, webhook_id)
            return NewWebhook(webhook=told, secret=secret.get_secret_value())

        return await self._index.write(change)

    async def pause(self, caller: Caller, webhook_id: str) -> WebhookView:
        """Tell it nothing more for now; it keeps its place. Raises as ``show``."""
        self._may_make(caller)
        return await self._set(caller, webhook_id, WebhookStatus.PAUSED)

    async def resume(self, caller: Caller, webhook_id: str) -> WebhookView:
        """Go on where it stopped, or rests after failures, at once. Raises as ``show``."""
        self._may_make(caller)
        return await self._set(caller, webhook_id, WebhookStatus.ACTIVE)

    async def replay(self, caller: Caller, webhook_id: str, since: str) -> Replayed:
        """Tell it again what happened since a time, or behind an event's id, under the same ids.
        One that is stopped stays so.

        Raises:
            NotFound, InvalidRequest: there is no such endpoint; ``since`` means no time.
        """
        self._may_make(caller)

        def change(con: Connection) -> Replayed:
            now, hook = self._index.clock(), door.webhook(con, caller, webhook_id)
            webhooks.replay(con, now, hook, _place(con, since.strip(), now), door.actor(caller))
            again, last = door.webhook(con, caller, webhook_id), journal.last_position(con)
            told = self._view(con, caller, webhook_id)
            return Replayed(webhook=told, events=max(last - again.position, 0))

        return await self._index.write(change)

    async def test(self, caller: Caller, webhook_id: str) -> TestDelivery:
        """Post an event of the type ``webhook.test`` there, once, also where it is stopped; what
        became of it. Raises as ``show``."""
        self._may_make(caller)

        def change(con: Connection) -> tuple[int, str]:
            hook = door.webhook(con, caller, webhook_id)
            return hook.id, webhooks.ask_test(con, self._index.clock(), hook)

        id, message_id = await self._index.write(change)
        try:
            async with asyncio.timeout(0 if self._idle() else TEST_PATIENCE_SECONDS):
                return await self._tested(id, message_id)
        except TimeoutError:
            then = self._idle() or "It is under way: the log of its deliveries will tell of it."
            return TestDelivery(message_id=message_id, next_step=then)

    async def delete(self, caller: Caller, webhook_id: str) -> WebhookView:
        """Take it away, with its secrets and all that was kept of it. Raises as ``show``."""
        self._may_make(caller)

        def change(con: Connection) -> WebhookView:
            now, hook = self._index.clock(), door.webhook(con, caller, webhook_id)
            gone = self._view(con, caller, webhook_id)
            webhooks.remove(con, now, hook, door.actor(caller))
            return gone

        return await self._index.write(change)

    def _may_make(self, caller: Caller) -> None:
        door.for_operators_unless(caller, self._allowed.agents)

    def _view(self, con: Connection, caller: Caller, webhook_id: str) -> WebhookView:
        hook, whole = door.webhook(con, caller, webhook_id), door.sees_all(caller)
        return view(con, hook, self._index.clock(), whole=whole, changed=self._changed(con))

    def _changed(self, con: Connection) -> str:
        return worker_settings.changed(con, self._said, self._idle())

    async def _set(self, caller: Caller, webhook_id: str, status: WebhookStatus) -> WebhookView:
        def change(con: Connection) -> WebhookView:
            now, hook = self._index.clock(), door.webhook(con, caller, webhook_id)
            rests = status is WebhookStatus.ACTIVE and webhooks.rests(con, hook)
            if hook.status is not status or rests:
                act = webhooks.pause if status is WebhookStatus.PAUSED else webhooks.resume
                act(con, now, hook, door.actor(caller))
            return self._view(con, caller, webhook_id)

        return await self._index.write(change)

    async def _tested(self, id: int, message_id: str) -> TestDelivery:
        while True:
            changed = self._index.next_change()
            found = await self._index.read(lambda con: webhooks.logged_one(con, id, message_id))
            if found is not None:
                why = await self._index.read(self._changed) if found.fault else ""
                told = delivery(found)
                return TestDelivery(message_id=message_id, delivery=told, next_step=why or None)
            await wait_for_event(changed, TEST_PATIENCE_SECONDS)


def _standing(name: str | None) -> Standing | None:
    found = next((each for each in get_args(Standing) if each == name), None)
    if found is None and name is not None:
        raise InvalidRequest(
            "status_unknown",
            "A webhook is active, failing, paused or parked.",
            "Name one of these.",
        )
    return found


def _judge(allow: tuple[str, ...], url: str) -> None:
    """Raise where nothing may ever be posted to a URL: the rules that need no look-up."""
    from postroom.guarded.client import GuardedClient
    from postroom.guarded.judging import NEVER
    from postroom.guarded.listed import listed

    try:
        GuardedClient(listed(allow), plain=True).target(url)
    except InvalidRequest as error:
        then = "Give a whole one, such as https://hooks.example.com/postroom."
        raise InvalidRequest(error.code, error.message, then) from None
    except Refused as error:
        speaks = error.code != "url_scheme_refused" or url.strip().lower().startswith("http:")
        if error.code not in _LISTED_HELPS or error.next_step == NEVER or not speaks:
            raise
        then = "The operator can list a host of their own in [webhooks] allow."
        raise Refused(error.code, error.message, then) from None


def _agent(name: str | None) -> Caller | None:
    if name is None:
        return None
    if not is_name(name):
        raise InvalidRequest(
            "agent_malformed",
            "An agent's name is letters, digits, - and _, at most 64 of them.",
            "Name one of a tenant as TENANT/NAME.",
        )
    return agent_named(name)


def _check_count(count: int) -> None:
    if count >= MOST_OF_AN_AGENT:
        raise Conflict(
            "webhooks_too_many",
            f"You have {count} webhooks, and may have {MOST_OF_AN_AGENT}.",
            "Delete one.",
        )


def _place(con: Connection, since: str, now: float) -> int:
    if _EVENT_ID.fullmatch(since):
        return events.position_of(con, since)
    at = moment(since, now, "since")
    if at > now:
        raise InvalidRequest(
            "time_out_of_range",
            "What is to come cannot be told again: that time is not over.",
            "Name one that is, such as 24h before now.",
        )
    return webhooks.position_at(con, at)
