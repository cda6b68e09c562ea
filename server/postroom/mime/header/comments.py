"""Comments in header fields, left out (RFC 5322 §3.2.2): in trace fields a client's words stand in
them, and none of those may pass for the server's."""

import re

_PIECES = re.compile(r"(\\.|[()])", re.DOTALL)


def outside_comments(field: str) -> str:
    """What stands outside of comments, which nest. A quoted pair ends none."""
    kept: list[str] = []
    depth = 0
    for piece in _PIECES.split(field):
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(piece)
    return " ".join(kept)
