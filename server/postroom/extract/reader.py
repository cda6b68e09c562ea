"""The text of a file, got by a child that is started for it and ends with it."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

from postroom.extract import bounds
from postroom.extract.faults import SENTENCES, Fault
from postroom.extract.formats import FORMATS, Told
from postroom.mime.attachments import attachment_text
from postroom.mime.charsets import charset_by_mark, valid
from postroom.mime.media_types import OTHER, known_type
from postroom.mime.parameters import parse_parameters
from postroom.mime.signatures import HTML, contradicts, type_by_content
from postroom.mime.unseen import without_unseen
from postroom.model.errors import Unavailable

_ANSWER_BYTES = bounds.MAX_CHARS * 12 + 1_000
"""The longest answer that a child can honestly give: a character is at most two ``\\uXXXX``."""

_SAYS_HTML = frozenset({"text/html", "application/xhtml+xml"})
_SAYS_MESSAGE = frozenset({"message/rfc822", "message/global"})
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
            told = Told(kind, parameters.get("charset", "")[:60])
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
            return await self._converse(content, told)
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

    async def _converse(self, content: bytes, told: Told) -> dict[str, Any]:
        """What the child says of ``content``; it has ended when this returns, however it went."""
        child = await self._start()
        try:
            async with asyncio.timeout(bounds.SECONDS):
                said = await _said(child, content, told)
        except TimeoutError:
            return {"fault": Fault.SLOW}
        finally:
            await _end(child)
        try:
            answer = json.loads(said)
        except ValueError:
            return {"fault": Fault.CRASHED}
        return answer if isinstance(answer, dict) else {"fault": Fault.CRASHED}

    async def _start(self) -> Process:
        """A child that knows nothing of us: no environment, no descriptor but its three."""
        try:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                "-I",
                "-m",
                "postroom.extract.child",
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                env=self._environment,
                start_new_session=True,  # an interrupt at the terminal is ours to answer
            )
        except OSError as error:
            raise Unavailable(
                "reader_unavailable",
                f"The program that reads files cannot be started: {error.strerror}.",
                "Ask the operator to look at the machine's limits on processes and memory.",
            ) from error


async def _said(child: Process, content: bytes, told: Told) -> bytes:
    """All that the child says, at most a bounded number of bytes."""
    assert child.stdin is not None
    assert child.stdout is not None
    feeding = asyncio.ensure_future(_feed(child, content, told))
    pieces, left = [], _ANSWER_BYTES
    try:
        while left > 0:
            piece = await child.stdout.read(min(left, 1 << 20))
            if not piece:
                break
            pieces.append(piece)
            left -= len(piece)
    finally:
        feeding.cancel()
    return b"".join(pieces)


async def _end(child: Process) -> None:
    """Wait until the child is gone, ended by us if need be, and its pipes are closed."""
    assert child.stdin is not None
    assert child.stdout is not None
    with suppress(ProcessLookupError):  # it has ended, and its end is not told yet
        child.kill()
    child.stdin.close()
    while await child.stdout.read(1 << 16):
        pass  # what was on its way: a pipe that is not read to its end stays open
    await child.wait()


async def _feed(child: Process, content: bytes, told: Told) -> None:
    assert child.stdin is not None
    try:
        child.stdin.write(json.dumps(asdict(told)).encode() + b"\n")
        child.stdin.write(content)
        await child.stdin.drain()
        child.stdin.close()
    except ConnectionError:
        return  # it ended before it had read everything: what it said tells why


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
        return FileText(kind)
    text = attachment_text(content, OTHER if odd else declared, filename)
    if text is None:
        return FileText(kind)
    seen, unseen = _seen(text[: bounds.MAX_CHARS])
    return FileText(kind, seen, unseen, _CUT if len(text) > bounds.MAX_CHARS else None)


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
