"""What the documents tell a person to type: the commands exist, and the settings are understood."""

import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest

from postroom.cli.main import postroom
from postroom.settings import Operator

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("README.md", "docs/real-servers.md")

_BLOCK = re.compile(r"^ *```(\w+)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(postroom [^`]+)`")


def blocks(language: str) -> list[str]:
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in DOCUMENTS]
    return [found[2] for text in texts for found in _BLOCK.finditer(text) if found[1] == language]


def commands() -> list[str]:
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    named = [line.partition(" #")[0].strip() for line in lines]
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in DOCUMENTS]
    named += [found for text in texts for found in _INLINE.findall(text)]
    whole = [re.sub(r"^\.venv/bin/", "", line) for line in named]
    return list(dict.fromkeys(line for line in whole if line.startswith("postroom ")))


def meant(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command, and what is left of the words."""
    command: click.Command = postroom
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        with click.Context(command) as ctx:
            found = command.get_command(ctx, words[0])
        assert found is not None, words
        command, words = found, words[1:]
    return command, words


@pytest.mark.parametrize("line", commands())
def test_a_command_that_is_written_down_is_there_with_its_options(line: str) -> None:
    command, words = meant(shlex.split(line)[1:])
    known = {name for parameter in command.params for name in parameter.opts}
    known |= {name for parameter in command.params for name in parameter.secondary_opts}
    asked = {word.partition("=")[0] for word in words if word.startswith("--")}
    assert asked <= known | {"--help"}


@pytest.mark.parametrize("text", blocks("toml"))
def test_settings_that_are_written_down_are_understood(text: str) -> None:
    Operator.model_validate(tomllib.loads(text), context={"home": Path("/home/of/it")})


def test_there_is_something_to_look_at() -> None:
    assert len(commands()) > 20
    assert len(blocks("toml")) > 3
