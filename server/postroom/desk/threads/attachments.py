"""Attachments: those that came, and those that go out."""

import asyncio
import base64
import binascii
import mimetypes
import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path, PurePath

from postroom.desk import cursors, door
from postroom.desk.files.url_files import UrlFiles, needs_filename
from postroom.desk.threads.budget import MIN_TOKENS, cut, fits
from postroom.desk.threads.long_links import long_links
from postroom.desk.threads.read_files import ReadFiles
from postroom.extract.reader import FileReader
from postroom.index import ids, mail, uploads
from postroom.index.database import Connection
from postroom.index.index import Index
from postroom.mime.attachments import attachment_content, attachment_type
from postroom.mime.files.media_types import known_type
from postroom.model.answers import AttachmentAnswer
from postroom.model.callers import Caller
from postroom.model.errors import InvalidRequest, NotFound, Refused
from postroom.model.limits import (
    DEFAULT_THREAD_TOKENS,
    MAX_ATTACHMENT_BYTES,
    MAX_ATTACHMENTS,
    MAX_THREAD_TOKENS,
)
from postroom.model.messages import AttachedFile, AttachmentPart, RemoteFile
from postroom.model.requests import AttachmentRequest


class Attachments:
    """What is asked about files."""

    def __init__(
        self,
        index: Index,
        folders: Sequence[Path],
        home: Path,
        reader: FileReader,
        urls: UrlFiles,
    ) -> None:
        """``folders``: below these a path may be sent; never anything of ``home``. ``urls`` knows
        the files that lie elsewhere."""
        self._urls = urls
        self._index = index
        self._read_files = ReadFiles(reader)
        self._folders = tuple(folders)
        self._home = home

    async def read(
        self,
        caller: Caller,
        attachment_id: str,
        max_tokens: int = DEFAULT_THREAD_TOKENS,
        cursor: str | None = None,
    ) -> AttachmentAnswer:
        """A page of a file's text, or what the file is, why it has none, and who can get it."""
        door.require(caller, "read")
        if not MIN_TOKENS <= max_tokens <= MAX_THREAD_TOKENS:
            raise InvalidRequest(
                "max_tokens_out_of_range",
                f"max_tokens is from {MIN_TOKENS} to {MAX_THREAD_TOKENS}.",
                "Pass one in between, or leave it out.",
            )
        id = attachment_id.strip()
        if id.startswith("l_"):
            return await self._link(caller, id)
        content, part, declared = await self._content(caller, id)
        start = await self._place(id, cursor)
        file = await self._read_files.read(id, content, declared, part.filename)
        page = None if file.text is None else _page(file.text[start:], max_tokens)
        end = start + len(page or "")
        left = len(file.text or "") - end
        return AttachmentAnswer(
            attachment_id=id,
            untrusted_filename=part.filename,
            content_type=file.content_type,
            size=part.size,
            untrusted_text=page,
            reason=file.reason,
            hidden_text=file.hidden or None,
            left_out=f"the last {left} of {len(file.text or '')} characters" if left > 0 else None,
            next_cursor=await self._next(id, end) if left > 0 else None,
            next_step=_next_step(id) if file.text is None else None,
        )

    async def _place(self, id: str, cursor: str | None) -> int:
        if cursor is None:
            return 0
        return await self._index.read(lambda con: cursors.read(con, id, cursor))

    async def _next(self, id: str, offset: int) -> str:
        return await self._index.read(lambda con: cursors.reading(con, id, offset))

    async def _link(self, caller: Caller, link_id: str) -> AttachmentAnswer:
        """A long link whole, by the id that stands for it in a message's text."""

        def look(con: Connection) -> str:
            row, number = door.link(con, caller, link_id)
            fields = mail.message(con, row["id"])
            links = long_links(fields["text"]) if fields else []
            if number >= len(links):
                raise door.no_link()
            return links[number]

        link = await self._index.read(look)
        return AttachmentAnswer(
            attachment_id=link_id,
            untrusted_filename="link",
            content_type="text/uri-list",
            size=len(link.encode()),
            untrusted_text=link,
        )

    async def save(self, caller: Caller, attachment_id: str) -> tuple[bytes, str]:
        """(bytes, safe file name) of an attachment."""
        door.require(caller, "read")
        content, part, _ = await self._content(caller, attachment_id)
        return content, part.filename

    async def download(self, caller: Caller, attachment_id: str) -> AttachedFile:
        """A file whole, with a safe name and a type that somebody registered."""
        door.require(caller, "read")
        content, part, _ = await self._content(caller, attachment_id)
        kind = known_type(part.content_type)
        return AttachedFile(filename=part.filename, content_type=kind, content=content)

    async def resolve(
        self, caller: Caller, asked: Sequence[AttachmentRequest]
    ) -> tuple[AttachedFile | RemoteFile, ...]:
        """The real bytes of what a send asks to attach, before anything is queued; of a URL what it
        names, which is fetched once the draft is judged.

        Raises:
            InvalidRequest: a file is named wrongly or too large. Refused: outside the operator's
            folders, or at a host that is not listed. NotFound: no such file or attachment.
        """
        door.require(caller, "send")
        if len(asked) > MAX_ATTACHMENTS:
            raise InvalidRequest(
                "too_many_attachments",
                f"A mail carries at most {MAX_ATTACHMENTS} files.",
                "Send several mails, or one archive.",
            )
        files: list[AttachedFile | RemoteFile] = []
        for place, one in enumerate(asked, 1):
            files.append(await self._resolve_one(caller, one, place))
            if sum(len(f.content) for f in files if isinstance(f, AttachedFile)) > (
                MAX_ATTACHMENT_BYTES
            ):
                raise InvalidRequest(
                    "attachments_too_large",
                    f"The files are larger than {MAX_ATTACHMENT_BYTES // 2**20} MB together.",
                    "Send fewer or smaller ones.",
                )
        return tuple(files)

    async def _content(self, caller: Caller, id: str) -> tuple[bytes, AttachmentPart, str]:
        """(bytes, what it is, its type with the declared charset)."""
        if ids.is_upload(id.strip()):
            return await self._index.read(lambda con: self._uploaded(con, caller, id))

        def look(con: Connection) -> tuple[bytes | None, int, str]:
            row, number = door.attachment(con, caller, id)
            fields = mail.message(con, row["id"])
            return mail.raw(con, row["id"]), number, fields["attachments"] if fields else "[]"

        raw, number, listed = await self._index.read(look)
        parts = [p for p in mail.attachments_of(listed) if p.number == number]
        if raw is None or not parts:
            raise NotFound(
                "attachment_not_found",
                "There is no such attachment, or its mail has expired.",
                "get_thread lists a message's attachments with their ids.",
            )
        content = await asyncio.to_thread(attachment_content, raw, number)
        declared = await asyncio.to_thread(attachment_type, raw, number)
        return content, parts[0], declared or parts[0].content_type

    def _uploaded(
        self, con: Connection, caller: Caller, id: str
    ) -> tuple[bytes, AttachmentPart, str]:
        row = door.upload(con, caller, self._index.clock(), id)
        part = AttachmentPart(
            number=0,
            filename=row["filename"],
            content_type=row["content_type"].partition(";")[0],
            size=row["size"],
        )
        return uploads.content(con, row["id"]), part, row["content_type"]

    async def _resolve_one(
        self, caller: Caller, asked: AttachmentRequest, place: int
    ) -> AttachedFile | RemoteFile:
        sources = (asked.text, asked.content_base64, asked.path, asked.url, asked.attachment_id)
        if sum(source is not None for source in sources) != 1:
            raise InvalidRequest(
                "attachment_source",
                f"Attachment {place} needs exactly one of text, content_base64, path, url and"
                " attachment_id.",
                "Pass one of them.",
            )
        if asked.url is not None:
            return self._urls.named(asked, place)
        name, content, content_type = await self._source(caller, asked, place)
        name = asked.filename or name
        if not name:
            raise needs_filename(place)
        guessed = asked.content_type or content_type or mimetypes.guess_type(name)[0]
        # What was given as text is text, whatever it is called: its reader should see the words.
        other = "text/plain" if asked.text is not None else "application/octet-stream"
        return AttachedFile(filename=name, content_type=guessed or other, content=content)

    async def _source(
        self, caller: Caller, asked: AttachmentRequest, place: int
    ) -> tuple[str, bytes, str | None]:
        """(its own name, bytes, its own type)."""
        if asked.text is not None:
            return "", asked.text.encode(), None
        if asked.content_base64 is not None:
            return "", _decoded(asked.content_base64, place), None
        if asked.attachment_id is not None:
            content, part, declared = await self._content(caller, asked.attachment_id)
            return part.filename, content, declared
        assert asked.path is not None
        path = asked.path
        return PurePath(path).name, await asyncio.to_thread(self._file, path, place), None

    def _file(self, path: str, place: int) -> bytes:
        if not self._folders:
            raise Refused(
                "paths_not_allowed",
                "No folder is listed from which files may be sent.",
                "Pass the content as text or content_base64, or ask the operator to list a folder"
                " under attachment_folders in postroom.toml.",
            )
        try:
            real = Path(path).expanduser().resolve()
        except (OSError, ValueError, RuntimeError):  # a loop of links, a NUL, nobody's home
            raise _no_file(place) from None
        if not self._is_listed(real):
            raise _not_listed(place)
        try:
            content = _content_of(real, self._is_listed)
        except PermissionError:
            raise _not_listed(place) from None
        except OSError:
            raise _no_file(place) from None
        if len(content) > MAX_ATTACHMENT_BYTES:
            raise InvalidRequest(
                "attachments_too_large",
                f"The file of attachment {place} is larger than"
                f" {MAX_ATTACHMENT_BYTES // 2**20} MB.",
                "Send a smaller one, or a link to it.",
            )
        return content

    def _is_listed(self, real: Path) -> bool:
        """Whether a resolved path lies below a listed folder, and not in our home."""
        allowed = any(real.is_relative_to(folder.resolve()) for folder in self._folders)
        return allowed and not real.is_relative_to(self._home.resolve())


