"""What the approver is asked by mail, and what their answer says."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from postroom.mime.characters.unseen import without_unseen
from postroom.mime.parse import parse
from postroom.mime.writing.html_differs import HtmlDiffers, html_differs
from postroom.mime.writing.written import written
from postroom.model.limits import MAX_NOTE_CHARS

MOST_CHARS = 50_000
"""A longer question would not be read; it is asked at the command line."""

MAX_SUBJECT_CHARS = 120

_TOKEN_BYTES = 16
_TOKEN = re.compile(r"\bask-([0-9a-f]{32})\b")
_SAID = re.compile(
    r"[\s*_'\"“]*(?:(approve)(?=[ \t*_'\"”]*(?:[.!]|$))|(deny)(?=$|[^\w-]))[\s*_'\"”.,;:!]*",
    re.IGNORECASE | re.MULTILINE,
)
"""The word that lets a mail go is alone on its line, or a sentence: "approve if …" and "approve,
but …" are none."""


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


def tokens_in(text: str) -> set[str]:
    """What has the form of a token, in an answer's subject and in what it quotes: whoever wrote the
    mail that was asked about may have put more there than ours."""
    return {found[0] for found in _TOKEN.finditer(text)}


def said_in(words: str) -> Said | None:
    """What the new words of an answer decide; None where they do not begin with the one word,
    "approve" with nothing behind it in its sentence."""
    found = _SAID.match(words)
    if found is None:
        return None
    note = " ".join(words[found.end() :].split())[:MAX_NOTE_CHARS]
    return Said(found[1] is not None, note)


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
        *_of_unseen(without_unseen(f"{parsed.subject}\n{found.text}")[1]),
        *_of_html(differs),
        *(["It carries:", ""] if found.files else []),
        *(
            f"> {one.filename} ({one.content_type}, {len(one.content)} bytes)"
            for one in found.files
        ),
    ]
    text = "\n".join(lines).rstrip() + "\n"
    subject = " ".join(parsed.subject.split())[:MAX_SUBJECT_CHARS]
    return (f"[{token}] Shall this go out? {subject}", text) if len(text) <= MOST_CHARS else None


def _quoted(text: str) -> list[str]:
    return [f"> {line}".rstrip() for line in text.splitlines()]


def _of_agent(reason: str) -> list[str]:
    return ["The agent says:", "", *_quoted(reason), ""] if reason else []


def _of_unseen(places: int) -> list[str]:
    return [f"In {places} places stand characters that nobody sees.", ""] if places else []


def _of_html(differs: HtmlDiffers) -> list[str]:
    told = []
    if differs.lines or differs.hidden:
        told += ["People see its HTML, and that differs (+ only there, - only in the words above):"]
        told += ["", *(f"> {line}" for line in differs.lines)]
        told += [f"> {differs.hidden} pieces of text are hidden in it"] if differs.hidden else []
        told += [""]
    if differs.source:
        told += ["What its HTML shows cannot be told in words alone. This is all of it:", ""]
        told += [*_quoted(differs.source), ""]
    return told
