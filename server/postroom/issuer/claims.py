"""What a token says (RFC 7519 §4), as a caller; nothing, where it does not say enough."""

from typing import Any

from postroom.accounts.issuer import Issuer
from postroom.model.agent_names import is_name, is_part, parted
from postroom.model.callers import AGENT_SCOPES, OPERATOR, Caller
from postroom.model.mailbox_patterns import MAX_PATTERNS, is_pattern, pattern


def caller_of(claims: dict[str, Any], issuer: Issuer) -> Caller | None:
    """Who comes in by a token whose signature and times are good."""
    scopes = _scopes(claims, issuer)
    named = _agent(claims.get(issuer.agent_claim), issuer)
    mailboxes = _mailboxes(claims, issuer)
    if not scopes or named is None or mailboxes is None:
        return None
    if OPERATOR in scopes:
        if mailboxes:  # an operator sees every mailbox
            return None
        scopes |= AGENT_SCOPES
    tenant, agent = named
    return Caller(tenant=tenant, agent=agent, scopes=scopes, mailboxes=mailboxes)


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
