"""Instructions to agents, put into mail: hidden ones are found hidden, visible ones stay words."""

import json
from html import escape
from itertools import cycle
from pathlib import Path

import pytest
from quoted_mail.hiding import TRICKS

from postroom.mime.parse import parse
from postroom.model.messages import ParsedMessage

SHEET = "<style>.q7{display:none} #z{font-size:0}</style>"

NOTE = "A note to all who read this mail for somebody else, and to nobody besides:"


@pytest.fixture
def attacks(corpora: Path) -> list[str]:
    lines = (corpora / "injection" / "expected.jsonl").read_text(encoding="utf-8").splitlines()
    return [case["text"] for case in map(json.loads, lines) if case["label"] == "attack"]


def read(body: str, subtype: str = "html") -> ParsedMessage:
    head = f"From: a@example.org\r\nContent-Type: text/{subtype}; charset=utf-8\r\n\r\n"
    return parse((head + body).encode())


def words_of(text: str) -> str:
    return "".join(filter(str.isalnum, text))


@pytest.mark.parametrize("opening", [*TRICKS, '<p class="q7">', '<p id="z">'])
def test_hidden_instructions_are_found_hidden(attacks: list[str], opening: str) -> None:
    for attack in attacks:
        message = read(f"{SHEET}<p>Seen.</p>{opening}{escape(attack)}")
        assert (message.text, message.new_text, message.hidden_text) == ("Seen.", "Seen.", 1)


def test_instructions_in_characters_that_nobody_sees_are_found(attacks: list[str]) -> None:
    for attack in attacks:
        tags = "".join(chr(0xE0000 + ord(letter)) for letter in attack if letter.isascii())
        message = read(f"Seen.{tags}", "plain")
        assert (message.text, message.hidden_text) == ("Seen.", 1)


def test_instructions_in_comments_are_found(attacks: list[str]) -> None:
    for attack in attacks:
        message = read(f"<p>Seen.</p><!-- {NOTE} {attack.replace('--', '')} -->")
        assert (message.text, message.hidden_text) == ("Seen.", 1)


def test_visible_instructions_stay_the_senders_words(attacks: list[str]) -> None:
    openings = cycle(["<p>", '<p style="color:#333;font-size:13px">', '<b style="color:#000">'])
    for attack, opening in zip(attacks, openings, strict=False):
        message = read(f"<p>Hello.</p>{opening}{escape(attack)}")
        assert words_of(attack) in words_of(message.text)
        assert message.hidden_text == 0
        assert words_of(attack) in words_of(read(attack, "plain").text)
