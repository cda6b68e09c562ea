"""How a program that goes on writes its log."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def logging_options(command: F) -> F:
    """``command`` with --log-format and --log-level."""
    return click.option(
        "--log-format",
        type=click.Choice(["json", "text"]),
        help="Of standard error: text on a terminal, else JSON lines.",
    )(
        click.option(
            "--log-level",
            type=click.Choice(["debug", "info", "warning", "error"]),
            default="info",
            show_default=True,
            help="At debug, libraries may quote mail there.",
        )(command)
    )
