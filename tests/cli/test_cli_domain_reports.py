"""`postroom domains reports`, as a person and a script use it."""

import asyncio

from cli.shell import Program
from domain_reports import DAY, FAILED, aggregate, row, tls
from servers.unbound import running_unbound

from postroom.build import open_room
from postroom.index import domain_reports
from postroom.index.database import Connection
from postroom.index.domain_reports import Arrival
from postroom.mime.domain_reports import dmarc
from postroom.mime.domain_reports.tls import read as read_tls
from postroom.model.domain_reports import ReportKind
from postroom.model.messages import SenderVerdict
from postroom.settings import load

DOMAIN = "agents.localhost"


async def reported(program: Program) -> None:
    """Somebody has reported of today."""
    bad = row("198.51.100.7", 7, dkim="fail", spf="fail", header_from=DOMAIN)

    async with open_room(load(program.home), program="test") as room:
        now = room.index.clock()
        begin = int(now // DAY * DAY)
        about = dmarc.read(aggregate(row(), bad, domain=DOMAIN, begin=begin, org="Corp\u202e"))
        connections = read_tls(tls(domain=DOMAIN, details=[FAILED]))
        period = about.metadata.period
        metadata = connections.metadata.model_copy(update={"period": period})

        def keep(con: Connection) -> None:
            sender, verdict = "dmarc@corp.example", SenderVerdict.VERIFIED
            of = Arrival(DOMAIN, ReportKind.DMARC, sender, verdict, now, "m_1")
            domain_reports.keep_dmarc(con, of, about)
            of = Arrival(DOMAIN, ReportKind.TLS, sender, verdict, now, "m_2")
            domain_reports.keep_tls(con, of, metadata, connections.policies)
            domain_reports.keep_unreadable(con, of, "It is no JSON.")

        await room.index.write(keep)


def test_reports_are_shown_and_told_to_scripts(empty_room: Program) -> None:
    settings = f'[dns."{DOMAIN}"]\naddresses = ["192.0.2.5"]\n'
    (empty_room.home / "postroom.toml").write_text(settings)
    nothing = empty_room("domains", "reports")
    assert (nothing.code, nothing.err) == (0, "")
    assert "Nobody has reported anything yet." in nothing.out
    unknown = empty_room("domains", "reports", "bank.example", "--json")
    assert (unknown.code, unknown.error["code"]) == (3, "domain_not_found")
    asyncio.run(reported(empty_room))
    shown = empty_room("domains", "reports", DOMAIN, "--since", "2d").out.splitlines()
    for line in (
        "  mails: 10, of which 7 failed DMARC",
        "  198.51.100.7: 7 mails, 7 failed; DKIM 0, SPF 0",
        "  192.0.2.5  (ours): 3 mails, 0 failed; DKIM 3, SPF 3",
        f"  failed from 198.51.100.7: 7 mails, DKIM fail ({DOMAIN} a1), SPF fail ({DOMAIN})",
        "  TLS (sts): 40 connections, 7 failed",
        "    certificate-expired at mx.agents.example.com: 7",
        "  1 DMARC report by corp.example (verified), which calls itself Corp",
        "  m_2 from dmarc@corp.example: It is no JSON.",
    ):
        assert line in shown
    told = empty_room("domains", "reports", "--json").json
    assert told["mailbox"] == {
        "address": f"reports@{DOMAIN}",
        "state": "absent",
        "says": f"The mailbox reports@{DOMAIN} is made as soon as the worker runs.",
    }
    assert [one["address"] for one in told["sources"]] == ["198.51.100.7", "192.0.2.5"]


def test_a_stricter_dmarc_is_warned_of_by_what_reports_say(empty_room: Program) -> None:
    settings = f'[dns."{DOMAIN}"]\naddresses = ["198.51.100.7"]\n'
    (empty_room.home / "postroom.toml").write_text(settings)
    assert empty_room("domains", "add", DOMAIN, "--offline").code == 0
    asyncio.run(reported(empty_room))
    with running_unbound({}) as nobody:
        ask = ("--nameserver", nobody.endpoint, "--json")
        told = empty_room("domains", "dmarc", DOMAIN, "quarantine", *ask)
        back = empty_room("domains", "dmarc", DOMAIN, "none", *ask)
    assert told.code == 0
    says = [each["says"] for each in told.json["remarks"]]
    assert "go back 1 day, and two weeks are to show" in says[0]
    assert "7 mails from addresses of ours failed DMARC (198.51.100.7): at quarantine" in says[1]
    assert told.json["dmarc"]["stage"] == "quarantine"
    assert not [e for e in back.json["remarks"] if "two weeks" in e["says"] or "ours" in e["says"]]
    assert "`postroom domains reports`" in back.json["dmarc"]["before"]
