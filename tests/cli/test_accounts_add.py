"""From an address to an account that works, by options and on a terminal."""

import asyncio
import imaplib
import stat
import sys
import tomllib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from cli.shell import Ended, Program
from cli.terminal import STOP, Talk, talk
from rooms import eventually
from servers.daemons import free_ports
from servers.dns import name_server
from servers.mail_host import MailHost
from smtp.scripted_smtp import scripted_smtp

needs_terminal = pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: terminals")

COMMENTED = "# Our room\nretention_days = 7 # a week\n"


@dataclass
class Setting:
    """A person's account on the mail host, and a name server that says where it is."""

    postroom: Program
    host: MailHost
    address: str
    password: str
    file: Path
    """The password is in it."""
    nameserver: str

    @property
    def config(self) -> Path:
        return self.postroom.home / "postroom.toml"

    @property
    def always(self) -> list[str]:
        trusted = str(self.host.certificate)
        return ["accounts", "add", "--nameserver", self.nameserver, "--certificates", trusted]

    async def add(self, *more: str) -> Ended:
        """What comes of it where everything is said by options; ``more`` comes last, and counts."""
        said = ["--address", self.address, "--accept-outside", "--password-file", str(self.file)]
        return await asyncio.to_thread(self.postroom, *self.always, *said, *more)

    async def talk(self, answers: list[tuple[str, str]], *more: str, **environment: str) -> Talk:
        def run() -> Talk:
            return talk(self.postroom, *self.always, *more, answers=answers, **environment)

        return await asyncio.to_thread(run)

    def unchanged(self) -> bool:
        """Whether nothing was kept anywhere below the home."""
        if not self.postroom.home.exists():
            return True
        names = {file.name for file in self.postroom.home.iterdir()}
        return names <= {"postroom.toml"} and (not names or self.config.read_text() == COMMENTED)


@pytest.fixture
async def setting(postroom: Program, mail_host: MailHost, tmp_path: Path) -> AsyncIterator[Setting]:
    address, password = mail_host.new("agent")
    file = tmp_path / "password"
    file.touch(mode=0o600)
    file.write_text(password)
    zone = (
        f"_imaps._tcp.{mail_host.domain}. IN SRV 0 1 {mail_host.options.imaps_port} localhost.\n"
        f"_submission._tcp.{mail_host.domain}. IN SRV 0 1 {mail_host.submission_port} localhost.\n"
        "office.example. IN MX 0 office-example.mail.protection.outlook.com.\n"
    )
    async with name_server(zone) as server:
        host, port = server.address
        yield Setting(postroom, mail_host, address, password, file, f"{host}:{port}")


async def test_what_is_said_by_options_needs_no_question_and_is_written(setting: Setting) -> None:
    ended = await setting.add("--json")
    assert ended.code == 0, ended.err
    made = ended.json
    assert (made["name"], made["domain"]) == ("agents", setting.host.domain)
    assert "backup" not in made
    assert made["found"]["round_trip"]["arrived"] == "inbox"
    assert setting.password not in ended.out + ended.err + setting.config.read_text()
    said = tomllib.loads(setting.config.read_text())
    assert said["domain"] == setting.host.domain
    assert said["accounts"]["agents"]["password"] == {"file": str(setting.file)}
    assert said["accounts"]["agents"]["files_sent"] is True
    assert said["accounts"]["agents"]["imap"]["host"] == "localhost"
    assert said["domains"] == {setting.host.domain: {"provisioner": "account", "account": "agents"}}
    assert "support-agent-01" in made["next_step"]


async def test_what_was_added_is_listed_shown_checked_and_makes_mailboxes(
    setting: Setting,
) -> None:
    def then(*arguments: str) -> Any:
        ended = setting.postroom(*arguments, "--json")
        assert ended.code == 0, ended.err + ended.out
        return ended.json

    assert (await setting.add("--name", "work", "--no-send")).code == 0
    local, _, domain = setting.address.partition("@")

    def look() -> None:
        (listed,) = then("accounts", "list")["accounts"]
        assert (listed["name"], listed["domains"], listed["mailboxes"]) == ("work", [domain], 0)
        assert listed["login_state"]["state"] == "unread"
        shown = then("accounts", "show", "work")
        assert shown["addresses"] == [f"{local}+NAME@{domain}"]
        assert shown["login"] == f"password from the file {setting.file}"
        checked = then("accounts", "check", "work", "--send")
        assert (checked["imap"]["idle"], checked["smtp"]["dsn"]) == (True, True)
        assert checked["round_trip"]["delivered_to"] is True
        made = then("mailboxes", "create", "--username", "support-agent-01")
        assert made["address"] == f"{local}+support-agent-01@{domain}"
        assert made["reach"] == "internet"
        assert then("accounts", "strays")["strays"] == []

    await asyncio.to_thread(look)


