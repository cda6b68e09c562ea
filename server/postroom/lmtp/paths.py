"""The path of MAIL and RCPT (RFC 5321 §4.1.2), read for its extent and not for its grammar. Pure.

The mail was accepted somewhere already. An address that no standard allows (``a..b@example.org``)
is a mail lost where we refuse it, so anything goes that has an end and can stand in a header.
"""

import re

_CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
_PATH = re.compile(
    rf'<((?:"(?:[^"\\{_CONTROL}]|\\[^{_CONTROL}])*"|[^<>"\s{_CONTROL}])*)>(?:[ \t]+(.*))?'
)

NULL = "<>"
"""How aiosmtpd names the null reverse-path; an empty string means to it that there was none."""


def read_path(text: str) -> tuple[str, str] | None:
    """The address between the angle brackets, and the parameters behind them; None where it has no
    end, or holds what must not get into a header. The null path is NULL."""
    path = _PATH.fullmatch(text.strip(" \t"))
    return (path[1] or NULL, path[2] or "") if path else None
