"""Records written into zones of a real Knot, among records of others."""

import asyncio
import signal

import dns.query
import dns.update
import pytest
from servers.knot import KEY, READER, Knot, running_knot

from postroom.accounts.own_domain import OwnDomain
from postroom.dns.publishing.updates import Job, Published, publish
from postroom.dns.records.reading import Server
from postroom.dns.records.wanted import questions, wanted
from postroom.model.domains import DkimKey, KeyAlgorithm, KeyState
from postroom.model.errors import Conflict, PostroomError, Refused, Unavailable

FOREIGN = """\
@ 300 IN TXT "site-verification=abc" "def"
@ 300 IN TXT "\\009tab \\"quoted\\" \\255"
@ 600 IN A 192.0.2.80
@ 600 IN CAA 0 issue "ca.example"
www 60 IN CNAME web.elsewhere.example.
*.dev 60 IN A 192.0.2.81
sel._domainkey 60 IN TXT "v=DKIM1; p=AAAA"
_dmarc.other 60 IN TXT "v=DMARC1; p=reject"
other 60 IN MX 5 mx.elsewhere.example.
"""


def key(domain: str, selector: str = "pr202611a", state: KeyState = KeyState.MADE) -> DkimKey:
    return DkimKey(
        domain=domain,
        selector=selector,
        algorithm=KeyAlgorithm.RSA,
        public="MIIBIjANBgkq" * 32,
        state=state,
        made_at=0.0,
    )


def job(
    knot: Knot,
    domain: str,
    *keys: DkimKey,
    by: str = KEY,
    secret: str | None = None,
    replace_mx: bool = False,
    zone: str | None = None,
    **said: object,
) -> Job:
    told = {"mx": [f"mail.{domain}"], "addresses": ["203.0.113.5", "2001:db8::5"], **said}
    own = OwnDomain.model_validate(told)
    made = keys or (key(domain),)
    return Job(
        domain=domain,
        server=Server(*knot.address, key=knot.keyring(by, secret) if by else None),
        zone=zone,
        questions=questions(domain, own, made),
        keys=made,
        decide=lambda found: wanted(domain, own, made, found),
        replace_mx=replace_mx,
    )


async def published(at: Job, dry_run: bool = False) -> Published:
    return await publish(at, dry_run)


async def test_a_zone_gets_all_records_and_nothing_of_others_changes(knot: Knot) -> None:
    zone = "fresh.test"
    knot.serve(zone, FOREIGN)
    before = knot.whole(zone)
    done = await published(job(knot, zone, mta_sts="enforce", imap="mail.fresh.test"))
    assert (done.wrote, done.zones, done.pending, done.plan.left) == (True, (zone,), (), ())
    after = knot.whole(zone)
    assert [each for each in before if each not in after] == []
    assert {each.split()[0] for each in after if each not in before} == {
        *("fresh.test.", "mail.fresh.test.", "mta-sts.fresh.test.", "_mta-sts.fresh.test."),
        *("_dmarc.fresh.test.", "_smtp._tls.fresh.test.", "pr202611a._domainkey.fresh.test."),
        *(f"_{each}._tcp.fresh.test." for each in ("imap", "imaps", "pop3", "pop3s")),
        *(f"_{each}._tcp.fresh.test." for each in ("submission", "submissions")),
    }
    assert knot.said(zone, "MX") == ["10 mail.fresh.test."]
    assert '"v=spf1 ip4:203.0.113.5 ip6:2001:db8::5 ~all"' in knot.said(zone, "TXT")
    assert knot.said("_imaps._tcp.fresh.test", "SRV") == ["0 1 993 mail.fresh.test."]
    assert knot.said("_imap._tcp.fresh.test", "SRV") == ["0 0 0 ."]
    again = await published(job(knot, zone, mta_sts="enforce", imap="mail.fresh.test"))
    assert (again.wrote, again.plan.changes) == (False, ())
    assert knot.whole(zone) == after


async def test_a_dry_run_tells_the_difference_and_changes_nothing(knot: Knot) -> None:
    zone = "dry.test"
    knot.serve(zone, '@ 300 IN TXT "v=spf1 include:other.example -all"\n' + FOREIGN)
    before = knot.whole(zone)
    told = await published(job(knot, zone), dry_run=True)
    spf = next(each for each in told.plan.changes if each.purpose == "spf")
    assert spf.remove == ("v=spf1 include:other.example -all",)
    assert spf.add == ("v=spf1 ip4:203.0.113.5 ip6:2001:db8::5 include:other.example -all",)
    assert knot.whole(zone) == before
    await published(job(knot, zone))
    after = knot.whole(zone)
    gone = [each for each in before if each not in after]
    assert gone == ['dry.test. 300 TXT "v=spf1 include:other.example -all"']
    # Its set has one time to live, and that was theirs.
    assert f'dry.test. 300 TXT "{spf.add[0]}"' in after


