"""A message as DATA carries it (RFC 5321 §4.5.2)."""

FINAL_DOT = b".\r\n"
"""What ends DATA, at the start of a line. Once it is sent, the server may have the mail."""


def lines_of(raw: bytes) -> bytes:
    """The message with every line ended by CRLF, the last one too.

    A lone CR or LF is normalised and never sent: some servers take "LF . CR LF" for the end of
    the message, and what follows for commands (RFC 5321 §2.3.8; "SMTP smuggling").
    """
    if not raw.count(b"\r") == raw.count(b"\n") == raw.count(b"\r\n"):
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    return raw if raw.endswith(b"\r\n") else raw + b"\r\n"


def dotted(lines: bytes) -> bytes:
    """Lines as they go on the wire: one more dot before each that begins with one."""
    doubled = lines.replace(b"\r\n.", b"\r\n..")
    return b"." + doubled if doubled.startswith(b".") else doubled
