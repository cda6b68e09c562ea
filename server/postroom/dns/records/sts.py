"""MTA-STS (RFC 8461): that servers elsewhere insist on TLS when they bring mail. No I/O."""

import hashlib

from postroom.accounts.own_domain import MtaSts, OwnDomain

PATH = "/.well-known/mta-sts.txt"
"""Where the policy is, by https at ``mta-sts.`` the domain (§3.3)."""

_LASTS = {MtaSts.TESTING: 86_400, MtaSts.ENFORCE: 604_800}
"""Seconds that a policy is believed. While it is tried a day, so that it can be taken back; then a
week, as §3.2 wants "weeks or greater" against somebody who keeps it from being read again."""


def host(domain: str) -> str:
    """Where the policy of a domain is read."""
    return f"mta-sts.{domain}"


def policy(own: OwnDomain) -> str:
    """The policy file; "" where there is none: it names the hosts that take mail in, so those have
    to be said."""
    if own.mta_sts is MtaSts.OFF or not own.mx:
        return ""
    hosts = "".join(f"mx: {each}\r\n" for each in own.mx)
    lasts = _LASTS[own.mta_sts]
    return f"version: STSv1\r\nmode: {own.mta_sts}\r\n{hosts}max_age: {lasts}\r\n"


def record(own: OwnDomain) -> str:
    """The TXT record that says which policy is there: its id changes with what the policy says."""
    return f"v=STSv1; id={hashlib.sha256(policy(own).encode()).hexdigest()[:20]};"
