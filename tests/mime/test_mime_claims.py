"""What other readers' tests claim of real mail: each claim holds, or is answered in
``disagreements.jsonl`` beside this file.

Some claims are the habits of one library. A line there names the case and the field, says why our
answer is the right one (or ``open``: it is not), and pins that answer: of a long one, a digest.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from email.parser import BytesHeaderParser
from email.policy import compat32
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from mail_corpora import cases

from postroom.mime.attachments import attachment_content
from postroom.mime.parse import parse, readable
from postroom.mime.structure.tree import Part, read_tree
from postroom.model.messages import ParsedMessage, Person

FIELDS = (
    "subject", "from_email", "from_name", "to_emails", "cc_emails", "reply_to_emails", "date",
    "message_id", "text", "n_attachments", "content", "filename", "tree", "leaves",
)  # fmt: skip
RIGHT = 0.95
"""The share of each field's claims that are right: as claimed, or ours with a reason."""
MOST_CHARS = 160
MESSAGE = "message/rfc822"

Claim = tuple[str, Any, Any]
"""A field, what is claimed, and what we read."""


def one_line(text: str) -> str:
    return " ".join(text.split())


def addresses(people: tuple[Person, ...]) -> list[str]:
    return [person.address for person in people]


def header_claims(case: dict[str, Any], message: ParsedMessage) -> Iterator[Claim]:
    sender = message.sender or Person(address="")
    yield "subject", one_line(case["subject"]), one_line(message.subject)
    yield "from_email", case["from_email"].strip(), sender.address
    if "from_name" in case:
        yield "from_name", one_line(case["from_name"]), sender.name
    yield "to_emails", case["to_emails"], addresses(message.to)
    yield "cc_emails", case["cc_emails"], addresses(message.cc)
    yield "reply_to_emails", case["reply_to_emails"], addresses(message.reply_to)
    if "date" in case:
        claimed = datetime.fromisoformat(case["date"])
        read = message.date
        same_zone = read if claimed.tzinfo or read is None else read.replace(tzinfo=None)
        yield "date", claimed.isoformat(), same_zone.isoformat() if same_zone else None


def id_claim(raw: bytes, message: ParsedMessage) -> Iterator[Claim]:
    """The corpora claim nothing of the Message-ID: Python's own reader does."""
    field = BytesHeaderParser(policy=compat32).parsebytes(raw)["Message-ID"]
    yield "message_id", one_line(str(field or "")), message.message_id


def body_claims(case: dict[str, Any], raw: bytes, message: ParsedMessage) -> Iterator[Claim]:
    if case["text"].strip():
        yield "text", one_line(case["text"]), one_line(message.text)
    yield "n_attachments", case["n_attachments"], len(message.attachments)
    contents = [attachment_content(raw, part.number) for part in message.attachments]
    claimed = sorted(file["sha256"] for file in case["attachments"])
    yield "content", claimed, sorted(hashlib.sha256(content).hexdigest() for content in contents)
    named = {part.filename for part in message.attachments}
    expected = {file["filename"] for file in case["attachments"]} - {""}
    yield "filename", sorted(expected), sorted(expected & named)


class Opened:
    """A mail with every message inside it opened: what a walk over all of it meets."""

    def __init__(self, raw: bytes) -> None:
        self.leaves: list[str] = []
        self.multiparts = self.messages = 0
        self._message(raw)

    @property
    def tree(self) -> list[int]:
        return [len(self.leaves), self.multiparts, self.messages]

    def _message(self, raw: bytes) -> None:
        self.messages += 1
        self._part(read_tree(readable(raw)[0])[0])

    def _part(self, part: Part) -> None:
        if part.children:
            self.multiparts += 1
            for child in part.children:
                self._part(child)
        elif part.content_type == MESSAGE:
            self._message(part.content()[0])
        else:
            content = part.content()[0].replace(b"\r\n", b"\n").rstrip()
            self.leaves.append(hashlib.sha256(content).hexdigest())


def tree_claims(case: dict[str, Any], raw: bytes) -> Iterator[Claim]:
    opened = Opened(raw)
    yield "tree", [case["n_leaves"], case["n_multipart"], case["n_messages"]], opened.tree
    yield "leaves", [leaf["sha256"] for leaf in case["leaves"]], opened.leaves


@cache
def every_claim(corpora: Path) -> list[tuple[str, str, Any, Any]]:
    """(case, field, claimed, read) of all mail."""
    found: list[tuple[str, str, Any, Any]] = []
    for case, raw in cases(corpora, "mime"):
        message = parse(raw)
        claims: list[Claim] = [*id_claim(raw, message)]
        if "subject" in case:
            claims += header_claims(case, message)
            claims += body_claims(case, raw, message)
        if "leaves" in case:
            claims += tree_claims(case, raw)
        found += [(case["id"], *claim) for claim in claims]
    return found


def pinned(answer: Any) -> Any:
    """``answer``, or where it is long, a digest of it."""
    written = json.dumps(answer, ensure_ascii=False)
    if len(written) <= MOST_CHARS:
        return answer
    return "sha256:" + hashlib.sha256(written.encode()).hexdigest()[:16]


def disagreements() -> dict[tuple[str, str], dict[str, Any]]:
    lines = (Path(__file__).parent / "disagreements.jsonl").read_text(encoding="utf-8").splitlines()
    listed = [json.loads(line) for line in lines]
    by_claim = {(line["case"], line["field"]): line for line in listed}
    assert len(by_claim) == len(listed), "a disagreement is listed twice"
    return by_claim


def test_each_claim_holds_or_its_disagreement_is_listed_as_it_stands(corpora: Path) -> None:
    listed = disagreements()
    differing = {
        (case, field): pinned(read)
        for case, field, claimed, read in every_claim(corpora)
        if claimed != read
    }
    new = [
        json.dumps({"case": case, "field": field, "answer": answer}, ensure_ascii=False)
        for (case, field), answer in differing.items()
        if (case, field) not in listed or listed[case, field]["answer"] != answer
    ]
    assert not new, "neither right nor listed so:\n" + "\n".join(new)
    settled = sorted(listed.keys() - differing.keys())
    assert not settled, f"listed, and right by now: {settled}"


@pytest.mark.parametrize("field", FIELDS)
def test_of_each_field_nearly_all_claims_are_right(corpora: Path, field: str) -> None:
    still_open = {key for key, line in disagreements().items() if line["why"] == "open"}
    claims = [(case, field) for case, named, _, _ in every_claim(corpora) if named == field]
    assert len(claims) >= 80
    wrong = [claim for claim in claims if claim in still_open]
    assert 1 - len(wrong) / len(claims) >= RIGHT, wrong


def test_each_disagreement_says_why() -> None:
    for line in disagreements().values():
        assert line.keys() == {"case", "field", "answer", "why"}
        assert line["field"] in FIELDS
        assert line["why"] == "open" or len(line["why"].split()) > 4
