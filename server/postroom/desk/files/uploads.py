"""Files that are brought by the network, and kept until a mail takes them along."""

import hashlib
import mimetypes
import re
from collections.abc import AsyncIterator
from functools import partial

from postroom.clock import Clock
from postroom.desk import door
from postroom.desk.times import iso
from postroom.index import journal, uploads
from postroom.index.database import Connection, Row
from postroom.index.index import Index
from postroom.index.uploads import NewUpload
from postroom.mime.files.filenames import safe_filename
from postroom.model.callers import Caller
from postroom.model.errors import InvalidRequest, Refused, TooLarge, Unavailable
from postroom.model.limits import MAX_ATTACHMENT_BYTES, MAX_UPLOADED_BYTES, MAX_UPLOADS
from postroom.model.upload_answers import Uploaded

PART_BYTES = 1024 * 1024
"""What is in memory of a file, and written at once."""

_TYPE = re.compile(
    r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+(; ?charset=[a-z0-9_.:-]+)?", re.IGNORECASE
)


class Uploads:
    """What is asked about files that come before their mail."""

    def __init__(self, index: Index, clock: Clock) -> None:
        self._index = index
        self._clock = clock

    async def take(
        self,
        caller: Caller,
        pieces: AsyncIterator[bytes],
        filename: str,
        content_type: str | None = None,
    ) -> Uploaded:
        """Keep a file, and the id by which a mail takes it along. It is the caller's own, and of
        whoever sees the same of its agent's mail.

        Raises:
            InvalidRequest: it has no name, or a type that is none.
            TooLarge: no mail takes it along.
            Refused: too much is kept already.
        """
        door.require(caller, "send")
        new = await self._index.read(lambda con: _new(con, caller, filename, content_type))
        id = await self._index.write(lambda con: self._begin(con, new))
        try:
            digest = await self._keep(new, id, pieces)
            row = await self._index.write(
                lambda con: uploads.end(con, self._clock(), id, door.actor(caller), digest)
            )
        except BaseException:
            # Not awaited: who brings it may be gone, and this call with it.
            self._index.note(lambda con: uploads.break_off(con, id))
            raise
        return _told(row)

    def _begin(self, con: Connection, new: NewUpload) -> int:
        if uploads.kept(con, new.owner).count >= MAX_UPLOADS:
            raise Refused(
                "too_many_uploads",
                f"{MAX_UPLOADS} files are kept for you already.",
                "Each goes a day after it came.",
            )
        return uploads.begin(con, self._clock(), new)

    async def _keep(self, new: NewUpload, id: int, pieces: AsyncIterator[bytes]) -> bytes:
        """Write all of it, part by part; the salted hash of it."""
        salt = await self._index.read(journal.salt)
        hashed = hashlib.blake2b(key=salt, digest_size=16)
        number = size = 0
        async for part in _parts(pieces):
            size += len(part)
            if size > MAX_ATTACHMENT_BYTES:
                raise too_large()
            hashed.update(part)
            add = partial(_add, now=self._clock(), new=new, id=id, number=number, part=part)
            await self._index.write(add)
            number += 1
        return hashed.digest()


def too_large() -> TooLarge:
    """What is said of a file that no mail takes."""
    return TooLarge(
        "attachments_too_large",
        f"The file is larger than {MAX_ATTACHMENT_BYTES // 2**20} MB, which no mail takes along.",
        "Send a smaller one, or a link to it.",
    )


def _new(con: Connection, caller: Caller, filename: str, content_type: str | None) -> NewUpload:
    if not filename.strip() or len(filename) > 255:
        raise InvalidRequest(
            "attachment_filename",
            "The file needs a name." if not filename.strip() else "The file's name is too long.",
            "Give it one of at most 255 characters in the query, such as ?filename=notes.txt, or in"
            " Content-Disposition.",
        )
    if content_type is not None and not _TYPE.fullmatch(content_type.strip()):
        raise InvalidRequest(
            "content_type_invalid", "The content type is none.", "Such as application/pdf."
        )
    guessed = content_type or mimetypes.guess_type(filename)[0] or "application/octet-stream"
    kind = guessed.strip().lower()
    owner, confined = door.uploader(con, caller)
    return NewUpload(owner, confined, safe_filename(filename, kind, 0), kind)


def _add(con: Connection, now: float, new: NewUpload, id: int, number: int, part: bytes) -> None:
    if uploads.kept(con, new.owner).size + len(part) > MAX_UPLOADED_BYTES:
        raise Refused(
            "uploads_full",
            f"More than {MAX_UPLOADED_BYTES // 2**20} MB would be kept for you.",
            "Each file goes a day after it came.",
        )
    if not uploads.add_part(con, now, id, number, part):
        raise Unavailable(
            "upload_too_slow", "The file took too long to come, and is not kept.", "Send it anew."
        )


async def _parts(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in parts of one size, but for the last."""
    held = bytearray()
    async for piece in pieces:
        held += piece
        while len(held) >= PART_BYTES:
            yield bytes(held[:PART_BYTES])
            del held[:PART_BYTES]
    if held:
        yield bytes(held)


def _told(row: Row) -> Uploaded:
    return Uploaded(
        attachment_id=row["public_id"],
        filename=row["filename"],
        content_type=row["content_type"],
        size=row["size"],
        expires_at=iso(row["expires_at"]),
    )
