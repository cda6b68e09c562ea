"""Who asks: each call at the desk names its caller, and the desk's door checks it there."""

from pydantic import BaseModel, ConfigDict

OPERATOR = "operator"
"""The scope that sees every mailbox of every agent: the command line and the console."""

OPERATORS_TENANT = "operator"
"""Whose mailboxes are the post room's own: no agent is of this tenant."""

AGENT_SCOPES = frozenset({"read", "send", "create"})


class Caller(BaseModel):
    """An agent of a tenant with its scopes, or the operator."""

    model_config = ConfigDict(frozen=True)

    agent: str = "default"
    tenant: str = "default"
    scopes: frozenset[str] = AGENT_SCOPES

    @property
    def is_operator(self) -> bool:
        return OPERATOR in self.scopes


def operator(agent: str = "default") -> Caller:
    """The operator, acting for ``agent`` where an owner is needed (creating a mailbox)."""
    return Caller(agent=agent, scopes=AGENT_SCOPES | {OPERATOR})
