"""Paragraphs and tables of a document as lines: a row is one line, its cells parted by ``|``."""

from postroom.extract.words import Words


class Flow:
    """What was read, on its way into ``words``."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._rows: list[list[list[str]]] = []
        self._blank = True

    @property
    def in_table(self) -> bool:
        return bool(self._rows)

    def paragraph(self, text: str) -> None:
        """One paragraph; several empty ones are written as one."""
        self._put(text.strip())

    def start_row(self) -> None:
        self._rows.append([])

    def start_cell(self) -> None:
        if self._rows:
            self._rows[-1].append([])

    def end_row(self) -> None:
        """Write the row; one of a table inside a cell becomes words of that cell."""
        if self._rows:
            row = self._rows.pop()
            cells = [" ".join(" ".join(cell).split("\n")) for cell in row]
            self._put(" | ".join(cells) if any(cells) else "")

    def _put(self, line: str) -> None:
        if self._rows:
            if line and self._rows[-1]:
                self._rows[-1][-1].append(line)
        elif line or not self._blank:
            self._words.line(line)
            self._blank = not line
