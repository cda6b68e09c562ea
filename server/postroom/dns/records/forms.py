"""Records as a zone file (RFC 1035 §5): names whole, one record a line. No I/O."""

from collections.abc import Iterable, Iterator

from postroom.model.domains import RecordType, WantedRecord

MAX_STRING = 255
"""Octets of one character-string (RFC 1035 §3.3); a longer text is several."""


def zone_lines(records: Iterable[WantedRecord]) -> Iterator[str]:
    """The lines of a zone file."""
    for record in records:
        for value in record.values:
            data = quoted(value) if record.type is RecordType.TXT else value
            yield f"{record.name}. {record.ttl} IN {record.type} {data}"


def quoted(text: str) -> str:
    """The data of a TXT record: strings in quotes, each of at most 255 octets. What was
    read and is no UTF-8 is written as it was (`reading.value`)."""
    octets = text.encode("utf-8", "surrogateescape")
    pieces = [octets[at : at + MAX_STRING] for at in range(0, len(octets), MAX_STRING)]
    return " ".join(f'"{_escaped(piece)}"' for piece in pieces or [b""])


def _escaped(piece: bytes) -> str:
    return "".join(
        f"\\{chr(each)}" if each in b'"\\' else chr(each) if 32 <= each < 127 else f"\\{each:03d}"
        for each in piece
    )
