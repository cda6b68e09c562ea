"""Real mail: nothing raises, nothing stalls, and the claims of other readers' tests hold."""

import gzip
import hashlib
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from postroom.mime.attachments import attachment_content
from postroom.mime.parse import parse
from postroom.model.messages import MessageKind, ParsedMessage, Person

WORST_SECONDS = 1.0

AGREEMENT = {
    "subject": 0.95,
    "from_email": 0.98,
    "from_name": 0.96,
    "to_emails": 0.95,
    "cc_emails": 1.0,
    "reply_to_emails": 0.99,
    "date": 1.0,
    "text": 0.85,
    "n_attachments": 0.92,
    "content": 0.91,
    "filename": 0.99,
}
"""The share of claims that hold, by field. What is missing are mostly habits that we do not share:
the words of a forwarded mail counted as the sender's, letters dropped from 8-bit headers, parts of
a delivery report joined to its text."""


def cases(corpora: Path, folder: str) -> Iterator[tuple[dict[str, Any], bytes]]:
    with (corpora / folder / "expected.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            case = json.loads(line)
            yield case, (corpora / folder / case["file"]).read_bytes()


def timed(raw: bytes) -> ParsedMessage:
    started = time.thread_time()
    message = parse(raw)
    assert time.thread_time() - started < WORST_SECONDS
    message.model_dump_json().encode("utf-8")
    return message


def one_line(text: str) -> str:
    return " ".join(text.split())


def addresses(people: tuple[Person, ...]) -> list[str]:
    return [person.address for person in people]


def claims(case: dict[str, Any], raw: bytes, message: ParsedMessage) -> Iterator[tuple[str, bool]]:
    """Each claim of ``case`` by its name, and whether it holds."""
    sender = message.sender or Person(address="")
    yield "subject", one_line(case["subject"]) == one_line(message.subject)
    yield "from_email", case["from_email"].strip() == sender.address
    if "from_name" in case:
        yield "from_name", one_line(case["from_name"]) == sender.name
    yield "to_emails", case["to_emails"] == addresses(message.to)
    yield "cc_emails", case["cc_emails"] == addresses(message.cc)
    yield "reply_to_emails", case["reply_to_emails"] == addresses(message.reply_to)
    if "date" in case:
        claimed = datetime.fromisoformat(case["date"])
        read = message.date
        same_zone = read if claimed.tzinfo or read is None else read.replace(tzinfo=None)
        yield "date", claimed == same_zone
    if case["text"].strip():
        yield "text", one_line(case["text"]) == one_line(message.text)
    yield "n_attachments", case["n_attachments"] == len(message.attachments)
    contents = [attachment_content(raw, part.number) for part in message.attachments]
    hashes = sorted(hashlib.sha256(content).hexdigest() for content in contents)
    yield "content", sorted(file["sha256"] for file in case["attachments"]) == hashes
    named = {part.filename for part in message.attachments}
    yield "filename", {file["filename"] for file in case["attachments"]} - {""} <= named


def test_what_others_claim_of_real_mail_holds(corpora: Path) -> None:
    held: Counter[str] = Counter()
    made: Counter[str] = Counter()
    for case, raw in cases(corpora, "mime"):
        message = timed(raw)
        if "subject" not in case:
            continue
        for name, holds in claims(case, raw, message):
            made[name] += 1
            held[name] += holds
    shares = {name: round(held[name] / made[name], 3) for name in made}
    assert all(shares[name] >= floor for name, floor in AGREEMENT.items()), shares
    assert sum(held.values()) / sum(made.values()) >= 0.955


def test_every_leaf_of_a_claimed_tree_is_found(corpora: Path) -> None:
    """mime4j opens nested messages, we do not: compared where there is none."""
    right = total = 0
    for case, raw in cases(corpora, "mime"):
        if case.get("n_messages") != 1 or "leaves" not in case:
            continue
        leaves = {part.number for part in parse(raw).attachments}
        total += 1
        right += len(leaves) <= case["n_leaves"]
    assert total > 40
    assert right / total >= 0.95


def test_a_list_archive_is_read_and_holds_no_bounce(corpora: Path) -> None:
    archive = gzip.decompress((corpora / "threads" / "twisted-web.mbox.gz").read_bytes())
    messages = re.split(rb"(?m)^From .*\n", archive)[1:]
    assert len(messages) == 5_225
    for raw in messages[::10]:
        message = timed(re.sub(rb"(?m)^>(>*From )", rb"\1", raw))
        assert message.kind is MessageKind.MESSAGE
        assert message.sender is not None
        assert message.new_text or not message.text
