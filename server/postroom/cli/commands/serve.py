"""`postroom serve`: every face over HTTP, and the worker."""

from pathlib import Path

import click

from postroom.cli.asked import Asked, for_agent, pass_asked, shared
from postroom.cli.log_options import logging_options

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--host", help="The address to listen on.  [127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="0 chooses a free one.  [8765]")
@click.option("--socket", type=FILE, help="A Unix socket in the place of both, for a proxy.")
@click.option("--tls-certificate", type=FILE, help="Speak TLS by this certificate (PEM) …")
@click.option("--tls-key", type=FILE, help="… and its key (PEM).")
@click.option("--name", "hosts", multiple=True, help="A name by which clients come.")
@click.option("--origin", "origins", multiple=True, help="A site whose pages may ask.")
@click.option("--trust-proxy", "trusted_proxies", multiple=True, help="A proxy's address.")
@click.option("--allow-plain-http", is_flag=True, help="On a private network without TLS.")
@for_agent
@logging_options
@shared
@pass_asked
def serve(
    asked: Asked, /, agent: str, log_format: str | None, log_level: str, **options: object
) -> None:
    """Serve MCP at /mcp, REST at /v1 and the console at /, and keep mail moving, until stopped.
    On this machine alone, unless told otherwise; [serve] in postroom.toml has the same settings,
    and more.

    /healthz, /readyz and /metrics tell how it goes; logs go to standard error.
    """
    import asyncio

    from postroom.cli.answers import out, say_json
    from postroom.cli.streams import OutputLost, let_output_go
    from postroom.serving import logs
    from postroom.serving.serve import run
    from postroom.settings import with_serve

    format = logs.LogFormat(log_format) if log_format else logs.usual_format()
    logs.begin(format, logs.LogLevel(log_level))

    def say(line: str) -> None:
        try:
            if asked.json:
                say_json({"says": line})
            else:
                out().line(line)
        except (OutputLost, BrokenPipeError):  # a server goes on though nobody reads its lines
            let_output_go()

    # By type: port 0 is said, and equals False.
    given = {
        name: value
        for name, value in options.items()
        if not (value is None or value is False or value == ())
    }
    asyncio.run(run(with_serve(asked.settings(), given), agent, say))
