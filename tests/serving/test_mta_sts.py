"""The MTA-STS policy of a domain, as servers elsewhere read it before they bring mail."""

from pathlib import Path

from mcp_faces import serving
from serving.asking import web

SETTINGS = """\
[dns."agents.example.com"]
mx = ["mail.example.com", "backup.example.net"]
mta_sts = "testing"

[dns."quiet.example.com"]
mx = ["mail.example.com"]
"""

PATH = "/.well-known/mta-sts.txt"


async def test_the_policy_is_told_under_the_name_of_its_domain_alone(tmp_path: Path) -> None:
    (tmp_path / "postroom.toml").write_text(SETTINGS)
    async with serving(tmp_path) as face, web(face, "") as client:
        for host in ("mta-sts.agents.example.com", "MTA-STS.agents.example.com.:443"):
            told = await client.get(PATH, headers={"Host": host})
            assert told.status_code == 200
            assert told.headers["content-type"].startswith("text/plain")
            assert told.text == (
                "version: STSv1\r\nmode: testing\r\nmx: mail.example.com\r\n"
                "mx: backup.example.net\r\nmax_age: 86400\r\n"
            )
        for host in ("mta-sts.quiet.example.com", "agents.example.com", "127.0.0.1", "[::1"):
            assert (await client.get(PATH, headers={"Host": host})).status_code == 404
        name = {"Host": "mta-sts.agents.example.com"}
        assert (await client.get("/v1/mailboxes", headers=name)).status_code == 421
        assert (await client.get(f"{PATH}/x", headers=name)).status_code == 421
        assert (await client.post(PATH, headers=name)).status_code == 405


async def test_a_policy_that_changes_is_told_as_it_is_now(tmp_path: Path) -> None:
    file, later = tmp_path / "postroom.toml", '[dns."later.example.com"]\n'
    file.write_text(SETTINGS)
    async with serving(tmp_path) as face, web(face, "") as client:

        async def told(domain: str) -> tuple[int, list[str]]:
            answer = await client.get(PATH, headers={"Host": f"mta-sts.{domain}"})
            return answer.status_code, answer.text.splitlines()[1:2]

        assert await told("agents.example.com") == (200, ["mode: testing"])
        assert (await told("later.example.com"))[0] == 404
        changed = f'{SETTINGS.replace("testing", "enforce")}{later}mta_sts = "testing"\n'
        file.write_text(f'{changed}mx = ["mail.example.com"]\n')
        assert await told("agents.example.com") == (200, ["mode: enforce"])
        assert await told("later.example.com") == (200, ["mode: testing"])
        file.write_text("this is = no [TOML")
        assert await told("agents.example.com") == (200, ["mode: enforce"])
        assert await told("later.example.com") == (200, ["mode: testing"])
