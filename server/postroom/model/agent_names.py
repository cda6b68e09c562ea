"""How agents are named: ``ada``, or ``acme/ada``, the agent ``ada`` of the tenant ``acme``.

No import here: the command line checks a name before it loads anything.
"""

import re

DEFAULT = "default"
"""The agent, and the tenant, where none is named."""

OPERATORS_TENANT = "operator"
"""Whose mailboxes are the post room's own: no agent is of this tenant."""

_PART = r"(?=[_-]*[^\W_])[\w-]{1,64}"
"""It stands in configuration files, in the journal and in questions to a person."""

_NAMED = re.compile(rf"(?:(?P<tenant>{_PART})/)?(?P<agent>{_PART})")


def is_part(text: str) -> bool:
    """Whether a tenant can be called so, or an agent within one."""
    return re.fullmatch(_PART, text) is not None


def is_name(text: str) -> bool:
    """Whether a text names an agent."""
    found = _NAMED.fullmatch(text)
    return found is not None and found["tenant"] != OPERATORS_TENANT


def parted(name: str) -> tuple[str, str]:
    """(tenant, agent) of a name."""
    tenant, _, agent = name.rpartition("/")
    return tenant or DEFAULT, agent


def named(tenant: str, agent: str) -> str:
    """How an agent is named: with its tenant, where that is not the default."""
    return agent if tenant == DEFAULT else f"{tenant}/{agent}"
