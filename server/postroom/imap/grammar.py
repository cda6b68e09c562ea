"""Values out of responses, and arguments into commands (RFC 3501 §9)."""

import re
from typing import Union

from postroom.imap.responses import garbage
from postroom.model.errors import InvalidRequest

Value = Union[bytes, None, "list[Value]"]
"""An atom, a string or a literal (bytes), NIL (None), or a parenthesised list."""

Argument = str | bytes
"""Part of a command: str stands on the line as it is, bytes goes as a literal."""

MAX_DEPTH = 50
"""Lists in lists. We ask for nothing that nests deeper than two."""

MAX_QUOTED = 1_000
"""A longer string goes as a literal: servers bound their lines (RFC 7162 §4: 8,192 octets)."""

_TOKEN = re.compile(
    rb"""\ *(?:
        (?P<open>\() | (?P<close>\))
      | "(?P<quoted>[^"\\]*(?:\\.[^"\\]*)*)"
      | (?P<literal>~?\{\d+\+?\})\Z
      | (?P<atom>[^ ()"\[\]{]*\[[^\]]*\](?:<\d+>)?        # BODY[HEADER.FIELDS (TO CC)]<0>
               | [^ ()"{]+)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_NEEDS_LITERAL = re.compile(r"[^\x20-\x7e]")


def values_of(parts: tuple[bytes, ...]) -> list[Value]:
    """The values of a response, in order. PeerError where they are not well-formed."""
    stack: list[list[Value]] = [[]]
    for index in range(0, len(parts), 2):
        text = parts[index]
        at = 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                if text[at:].strip():
                    raise garbage("a response is not well-formed")
                break
            at = match.end()
            _place(match, parts[index + 1] if index + 1 < len(parts) else b"", stack)
    if len(stack) != 1:
        raise garbage("a list is not closed")
    return stack[0]


def _place(match: re.Match[bytes], literal: bytes, stack: list[list[Value]]) -> None:
    if match["open"]:
        if len(stack) >= MAX_DEPTH:
            raise garbage("lists nest without end")
        inner: list[Value] = []
        stack[-1].append(inner)
        stack.append(inner)
    elif match["close"]:
        stack.pop()
        if not stack:
            raise garbage("a list is closed that was not opened")
    else:
        stack[-1].append(_scalar(match, literal))


def _scalar(match: re.Match[bytes], literal: bytes) -> bytes | None:
    if match["literal"]:
        return literal
    if match["quoted"] is not None:
        return _ESCAPED.sub(rb"\1", match["quoted"])
    return None if match["atom"].upper() == b"NIL" else match["atom"]


def astring(text: str) -> Argument:
    """The text as an argument: quoted where that can carry it, as a literal otherwise.

    RFC 3501 §4.3: a quoted string holds no CR, LF or 8-bit octet, and nothing can hold NUL
    (InvalidRequest).
    """
    if "\x00" in text:
        raise InvalidRequest("imap_argument", "A name or password holds a NUL character.")
    if len(text) > MAX_QUOTED or _NEEDS_LITERAL.search(text):
        return text.encode("utf-8", "surrogatepass")
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def command_pieces(arguments: tuple[Argument, ...]) -> list[bytes]:
    """A command as it goes on the wire, cut where the server must first say "go on" (RFC 3501
    §7.5): each piece but the last ends by announcing the literal that begins the next."""
    pieces = [b""]
    for index, argument in enumerate(arguments):
        space = b" " if index else b""
        if isinstance(argument, bytes):
            pieces[-1] += space + b"{%d}\r\n" % len(argument)
            pieces.append(argument)
        else:
            pieces[-1] += space + argument.encode("ascii")
    pieces[-1] += b"\r\n"
    return pieces
