"""ZIP archives, unpacked within bounds whatever they say of themselves; what a plain one holds."""

import io
import zipfile
import zlib
from collections.abc import Iterator

from postroom.extract.bounds import MAX_ENTRIES, MAX_LISTED, MAX_UNPACKED_BYTES
from postroom.extract.faults import Fault, Unreadable
from postroom.extract.formats import Told
from postroom.extract.words import Words

_PIECE = 1 << 16


class Archive:
    """An archive whose entries together unpack to a bounded number of bytes."""

    def __init__(self, content: bytes) -> None:
        """Raises `Unreadable` where it is no archive or has entries beyond reason."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise Unreadable(Fault.DAMAGED) from None
        self.entries = self._zip.infolist()
        if len(self.entries) > MAX_ENTRIES:
            raise Unreadable(Fault.UNPACKED)
        self._left = MAX_UNPACKED_BYTES

    def has(self, name: str) -> bool:
        """Whether there is an entry of that name."""
        return name in self._zip.NameToInfo

    def pieces(self, name: str) -> Iterator[bytes]:
        """The bytes of one entry; none where there is no such entry.

        Raises:
            Unreadable: it is encrypted or damaged, or all that was unpacked is too much.
        """
        if not self.has(name):
            return
        if self._zip.NameToInfo[name].flag_bits & 1:
            raise Unreadable(Fault.PASSWORD)
        try:
            with self._zip.open(name) as entry:
                while piece := entry.read(_PIECE):
                    self._left -= len(piece)
                    if self._left < 0:
                        raise Unreadable(Fault.UNPACKED)
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError):
            raise Unreadable(Fault.DAMAGED) from None


def read(content: bytes, told: Told, words: Words) -> None:
    """What an archive that is no document holds: names and sizes."""
    archive = Archive(content)
    files = [entry for entry in archive.entries if not entry.is_dir()]
    words.line(f"[archive of {len(files)} files]")
    for entry in files[:MAX_LISTED]:
        words.line(f"{' '.join(entry.filename.split())} ({entry.file_size} bytes)")
    if len(files) > MAX_LISTED:
        words.line(f"[and {len(files) - MAX_LISTED} more]")
