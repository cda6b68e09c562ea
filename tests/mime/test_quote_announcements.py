"""Quotes as the mail programs of the world announce them, in each place where they can stand."""

import textwrap

import pytest
from quoted_mail import header_blocks
from quoted_mail.announcements import BY_LANGUAGE, WITHOUT_A_DATE

from postroom.mime.characters.unseen import without_unseen
from postroom.mime.quotes.split import split_quotes

WORDS = "Fine with me."
MARKED = "> first line\n> second"
ANNOUNCEMENTS = [line for lines in BY_LANGUAGE.values() for line in lines]
BLOCKS = [header_blocks.block(labels) for labels in header_blocks.BY_LANGUAGE.values()]


def check(text: str, expected: str = WORDS) -> None:
    """The new words of ``text``, and none of its words lost."""
    text = without_unseen(text)[0]
    split = split_quotes(text)
    assert split.own == expected
    assert not set(text.split()) - set(f"{split.own}\n{split.quoted}".split())


def wrapped(line: str, width: int) -> str:
    return "\n".join(textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False))


def test_the_tables_hold_at_least_twenty_languages() -> None:
    assert len(BY_LANGUAGE) >= 40
    assert len(header_blocks.BY_LANGUAGE) >= 40


@pytest.mark.parametrize("line", ANNOUNCEMENTS)
def test_what_is_below_an_announcement_goes(line: str) -> None:
    check(f"{WORDS}\n\n{line}\n\n{MARKED}\n")
    check(f"{WORDS}\n{line}\n{MARKED}\n")
    check(f"{WORDS}\n\n{line}\n\nfirst line\n\nsecond\n")


@pytest.mark.parametrize("width", [55, 72])
@pytest.mark.parametrize("line", ANNOUNCEMENTS)
def test_an_announcement_may_be_wrapped(line: str, width: int) -> None:
    check(f"{WORDS}\n\n{wrapped(line, width)}\n{MARKED}\n")
    check(f"{WORDS}\n\n{wrapped(line, width)}\n\nfirst line\n\nsecond\n")


@pytest.mark.parametrize("line", ANNOUNCEMENTS)
def test_an_answer_may_stand_below_or_between(line: str) -> None:
    check(f"{line}\n{MARKED}\n\n{WORDS}\n")
    check(f"{line}\n> Red?\n\nYes.\n\n> Blue?\n\nNo.\n", "> Red?\n\nYes.\n\n> Blue?\n\nNo.")


@pytest.mark.parametrize("line", ANNOUNCEMENTS)
def test_an_announcement_may_be_marked_itself(line: str) -> None:
    check(f"{WORDS}\n\n> {line}\n>\n{MARKED}\n")


@pytest.mark.parametrize("line", WITHOUT_A_DATE)
def test_marked_lines_may_be_announced_without_a_date(line: str) -> None:
    check(f"{WORDS}\n\n{line}\n\n{MARKED}\n")
    check(f"{WORDS}\n{line}\n{MARKED}\n")
    check(f"{line}\n{MARKED}\n\n{WORDS}\n")


@pytest.mark.parametrize("block", BLOCKS)
def test_what_is_below_a_block_of_fields_goes(block: str) -> None:
    check(f"{WORDS}\n\n{block}\n\nfirst line\n\nsecond")
    check(f"{WORDS}\n{block}\nfirst line")
    check(f"{WORDS}\n\n{block.replace(':', ' :', 1)}\n\nfirst line")
    check(f"{WORDS}\n\n{'_' * 32}\n{block}\n\nfirst line")
    check(f"{WORDS}\n\n-----Ein Zettel-----\n{block}\n\nfirst line")
    check(f"{WORDS}\n\n> " + block.replace("\n", "\n> ") + "\n>\n> first line")


@pytest.mark.parametrize(
    "announced",
    [
        # Samsung's, in one line and in several; GMX; QQ; Notes; a help desk; no known language
        "-------- Original message --------From: Ada <ada@example.org> Date: 3/3/26  14:05 "
        " (GMT+01:00) To: Ben <ben@example.org> Subject: Plan\nold",
        "-------- Original message --------\nFrom: Ada <ada@example.org>\nDate: 3/3/26  14:05"
        "\nTo: Ben <ben@example.org>\nSubject: Plan\nold",
        "Gesendet: Dienstag, 03. März 2026 um 14:05 Uhr\nVon: Ada <ada@example.org>\nAn: Ben\n"
        "Betreff: Plan\n\nold",
        '------------------ 原始邮件 ------------------\n发件人: "Ada"<ada@example.org>;\n'
        "发送时间: 2026年3月3日(星期二) 下午2:05\n主题: Plan\n\nold",
        "\nFrom:   Ada Park/LON/EXAMPLE\nTo:     Ben/LON/EXAMPLE@EXAMPLE,\nDate:   03/03/2026"
        " 02:05 PM\nSubject:        Plan\n\n\nold",
        "##- Please type your reply above this line -##\n\nYour request (12) was updated.",
        "-- Reply above this line --\n\nold",
        f"{'_' * 32}\nXyzza: Ada <ada@example.org>\nQwe rty: 3.3.2026 14:05\nZut: Ben\n\nold",
    ],
)
def test_what_is_below_other_announcements_goes(announced: str) -> None:
    check(f"{WORDS}\n\n{announced}")


@pytest.mark.parametrize(
    "text",
    [
        "Hello,\n\nContact: ada@example.org\nDate: 3 March 2026 14:05\nPlace: Berlin\n\nBye",
        "Hi,\n\nTo: the point.\nFrom: my view it is fine.\n\nBye",
        "I agree with this from 2012:\n\n> We shall see.\n\nStill true.",
        "As the manual says:\n\n> Turn it off.\n\nSo do that.",
        "Please contact ada@example.org by 3 March 2026 14:05 with:\n- a list\n\nBye",
        "On Tuesday, 3 March at 14:05 we do this:\n\n1. Budget\n2. Plans",
        "The meeting on Tuesday, 3 March 2026 at 14:05 has these topics:\n\n1. Budget",
        "She wrote to ada@example.org on Monday:\nnothing else.",
        "No: I do not think so.\nDo: it now.",
        "A: yes\nB: no\nDe: 3",
        "Data: see below\nPlan: 2026",
        "Name: Ada\nE-mail: ada@example.org\nCallback: 3.3.2026 14:05\nQuestion: why?",
    ],
)
def test_words_that_look_a_little_like_an_announcement_stay(text: str) -> None:
    check(text, text)