async def test_mx_of_others_stays_until_it_is_to_be_replaced(knot: Knot) -> None:
    zone = "moved.test"
    knot.serve(zone, "@ 60 IN MX 10 mx.elsewhere.example.\n")
    done = await published(job(knot, zone))
    assert [each.purpose for each in done.plan.left] == ["mx"]
    assert knot.said(zone, "MX") == ["10 mx.elsewhere.example."]
    await published(job(knot, zone, replace_mx=True))
    assert knot.said(zone, "MX") == ["10 mail.moved.test."]


async def test_a_name_that_another_stands_in_for_is_left_and_the_rest_is_published(
    knot: Knot,
) -> None:
    zone = "alias.test"
    knot.serve(zone, "_dmarc 60 IN CNAME dmarc.elsewhere.example.\n")
    done = await published(job(knot, zone))
    assert [(each.purpose, each.name) for each in done.plan.left] == [
        ("dmarc", "_dmarc.alias.test")
    ]
    assert done.wrote
    assert knot.said("_dmarc.alias.test", "CNAME") == ["dmarc.elsewhere.example."]


async def test_a_name_that_leads_to_another_server_is_told_as_such(knot: Knot) -> None:
    zone = "leads.test"
    here = key(zone)
    knot.serve(
        zone,
        "_dmarc 60 IN CNAME dmarc.saas.example.\n"
        "_smtp._tls 60 IN CNAME reports.fresh.test.\n"
        f"{here.selector}._domainkey 60 IN CNAME key.saas.example.\n",
    )
    left = (await published(job(knot, zone, here))).plan.left
    assert {each.purpose for each in left} == {"dmarc", "dkim", "tls_rpt"}
    assert all("CNAME" in each.why for each in left)


async def test_two_records_of_which_one_may_be_are_left(knot: Knot) -> None:
    zone = "twice.test"
    knot.serve(zone, '@ 60 IN TXT "v=spf1 a -all"\n@ 60 IN TXT "v=spf1 mx -all"\n')
    done = await published(job(knot, zone))
    assert [each.purpose for each in done.plan.left] == ["spf"]
    assert len(knot.said(zone, "TXT")) == 2


async def test_the_record_of_a_retired_key_goes_and_no_other_at_its_name(knot: Knot) -> None:
    zone = "retired.test"
    old = key(zone, "pr202501a", KeyState.RETIRED)
    long = " ".join(f'"{old.record[at : at + 100]}"' for at in range(0, len(old.record), 100))
    knot.serve(zone, f'pr202501a._domainkey 60 IN TXT {long}\npr202501a._domainkey 60 IN TXT "x"\n')
    await published(job(knot, zone, old, key(zone)))
    assert knot.said("pr202501a._domainkey.retired.test", "TXT") == ['"x"']


async def test_a_part_of_a_zone_gets_its_records_there(knot: Knot) -> None:
    knot.serve("parent.test", FOREIGN)
    done = await published(job(knot, "agents.parent.test"))
    assert done.zones == ("parent.test",)
    assert knot.said("agents.parent.test", "MX") == ["10 mail.agents.parent.test."]


async def test_what_a_wildcard_says_is_no_record_of_the_name(knot: Knot) -> None:
    zone = "wild.test"
    others = '* 60 IN TXT "v=spf1 -all"\n*._tcp 60 IN SRV 0 5 993 other.test.\n'
    knot.serve(zone, f"{others}* 60 IN MX 10 mx.other.test.\n")
    before = knot.whole(zone)
    done = await published(job(knot, zone))
    assert done.wrote
    assert [each for each in before if each not in knot.whole(zone)] == []
    assert (await published(job(knot, zone))).plan.changes == ()
    # A record of the name's own that says the same as the wildcard is one that can be changed.
    knot.serve("wilder.test", f'{others}_dmarc 60 IN TXT "v=spf1 -all"\n')
    assert (await published(job(knot, "wilder.test"))).wrote


async def test_a_wildcard_whose_answers_would_end_is_told_before(knot: Knot) -> None:
    zone = "hides.test"
    knot.serve(zone, "* 60 IN MX 10 mx.other.test.\n")
    before = knot.whole(zone)
    with pytest.raises(Refused, match="publish_hides_wildcard"):
        await published(job(knot, f"agents.{zone}"), dry_run=True)
    with pytest.raises(Refused, match="publish_hides_wildcard"):
        await published(job(knot, f"agents.{zone}"))
    assert knot.whole(zone) == before
    assert (await published(job(knot, f"agents.{zone}", replace_mx=True))).wrote
    assert knot.said(f"agents.{zone}", "MX") == [f"10 mail.agents.{zone}."]


