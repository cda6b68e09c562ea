"""Who speaks no mail: a web page can make a browser send requests to a port of this machine.

Such a request's first line is garbage to a mail server, but what the page chose of the rest would
be read as commands (cross-protocol scripting).
"""

import re

_REQUEST = re.compile(rb"[A-Za-z]+ (?:[/*]|\S* HTTP/\d)")


def is_web_request(first: bytes | bytearray) -> bool:
    """Whether a connection that begins so speaks HTTP (RFC 9112 §3). No SMTP or IMAP command has a
    "/" or "*" for its second word."""
    return _REQUEST.match(first) is not None
