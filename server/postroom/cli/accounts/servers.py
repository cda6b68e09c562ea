"""Where a new account's servers are: named by its operator, or found."""

from collections.abc import Sequence
from dataclasses import dataclass

from postroom.accounts.presets import PRESETS, Preset
from postroom.cli.accounts.wanted import Wanted, server_named
from postroom.cli.page import Page
from postroom.dns.candidates import Candidate, Origin
from postroom.dns.discovery import Discovery
from postroom.model.servers import Security


@dataclass(frozen=True)
class Place:
    """Where a server may be, and how that is known."""

    host: str
    port: int
    security: Security
    said_by: str
    doubtful: bool = False
    """Whoever can forge DNS may have named it: a person confirms it first (RFC 6186 §6)."""

    def __str__(self) -> str:
        return f"{self.host}:{self.port} {self.security}"


@dataclass(frozen=True)
class Places:
    """Of one account, best first."""

    imap: tuple[Place, ...]
    smtp: tuple[Place, ...]
    preset: Preset | None

    @property
    def doubtful(self) -> tuple[Place, ...]:
        """Those to be confirmed first."""
        return tuple(one for one in (*self.imap, *self.smtp) if one.doubtful)

    def without_doubtful(self) -> "Places":
        """The others."""
        imap, smtp = (
            tuple(one for one in ones if not one.doubtful) for ones in (self.imap, self.smtp)
        )
        return Places(imap, smtp, self.preset)


def places(wanted: Wanted, found: Discovery | None) -> Places:
    """What the options name; for what they do not, what was ``found``."""
    return Places(
        _of(wanted.imap, wanted.imap_security, "--imap", found.imap if found else ()),
        _of(wanted.smtp, wanted.smtp_security, "--smtp", found.smtp if found else ()),
        PRESETS.get(found.preset) if found else None,
    )


def _of(
    named: str | None, security: str | None, option: str, found: Sequence[Candidate]
) -> tuple[Place, ...]:
    if named is not None:
        return (Place(*server_named(named, security, option), "as you say"),)
    return tuple(
        Place(one.host, one.port, one.security, _said_by(one), one.outside and not one.known)
        for one in found
    )


def _said_by(candidate: Candidate) -> str:
    if candidate.origin is Origin.SRV:
        known = f", a server of {PRESETS[candidate.known].title}" if candidate.known else ""
        return f"the domain says so (SRV record){known}"
    if candidate.origin is Origin.PRESET:
        return f"known of {PRESETS[candidate.known].title}" if candidate.known else "known"
    return "a guess"


def show_places(page: Page, found: Places, unanswered: bool) -> None:
    """What will be tried, and from where it is known."""
    if found.preset is not None:
        page.line((f"This is {found.preset.title}; it wants {found.preset.password}.", "bold"))
    for label, ones in (("IMAP", found.imap), ("SMTP", found.smtp)):
        for one in ones:
            page.line((f"{label}  ", "dim"), str(one), (f"  {one.said_by}", "dim"))
            if one.doubtful:
                page.line(("      lies outside the address's domain", "yellow"))
    if unanswered:
        page.line(("A name server did not answer: there may be more.", "yellow"))
