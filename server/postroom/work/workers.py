"""All workers together: started in order, and stopped in order."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from postroom.accounts.domains import BUILTIN_HOSTNAME, AccountDomain, AddressForm
from postroom.accounts.own_domain import OwnDomain
from postroom.clock import Clock
from postroom.credentials.vault import Vault
from postroom.dns.resolver import Resolver
from postroom.dns.senders.answers import Answers
from postroom.dns.senders.signing_keys import SigningKeys
from postroom.embedded.directory import Directory
from postroom.guarded.listed import listed
from postroom.index import folders, logins, report_mailboxes
from postroom.index.index import wait_for_event
from postroom.oauth.tokens import OAuthTokens
from postroom.open_files import allow_many
from postroom.policy_file import CurrentPolicy
from postroom.provision.provisioner import Provisioner
from postroom.settings import Settings, environment
from postroom.signing.opening import OpenedKeys
from postroom.signing.samples import samples
from postroom.signing.secret import SealingSecret
from postroom.work import mailserver, troubles
from postroom.work.attention import Attention
from postroom.work.bouncing import BounceSenders
from postroom.work.caretaker import Caretaker
from postroom.work.courier import Courier
from postroom.work.deciding import Answering
from postroom.work.domains.key_looks import Looking
from postroom.work.domains.key_steps import KeySteps
from postroom.work.domains.policy_fetching import PolicyFetching
from postroom.work.domains.standings import Standings
from postroom.work.domains.watching import DomainWatch
from postroom.work.doorbell import Doorbell
from postroom.work.filer import Filer
from postroom.work.handed_in import HandedInMail
from postroom.work.inlet import Inlet
from postroom.work.intake import Intake
from postroom.work.lending import Lending
from postroom.work.looks import Looks
from postroom.work.mail_approvals import MailApprovals
from postroom.work.own_signatures import OwnSignatures
from postroom.work.provisioning import Provisioning
from postroom.work.reconciler import Reconciler
from postroom.work.removals import Removals
from postroom.work.rounds import Rounds
from postroom.work.rules_known import RulesKnown
from postroom.work.signing import PATIENCE_SECONDS, Signers
from postroom.work.term import Term
from postroom.work.tokens import tokens_of
from postroom.work.verifying import Verifier
from postroom.work.watcher import Watcher
from postroom.work.ways import AccountWay, BuiltinWay, DirectoryWay, Way, Ways
from postroom.work.webhooks.courier import WebhookCourier
from postroom.work.webhooks.posting import Posting

if TYPE_CHECKING:
    from postroom.dns.checking.checking import Checker
    from postroom.dns.checking.sts_policy import Fetch


LOOK_SECONDS = 60.0
"""How often to look, without having heard of a change, whether there is a domain of one's own."""


