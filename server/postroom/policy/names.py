"""Which usernames an agent may have."""

import re

from postroom.model.errors import InvalidRequest, Refused

_SYNTAX = re.compile(r"[a-z0-9](?:[a-z0-9_-]|\.(?!\.)){0,62}[a-z0-9]|[a-z0-9]")
# Letters, digits, dot, dash, underscore: what every mail system takes unquoted (RFC 5321 §4.1.2).
# No plus sign: what follows it is a sub-address of somebody (RFC 5233).

_RFC_2142 = (
    "info marketing sales support abuse noc security postmaster hostmaster usenet news webmaster"
    " www uucp ftp"
)
_CERTIFICATE_AUTHORITIES = "admin administrator webmaster hostmaster postmaster"
# CA/Browser Forum Baseline Requirements §3.2.2.4.4: mail to these proves control of a domain.
_SYSTEM = "root daemon mailer-daemon nobody noreply no-reply ssladmin ssladministrator sslwebmaster"

RESERVED = frozenset(f"{_RFC_2142} {_CERTIFICATE_AUTHORITIES} {_SYSTEM}".split())


def username(asked: str, pattern: str = "") -> str:
    """The lower-case username that ``asked`` means.

    ``pattern`` is the operator's regular expression, matched against the whole name.

    Raises:
        InvalidRequest: malformed. Refused: reserved, or outside the operator's pattern.
    """
    name = asked.strip().lower()
    if not _SYNTAX.fullmatch(name):
        raise InvalidRequest(
            "username_malformed",
            "A username is 1 to 64 of a-z, 0-9, dot, dash and underscore, beginning and ending"
            " with a letter or digit, without the @ and the domain.",
            "Choose another username, such as research-agent-01, or leave it out to get one.",
        )
    if name in RESERVED:
        raise Refused(
            "username_reserved",
            f"{name} is reserved: such names speak for a whole domain (RFC 2142) or prove control"
            " of it to certificate authorities.",
            f"Choose a name of its own, such as {name}-agent-01.",
        )
    if pattern and not re.fullmatch(pattern, name):
        raise Refused(
            "username_excluded",
            f"{name} does not match the operator's pattern {pattern!r}.",
            "Choose a username that matches it.",
        )
    return name
