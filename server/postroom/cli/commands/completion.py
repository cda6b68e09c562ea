"""`postroom completion`: what a shell needs to complete commands and options."""

import click

from postroom.cli.answers import say_json
from postroom.cli.asked import Asked, pass_asked, shared

WHERE = {
    "bash": 'eval "$(postroom completion bash)" in ~/.bashrc',
    "zsh": 'eval "$(postroom completion zsh)" in ~/.zshrc',
    "fish": "postroom completion fish > ~/.config/fish/completions/postroom.fish",
}


@click.command(epilog="  ".join(f"{shell}: {line}." for shell, line in WHERE.items()))
@click.argument("shell", type=click.Choice(sorted(WHERE)))
@shared
@pass_asked
@click.pass_context
def completion(ctx: click.Context, asked: Asked, shell: str) -> None:
    """Print the script that completes `postroom` in a shell."""
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"This click knows no {shell}.")
    script = kind(ctx.find_root().command, {}, "postroom", "_POSTROOM_COMPLETE").source()
    if asked.json:
        say_json({"shell": shell, "script": script})
    else:
        click.echo(script)
