"""What an operator is told of accounts and mail hosts: how each login stands, what was left."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from rooms import TestClock

from postroom.build import PostRoom, open_room
from postroom.cli.commands.accounts import _counted, _stands
from postroom.desk.health import elsewhere
from postroom.desk.times import iso
from postroom.index import folders, logins, mailboxes
from postroom.index.database import Connection
from postroom.index.folders import Folder, StrayWords
from postroom.model.answers import Check
from postroom.model.callers import Caller, operator
from postroom.model.errors import InvalidRequest, NotFound, Refused
from postroom.model.mailboxes import MailboxStatus
from postroom.settings import Operator, Settings

SECRET = "WORK_PASSWORD"

SAID: dict[str, Any] = {
    "accounts": {
        "work": {"address": "agent@example.com", "preset": "fastmail", "password": {"env": SECRET}},
        "spare": {"address": "spare@example.org", "preset": "gmail", "password": {"keyring": True}},
    },
    "domains": {
        "example.com": {"provisioner": "account", "account": "work"},
        "example.net": {
            "provisioner": "directory",
            "database": {"sqlite": "directory.db"},
            "imap": {"host": "mail.example.net"},
            "smtp": {"host": "mail.example.net"},
        },
    },
}


@pytest.fixture
async def far(settings: Settings, clock: TestClock) -> AsyncIterator[PostRoom]:
    """A room without workers, whose mailboxes are elsewhere: two on an account, two on a host, one
    in a domain that is not served any more."""
    set_so = settings.model_copy(update={"operator": Operator.model_validate(SAID)})
    async with open_room(set_so, program="test", clock=clock) as room:
        await room.index.write(lambda con: _people(con, clock()))
        yield room


def _people(con: Connection, now: float) -> None:
    owner = mailboxes.owner_or_new(con, "default", "ada")
    for address in (
        "agent+ada@example.com",
        "agent+ben@example.com",
        "ada@example.net",
        "ben@example.net",
        "ada@gone.example",
    ):
        mailboxes.add(con, address, "", owner, MailboxStatus.LIVE, "hidden", now, None)
    for name, state, detail in (
        ("work", "idle", ""),
        ("ada@example.net", "polling", ""),
        ("ben@example.net", "down", "No connection."),
    ):
        logins.read_since(con, name, now)
        logins.set_state(con, name, state, detail, now)


def _down(con: Connection) -> None:
    logins.set_state(con, "work", "down", "The IMAP server refused user name and password.", 1.0)


async def looked(room: PostRoom, idle: str = "") -> dict[str, Check]:
    """What doctor says of servers elsewhere, by name; ``idle`` says why nobody receives."""
    said = room.settings.operator
    found = await room.index.read(lambda con: elsewhere.checks(con, said, room.index.clock(), idle))
    return {check.name: check for check in found}


async def test_accounts_and_hosts_are_listed_with_how_their_logins_stand(far: PostRoom) -> None:
    found = await far.desk.accounts.list(operator())
    work, spare = found.accounts
    assert (work.name, work.domains, work.mailboxes) == ("work", ("example.com",), 2)
    assert (work.imap, work.smtp) == ("imap.fastmail.com:993 tls", "smtp.fastmail.com:465 tls")
    assert work.addresses == ("agent+NAME@example.com",)
    assert work.login == f"password from the environment variable {SECRET}"
    assert (work.login_state.state, bool(work.login_state.since)) == ("idle", True)
    assert (spare.domains, spare.mailboxes, spare.login_state.state) == ((), 0, "unread")
    assert spare.login == "password from the keyring"
    (host,) = found.directories
    assert (host.domain, host.mailboxes, host.states) == (
        "example.net",
        2,
        {"polling": 1, "down": 1},
    )
    assert [(one.name, one.detail) for one in host.down] == [("ben@example.net", "No connection.")]
    assert "hidden" not in found.model_dump_json()


async def test_an_account_with_two_logins_shows_both(settings: Settings, clock: TestClock) -> None:
    own = {"host": "smtp.relay.example", "user": "sender", "password": {"file": "secrets/relay"}}
    imap = {"host": "imap.example.com"}
    work = {"address": "agent@example.com", "password": {"env": SECRET}, "imap": imap, "smtp": own}
    free = {**work, "smtp": {"host": "localhost", "user": ""}}
    said = Operator.model_validate({"accounts": {"work": work, "free": free}})
    set_so = settings.model_copy(update={"operator": said})
    async with open_room(set_so, program="test", clock=clock) as room:
        shown = await room.desk.accounts.show(operator(), "work")
        assert shown.login == f"password from the environment variable {SECRET}"
        assert shown.smtp_login == "sender, password from the file secrets/relay"
        shown = await room.desk.accounts.show(operator(), "free")
        assert shown.smtp_login == "none: submission without a login"


async def test_an_account_that_is_not_there_is_not_found(far: PostRoom) -> None:
    with pytest.raises(NotFound) as refused:
        await far.desk.accounts.show(operator(), "home")
    assert refused.value.code == "account_not_found"


async def test_an_agent_is_told_nothing_of_accounts(far: PostRoom) -> None:
    agent, reports = Caller(agent="ada"), far.desk.accounts
    for asked in (reports.list(agent), reports.show(agent, "work"), reports.strays(agent)):
        with pytest.raises(Refused) as refused:
            await asked
        assert refused.value.code == "operator_only"


async def test_what_was_left_where_it_lies_is_listed_newest_first(far: PostRoom) -> None:
    place, now = Folder(0, "work", "INBOX", 7), far.index.clock()

    def leave(con: Connection) -> None:
        words = StrayWords("a@example.com", "Ben", "ben@example.org", "An offer", now - 200_000)
        folders.leave(con, place, 4, now - 100_000, "it is for none of our mailboxes", words)
        folders.leave(con, place, 5, now, "its server does not hand it out")

    await far.index.write(leave)
    found = (await far.desk.accounts.strays(operator())).strays
    assert [(one.account, one.folder, one.uid, one.addresses) for one in found] == [
        ("work", "INBOX", 5, ""),
        ("work", "INBOX", 4, "a@example.com"),
    ]
    unread, read = found
    assert (unread.at, unread.untrusted_subject) == (unread.seen_at, "")
    assert (read.at, read.seen_at) == (iso(now - 200_000), iso(now - 100_000))
    assert (read.untrusted_from_name, read.untrusted_from) == ("Ben", "ben@example.org")
    assert read.untrusted_subject == "An offer"
    assert len((await far.desk.accounts.strays(operator(), 1)).strays) == 1
    assert (await looked(far))["strays"].says.startswith("1 left where they lie in the last day")


async def test_doctor_has_a_line_for_each_login_and_what_to_do(far: PostRoom) -> None:
    found = await looked(far)
    assert found["account work"].says.startswith("idle since ")
    spare = found["account spare"]
    assert (spare.ok, spare.says) == (False, "no domain uses it: no mailbox can be made on it")
    assert '[domains."example.org"] with provisioner = "account"' in (spare.next_step or "")
    host = found["mail host example.net"]
    assert not host.ok
    assert "1 polling, 1 down; ben@example.net down since " in host.says
    await far.index.write(_down)
    work = (await looked(far))["account work"]
    assert not work.ok
    assert "refused user name and password" in work.says
    assert "postroom accounts check work" in (work.next_step or "")


async def test_while_nobody_receives_that_is_why_no_login_is_read(far: PostRoom) -> None:
    await far.index.write(_down)
    found = await looked(far, "nobody")
    for name in ("account work", "mail host example.net"):
        assert (found[name].because, found[name].next_step) == ("worker", None)
        assert found[name].says.startswith("not read now; was ")


async def test_doctor_names_domains_that_are_served_no_more(far: PostRoom) -> None:
    gone = (await looked(far))["domains"]
    assert not gone.ok
    assert "gone.example (1 mailbox)" in gone.says


async def test_doctor_compares_how_many_files_are_needed_and_allowed(
    far: PostRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    enough = (await looked(far))["open files"]
    needed = 2 + 2 * 3 + elsewhere.OTHER_FILES  # two mailboxes, three connections an account
    assert enough.ok
    assert enough.says.endswith(f"needs about {needed}")
    monkeypatch.setattr(elsewhere, "files_allowed", lambda worker: needed - 1)
    short = (await looked(far))["open files"]
    assert not short.ok
    assert "LimitNOFILE" in (short.next_step or "")


async def test_doctor_says_nothing_of_elsewhere_where_all_is_built_in(quiet_room: PostRoom) -> None:
    assert await looked(quiet_room) == {}


async def test_a_login_that_is_refused_from_the_first_try_on_is_down(far: PostRoom) -> None:
    """It was never read; once it is, all mail since its mailbox was made is new there."""

    def refused(con: Connection) -> list[bool]:
        return [logins.set_state(con, "spare", "down", "Refused.", at) for at in (5.0, 6.0)]

    assert await far.index.write(refused) == [True, False]
    row = await far.index.read(lambda con: logins.state(con, "spare"))
    assert row is not None
    assert (row["state"], row["state_at"], row["detail"]) == ("down", 5.0, "Refused.")

    def read(con: Connection) -> list[float]:
        return [logins.read_since(con, "spare", since) for since in (2.0, 9.0)]

    assert await far.index.write(read) == [2.0, 2.0]


async def test_doctor_names_a_login_that_never_worked(far: PostRoom) -> None:
    def never_read(con: Connection) -> None:
        con.execute("DELETE FROM logins")
        logins.set_state(con, "work", "down", "The login is refused.", 1.0)

    await far.index.write(never_read)
    work = (await looked(far))["account work"]
    assert not work.ok
    assert work.says.startswith("down since 1970-01-01")
    assert work.says.endswith("The login is refused.")


async def test_where_no_worker_runs_no_login_is_read_now(far: PostRoom) -> None:
    found = await far.desk.accounts.list(operator())
    (host,) = found.directories
    assert not any(one.login_state.read_now for one in found.accounts)
    assert not host.read_now
    assert _stands(found.accounts[0].login_state).startswith("not read now (was idle since ")
    assert _stands(host.down[0]).startswith("not read now (was down since ")
    assert _counted(host) == "not read now (was 1 polling, 1 down)"
    now = host.model_copy(update={"read_now": True})
    assert _counted(now) == "1 polling, 1 down"


async def test_a_mail_host_none_of_whose_mailboxes_is_read_is_not_well(far: PostRoom) -> None:
    def never_read(con: Connection) -> None:
        con.execute("DELETE FROM logins")

    await far.index.write(never_read)
    host = (await looked(far))["mail host example.net"]
    assert (host.ok, host.says) == (False, "nothing is read")
    assert "postroom mailboxes list" in (host.next_step or "")

    def nobody(con: Connection) -> None:
        con.execute("UPDATE mailboxes SET status = 'deleted' WHERE address LIKE '%@example.net'")

    await far.index.write(nobody)
    host = (await looked(far))["mail host example.net"]
    assert (host.ok, host.next_step) == (True, None)


@pytest.mark.parametrize(
    ("address", "then"),
    [
        ("agent+ada@example.com", "postroom accounts check work"),
        ("ada@example.net", "postroom accounts check example.net"),
        ("ada@gone.example", "postroom mailboxes list"),
    ],
)
async def test_a_mailbox_with_a_problem_has_a_next_step(
    far: PostRoom, address: str, then: str
) -> None:
    def trouble(con: Connection) -> None:
        box = next(box for box in mailboxes.every(con) if box.address == address)
        mailboxes.set_problem(con, box.id, "The mail server refuses the login.")

    await far.index.write(trouble)
    health = await far.desk.health.report(operator())
    (check,) = [each for each in health.checks if each.name == "mailboxes"]
    assert not check.ok
    assert then in (check.next_step or "")


async def test_an_account_whose_domain_has_no_mailbox_is_not_read(far: PostRoom) -> None:
    def nobody(con: Connection) -> None:
        con.execute("UPDATE mailboxes SET status = 'deleted'")

    await far.index.write(nobody)
    work = (await looked(far))["account work"]
    assert (work.ok, work.says) == (True, "no mailbox yet: nothing is read")


async def test_whoever_makes_a_mailbox_is_told_of_an_account_without_a_domain(
    settings: Settings, clock: TestClock
) -> None:
    said = Operator.model_validate({"accounts": {"spare": SAID["accounts"]["spare"]}})
    set_so = settings.model_copy(update={"operator": said})
    async with open_room(set_so, program="test", clock=clock) as room:
        made = await room.desk.mailboxes.create(Caller(agent="ada"), "ada")
        assert "The account spare has no domain" in made.next_step
        assert 'domain = "example.org" at the top' in made.next_step
        with pytest.raises(InvalidRequest) as refused:
            await room.desk.mailboxes.create(Caller(agent="ada"), "ben", domain="example.org")
    assert refused.value.code == "domain_unknown"
    assert 'account = "spare"' in refused.value.next_step


async def test_a_domain_whose_mail_is_handed_in_has_a_line_of_its_own(
    settings: Settings, clock: TestClock
) -> None:
    host = {**SAID["domains"]["example.net"], "lmtp": {"port": 2424}}
    said = Operator.model_validate({"domains": {"example.net": host}})
    set_so = settings.model_copy(update={"operator": said})
    async with open_room(set_so, program="test", clock=clock) as room:
        new = (await looked(room))["inlet example.net"]
        assert not new.ok
        assert new.says == "LMTP at 127.0.0.1:2424, unheard of; has taken no mail yet"
        assert "start it anew" in (new.next_step or "")
        name = logins.inlet_of("example.net")
        await room.index.write(lambda con: logins.set_state(con, name, "listening", "", 1.0))
        well = (await looked(room))["inlet example.net"]
        assert well.ok
        assert "listening since 1970-01-01" in well.says
        aside = (await looked(room, "nobody"))["inlet example.net"]
        assert (aside.ok, aside.because, aside.next_step) == (False, "worker", None)
        assert aside.says.startswith("LMTP at 127.0.0.1:2424, not listened for now; ")
        (view,) = (await room.desk.accounts.list(operator())).directories
        assert _counted(view) == "not now (was LMTP, listening)"
        assert _counted(view.model_copy(update={"read_now": True})) == "LMTP, listening"
