"""One connection to a mailbox: all that other rooms see of IMAP."""

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Self

from postroom.imap.account import ImapLogin
from postroom.imap.folders import FolderName, SelectedFolder, folder_of
from postroom.imap.grammar import Argument, astring
from postroom.imap.mail import FetchedMail
from postroom.imap.responses import Untagged, garbage
from postroom.imap.utf7 import encode_name
from postroom.model.errors import Conflict, InvalidRequest, NotFound, PeerError, Refused

if TYPE_CHECKING:
    from postroom.imap.dialogue import Dialogue, Reply

IDLE_ROUND_SECONDS = 540.0
"""How long one IDLE lasts before it is renewed: routers forget silent connections after some ten
minutes, and servers hang up after thirty (RFC 2177 §3)."""

LOGOUT_SECONDS = 2.0
"""How long a parting server may take; nothing depends on its answer."""

_CODE = re.compile(rb"\[(UIDVALIDITY|UIDNEXT) (\d{1,10})\]", re.IGNORECASE)
_FLAG = re.compile(r"\\?[A-Za-z0-9$_.-]+")


class ImapConnection:
    """A logged-in connection. One task uses it at a time; a command may be cancelled.

    Whatever the server does, a call ends: with its result, with Refused or NotFound where the
    server says no, with PeerError (ConnectionLost, PeerTimeout) where the connection is over. It
    is over for every later call then, too.
    """

    def __init__(self, dialogue: "Dialogue", capabilities: frozenset[str]) -> None:
        self.capabilities = capabilities
        """What the server can do, upper case: IDLE, UIDPLUS, CONDSTORE …"""
        self._dialogue = dialogue
        self._selected = 0
        """Counts the folders that were opened, so that a fetch notices another one."""
        self._odd_names: dict[str, bytes] = {}
        """Folders whose name on the wire is not how we would write it."""

    @classmethod
    async def open(cls, login: ImapLogin, *, timeout: float = 10.0) -> Self:
        """Connected and logged in.

        ``timeout`` is the patience, in seconds, for a server that is silent: here and later.
        Raises ConnectionLost where it cannot be reached or hangs up, PeerTimeout, PeerError, and
        Refused (``imap_login_refused``, ``imap_login_disabled``).
        """
        # Loaded with the first connection: a program that starts need not pay for it.
        from postroom.imap.opening import open_dialogue

        return cls(*await open_dialogue(login, timeout))

    async def folders(self) -> tuple[FolderName, ...]:
        """All folders, in the server's order, with their special uses where it tells them."""
        reply = await self._dialogue.ask("LIST", '""', '"*"', wanted="LIST")
        if not reply.ok:
            raise Refused("imap_list_refused", "The IMAP server does not list its folders.")
        with self._over_on_garbage():
            listed = [folder_of(told) for told in reply.responses]
        folders = tuple(folder for folder in listed if folder is not None)
        self._odd_names = {
            f.name: f.wire for f in folders if encode_name(f.name).encode() != f.wire
        }
        return folders

    async def select(self, folder: str, *, readonly: bool = True) -> SelectedFolder:
        """Open a folder by its decoded name. Reading never marks as read: ``readonly`` is EXAMINE,
        and mail is fetched by PEEK. NotFound where it cannot be opened."""
        from postroom.imap.protocol import AUTH, SELECTED

        self._selected += 1
        self._dialogue.wire.state = AUTH  # a failed SELECT leaves none open (RFC 3501 §6.3.1)
        name = "EXAMINE" if readonly else "SELECT"
        reply = await self._dialogue.ask(
            name, self._folder_argument(folder), wanted="EXISTS OK RECENT FLAGS"
        )
        if not reply.ok:
            raise NotFound("imap_no_such_folder", "The IMAP server does not open that folder.")
        self._dialogue.wire.state = SELECTED
        with self._over_on_garbage():
            selected = _selected(folder, reply)
        self._dialogue.news.opened(selected.exists)
        return selected

    async def fetch_after(self, uid: int, *, chunk: int = 100) -> AsyncIterator[FetchedMail]:
        """The mails of the open folder with a UID above ``uid``, ascending.

        At most ``chunk`` messages and some 16 MB are held at a time. One over 59 MB comes
        ``truncated``. Other calls may be made between two mails, but no other folder opened.
        """
        from postroom.imap.fetching import mails_after

        self._dialogue.news.take()  # what came so far is about to be found
        selected = self._selected
        with self._over_on_garbage():
            async for mail in mails_after(self._dialogue, uid, chunk):
                yield mail
                if self._selected != selected:
                    raise Conflict(
                        "imap_folder_changed", "Another folder was opened in the midst of a fetch."
                    )

    async def idle(self, timeout: float) -> bool:
        """True as soon as something has happened in the open folder since it was last asked,
        False when ``timeout`` seconds have passed. Costs nothing meanwhile (RFC 2177).

        Refused where the server has no IDLE (see ``capabilities``); ConnectionLost at the end of
        the connection. Cancelling it is harmless.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + timeout
        while True:
            self._dialogue.check()
            if self._dialogue.news.take():
                return True
            left = end - loop.time()
            if left <= 0:
                return False
            reply = await self._dialogue.idle(min(left, IDLE_ROUND_SECONDS))
            if not reply.ok:
                raise Refused("imap_idle_refused", "The IMAP server does not do IDLE.")

    async def noop(self) -> bool:
        """Whether something has happened in the open folder since it was last asked. The server
        answers at once, where its IDLE may be half a second late."""
        await self._dialogue.ask("NOOP")
        return self._dialogue.news.take()

    async def find_message_id(self, message_id: str) -> tuple[int, ...]:
        """The UIDs in the open folder of messages with that Message-ID (without brackets)."""
        from postroom.imap.fetching import search

        if not message_id or not message_id.isprintable():
            raise InvalidRequest("invalid_message_id", "A Message-ID is one line of text.")
        # With brackets: SEARCH looks for a part of the field, and 1@x is a part of 11@x.
        wanted = astring(f"<{message_id}>")
        with self._over_on_garbage():
            return tuple(await search(self._dialogue, "HEADER", "Message-ID", wanted))

    async def append(
        self, folder: str, raw: bytes, *, flags: tuple[str, ...] = ("\\Seen",)
    ) -> None:
        """File a message. NotFound where the folder is absent, Refused where the server does not
        take it; after ConnectionLost or PeerTimeout it may be there (``find_message_id``)."""
        if not all(_FLAG.fullmatch(flag) for flag in flags):
            raise InvalidRequest("imap_argument", "A flag is one word.")
        arguments: list[Argument] = [self._folder_argument(folder), f"({' '.join(flags)})", raw]
        reply = await self._dialogue.ask("APPEND", *arguments, octets=len(raw))
        if reply.ok:
            return
        if reply.text.upper().startswith(b"[TRYCREATE]"):  # RFC 3501 §6.3.11
            raise NotFound("imap_no_such_folder", "The IMAP server has no such folder.")
        raise Refused("imap_append_refused", "The IMAP server did not file the message.")

    async def close(self) -> None:
        """Part politely where that is possible; closed within about two seconds in any case.
        Never raises, and may be called again."""
        wire = self._dialogue.wire
        with contextlib.suppress(Exception):
            async with asyncio.timeout(LOGOUT_SECONDS):
                await self._dialogue.ask("LOGOUT")
        if wire.transport is not None:
            wire.transport.abort()
            await asyncio.wait({wire.closed}, timeout=LOGOUT_SECONDS)

    def _folder_argument(self, folder: str) -> Argument:
        odd = self._odd_names.get(folder)
        if odd is None:
            return astring(encode_name(folder))
        return astring(odd.decode()) if odd.isascii() else odd

    @contextlib.contextmanager
    def _over_on_garbage(self) -> Iterator[None]:
        """After an answer that makes no sense, none can be trusted."""
        try:
            yield
        except PeerError as error:
            self._dialogue.wire.fail(error)
            raise


def _selected(folder: str, reply: "Reply") -> SelectedFolder:
    codes: dict[str, int] = {}
    for told in reply.responses:
        match = _CODE.match(told.parts[0]) if told.name == "OK" else None
        if match is not None:
            codes[match[1].decode().upper()] = int(match[2])
    if not codes.get("UIDVALIDITY"):
        # RFC 3501 §6.3.1 lets a server without it be one that does not support UIDs at all.
        raise garbage("a folder has no UIDVALIDITY")
    return SelectedFolder(
        name=folder,
        uidvalidity=codes["UIDVALIDITY"],
        uidnext=codes.get("UIDNEXT"),
        exists=_last_exists(reply.responses),
    )


def _last_exists(responses: tuple[Untagged, ...]) -> int:
    return next((told.number for told in reversed(responses) if told.name == "EXISTS"), 0)
