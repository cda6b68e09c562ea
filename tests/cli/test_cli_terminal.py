"""What a stranger's words may not do to a person's terminal, and how pages look."""

import io

import pytest
from cli.shell import Program
from hypothesis import given
from hypothesis import strategies as st

from postroom.cli.page import Page
from postroom.cli.plain import escaped, one_line, plain
from postroom.cli.wording import for_people

ATTACKS = {
    "clear the screen": "a\x1b[2Jb",
    "move up and write over": "a\x1b[1;1Hb",
    "colour without end": "a\x1b[31mb",
    "rename the window": "a\x1b]0;owned\x07b",
    "rename, closed by ST": "a\x1b]0;owned\x1b\\b",
    "write to the clipboard": "a\x1b]52;c;b3duZWQ=\x07b",
    "a link that shows another": "a\x1b]8;;http://evil.example\x1b\\b",
    "a device string": "a\x1bP1$rowned\x1b\\b",
    "C1 control sequence": "a\x9b2Jb",
    "C1 operating system command": "a\x9d0;owned\x9cb",
    "reset": "a\x1bcb",
    "another character set": "a\x1b(0b",
    "back over what was written": "a\x08b",
    "to the start of the line": "a\rb",
    "the bell": "a\x07b",
    "NUL": "a\x00b",
    "DEL": "a\x7fb",
    "right-to-left override": "a\u202eb",
    "isolate": "a\u2066b",
    "a lone surrogate": "a\ud800b",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_a_terminal_gets_the_letters_alone(attack: str) -> None:
    assert plain(attack) == "ab"


def test_a_sequence_without_end_hides_no_words() -> None:
    assert plain("a\x1b[") == "a"
    assert plain("a\x1b") == "a"
    assert plain("a\x1b]0;pay nobody\nthe rest") == "a0;pay nobody\nthe rest"
    assert plain("a\x9d0;pay nobody\x1b") == "a0;pay nobody"
    assert len(plain("\x1b]0;" + "x" * 1_000_000)) == 1_000_002


def test_lines_tabs_and_every_script_stay() -> None:
    text = "Grüße\tمرحبا\nשלום\n日本語 👩‍🚀"
    assert plain(text) == text
    assert plain("a\r\nb\u2028c") == "a\nb\nc"
    assert one_line("a\r\nb\t c") == "a b c"


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    left = plain(text)
    assert not any(ord(c) < 32 and c not in "\n\t" for c in left)
    assert not any(0x7F <= ord(c) < 0xA0 for c in left)
    assert plain(left) == left


@given(st.text(alphabet=st.characters(exclude_categories=[])))
def test_json_says_the_same_without_a_character_that_a_terminal_obeys(text: str) -> None:
    import json

    written = escaped(json.dumps(text, ensure_ascii=False))
    assert json.loads(written) == text
    assert written.isprintable() or all(ord(c) >= 0xA0 for c in written if not c.isprintable())
    written.encode()


def test_a_subject_that_gives_orders_is_harmless_in_a_list(two_mailboxes: Program) -> None:
    done = two_mailboxes(
        "send", "--mailbox", "ada@agents.localhost", "--to", "ben@agents.localhost",
        "--subject", "hi \u202eevil", "--text", "a\x1b]0;owned\x07b\x9b2J",
    )  # fmt: skip
    assert done.code == 0, done.err
    for command in (
        ("threads", "list"),
        ("wait", "--mailbox", "ben@agents.localhost"),
        ("threads", "list", "--json"),
        ("wait", "--mailbox", "ben@agents.localhost", "--json"),
    ):
        out = two_mailboxes(*command).out
        assert not set(out) & set("\x1b\x07\x9b\u202e")


class _Stream(io.StringIO):
    encoding = "latin-1"


def test_a_console_of_another_encoding_gets_what_it_can_show() -> None:
    stream = _Stream()
    page = Page(stream)
    page.line("Grüße 日本")
    assert stream.getvalue() == "Grüße ??\n"
    assert not page.draws


def test_a_table_is_aligned_and_its_cells_are_one_line_each() -> None:
    stream = io.StringIO()
    Page(stream).table(("a", "long name"), [("one\ntwo", "x"), ("three", "y" * 100)])
    lines = stream.getvalue().splitlines()
    assert lines[0] == "A        LONG NAME"
    assert lines[1] == "one two  x"
    assert len(lines) == 3
    assert len(lines[2]) < 80


def test_the_desks_words_for_agents_become_commands() -> None:
    told = for_people("list_mailboxes tells; leave `domain` out, or pass `after`.")
    assert told == "`postroom mailboxes list` tells; leave --domain out, or pass --after."


@pytest.mark.parametrize(
    ("for_agents", "for_operators"),
    [
        ("Pass `to`, or `thread_id` to answer.", "Pass --to, or --thread to answer."),
        ("Send it with confirm: true.", "Send it with --confirm."),
        ("reply_all answers a thread.", "--reply-all answers a thread."),
        ("Pass the next_cursor.", "Pass the --cursor."),
        ("You have no mailbox yet.", "There is no mailbox yet."),
        ("You have no such thread.", "There is no such thread."),
        ("You have 12 mailboxes.", "There are 12 mailboxes."),
        ("list_threads tells which you have.", "`postroom threads list` tells which there are."),
        ("Send it to them again, after that.", "Send it to them again, after that."),
    ],
)
def test_what_is_said_to_one_agent_is_worded_for_who_sees_everybodys(
    for_agents: str, for_operators: str
) -> None:
    assert for_people(for_agents) == for_operators
