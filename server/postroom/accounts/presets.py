"""What is known of mail providers: data, and one function that looks into it.

Hosts, ports and login names: Mozilla's database (github.com/thunderbird/autoconfig, folder ispdb),
read in November 2026, and the provider's own page where one is named; ``spf``: as customers' public
zone files have it, read then (Zoho's is that of the American data centre). Providers change:
``postroom.toml`` may say otherwise key by key, and what a server really does is found out by
trying, not here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from postroom.model.servers import MICROSOFT, Security


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a server listens."""

    host: str
    port: int
    security: Security = Security.TLS


@dataclass(frozen=True, slots=True)
class TokenEndpoint:
    """Where tokens are got; ``{tenant}`` in the URL is the organisation."""

    url: str
    scope: str
    client_scope: str = ""
    """The scope of the client credentials grant; empty where there is no such grant."""
    tenant: str = ""
    """The tenant for whoever consented, where none is named."""


@dataclass(frozen=True, slots=True)
class Preset:
    """One provider. A quirk is true only where somebody has described it."""

    name: str
    title: str
    imap: Endpoint
    smtp: Endpoint
    password: str
    """What the login wants, in words for an operator."""
    takes_password: bool = True
    """Whether a password of any kind is taken; otherwise OAuth alone."""
    domains: tuple[str, ...] = ()
    """The provider's own domains."""
    mx: tuple[str, ...] = ()
    """How the names of its mail exchangers end, for domains that it serves for others."""
    oauth: TokenEndpoint | None = None
    imap_user_is_local_part: bool = False
    files_sent: bool = False
    """Whether what is submitted lies in Sent by itself."""
    spf: str = ""
    """The domain whose SPF record names its servers, for a domain of one's own: what it tells its
    customers to include; empty where it serves no such domains, or says otherwise for each."""
    separator: str = "+"
    """Between a local part and its detail (RFC 5233)."""
    rewrites_from: bool = False
    """Puts the account's address in the place of a From address that is not set up there."""
    rewrites_message_id: bool = False
    connection_limit: int | None = None
    """IMAP connections at a time, where the provider says how many."""
    authserv_ids: tuple[str, ...] = ()
    """What it calls itself in Authentication-Results (RFC 8601 §2.5), where that is one name; of
    Microsoft, ``MICROSOFT``."""


_APP_PASSWORD = "an app password, made in the account's security settings"

_MICROSOFT = TokenEndpoint(
    # learn.microsoft.com, "Authenticate an IMAP, POP or SMTP connection using OAuth", read 2026-11:
    # whoever consents grants scopes of outlook.office.com, an application outlook.office365.com's.
    url="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
    scope="https://outlook.office.com/IMAP.AccessAsUser.All"
    " https://outlook.office.com/SMTP.Send offline_access",
    client_scope="https://outlook.office365.com/.default",
    tenant="common",
)

