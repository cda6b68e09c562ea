"""Who asks: each call at the desk names its caller, and the desk's door checks it there.

    tenant ── agent ── mailbox

Of an agent's name only both parts together say who it is: ``acme/ada`` is not ``ada``.
"""

from fnmatch import fnmatchcase

from pydantic import BaseModel, ConfigDict, field_validator

from postroom.model.agent_names import DEFAULT, OPERATORS_TENANT, is_part, parted

OPERATOR = "operator"
"""The scope that sees every mailbox of every agent: the command line and the console."""

METRICS = "metrics"
"""The scope for figures of the whole room, and nothing else: for a program that looks after it."""

INBOUND = "inbound"
"""The scope that hands mail in for mailboxes, whosever they are, and does nothing else."""

AGENT_SCOPES = frozenset({"read", "send", "create"})


class Caller(BaseModel):
    """An agent of a tenant with its scopes, or the operator."""

    model_config = ConfigDict(frozen=True)

    agent: str = DEFAULT
    tenant: str = DEFAULT
    scopes: frozenset[str] = AGENT_SCOPES
    mailboxes: tuple[str, ...] = ()
    """Patterns (``support-*``) of usernames or whole addresses; none for all of the agent's."""
    thread: str | None = None
    """The one conversation that is seen; None for all."""

    @field_validator("agent", "tenant")
    @classmethod
    def _is_part(cls, name: str) -> str:
        # A slash in one of them would make two agents one in the journal and its books.
        if not is_part(name):
            raise ValueError("letters, digits, - and _, at most 64 of them")
        return name

    @field_validator("tenant")
    @classmethod
    def _is_not_the_operators(cls, tenant: str) -> str:
        if tenant == OPERATORS_TENANT:
            raise ValueError("no agent is of this tenant")
        return tenant

    @property
    def is_operator(self) -> bool:
        return OPERATOR in self.scopes

    @property
    def is_confined(self) -> bool:
        """Whether the caller sees less than all mailboxes of its agent."""
        return bool(self.mailboxes) or self.thread is not None

    def reaches(self, address: str) -> bool:
        """Whether an address, in lower case, is of those mailboxes that the caller may have."""
        local = address.rpartition("@")[0]
        forms = (address, local, local.rpartition("+")[2])
        patterns = [each.replace("[", "[[]") for each in self.mailboxes]  # * and ? alone
        return not patterns or any(
            fnmatchcase(form, pattern) for pattern in patterns for form in forms
        )


def agent(name: str = DEFAULT) -> Caller:
    """The agent of a name (`agent_names`)."""
    tenant, own = parted(name)
    return Caller(agent=own, tenant=tenant)


def operator(name: str = DEFAULT) -> Caller:
    """The operator, acting for the agent of a name where an owner is needed (making a mailbox)."""
    tenant, own = parted(name)
    return Caller(agent=own, tenant=tenant, scopes=AGENT_SCOPES | {OPERATOR})
