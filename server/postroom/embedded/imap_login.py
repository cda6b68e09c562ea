"""IMAP logins: the directory is asked each time, and pymap is configured for loopback.

None of pymap's users, tokens and password hashes are used: the rows are elsewhere, and a random
token as a password needs no slow hash.
"""

import ssl
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from pymap.concurrent import Subsystem
from pymap.config import BackendCapability, IMAPConfig
from pymap.exceptions import AuthorizationFailure, InvalidAuth, NotSupportedError
from pymap.interfaces.login import IdentityInterface, LoginInterface
from pymap.interfaces.session import SessionInterface
from pymap.interfaces.token import TokensInterface
from pymap.token import AllTokens
from pymap.user import UserMetadata
from pysasl.creds.plain import PlainCredentials
from pysasl.creds.server import ServerCredentials
from pysasl.hashing import BuiltinHash

from postroom.embedded.directory import Directory, ReadingAlong, open_account
from postroom.embedded.imap_folders import OpenFolders
from postroom.embedded.imap_session import Session
from postroom.model.limits import MAX_MESSAGE_BYTES


class ImapConfig(IMAPConfig):
    """pymap's settings: plain text (loopback only), nothing from the environment, no threads."""

    def __init__(self, hostname: str) -> None:
        super().__init__(
            Namespace(passlib_cfg=None, proxy_protocol=None),
            host=None,
            port=0,
            subsystem=Subsystem.for_asyncio(),
            cpu_subsystem=Subsystem.for_asyncio(),
            ssl_context=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER),
            tls_enabled=False,
            hash_context=BuiltinHash(rounds=1),
            invalid_user_sleep=0.0,
            max_append_len=MAX_MESSAGE_BYTES,
        )
        self._hostname = hostname

    @property
    def backend_capability(self) -> BackendCapability:
        return BackendCapability(
            idle=True, object_id=True, multi_append=True, custom=[b"SPECIAL-USE"]
        )

    @property
    def greeting(self) -> bytes:
        """Without pymap's getfqdn(), which may ask a name server and block."""
        return b"Postroom at " + self._hostname.encode()


class Login(LoginInterface):
    """Logins against the directory."""

    def __init__(
        self,
        config: ImapConfig,
        directory: Directory,
        opened: OpenFolders,
        along: ReadingAlong | None,
    ) -> None:
        self._tokens = AllTokens(config)
        self._directory = directory
        self._opened = opened
        self._along = along

    @property
    def tokens(self) -> TokensInterface:
        return self._tokens

    async def authenticate(self, credentials: ServerCredentials) -> "Identity":
        if not isinstance(credentials, PlainCredentials):
            raise InvalidAuth
        account = await open_account(self._directory, credentials.authcid, credentials._secret)
        if account is None:
            raise InvalidAuth
        return Identity(account.address, self._opened, self._along)

    async def authorize(self, authenticated: IdentityInterface, authzid: str) -> IdentityInterface:
        """Nobody acts for another mailbox (RFC 4616 §2)."""
        if authzid.lower() != authenticated.name:
            raise AuthorizationFailure
        return authenticated


class Identity(IdentityInterface):
    """A mailbox that has logged in."""

    def __init__(self, address: str, opened: OpenFolders, along: ReadingAlong | None) -> None:
        self._address = address
        self._opened = opened
        self._along = along

    @property
    def name(self) -> str:
        return self._address

    @property
    def roles(self) -> frozenset[str]:
        return frozenset()

    @asynccontextmanager
    async def new_session(self) -> AsyncIterator[SessionInterface]:
        folders = await self._opened.of(self._address)
        yield Session(folders.store, folders, self._along)

    async def new_token(self, *, expiration: datetime | None = None) -> str | None:
        return None

    async def get(self) -> UserMetadata:
        raise NotSupportedError

    async def set(self, metadata: UserMetadata) -> int | None:
        raise NotSupportedError

    async def delete(self) -> None:
        raise NotSupportedError
