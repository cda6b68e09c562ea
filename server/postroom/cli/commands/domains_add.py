"""`postroom domains add` and `dmarc`: what is said of a domain, and the records that follow."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.commands.domains_records import looks

if TYPE_CHECKING:
    from postroom.build import PostRoom
    from postroom.desk.domains.records import Needs
    from postroom.model.domain_answers import RemarkView
    from postroom.model.domain_report_answers import ReportsMailbox

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
UNSERVED = """\
No mailbox can be in {domain} yet, so no mail is received or sent. Say in postroom.toml where its
  mailboxes come from, and start what runs anew (docs/real-servers.md):
    [domains."{domain}"]
    provisioner = "account"   # or "directory", a mail host of yours
    account = "NAME"          # as `postroom accounts add` made it
"""
STAGE = click.Choice(["none", "quarantine", "reject"])


@click.command("add")
@click.argument("domain")
@click.option("--mx", multiple=True, metavar="HOST", help="A host that takes mail in. Repeatable.")
@click.option(
    "--address", multiple=True, metavar="IP", help="From where mail goes out. Repeatable."
)
@click.option(
    "--spf", multiple=True, metavar="MECHANISM", help="Who else sends for it. Repeatable."
)
@click.option("--reports", metavar="ADDRESS", help="Where reports arrive.  [default: reports@it]")
@click.option("--dmarc", type=STAGE, help="The stage of DMARC.")
@click.option(
    "--mta-sts", type=click.Choice(["off", "testing", "enforce"]), help="Insist on TLS (RFC 8461)."
)
@click.option("--imap", metavar="HOST[:PORT]", help="Where people's mail programs read.")
@click.option("--submission", metavar="HOST[:PORT]", help="Where people's mail programs send.")
@click.option("--ttl", type=click.IntRange(30, 86_400), help="Of the records, seconds.")
@click.option("--server", metavar="HOST[:PORT]", help="Its zone's primary server takes updates.")
@click.option("--zone", help="The zone.  [default: found by its SOA record]")
@click.option("--key", metavar="NAME", help="The TSIG key that signs updates.")
@click.option(
    "--key-algorithm",
    type=click.Choice(["hmac-sha256", "hmac-sha384", "hmac-sha512"]),
    help="Of that key.",
)
@click.option("--key-file", type=FILE, help="Its secret is in this file, and stays there.")
@click.option("--key-env", metavar="NAME", help="It is in this environment variable.")
@click.option("--octodns", type=FILE, help="Publish by OctoDNS, with this configuration of yours.")
@click.option("--publish", is_flag=True, help="Write the records into the zone.")
@click.option("--replace-mx", is_flag=True, help="With --publish: also where mail goes elsewhere.")
@click.option("--dry-run", is_flag=True, help="Only show what would change in the zone.")
@click.option("--offline", is_flag=True, help="Do not look at what is there.")
@looks
@shared
@pass_asked
def add(asked: Asked, /, **given: Any) -> int:
    """Add a domain of your own: keys for its mail, and exactly the records that it needs.

    What is said by options is kept in postroom.toml, and keys are made where there are none; with
    --dry-run as well, which changes nothing in the zone. Run again it shows the same keys' records.
    Where its mailboxes come from is another table: see `postroom accounts add` and docs/domains.md.
    """
    from postroom.cli.domains.wanted import said
    from postroom.desk.domains.domains import named

    name = named(given["domain"])
    _say(asked, name, said(given), makes=True)
    needs = _added(asked, name)
    if given["publish"] or given["dry_run"]:
        from postroom.cli.commands.domains_publish import publish_now

        return publish_now(asked, needs, given["replace_mx"], given["dry_run"])
    from postroom.cli.commands.domains_records import show

    return show(asked, needs, given["nameserver"], offline=given["offline"])


@click.command("dmarc")
@click.argument("domain")
@click.argument("stage", type=STAGE, required=False)
@looks
@shared
@pass_asked
def dmarc(
    asked: Asked, domain: str, nameserver: "tuple[str, int] | None", stage: str | None
) -> int:
    """Show at which stage DMARC stands, or take it to another one: none, quarantine, reject.

    It stands in postroom.toml then; the record is to be published as any other.
    """
    from postroom.cli.commands.domains_records import needs_of, show
    from postroom.desk.domains.domains import named
    from postroom.model.domains import Purpose

    name = named(domain)
    before = needs_of(asked, name)  # of a domain that was not added nothing is said
    against = _objections(asked, before, stage) if stage is not None else ()
    if stage is not None:
        _say(asked, name, {"dmarc": stage})
    return show(asked, needs_of(asked, name), nameserver, only=(Purpose.DMARC,), first=against)


def _objections(asked: Asked, before: "Needs", stage: str) -> "tuple[RemarkView, ...]":
    """What reports say against it: they warn, and do not forbid."""
    from postroom.cli.at_desk import at_desk
    from postroom.desk.domains.stricter import objections
    from postroom.model.callers import operator
    from postroom.model.domains import DmarcPolicy

    reports = at_desk(
        asked,
        "domains dmarc",
        lambda room: room.desk.domain_reports.show(operator(), before.domain),
    )
    return objections(before.own.dmarc, DmarcPolicy(stage), reports)


def _say(asked: Asked, name: str, said: dict[str, Any], makes: bool = False) -> None:
    """Keep in postroom.toml what was said."""
    from postroom.cli.answers import err
    from postroom.cli.domains import settings_file

    if not said:
        return
    if makes:
        asked.settings()  # makes the home
    home = asked.place()
    if settings_file.change(home, name, said) and not asked.json:
        err().line(("Wrote ", "dim"), f"{', '.join(said)} of {name} into {home / 'postroom.toml'}")


def _added(asked: Asked, name: str) -> "Needs":
    from postroom.cli.answers import err
    from postroom.cli.at_desk import at_desk
    from postroom.model.callers import operator

    async def work(room: "PostRoom") -> "tuple[Needs, ReportsMailbox, bool]":
        added = await room.desk.domains.add(operator(), name)
        reports = await room.desk.domain_reports.open_mailbox(operator(), name)
        return await room.desk.domains.needs(operator(), name), reports, added.served

    needs, reports, is_served = at_desk(asked, "domains add", work, makes_room=True)
    if not asked.json:
        err().line(("Reports: ", "dim"), reports.says)
        if not is_served:
            err().line(("! ", "bold yellow"), UNSERVED.format(domain=needs.domain))
    return needs
