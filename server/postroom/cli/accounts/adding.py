"""The way from an address to an account that works.

    address ─► servers found ─► password ─► both let us in ─► a mail to itself ─► written

Nothing is kept before the last step, so that whoever stops it anywhere has changed nothing.
"""

import secrets
import tomllib
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import SecretStr

from postroom.accounts.address import email_address
from postroom.accounts.domains import AddressForm
from postroom.accounts.sources import SecretPlace, SecretSource
from postroom.cli.accounts import secret_keeping, settings_file
from postroom.cli.accounts.added import Added, show_added
from postroom.cli.accounts.at_once import at_once
from postroom.cli.accounts.check_page import show_round_trip
from postroom.cli.accounts.logins import own_address
from postroom.cli.accounts.plan import Plan, named, read_back
from postroom.cli.accounts.questions import Questions
from postroom.cli.accounts.servers import Servers, servers, show_servers
from postroom.cli.accounts.trying import LoggedIn, try_both
from postroom.cli.accounts.unknown_servers import told_by_person, without_servers
from postroom.cli.accounts.wanted import Wanted
from postroom.cli.answers import err, say
from postroom.cli.asked import Asked
from postroom.cli.connect.config_file import ConfigFile
from postroom.cli.exits import ExitCode
from postroom.clock import system_clock
from postroom.credentials.vault import Vault
from postroom.dns.discovery import Discovery, discover
from postroom.dns.resolver import Resolver
from postroom.model.errors import (
    InvalidRequest,
    PeerError,
    PeerTimeout,
    PostroomError,
    Refused,
    Unavailable,
)
from postroom.probe.findings import Failure, Probed, RoundTrip
from postroom.probe.letter import Letter
from postroom.probe.round_trip import round_trip
from postroom.settings import CONFIG_FILE, Operator, environment

if TYPE_CHECKING:
    from postroom.cli.page import Page

FOLDER = AddressForm.FOLDER.value

PASSWORD_TRIES = 3
"""Providers lock an account out that fails more often."""


