"""Where a new account's servers are: named by its operator, or found."""

from collections.abc import Sequence
from dataclasses import dataclass

from postroom.accounts.presets import PRESETS, Preset
from postroom.cli.accounts.wanted import Wanted, server_named
from postroom.cli.page import Page
from postroom.dns.candidates import Candidate, Origin
from postroom.dns.discovery import Discovery


@dataclass(frozen=True)
class Servers:
    """The candidates of one account, best first."""

    imap: tuple[Candidate, ...]
    smtp: tuple[Candidate, ...]
    preset: Preset | None
    assumed: frozenset[str] = frozenset()
    """Options that named a server and not how it is secured: that follows from the port."""

    @property
    def doubtful(self) -> tuple[Candidate, ...]:
        """Those to be confirmed first."""
        return tuple(one for one in (*self.imap, *self.smtp) if is_doubtful(one))

    def without_doubtful(self) -> "Servers":
        """The others."""
        imap, smtp = (
            tuple(one for one in ones if not is_doubtful(one)) for ones in (self.imap, self.smtp)
        )
        return Servers(imap, smtp, self.preset, self.assumed)


def is_doubtful(candidate: Candidate) -> bool:
    """Whether somebody who can forge DNS may have named it (RFC 6186 §6)."""
    return candidate.outside and not candidate.known


def servers(wanted: Wanted, found: Discovery | None) -> Servers:
    """What the options name; for what they do not, what was ``found``."""
    return Servers(
        _of(wanted.imap, wanted.imap_security, "--imap", found.imap if found else ()),
        _of(wanted.smtp, wanted.smtp_security, "--smtp", found.smtp if found else ()),
        PRESETS.get(found.preset) if found else None,
        frozenset(
            option
            for option, host, security in (
                ("--imap", wanted.imap, wanted.imap_security),
                ("--smtp", wanted.smtp, wanted.smtp_security),
            )
            if host is not None and security is None
        ),
    )


def _of(
    named: str | None, security: str | None, option: str, found: Sequence[Candidate]
) -> tuple[Candidate, ...]:
    if named is not None:
        return (Candidate(*server_named(named, security, option), Origin.NAMED),)
    return tuple(found)


def where(candidate: Candidate) -> str:
    """``host:port security``."""
    return f"{candidate.host}:{candidate.port} {candidate.security}"


def _said_by(candidate: Candidate) -> str:
    known = PRESETS[candidate.known].title if candidate.known else ""
    return {
        Origin.SRV: "the domain says so (SRV record)" + (f", a server of {known}" if known else ""),
        Origin.PRESET: f"known of {known}",
        Origin.GUESS: "a guess",
        Origin.NAMED: "as you say",
    }[candidate.origin]


def show_servers(page: Page, found: Servers, unanswered: bool) -> None:
    """What will be tried, and from where it is known."""
    if found.preset is not None:
        page.line((f"This is {found.preset.title}; it wants {found.preset.password}.", "bold"))
    for label, ones in (("IMAP", found.imap), ("SMTP", found.smtp)):
        for one in ones:
            said = _said_by(one)
            option = f"--{label.lower()}"
            if option in found.assumed:
                said += f"; {one.security} follows from the port, or pass {option}-security"
            page.line((f"{label}  ", "dim"), where(one), (f"  {said}", "dim"))
            if is_doubtful(one):
                page.line(("      lies outside the address's domain", "yellow"))
    if unanswered:
        page.line(("A name server did not answer: there may be more.", "yellow"))
