"""Names of domains compared: as the DNS writes them, and whose they are."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from postroom.model.domain_names import MAX_NAME
from postroom.model.domain_names import ascii_domain as ascii_domain
from postroom.model.domain_names import unicode_domain as unicode_domain

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


_HOST_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9._-]*[a-z0-9])?")


@lru_cache(4096)
def organisation(name: str) -> str:
    """The domain that somebody registered, of which ``name`` is a part: ``example.co.uk`` of
    ``mail.example.co.uk``. What is itself a public suffix, and what is no domain, stays as it is.
    """
    domain = ascii_domain(name)
    if not domain or len(domain) > MAX_NAME:
        return domain
    return _list().privatesuffix(domain) or domain


@lru_cache(4096)
def public_suffix(name: str) -> str:
    """The suffix of ``name`` under which anybody may have domains: ``co.uk``; itself where it is
    one."""
    domain = ascii_domain(name)
    if not domain or len(domain) > MAX_NAME:
        return domain
    return _list().publicsuffix(domain) or domain


@lru_cache(4096)
def is_nobodys(name: str) -> bool:
    """Whether domains of many owners end in ``name``: ``test``, ``co.uk``; not ``github.io``,
    which somebody has."""
    domain = ascii_domain(name)
    return len(domain) > MAX_NAME or _list_of_registries().privatesuffix(domain) is None


def is_host_name(name: str) -> bool:
    """Whether a name (lower case) holds nothing but the characters of such names."""
    return _HOST_NAME.fullmatch(name) is not None and ".." not in name


def aligned(one: str, other: str) -> bool:
    """Whether two domains are one organisation's (relaxed alignment, RFC 7489 §3.1)."""
    return bool(one and other) and organisation(one) == organisation(other)


def is_within(host: str, domain: str) -> bool:
    """Whether ``host`` is ``domain`` or below it, label by label; both in lower case."""
    return host == domain or host.endswith(f".{domain}")


@lru_cache(1)
def _list() -> "PublicSuffixList":
    """The public suffix list that comes with the library: 50 ms, for mail that needs it."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


@lru_cache(1)
def _list_of_registries() -> "PublicSuffixList":
    """Its part on what registries sell."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList(only_icann=True)
