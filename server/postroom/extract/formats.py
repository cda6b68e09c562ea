"""Which module reads which type, and whether it is a native library to be sealed off."""

from dataclasses import dataclass

from postroom.mime import signatures


@dataclass(frozen=True)
class Format:
    """``module`` has a function ``read(content, told, words)``. ``sealed``: it needs no file once
    it is imported, so that the kernel can refuse it every descriptor. The others look up charsets
    and time zones in files."""

    module: str
    sealed: bool


@dataclass(frozen=True)
class Told:
    """What else is known of a file: its type by content, and the charset that its sender named."""

    kind: str
    charset: str = ""


FORMATS = {
    signatures.PDF: Format("pdf", sealed=True),
    signatures.DOCX: Format("documents", sealed=True),
    signatures.PPTX: Format("slides", sealed=True),
    signatures.XLSX: Format("sheets", sealed=True),
    signatures.XLSB: Format("sheets", sealed=True),
    signatures.XLS: Format("sheets", sealed=True),
    signatures.ODS: Format("sheets", sealed=True),
    signatures.ZIP: Format("archives", sealed=True),
    signatures.TNEF: Format("outlook", sealed=False),
    signatures.CALENDAR: Format("calendars", sealed=False),
    signatures.VCARD: Format("cards", sealed=False),
    signatures.HTML: Format("mail", sealed=False),
    "message/rfc822": Format("mail", sealed=False),
}
