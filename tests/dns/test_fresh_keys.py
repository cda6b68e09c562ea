"""Looks for what a domain needs, while nobody is to remember that its keys are not there yet."""

import dns.message
import dns.query
import dns.rcode
from servers.knot import Knot
from servers.unbound import running_unbound

from postroom.accounts.own_domain import OwnDomain
from postroom.cli.domains.looking import looked
from postroom.desk.domains.records import Look, Needs, view
from postroom.model.domains import DkimKey, KeyAlgorithm, KeyState, Purpose, RecordState

PUBLIC = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="


def needs(domain: str, own: OwnDomain | None = None) -> Needs:
    key = DkimKey(
        domain=domain,
        selector="pr2611-ed",
        algorithm=KeyAlgorithm.ED25519,
        public=PUBLIC,
        state=KeyState.MADE,
        made_at=0.0,
    )
    return Needs(domain, own or OwnDomain(), (key,), None)


def states(wanted: Needs, at: Look) -> dict[Purpose, RecordState]:
    return {
        each.purpose: RecordState(view(each, at).state or "") for each in wanted.wanted(at.found)
    }


async def test_a_resolver_is_never_asked_for_a_key_that_was_just_made(knot: Knot) -> None:
    domain = "fresh.example"
    knot.serve(domain, '_smtp._tls 60 IN TXT "v=TLSRPTv1; rua=mailto:reports@fresh.example"\n')
    wanted = needs(domain)
    name, text = wanted.keys[0].name, wanted.keys[0].record
    with running_unbound({domain: [knot.address]}) as unbound:
        found = states(wanted, await looked(wanted, ("127.0.0.1", unbound.port)))
        assert found[Purpose.TLS_RPT] is RecordState.RIGHT
        assert found[Purpose.DKIM] is RecordState.UNKNOWN  # its servers answer at port 53 alone
        knot.control("zone-begin", domain)
        knot.control("zone-set", domain, f"{name}.", "60", "TXT", f'"{text}"')
        knot.control("zone-commit", domain)
        query = dns.message.make_query(f"{name}.", "TXT")
        answer = dns.query.udp(query, "127.0.0.1", timeout=5, port=unbound.port)
        assert answer.rcode() == dns.rcode.NOERROR
        assert answer.answer


async def test_the_server_that_takes_updates_is_asked_first(knot: Knot) -> None:
    domain = "asked.example"
    wanted = needs(domain, OwnDomain.model_validate({"publish": {"server": knot.endpoint}}))
    key = wanted.keys[0]
    knot.serve(domain, f'{key.selector}._domainkey 60 IN TXT "{key.record}"\n')
    found = states(wanted, await looked(wanted, None))
    assert found[Purpose.DKIM] is RecordState.RIGHT
    assert found[Purpose.DMARC] is RecordState.MISSING
