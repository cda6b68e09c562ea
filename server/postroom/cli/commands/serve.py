"""`postroom serve`: every face over HTTP, and the worker."""

import click

from postroom.cli.asked import Asked, for_agent, pass_asked, shared

DEFAULT_PORT = 8765
"""As `postroom.serving` has it; not imported from there, where it would bring the server along."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="A loopback address.")
@click.option(
    "--port",
    default=DEFAULT_PORT,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="0 chooses a free one.",
)
@for_agent
@shared
@pass_asked
def serve(asked: Asked, agent: str, host: str, port: int) -> None:
    """Serve MCP at /mcp and REST at /v1 on this machine, and keep mail moving, until stopped."""
    import asyncio

    from postroom.cli.answers import out, say_json
    from postroom.cli.streams import OutputLost, let_output_go
    from postroom.serving.serve import run

    def say(line: str) -> None:
        try:
            if asked.json:
                say_json({"says": line})
            else:
                out().line(line)
        except (OutputLost, BrokenPipeError):  # a server goes on though nobody reads its lines
            let_output_go()

    asyncio.run(run(asked.settings(), agent, host, port, say))
