"""`postroom webhooks`: endpoints that events are posted to."""

from typing import TYPE_CHECKING

import click

from postroom.cli.answers import err, say
from postroom.cli.asked import Asked, checked_agent, pass_asked, shared
from postroom.cli.at_desk import at_desk
from postroom.cli.exits import ExitCode
from postroom.cli.plain import one_line
from postroom.cli.seconds import Seconds

if TYPE_CHECKING:
    from postroom.cli.page import Page
    from postroom.model.webhook_answers import (
        DeliveryList,
        DeliveryView,
        NewWebhook,
        Replayed,
        TestDelivery,
        WebhookList,
        WebhookView,
    )


@click.group()
def webhooks() -> None:
    """Events, posted to URLs: signed, in order, again and again until they arrive."""


@webhooks.command()
@click.argument("url", metavar="URL")
@click.option(
    "--agent",
    "agent_name",
    metavar="[TENANT/]NAME",
    callback=checked_agent,
    help="Of whose mail it is told; else of everybody's.",
)
@click.option(
    "--mailbox",
    "mailboxes",
    multiple=True,
    metavar="PATTERN",
    help="Only mailboxes whose username or address is like that: 'support-*'.",
)
@click.option("--thread", "thread_id", metavar="THREAD", help="Only this conversation.")
@click.option(
    "--type", "types", multiple=True, metavar="TYPE", help="Only such events: 'message.*'."
)
@click.option("--note", default="", metavar="TEXT", help="What it is for.")
@shared
@pass_asked
def create(
    asked: Asked,
    url: str,
    agent_name: str | None,
    mailboxes: tuple[str, ...],
    thread_id: str | None,
    types: tuple[str, ...],
    note: str,
) -> None:
    """Post events to URL from now on. Prints the secret that they are signed with, once."""
    from postroom.model.callers import operator

    made = at_desk(
        asked,
        "webhooks create",
        lambda room: room.desk.webhooks.create(
            operator(), url, agent_name, mailboxes, thread_id, types, note
        ),
        makes_room=True,
    )
    _tell_secret(asked, made)


@webhooks.command("list")
@shared
@pass_asked
def list_(asked: Asked) -> None:
    """List them, and how each stands."""
    from postroom.model.callers import operator

    found = at_desk(asked, "webhooks list", lambda room: room.desk.webhooks.list(operator()))
    say(asked.json, found, lambda page: _list(page, found))


@webhooks.command()
@click.argument("webhook", metavar="ID")
@shared
@pass_asked
def show(asked: Asked, webhook: str) -> None:
    """Show one: what it is told, how it stands, what is tried again."""
    from postroom.model.callers import operator

    found = at_desk(
        asked, "webhooks show", lambda room: room.desk.webhooks.show(operator(), webhook)
    )
    say(asked.json, found, lambda page: _show(page, found))


@webhooks.command()
@click.argument("webhook", metavar="ID")
@shared
@pass_asked
def test(asked: Asked, webhook: str) -> int:
    """Post an event of the type webhook.test there, once. Exit code 1 where it does not arrive."""
    from postroom.model.callers import operator

    found = at_desk(
        asked,
        "webhooks test",
        lambda room: room.desk.webhooks.test(operator(), webhook),
        becomes_worker=True,
    )
    say(asked.json, found, lambda page: _tested(page, found))
    if found.delivery is None:
        return ExitCode.NOT_NOW
    return ExitCode.FAILED if found.delivery.fault else ExitCode.DONE


@webhooks.command()
@click.argument("webhook", metavar="ID")
@click.option(
    "--since",
    required=True,
    metavar="WHEN",
    help='A time, "24h" before now, or the id of the last event that is known.',
)
@shared
@pass_asked
def replay(asked: Asked, webhook: str, since: str) -> None:
    """Tell it again what happened since then, under the same ids."""
    from postroom.model.callers import operator

    done = at_desk(
        asked, "webhooks replay", lambda room: room.desk.webhooks.replay(operator(), webhook, since)
    )
    say(asked.json, done, lambda page: page.line(_replayed(done)))


@webhooks.command()
@click.argument("webhook", metavar="ID")
@click.option(
    "--grace",
    type=Seconds(0, 30 * 86_400),
    default=86_400.0,
    show_default=True,
    metavar="SECONDS",
    help="How long the secrets before sign beside the new one.",
)
@shared
@pass_asked
def rotate(asked: Asked, webhook: str, grace: float) -> None:
    """Give it another secret, printed once."""
    from postroom.model.callers import operator

    made = at_desk(
        asked, "webhooks rotate", lambda room: room.desk.webhooks.rotate(operator(), webhook, grace)
    )
    _tell_secret(asked, made)


