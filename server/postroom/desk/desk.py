"""The desk: one counter, its subjects side by side."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from postroom.desk.approvals.held import HeldSends
from postroom.desk.approvals.unsent import Unsent
from postroom.desk.health.accounts import AccountReports
from postroom.desk.health.health import HealthReports
from postroom.desk.identities.tokens import Tokens
from postroom.desk.mailboxes import unused
from postroom.desk.mailboxes.mailboxes import Mailboxes
from postroom.desk.policies.policies import Policies
from postroom.desk.policies.quarantine import Quarantine
from postroom.desk.records.audit import Audit
from postroom.desk.records.correspondence import CorrespondenceDesk
from postroom.desk.records.retention import RetentionDesk
from postroom.desk.records.tracing import Tracing
from postroom.desk.sends.sending import Sending
from postroom.desk.suppressions.suppressions import Suppressions
from postroom.desk.threads.attachments import Attachments
from postroom.desk.threads.reading import Reading
from postroom.desk.waits.waiting import Waiting
from postroom.extract.reader import FileReader
from postroom.index.index import Index
from postroom.model.mailboxes import Reach
from postroom.policy_file import CurrentPolicy
from postroom.provision.provisioner import Provisioner
from postroom.settings import Settings, bare_environment


@dataclass(frozen=True)
class Desk:
    """What can be asked, by subject. Each call names its caller."""

    mailboxes: Mailboxes
    sending: Sending
    reading: Reading
    waiting: Waiting
    attachments: Attachments
    tracing: Tracing
    health: HealthReports
    accounts: AccountReports
    held: HeldSends
    unsent: Unsent
    policies: Policies
    quarantine: Quarantine
    audit: Audit
    retention: RetentionDesk
    correspondence: CorrespondenceDesk
    suppressions: Suppressions
    tokens: Tokens


def open_desk(
    index: Index,
    settings: Settings,
    provisioners: Mapping[str, Provisioner],
    idle: Callable[[], str],
    policy: CurrentPolicy,
) -> Desk:
    """The desk over an index; ``idle`` says why nobody does the I/O at the moment, or ""."""
    clock, operator = index.clock, settings.operator
    held_seconds = operator.approvals.expire_hours * 3600
    reader = FileReader(bare_environment())
    attachments = Attachments(index, operator.attachment_folders, settings.home, reader)
    sending = Sending(
        index, clock, attachments, provisioners, idle, policy, held_seconds, operator.public_url
    )
    policies = Policies(index, policy, sending)
    return Desk(
        mailboxes=Mailboxes(
            index,
            clock,
            provisioners,
            operator.domain,
            operator.username_pattern,
            operator.retention_days * 86400,
            unused.remark(operator),
            idle=idle,
            home=settings.home,
        ),
        sending=sending,
        reading=Reading(index, clock),
        waiting=Waiting(index, clock, _elsewhere(provisioners), idle),
        attachments=attachments,
        tracing=Tracing(index),
        health=HealthReports(index, settings, idle, policies.check),
        accounts=AccountReports(index, operator, provisioners, idle),
        held=HeldSends(index, idle, policy, operator.public_url),
        unsent=Unsent(index),
        policies=policies,
        quarantine=Quarantine(index),
        audit=Audit(index),
        retention=RetentionDesk(index, settings, idle),
        correspondence=CorrespondenceDesk(index, idle),
        suppressions=Suppressions(index, clock),
        tokens=Tokens(index, clock),
    )


def _elsewhere(provisioners: Mapping[str, Provisioner]) -> frozenset[str]:
    """The domains whose mail lies on servers that tell of it late, or not by themselves."""
    return frozenset(name for name, one in provisioners.items() if one.reach is not Reach.LOCAL)
