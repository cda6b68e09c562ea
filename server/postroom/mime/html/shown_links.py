"""Links that lead elsewhere than their words say: the real place is put beside them.

    the text shows      the target              what is read
    a host              another host            both
    an address          other addresses         all of them, without a link around them
    anything            a script, or content    the words alone: it leads nowhere that can be named

Compared is what a reader sees: without characters that show nothing, and with every sign that looks
like a dot, or that browsers take for one, as a dot.
"""

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin

from postroom.mime.characters.unseen import without_unseen

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_TARGET = re.compile(
    r"(?:https?:[/\\]*|[/\\]{2,}|[a-z][a-z0-9+.-]{0,30}:[/\\]{2,})([^/\\?#]*)", re.IGNORECASE
)
_RELATIVE = re.compile(r"(?![a-z][a-z0-9+.-]{0,30}:|[/\\]{2,}|#).", re.IGNORECASE | re.DOTALL)
_NO_PLACE = re.compile(r"(?:javascript|vbscript|livescript|data|blob):", re.IGNORECASE)
"""Schemes that carry a script or a content: there is no host behind them."""

_IGNORED = re.compile(r"[\t\r\n]+")
_STRIPPED = "".join(map(chr, range(0x21)))
"""What browsers take out of an address, and from its ends (WHATWG URL §4.4)."""

_DOTS = re.compile("(?<=[^\\W_])[\u3002\uff61](?=[0-9A-Za-z])")
"""The full stop of Chinese and Japanese between words is the dot of a host (UTS 46 §4); one that is
followed by their letters ends a sentence. All others are dots by NFKC."""

_NAMED = re.compile(r"(?:https?://)?([^\s/@:?#]{1,253})(?:[/:?#]\S*)?$", re.IGNORECASE)
_HOST = re.compile(
    r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,20}(?:xn--[a-z0-9-]{2,59}|[^\W\d_]{2,63})$"
)
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:@]{1,64}@[^\s<>()\[\]\"',;:@]{1,255}")
_MAX_ADDRESSES = 5
"""Addresses that a link to write to is said to have: a stranger's link may have thousands."""

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


def show_real_targets(tree: "LexborHTMLParser", base: str = "") -> None:
    """Say behind a link's text where it leads, where that text names another place.

    ``www.bank.example`` that leads to evil.example becomes
    ``www.bank.example (leads to evil.example)``. A host of the same site says nothing. ``base`` is
    what relative links start from. Images must be words by now, for they are what a link shows.
    """
    for link in tree.css("a[href]"):
        target = _IGNORED.sub("", link.attributes.get("href") or "").strip(_STRIPPED)
        if base and _RELATIVE.match(target):
            target = _joined(base, target)
            link.attrs["href"] = target
        if _NO_PLACE.match(target):
            link.unwrap()
            continue
        text = _seen(link.text() or "")
        if target[:7].lower() == "mailto:":
            _show_addresses(link, text, target[7:])
            continue
        if "." not in text:
            continue
        host = _host_of(target)
        if host and any(not _same_site(named, host) for named in _hosts_in(text)):
            link.insert_child(f" (leads to {host})")


def _show_addresses(link: "LexborNode", text: str, target: str) -> None:
    """Unwrap a link to an address that is there to read, and say those that are not."""
    if "@" not in text:
        return
    shown = {one.strip(".").lower() for one in _ADDRESS.findall(text)}
    other = [one for one in _addresses_of(target[:2_000]) if one.lower() not in shown]
    if other:
        link.insert_child(f" (leads to {', '.join(other[:_MAX_ADDRESSES])})")
    link.unwrap()


def _addresses_of(target: str) -> list[str]:
    """Whom a mailto link writes to: in its path, and in the fields behind it (RFC 6068 §2)."""
    path, _, query = target.partition("?")
    fields = (field.partition("=") for field in query.split("&"))
    people = [path, *(value for name, _, value in fields if name.lower() in ("to", "cc", "bcc"))]
    found = (one for part in people for one in _ADDRESS.findall(unquote(part)))
    return [one for one in dict.fromkeys(found) if one.isprintable()]


def _joined(base: str, target: str) -> str:
    try:
        return urljoin(base, target)
    except ValueError:  # what stands in brackets is no IPv6 address
        return target


def _seen(text: str) -> str:
    """``text`` as it looks: compatible forms as plain ones, and nothing that shows nothing."""
    if text.isascii():
        return text
    return _DOTS.sub(".", unicodedata.normalize("NFKC", without_unseen(text)[0]))


def _host_of(target: str) -> str:
    """The host that a browser would ask; "" where the target names none."""
    found = _TARGET.match(target)
    if found is None:
        return ""
    return _plain(found[1].rpartition("@")[2].partition(":")[0])


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
    host = _seen(host[:300]).strip(" .").lower()
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            host = ascii(host)[1:-1]
    return host.removeprefix("www.")


def _same_site(one: str, other: str) -> bool:
    return one == other or one.endswith("." + other) or other.endswith("." + one)
