"""Links that confirm something: an address, a sign-up, a login, a new password, an invitation.

Two things make one: something in it that nobody can guess, without which it would confirm nothing,
and one of these that says what for:

    its own words       "Confirm my address", "Choose a new password"
    its path            /password/reset?token=…, unless its words say something else
    what leads to it    the words before a bare link, or before one that says "here"
    the subject         "Your sign-in link", and then any bare link

What explains something is none, whatever stands around it, nor what a warning offers to who did not
do what it tells of ("If this was not you, …"). What ends a subscription is one only in a mail that
asks whether that is meant.
"""

import re
from dataclasses import dataclass

from postroom.mime.codes.folding import fold, has_any, words
from postroom.mime.codes.link_purposes import (
    ADDRESS,
    ENTERING,
    EVENT,
    INVITATION,
    PASSWORD,
    names,
    takes_part,
)
from postroom.mime.codes.link_words import (
    ABOUT,
    CONFIRMING,
    DONE,
    LEAVING,
    NOT_YOU,
    NOTHING_TO_DO,
    POINTING,
    UNWANTED,
)
from postroom.mime.codes.web_links import WebLink, links_in

MAX_LINKS = 3
"""More is a page of links; the text has them all."""

READ_CHARS = 50_000
"""Characters looked at. HTML mails have long links before the one that counts."""

_SUBJECT_CHARS = 300
"""Characters of a subject that are looked at."""

_FEW_LINKS = 12
"""A mail with more is no letter that asks for one thing: what stands before a link is another's."""

_DONE = re.compile("|".join(re.sub(" $", r"(?!\\w)", one) for one in DONE))
_ENDED = tuple(".!。！")
_SENTENCE_END = re.compile(r"[.!。！]\s|[。！]")
_EMPTY_WORDS = words(
    """here|link|click|button|continue|get started|hier|ici|aqui|qui|klik|kliknij|tu|tutaj
har|tassa|zde|ide|buraya|εδω|здесь|ссылк|сюда|тут|هنا|כאן|यहा|こちら|ここ|여기|这里|這裡|點擊|点击
tai day|sini"""
)


@dataclass(frozen=True, slots=True)
class _Mail:
    """What a subject, folded, says of the links below it."""

    subject: str
    few: bool
    asks: bool
    leaves: bool


def find_confirmations(text: str, subject: str = "") -> tuple[str, ...]:
    """The whole addresses of the links in ``text`` that confirm something, at most `MAX_LINKS`.

    They are http or https, and what a stranger wrote: to be opened only by who expects them.
    """
    text = text[:READ_CHARS]
    if "://" not in text:
        return ()
    found: dict[str, None] = {}
    links = links_in(text)
    mail = _mail(fold(subject[:_SUBJECT_CHARS]), len(links) <= _FEW_LINKS)
    for link in links:
        if len(found) < MAX_LINKS and link.url not in found and _confirms(link, mail):
            found.setdefault(link.url)
    return tuple(found)


def _mail(subject: str, few: bool) -> _Mail:
    told = _DONE.search(subject) is not None
    asks = not told and names(subject, (*PASSWORD, *INVITATION, *ENTERING, *ADDRESS))
    leaves = not told and has_any(subject, CONFIRMING) and has_any(subject, LEAVING)
    return _Mail("" if told else subject, few, asks or leaves, leaves)


def _confirms(link: WebLink, mail: _Mail) -> bool:
    """Whether a link confirms something; among many, only its own words say so."""
    said = fold(link.text)
    leaves = mail.leaves or (has_any(said, LEAVING) and has_any(said, CONFIRMING))
    if link.leads_to_page or (link.leaves and not leaves) or has_any(f" {said} ", ABOUT):
        return False
    before = fold(link.before)
    if has_any(_told_last(before), NOT_YOU):
        return False
    if not said or said.startswith("http"):
        return _by_what_leads_to_it(link, before, mail)
    if leaves and has_any(said, LEAVING):
        return link.has_secret
    if has_any(said, UNWANTED):
        return False
    if has_any(said, CONFIRMING):
        return link.has_secret or link.asks_surely
    if _names_purpose(said, before, mail):
        return link.has_secret
    # Its own words say that it is for something else, unless they say nothing.
    return _is_empty_word(said) and _by_what_leads_to_it(link, before, mail)


def _names_purpose(said: str, before: str, mail: _Mail) -> bool:
    """Whether a link's words say what it is for, with the other half of it maybe in the subject."""
    if names(said, PASSWORD) or takes_part(said, mail.subject, ENTERING):
        return True
    around = f"{mail.subject} {before}"
    return takes_part(said, around, INVITATION) and not has_any(f"{said} {around}", EVENT)


def _by_what_leads_to_it(link: WebLink, before: str, mail: _Mail) -> bool:
    if not mail.few or not link.has_secret:
        return False
    if has_any(before[-80:], UNWANTED) and not mail.leaves:
        return False
    said = _DONE.sub(" ", before)
    return (
        mail.asks
        or link.surely_confirms
        or _leads_to_confirming(said)
        or names(said, (*PASSWORD, *ADDRESS))
        or (names(said, INVITATION) and not has_any(said, EVENT))
    )


def _leads_to_confirming(before: str) -> bool:
    sentence = _told_last(before)
    leads = not before.rstrip().endswith(_ENDED) or has_any(sentence, POINTING)
    return leads and has_any(sentence, CONFIRMING)


def _told_last(before: str) -> str:
    """The last sentence of the words before a link, but for one that says to do nothing."""
    sentences = _SENTENCE_END.split(before.rstrip(" \n\t.!:。！：<*>[("))
    sentences = [one for one in sentences if not has_any(one, NOTHING_TO_DO)]
    return sentences[-1] if sentences else ""


def _is_empty_word(said: str) -> bool:
    """Whether a link's text says only that it is one: "here", "this link"."""
    return len(said) <= 40 and has_any(said, _EMPTY_WORDS)
