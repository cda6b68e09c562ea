"""`postroom mcp`: the tools for one client, over standard input and output."""

import click

from postroom.cli.asked import Asked, for_agent, pass_asked, shared


@click.command()
@for_agent
@shared
@pass_asked
def mcp(asked: Asked, agent: str) -> None:
    """Serve one MCP client over standard input and output; clients start this themselves."""
    from postroom.mcp.launch import stdio

    # The settings are loaded behind the first answers: what is wrong with them is told in the
    # client, where somebody sees it.
    stdio(asked.settings, agent)