class Adding:
    """One run of `postroom accounts add`."""

    def __init__(self, asked: Asked, wanted: Wanted) -> None:
        self._asked = asked
        self._wanted = wanted
        self._questions = Questions(asked)
        self._home = asked.place()
        if self._home.is_dir():
            asked.settings()  # a file that is not understood is told before anything is asked
        self._file = ConfigFile(self._home / CONFIG_FILE, system_clock, ours=True)
        self._text = self._file.read()
        self._known = tomllib.loads(self._text)

    def run(self) -> int:
        """The exit code, once the account is written and told of."""
        address = self._address()
        found = None if self._wanted.imap and self._wanted.smtp else self._discovered(address)
        plan, where = self._planned(address, found)
        logged_in = self._logged_in(plan, where)
        plan = plan.at(logged_in.imap_at, logged_in.smtp_at)
        trip = self._tried(plan, logged_in) if self._wanted.send else None
        plan = self._by_folder(plan, trip)
        plan = replace(plan, files_sent=trip.files_sent if trip else None)
        added = self._written(plan, logged_in, trip)
        say(self._asked.json, added, lambda page: show_added(page, added))
        return ExitCode.DONE

    def _address(self) -> str:
        given = self._wanted.address or self._questions.text("The account's address", "--address")
        try:
            return email_address(given)
        except ValueError:
            raise InvalidRequest(
                "address_malformed", "This is no email address.", 'Write it as "name@example.com".'
            ) from None

    def _discovered(self, address: str) -> Discovery:
        self._tell(lambda page: page.line("Looking for its servers …"))
        return at_once(discover(address, Resolver(self._wanted.resolver_at)))

    def _planned(self, address: str, found: Discovery | None) -> tuple[Plan, Servers]:
        where = servers(self._wanted, found)
        if unknown := without_servers(where):
            self._wanted = told_by_person(self._wanted, unknown, self._questions)
            where = servers(self._wanted, found)
        plan = named(self._wanted, address, where.preset)
        settings_file.check_new(self._known, plan.name, plan.domain)
        if self._wanted.source is None:
            secret_keeping.check_free(self._home, plan.name)
        self._tell(lambda page: show_servers(page, where, bool(found and found.unanswered)))
        if where.preset is not None and not where.preset.takes_password and found is not None:
            raise Refused(
                "account_wants_oauth",
                f"{where.preset.title} takes no password.",
                "docs/real-servers.md says how its account is written into postroom.toml; then"
                " `postroom accounts check NAME --send` tries it.",
            )
        return plan, self._confirmed(where)

    def _confirmed(self, where: Servers) -> Servers:
        """Without servers outside the domain that nobody vouches for."""
        if not where.doubtful or self._wanted.accept_outside:
            return where
        hosts = ", ".join(dict.fromkeys(one.host for one in where.doubtful))
        left = where.without_doubtful()
        question = f"Show the password to servers outside the address's domain ({hosts})"
        if self._questions.nobody and left.imap and left.smtp:
            return left
        return where if self._questions.agrees(question, "--accept-outside") else left

    def _logged_in(self, plan: Plan, where: Servers) -> LoggedIn:
        """Both servers let us in. A password that a person typed may be typed again."""
        tries = PASSWORD_TRIES if self._wanted.source is None else 1
        while True:
            found = at_once(try_both(plan, where, self._password(plan), self._tell))
            if isinstance(found, LoggedIn):
                return found
            tries -= 1
            if not tries or not found.of_login:
                raise _error_of(found)

    def _password(self, plan: Plan) -> SecretStr:
        source = self._wanted.source
        if source is None:
            question = f"Password of {plan.wanted.user or plan.address}"
            options = "--password-file, --password-env or --keyring"
            return SecretStr(self._questions.secret(question, options))
        place = SecretPlace(SecretSource.model_validate(source), f"{plan.address}/password")
        return at_once(Vault(environment()).at(place).read())

    def _tried(self, plan: Plan, logged_in: LoggedIn) -> RoundTrip | None:
        """What became of a mail to itself; None where that does not matter to anybody."""
        token = f"check-{secrets.token_hex(6)}"
        operator = self._read_back(plan)
        address = own_address(operator, plan.name, operator.accounts[plan.name], token)
        letter = Letter(address, token, system_clock())
        self._tell(lambda page: page.line(f"Sending a mail to {address} …"))
        found = at_once(round_trip(logged_in.imap, logged_in.smtp, letter, self._wanted.patience))
        self._tell(lambda page: show_round_trip(page, found))
        if isinstance(found, RoundTrip) and found.arrived is not None:
            return found
        self._goes_on(found)
        return found if isinstance(found, RoundTrip) else None

    def _by_folder(self, plan: Plan, trip: RoundTrip | None) -> Plan:
        """The plan, with mail taken from each address's folder where the server files it so: of
        such mail nothing comes to INBOX."""
        if trip is None or trip.arrived != "folder" or plan.wanted.addresses == FOLDER:
            return plan
        question = "Its server files each address's mail in a folder of its own. Read it from there"
        if not self._questions.agrees(question, f"--addresses {FOLDER}"):
            raise Refused(
                "account_not_added",
                "The account was not added: its mailboxes would get no mail from INBOX.",
                f"Pass --addresses {FOLDER}, or let the server file such mail in INBOX.",
            )
        return replace(plan, wanted=replace(plan.wanted, addresses=FOLDER))

    def _goes_on(self, found: RoundTrip | Failure) -> None:
        """Return where the account is wanted though its own mail did not reach it."""
        if self._wanted.anyway:
            return
        if not self._questions.nobody:
            if self._questions.agrees("Add the account all the same", "--anyway"):
                return
            raise Refused(
                "account_not_added",
                "The account was not added; nothing was changed.",
                "Run it again once you have decided.",
            )
        raise _trip_error(found)

    def _read_back(self, plan: Plan) -> Operator:
        """What the file will mean. Where the password goes is decided last."""
        source = self._wanted.source or {"file": f"{secret_keeping.FOLDER}/{plan.name}"}
        more = replace(plan, source=source).additions(self._known)
        return read_back(settings_file.with_additions(self._text, more), self._home)

    def _written(self, plan: Plan, logged_in: LoggedIn, trip: RoundTrip | None) -> Added:
        self._read_back(plan)
        self._asked.settings()  # makes the home
        if self._wanted.source is not None:
            plan = replace(plan, source=self._wanted.source)
            return self._in_file(plan, logged_in, trip)
        entry = f"{plan.address}/password"
        kept = at_once(
            secret_keeping.keep(
                self._home, plan.name, entry, logged_in.password, only_file=plan.two_providers
            )
        )
        try:
            return self._in_file(replace(plan, source=kept.source), logged_in, trip)
        except BaseException:
            at_once(kept.undo())
            raise

    def _in_file(self, plan: Plan, logged_in: LoggedIn, trip: RoundTrip | None) -> Added:
        more = plan.additions(self._known)
        text = settings_file.with_additions(self._text, more)
        operator = read_back(text, self._home)
        try:
            backup = self._file.write(text, self._text)
        except PostroomError as error:
            raise Unavailable(
                "settings_not_written", error.message, "Nothing was changed; try again."
            ) from error
        place = operator.accounts[plan.name].imap_login.password
        assert place is not None  # it was logged in with
        return Added(
            name=plan.name,
            address=plan.address,
            domain=plan.domain,
            file=str(self._file.path),
            backup=str(backup) if backup else None,
            wrote=settings_file.shown(more),
            password=Vault(environment()).at(place).place,
            found=Probed.of(logged_in.found_imap, logged_in.found_smtp, trip),
            next_step=_next(plan, operator.domain),
        )

    def _tell(self, show: "Callable[[Page], None]") -> None:
        """How it goes, for a person: standard output is for what came of it."""
        if not self._asked.json:
            show(err())


def _next(plan: Plan, default: str) -> str:
    domain = "" if default == plan.domain else f" --domain {plan.domain}"
    create = f"`postroom mailboxes create --username support-agent-01{domain}`"
    return (
        f"{create} makes the first mailbox. Start anew what already runs on this post room"
        " (`postroom serve`, MCP clients): it read postroom.toml when it began."
    )


def _error_of(failure: Failure) -> PostroomError:
    kind = Refused if failure.of_login else PeerError
    return kind(failure.code, failure.says, failure.next_step)


def _trip_error(found: RoundTrip | Failure) -> PostroomError:
    """Why the account is not added, for a script."""
    what = (
        "Nothing was changed. Pass --anyway to add the account all the same, or other --addresses."
    )
    if isinstance(found, Failure):
        return PeerError(found.code, found.says, what)
    if not found.accepted:
        return Refused(
            "mail_refused", "The server did not take a mail to the account itself.", what
        )
    if found.came_back:
        return Refused("mail_came_back", "A mail to an address of the account came back.", what)
    return PeerTimeout("mail_not_seen", "A mail to the account did not come in time.", what)
