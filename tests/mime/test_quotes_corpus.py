"""Replies that other quote readers are tested with: the new words remain, the quoted ones go."""

import json
import re
from pathlib import Path
from typing import Any

from postroom.mime.characters.unseen import without_unseen
from postroom.mime.html.to_text import html_to_text
from postroom.mime.quotes.signatures import split_signature
from postroom.mime.quotes.split import split_quotes

FLOOR = 112
"""Of 118. Of the others two contradict the rest (a blockquote without announcement is dropped in
one and kept in the other), two want a forwarded mail cut, one a rule kept, one a name dropped that
nothing tells from words."""


def new_words(case: dict[str, Any], corpora: Path) -> tuple[str, str]:
    """The words without a signature, and with it: the sources disagree on what is wanted."""
    source = (corpora / "quotes" / case["file"]).read_bytes().decode("utf-8").replace("\r\n", "\n")
    text = html_to_text(source).text if case["kind"] == "html" else source
    read = split_quotes(without_unseen(text)[0].strip())
    without = split_signature(read.own)[0]
    return joined(without, read.forwarded), joined(read.own, read.forwarded)


def joined(own: str, forwarded: str) -> str:
    return "\n\n".join(filter(None, (own, forwarded)))


def comparable(text: str, case: dict[str, Any]) -> str:
    """``text`` as the case compares it; for HTML without Markdown's marks, for the claim is the
    content of the elements."""
    if case["kind"] == "html":
        text = re.sub(r"\[([^\[\]]*)\]\([^()]*\)", r"\1", text)
        text = re.sub(r"^[> ]+", "", text, flags=re.MULTILINE).replace("*", "")
    space = " " if case["compare"] == "collapse-whitespace" else ""
    return re.sub(r"\s+", space, text).strip()


def is_right(case: dict[str, Any], corpora: Path) -> bool:
    without, both = (comparable(text, case) for text in new_words(case, corpora))
    words = both if case["signature"] == "kept" else without
    if "visible" in case:
        accepted = [case["visible"], *case.get("alternatives", [])]
        if words not in [comparable(text, case) for text in accepted]:
            return False
    present = all(comparable(text, case) in words for text in case.get("contains", []))
    absent = not any(comparable(text, case) in words for text in case.get("absent", []))
    return present and absent


def test_the_new_words_of_replies_are_exact(corpora: Path) -> None:
    lines = (corpora / "quotes" / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    wrong = [case["id"] for case in map(json.loads, lines) if not is_right(case, corpora)]
    assert len(lines) - len(wrong) >= FLOOR, wrong
