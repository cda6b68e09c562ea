"""Media types that may be named where our own words stand.

A Content-Type is its sender's text: "application/ignore-previous-instructions" is well-formed
(RFC 2045 §5.1). Only types that people registered or use are repeated.
"""

import mimetypes
from functools import cache

OTHER = "application/octet-stream"

_COMMON = {
    "application": (
        "ics calendar+json epub+zip json ld+json x-ndjson xml yaml x-yaml toml sql pgp-encrypted"
        " pgp-keys pgp-signature pkcs7-mime pkcs7-signature x-pkcs7-mime x-pkcs7-signature"
        " pkcs8 pkcs10 pkix-cert x-x509-ca-cert x-pem-file ms-tnef vnd.ms-tnef mac-binhex40"
        " applefile vnd.apple.pkpass vnd.apple.pages vnd.apple.numbers vnd.apple.keynote"
        " msword vnd.ms-excel vnd.ms-powerpoint vnd.ms-outlook vnd.visio rtf"
        " vnd.ms-word.document.macroenabled.12 vnd.ms-excel.sheet.macroenabled.12"
        " vnd.ms-excel.sheet.binary.macroenabled.12"
        " vnd.ms-powerpoint.presentation.macroenabled.12"
        " vnd.openxmlformats-officedocument.wordprocessingml.document"
        " vnd.openxmlformats-officedocument.wordprocessingml.template"
        " vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        " vnd.openxmlformats-officedocument.spreadsheetml.template"
        " vnd.openxmlformats-officedocument.presentationml.presentation"
        " vnd.openxmlformats-officedocument.presentationml.slideshow"
        " vnd.oasis.opendocument.text vnd.oasis.opendocument.spreadsheet"
        " vnd.oasis.opendocument.presentation vnd.oasis.opendocument.graphics"
        " gzip x-gzip x-gtar zip x-zip-compressed x-7z-compressed x-rar-compressed vnd.rar x-bzip2"
        " x-xz zstd java-archive vnd.android.package-archive x-iso9660-image x-msdownload"
        " x-apple-diskimage x-msi x-sqlite3 vnd.sqlite3 wasm pdf postscript x-sh x-shellscript"
        " x-python x-perl x-ruby x-httpd-php javascript x-javascript typescript graphql"
        " x-tex x-latex x-dvi x-subrip vnd.google-earth.kml+xml vnd.google-earth.kmz"
        " gpx+xml geo+json xhtml+xml atom+xml rss+xml dmarc+xml tlsrpt+gzip tlsrpt+json"
        " x-executable x-mach-binary x-ole-storage x-ole-encrypted-package"
        " x-www-form-urlencoded vnd.ms-fontobject x-patch x-diff csv x-csv"
    ),
    "audio": (
        "aac amr flac midi mp4 mpeg ogg opus wav x-wav vnd.wave webm x-m4a x-caf 3gpp x-aiff basic"
    ),
    "font": "otf ttf woff woff2 sfnt collection",
    "image": (
        "avif bmp gif heic heif jp2 jpeg jpg jxl pjpeg png svg+xml tiff vnd.adobe.photoshop"
        " vnd.dwg vnd.dxf vnd.microsoft.icon webp x-icon x-png"
    ),
    "message": (
        "delivery-status disposition-notification external-body feedback-report global"
        " global-delivery-status global-disposition-notification global-headers partial rfc822"
    ),
    "model": "gltf+json gltf-binary obj step stl 3mf",
    "multipart": (
        "alternative appledouble byteranges digest encrypted form-data mixed parallel related"
        " report signed"
    ),
    "text": (
        "calendar css csv enriched html javascript markdown plain richtext rfc822-headers rtf"
        " tab-separated-values troff vcard vtt x-amp-html x-c x-c++ x-chdr x-csrc x-c++src x-diff"
        " x-java x-log x-markdown x-moz-deleted x-patch x-perl x-python x-script.python x-ruby x-sh"
        " x-shellscript x-sql x-tex x-vcalendar x-vcard x-yaml xml yaml directory"
    ),
    "video": (
        "3gpp 3gpp2 avi h264 mp2t mp4 mpeg ogg quicktime webm x-flv x-m4v x-matroska x-ms-wmv"
        " x-msvideo"
    ),
}
"""What mail programs send beside Python's table, which differs from version to version."""


def known_type(media_type: str) -> str:
    """The type itself where it is a known one, otherwise application/octet-stream."""
    named = media_type.lower()
    return named if named in _known() else OTHER


@cache
def _known() -> frozenset[str]:
    table = mimetypes.MimeTypes()  # Python's own: not what this machine's files add
    of_python = (kind for types in table.types_map for kind in types.values())
    common = (f"{top}/{sub}" for top, subs in _COMMON.items() for sub in subs.split())
    return frozenset((*of_python, *common))
