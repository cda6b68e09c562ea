"""`postroom demo`: see it work."""

import click

from postroom.cli.asked import Asked, homeless, pass_asked


@click.command()
@click.option("--keep", is_flag=True, help="Keep the demo's home, to look into it.")
@homeless
@pass_asked
def demo(asked: Asked, keep: bool) -> None:
    """Let two agents talk by mail, on a throw-away home, and print what they say."""
    from postroom.cli.demo.run import run_demo

    if asked.home is not None:
        raise click.UsageError("The demo makes a home of its own: leave --home out.")
    run_demo(asked.json, keep)
