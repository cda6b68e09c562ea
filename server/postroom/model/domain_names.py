"""Names of domains and addresses, as they are compared."""

import re
from functools import lru_cache

MAX_NAME = 253
"""Characters of a domain (RFC 1035 §2.3.4)."""

MAX_ADDRESS = 320
"""Of an address (RFC 5321 §4.5.3.1): what comes behind them is not looked at."""

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ATOM = r"[^\s()<>\[\]:;@\\,.\"]+"
_DOT_ATOM = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")


@lru_cache(4096)
def ascii_domain(name: str) -> str:
    """``name`` in lower case and in the ASCII form of IDNA 2008 (RFC 5891); one that has none is
    only put into lower case, so that it equals nothing but itself."""
    bare = name.strip().rstrip(".").lower()
    if bare.isascii() or len(bare) > MAX_NAME:
        return bare
    import idna  # 10 ms, for mail that needs it

    try:
        return idna.encode(bare, uts46=True).decode("ascii").lower()
    except UnicodeError:  # its errors are such
        return bare


@lru_cache(4096)
def unicode_domain(name: str) -> str:
    """``name`` as people read it, each label that IDNA can read by itself."""
    return ".".join(_label(each) for each in name[: MAX_NAME + 1].lower().split("."))


def plain_address(address: str) -> str:
    """An address as it is compared: lower case, its domain as the DNS writes it, and its local part
    without quotes where it says the same without them (RFC 5321 §4.1.2)."""
    local, _, domain = address[:MAX_ADDRESS].rpartition("@")
    if local[:1] == '"' == local[-1:]:
        bare = _ESCAPED.sub(r"\1", local[1:-1])
        local = bare if _DOT_ATOM.fullmatch(bare) else local
    return f"{local.lower()}@{ascii_domain(domain)}"


def unicode_address(address: str) -> str:
    """The same, its domain as people read it."""
    local, at, domain = address[:MAX_ADDRESS].rpartition("@")
    return f"{local.lower()}{at}{unicode_domain(domain)}"


def _label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    import idna

    try:
        return idna.decode(label)
    except UnicodeError:
        return label
