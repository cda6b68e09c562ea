"""docs/cli.md: every command of `postroom`, as its help says it."""

import inspect
import re
from collections.abc import Iterator

import click

from postroom.cli.main import postroom
from reference.words import row, table

_HEAD = """# Command line

Every command of `postroom`, written by the program itself; a test holds this page to it.
`postroom COMMAND --help` says the same at a terminal, and `postroom completion` prints the script
that completes commands in a shell.

Whoever may run it is the [operator](approvals.md#who-may-decide): it sees every mailbox.

**Every command** but `demo` **takes** `--home DIRECTORY` (the post room's folder; else
`POSTROOM_HOME`, else your data folder), `--json` (answers and errors as JSON) and `--help`.

{epilog}"""

_SHARED = frozenset({"--home", "--json", "--help"})


def page() -> str:
    """The page, in Markdown."""
    head = _HEAD.format(epilog=_prose(postroom.epilog or ""))
    # With its settings: click keeps the help option that it makes first, for other pages too.
    with click.Context(postroom, info_name="postroom", **postroom.context_settings) as ctx:
        whole = [_command(each) for each in _below(ctx)]
    return "\n\n".join([head, *whole]) + "\n"


def _below(ctx: click.Context) -> Iterator[click.Context]:
    """Every command below a group, each behind its own group."""
    group = ctx.command
    assert isinstance(group, click.Group)
    for name in group.list_commands(ctx):
        command = group.get_command(ctx, name)
        if command is None or command.hidden:
            continue
        with click.Context(command, info_name=name, parent=ctx) as inner:
            yield inner
            if isinstance(command, click.Group):
                yield from _below(inner)


def _command(ctx: click.Context) -> str:
    heading = "##" if ctx.command_path.count(" ") == 1 else "###"
    parts = [f"{heading} {ctx.command_path}", _prose(inspect.cleandoc(ctx.command.help or ""))]
    if not isinstance(ctx.command, click.Group):
        usage = " ".join([ctx.command_path, *ctx.command.collect_usage_pieces(ctx)])
        parts += [f"```text\n{usage}\n```", _options(ctx)]
    if ctx.command.epilog:
        parts.append(_prose(inspect.cleandoc(ctx.command.epilog)))
    return "\n\n".join(part for part in parts if part)


def _options(ctx: click.Context) -> str:
    told = [
        each.get_help_record(ctx)
        for each in ctx.command.get_params(ctx)
        if isinstance(each, click.Option) and not _SHARED & {*each.opts}
    ]
    rows = [row(f"`{names}`", _cleaned(words)) for names, words in filter(None, told)]
    return table(("option", "meaning"), rows) if rows else ""


def _prose(text: str) -> str:
    """Paragraphs of a help; those that are kept as they stand (``\\b``) as they stand."""
    paragraphs = re.split(r"\n\s*\n", text.partition("\f")[0])
    return "\n\n".join(
        f"```text\n{kept.removeprefix(chr(8)).strip(chr(10))}\n```"
        if (kept := each).startswith("\b")
        else _cleaned(" ".join(each.split()))
        for each in paragraphs
    )


def _cleaned(words: str) -> str:
    """Words of a help as Markdown: what looks like HTML or a pattern is neither."""
    return re.sub(r"(?<!`)(<[a-z]+>|\*)(?!`)", r"`\1`", words)