async def test_what_stood_in_the_file_stays_and_a_backup_is_left(setting: Setting) -> None:
    setting.postroom.home.mkdir()
    setting.config.write_text(COMMENTED)
    ended = await setting.add("--no-send", "--json")
    assert ended.code == 0, ended.err
    assert setting.config.read_text().startswith(COMMENTED)
    assert setting.config.with_name(Path(ended.json["backup"]).name).read_text() == COMMENTED


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ([], "--address"),
        (["--address", "agent@agents.test"], "--accept-outside"),
        (["--address", "agent@agents.test", "--accept-outside"], "--password-file"),
    ],
)
async def test_without_a_terminal_a_missing_answer_names_its_option(
    setting: Setting, options: list[str], named: str
) -> None:
    ended = await asyncio.to_thread(setting.postroom, *setting.always, *options, "--json")
    assert (ended.code, ended.error["code"]) == (2, "usage")
    assert named in ended.error["message"]
    assert setting.unchanged()


@pytest.mark.parametrize(
    ("options", "code", "named"),
    [
        (["--address", "nobody"], 2, "address_malformed"),
        (["--name", "two words"], 2, "account_name_malformed"),
        (["--separator", "++"], 2, "separator_unknown"),
        (["--imap-security", "tls"], 2, "server_missing"),
        (["--imap", "localhost:0"], 2, "port_malformed"),
        (["--imap", "https://localhost"], 2, "port_malformed"),
        (["--keyring"], 2, "password_places"),
        (["--domain", "no domain"], 2, "domain_malformed"),
        (["--address", "agent@office.example"], 1, "account_wants_oauth"),
    ],
)
async def test_what_cannot_be_is_refused_before_anything_is_tried(
    setting: Setting, options: list[str], code: int, named: str
) -> None:
    ended = await setting.add(*options, "--json")
    assert (ended.code, ended.error["code"]) == (code, named)
    assert setting.unchanged()


async def test_a_wrong_password_is_told_and_changes_nothing(setting: Setting) -> None:
    setting.file.write_text("wrong")
    ended = await setting.add("--json")
    assert (ended.code, ended.error["code"]) == (1, "imap_login_refused")
    assert setting.unchanged()


async def test_servers_that_do_not_answer_or_cannot_be_trusted_get_no_account(
    setting: Setting, tmp_path: Path
) -> None:
    (closed,) = free_ports(1)
    unreached = await setting.add("--imap", f"127.0.0.1:{closed}", "--json")
    assert (unreached.code, unreached.error["code"]) == (1, "imap_unreachable")
    said = ["--address", setting.address, "--accept-outside", "--password-file", str(setting.file)]
    without = ["accounts", "add", "--nameserver", setting.nameserver, *said, "--json"]
    untrusted = await asyncio.to_thread(setting.postroom, *without)
    assert (untrusted.code, untrusted.error["code"]) == (1, "imap_tls_failed")
    assert setting.unchanged()


async def test_an_account_whose_own_mail_does_not_come_is_added_only_on_demand(
    setting: Setting,
) -> None:
    async with scripted_smtp() as swallowing:  # takes the mail, and delivers it nowhere
        where = f"127.0.0.1:{swallowing.port}"
        said = ["--smtp", where, "--smtp-security", "none", "--patience", "1", "--json"]
        ended = await setting.add(*said)
        assert (ended.code, ended.error["code"]) == (4, "mail_not_seen")
        assert "--anyway" in ended.error["next_step"]
        assert setting.unchanged()
        added = await setting.add(*said, "--anyway")
    assert added.code == 0, added.err
    said = tomllib.loads(setting.config.read_text())["accounts"]["agents"]
    assert (said["smtp"]["port"], "files_sent" in said) == (swallowing.port, False)


async def test_an_account_or_a_domain_that_is_there_is_not_written_over(setting: Setting) -> None:
    assert (await setting.add("--no-send")).code == 0
    before = setting.config.read_text()
    again = await setting.add("--no-send", "--json")
    assert (again.code, again.error["code"]) == (1, "account_exists")
    other = await setting.add("--name", "other", "--no-send", "--json")
    assert (other.code, other.error["code"]) == (1, "domain_exists")
    assert setting.config.read_text() == before


async def test_a_catch_all_domain_is_tried_as_one(setting: Setting) -> None:
    """Each address of it would be the account's; on this host none is but those that were made."""
    ended = await setting.add("--addresses", "catch-all", "--json")
    assert (ended.code, ended.error["code"]) == (1, "mail_refused")
    assert setting.unchanged()


