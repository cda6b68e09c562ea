"""Links whose text names another host than they lead to: the real one is put beside it."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_TARGET = re.compile(r"(?:https?:[/\\]*|[/\\]{2,})([^/\\?#]*)", re.IGNORECASE)
_IGNORED = re.compile(r"[\t\r\n]+")
"""What browsers take out of an address (WHATWG URL §4.4)."""

_NAMED = re.compile(r"(?:https?://)?([^\s/@:?#]{1,253})(?:[/:?#]\S*)?$", re.IGNORECASE)
_HOST = re.compile(
    r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,20}(?:xn--[a-z0-9-]{2,59}|[^\W\d_]{2,63})$"
)

_FILES = frozenset(
    {
        "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "txt", "csv", "zip", "png",
        "jpg", "jpeg", "gif", "svg", "html", "htm", "js", "json", "xml", "ics", "md", "exe", "mp4",
    }
)  # fmt: skip
"""Endings of file names, which look like hosts."""

_MAX_WORDS = 40
"""Words of a link's text in which a host is looked for: a longer text is no address."""

_AROUND = "()[]<>{}\"'“”„«»‹›.,;!*_"


def show_hosts(tree: "LexborHTMLParser") -> None:
    """Say behind a link's text where it leads, where that text names another host.

    ``www.bank.example`` that leads to evil.example becomes
    ``www.bank.example (leads to evil.example)``. A host of the same site says nothing. A link to an
    address that is there to read is unwrapped.
    """
    for link in tree.css("a[href]"):
        target = _IGNORED.sub("", link.attributes.get("href") or "").strip()
        text = link.text() or ""
        if target[:7].lower() == "mailto:":
            if "@" in text:
                link.unwrap()  # the address is there to read; a link around it says it twice
            continue
        if "." not in text:
            continue
        host = _host_of(target)
        if host and any(not _same_site(named, host) for named in _hosts_in(text)):
            link.insert_child(f" (leads to {host})")


def _host_of(target: str) -> str:
    """The host that a browser would ask; "" where the target names none."""
    found = _TARGET.match(target)
    if found is None:
        return ""
    host = found[1].rpartition("@")[2].partition(":")[0]
    return _plain(host)


def _hosts_in(text: str) -> list[str]:
    """The hosts that a reader would see named in ``text``."""
    hosts = []
    for word in text.split(maxsplit=_MAX_WORDS)[:_MAX_WORDS]:
        found = _NAMED.match(word.strip(_AROUND))
        if found is None or not _HOST.match(found[1]):
            continue
        if "://" in word or found[1].rpartition(".")[2].lower() not in _FILES:
            hosts.append(_plain(found[1]))
    return hosts


def _plain(host: str) -> str:
    """A host in lower case and ASCII, without the dot at its end and the "www" before it."""
    host = host[:300].strip(" .").lower()
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            host = ascii(host)[1:-1]
    return host.removeprefix("www.")


def _same_site(one: str, other: str) -> bool:
    return one == other or one.endswith("." + other) or other.endswith("." + one)