@webhooks.command()
@click.argument("webhook", metavar="ID")
@click.option(
    "--limit", type=click.IntRange(1, 100), default=20, show_default=True, metavar="NUMBER"
)
@shared
@pass_asked
def log(asked: Asked, webhook: str, limit: int) -> None:
    """List the last attempts, the newest first: what was answered, and how soon."""
    from postroom.model.callers import operator

    found = at_desk(
        asked,
        "webhooks log",
        lambda room: room.desk.webhooks.deliveries(operator(), webhook, limit),
    )
    say(asked.json, found, lambda page: _log(page, found))


@webhooks.command()
@click.argument("webhook", metavar="ID")
@shared
@pass_asked
def pause(asked: Asked, webhook: str) -> None:
    """Tell it nothing more for now; it keeps its place."""
    from postroom.model.callers import operator

    done = at_desk(
        asked, "webhooks pause", lambda room: room.desk.webhooks.pause(operator(), webhook)
    )
    say(asked.json, done, lambda page: page.line(f"{done.webhook_id} is paused."))


@webhooks.command()
@click.argument("webhook", metavar="ID")
@shared
@pass_asked
def resume(asked: Asked, webhook: str) -> None:
    """Go on where it stopped, at once: also one that was parked."""
    from postroom.model.callers import operator

    done = at_desk(
        asked, "webhooks resume", lambda room: room.desk.webhooks.resume(operator(), webhook)
    )
    say(asked.json, done, lambda page: page.line(f"{done.webhook_id} goes on where it stopped."))


@webhooks.command()
@click.argument("webhook", metavar="ID")
@shared
@pass_asked
def delete(asked: Asked, webhook: str) -> None:
    """Take it away, with its secrets and its log."""
    from postroom.model.callers import operator

    done = at_desk(
        asked, "webhooks delete", lambda room: room.desk.webhooks.delete(operator(), webhook)
    )
    say(asked.json, done, lambda page: page.line(f"{done.webhook_id} is deleted."))


def _tell_secret(asked: Asked, made: "NewWebhook") -> None:
    """The secret alone on standard output, where a script takes it from."""
    say(asked.json, made, lambda page: page.line(made.secret))
    if not asked.json:
        err().hint(f"This is {made.webhook.webhook_id}. Its secret is not shown again.")


def _list(page: "Page", found: "WebhookList") -> None:
    if not found.webhooks:
        page.line("There is no webhook yet.")
        return
    page.table(
        ("webhook", "status", "url", "told of", "types", "arrived", "note"),
        [
            (
                one.webhook_id,
                one.status,
                one_line(one.url),
                _told_of(one),
                " ".join(one.types or ()) or "all",
                one.delivered_at or "never",
                one_line(one.note or ""),
            )
            for one in found.webhooks
        ],
    )


def _told_of(one: "WebhookView") -> str:
    whose = one.agent or "everybody"
    kept = one.thread_id or " ".join(one.mailboxes or ())
    return f"{whose}: {kept}" if kept else whose


def _show(page: "Page", one: "WebhookView") -> None:
    page.line((one.webhook_id, "bold"), f"  {one_line(one.url)}")
    lines = [
        ("status", f"{one.status} {one.reason or ''}".strip()),
        ("told of", _told_of(one)),
        ("types", " ".join(one.types or ()) or "all"),
        ("secrets", str(one.secrets)),
        ("made", one.created_at),
        ("arrived", one.delivered_at or "never"),
        ("failing since", one.failing_since or ""),
        ("next try", one.next_try_at or ""),
        ("problem", one.problem or ""),
        ("behind", f"{one.behind} conversations" if one.behind else ""),
        ("note", one_line(one.note or "")),
    ]
    for name, said in lines:
        if said:
            page.line((f"{name:<14}", "dim"), said)


def _replayed(done: "Replayed") -> str:
    goes_on = done.webhook.status in ("active", "failing")
    then = "" if goes_on else ", once it is resumed"
    events = f"{done.events} event{'' if done.events == 1 else 's'}"
    return f"{done.webhook.webhook_id} is told again what it asks for of {events}{then}."


def _tested(page: "Page", found: "TestDelivery") -> None:
    if found.delivery is None:
        page.line(f"{found.message_id} is under way. {found.next_step or ''}".strip())
        return
    page.line(_outcome(found.delivery))
    if found.next_step:
        page.line(found.next_step)


def _outcome(one: "DeliveryView") -> str:
    arrived = f"arrived: {one.status} in {one.milliseconds} ms"
    return arrived if not one.fault else f"did not arrive: {one.fault}"


def _log(page: "Page", found: "DeliveryList") -> None:
    if not found.deliveries:
        page.line("Nothing was posted there yet.")
        return
    page.table(
        ("at", "id", "type", "attempt", "status", "ms", "fault"),
        [
            (
                one.at,
                one.message_id,
                one.type,
                str(one.attempt),
                str(one.status or ""),
                str(one.milliseconds),
                one.fault or "",
            )
            for one in found.deliveries
        ],
    )
