"""The text of a file, got by a child that is started for it and ends with it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from postroom.extract import bounds
from postroom.extract.conversing import converse
from postroom.extract.faults import SENTENCES, Fault
from postroom.extract.formats import FORMATS, Told
from postroom.mime.attachments import attachment_text
from postroom.mime.characters.charsets import charset_by_mark, valid
from postroom.mime.characters.unseen import without_unseen
from postroom.mime.files.media_types import OTHER, known_type
from postroom.mime.files.sniffing import HTML, contradicts, type_by_content
from postroom.mime.header.parameters import parse_parameters
from postroom.model.errors import Unavailable

_SAYS_HTML = frozenset({"text/html", "application/xhtml+xml"})
_SAYS_MESSAGE = frozenset({"message/rfc822", "message/global"})
EMPTY = "It is empty."
_FAMILIES = {
    "image": "It is a picture; what it shows is not read here.",
    "audio": "It is a recording; what it says is not read here.",
    "video": "It is a film; what it shows and says is not read here.",
}
OTHER_KIND = "It is no text, and no document of a type that is read here."
_CUT = "Only its beginning was read: it is very long."


@dataclass(frozen=True)
class FileText:
    """What a file is and says. ``reason``: why there is no text, or what is odd about it, in our
    words. ``text`` is a stranger's."""

    content_type: str
    text: str | None = None
    hidden: int = 0
    reason: str | None = None


class FileReader:
    """Reads files, few at a time."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """``environment``: what a child is started with; no secret belongs there."""
        self._environment = dict(environment)
        self._turns = asyncio.Semaphore(bounds.AT_ONCE)
        self._waiting = 0

    async def read(self, content: bytes, declared: str, filename: str) -> FileText:
        """What the file says. ``declared`` is its Content-Type, which may name a charset.

        Raises:
            Unavailable: too many files are being read.
        """
        claimed, parameters = parse_parameters(declared)
        kind, shown = readable_kind(content, claimed, filename)
        odd = contradicts(claimed, shown)
        if kind in FORMATS:
            told = Told(kind, parameters.get("charset", "")[:60], len(content))
            found = await self._in_child(content, told, kind)
        else:
            found = await asyncio.to_thread(_plain, content, declared, filename, shown, odd)
        return replace(found, reason=_reasons(claimed, found, odd))

    async def _in_child(self, content: bytes, told: Told, kind: str) -> FileText:
        answer = await self._answer(content, told)
        text, hidden = answer.get("text"), answer.get("hidden")
        hidden = hidden if isinstance(hidden, int) else 0
        if not isinstance(text, str):
            return FileText(kind, hidden=hidden, reason=_sentence(answer.get("fault")))
        seen, unseen = await asyncio.to_thread(_seen, text)
        return FileText(kind, seen, unseen + hidden, _CUT if answer.get("cut") else None)

    async def _answer(self, content: bytes, told: Told) -> dict[str, Any]:
        await self._turn()
        try:
            return await converse(content, told, self._environment)
        finally:
            self._turns.release()

    async def _turn(self) -> None:
        """Wait for a place. Raises Unavailable where none comes free."""
        if self._waiting >= bounds.MAX_WAITING:
            raise _busy()
        self._waiting += 1
        try:
            async with asyncio.timeout(bounds.PATIENCE_SECONDS):
                await self._turns.acquire()
        except TimeoutError:
            raise _busy() from None
        finally:
            self._waiting -= 1


def readable_kind(content: bytes, claimed: str, filename: str) -> tuple[str, str | None]:
    """(the type to read a file as, "" for plain text if anything; the type that its bytes show).

    A claim is believed only where bytes cannot tell: a mail, and HTML that does not begin as such.
    """
    shown = type_by_content(content)
    if shown is not None:
        return shown, shown
    extension = filename.rpartition(".")[2].lower()
    if claimed in _SAYS_MESSAGE or (extension == "eml" and not claimed.startswith("text/")):
        return "message/rfc822", None
    named_html = extension in ("html", "htm", "xhtml") and claimed != "text/plain"
    if claimed in _SAYS_HTML or (named_html and not claimed.startswith(("image/", "audio/"))):
        is_text = b"\x00" not in content[:1_024] or charset_by_mark(content) != ""
        return (HTML if is_text else ""), None
    return "", None


def _plain(content: bytes, declared: str, filename: str, shown: str | None, odd: bool) -> FileText:
    """A file that needs no library: its text where it is text."""
    claimed, _ = parse_parameters(declared)
    kind = shown or (OTHER if odd else known_type(claimed))
    if shown is not None:
        return FileText(kind, reason=_not_read(kind))
    text = attachment_text(content, OTHER if odd else declared, filename)
    if text is None:
        return FileText(kind, reason=_not_read(kind) if content else EMPTY)
    seen, unseen = _seen(text[: bounds.MAX_CHARS])
    return FileText(kind, seen, unseen, _CUT if len(text) > bounds.MAX_CHARS else None)


def _not_read(kind: str) -> str:
    """Why a file of this type has no text here."""
    family = kind.partition("/")[0]
    return _FAMILIES.get(family, OTHER_KIND)


def _seen(text: str) -> tuple[str, int]:
    return without_unseen(valid(text))


def _sentence(fault: object) -> str:
    known = {str(one): one for one in Fault}
    return SENTENCES[known.get(str(fault), Fault.CRASHED)]


def _reasons(claimed: str, found: FileText, odd: bool) -> str | None:
    says = f"Its mail calls it {known_type(claimed)}; by its content it is {found.content_type}."
    sentences = [says] if odd and found.content_type != known_type(claimed) else []
    return " ".join([*sentences, *([found.reason] if found.reason else [])]) or None


def _busy() -> Unavailable:
    return Unavailable(
        "readers_busy", "Many files are being read at the moment.", "Ask again in a few seconds."
    )