def _content_of(path: Path, is_listed: Callable[[Path], bool]) -> bytes:
    """The bytes of a regular file, at most one more than may be sent.

    What is open is looked at, not the name: a folder on the way may have been swapped for a link
    between the check and the opening. So the path is resolved again, and what lies there must be
    listed, and be the very file that is open. A pipe must not make us wait.

    Raises:
        PermissionError: it is another file by now. OSError: it cannot be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise FileNotFoundError(path)
        again = path.resolve()
        if not is_listed(again) or not os.path.samestat(os.fstat(file.fileno()), again.stat()):
            raise PermissionError(path)
        return file.read(MAX_ATTACHMENT_BYTES + 1)


def _not_listed(place: int) -> Refused:
    return Refused(
        "path_not_allowed",
        f"The file of attachment {place} is outside the folders that the operator listed.",
        "Move it there, or pass its content.",
    )


def _no_file(place: int) -> NotFound:
    return NotFound(
        "file_not_found",
        f"The file of attachment {place} cannot be read.",
        "Check its `path`, or pass the content.",
    )


def _decoded(text: str, place: int) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidRequest(
            "base64_malformed",
            f"content_base64 of attachment {place} is not base64 (RFC 4648 §4).",
            "Pass text for text files.",
        ) from error


def _page(text: str, tokens: int) -> str:
    return text if fits(text, tokens) else cut(text, tokens)


def _next_step(id: str) -> str:
    return (
        "Its text cannot be had. Pass it on with send_email (attachment_id), or ask the operator to"
        f" save it: postroom threads attachment {id}"
    )
