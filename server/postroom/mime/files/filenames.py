"""A file name that is safe to show and to write: no path, no control characters, never empty."""

import re

from postroom.mime import bounds

_RESERVED = re.compile(r'[\x00-\x1f\x7f<>:"|?*]+')
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in range(10)}
)
"""Names that Windows takes for devices, with any extension
(https://learn.microsoft.com/windows/win32/fileio/naming-a-file)."""

_EXTENSIONS = {
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "text/rfc822-headers": ".txt",
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "message/delivery-status": ".txt",
    "message/feedback-report": ".txt",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/json": ".json",
    "application/pgp-signature": ".asc",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m",
    "application/x-pkcs7-mime": ".p7m",
    "application/pgp-encrypted": ".asc",
    "application/pgp-keys": ".asc",
    "application/ms-tnef": ".dat",
    "application/vnd.ms-tnef": ".dat",
}
"""A table of our own: the system's differs from machine to machine."""

_STEMS = {
    "text/calendar": "calendar",
    "text/vcard": "contact",
    "text/x-vcard": "contact",
    "application/pgp-signature": "signature",
    "application/pkcs7-signature": "signature",
    "application/x-pkcs7-signature": "signature",
    "application/pgp-encrypted": "encrypted",
    "application/pgp-keys": "public-key",
    "application/pkcs7-mime": "smime",
    "application/x-pkcs7-mime": "smime",
    "application/ms-tnef": "winmail",
    "application/vnd.ms-tnef": "winmail",
    "message/rfc822": "message",
    "message/delivery-status": "delivery-report",
    "message/feedback-report": "complaint",
}
"""What a file without a name is called, where its type says what it is."""


_LOOKED_AT = 1_000
"""Characters at each end of a name that are looked at: what is shown is far shorter."""


def safe_filename(given: str, content_type: str, number: int) -> str:
    """The last path segment of ``given``, made harmless; a made one where it has none.

    ``given`` is decoded and free of invisible characters. A name that is reserved on some
    operating system gets an underscore before it.
    """
    last = re.split(r"[/\\]", given)[-1]
    last = last[:_LOOKED_AT] + last[-_LOOKED_AT:] if len(last) > 2 * _LOOKED_AT else last
    name = _RESERVED.sub("_", last).strip(" ").rstrip(". ")
    if not name.strip("._ "):
        stem = _STEMS.get(content_type, "attachment")
        return f"{stem}-{number}{_EXTENSIONS.get(content_type, '.bin')}"
    if name.split(".")[0].strip().lower() in _DEVICES:
        name = f"_{name}"
    return _shortened(name)


def _shortened(name: str) -> str:
    if len(name) <= bounds.MAX_FILENAME_CHARS:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 16:
        return name[: bounds.MAX_FILENAME_CHARS]
    return f"{stem[: bounds.MAX_FILENAME_CHARS - len(extension) - 1]}.{extension}"
