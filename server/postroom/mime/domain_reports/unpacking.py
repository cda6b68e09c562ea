"""A report out of what it is packed in: plain, gzip or zip, whatever its name and type say.

What comes out is counted as it comes: an archive says of itself what its maker likes.
"""

import io
import zipfile
import zlib

from postroom.mime.domain_reports.values import Unreadable

MAX_PACKED_BYTES = 3_000_000
"""Of zip or gzip. The largest real ones have some hundred kilobytes; each entry that a zip lists
costs fifty bytes of it and ten times that in memory."""

MAX_BYTES = 10_000_000
"""Unpacked: 20,000 rows of XML have about that many."""

MAX_ENTRIES = 20
"""Files in a zip. A report is one; some programs put a folder beside it."""

MAX_MEMBERS = 20
"""Streams one after the other in a gzip (RFC 1952 §2.2)."""

_PIECE = 1 << 16
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_PLAIN_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_UNPACKED = "What it unpacks to"
_DAMAGED = "It is damaged."
_TOO_MANY = f"It is a gzip of more than {MAX_MEMBERS} streams."
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,  # zipfile's word for a password that is missing
    ValueError,
    OSError,
)


def unpacked(content: bytes) -> bytes:
    """The report in ``content``. Raises Unreadable. One layer is taken off: a report that is packed
    twice is none."""
    if not content.startswith((_ZIP, _GZIP)):
        return _within(content, MAX_BYTES)
    _within(content, MAX_PACKED_BYTES)
    found = _of_zip(content) if content.startswith(_ZIP) else _of_gzip(content)
    if found.startswith((_ZIP, _GZIP)):
        raise Unreadable("It is packed more than once.")
    return found


def _within(content: bytes, most: int, what: str = "It") -> bytes:
    if len(content) > most:
        raise too_large(most, what)
    return content


def too_large(most: int, what: str = "It") -> Unreadable:
    """What is told of a report of more octets than ``most``."""
    return Unreadable(f"{what} is larger than {most // 1_000_000} MB, which no report needs.")


def _of_zip(content: bytes) -> bytes:
    """The first file of an archive that may be a report."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES:
                raise Unreadable("It is an archive of more files than a report has.")
            for entry in entries:
                if _may_be_report(entry):
                    with archive.open(entry) as file:
                        return _within(file.read(MAX_BYTES + 1), MAX_BYTES, _UNPACKED)
    except _FAULTS:
        raise Unreadable(_DAMAGED) from None
    raise Unreadable("It is an archive without a report.")


def _may_be_report(entry: zipfile.ZipInfo) -> bool:
    if entry.is_dir() or entry.filename.startswith("__MACOSX/"):
        return False
    if entry.flag_bits & 1 or entry.compress_type not in _PLAIN_METHODS:
        return False
    return entry.filename.lower().endswith((".xml", ".json", ".gz")) or "." not in entry.filename


def _of_gzip(content: bytes) -> bytes:
    """Decompressed until it would be too much; what stands behind the last stream is left."""
    found, rest = bytearray(), content
    for _ in range(MAX_MEMBERS):
        stream = zlib.decompressobj(wbits=31)
        while rest and not stream.eof:
            try:
                found += stream.decompress(rest, _PIECE)
            except zlib.error:
                raise Unreadable(_DAMAGED) from None
            if len(found) > MAX_BYTES:
                raise too_large(MAX_BYTES, _UNPACKED)
            rest = stream.unconsumed_tail
        if not stream.eof:
            raise Unreadable("It is cut off.")
        rest = stream.unused_data
        if not rest.startswith(_GZIP):
            return bytes(found)
    raise Unreadable(_TOO_MANY)
