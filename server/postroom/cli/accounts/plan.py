"""What postroom.toml will say of a new account. No I/O."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from postroom.accounts.address import domain_name
from postroom.accounts.faults import told
from postroom.accounts.presets import Endpoint, Preset
from postroom.accounts.servers import ImapServer, SmtpServer, one_provider
from postroom.cli.accounts import settings_file
from postroom.cli.accounts.wanted import Wanted
from postroom.dns.candidates import Candidate
from postroom.model.errors import InvalidRequest
from postroom.settings import ACCOUNT_NAME, Operator


@dataclass(frozen=True)
class Plan:
    """One account, and the domain whose mailboxes are its addresses."""

    wanted: Wanted
    address: str
    name: str
    domain: str
    preset: Preset | None
    imap: Candidate | None = None
    smtp: Candidate | None = None
    source: Mapping[str, object] | None = None
    """Where its password lies."""
    files_sent: bool | None = None
    """What was found out about it."""

    @property
    def two_providers(self) -> bool:
        """Whether reading and submitting look like two providers: each needs its own password."""
        assert self.imap is not None
        assert self.smtp is not None
        imap = ImapServer.model_validate(_at(self.imap))
        return not one_provider(imap, SmtpServer.model_validate(_at(self.smtp)))

    def additions(self, known: Mapping[str, Any]) -> dict[str, Any]:
        """What is to be added to a file that says ``known``."""
        served: dict[str, Any] = {"provisioner": "account", "account": self.name}
        if self.wanted.addresses != "sub-address":
            served["addresses"] = self.wanted.addresses
        if self.wanted.separator is not None:
            served["separator"] = self.wanted.separator
        return settings_file.additions(known, self.name, self._account(), self.domain, served)

    def _account(self) -> dict[str, Any]:
        account: dict[str, Any] = {"address": self.address}
        account |= {"user": self.wanted.user} if self.wanted.user else {}
        if self.preset is not None and self._is_presets:
            account["preset"] = self.preset.name
        account["password"] = dict(self.source or {})
        if not self._is_presets or self.wanted.certificates:
            account |= self._servers()
        usual = self._is_presets and self.preset is not None and self.preset.files_sent
        if self.files_sent is not None and self.files_sent != usual:
            account["files_sent"] = self.files_sent
        return account

    def _servers(self) -> dict[str, Any]:
        assert self.imap is not None
        assert self.smtp is not None
        more: dict[str, Any] = {}
        if self.wanted.certificates is not None:
            more["certificates"] = str(self.wanted.certificates.resolve())
        own = {"password": dict(self.source or {})} if self.two_providers else {}
        return {"imap": {**_at(self.imap), **more}, "smtp": {**_at(self.smtp), **own, **more}}

    @property
    def _is_presets(self) -> bool:
        """Whether both servers are the preset's, so that its name says it all."""
        if self.preset is None or self.imap is None or self.smtp is None:
            return False
        return _is(self.imap, self.preset.imap) and _is(self.smtp, self.preset.smtp)

    @property
    def imap_user(self) -> str:
        """As whom to log in to IMAP."""
        whole = self.wanted.user or self.address
        preset = self.preset
        if preset is None or not preset.imap_user_is_local_part or self.imap is None:
            return whole
        return whole.partition("@")[0] if self.imap.host == preset.imap.host else whole

    @property
    def smtp_user(self) -> str:
        return self.wanted.user or self.address

    def at(self, imap: Candidate | None = None, smtp: Candidate | None = None) -> "Plan":
        """The same with servers."""
        return replace(self, imap=imap or self.imap, smtp=smtp or self.smtp)


def named(wanted: Wanted, address: str, preset: Preset | None) -> Plan:
    """The plan for an address; InvalidRequest where a name in it is none."""
    own = address.rpartition("@")[2]
    try:
        domain = domain_name(wanted.domain or own)
    except ValueError:
        raise InvalidRequest(
            "domain_malformed", "--domain is no domain name.", 'Write it as "example.com".'
        ) from None
    usual = re.sub(r"[^A-Za-z0-9_-]", "-", preset.name if preset else own.partition(".")[0])
    name = wanted.name or usual
    if not ACCOUNT_NAME.fullmatch(name):
        raise InvalidRequest(
            "account_name_malformed",
            "An account's name is 1 to 64 letters, digits, dashes and underscores.",
            "Choose another --name.",
        )
    return Plan(wanted, address, name, domain, preset)


def read_back(text: str, home: Path) -> Operator:
    """What a file of this text means. InvalidRequest where it would not be understood."""
    try:
        return Operator.model_validate(tomllib.loads(text), context={"home": home})
    except ValidationError as error:
        raise InvalidRequest(
            "account_unfit",
            f"postroom.toml would not be understood with this account: {told(error)}.",
            "Correct the options; nothing was changed.",
        ) from None


def _at(server: Candidate) -> dict[str, Any]:
    return {"host": server.host, "port": server.port, "security": str(server.security)}


def _is(server: Candidate, known: Endpoint) -> bool:
    return (server.host, server.port, server.security) == (known.host, known.port, known.security)
