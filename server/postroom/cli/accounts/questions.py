"""What was not said on the command line: asked on a terminal, and there alone."""

import sys

import click

from postroom.cli.asked import Asked


class Questions:
    """Asks a person. Each question has an option, which is named where there is nobody to ask."""

    def __init__(self, asked: Asked) -> None:
        self.nobody = asked.json or not sys.stdin.isatty()
        """Whether there is no person to ask."""

    def text(self, question: str, option: str) -> str:
        """A person's answer, one line."""
        self._needs_somebody(question, option)
        answer: str = click.prompt(question, err=True)
        return answer.strip()

    def secret(self, question: str, option: str) -> str:
        """The same, without showing what is typed."""
        self._needs_somebody(question, option)
        answer: str = click.prompt(question, err=True, hide_input=True)
        return answer

    def agrees(self, question: str, option: str) -> bool:
        """Whether a person says yes."""
        self._needs_somebody(question, option)
        return click.confirm(question, err=True)

    def _needs_somebody(self, question: str, option: str) -> None:
        if self.nobody:
            raise click.UsageError(f"{question}: pass {option}; there is no terminal to ask on.")
