"""The desk: one counter, its subjects side by side.

Each subject is imported when it is first asked for: a client that starts many servers waits for the
first answer of each, and one question needs two or three of them.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from postroom.index.index import Index
from postroom.model.mailboxes import Reach
from postroom.policy_file import CurrentPolicy
from postroom.provision.provisioner import Provisioner
from postroom.settings import Settings, bare_environment

if TYPE_CHECKING:
    from postroom.desk.approvals.held import HeldSends
    from postroom.desk.approvals.unsent import Unsent
    from postroom.desk.domains.checks import DomainChecks
    from postroom.desk.domains.domains import Domains
    from postroom.desk.domains.reports import DomainReportsDesk
    from postroom.desk.domains.reputation import ReputationDesk
    from postroom.desk.domains.rotation import Rotation
    from postroom.desk.events.events import Events
    from postroom.desk.figures.figures import FiguresDesk
    from postroom.desk.files.uploads import Uploads
    from postroom.desk.files.url_files import UrlFiles
    from postroom.desk.health.accounts import AccountReports
    from postroom.desk.health.health import HealthReports
    from postroom.desk.health.metrics import Metrics
    from postroom.desk.identities.tokens import Tokens
    from postroom.desk.inbound.inbound import Inbound
    from postroom.desk.mailboxes.mailboxes import Mailboxes
    from postroom.desk.policies.policies import Policies
    from postroom.desk.policies.quarantine import Quarantine
    from postroom.desk.records.audit import Audit
    from postroom.desk.records.correspondence import CorrespondenceDesk
    from postroom.desk.records.retention import RetentionDesk
    from postroom.desk.records.tracing import Tracing
    from postroom.desk.sends.sending import Sending
    from postroom.desk.standing import Standing
    from postroom.desk.suppressions.suppressions import Suppressions
    from postroom.desk.threads.attachments import Attachments
    from postroom.desk.threads.messages import Messages
    from postroom.desk.threads.reading import Reading
    from postroom.desk.threads.showing import Showing
    from postroom.desk.threads.states import ThreadStates
    from postroom.desk.visits.visiting import Visiting
    from postroom.desk.waits.waiting import Waiting
    from postroom.desk.webhooks.webhooks import WebhookDesk
    from postroom.guarded.client import GuardedClient


class Desk:
    """What can be asked, by subject. Each call names its caller."""

    def __init__(
        self,
        index: Index,
        settings: Settings,
        provisioners: Mapping[str, Provisioner],
        idle: Callable[[], str],
        policy: CurrentPolicy,
        web: "GuardedClient | None" = None,
    ) -> None:
        """``idle`` says why nobody does the I/O at the moment, or is empty. ``web`` fetches files
        that are sent by URL; by itself from the hosts that the operator lists."""
        self._web = web
        self._index = index
        self._settings = settings
        self._operator = settings.operator
        self._provisioners = provisioners
        self._idle = idle
        self._policy = policy

    @cached_property
    def mailboxes(self) -> "Mailboxes":
        from postroom.desk.mailboxes import unused
        from postroom.desk.mailboxes.mailboxes import Mailboxes

        return Mailboxes(
            self._index,
            self._index.clock,
            self._provisioners,
            self._operator.domain,
            self._operator.username_pattern,
            self._operator.retention_days * 86400,
            unused.remark(self._operator),
            idle=self._idle,
            home=self._settings.home,
        )

    @cached_property
    def sending(self) -> "Sending":
        from postroom.desk.sends.composing import Composing
        from postroom.desk.sends.sending import Sending

        composing = Composing(
            self._index,
            self._index.clock,
            self.attachments,
            self._provisioners,
            self._policy,
            self._operator.approvals.expire_hours * 3600,
            self._operator.public_url,
        )
        return Sending(self._index, self._index.clock, composing, self._urls, self._idle)

    @cached_property
    def reading(self) -> "Reading":
        from postroom.desk.threads.reading import Reading

        return Reading(self._index, self._index.clock)

    @cached_property
    def waiting(self) -> "Waiting":
        from postroom.desk.waits.waiting import Waiting

        return Waiting(self._index, self._index.clock, _elsewhere(self._provisioners), self._idle)

    @cached_property
    def events(self) -> "Events":
        from postroom.desk.events.events import Events

        return Events(self._index)

    @cached_property
    def attachments(self) -> "Attachments":
        from postroom.desk.threads.attachments import Attachments
        from postroom.extract.reader import FileReader

        folders, home = self._operator.attachment_folders, self._settings.home
        reader = FileReader(bare_environment())
        return Attachments(self._index, folders, home, reader, self._urls)

    @cached_property
    def messages(self) -> "Messages":
        from postroom.desk.threads.messages import Messages

        return Messages(self._index)

    @cached_property
    def tracing(self) -> "Tracing":
        from postroom.desk.records.tracing import Tracing

        return Tracing(self._index)

    @cached_property
    def health(self) -> "HealthReports":
        from postroom.desk.health.health import HealthReports

        return HealthReports(
            self._index,
            self._settings,
            self._idle,
            self.policies.check,
            self.reputation.checks,
        )

    @cached_property
    def metrics(self) -> "Metrics":
        from postroom.desk.health.metrics import Metrics

        return Metrics(
            self._index,
            self._settings,
            self._idle,
            self.policies.check,
            waits=lambda: self.waiting.unwritten,
        )

    @cached_property
    def accounts(self) -> "AccountReports":
        from postroom.desk.health.accounts import AccountReports

        return AccountReports(self._index, self._operator, self._provisioners, self._idle)

    @cached_property
    def held(self) -> "HeldSends":
        from postroom.desk.approvals.held import HeldSends

        return HeldSends(self._index, self._idle, self._policy, self._operator.public_url)

    @cached_property
    def unsent(self) -> "Unsent":
        from postroom.desk.approvals.unsent import Unsent

        return Unsent(self._index)

    @cached_property
    def policies(self) -> "Policies":
        from postroom.desk.policies.policies import Policies

        return Policies(self._index, self._policy, self.sending)

    @cached_property
    def domains(self) -> "Domains":
        from postroom.desk.domains.domains import Domains

        return Domains(self._index, self._settings)

    @cached_property
    def domain_reports(self) -> "DomainReportsDesk":
        from postroom.desk.domains.reports import DomainReportsDesk

        return DomainReportsDesk(self._index, self._settings.own_domains, self._provisioners)

    @cached_property
    def reputation(self) -> "ReputationDesk":
        from postroom.desk.domains.reputation import ReputationDesk

        return ReputationDesk(self._index, self._settings, self._policy)

    @cached_property
    def domain_keys(self) -> "Rotation":
        from postroom.desk.domains.rotation import Rotation

        return Rotation(self._index, self._settings)

    @cached_property
    def domain_checks(self) -> "DomainChecks":
        from postroom.desk.domains.checks import DomainChecks

        return DomainChecks(self._index, self._settings, self._idle)

    @cached_property
    def quarantine(self) -> "Quarantine":
        from postroom.desk.policies.quarantine import Quarantine

        return Quarantine(self._index)

    @cached_property
    def audit(self) -> "Audit":
        from postroom.desk.records.audit import Audit

        return Audit(self._index)

    @cached_property
    def retention(self) -> "RetentionDesk":
        from postroom.desk.records.retention import RetentionDesk

        return RetentionDesk(self._index, self._settings, self._idle)

    @cached_property
    def correspondence(self) -> "CorrespondenceDesk":
        from postroom.desk.records.correspondence import CorrespondenceDesk

        return CorrespondenceDesk(self._index, self._idle)

    @cached_property
    def suppressions(self) -> "Suppressions":
        from postroom.desk.suppressions.suppressions import Suppressions

        return Suppressions(self._index, self._index.clock)

    @cached_property
    def standing(self) -> "Standing":
        from postroom.desk.standing import Standing

        return Standing(self._index, self._index.clock)

    @cached_property
    def tokens(self) -> "Tokens":
        from postroom.desk.identities.tokens import Tokens

        return Tokens(self._index, self._index.clock)

    @cached_property
    def webhooks(self) -> "WebhookDesk":
        from postroom.desk.webhooks.webhooks import WebhookDesk

        said = self._settings.said
        return WebhookDesk(self._index, self._operator.webhooks, self._idle, said)

    @cached_property
    def showing(self) -> "Showing":
        from postroom.desk.threads.showing import Showing

        return Showing(self._index)

    @cached_property
    def figures(self) -> "FiguresDesk":
        from postroom.desk.figures.figures import FiguresDesk

        return FiguresDesk(self._index, self._policy)

    @cached_property
    def visiting(self) -> "Visiting":
        from postroom.desk.visits.visiting import Visiting

        return Visiting(self._index, self._provisioners, self.sending)

    @cached_property
    def inbound(self) -> "Inbound":
        from postroom.desk.inbound.inbound import Inbound

        return Inbound(self._index, self._index.clock)

    @cached_property
    def thread_states(self) -> "ThreadStates":
        from postroom.desk.threads.states import ThreadStates

        return ThreadStates(self._index, self._index.clock)

    @cached_property
    def uploads(self) -> "Uploads":
        from postroom.desk.files.uploads import Uploads

        return Uploads(self._index, self._index.clock)

    @cached_property
    def _urls(self) -> "UrlFiles":
        from postroom.desk.files.url_files import UrlFiles, only
        from postroom.guarded.client import GuardedClient

        hosts = self._operator.attachment_url_hosts
        return UrlFiles(self._web or GuardedClient(judge=only(hosts)))

    async def close(self) -> None:
        """Let the connections go by which files were fetched."""
        if "_urls" in vars(self):
            await self._urls.close()


def _elsewhere(provisioners: Mapping[str, Provisioner]) -> frozenset[str]:
    """The domains whose mail lies on servers that tell of it late, or not by themselves."""
    return frozenset(name for name, one in provisioners.items() if one.reach is not Reach.LOCAL)
