"""What a token says (RFC 7519 §4), as a caller; or why that is none."""

from typing import Any

from postroom.accounts.issuer import Issuer
from postroom.model.agent_names import is_name, is_part, parted
from postroom.model.callers import AGENT_SCOPES, OPERATOR, Caller
from postroom.model.mailbox_patterns import MAX_PATTERNS, is_pattern, pattern


class Unfit(Exception):
    """Why a token lets nobody in, for the operator's log: in words of our own and of
    postroom.toml, and none that stand in the token."""


def caller_of(claims: dict[str, Any], issuer: Issuer) -> Caller:
    """Who comes in by a token whose signature and times are good. Raises `Unfit`."""
    scopes = _scopes(claims, issuer)
    if not scopes:
        raise Unfit(_no_scopes(claims, issuer))
    named = _agent(claims.get(issuer.agent_claim), issuer)
    if named is None:
        wanted = "stands in [serve.issuer.agents]" if issuer.agents else "is an agent's name"
        raise Unfit(f"what its claim {issuer.agent_claim} says is nothing that {wanted}")
    mailboxes = _mailboxes(claims, issuer)
    if mailboxes is None:
        raise Unfit(f"its claim {issuer.mailboxes_claim} holds no patterns of mailboxes")
    if OPERATOR in scopes:
        if mailboxes:
            raise Unfit("it is an operator's, who sees every mailbox, and kept to some of them")
        scopes |= AGENT_SCOPES
    tenant, agent = named
    return Caller(tenant=tenant, agent=agent, scopes=scopes, mailboxes=mailboxes)


def _no_scopes(claims: dict[str, Any], issuer: Issuer) -> str:
    named = _words(claims.get(issuer.scope_claim)) or []
    if f"{issuer.scope_prefix}{OPERATOR}" in named:
        return "it is an operator's, and allow_operator is not set"
    begins = f" that begin with {issuer.scope_prefix}" if issuer.scope_prefix else ""
    return f"its claim {issuer.scope_claim} has no scopes of ours{begins}"


def _scopes(claims: dict[str, Any], issuer: Issuer) -> frozenset[str]:
    """Ours, of those that stand there."""
    ours = AGENT_SCOPES | ({OPERATOR} if issuer.allow_operator else set())
    prefix = issuer.scope_prefix
    found = _words(claims.get(issuer.scope_claim)) or []
    return frozenset(each.removeprefix(prefix) for each in found if each.startswith(prefix)) & ours


def _agent(said: object, issuer: Issuer) -> tuple[str, str] | None:
    """(tenant, agent)"""
    if not isinstance(said, str):
        return None
    name = issuer.agents.get(said) if issuer.agents else said
    if name is None:
        return None
    if issuer.tenant:
        return (issuer.tenant, name) if is_part(name) else None
    return parted(name) if is_name(name) else None


def _mailboxes(claims: dict[str, Any], issuer: Issuer) -> tuple[str, ...] | None:
    """The patterns; none for all of the agent's."""
    if not issuer.mailboxes_claim:
        return ()
    found = _words(claims.get(issuer.mailboxes_claim))
    if not found or len(found) > MAX_PATTERNS or not all(map(is_pattern, found)):
        return None
    return tuple(dict.fromkeys(map(pattern, found)))


def _words(said: object) -> list[str] | None:
    if isinstance(said, str):
        return said.split()
    if isinstance(said, list) and all(isinstance(each, str) for each in said):
        return said
    return None
