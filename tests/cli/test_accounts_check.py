"""`postroom accounts check`: each way to fail has its exit code, and no secret is told."""

import asyncio
from pathlib import Path

from cli.shell import Ended, Program
from imap.scripted_imap import Peer, scripted
from servers.mail_host import MailHost
from servers.tokens import denied, token_server
from smtp.scripted_smtp import scripted_smtp


def written(
    program: Program, secret: str, imap: int, smtp: int, security: str = "none", **more: str
) -> None:
    """An account in postroom.toml, on ports of this machine."""
    trusted = more.get("certificates", "")
    files = f', certificates = "{trusted}"' if trusted else ""
    program.home.mkdir(exist_ok=True)
    (program.home / "postroom.toml").write_text(
        f"""
[accounts.work]
address = "{more.get("address", "agent@example.com")}"
password = {secret}
imap = {{ host = "127.0.0.1", port = {imap}, security = "{security}"{files} }}
smtp = {{ host = "127.0.0.1", port = {smtp}, security = "{more.get("smtp", security)}"{files} }}
"""
    )


async def checked(program: Program, *more: str, **environment: str) -> Ended:
    def run() -> Ended:
        return program("accounts", "check", "work", *more, "--json", input=b"", **environment)

    return await asyncio.to_thread(run)


async def test_an_account_that_is_not_there_is_not_found(postroom: Program) -> None:
    ended = await checked(postroom)
    assert (ended.code, ended.error["code"]) == (3, "account_not_found")


async def test_a_secret_that_is_not_there_is_told_and_nobody_is_asked(postroom: Program) -> None:
    async with scripted_smtp() as smtp:
        written(postroom, '{ env = "NOT_SET_HERE" }', smtp.port, smtp.port)
        ended = await checked(postroom)
    assert (ended.code, ended.error["code"]) == (5, "secret_missing")
    assert smtp.connections == 0


async def test_servers_that_refuse_are_both_told_and_the_secret_is_not(postroom: Program) -> None:
    async def refusing(peer: Peer) -> None:
        await peer.say(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
        await peer.answer(b"LOGIN ", end=b"NO hunter2 is wrong")
        await peer.until_gone()

    async with scripted(refusing) as imap, scripted_smtp(AUTH=b"535 5.7.8 no hunter2\r\n") as smtp:
        written(postroom, '{ env = "SECRET" }', imap.port, smtp.port)
        ended = await checked(postroom, "--send", SECRET="hunter2")
    assert ended.code == 1
    assert ended.json["imap_failure"]["code"] == "imap_login_refused"
    assert ended.json["smtp_failure"]["code"] == "smtp_login_refused"
    assert "round_trip" not in ended.json
    assert "hunter2" not in ended.out + ended.err


async def test_a_refresh_token_that_is_refused_is_told_for_both_and_no_server_is_blamed(
    postroom: Program,
) -> None:
    async def greeting(peer: Peer) -> None:
        await peer.say(b"* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR] ready\r\n")
        await peer.until_gone()

    async with (
        token_server(denied("invalid_grant")) as tokens,
        scripted(greeting) as imap,
        scripted_smtp() as smtp,
    ):
        written(postroom, '{ env = "SECRET" }', imap.port, smtp.port)
        file = postroom.home / "postroom.toml"
        table = f"""oauth = {{ client_id = "postroom", token_url = "{tokens.url}","""
        table += """ refresh_token = { env = "SECRET" } }"""
        text = await asyncio.to_thread(file.read_text)
        text = text.replace('password = { env = "SECRET" }', table)
        await asyncio.to_thread(file.write_text, text)
        ended = await checked(postroom, SECRET="hunter2")
    assert ended.code == 1
    imap_failure, smtp_failure = ended.json["imap_failure"], ended.json["smtp_failure"]
    assert imap_failure["code"] == smtp_failure["code"] == "oauth_consent_needed"
    assert "consent again" in smtp_failure["next_step"]
    assert "security" not in str(smtp_failure)


async def test_a_mail_that_does_not_come_in_time_has_a_code_of_its_own(
    postroom: Program, mail_host: MailHost, tmp_path: Path
) -> None:
    address, password = mail_host.new("agent")
    secret = tmp_path / "secret"
    secret.touch(mode=0o600)
    secret.write_text(password)
    async with scripted_smtp() as swallowing:
        written(
            postroom,
            f'{{ file = "{secret}" }}',
            mail_host.imap_port,
            swallowing.port,
            address=address,
        )
        ended = await checked(postroom, "--send", "--patience", "1")
    assert ended.code == 4, ended.out
    assert ended.json["round_trip"]["accepted"] is True
    assert "arrived" not in ended.json["round_trip"]
    people = await asyncio.to_thread(postroom, "accounts", "check", "work")
    assert "smtp" in people.out.lower()
    assert password not in people.out + people.err
