"""What the documents tell a person to type: the commands exist with their options and arguments,
the routes are there, and whatever else is to be typed is known, with why it is not run here."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

import click
import pytest
import tree_sitter_bash
from docs.blocks import PAGES, ROOT, Block, all_blocks, inline_code, sections
from tree_sitter import Language, Node, Parser

from postroom.cli.main import postroom

SHELL = [each for each in all_blocks() if each.language == "sh"]

INLINE = [
    (page, text) for page in PAGES for text in inline_code(page) if text.startswith("postroom ")
]

GENERATED = {"docs/cli.md", "docs/tools.md", "docs/settings.md"}
"""What the program writes itself; a test of its own holds it."""

ASKS_REST = ("curl", "rest")

NOT_RUN = {
    "adduser": "changes the machine",
    "apt-get": "changes the machine",
    "cat": "reads a file that the lines above it have made on a server",
    "doveadm": "asks a Dovecot that the page set up",
    "dovecot": "starts what the page set up",
    "install": "makes folders of a server",
    "launchctl": "changes a Mac",
    "openssl": "makes a certificate; its line is run in tests/servers",
    "podman": "builds images, and is on no machine of the tests",
    "postconf": "asks a Postfix that the page set up",
    "postfix": "starts what the page set up",
    "postqueue": "asks a Postfix that the page set up",
    "psql": "asks a PostgreSQL that the page set up",
    "python3": "reads JSON that a line of ours printed, and makes the environment of a service",
    "sed": "writes a file for launchd; its line is run in tests/manifests",
    "sudo": "changes the machine",
    "systemctl": "changes the machine",
}
"""Programs that are to be typed and that no test of a page starts, each with the reason."""

OF_OTHERS = {"claude", "codex", "docker", "gemini", "mcp-publisher", "npx", "pip", "python"}
"""Programs of other makers on pages about them: tests of manifests and of examples hold these."""

OF_THE_SHELL = {"cd", "exit", "rest"}
"""What a shell does itself, and the function that a page makes."""

ASIDE = {"variable_assignment", "file_redirect", "herestring_redirect"}
"""What stands among a command's words and is none."""


@dataclass(frozen=True)
class Typed:
    """A command of a block: the program and its arguments, unquoted."""

    where: str
    words: tuple[str, ...]

    @property
    def program(self) -> str:
        return self.words[0].rpartition("/")[2]

    @property
    def name(self) -> str:
        return f"{self.where} {' '.join(self.words)}"


def commands(block: Block) -> Iterator[Typed]:
    """Every simple command of a block, also of those within others."""
    waiting = [parsed(block)]
    while waiting:
        node = waiting.pop()
        if node.type == "command":
            words = [each for each in node.children if each.type not in ASIDE]
            yield Typed(block.name, tuple(map(unquoted, words)))
        waiting += reversed(node.children)


def parsed(block: Block) -> Node:
    return Parser(Language(tree_sitter_bash.language())).parse(block.text.encode()).root_node


def unquoted(node: Node) -> str:
    text = (node.text or b"").decode()
    return text[1:-1] if node.type in ("string", "raw_string") else text


TYPED = [each for block in SHELL for each in commands(block)]

OURS = [each for each in TYPED if each.program == "postroom"]


def meant(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command, and what is left of the words."""
    command: click.Command = postroom
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        with click.Context(command) as ctx:
            found = command.get_command(ctx, words[0])
        assert found is not None, words
        command, words = found, words[1:]
    return command, words


def taken(words: list[str]) -> None:
    """Let a command read its words, as far as they can be read without the files they name."""
    command, rest = meant(words)
    with click.Context(command) as ctx:
        options, left, _ = command.make_parser(ctx).parse_args(rest)
        assert left == [], left
        for parameter in command.get_params(ctx):
            given = parameter.name in options and options[parameter.name] is not None
            assert given or not parameter.required, parameter.name


@pytest.mark.parametrize("typed", OURS, ids=lambda typed: typed.name)
def test_a_command_that_is_to_be_typed_is_understood(typed: Typed) -> None:
    taken(list(typed.words[1:]))


@pytest.mark.parametrize(("page", "text"), [e for e in INLINE if e[0] not in GENERATED])
def test_a_command_that_is_named_is_there_with_its_options(page: str, text: str) -> None:
    plain = text.replace("…", "").split(" | ")[0]
    command, words = meant(shlex.split(plain.replace("[", "").replace("]", ""))[1:])
    known = {name for parameter in command.params for name in parameter.opts}
    known |= {name for parameter in command.params for name in parameter.secondary_opts}
    asked = {word.partition("=")[0] for word in words if word.startswith("--")}
    assert asked <= known | {"--help", "--version"}


@pytest.mark.parametrize("block", SHELL, ids=lambda block: block.name)
def test_a_shell_understands_what_is_to_be_typed(block: Block) -> None:
    assert not parsed(block).has_error


@pytest.mark.parametrize("block", SHELL, ids=lambda block: block.name)
def test_every_program_that_is_to_be_typed_is_known(block: Block) -> None:
    known = {"postroom", "make", *ASKS_REST, *NOT_RUN, *OF_OTHERS, *OF_THE_SHELL}
    assert {each.program for each in commands(block)} <= known


def test_no_program_is_listed_that_nobody_is_told_to_type() -> None:
    assert {*NOT_RUN} <= {each.program for each in TYPED}


def routes() -> list[tuple[str, re.Pattern[str]]]:
    """Every route of REST, by its table, which a test of REST holds; and /mcp."""
    rows = [row for each in sections("docs/rest.md") for table in each.tables for row in table]
    found = [re.fullmatch(r"`(\w+) (/\S+)`", row.get("route", "")) for row in rows]
    told = [(each[1], each[2]) for each in found if each]
    return [
        (method, re.compile(re.sub(r"\\\{\w+\\\}", r"[^/]+", re.escape(path))))
        for method, path in [*told, ("GET", "/v1/openapi.json")]
    ]


def asked() -> Iterator[tuple[str, str, str]]:
    """Each question to REST: where it stands, the method, and the path."""
    for typed in TYPED:
        words = typed.words
        urls = [each for each in words if re.match(r"(https?://|\$POSTROOM_URL/)", each)]
        if typed.program in ASKS_REST and urls:
            brings = {"--json", "-d", "-F", "--data-binary"} & {*words}
            usual = "POST" if brings else "GET"
            method = words[words.index("-X") + 1] if "-X" in words else usual
            path = re.sub(r"^(https?://[^/]+|\$POSTROOM_URL)|\?.*$", "", urls[0])
            yield typed.where, method, path


@pytest.mark.parametrize(("where", "method", "path"), list(asked()))
def test_a_route_that_is_to_be_asked_is_there(where: str, method: str, path: str) -> None:
    assert any(method == each and pattern.fullmatch(path) for each, pattern in routes())


def test_what_is_made_is_a_target() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    made = {word for each in TYPED if each.program == "make" for word in each.words[1:]}
    assert {each for each in made if "=" not in each} <= targets


def test_there_is_something_to_look_at() -> None:
    assert len(OURS) > 100
    assert len(INLINE) > 50
    assert len(list(asked())) > 8
    assert len(routes()) > 40