async def test_each_zone_gets_an_update_of_its_own(knot: Knot) -> None:
    knot.serve("upper.test", "_domainkey 60 IN NS ns1.upper.test.\n")
    knot.serve("_domainkey.upper.test")
    done = await published(job(knot, "upper.test"))
    assert set(done.zones) == {"upper.test", "_domainkey.upper.test"}
    assert any("DKIM1" in each for each in knot.whole("_domainkey.upper.test"))


async def test_a_report_address_elsewhere_is_told_to_whoever_has_that_zone(knot: Knot) -> None:
    knot.serve("sends.test")
    reports = "dmarc@reader.example.net"
    done = await published(job(knot, "sends.test", reports=reports))
    there = "sends.test._report._dmarc.reader.example.net"
    assert [each.name for each in done.plan.left] == [there]
    knot.serve("example.net")
    again = await published(job(knot, "sends.test", reports=reports))
    assert again.zones == ("example.net",)
    assert knot.said(there, "TXT") == ['"v=DMARC1"']


def interfering(monkeypatch: pytest.MonkeyPatch, knot: Knot, zone: str, times: int) -> list[int]:
    """Somebody else changes the SPF record between each read and write, a few times."""
    from postroom.dns.publishing import updates

    made: list[int] = []
    honest = updates._update

    def update(*given: object) -> object:
        if len(made) < times:
            made.append(1)
            change = dns.update.UpdateMessage(f"{zone}.", keyring=knot.keyring())
            change.replace(f"{zone}.", 60, "TXT", f'"v=spf1 ip4:192.0.2.{len(made)} -all"')
            dns.query.tcp(change, knot.address[0], port=knot.port, timeout=5)
        return honest(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(updates, "_update", update)
    return made


async def test_a_change_between_read_and_write_is_kept_and_ours_is_put_into_it(
    knot: Knot, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone = "race.test"
    knot.serve(zone, '@ 60 IN TXT "v=spf1 -all"\n')
    interfering(monkeypatch, knot, zone, times=1)
    assert (await published(job(knot, zone))).wrote
    assert knot.said(zone, "TXT") == ['"v=spf1 ip4:203.0.113.5 ip6:2001:db8::5 ip4:192.0.2.1 -all"']


async def test_whoever_is_changed_under_twice_stops_and_says_so(
    knot: Knot, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone = "busy.test"
    knot.serve(zone, '@ 60 IN TXT "v=spf1 -all"\n')
    interfering(monkeypatch, knot, zone, times=2)
    with pytest.raises(Conflict, match="dns_changed_meanwhile"):
        await published(job(knot, zone))
    assert knot.said(zone, "TXT") == ['"v=spf1 ip4:192.0.2.2 -all"']
    assert knot.said(zone, "MX") == []


async def test_a_no_of_the_server_is_told_with_what_to_do(knot: Knot) -> None:
    knot.serve("no.test", FOREIGN)
    before = knot.whole("no.test")

    async def why(at: Job) -> PostroomError:
        with pytest.raises(PostroomError) as failed:
            await published(at)
        return failed.value

    assert (await why(job(knot, "no.test", by=READER))).code == "dns_key_refused"
    assert (await why(job(knot, "no.test", by="unknown."))).code == "dns_key_refused"
    wrong = await why(job(knot, "no.test", secret="d3Jvbmc="))
    assert wrong.code == "dns_key_refused"
    assert "secret" in wrong.next_step
    unsigned = await why(job(knot, "no.test", by=""))
    assert unsigned.code == "dns_update_refused"
    assert (await why(job(knot, "nowhere.example"))).code == "dns_not_its_zone"
    assert (await why(job(knot, "no.test", zone="other.test"))).code == "dns_not_its_zone"
    assert knot.whole("no.test") == before


async def test_an_update_without_a_key_is_for_this_machine_alone() -> None:
    away = Knot(folder=None, port=53)  # type: ignore[arg-type]
    made = job(away, "away.test", by="")
    with pytest.raises(Refused, match="publish_unsigned"):
        await published(Job(**{**made.__dict__, "server": Server("203.0.113.1")}))


async def test_a_server_that_dies_in_between_is_told_and_another_run_makes_it_whole() -> None:
    with running_knot(["dies.test"]) as server:
        made = job(server, "dies.test")
        server.stop(signal.SIGKILL)
        with pytest.raises(Unavailable):
            await published(made)
        server.start()
        runs = [asyncio.create_task(published(made)) for _ in range(3)]
        await asyncio.wait({runs[0]}, timeout=0.01)
        server.stop(signal.SIGKILL)
        await asyncio.gather(*runs, return_exceptions=True)
        server.start()
        halfway = server.whole("dies.test")
        # NS and an address, and of ours all or nothing.
        assert len(halfway) == 2 or server.said("dies.test", "MX")
        await published(made)
        assert (await published(made)).plan.changes == ()
