"""The estimate of tokens, held to a real tokenizer on real mail."""

import gzip
import json
import re
import time
from pathlib import Path

import pytest
from mime.letters_in_many_languages import LETTERS
from tokenizer import Count, tokenizer

from postroom.mime.parse import parse
from postroom.mime.tokens import estimate_tokens

FEWEST_CHARS = 150
"""A shorter text is a few tokens, of which one more or less is already a tenth."""

BAND = (0.95, 1.30)

OUTSIDE = 0.025
"""The share of texts that are names, links and passwords and little else."""


def texts(corpora: Path) -> list[str]:
    """The words of every fifth mail of the archive, and of each in the collections."""
    archive = gzip.decompress((corpora / "threads" / "twisted-web.mbox.gz").read_bytes())
    mails = re.split(rb"(?m)^From .*\n", archive)[1:][::5]
    for folder in ("mime", "bounces"):
        with (corpora / folder / "expected.jsonl").open(encoding="utf-8") as lines:
            mails += [(corpora / folder / json.loads(line)["file"]).read_bytes() for line in lines]
    read = (parse(mail).text[:20_000] for mail in mails)
    return [text for text in read if len(text) >= FEWEST_CHARS]


def ratio(text: str, count: Count) -> float:
    return estimate_tokens(text) / count(text)


@pytest.mark.parametrize("name", ["cl100k_base", "o200k_base"])
def test_the_words_of_real_mail_are_estimated_within_the_band(corpora: Path, name: str) -> None:
    count = tokenizer(name)
    found = texts(corpora)
    english = [text for text in found if sum(c > "\x7f" for c in text) <= len(text) / 20]
    ratios = sorted(ratio(text, count) for text in english)
    outside = sum(not BAND[0] <= one <= BAND[1] for one in ratios)
    assert len(ratios) > 1_200
    assert outside <= OUTSIDE * len(ratios)
    assert ratios[0] > 0.75
    assert ratios[-1] < 1.8
    together = sum(map(estimate_tokens, english)) / sum(map(count, english))
    assert BAND[0] <= together <= BAND[1]


@pytest.mark.parametrize("language", LETTERS)
def test_a_letter_of_any_language_is_not_estimated_far_too_cheap(language: str) -> None:
    letter = LETTERS[language]
    assert 0.9 <= ratio(letter, tokenizer()) <= 1.4


@pytest.mark.parametrize(
    "piece", ["a", "-", "- ", "aB", "é", " ", "\n ", "a-", "x\t", "1a", " 1", "ab ", "http://"]
)
def test_no_text_takes_long(piece: str) -> None:
    started = time.thread_time()
    estimate_tokens(piece * 200_000)
    assert time.thread_time() - started < 1.0
