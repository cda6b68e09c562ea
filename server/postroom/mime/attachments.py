"""The content of one attachment, and its text where it is text."""

from postroom.mime.characters.charsets import charset_by_mark, decode
from postroom.mime.header.parameters import parse_parameters
from postroom.mime.parse import readable
from postroom.mime.structure.tree import Part, read_tree
from postroom.model.errors import NotFound

_TEXT_TYPES = frozenset(
    f"application/{subtype}"
    for subtype in (
        "json", "ld+json", "x-ndjson", "jsonl", "xml", "yaml", "x-yaml", "toml", "javascript",
        "x-javascript", "typescript", "sql", "graphql", "x-sh", "x-shellscript", "x-python",
        "x-httpd-php", "x-tex", "x-latex", "rtf-text", "csv", "x-csv", "ics", "x-ruby", "x-perl",
        "x-subrip", "pgp-signature", "pgp-keys", "x-pem-file", "x-www-form-urlencoded",
    )
)  # fmt: skip
_EXTENSION_WORDS = (
    "txt text log md markdown rst adoc tex csv tsv json jsonl ndjson geojson xml xsd xsl svg"
    " yaml yml toml ini cfg conf properties env html htm xhtml css scss less js mjs ts tsx jsx"
    " vue py pyi rb pl pm php java kt scala groovy c h cc cpp cxx hpp cs go rs swift m mm lua r"
    " jl sh bash zsh fish ps1 bat cmd sql graphql proto tf diff patch ics ical vcf eml mbox srt"
    " vtt pem asc crt csr makefile dockerfile gitignore lock gradle cmake po pot bib"
)
_TEXT_EXTENSIONS = frozenset(_EXTENSION_WORDS.split())
"""File names whose content is text whatever the type says: programs send most files as
application/octet-stream."""

_SAMPLE_BYTES = 8_192


def attachment_content(raw: bytes, number: int) -> bytes:
    """The decoded bytes of leaf ``number`` of the mail ``raw``; NotFound where there is none."""
    root, _ = read_tree(readable(raw)[0])
    for leaf in root.leaves():
        if leaf.number == number:
            return leaf.content()[0]
    raise NotFound(
        "attachment_not_found",
        "The message has no attachment of that number.",
        "List the message's attachments with get_thread.",
    )


def attachment_type(raw: bytes, number: int) -> str:
    """The Content-Type of leaf ``number`` with its charset, as `attachment_text` reads it; ""
    where there is no such leaf."""
    root, _ = read_tree(readable(raw)[0])
    return next((_with_charset(leaf) for leaf in root.leaves() if leaf.number == number), "")


def attachment_text(content: bytes, content_type: str, filename: str) -> str | None:
    """The text of a text-like file as it stands, or None for what is not text. Never raises.

    ``content_type`` may carry a charset. A file that says it is text and holds NUL is no text,
    except in UTF-16. What needs more than a charset to be read, HTML among it, `extract` reads.
    """
    kind, parameters = parse_parameters(content_type)
    extension = filename.rpartition(".")[2].lower()
    if not _is_text(kind, extension) or _is_binary(content):
        return None
    text = decode(content, parameters.get("charset") or charset_by_mark(content))[0]
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_text(kind: str, extension: str) -> bool:
    if kind.startswith("text/") and kind != "text/rtf":
        return True
    if kind in _TEXT_TYPES or kind.endswith(("+json", "+xml", "+yaml")):
        return True
    named = kind in ("", "application/octet-stream", "application/binary", "binary/octet-stream")
    return extension in _TEXT_EXTENSIONS and (named or not _is_media(kind))


def _is_media(kind: str) -> bool:
    return kind.startswith(("image/", "audio/", "video/", "font/", "multipart/", "message/"))


def _is_binary(content: bytes) -> bool:
    """Whether the first bytes cannot be text in any charset that mail uses."""
    sample = content[:_SAMPLE_BYTES]
    return b"\x00" in sample and not charset_by_mark(sample)


def _with_charset(leaf: Part) -> str:
    charset = leaf.parameters.get("charset", "")
    return f"{leaf.content_type}; charset={charset}" if charset else leaf.content_type
