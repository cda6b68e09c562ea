"""Links that confirm something: an address, a sign-up, a login, a new password.

Two things make one: words that say so (its own text, its path, or the line that leads to it), and
something in it that nobody can guess, without which such a link would confirm nothing. What ends a
subscription or explains something is none, whatever stands around it.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from postroom.mime.codes.folding import fold, has_any, words
from postroom.mime.codes.link_words import ABOUT, CONFIRMING, DONE, NOT_YOU, UNWANTED

MAX_LINKS = 3
"""More is a page of links; the text has them all."""

MAX_LINK_CHARS = 2_000
"""A longer one is cut by browsers and mail programs as well."""

READ_CHARS = 50_000
"""Characters looked at. HTML mails have long links before the one that counts."""

_LINK = re.compile(
    r"\[(?P<text>[^\[\]]{0,300})\]\(<?(?P<target>https?://[^\s<>()\"]{1,2000})"
    r"|(?P<bare>https?://[^\s<>\"\[\]()]{1,2000})",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?'’”»*_|。，、！？）】」"

_IN_PATH = words(
    """confirm|verif|activat|validat|magic|signin|sign-in|sign_in|login|log-in|reset|password
passwort|invite|invitation|accept|optin|opt-in|onboard|auth|token|otp|bestaetig|aktivier|confirma
ativar|activar|conferma|bevestig|potwierd"""
)

_SURELY_IN_PATH = words("confirm|verif|activat|validat|magic|reset|optin|opt-in|bestaetig")
"""Of these, those that need no other word: a path with "login" in it is mostly a page."""

_NOT_IN_PATH = words(
    """unsub|optout|opt-out|opt_out|preferences|privacy|terms|/legal|/help|/support|/faq|/blog
/docs|abmeld|desabon|desinscri|report-|/report|revoke|cancel|disavow|wasnt-me|not-me"""
)

_PIECE = re.compile(r"[A-Za-z0-9]{6,}")

_NUMBER = re.compile(r"=[0-9]{6,}(?![0-9A-Za-z])")

_DONE = re.compile("|".join(DONE))

_CHANGE = re.compile(r"(?<=[a-z])[A-Z]|(?<=[A-Za-z])[0-9]|(?<=[0-9])[A-Za-z]")
"""Where drawn letters change their sort; in words they do so seldom."""

_FILE = re.compile(r"\.(?!php|aspx?|jsp|do\b|cgi)[a-z][a-z0-9]{1,4}(?:#.*)?$")
"""Ends like the name of a file: it is one, and confirms nothing."""

_FEW_LINKS = 12
"""A mail with more is no letter that asks for one thing: what stands before a link is another's."""

_ABOVE_CHARS = 200
"""Words before a bare link that may say what it is for."""


@dataclass(frozen=True, slots=True)
class _Link:
    url: str
    text: str
    before: str


def find_confirmations(text: str) -> tuple[str, ...]:
    """The whole addresses of the links in ``text`` that confirm something, at most `MAX_LINKS`.

    They are http or https, and what a stranger wrote: to be opened only by who expects them.
    """
    text = text[:READ_CHARS]
    if "://" not in text or not has_any(fold(text), CONFIRMING):
        return ()
    found: dict[str, None] = {}
    links = _links(text)
    few = len(links) <= _FEW_LINKS
    for link in links:
        if len(found) < MAX_LINKS and link.url not in found and _confirms(link, few):
            found.setdefault(link.url)
    return tuple(found)


def _links(text: str) -> list[_Link]:
    links, last = [], 0
    for found in _LINK.finditer(text):
        url = (found["target"] or found["bare"]).rstrip(_TRAILING)
        before = text[max(last, found.start() - _ABOVE_CHARS) : found.start()]
        if len(url) <= MAX_LINK_CHARS and url.isprintable():
            links.append(_Link(url, found["text"] or "", before))
        last = found.end()
    return links


def _confirms(link: _Link, few: bool) -> bool:
    """Whether a link confirms something; among many, only its own words say so."""
    address, said = fold(unquote(link.url)), fold(link.text)
    if has_any(address, _NOT_IN_PATH) or _FILE.search(_path(address)) or has_any(said, UNWANTED):
        return False
    if has_any(f" {said} ", ABOUT):
        return False
    if said and not said.startswith("http") and not has_any(said, CONFIRMING):
        # Its own words say that it is for something else, unless they say nothing.
        return few and _is_empty_word(said) and _by_what_leads_to_it(link, address)
    if has_any(said, CONFIRMING):
        return _has_secret(link.url) or has_any(_path(address), _IN_PATH)
    return few and _by_what_leads_to_it(link, address)


def _by_what_leads_to_it(link: _Link, address: str) -> bool:
    before = _DONE.sub(" ", fold(link.before))
    if not _has_secret(link.url) or has_any(before[-80:], (*UNWANTED, *NOT_YOU)):
        return False
    return has_any(before, CONFIRMING) or has_any(_path(address), _SURELY_IN_PATH)


_EMPTY_WORDS = words(
    """here|link|click|button|continue|get started|go|open|hier|ici|aqui|qui|klik|kliknij|tu|tutaj
har|tassa|zde|ide|buraya|εδω|здесь|ссылк|сюда|тут|هنا|כאן|यहा|こちら|ここ|여기|这里|這裡|點擊|点击
tai day|sini"""
)


def _is_empty_word(said: str) -> bool:
    """Whether a link's text says only that it is one: "here", "this link"."""
    return len(said) <= 40 and has_any(said, _EMPTY_WORDS)


def _path(address: str) -> str:
    """The link behind its host: a host's name says nothing of what its links do."""
    return address.partition("://")[2].partition("/")[2]


def _has_secret(url: str) -> bool:
    path = _path(url)
    return bool(_NUMBER.search(path)) or any(_is_drawn(piece) for piece in _PIECE.findall(path))


def _is_drawn(piece: str) -> bool:
    """Whether letters, capitals and digits change as in nothing that a person would call a page."""
    return len(piece) >= 8 and len(_CHANGE.findall(piece)) >= max(3, len(piece) / 5)
