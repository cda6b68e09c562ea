"""Links in a text, and what their addresses say: what they do, and whether they hold a secret."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from postroom.mime.codes.folding import fold, has_any, words

MAX_LINK_CHARS = 2_000
"""A longer one is cut by browsers and mail programs as well."""

_ABOVE_CHARS = 200
"""Words before a link that may say what it is for."""

_LINK = re.compile(
    r"\[(?P<text>[^\[\]]{0,300})\]\(<?(?P<target>https?://[^\s<>()\"]{1,2000})"
    r"|(?P<bare>https?://[^\s<>\"\[\]()]{1,2000})",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?'’”»*_|。，、！？）】」"

_CONFIRMING_IN_PATH = words(
    """confirm|verif|activat|validat|magic|reset|optin|opt-in|bestaetig|password|passwort|kennwort
email-change|change-email|change_email|email/change|invitation"""
)
"""Stems that need no other word; a path with "login" in it is mostly a page."""

_LEAVING_IN_PATH = words("unsub|optout|opt-out|opt_out|abmeld|desabon|desinscri")
_NOT_IN_PATH = words(
    """preferences|privacy|terms|/legal|/help|/support|/faq|/blog|/docs|/commit/|report-|/report|revoke
cancel|disavow|wasnt-me|not-me"""
)
_FILE = re.compile(r"\.(?!php|aspx?|jsp|do\b|cgi)[a-z][a-z0-9]{1,4}(?:#.*)?$")
"""Ends like the name of a file: it is one, and confirms nothing."""

_PIECE = re.compile(r"[A-Za-z0-9]{6,}")
_NUMBER = re.compile(r"=[0-9]{6,}(?![0-9A-Za-z])")
_CHANGE = re.compile(r"(?<=[a-z])[A-Z]|(?<=[A-Za-z])[0-9]|(?<=[0-9])[A-Za-z]")
"""Where drawn letters change their sort; in words they do so seldom."""


@dataclass(frozen=True, slots=True)
class WebLink:
    """A link: its address, the words that it is shown with ("" for a bare one), those before it."""

    url: str
    text: str
    before: str

    @property
    def path(self) -> str:
        """What stands behind the host, folded: a host's name says nothing of what its links do."""
        return fold(unquote(_path(self.url)))

    @property
    def leads_to_page(self) -> bool:
        """Whether the address is one of a file, a help page or settings."""
        return has_any(fold(unquote(self.url)), _NOT_IN_PATH) or bool(_FILE.search(self.path))

    @property
    def leaves(self) -> bool:
        """Whether the address ends a subscription."""
        return has_any(fold(unquote(self.url)), _LEAVING_IN_PATH)

    @property
    def surely_confirms(self) -> bool:
        """Whether the path says that it confirms something."""
        return has_any(self.path, _CONFIRMING_IN_PATH)

    @property
    def asks_surely(self) -> bool:
        """Whether it also hands something over, which may be a secret of words or few digits."""
        return self.surely_confirms and "=" in self.path

    @property
    def has_secret(self) -> bool:
        """Whether something stands in the address that nobody can guess."""
        path = _path(self.url)
        return bool(_NUMBER.search(path)) or any(map(_is_drawn, _PIECE.findall(path)))


def links_in(text: str) -> list[WebLink]:
    """The http and https links of ``text``, in their order, without those that are too long."""
    links, last = [], 0
    for found in _LINK.finditer(text):
        url = (found["target"] or found["bare"]).rstrip(_TRAILING)
        before = text[max(last, found.start() - _ABOVE_CHARS) : found.start()]
        if len(url) <= MAX_LINK_CHARS and url.isprintable():
            links.append(WebLink(url, found["text"] or "", before))
        last = found.end()
    return links


def _path(url: str) -> str:
    return url.partition("://")[2].partition("/")[2]


def _is_drawn(piece: str) -> bool:
    """Whether letters, capitals and digits change as in nothing that a person would call a page."""
    return len(piece) >= 8 and len(_CHANGE.findall(piece)) >= max(3, len(piece) / 5)
