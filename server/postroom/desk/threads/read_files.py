"""Files that were read a moment ago: a long one is read once, and not anew for each page."""

from collections import OrderedDict
from dataclasses import replace

from postroom.desk.threads.budget import with_few_blank_lines
from postroom.extract.reader import FileReader, FileText

KEPT_CHARS = 4_000_000
"""Text that is kept, characters: two files of the longest that are read."""


class ReadFiles:
    """The texts of the files read last, by attachment id. Who may see a file was asked before."""

    def __init__(self, reader: FileReader) -> None:
        self._reader = reader
        self._kept: OrderedDict[str, FileText] = OrderedDict()

    async def read(self, id: str, content: bytes, declared: str, filename: str) -> FileText:
        """What a file says. Raises Unavailable where too many are being read."""
        if id in self._kept:
            self._kept.move_to_end(id)
            return self._kept[id]
        found = await self._reader.read(content, declared, filename)
        if found.text is not None:
            found = replace(found, text=with_few_blank_lines(found.text))
            self._kept[id] = found
            self._forget()
        return found

    def _forget(self) -> None:
        while sum(len(one.text or "") for one in self._kept.values()) > KEPT_CHARS:
            self._kept.popitem(last=False)
