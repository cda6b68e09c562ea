"""REST: domains of one's own, for operators."""

import pytest
from web.rest.rest_rig import ADA, OPERATOR, Rest, done, problem

from postroom.build import open_room
from postroom.model.callers import operator

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOMAIN = "xn--bcher-kva.example"


async def test_an_operator_reads_what_a_domain_needs_and_no_agent_does(rest: Rest) -> None:
    async with open_room(rest.face.settings, program="test") as room:
        await room.desk.domains.add(operator(), "bücher.example")
    web, agent = rest[OPERATOR], rest[ADA]
    listed = await done(web.get("/v1/domains"))
    assert [each["domain"] for each in listed["domains"]] == [DOMAIN]
    shown = await done(web.get(f"/v1/domains/{DOMAIN}"))
    assert (shown["name"], len(shown["dkim_keys"])) == ("bücher.example", 2)
    told = await done(web.get("/v1/domains/bücher.example/records"))
    assert {each["purpose"] for each in told["records"]} >= {"dkim", "dmarc", "tls_rpt"}
    assert not any("state" in each for each in told["records"])
    assert "GET /v1/domains" not in told["remarks"][0]["says"]
    for path in ("", f"/{DOMAIN}", f"/{DOMAIN}/records"):
        assert problem(await agent.get(f"/v1/domains{path}")) == (403, "operator_only")
    assert problem(await web.get("/v1/domains/other.example")) == (404, "domain_unknown")
    assert problem(await web.get("/v1/domains/x/records")) == (400, "domain_malformed")
