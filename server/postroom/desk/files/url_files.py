"""Files that a send names by URL: which may be, and their bytes.

The client that fetches them is handed to the desk: the one connection that is opened from here.
"""

import asyncio
import mimetypes
import re
from collections.abc import Callable, Collection
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from postroom.guarded.bounds import Bounds
from postroom.guarded.client import GuardedClient
from postroom.guarded.exchange import Answer
from postroom.guarded.targets import Target
from postroom.model.errors import InvalidRequest, NotFound, PeerError, PostroomError, Refused
from postroom.model.limits import MAX_ATTACHMENT_BYTES
from postroom.model.messages import AttachedFile, RemoteFile
from postroom.model.requests import AttachmentRequest

FETCH_SECONDS = 20.0
"""For all files of a mail together: an agent's client waits for the answer, some for a minute."""

REDIRECTS = 3
"""A store leads to the place where a file lies; more is a chase."""

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
_SAYS_NOTHING = frozenset({"application/octet-stream", "binary/octet-stream"})


def only(hosts: Collection[str]) -> Callable[[Target], None]:
    """What refuses every URL whose host is none of these, for a `GuardedClient`."""
    listed = frozenset(hosts)

    def judge(target: Target) -> None:
        if not listed:
            raise Refused(
                "urls_not_allowed",
                "No host is listed from which files may be fetched.",
                "Pass the content as text or content_base64, or ask the operator to list the host"
                " under attachment_url_hosts in postroom.toml.",
            )
        if target.host not in listed:
            raise Refused(
                "url_host_not_listed",
                "That host is none from which the operator lets files be fetched.",
                "Pass the content, or ask the operator to list the host under attachment_url_hosts"
                " in postroom.toml.",
            )

    return judge


_ELSEWHERE = (
    "Files are fetched by https at port 443, from addresses that are anybody's: pass the content."
)


class UrlFiles:
    """What is asked about files that lie elsewhere."""

    def __init__(self, web: GuardedClient) -> None:
        self._web = web

    async def close(self) -> None:
        """Let all connections go."""
        await self._web.aclose()

    def named(self, asked: AttachmentRequest, place: int) -> RemoteFile:
        """What a URL names; nobody is asked yet.

        Raises:
            InvalidRequest, Refused: it is no URL, or none that may be fetched.
        """
        assert asked.url is not None
        try:
            target = self._web.target(asked.url)
        except PostroomError as error:
            raise _of(place, error) from None
        name = asked.filename or _last_part(target.url)
        if not name:
            raise needs_filename(place)
        return RemoteFile(
            url=target.url, host=target.host, filename=name, content_type=asked.content_type
        )

    async def fetched(
        self, files: tuple[AttachedFile | RemoteFile, ...]
    ) -> tuple[AttachedFile, ...]:
        """The bytes of all files, in their order.

        Raises:
            InvalidRequest: they are too large together. NotFound: nothing lies there, or not any
                more. Unavailable, PeerError, PeerTimeout: the host does not give it.
        """
        room = MAX_ATTACHMENT_BYTES - sum(
            len(each.content) for each in files if isinstance(each, AttachedFile)
        )
        ends = asyncio.get_running_loop().time() + FETCH_SECONDS
        found: list[AttachedFile] = []
        for place, each in enumerate(files, 1):
            if isinstance(each, RemoteFile):
                each = await self._one(each, place, room, ends)
                room -= len(each.content)
            found.append(each)
        return tuple(found)

    async def _one(self, file: RemoteFile, place: int, room: int, ends: float) -> AttachedFile:
        left = max(0.0, ends - asyncio.get_running_loop().time())
        bounds = Bounds(whole_seconds=left, max_octets=room, redirects=REDIRECTS)
        try:
            answer = await self._web.ask("GET", file.url, bounds=bounds)
        except PostroomError as error:
            if error.code == "peer_too_large":
                raise _too_large(place) from None
            raise _of(place, error) from None
        if answer.status != 200:
            raise _not_there(answer.status, place)
        return AttachedFile(
            filename=file.filename, content_type=_type(file, answer), content=answer.body
        )


def needs_filename(place: int) -> InvalidRequest:
    """What is said of a file without a name."""
    return InvalidRequest(
        "attachment_filename", f"Attachment {place} needs a filename.", "Such as notes.txt."
    )


def _last_part(url: str) -> str:
    return PurePosixPath(unquote(urlsplit(url).path)).name


def _type(file: RemoteFile, answer: Answer) -> str:
    """What the caller calls it, else what its name or its server does."""
    said = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    usable = said if _TYPE.fullmatch(said) and said not in _SAYS_NOTHING else None
    guessed = mimetypes.guess_type(file.filename)[0]
    return file.content_type or guessed or usable or "application/octet-stream"


def _of(place: int, error: PostroomError) -> PostroomError:
    # No list of the operator's opens other addresses and ports here.
    then = _ELSEWHERE if error.code in ("url_address_refused", "url_port_refused") else ""
    said = f"Attachment {place}: {error.message}"
    return type(error)(error.code, said, then or error.next_step)


def _too_large(place: int) -> InvalidRequest:
    return InvalidRequest(
        "attachments_too_large",
        f"With attachment {place} the files are larger than {MAX_ATTACHMENT_BYTES // 2**20} MB"
        " together.",
        "Send fewer or smaller ones.",
    )


def _not_there(status: int, place: int) -> PostroomError:
    said = f"The server of attachment {place} answers {status} in the place of a file"
    if 400 <= status < 500:
        return NotFound(
            "url_gone",
            f"{said}: the link has expired, or nothing lies there for everybody.",
            "Get a fresh link, or pass the content. Nothing was sent.",
        )
    return PeerError(
        "url_failed", f"{said}.", "Try again later, or pass the content. Nothing was sent."
    )
