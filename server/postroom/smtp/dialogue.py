"""What was said in one attempt, for whoever asks later why a mail took the way it took.

    MAIL FROM:<ada@example.org> → 250 2.1.0 Sender ok
    what we said, in brief        what the server said, cleaned and cut (replies.cleaned)

Our half shows no parameter and no secret: of a login it names the mechanism alone (RFC 4954 §4).
"""

from collections.abc import Sequence

from postroom.smtp.replies import Answer, cleaned

MOST_LINES = 300
"""Lines kept of one attempt: a mail to hundreds of people must not fill a database with replies."""

LAST_LINES = 100
"""How many of them are the last ones, where the end of DATA is answered."""

ARROW = " → "

_COMMANDS = frozenset({"EHLO", "HELO", "AUTH", "MAIL", "RCPT", "DATA", "RSET", "QUIT"})


class Dialogue:
    """The lines of one attempt, which may have needed more than one connection."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def note(self, said: str, answer: Answer) -> None:
        """Keep one reply, or with code 0 our sentence on why there was none."""
        reply = f"{answer.code} {answer.text}" if answer.code else answer.text
        self._lines.append(f"{said}{ARROW}{cleaned(reply)}")

    @property
    def lines(self) -> tuple[str, ...]:
        """At most MOST_LINES; where there were more, one in their midst tells how many."""
        if len(self._lines) <= MOST_LINES:
            return tuple(self._lines)
        first = MOST_LINES - LAST_LINES - 1
        left_out = f"… {len(self._lines) - first - LAST_LINES} replies left out …"
        return (*self._lines[:first], left_out, *self._lines[-LAST_LINES:])


def in_brief(command: Sequence[bytes]) -> str:
    """A command without its parameters. What is no command is a secret: a login that goes on."""
    words = b" ".join(command).decode().split(" ")
    return " ".join(words[:2]) if words[0] in _COMMANDS else "AUTH, continued"


def hushed(text: str, secrets: Sequence[str]) -> str:
    """A server's words on a login, where it repeats none of what was sent to it."""
    for secret in secrets:
        text = text.replace(secret, "…") if secret else text
    return text
