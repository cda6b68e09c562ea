"""Which module reads which type, and whether it is a native library to be sealed off."""

from dataclasses import dataclass

from postroom.mime.files import sniffing


@dataclass(frozen=True)
class Format:
    """``module`` has a function ``read(content, told, words)``. ``sealed``: it needs no file once
    it is imported, so that the kernel can refuse it every descriptor. The others look up charsets
    and time zones in files."""

    module: str
    sealed: bool


@dataclass(frozen=True)
class Told:
    """What else is known of a file: its type by content, the charset that its sender named, and how
    many bytes it has."""

    kind: str
    charset: str = ""
    size: int = 0


FORMATS = {
    sniffing.PDF: Format("pdf", sealed=True),
    sniffing.DOCX: Format("documents", sealed=True),
    sniffing.PPTX: Format("slides", sealed=True),
    sniffing.XLSX: Format("sheets", sealed=True),
    sniffing.XLSB: Format("sheets", sealed=True),
    sniffing.XLS: Format("sheets", sealed=True),
    sniffing.ODS: Format("sheets", sealed=True),
    sniffing.ZIP: Format("archives", sealed=True),
    sniffing.TNEF: Format("outlook", sealed=False),
    sniffing.CALENDAR: Format("calendars", sealed=False),
    sniffing.VCARD: Format("cards", sealed=False),
    sniffing.HTML: Format("mail", sealed=False),
    "message/rfc822": Format("mail", sealed=False),
}