async def run(
    term: Term,
    settings: Settings,
    provisioners: Mapping[str, Provisioner],
    policy: CurrentPolicy,
    answering: Answering,
    stop: asyncio.Event,
    seated: Callable[[], None],
    neighbours: Directory | None = None,
) -> None:
    """Do the I/O of the post room until ``stop`` is set; ``seated`` is called once it can begin.
    ``neighbours``: as `build.open_room`.

    Whatever fails in one worker ends them all: the seat starts them anew.
    """
    allow_many()  # each watched mailbox elsewhere takes one
    doorbell = Doorbell()
    server, ports = await mailserver.start(term, settings, doorbell, neighbours)
    operator = settings.operator
    builtin = BuiltinWay(
        operator.builtin_domains, frozenset({BUILTIN_HOSTNAME}), server, ports.imap, ports.smtp
    )
    tokens, elsewhere = _elsewhere(term, settings)
    ways = Ways([builtin, *elsewhere])
    answers = Answers(Resolver(operator.name_server, PATIENCE_SECONDS), term.index.clock)
    signers = Signers(SigningKeys(answers))
    intake, lending = Intake(term, signers, policy, Verifier(answers)), Lending(ways)
    attention = Attention(term)
    rounds = Rounds(term, intake, builtin, doorbell)
    watched = [way for way in elsewhere if not _is_handed_in(way)]
    looks = Looks(way.name for way in watched)
    reconciler = Reconciler(term, ways, lending)
    bounces = BounceSenders(settings.own_domains, operator.served)
    opened = OpenedKeys(SealingSecret.of(settings))
    own = OwnSignatures(opened, term.index.clock)
    patience = operator.retry_hours * 3600
    courier = Courier(term, ways, reconciler, looks, own, patience, policy, bounces)
    posting = Posting(listed(operator.webhooks.allow), term.index.clock)
    removals = Removals(term, operator.retention, server)
    signed_samples = partial(samples, term.index, opened)
    policies = PolicyFetching()
    checker = partial(_checker, term.index.clock, policies.fetch)
    caretaker = Caretaker(term, operator.retention_days * 86400, server.forget, removals)
    try:
        await troubles.tell_of_lost_domains(term, operator.served)
        await term.write(logins.begin_anew)
        read = {way.name for way in ways}
        await term.write(lambda con: folders.forget_strays_but_of(con, read))
        await doorbell.ring_where_something_waits(server, term.index)
        seated()
        others: dict[str, Coroutine[Any, Any, None]] = {
            "rounds": rounds.run(),
            "caretaker": caretaker.run(),
            "rules": RulesKnown(term, policy).run(),
            "standing": Standings(term, policy, operator.builtin_domains).run(),
            "handed-in": HandedInMail(term, intake, operator.inbound).run(),
            "webhooks": WebhookCourier(term, posting).run(),
            "domain-reports": _reports(term, settings.own_domains, provisioners),
            "keys": KeySteps(term, Looking(settings.own_domains).sees).run(),
            "domains": DomainWatch(
                term, settings.own_domains, operator.provider_of, checker, signed_samples
            ).run(),
        }
        if operator.approvals.mailbox is not None:
            domain = operator.approvals.mailbox.rpartition("@")[2]
            asking = MailApprovals(term, operator.approvals, provisioners[domain], answering)
            others["approvals"] = asking.run()
        if elsewhere:
            others |= {
                "attention": attention.run(),
                "watcher": Watcher(term, intake, attention, looks, watched).run(),
                "filer": Filer(term, ways, lending).run(),
                "provisioning": Provisioning(term, provisioners).run(),
            }
            for way in elsewhere:
                if isinstance(way, DirectoryWay) and way.domain.lmtp is not None:
                    others[f"inlet-{way.name}"] = Inlet(term, intake, way).run()
        await _together(courier.run(stop), others)
    finally:
        doorbell.close()
        await lending.close()
        await server.stop()
        await answers.close()
        await policies.close()
        for source in tokens:
            await source.close()


async def _together(
    courier: Coroutine[Any, Any, None], others: Mapping[str, Coroutine[Any, Any, None]]
) -> None:
    """Until the courier has ended, which the stop tells it to; then the others end."""
    async with asyncio.TaskGroup() as group:
        carrying = group.create_task(courier, name="courier")
        tasks = [group.create_task(work, name=name) for name, work in others.items()]
        await carrying
        for task in tasks:
            task.cancel()


async def _reports(
    term: Term, own: Mapping[str, OwnDomain], provisioners: Mapping[str, Provisioner]
) -> None:
    """Read reports about domains of one's own, once there is one. What that takes is loaded then: a
    worker that takes over is waited for."""
    while True:
        changed = term.index.next_change()
        if await term.index.read(lambda con: report_mailboxes.named(con, tuple(own))):
            break
        await wait_for_event(changed, LOOK_SECONDS)
    from postroom.work.domains.reports import DomainReports

    await DomainReports(term, own, provisioners).run()


def _is_handed_in(way: Way) -> bool:
    """Whether its mail comes by LMTP, and not to a folder that is read."""
    return isinstance(way, DirectoryWay) and way.domain.lmtp is not None


def _elsewhere(term: Term, settings: Settings) -> tuple[list[OAuthTokens], list[Way]]:
    """The ways of all domains but the built-in server's, and the sources of their tokens."""
    operator, vault = settings.operator, Vault(environment())
    by_account: dict[str, dict[str, AccountDomain]] = {}
    ways: list[Way] = []
    for name, domain in operator.served.items():
        if isinstance(domain, AccountDomain):
            by_account.setdefault(domain.account, {})[name] = domain
        elif domain.provisioner == "directory":
            ways.append(DirectoryWay(name, domain, frozenset({name})))
    tokens: list[OAuthTokens] = []
    for name, domains in by_account.items():
        account = operator.accounts[name]
        source = tokens_of(account, vault, term.index.clock)
        if source is not None:
            tokens.append(source)
        separators = {
            each: domain.separator
            for each, domain in domains.items()
            if domain.addresses is not AddressForm.CATCH_ALL
        }
        filed = frozenset(d for d in separators if domains[d].addresses is AddressForm.FOLDER)
        ways.append(AccountWay(name, account, frozenset(domains), vault, source, separators, filed))
    return tokens, ways


def _checker(clock: Clock, fetch: "Fetch") -> "Checker":
    from postroom.dns.checking.checking import Checker  # for rooms with a domain of their own

    return Checker(clock, fetch)