_KNOWN = (
    Preset(
        # support.google.com/mail/answer/7126229 (hosts; at most 15 connections an account) and
        # developers.google.com/gmail/imap/xoauth2-protocol (scope), read 2026-11. SMTP keeps a From
        # only where it is set up under "Send mail as", files Sent, and leaves the Message-ID.
        name="gmail",
        title="Gmail and Google Workspace",
        imap=Endpoint("imap.gmail.com", 993),
        smtp=Endpoint("smtp.gmail.com", 465),
        password="an app password (myaccount.google.com/apppasswords, with 2-step verification on)",
        domains=("gmail.com", "googlemail.com"),
        mx=("google.com", "googlemail.com"),
        spf="_spf.google.com",
        oauth=TokenEndpoint("https://oauth2.googleapis.com/token", "https://mail.google.com/"),
        files_sent=True,
        rewrites_from=True,
        connection_limit=15,
        authserv_ids=("mx.google.com",),
    ),
    Preset(
        # fastmail.com/help/technical/servernamesandports.html, read 2026-11. SMTP leaves From and
        # Message-ID alone and files nothing; its authserv-ids are one for each machine.
        name="fastmail",
        title="Fastmail",
        imap=Endpoint("imap.fastmail.com", 993),
        smtp=Endpoint("smtp.fastmail.com", 465),
        password="an app password (Settings, Privacy & Security)",
        domains=("fastmail.com", "fastmail.fm"),
        mx=("messagingengine.com",),
        spf="spf.messagingengine.com",
    ),
    Preset(
        # learn.microsoft.com as above, read 2026-11; passwords are refused for IMAP, and for SMTP
        # since April 2026. Exchange files Sent, and replaces the Message-ID of what is submitted.
        # Its Authentication-Results bear no authserv-id.
        name="microsoft365",
        title="Microsoft 365",
        imap=Endpoint("outlook.office365.com", 993),
        smtp=Endpoint("smtp.office365.com", 587, Security.STARTTLS),
        password="OAuth alone: a client registered with Microsoft Entra",
        takes_password=False,
        domains=("onmicrosoft.com",),
        mx=("mail.protection.outlook.com", "mx.microsoft"),
        spf="spf.protection.outlook.com",
        oauth=_MICROSOFT,
        files_sent=True,
        rewrites_from=True,
        rewrites_message_id=True,
        authserv_ids=(MICROSOFT,),
    ),
    Preset(
        # ispdb/hotmail.com.xml, November 2026; the rest as with Microsoft 365.
        name="outlook",
        title="Outlook.com",
        imap=Endpoint("outlook.office365.com", 993),
        smtp=Endpoint("smtp.office365.com", 587, Security.STARTTLS),
        password="OAuth alone: a client registered with Microsoft Entra for personal accounts",
        takes_password=False,
        domains=("outlook.com", "hotmail.com", "live.com", "msn.com"),
        mx=("olc.protection.outlook.com",),
        oauth=_MICROSOFT,
        files_sent=True,
        rewrites_from=True,
        rewrites_message_id=True,
        authserv_ids=(MICROSOFT,),
    ),
    Preset(
        # support.apple.com/102525, read 2026-11: the IMAP user is the name before the @, the SMTP
        # user the whole address. People report both that Sent is filed and that it is not.
        name="icloud",
        title="iCloud Mail",
        imap=Endpoint("imap.mail.me.com", 993),
        smtp=Endpoint("smtp.mail.me.com", 587, Security.STARTTLS),
        password="an app-specific password (account.apple.com)",
        domains=("icloud.com", "me.com", "mac.com"),
        mx=("mail.icloud.com",),
        spf="icloud.com",
        imap_user_is_local_part=True,
    ),
    Preset(
        # ispdb/yahoo.com.xml, November 2026. A detail follows a hyphen, and each such address must
        # be made in the settings first. Its OAuth is for clients that Yahoo has approved.
        name="yahoo",
        title="Yahoo Mail",
        imap=Endpoint("imap.mail.yahoo.com", 993),
        smtp=Endpoint("smtp.mail.yahoo.com", 465),
        password=_APP_PASSWORD,
        domains=("yahoo.com", "ymail.com", "myyahoo.com", "rocketmail.com"),
        mx=("am0.yahoodns.net",),
        separator="-",
    ),
    Preset(
        # ispdb/aol.com.xml, November 2026.
        name="aol",
        title="AOL Mail",
        imap=Endpoint("imap.aol.com", 993),
        smtp=Endpoint("smtp.aol.com", 465),
        password=_APP_PASSWORD,
        domains=("aol.com", "aim.com"),
        mx=("mail.gm0.yahoodns.net",),
    ),
    Preset(
        # zoho.com/mail/help/imap-access.html, read 2026-11, for an organisation's own domain in the
        # American data centre; others end in .eu, .in, .com.au … Whether Sent is filed is a setting
        # of the account ("Save copy of sent emails").
        name="zoho",
        title="Zoho Mail, own domain",
        imap=Endpoint("imappro.zoho.com", 993),
        smtp=Endpoint("smtppro.zoho.com", 465),
        password="the account's password, or an app password with two-factor authentication",
        mx=("zoho.com",),
        spf="zohomail.com",
    ),
    Preset(
        # ispdb/zoho.com.xml, November 2026.
        name="zoho-personal",
        title="Zoho Mail, personal",
        imap=Endpoint("imap.zoho.com", 993),
        smtp=Endpoint("smtp.zoho.com", 465),
        password="the account's password, or an app password with two-factor authentication",
        domains=("zoho.com", "zohomail.com"),
    ),
    Preset(
        # ispdb/mailbox.org.xml, November 2026.
        name="mailbox.org",
        title="mailbox.org",
        imap=Endpoint("imap.mailbox.org", 993),
        smtp=Endpoint("smtp.mailbox.org", 465),
        password="the mailbox's password, or an app password with two-factor authentication",
        domains=("mailbox.org",),
        mx=("mailbox.org",),
        spf="mailbox.org",
    ),
    Preset(
        # ispdb/migadu.com.xml, November 2026.
        name="migadu",
        title="Migadu",
        imap=Endpoint("imap.migadu.com", 993),
        smtp=Endpoint("smtp.migadu.com", 465),
        password="the mailbox's password",
        domains=("migadu.com",),
        mx=("migadu.com",),
        spf="spf.migadu.com",
    ),
    Preset(
        # ispdb/purelymail.com.xml, November 2026.
        name="purelymail",
        title="Purelymail",
        imap=Endpoint("mailserver.purelymail.com", 993),
        smtp=Endpoint("mailserver.purelymail.com", 465),
        password="the account's password, or an app password with two-factor authentication",
        domains=("purelymail.com",),
        mx=("purelymail.com",),
        spf="_spf.purelymail.com",
    ),
)

PRESETS: Mapping[str, Preset] = MappingProxyType({preset.name: preset for preset in _KNOWN})
"""By name."""


def by_domain(domain: str) -> Preset | None:
    """The provider whose own domain this is, or a part of."""
    return next((each for each in _KNOWN if ends_in(domain, each.domains)), None)


def by_exchanger(host: str) -> Preset | None:
    """The provider that takes in mail at ``host``, the name of a mail exchanger (RFC 5321 §5)."""
    return next((each for each in _KNOWN if ends_in(host, each.mx)), None)


def ends_in(host: str, names: tuple[str, ...]) -> bool:
    """Whether ``host`` is one of ``names`` or below one, label by label, in any case."""
    lower = host.lower().rstrip(".")
    return any(lower == name or lower.endswith(f".{name}") for name in names)
