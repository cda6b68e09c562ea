"""Servers that nothing tells of: a person names them, before any password is asked for."""

from dataclasses import replace

from postroom.cli.accounts.at_once import at_once
from postroom.cli.accounts.questions import Questions
from postroom.cli.accounts.servers import Servers
from postroom.cli.accounts.wanted import Wanted
from postroom.dns.candidates import Origin
from postroom.dns.discovery import any_is_there
from postroom.model.errors import NotFound


def without_servers(where: Servers) -> list[str]:
    """The options (--imap, --smtp) of the kinds of which nothing is known but guesses, none of
    which has an address."""
    return [
        option
        for option, ones in (("--imap", where.imap), ("--smtp", where.smtp))
        if not ones or all(one.origin is Origin.GUESS for one in ones)
        if not at_once(any_is_there({one.host for one in ones}))
    ]


def told_by_person(wanted: Wanted, unknown: list[str], questions: Questions) -> Wanted:
    """What is wanted, with the servers that a person names.

    Raises:
        NotFound: there is nobody to ask; it says which options to pass.
    """
    if questions.nobody:
        raise NotFound(
            "servers_not_found",
            "Nothing tells where the mail servers of this address are.",
            f"Pass {' and '.join(f'{option} HOST[:PORT]' for option in unknown)}.",
        )
    if "--imap" in unknown:
        wanted = replace(wanted, imap=_asked(questions, "IMAP", "--imap"))
    if "--smtp" in unknown:
        wanted = replace(wanted, smtp=_asked(questions, "SMTP", "--smtp"))
    return wanted


def _asked(questions: Questions, kind: str, option: str) -> str:
    question = f"Nothing tells where its {kind} server is; its {kind} server (HOST or HOST:PORT)"
    return questions.text(question, option)
