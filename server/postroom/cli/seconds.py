"""A span of time on the command line."""

import math
from typing import Any

import click


class Seconds(click.FloatRange):
    """Seconds that end: ``nan`` and ``inf`` are numbers to a parser, and no time to wait."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """The number; a mistake of the command's where it is none."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is no number of seconds.", param, ctx)
        return number
