"""A page for people: lines of spans, and tables. Colours on a terminal only, without NO_COLOR."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, TextIO

from postroom.cli.plain import one_line, plain
from postroom.cli.streams import printing

if TYPE_CHECKING:
    from rich.console import Console

Span = str | tuple[str, str]
"""A text, or a text and its style ("bold", "dim", "green" …)."""

MAX_CELL = 60
"""Characters of one cell of a table: a subject may be 900."""


class Page:
    """Where people's text goes. Every text passes `plain`: none can give the terminal orders."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.is_terminal = stream.isatty()
        self.draws = (stream.encoding or "").lower().replace("-", "") == "utf8"
        """Whether it can show lines, ticks and arrows."""

    def line(self, *spans: Span) -> None:
        """One line, or several where a span holds line ends."""
        if self.is_terminal:
            self._print_styled(spans)
        else:
            self._print("".join(plain(_text(span)) for span in spans))

    def hint(self, text: str) -> None:
        """What to do next."""
        self.line(("hint:", "bold"), f" {one_line(text)}")

    def lines(self, text: str, indent: str = "", style: str = "") -> None:
        """A text of many lines, each indented."""
        for line in plain(text).splitlines() or [""]:
            self.line((f"{indent}{line}".rstrip(), style))

    def table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Columns under their names; a cell is one line, cut at `MAX_CELL` characters."""
        cells = [[_cut(one_line(cell)) for cell in row] for row in rows]
        if self.is_terminal:
            self._print_table(head, cells)
            return
        widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
        for row in [[name.upper() for name in head], *cells]:
            padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self._print("  ".join(padded).rstrip())

    def _print(self, text: str) -> None:
        encoding = self._stream.encoding or "utf-8"
        # A stream of another encoding (a Windows console's code page) must not end the command.
        with printing():
            self._stream.write(text.encode(encoding, "replace").decode(encoding) + "\n")
            self._stream.flush()

    @cached_property
    def _console(self) -> "Console":
        from rich.console import Console

        return Console(file=self._stream, highlight=False, markup=False, emoji=False)

    def _print_styled(self, spans: Sequence[Span]) -> None:
        from rich.text import Text

        text = Text()
        for span in spans:
            text.append(plain(_text(span)), style="" if isinstance(span, str) else span[1])
        with printing():
            self._console.print(text, soft_wrap=True)

    def _print_table(self, head: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
        from rich.table import Table
        from rich.text import Text

        table = Table(*head, box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
        for row in cells:
            table.add_row(*map(Text, row))
        with printing():
            self._console.print(table)


def _text(span: Span) -> str:
    return span if isinstance(span, str) else span[0]


def _cut(cell: str) -> str:
    return cell if len(cell) <= MAX_CELL else f"{cell[: MAX_CELL - 1]}…"
