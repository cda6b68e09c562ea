"""What a file is by its bytes, whatever its name and its Content-Type claim.

A short table of our own: what can be read, and what is often sent under a false name. A library
guesses among thousands of formats, most of which mail never brings, and a wrong guess would be
told to an agent as a fact. Containers are told apart by the names of what they hold, which stand
unpacked in a ZIP's directory (APPNOTE §4.3.12) and in UTF-16 in a compound file's (MS-CFB §2.6).
Linear in the length of the content; nothing is unpacked.
"""

from postroom.mime.files.media_types import OTHER

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSB = "application/vnd.ms-excel.sheet.binary.macroenabled.12"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
XLS = "application/vnd.ms-excel"
ZIP = "application/zip"
TNEF = "application/ms-tnef"
CALENDAR = "text/calendar"
VCARD = "text/vcard"
HTML = "text/html"
COMPOUND = "application/x-ole-storage"
LOCKED_OFFICE = "application/x-ole-encrypted-package"
"""An Office file behind a password (MS-OFFCRYPTO §2.3.4.4). A name of ours: nobody registered
one."""

_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x7fELF", "application/x-executable"),
    (b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (b"\xce\xfa\xed\xfe", "application/x-mach-binary"),
    (b"\x78\x9f\x3e\x22", TNEF),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (b"{\\rtf", "application/rtf"),
    (b"%!PS", "application/postscript"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"\x1aE\xdf\xa3", "video/x-matroska"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/avi"}
_ISO_MEDIA = {b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heif"}
_ISO_MEDIA |= {b"avif": "image/avif", b"M4A ": "audio/mp4", b"qt  ": "video/quicktime"}

_IN_ZIP = (
    (b"word/document", DOCX),
    (b"xl/workbook.bin", XLSB),
    (b"xl/workbook", XLSX),
    (b"ppt/presentation", PPTX),
)
_IN_COMPOUND = (
    ("EncryptedPackage", LOCKED_OFFICE),
    ("WordDocument", "application/msword"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ("Workbook", XLS),
    ("__substg1.0_", "application/vnd.ms-outlook"),
    ("Book", XLS),
)

_PDF_WITHIN = 1_024
"""Bytes before a PDF's header that readers put up with (PDF 1.7, annex H.3.4.1)."""
_DIRECTORY_END_WITHIN = 65_557
"""A ZIP ends with its directory's end and a comment (APPNOTE §4.3.16)."""
_MOST_DIRECTORY_BYTES = 1_000_000
_TEXT_BEGINS_WITHIN = 1_024


def type_by_content(content: bytes) -> str | None:
    """The media type that the bytes themselves show, or None where they show none: plain text, or
    a format that is not in the table."""
    for beginning, kind in _BEGINNINGS:
        if content.startswith(beginning):
            return kind
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_type(content)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound_type(content)
    if content.startswith(b"RIFF"):
        return _RIFF.get(content[8:12])
    if content[4:8] == b"ftyp":
        return _ISO_MEDIA.get(content[8:12], "video/mp4")
    if content.startswith(b"MZ") and b"\x00" in content[:64]:
        return "application/x-msdownload"
    if b"%PDF-" in content[:_PDF_WITHIN]:
        return PDF
    return _marked_text_type(content)


def _zip_type(content: bytes) -> str:
    names = _zip_directory(content)
    # OpenDocument puts its type first, unpacked (ODF 1.3 part 2 §3.3).
    if content[30:38] == b"mimetype" and content[38:100].startswith(ODS.encode()):
        return ODS
    if b"[Content_Types].xml" not in names:
        return ZIP
    return next((kind for name, kind in _IN_ZIP if name in names), ZIP)


def _zip_directory(content: bytes) -> bytes:
    """The directory at a ZIP's end, at most a megabyte of it; empty where there is none."""
    end = content.rfind(b"PK\x05\x06", max(0, len(content) - _DIRECTORY_END_WITHIN))
    if end < 0:
        return b""
    size = int.from_bytes(content[end + 12 : end + 16], "little")
    start = max(0, end - size)
    return content[start : min(end, start + _MOST_DIRECTORY_BYTES)]


def _compound_type(content: bytes) -> str:
    for name, kind in _IN_COMPOUND:
        if name.encode("utf-16-le") in content:
            return kind
    return COMPOUND


def _marked_text_type(content: bytes) -> str | None:
    """The type of a text that says what it is in its first words."""
    start = content[:_TEXT_BEGINS_WITHIN].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(b"begin:vcalendar"):
        return CALENDAR
    if start.startswith(b"begin:vcard"):
        return VCARD
    if start.startswith((b"<!doctype html", b"<html")):
        return HTML
    return None


def true_type(claimed: str, content: bytes) -> str:
    """What to call a file: its claimed type, unless its bytes show another."""
    shown = type_by_content(content)
    if shown is None:
        return claimed
    return shown if claimed in ("", OTHER) or contradicts(claimed, shown) else claimed


def contradicts(claimed: str, shown: str | None) -> bool:
    """Whether a file is plainly something else than its claimed type: a program that says it is a
    PDF, or a PDF that is none. Types that go by several names contradict nothing."""
    if claimed in ("", OTHER) or claimed == shown:
        return False
    if shown is None or shown.startswith("text/"):
        return claimed in _SHOWN_ALWAYS
    if claimed.startswith("text/") or shown in _PROGRAMS:
        return True
    return claimed in _SHOWN_ALWAYS and shown not in _KIN.get(claimed, ())


_PROGRAMS = frozenset(
    {"application/x-msdownload", "application/x-executable", "application/x-mach-binary"}
)
_SHOWN_ALWAYS = frozenset(
    {PDF, DOCX, XLSX, PPTX, XLSB, ODS, "image/png", "image/jpeg", "image/gif", "application/zip"}
)
"""Types that are always known by their bytes."""
_KIN = {
    ZIP: {DOCX, XLSX, PPTX, XLSB, ODS},
    DOCX: {LOCKED_OFFICE},
    XLSX: {LOCKED_OFFICE, XLSB},
    PPTX: {LOCKED_OFFICE},
}
