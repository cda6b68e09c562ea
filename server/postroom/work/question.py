"""What the approver is asked by mail, and what their answer says."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from postroom.mime.parse import parse
from postroom.mime.writing.html_differs import html_differs
from postroom.mime.writing.written import written
from postroom.model.limits import MAX_NOTE_CHARS

MOST_CHARS = 50_000
"""A longer question would not be read; it is asked at the command line."""

MAX_SUBJECT_CHARS = 120

_TOKEN_BYTES = 16
_TOKEN = re.compile(r"\bask-([0-9a-f]{32})\b")
_SAID = re.compile(r"[\s*_'\"“]*(approve|deny)\b[\s*_'\"”.,;:!]*", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """A held mail, as the index has it."""

    sender: str
    recipients: Sequence[tuple[str, str]]
    """(field, address) of each."""
    asked_by: str
    reason: str
    agents_reason: str
    until: str
    """When it expires; "" for never."""
    hash: str
    raw: bytes


@dataclass(frozen=True)
class Said:
    """What an answer says."""

    approves: bool
    note: str


def new_token() -> str:
    """128 random bits."""
    return f"ask-{secrets.token_hex(_TOKEN_BYTES)}"


def token_in(text: str) -> str | None:
    """The token that an answer names, in its subject or in what it quotes."""
    found = _TOKEN.search(text)
    return found[0] if found else None


def said_in(words: str) -> Said | None:
    """What the new words of an answer decide; None where they do not begin with the one word."""
    found = _SAID.match(words)
    if found is None:
        return None
    note = " ".join(words[found.end() :].split())[:MAX_NOTE_CHARS]
    return Said(found[1].lower() == "approve", note)


def question(asked: Asked, token: str) -> tuple[str, str] | None:
    """(subject, text) of the mail that asks; None where it would be too long to be read. What an
    agent wrote stands behind ``>`` alone, so that none of it can be taken for ours."""
    parsed, found = parse(asked.raw), written(asked.raw)
    differs = html_differs(found.text, found.html)
    lines = [
        "Shall this mail go out? Answer with `approve` or `deny` as the first word. What you write"
        " behind it is told to the agent. The answer counts once, and for this mail as it is here.",
        "",
        f"From: {asked.sender}",
        *(f"{field.capitalize()}: {address}" for field, address in asked.recipients),
        f"Asked for by: {asked.asked_by}",
        f"Held because: {asked.reason}",
        *([f"Expires: {asked.until}"] if asked.until else []),
        f"Hash: {asked.hash}",
        "",
        *_of_agent(asked.agents_reason),
        "Its subject and words:",
        "",
        *_quoted(f"{parsed.subject}\n\n{found.text}"),
        "",
        *_of_html(differs.lines, differs.hidden),
        *(["It carries:", ""] if found.files else []),
        *(
            f"> {one.filename} ({one.content_type}, {len(one.content)} bytes)"
            for one in found.files
        ),
    ]
    text = "\n".join(lines).rstrip() + "\n"
    subject = " ".join(parsed.subject.split())[:MAX_SUBJECT_CHARS]
    return (f"Approve? {subject} [{token}]", text) if len(text) <= MOST_CHARS else None


def _quoted(text: str) -> list[str]:
    return [f"> {line}".rstrip() for line in text.splitlines()]


def _of_agent(reason: str) -> list[str]:
    return ["The agent says:", "", *_quoted(reason), ""] if reason else []


def _of_html(lines: Sequence[str], hidden: int) -> list[str]:
    if not lines and not hidden:
        return []
    told = ["People see its HTML, and that differs (+ only there, - only in the words above):", ""]
    told += [f"> {line}" for line in lines]
    return [*told, *([f"> {hidden} pieces of text are hidden in it"] if hidden else []), ""]
