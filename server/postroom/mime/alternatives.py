"""Whether the plain text of a message says what its HTML shows (RFC 2046 §5.1.4).

A mail program shows the HTML. The plain text is the same in fewer words of markup, mostly; where it
is not, it may be a stub ("use a program that shows HTML"), lack what links lead to, or say to
programs alone what no person sees.

    each pair of neighbouring words of one in the other, and each link     the plain text is read
    words that only the HTML has, or links                                 the HTML
    words that only the plain text has                                     the HTML, and a defect
    no words in the HTML: pictures                                         the plain text, and one

Pairs are compared, and not words, because a long text holds most of a language's words. Letters of
scripts that are written without spaces count as words. Linear in both texts.
"""

import re

UNSEEN_WORDS = (
    "The plain text says what the HTML does not show; the HTML was read, as a person sees it."
)
NO_WORDS_SHOWN = "The HTML shows no words; the plain text was read, which a person may not see."

_LINK = re.compile(r"https?://[^\s<>()\[\]\"]+", re.IGNORECASE)
_ADDRESS = re.compile(r"\(?mailto:[^\s<>()]{1,500}\)?|\[cid:[^\s\[\]]{1,100}\]|\[image:", re.I)
"""What stands for an address, or for a picture, in one of the two only."""

_WORD = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
    "|[^\\W_\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+"
)

_MANY = 20
"""Pairs of words: two sentences."""

_SHARE = 5
"""One pair in so many is a difference in layout, not in what is said."""

_FEW = 2
"""Pairs that a picture's name makes: "[image: logo.png]" in one, the picture in the other."""


def says_more(one: str, other: str) -> bool:
    """Whether ``one`` says what ``other`` does not."""
    pairs = _pairs(one)
    strange = len(pairs - _pairs(other))
    if strange <= _FEW:
        return 0 < strange == len(pairs)
    return strange > _MANY or strange * _SHARE > len(pairs)


def leads_further(one: str, other: str) -> bool:
    """Whether ``one`` has a link that ``other`` does not have."""
    return any(link.rstrip(".,;:!?'*_/") not in other for link in set(_LINK.findall(one)))


def has_words(text: str) -> bool:
    return bool(_WORD.search(_LINK.sub(" ", text)))


def _pairs(text: str) -> set[tuple[str, str]]:
    words = _WORD.findall(_ADDRESS.sub(" ", _LINK.sub(" ", text.lower())))
    return set(zip(["", *words], words, strict=False))
