"""`postroom domains rotate-dkim`: other keys for a domain's mail."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from postroom.cli.answers import say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk
from postroom.cli.exits import ExitCode
from postroom.cli.seconds import Seconds

if TYPE_CHECKING:
    from postroom.cli.page import Page
    from postroom.model.domain_key_answers import RotatedKey, RotationView


PUBLISHED = (
    "Leave the records of all keys where they are. A running Postroom process looks for the new"
    " ones by itself, and signs with their keys once everybody finds them; --wait 600 waits for it."
)

UNPUBLISHED = (
    "Put these records into the zone now: mail of {domain} is signed with these keys already, and"
    " fails DKIM at whoever does not find them. Leave the records of the other keys where they are."
)


@click.command("rotate-dkim")
@click.argument("domain", metavar="DOMAIN")
@click.option(
    "--wait",
    "seconds",
    type=Seconds(0),
    default=0.0,
    metavar="SECONDS",
    help="Until the new keys sign. Becomes the worker where none runs.",
)
@click.option("--now", is_flag=True, help="Publish, and sign with them at once, found or not.")
@click.option(
    "--new-secret",
    is_flag=True,
    help="Where the secret of domain keys is lost: make another. It opens no key of before, of any"
    " domain.",
)
@shared
@pass_asked
def rotate_dkim(asked: Asked, domain: str, seconds: float, now: bool, new_secret: bool) -> int:
    """Sign the mail of DOMAIN with other keys, without a moment between the old and the new.

    Makes new keys, unless some wait already, and publishes their records where it is known how, or
    prints them. A running Postroom process looks for these records by itself, at the zone's servers
    and then at resolvers, and signs with the new keys once everybody finds them. With --wait: exit
    code 1 where they do not sign by then. With --now: exit code 1 where they sign and their records
    are not known to be in the zone.
    """
    from postroom.model.callers import operator

    view = at_desk(
        asked,
        "domains rotate-dkim",
        lambda room: room.desk.domain_keys.rotate(operator(), domain, new_secret=new_secret),
    )
    published = _published(asked, domain) if view.waits else False
    if now and view.waits:
        return _switched(asked, view, published)
    if seconds and view.waits:
        waited = at_desk(
            asked,
            "domains rotate-dkim",
            lambda room: room.desk.domain_keys.wait(operator(), domain, seconds),
            becomes_worker=True,
        )
        view = waited.model_copy(update={"made": view.made})
    if published:
        then = PUBLISHED if view.waits else view.next_step
        view = view.model_copy(update={"published": True, "next_step": then})
    say(asked.json, view, lambda page: _show(page, view))
    return ExitCode.FAILED if seconds and view.waits else ExitCode.DONE


def _switched(asked: Asked, before: "RotationView", published: bool) -> int:
    """The keys that waited sign; and whose records somebody has to publish is said."""
    from postroom.model.callers import operator
    from postroom.model.domains import KeyState

    view = at_desk(
        asked,
        "domains rotate-dkim",
        lambda room: room.desk.domain_keys.switch(operator(), before.domain),
    )
    view = view.model_copy(update={"made": before.made, "published": published})
    unseen = {each.selector for each in before.waits if each.state != KeyState.VISIBLE}
    lacking = () if published else tuple(e for e in view.signs if e.selector in unseen)
    if lacking:
        then = UNPUBLISHED.format(domain=view.domain)
        view = view.model_copy(update={"next_step": then})
    say(asked.json, view, lambda page: _show(page, view, lacking))
    return ExitCode.FAILED if lacking else ExitCode.DONE


def _published(asked: Asked, domain: str) -> bool:
    """Whether the records of the domain's keys are in its zone now, and nothing else was changed
    there; False where nobody said how the zone is changed."""
    from postroom.cli.accounts.at_once import at_once
    from postroom.cli.commands.domains_records import needs_of
    from postroom.cli.domains.publishing import published
    from postroom.desk.domains.records import KeysAlone

    needs = needs_of(asked, domain)
    if needs.own.publish is None:
        return False
    done = at_once(published(KeysAlone.of(needs), replace_mx=False, dry_run=False))
    return not done.plan.left


def _show(page: "Page", view: "RotationView", lacking: "Sequence[RotatedKey]" = ()) -> None:
    """``lacking``: keys that sign, and whose records nobody has put into the zone yet."""
    for words, keys in (("signs", view.signs), ("retires", view.retires)):
        for key in keys:
            page.line((f"{words}: ", "dim"), f"{key.selector} ({key.algorithm})")
            if key in lacking:
                _record(page, key)
    for key in view.waits:
        page.line(("waits: ", "bold"), f"{key.selector} ({key.algorithm}), {key.state}")
        _record(page, key)
    if view.published:
        page.line("Published: the records of all its keys are in the zone.")
    page.hint(view.next_step)


def _record(page: "Page", key: "RotatedKey") -> None:
    page.line(f"  {key.name}. TXT")
    page.line(f"  {key.record}")