async def added_where_each_address_has_a_folder(setting: Setting, *more: str) -> Ended:
    """What comes of it at a server that files a mail into the folder of its address's detail."""
    imap = f"127.0.0.1:{setting.host.imap_port}"
    async with scripted_smtp() as smtp:
        smtp.hold = asyncio.Event()
        servers = ["--imap", imap, "--imap-security", "none"]
        servers += ["--smtp", f"127.0.0.1:{smtp.port}", "--smtp-security", "none"]
        adding = asyncio.create_task(setting.add(*servers, *more))

        async def handed_over() -> bool:
            return bool(smtp.messages)

        def file() -> None:
            raw = smtp.messages[0].removesuffix(b".\r\n")
            address = str(message_from_bytes(raw)["To"])
            folder = address.partition("+")[2].partition("@")[0]
            with imaplib.IMAP4("127.0.0.1", setting.host.imap_port) as person:
                person.login(setting.address, setting.password)
                assert person.create(folder)[0] == "OK"
                assert person.append(folder, "", "", raw)[0] == "OK"

        await eventually(handed_over, 30)
        await asyncio.to_thread(file)
        smtp.hold.set()
        return await adding


async def test_where_each_address_has_a_folder_a_script_is_told_what_to_pass(
    setting: Setting,
) -> None:
    ended = await added_where_each_address_has_a_folder(setting, "--json")
    assert (ended.code, ended.error["code"]) == (2, "usage")
    assert "--addresses folder" in ended.error["message"]
    assert setting.unchanged()


async def test_where_each_address_has_a_folder_it_is_read_from_there(setting: Setting) -> None:
    ended = await added_where_each_address_has_a_folder(setting, "--addresses", "folder", "--json")
    assert ended.code == 0, ended.err
    trip = ended.json["found"]["round_trip"]
    assert (trip["arrived"], trip["removed"]) == ("folder", True)
    said = tomllib.loads(setting.config.read_text())
    assert said["domains"][setting.host.domain]["addresses"] == "folder"


@needs_terminal
async def test_on_a_terminal_what_is_missing_is_asked_and_the_password_is_not_shown(
    setting: Setting,
) -> None:
    ended = await setting.talk(
        [
            ("address: ", setting.address),
            ("[y/N]: ", "y"),
            (f"Password of {setting.address}: ", "wrong"),
            (f"Password of {setting.address}: ", setting.password),
        ]
    )
    assert ended.code == 0, ended.shown
    assert "outside the address's domain" in ended.shown
    assert "refused user name and password" in ended.shown
    assert setting.password not in ended.shown
    kept = setting.postroom.home / "secrets" / "agents"
    assert kept.read_text().strip() == setting.password
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    said = tomllib.loads(setting.config.read_text())["accounts"]["agents"]
    assert said["password"] == {"file": "secrets/agents"}
    checked = await asyncio.to_thread(setting.postroom, "accounts", "check", "agents")
    assert checked.code == 0, checked.out


@needs_terminal
async def test_a_password_is_asked_for_three_times_and_no_more(setting: Setting) -> None:
    asks = [("Password of ", "wrong")] * 3
    ended = await setting.talk(asks, "--address", setting.address, "--accept-outside")
    assert ended.code == 1
    assert ended.shown.count("Password of ") == 3
    assert setting.unchanged()


@needs_terminal
@pytest.mark.parametrize("place", ["address: ", "[y/N]: ", "Password of "])
async def test_whoever_stops_it_at_a_question_has_changed_nothing(
    setting: Setting, place: str
) -> None:
    setting.postroom.home.mkdir()
    setting.config.write_text(COMMENTED)
    answers = [("address: ", setting.address), ("[y/N]: ", "y"), ("Password of ", "")]
    until = [one[0] for one in answers].index(place)
    ended = await setting.talk([*answers[:until], (place, STOP)])
    assert ended.code == 130, ended.shown
    assert setting.unchanged()


@needs_terminal
async def test_whoever_stops_it_while_its_mail_is_waited_for_has_changed_nothing(
    setting: Setting,
) -> None:
    async with scripted_smtp() as swallowing:
        where = f"127.0.0.1:{swallowing.port}"
        ended = await setting.talk(
            [("Password of ", setting.password), ("Sending a mail to ", STOP)],
            *("--address", setting.address, "--accept-outside"),
            *("--smtp", where, "--smtp-security", "none"),
        )
    assert ended.code == 130, ended.shown
    assert setting.unchanged()


@needs_terminal
async def test_a_keyring_that_its_owner_chose_keeps_the_password(setting: Setting) -> None:
    own = {
        "PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring",
        "XDG_DATA_HOME": str(setting.postroom.person / "data"),
    }
    ended = await setting.talk(
        [("Password of ", setting.password)],
        *("--address", setting.address, "--accept-outside", "--no-send"),
        **own,
    )
    assert ended.code == 0, ended.shown
    said = tomllib.loads(setting.config.read_text())["accounts"]["agents"]
    assert said["password"] == {"keyring": True}
    assert not (setting.postroom.home / "secrets").exists()

    def check() -> Ended:
        return setting.postroom("accounts", "check", "agents", input=b"", **own)

    checked = await asyncio.to_thread(check)
    assert checked.code == 0, checked.out + checked.err


def test_the_option_for_tests_is_not_in_the_help(postroom: Program) -> None:
    told = postroom("accounts", "add", "--help").out
    assert "--password-file" in told
    assert "--nameserver" not in told
