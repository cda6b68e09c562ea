"""Whether the program understands a command line that stands in a manifest."""

import click

from postroom.cli.main import postroom


def understood(words: list[str]) -> click.Context:
    """The context of a command line below `postroom`, its subcommand's where it has one; raises
    where the program has no such command or option."""
    context = click.Context(postroom)
    group: click.Command = postroom
    while isinstance(group, click.Group):
        name, command, rest = group.resolve_command(context, words)
        assert command is not None
        context = command.make_context(name, rest, parent=context)
        group, words = command, [*context._protected_args, *context.args]
    return context
